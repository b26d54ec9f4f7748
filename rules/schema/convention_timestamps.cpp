// Tables that say when a row was made and when it was changed.
#include <algorithm>
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

std::vector<std::string> wanted(const Context& ctx) {
  const OptionSetting* set = ctx.option("columns");
  return set ? set->texts : std::vector<std::string>{"created_at", "updated_at"};
}

// No columns but foreign keys and the primary key.
bool is_join_table(const Relation& table) {
  const auto& keys = table.constraints;
  const auto refers = [](const Constraint& each) {
    return each.kind == ConstraintKind::foreign_key;
  };
  const auto is_key = [&](const Column& column) {
    return std::any_of(keys.begin(), keys.end(), [&](const Constraint& each) {
      return (refers(each) || each.kind == ConstraintKind::primary_key) &&
             std::find(each.columns.begin(), each.columns.end(), column.name) != each.columns.end();
    });
  };
  return std::any_of(keys.begin(), keys.end(), refers) &&
         std::all_of(table.columns.begin(), table.columns.end(), is_key);
}

void look(Context& ctx, const CreateTable& op, std::size_t statement) {
  if (op.foreign || op.persistence == Persistence::temporary) return;
  if (!op.partition_of.name.empty() || !op.inherits.empty() || !op.likes.empty()) return;
  const Relation* table = ctx.schema().created_by(statement, op.table);
  if (!table || !ctx.schema().is_new(*table) || is_join_table(*table)) return;
  std::string missing, clauses;
  for (const std::string& name : wanted(ctx)) {
    if (std::any_of(table->columns.begin(), table->columns.end(),
                    [&](const Column& column) { return column.name == name; })) {
      continue;
    }
    missing += cat(missing.empty() ? "" : " and ", name);
    clauses += cat(clauses.empty() ? "" : ", ", quote_identifier(name),
                   " timestamptz NOT NULL DEFAULT now()");
  }
  if (missing.empty()) return;
  ctx.report(op, cat("nothing tells when a row of ", to_string(op.table),
                     " was made or changed: it has no ", missing))
      .because("the convention is that every table but a join table has both")
      .try_(cat("add to the table:\n", clauses))
      .with("table", plain(op.table));
}

// The keys of a join table may be added by statements that follow.
void check(Context& ctx, const AfterMigration& after) {
  const auto& statements = after.migration.script.statements;
  for (std::size_t i = 0; i < statements.size(); ++i) {
    for (const Op& each : statements[i].ops) {
      if (const auto* op = std::get_if<CreateTable>(&each)) look(ctx, *op, i);
    }
  }
}

constexpr Option options[] = {{"columns", OptionKind::texts,
                               "the columns that every table has (default: created_at, "
                               "updated_at)"}};
constexpr Example bad[] = {
    {"CREATE TABLE users (id text PRIMARY KEY, name text);"},
    {"CREATE TABLE users (id text PRIMARY KEY, created_at timestamptz NOT NULL);"},
    {.sql = "CREATE TABLE users (id text PRIMARY KEY, created_at timestamptz, updated_at "
            "timestamptz);",
     .options = R"({"columns": ["inserted_at"]})"}};
constexpr Example good[] = {
    {"CREATE TABLE users (id text PRIMARY KEY, created_at timestamptz, updated_at timestamptz);"},
    {"CREATE TABLE members (user_id text, group_id text, PRIMARY KEY (user_id, group_id)); ALTER "
     "TABLE members ADD FOREIGN KEY (user_id) REFERENCES users; ALTER TABLE members ADD FOREIGN "
     "KEY (group_id) REFERENCES groups;"},
    {"CREATE TEMP TABLE batch (id text);"}};

}  // namespace

extern constexpr Rule convention_timestamps{
    .severity = Severity::warning,
    .off_by_default = true,
    .summary = "a table without created_at and updated_at",
    .why =
        "When a row was made and last changed is asked for sooner or later, and cannot be told "
        "afterwards. Join tables, which hold nothing but foreign keys and the primary key, are "
        "left out. A convention for teams that chose it.",
    .instead =
        "created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT "
        "now()",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
    .options = options,
};

}  // namespace migguard::rules
