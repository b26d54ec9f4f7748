#include <lint/live.hpp>
#include <lint/replay.hpp>
#include <migguard/history.hpp>
#include <project/applied.hpp>
#include <schema/compare.hpp>

#include <algorithm>
#include <memory>

namespace migguard::lint {
namespace {

// The schema that the applied migrations of a history make; `all`: every one the tool would run.
void replay_applied(const History& history, bool all, schema::Catalog& catalog) {
  for (const Migration& migration : history.migrations) {
    if (!migration.listed || !(all || migration.applied)) continue;
    catalog.begin_migration(migration, migration.transaction == TransactionMode::autocommit,
                            history.complete);
    std::int32_t index = 0;
    for (const Statement& statement : migration.script.statements) {
      catalog.begin_statement(index++);
      for (const Op& op : statement.ops) catalog.apply(op);
      catalog.end_statement();
    }
    catalog.end_migration();
  }
}

// The histories that a database is migrated by: those whose tool's table it holds, and whether
// that table says what is applied. Without any such table, the project's only one.
struct Asked {
  std::vector<const History*> histories;
  bool noted = false;
};
Asked histories_of(const Project& project) {
  Asked asked;
  std::vector<const History*> all;
  for (const History& history : project.histories) {
    const bool fits = history.dialect == Dialect::postgresql && !history.loose &&
                      !history.docker_init && !history.migrations.empty() &&
                      !has_root_cause(history);
    if (!fits) continue;
    all.push_back(&history);
    if (applied_table(project.database, history)) asked.histories.push_back(&history);
  }
  asked.noted = !asked.histories.empty();
  if (!asked.noted && all.size() == 1) asked.histories = all;
  return asked;
}

// Whether all that the database has run is in the files and could be read: else what it holds more
// may come from there.
bool knows_all(const Project& project, const History& history) {
  const AppliedTable* table = applied_table(project.database, history);
  const bool rows =
      !table || std::all_of(table->rows.begin(), table->rows.end(), [](const AppliedRow& each) {
        return each.state == AppliedState::rolled_back ||
               (each.migration && each.known && each.state == AppliedState::applied);
      });
  return rows && history.complete &&
         std::all_of(history.migrations.begin(), history.migrations.end(),
                     [](const Migration& each) { return each.script.problems.empty(); });
}

// Where to speak of a difference: what made the object, else the last migration.
void place(schema::Difference& difference, const std::vector<const History*>& histories) {
  SchemaDifference& found = difference.found;
  for (const History* history : histories) {
    for (const Migration& migration : history->migrations) {
      if (difference.origin.migration < 0 && migration.listed) found.source = migration.source;
      if (migration.position != difference.origin.migration || migration.position < 0) continue;
      found.source = migration.source;
      const auto index = static_cast<std::size_t>(std::max(difference.origin.statement, 0));
      if (index < migration.script.statements.size())
        found.span = migration.script.statements[index].span;
    }
  }
}

void compare_schemas(Project& project, const schema::Snapshot& live) {
  const Asked asked = histories_of(project);
  if (asked.histories.empty()) return;
  std::vector<std::unique_ptr<schema::Catalog>> catalogs;
  std::vector<const schema::Catalog*> made;
  bool complete = true;
  for (const History* history : asked.histories) {
    catalogs.push_back(std::make_unique<schema::Catalog>());
    replay_applied(*history, !asked.noted, *catalogs.back());
    made.push_back(catalogs.back().get());
    complete &= knows_all(project, *history);
  }
  for (schema::Difference& each : schema::compare(made, live, complete)) {
    place(each, asked.histories);
    if (each.found.source) project.database->differences.push_back(std::move(each.found));
  }
}

}  // namespace

std::vector<SchemaDifference> differences(const History& history, const schema::Snapshot& live) {
  schema::Catalog made;
  replay_applied(history, true, made);
  const bool complete =
      history.complete &&
      std::all_of(history.migrations.begin(), history.migrations.end(),
                  [](const Migration& each) { return each.script.problems.empty(); });
  std::vector<SchemaDifference> found;
  for (schema::Difference& each : schema::compare({&made}, live, complete)) {
    place(each, {&history});
    found.push_back(std::move(each.found));
  }
  return found;
}

void consult(Project& project, const LiveDatabase& live) {
  project.database = live.facts;
  project::match_applied(project);
  // An empty database lacks everything, which the list of what waits says better.
  if (live.schema_known && live.facts.has_tables) compare_schemas(project, live.schema);
}

}  // namespace migguard::lint
