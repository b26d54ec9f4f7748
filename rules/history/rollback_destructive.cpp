// A rollback script that destroys data: run in a hurry, on the database that matters.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include <algorithm>
#include <optional>
#include <set>

#include "examples.hpp"

namespace migguard::rules {
namespace {

struct Loss {
  std::string what;  // `table invoices and its rows`; empty: nothing is lost
  bool cascade = false;
  Text name = {};            // of what goes; empty where it is more than one thing
  std::string instead = {};  // SQL that keeps it under another name
};

constexpr std::string_view set_aside = "_rolled_back";

Loss dropped(std::string_view kind, const Name& name, bool cascade) {
  return {cat(kind, ' ', to_string(name)), cascade, name.name};
}

Loss loss(const Op& op) {
  if (const auto* drop = std::get_if<DropTable>(&op)) {
    return {cat("table ", to_string(drop->table), " and its rows"), drop->cascade, drop->table.name,
            cat("ALTER TABLE ", to_string(drop->table), " RENAME TO ",
                quote_identifier(cat(drop->table.name, set_aside)), ";")};
  }
  if (const auto* drop = std::get_if<DropColumn>(&op)) {
    return {cat("column ", to_string(drop->table), ".", quote_identifier(drop->column),
                " and its values"),
            drop->cascade, drop->column,
            cat("ALTER TABLE ", to_string(drop->table), " RENAME COLUMN ",
                quote_identifier(drop->column), " TO ",
                quote_identifier(cat(drop->column, set_aside)), ";")};
  }
  if (const auto* drop = std::get_if<DropSchema>(&op)) {
    return {cat("schema ", quote_identifier(drop->schema)), drop->cascade, drop->schema};
  }
  if (const auto* drop = std::get_if<Truncate>(&op))
    return {cat("every row of ", to_string(drop->table)), drop->cascade};
  if (const auto* drop = std::get_if<Delete>(&op)) {
    const bool all = (!drop->where || drop->where.always_true) && !drop->joined;
    return all ? Loss{cat("every row of ", to_string(drop->table))} : Loss{};
  }
  if (const auto* drop = std::get_if<DropType>(&op))
    return dropped("type", drop->type, drop->cascade);
  // What holds no rows comes back with the migration.
  if (const auto* drop = std::get_if<DropFunction>(&op)) {
    if (!drop->cascade) return {};
    return dropped(drop->object == ObjectKind::procedure ? "procedure" : "function", drop->function,
                   drop->cascade);
  }
  if (const auto* drop = std::get_if<DropView>(&op)) {
    if (!drop->materialized && !drop->cascade) return {};
    return dropped(drop->materialized ? "materialized view" : "view", drop->view, drop->cascade);
  }
  if (const auto* drop = std::get_if<DropSequence>(&op))
    return dropped("sequence", drop->sequence, drop->cascade);
  if (const auto* drop = std::get_if<DropExtension>(&op)) {
    return {cat("extension ", quote_identifier(drop->extension)), drop->cascade, drop->extension};
  }
  if (const auto* drop = std::get_if<DropDatabase>(&op))
    return {cat("database ", quote_identifier(drop->database))};
  if (std::holds_alternative<DropOwned>(op)) return {"everything that the role owns", true};
  return {};
}

// The table that the script itself made before, if this drops it: a scratch table.
bool made_by(const Script& script, const Op& op) {
  const auto* drop = std::get_if<DropTable>(&op);
  if (!drop) return false;
  const auto makes = [&](const Op& other) {
    const auto* create = std::get_if<CreateTable>(&other);
    const auto* create_as = std::get_if<CreateTableAs>(&other);
    const Node& made = node(other);
    return made.span.begin < drop->span.begin && ((create && create->table == drop->table) ||
                                                  (create_as && create_as->table == drop->table));
  };
  return std::any_of(script.statements.begin(), script.statements.end(),
                     [&](const Statement& statement) {
                       return std::any_of(statement.ops.begin(), statement.ops.end(), makes);
                     });
}

// The names of what a migration makes.
std::set<Text> names_made(const Migration& migration) {
  std::set<Text> names;
  for (const Statement& statement : migration.script.statements) {
    for (const Op& op : statement.ops) {
      if (const auto* made = std::get_if<CreateTable>(&op)) names.insert(made->table.name);
      if (const auto* made = std::get_if<CreateTableAs>(&op)) names.insert(made->table.name);
      if (const auto* made = std::get_if<AddColumn>(&op)) names.insert(made->column.name);
      if (const auto* made = std::get_if<CreateView>(&op)) names.insert(made->view.name);
      if (const auto* made = std::get_if<CreateMaterializedView>(&op))
        names.insert(made->view.name);
      if (const auto* made = std::get_if<CreateEnum>(&op)) names.insert(made->type.name);
      if (const auto* made = std::get_if<CreateType>(&op)) names.insert(made->type.name);
      if (const auto* made = std::get_if<CreateDomain>(&op)) names.insert(made->domain.name);
      if (const auto* made = std::get_if<CreateFunction>(&op)) names.insert(made->function.name);
      if (const auto* made = std::get_if<CreateSequence>(&op)) names.insert(made->sequence.name);
      if (const auto* made = std::get_if<CreateSchema>(&op)) names.insert(made->schema);
      if (const auto* made = std::get_if<CreateExtension>(&op)) names.insert(made->extension);
    }
  }
  return names;
}

// What the migration made that a rollback takes back, worked out where it is asked for: what came
// to depend on it is of that migration, or of later ones, which were taken back before.
class TakenBack {
 public:
  TakenBack(const History& history, const Migration& rollback)
      : history_(history), rollback_(rollback) {}

