// A rule that listens to two operations: a table may be made by CREATE TABLE and by
// CREATE TABLE ... AS.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

template <class Operation>
void look(Context& ctx, const Operation& op) {
  const bool copy = op.table.name.ends_with("_copy") || op.table.name.ends_with("_backup");
  if (!copy || op.persistence == Persistence::temporary) return;
  ctx.report(op, cat(to_string(op.table), " stays in the database after the migration"))
      .because("nobody drops such copies, and no job deletes the personal data in them")
      .try_(cat("let it go with the session:\n  CREATE TEMPORARY TABLE ", to_string(op.table),
                " ...;"));
}

void check(Context& ctx, const CreateTable& op) { look(ctx, op); }
void check_as(Context& ctx, const CreateTableAs& op) { look(ctx, op); }

constexpr Example bad[] = {
    {"CREATE TABLE orders_copy (id bigint PRIMARY KEY);"},
    {"CREATE TABLE users_backup AS SELECT * FROM users;",
     "CREATE TABLE users (id bigint PRIMARY KEY, owner_id bigint NOT NULL);"},
};
constexpr Example good[] = {
    {"CREATE TEMPORARY TABLE orders_copy (id bigint);"},
    {"CREATE TABLE backup_jobs (id bigint PRIMARY KEY);"},
};

}  // namespace

extern constexpr Rule copy_left_behind{
    .severity = Severity::warning,
    .summary = "a copy of a table that nobody will drop",
    .why = "Copies that one migration made for safety are forgotten, with the data in them.",
    .instead = "Make the copy TEMPORARY, or leave it to the backup.",
    .bad = bad,
    .good = good,
    .listeners = on<&check, &check_as>,
};

}  // namespace migguard::rules
