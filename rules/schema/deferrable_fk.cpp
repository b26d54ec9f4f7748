// Foreign keys that are checked at the end of the transaction.
#include "new_constraints.hpp"

namespace migguard::rules {
namespace {

void look(Context& ctx, const Node& op, const Name& table, const ConstraintDefinition& key) {
  if (!key.deferrable) return;
  report_constraint(ctx, op, key,
                    cat("the foreign key of ", to_string(table), " to ", to_string(key.references),
                        " can be checked as late as COMMIT"))
      .because(
          "errors surface far from the statement that caused them, and DDL on the table fails "
          "while checks are pending")
      .try_("leave DEFERRABLE out")
      .with("table", plain(table))
      .with("references", plain(key.references));
}

constexpr Example bad[] = {
    {"CREATE TABLE s (id bigint PRIMARY KEY, u bigint REFERENCES users (id) DEFERRABLE);"},
    {"ALTER TABLE s ADD CONSTRAINT s_u FOREIGN KEY (u) REFERENCES users (id) DEFERRABLE INITIALLY "
     "DEFERRED;"}};
constexpr Example good[] = {
    {"CREATE TABLE s (id bigint PRIMARY KEY, u bigint REFERENCES users (id));"},
    {"CREATE TABLE s (id bigint PRIMARY KEY, n int, UNIQUE (n) DEFERRABLE);"}};

}  // namespace

extern constexpr Rule deferrable_fk{
    .severity = Severity::note,
    .off_by_default = true,
    .summary = "a DEFERRABLE foreign key moves its errors to COMMIT",
    .why =
        "ALTER TABLE in a transaction with pending checks is an error (55006), and planners can "
        "use less of the constraint.",
    .instead = "Order the inserts instead.",
    .bad = bad,
    .good = good,
    .listeners = on_new_foreign_keys<&look>,
};

}  // namespace migguard::rules