  bool has(Text name) {
    if (name.empty() || rollback_.number.empty() || !rollback_.by_convention) return false;
    if (!names_) {
      names_.emplace();
      for (const Migration& each : history_.migrations)
        if (each.number == rollback_.number) names_->merge(names_made(each));
    }
    return names_->contains(name);
  }

 private:
  const History& history_;
  const Migration& rollback_;
  std::optional<std::set<Text>> names_;
};

void check_statement(Context& ctx, const Migration& rollback, const Statement& statement,
                     TakenBack& taken_back) {
  std::string what;
  std::string instead;
  bool cascade = false;
  std::size_t more = 0;
  for (const Op& op : statement.ops) {
    const Loss lost = loss(op);
    if (lost.what.empty() || made_by(rollback.script, op)) continue;
    cascade |= lost.cascade && !taken_back.has(lost.name);
    if (what.empty()) {
      what = lost.what;
      instead = lost.instead;
    } else {
      ++more;
    }
  }
  if (what.empty()) return;
  const bool expected = rollback.by_convention && !cascade;
  ctx.report(*rollback.source, statement.span,
             cat("running this rollback deletes ", what,
                 more ? cat(" and ", more, " more") : std::string(),
                 cascade ? ", and with CASCADE whatever depends on it" : ""))
      .because(
          "what was written since the migration is lost with it, and only a backup brings it back")
      .try_(instead.empty() ? std::string("take a backup first, and ask for a confirmation")
                            : cat("take a backup first, or keep it under another name:\n", instead))
      .as(expected ? Severity::note : Severity::warning);
}

void check(Context& ctx, const History& history) {
  if (!judges_files(history)) return;
  for (const Migration& rollback : history.rollbacks) {
    TakenBack taken_back(history, rollback);
    for (const Statement& statement : rollback.script.statements)
      check_statement(ctx, rollback, statement, taken_back);
  }
}

constexpr ExampleFile by_hand[] = {
    {examples::journal_path, examples::journal_of_one},
    {"drizzle/0000_users.sql", examples::users},
    {"drizzle/rollback/0000_users_rollback.sql", "BEGIN;\nDROP TABLE users CASCADE;\nCOMMIT;\n"}};
constexpr ExampleFile down[] = {
    {"migrations/001_users.up.sql", examples::users},
    {"migrations/001_users.down.sql", "ALTER TABLE users DROP COLUMN name;\n"}};
constexpr ExampleFile section[] = {
    {"migrations/00001_users.sql",
     "-- +goose Up\nCREATE TABLE users (id int);\n-- +goose Down\nTRUNCATE users;\n"}};
constexpr ExampleFile index_only[] = {{"migrations/001_users.up.sql", examples::users},
                                      {"migrations/001_users.down.sql",
                                       "DROP INDEX users_name_idx;\n"
                                       "ALTER TABLE users DROP CONSTRAINT users_name_check;\n"
                                       "ALTER TABLE users ALTER COLUMN name DROP DEFAULT;\n"
                                       "DROP VIEW user_names;\n"
                                       "DROP FUNCTION name_of(int);\n"
                                       "DELETE FROM users WHERE id = 1;\n"}};
// What a forward migration drops is another rule's.
constexpr ExampleFile forward[] = {{"migrations/001_users.up.sql", "DROP TABLE users;\n"},
                                   {"migrations/001_users.down.sql", examples::users}};
constexpr ExampleFile scratch[] = {
    {"migrations/001_users.up.sql", examples::users},
    {"migrations/001_users.down.sql", "CREATE TABLE keep AS SELECT 1 AS id;\nDROP TABLE keep;\n"}};
// CASCADE takes along what the migration itself made, and here what it did not.
constexpr ExampleFile cascades[] = {
    {"migrations/001_users.up.sql", examples::users},
    {"migrations/001_users.down.sql", "DROP TABLE users CASCADE;\nDROP TABLE teams CASCADE;\n"}};
constexpr Example bad[] = {
    {.files = cascades}, {.files = by_hand}, {.files = down}, {.files = section}};
constexpr Example good[] = {{.files = index_only}, {.files = forward}, {.files = scratch}};

}  // namespace

extern constexpr Rule rollback_destructive{
    .severity = Severity::warning,
    .summary = "Running this rollback deletes data",
    .why =
        "A rollback is run when something has gone wrong, on a database that has taken writes "
        "since the migration. Dropping what the migration made deletes those writes. In a down "
        "file or section that the tool expects it is what down migrations do, and a note; in a "
        "script for running by hand, or with CASCADE of what another migration made, it is a "
        "warning. Dropping an index, a "
        "constraint, a default, a view or a function loses nothing.",
    .instead =
        "Rename instead of dropping, keep the column until the next release, take a backup before, "
        "and ask for a confirmation in scripts that are run by hand.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
