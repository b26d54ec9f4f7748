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
    const std::string suggested = suggested_type(options.keys.front(), settings);
    const bool fits = is_number(suggested) ? is_number(there->type) || is_text(there->type)
                                           : suggested.empty() || is_text(there->type);
    if (options.type.empty() && !there->type.empty() && !fits)
      return Error{cat("`", place.column.table, ".", to, "` is there already, of type ",
                       there->type, ", where `", options.keys.front(), "` asks for ", suggested,
                       ": `--type ", there->type, "` moves into it all the same")};
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

Result<Move> move_of(const JsonPlace& place, const Options& options,
                     const JsonbSettings& settings) {
  auto key = object_key(options.keys.front(),
                        "its items belong in a table of their own, which this command cannot make");
  if (!key) return key.error();
  Move move{.place = place.column, .key = *std::move(key)};
  move.to = options.to.empty() ? snake(move.key.back()) : options.to;
  if (move.to == place.column.column)
    return Error{"the typed column needs a name of its own: `--to`"};
  // In its second and third phase, the column of the first is there.
  const JsonPlace::TableColumn* there = place.find(move.to);
  if (there && options.to.empty() && options.type.empty() && options.phase.empty())
    return Error{cat("`", place.column.table, ".", move.to, "` is there already, of type ",
                     there->type.empty() ? "unknown" : there->type, ": `--to ", move.to,
                     "` moves into it")};
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

// Whether migrations here hold what a phase made, as they stand now.
std::optional<Error> already_begun(const JsonPlace& place, const Move& move,
                                   const std::string& phase, std::vector<std::string>& notices) {
  if (!place.table_known) return std::nullopt;
  const std::string helper = jsonb::object_name({move.place.table, move.to, "sync"});
  const bool begun =
      std::find(place.functions.begin(), place.functions.end(), helper) != place.functions.end();
  if (phase.empty() || phase == "expand") {
    if (begun)
      return Error{
          "this move is begun already: `--phase contract` is the next, once its scripts "
          "have run",
          place.folder};
  } else if (phase == "contract" && !begun) {
    notices.push_back(
        cat("no migration in ", place.folder, " begins this move: `--phase expand` comes first"));
  }
  return std::nullopt;
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
  const auto move = move_of(*place, options, *settings);
  if (!move) return move.error();
  std::vector<std::string> notices;
  if (auto error = already_begun(*place, *move, phase, notices)) return *error;
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
    if (lineage(place->tool) == Tool::drizzle)
      notices.emplace_back("declare the column in the Drizzle schema, too");
    if (place->tool == Tool::prisma)
      notices.emplace_back("declare the field in schema.prisma, too");
  }
  return answer_with(files, *place, phases, "", options, environment, std::move(notices));
}

}  // namespace migguard::cli
