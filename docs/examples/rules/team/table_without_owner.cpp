// A rule of one's own, compiled in: its path gives its family (team) and its name
// (table-without-owner), its examples are its tests.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

bool has_owner(const CreateTable& op) {
  for (const ColumnDefinition& column : op.columns)
    if (column.name == "owner_id") return true;
  return false;
}

void check(Context& ctx, const CreateTable& op) {
  if (op.persistence == Persistence::temporary || op.partition_of.name.size() > 0) return;
  if (has_owner(op)) return;
  ctx.report(op, cat("nobody owns the rows of ", to_string(op.table)))
      .because("rows without owner_id outlive the account they belong to")
      .try_(cat("add the column:\n  owner_id bigint NOT NULL REFERENCES accounts (id)"));
}

constexpr Example bad[] = {
    {"CREATE TABLE notes (id bigint PRIMARY KEY, body text);"},
    {"CREATE TABLE IF NOT EXISTS app.notes (id bigint PRIMARY KEY);"},
};
constexpr Example good[] = {
    {"CREATE TABLE notes (id bigint PRIMARY KEY, owner_id bigint NOT NULL);"},
    {"CREATE TEMPORARY TABLE scratch (id bigint);"},
};

}  // namespace

extern constexpr Rule table_without_owner{
    .severity = Severity::warning,
    .summary = "a table whose rows belong to nobody",
    .why = "When an account is deleted, its rows go with it: by the foreign key of owner_id.",
    .instead = "Give every table an owner_id that references accounts.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
