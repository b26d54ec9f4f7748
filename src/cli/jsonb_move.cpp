// `migguard jsonb guard` and `migguard jsonb move`: the SQL that keeps money out of a JSON column,
// and the way of a key out of it, as the files of the project's own tool.
#include <cli/jsonb.hpp>
#include <cli/new_migrations.hpp>
#include <cli/settings.hpp>
#include <jsonb/move.hpp>
#include <lint/replay.hpp>
#include <migguard/jsonb.hpp>
#include <project/load.hpp>
#include <repair/write.hpp>
#include <schema/catalog.hpp>
#include <sql/script.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <memory>

namespace migguard::cli {
namespace {

using jsonb::ColumnPlace;
using jsonb::Move;
using jsonb::MovePlan;
using jsonb::Phase;

class Silence final : public lint::ReplayListener {
 public:
  void operation(const Op&, bool) override {}
};

// The table as the project's history leaves it.
struct Place {
  std::unique_ptr<Project> project;
  const History* history = nullptr;  // that makes the table, else the only one, else null
  ColumnPlace column;
  bool table_known = false;
  std::vector<std::string> primary_key;
  std::vector<std::string> columns;
};

void look(Place& place, const Relation& table) {
  place.table_known = true;
  place.column.schema = table.schema;
  place.column.table = table.name;
  for (const Column& each : table.columns) {
    place.columns.emplace_back(each.name);
    if (each.name == place.column.column && each.type.name == "json") place.column.text_json = true;
  }
  for (const Constraint& each : table.constraints) {
    if (each.kind == ConstraintKind::primary_key)
      place.primary_key.assign(each.columns.begin(), each.columns.end());
  }
}

Result<Place> find_place(const Options& options, const Environment& environment) {
  if (options.table.empty()) return Error{"`--table` names the table"};
  if (options.column.empty()) return Error{"`--column` names the JSON column"};
  Place place;
  const std::size_t point = options.table.find('.');
  if (point != std::string::npos) place.column.schema = options.table.substr(0, point);
  place.column.table = options.table.substr(point == std::string::npos ? 0 : point + 1);
  place.column.column = options.column;

  Options project = options;
  project.arguments.assign(jsonb_arguments(options).begin(), jsonb_arguments(options).end());
  const auto run = prepare(project, environment);
  if (!run) return run.error();
  auto loaded = project::load(load_settings(run->settings), environment.files);
  if (!loaded) return loaded.error();
  place.project = std::move(*loaded);
  project::parse(*place.project, options.jobs);
  lint::number_migrations(*place.project);
  const History* only = nullptr;
  std::size_t histories = 0;
  for (const History& history : place.project->histories) {
    if (history.dialect != Dialect::postgresql || history.loose) continue;
    only = &history;
    ++histories;
    schema::Catalog catalog;
    Silence silence;
    lint::replay(history, false, catalog, silence);
    const Name name{point == std::string::npos ? Text() : Text(place.column.schema),
                    place.column.table};
    const Relation* table = catalog.relation(name).known();
    if (!table) continue;
    look(place, *table);
    place.history = &history;
    return place;
  }
  if (histories == 1) place.history = only;
  return place;
}

// `pricing.total`, and `["a.b"].total`.
std::vector<std::string> steps_of(const std::string& key) { return jsonb::split_path(key); }

std::string snake(std::string_view key) {
  std::string out;
  for (const std::string& token : jsonb::tokenize(key)) out += cat(out.empty() ? "" : "_", token);
  return out.empty() ? "value" : out;
}

// Statements for whoever runs them one by one: outside a transaction SET LOCAL sets nothing.
std::vector<std::string> outside_transaction(std::vector<std::string> statements) {
  for (std::string& each : statements) {
    if (each.starts_with("SET LOCAL ")) each.erase(4, 6);
  }
  return statements;
}

bool in_transactions(const Place& place) {
  return place.history &&
         (place.history->tool == Tool::drizzle || place.history->tool == Tool::prisma);
}

Result<Answer> answer_with(const NewMigrations& files, const Options& options,
                           const Environment& environment, std::vector<std::string> notices) {
  Answer answer;
  answer.notices = std::move(notices);
  if (options.write) {
    const std::string folder = files.history() ? files.history()->folder : ".";
    if (auto error = repair::write_changes(files.changes(), {folder}, environment.files))
      return *error;
    std::string text;
    for (const repair::FileChange& each : files.changes())
      text += cat(each.before ? "changed " : "wrote ", each.path, "\n");
    answer.documents.push_back({text});
    return answer;
  }
  std::string text;
  for (const repair::FileChange& each : files.changes()) text += repair::unified_diff(each);
  answer.documents.push_back({text});
  return answer;
}

std::optional<Error> add(NewMigrations& files, const Place& place, const std::string& name,
                         const Phase& phase, const std::optional<AddedColumn>& column = {}) {
  return files.add(
      name, phase.summary,
      in_transactions(place) ? phase.statements : outside_transaction(phase.statements), column);
}

bool leads_through_array(const jsonb::KeyPath& key) {
  return std::any_of(key.begin(), key.end(), [](const std::string& step) {
    return step.starts_with("[") || step == "*" || step == "**";
  });
}

}  // namespace

Result<Answer> jsonb_guard(const Options& options, const Environment& environment) {
  auto place = find_place(options, environment);
  if (!place) return place.error();
  jsonb::GuardForm form = jsonb::GuardForm::flat;
  if (options.form == "nested") form = jsonb::GuardForm::nested;
  if (options.form == "trigger") form = jsonb::GuardForm::trigger;
  std::vector<jsonb::KeyPath> keys;
  for (const std::string& each : options.keys) {
    keys.push_back(steps_of(each));
    if (keys.back().empty() || leads_through_array(keys.back()))
      return Error{cat("`--key ", each,
                       "`: a guard takes keys of objects, `price` or "
                       "`pricing.total`")};
  }
  if (keys.empty()) keys = jsonb::usual_money_keys();
  const auto phases = jsonb::guard_sql(place->column, keys, form, options.revision);
  if (!options.write) {
    Answer answer;
    std::string text;
    for (const Phase& each : phases) {
      Phase shown = each;
      if (!in_transactions(*place)) shown.statements = outside_transaction(each.statements);
      text += cat(text.empty() ? "" : "\n", jsonb::to_script(shown));
    }
    answer.documents.push_back({text});
    return answer;
  }
  NewMigrations files(place->history, environment.now);
  const std::string name = cat(snake(place->column.table), "_", snake(place->column.column));
  for (const Phase& each : phases) {
    if (auto error = add(files, *place, cat(each.name, "_", name), each)) return *error;
  }
  return answer_with(files, options, environment, {});
}

Result<Answer> jsonb_move(const Options& options, const Environment& environment) {
  if (options.keys.size() != 1) return Error{"`--key` names the one key to move: `pricing.total`"};
  const auto settings = jsonb_settings(options, environment);
  if (!settings) return settings.error();
  auto place = find_place(options, environment);
  if (!place) return place.error();
  Move move{.place = place->column, .key = steps_of(options.keys.front())};
  if (move.key.empty() || leads_through_array(move.key)) {
    return Error{cat("`", options.keys.front(),
                     "` leads through an array: its items belong in a table of their own, which "
                     "this command cannot make")};
  }
  std::vector<std::string> notices;
  move.to = options.to.empty() ? snake(move.key.back()) : options.to;
  if (move.to == place->column.column)
    return Error{"the typed column needs a name of its own: `--to`"};
  const auto verdict = jsonb::classify(move.key.back(), options.keys.front());
  std::string suggested = verdict.suggestion.empty() ? settings->typed_default : verdict.suggestion;
  if (suggested == "bigint-minor") suggested = "bigint";
  move.type = options.type.empty() ? suggested : options.type;
  if (!jsonb::can_move_to(move.type)) {
    return Error{cat("values cannot be proven to fit `", move.type,
                     "`: take numeric(precision,scale), bigint, integer or char(n)")};
  }
  move.to_exists =
      std::find(place->columns.begin(), place->columns.end(), move.to) != place->columns.end();
  if (!place->primary_key.empty())
    move.primary_key = place->primary_key;
  else
    notices.push_back(cat("the primary key of `", options.table,
                          "` is not known from migrations here: `id` is taken for it"));
  const MovePlan plan = jsonb::move_sql(move);

  NewMigrations files(place->history, environment.now);
  const std::string name = cat(snake(move.place.table), "_", snake(move.to));
  // Not inside the folder of migrations, where a tool would run them.
  const std::string scripts = join_path(place->history ? parent_path(place->history->folder) : ".",
                                        cat("jsonb-move/", name));
  const std::string& phase = options.phase;
  const bool all = phase.empty() && !options.write;
  std::optional<Error> error;
  if (all || phase.empty() || phase == "expand") {
    std::optional<AddedColumn> column;
    if (!move.to_exists) column = {move.place.schema, move.place.table, move.to, move.type};
    error = add(files, *place, cat("expand_", name), plan.expand, column);
    files.add_file(join_path(scripts, "backfill.sql"), jsonb::to_psql_script(plan.backfill));
    files.add_file(join_path(scripts, "strip.sql"), jsonb::to_psql_script(plan.strip));
  }
  if (!error && (all || phase == "contract"))
    error = add(files, *place, cat("contract_", name), plan.contract);
  if (!error && (all || phase == "validate"))
    error = add(files, *place, cat("validate_", name), plan.validate);
  if (error) return *error;
  if (options.write && (phase.empty() || phase == "expand")) {
    notices.push_back(cat("apply it, then `psql -f ", scripts,
                          "/backfill.sql`; once the code uses the column alone, `strip.sql`, and "
                          "`--phase contract --write`, then `--phase validate --write`"));
    if (place->history && place->history->tool == Tool::drizzle)
      notices.push_back("declare the column in the Drizzle schema, too");
    if (place->history && place->history->tool == Tool::prisma)
      notices.push_back("declare the field in schema.prisma, too");
  }
  return answer_with(files, options, environment, std::move(notices));
}

}  // namespace migguard::cli
