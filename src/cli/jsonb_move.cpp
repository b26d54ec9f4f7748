// `migguard jsonb move`: the way of a key out of a JSON column into a typed one, as the files of
// the project's own tool.
#include <cli/jsonb.hpp>
#include <cli/jsonb_place.hpp>
#include <jsonb/move.hpp>
#include <migguard/history.hpp>
#include <migguard/jsonb.hpp>
#include <util/text.hpp>

#include <algorithm>

namespace migguard::cli {
namespace {

using jsonb::Move;
using jsonb::MovePlan;
using jsonb::Phase;

// What the key itself suggests: money of unknown digits is what the configuration says. Empty where
// it suggests nothing.
std::string suggested_type(const std::string& key, const JsonbSettings& settings) {
  const auto verdict = jsonb::classify(jsonb::split_path(key).back(), key);
  if (verdict.level == jsonb::Level::none) return {};
  std::string type = verdict.suggestion.empty() ? settings.typed_default : verdict.suggestion;
  // An amount with no say of its own about digits.
  if (type == "numeric(12,2)") type = settings.typed_default;
  return type == "bigint-minor" ? "bigint" : type;
}

bool is_text(std::string_view type) {
  return type == "text" || type.starts_with("varchar") || type.starts_with("char");
}
bool is_number(std::string_view type) {
  return type.starts_with("numeric") || type == "bigint" || type == "integer" || type == "smallint";
}

// The type of the column: what the table has, what was asked for, what the key suggests. Errors:
// they contradict each other, or none says anything.
Result<std::string> type_of(const JsonPlace& place, const std::string& to, const Options& options,
                            const JsonbSettings& settings) {
  std::string type = jsonb::type_spelling(options.type);
  if (const JsonPlace::TableColumn* there = place.find(to)) {
    if (type.empty())
      type = there->type;
    else if (!there->type.empty() && type != there->type)
      return Error{cat("`", place.column.table, ".", to, "` is there already, of type ",
                       there->type, ": leave out `--type`, or move to a new column, `--to ", to,
                       "_", snake(options.keys.front()), "`")};
    if (!there->type.empty() && !jsonb::can_move_to(there->type))
      return Error{cat("`", place.column.table, ".", to, "` is there already, of type ",
                       there->type,
                       ", and values cannot be proven to fit it: move to a new "
                       "column, `--to ",
                       to, "_", snake(options.keys.front()), "`")};
    const bool begins = options.phase.empty() || options.phase == "expand";
    if (begins && !there->bound.empty())
      return Error{cat("`", place.column.table, ".", to, "` is there already, and is ",
                       there->bound, ": move to a new column, `--to ", to, "_",
                       snake(options.keys.front()), "`")};
    const std::string suggested = suggested_type(options.keys.front(), settings);
    const bool fits =
        is_number(suggested) ? is_number(there->type) : suggested.empty() || is_text(there->type);
    if (begins && !there->type.empty() && !fits)
      return Error{cat("`", place.column.table, ".", to, "` is there already, of type ",
                       there->type, ", where `", options.keys.front(), "` asks for ", suggested,
                       ": move to a new column, `--to ", to, "_", snake(options.keys.front()),
                       "`")};
    // Old code then writes into it, too: that is for the reader to say.
    if (begins && options.type.empty())
      return Error{cat("`", place.column.table, ".", to, "` is there already",
                       there->type.empty() ? "" : cat(", of type ", there->type),
                       ": if the key belongs in that very column, `--to ", to, " --type '",
                       there->type.empty() ? "TYPE" : there->type,
                       "'` moves into it; what stands in the column wins over the JSON, until the "
                       "key is written anew")};
  }
  if (type.empty()) type = suggested_type(options.keys.front(), settings);
  if (type.empty())
    return Error{cat("nothing says what type `", options.keys.front(), "` has: `--type` takes ",
                     jsonb::movable_types)};
  if (!jsonb::can_move_to(type))
    return Error{
        cat("values cannot be proven to fit `", type, "`: `--type` takes ", jsonb::movable_types)};
  return type;
}

// `total: numeric('total', { precision: 12, scale: 2 }),`
std::string drizzle_declaration(const Move& move) {
  const std::size_t open = move.type.find('(');
  const std::string name = move.type.substr(0, open);
  std::string arguments;
  if (open != std::string::npos) {
    const std::string inside = move.type.substr(open + 1, move.type.size() - open - 2);
    const std::size_t comma = inside.find(',');
    arguments = comma == std::string::npos ? cat(", { length: ", inside, " }")
                                           : cat(", { precision: ", inside.substr(0, comma),
                                                 ", scale: ", inside.substr(comma + 1), " }");
  }
  if (name == "bigint") arguments = ", { mode: 'number' }";
  return cat("`", move.to, ": ", name, "('", move.to, "'", arguments, "),`");
}

bool holds(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Whether a function of that name stands in the history with that text in its body.
bool says(const JsonPlace& place, const std::string& function, const std::string& text) {
  for (std::size_t i = 0; i < place.functions.size(); ++i) {
    if (place.functions[i] == function && place.function_bodies[i].find(text) != std::string::npos)
      return true;
  }
  return false;
}

// The phases come in their order, each once, and all of one move: of its table, column, key and
// target. Errors: the history shows that they do not.
std::optional<Error> out_of_order(const JsonPlace& place, const Move& move, const std::string& key,
                                  const std::string& phase, std::vector<std::string>& notices) {
  const bool begins = phase.empty() || phase == "expand";
  if (!place.table_known) {
    if (!begins)
      notices.emplace_back("whether the phases before this one are there was not checked either");
    return std::nullopt;
  }
  const jsonb::MoveMarks marks = jsonb::marks_of(move);
  const std::string moves = cat("the move of `", key, "` out of `", move.place.table, ".",
                                move.place.column, "` into `", move.to, "`");
  const bool any = holds(place.functions, marks.sync_function);
  const bool begun = any && holds(place.triggers, marks.trigger) &&
                     says(place, marks.key_function, marks.key_path) &&
                     says(place, marks.sync_function, marks.document);
  const bool contracted = holds(place.constraints, marks.constraint);
  if (any && !begun)
    return Error{
        cat("another move into `", move.place.table, ".", move.to, "` is begun here, not ", moves,
            ": `--table`, `--column`, `--key` and `--to` are the same in all phases"),
        place.folder};
  if (holds(place.validated, marks.constraint) && !begun)
    return Error{cat(moves, " is done: the constraint ", marks.constraint, " is validated"),
                 place.folder};
  if (begins) {
    if (begun)
      return Error{
          cat("this move is begun already: `--phase ", contracted ? "validate" : "contract",
              "` is the next, once its scripts have run"),
          place.folder};
    if (contracted)
      return Error{cat("the constraint ", marks.constraint, " refuses the key already"),
                   place.folder};
    return std::nullopt;
  }
  if (!begun)
    return Error{cat("no migration here begins ", moves, ": `--phase expand` comes first"),
                 place.folder};
  if (phase == "contract" && contracted)
    return Error{"this phase is there already: `--phase validate` is the next", place.folder};
  if (phase == "validate" && !contracted)
    return Error{"`--phase contract` comes first, in a release of its own", place.folder};
  return std::nullopt;
}

Result<Move> move_of(const JsonPlace& place, const Options& options, const JsonbSettings& settings,
                     std::vector<std::string>& notices) {
  auto key = object_key(options.keys.front(), options.column,
                        "its items belong in a table of their own, which this command cannot make");
  if (!key) return key.error();
  Move move{.place = place.column, .key = *std::move(key)};
  move.to = options.to.empty() ? snake(move.key.back()) : options.to;
  if (move.to == place.column.column)
    return Error{"the typed column needs a name of its own: `--to`"};
  // In its second and third phase, the column of the first is there.
  const JsonPlace::TableColumn* there = place.find(move.to);
  if (auto error = out_of_order(place, move, options.keys.front(), options.phase, notices))
    return *error;
  auto type = type_of(place, move.to, options, settings);
  if (!type) return type.error();
  move.type = *std::move(type);
  move.to_exists = there != nullptr;
  if (!place.row_key.empty()) move.primary_key = place.row_key;
  if (place.table_known && place.every_column_known && place.row_key.empty())
    return Error{cat("`", place.column.table,
                     "` has no primary key and no unique key without nulls, which batches go "
                     "along: add one first"),
                 place.folder};
  return move;
}

}  // namespace

Result<Answer> jsonb_move(const Options& options, const Environment& environment) {
  if (options.keys.size() != 1) return Error{"`--key` names the one key to move: `pricing.total`"};
  const std::string& phase = options.phase;
  if (phase == "guard")
    return Error{
        "`migguard jsonb move` knows no phase `guard`; choose from `expand`, `contract`, "
        "`validate`"};
  const auto settings = jsonb_settings(options, environment);
  if (!settings) return settings.error();
  auto place = find_json_place(options, environment);
  if (!place) return place.error();
  std::vector<std::string> notices;
  const auto move = move_of(*place, options, *settings, notices);
  if (!move) return move.error();
  if (place->row_key.empty())
    notices.push_back(cat("the primary key of `", options.table,
                          "` is not known from migrations here: `id` is taken for it"));
  const MovePlan plan = jsonb::move_sql(*move);

  NewMigrations files(place->history, place->tool, place->folder, environment.files,
                      environment.now);
  const std::string name = cat(snake(move->place.table), "_", snake(move->to));
  // Not inside the folder of migrations, where a tool would run them.
  const std::string scripts = join_path(parent_path(place->folder), cat("jsonb-move/", name));
  const bool all = phase.empty() && !options.write;
  std::vector<Phase> phases;
  std::optional<Error> error;
  const auto add = [&](const Phase& each, const std::optional<AddedColumn>& column) {
    if (error) return;
    phases.push_back(each);
    error = files.add(migration_text(*place, cat(each.name, "_", name), each), column);
  };
  if (phase.empty() || phase == "expand") {
    std::optional<AddedColumn> column;
    if (!move->to_exists) column = {move->place.schema, move->place.table, move->to, move->type};
    add(plan.expand, column);
    files.add_file(join_path(scripts, "backfill.sql"), jsonb::to_psql_script(plan.backfill));
    files.add_file(join_path(scripts, "strip.sql"), jsonb::to_psql_script(plan.strip));
    phases.push_back(plan.backfill);
    phases.push_back(plan.strip);
  }
  if (all || phase == "contract") add(plan.contract, {});
  if (all || phase == "validate") add(plan.validate, {});
  if (error) return *error;
  if (options.write && (phase.empty() || phase == "expand")) {
    notices.push_back(cat("apply it, then `psql -f ", shell_word(scripts),
                          "/backfill.sql`; once the code uses the column alone, `strip.sql`, and "
                          "`--phase contract --write`, then `--phase validate --write`"));
    notices.emplace_back(
        "code that writes the column should drop the key from the JSON in the same statement: "
        "strip.sql removes no key that differs from its column. Code that clears a value by "
        "removing "
        "the key must clear the column as well; a JSON null clears it by itself");
    if (lineage(place->tool) == Tool::drizzle)
      notices.push_back(
          cat("declare the column in the Drizzle schema, too, else `drizzle-kit "
              "generate` drops it: ",
              drizzle_declaration(*move)));
    if (place->tool == Tool::prisma)
      notices.emplace_back(
          "declare the field in schema.prisma, too, else `prisma migrate dev` drops the column");
  }
  return answer_with(files, *place, phases, "", options, environment, std::move(notices));
}

}  // namespace migguard::cli
