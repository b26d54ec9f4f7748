// Foreign keys that leave the action on deletes to the default.
#include "new_constraints.hpp"

namespace migguard::rules {
namespace {

void look(Context& ctx, const Node& op, const Name& table, const ConstraintDefinition& key) {
  if (key.on_delete_written) return;
  report_constraint(ctx, op, key,
                    cat("nothing says what happens to rows of ", to_string(table),
                        " when their row of ", to_string(key.references), " is deleted"))
      .because("the default refuses the delete, which may or may not be meant")
      .try_("say it: ON DELETE RESTRICT, CASCADE or SET NULL")
      .with("table", plain(table))
      .with("references", plain(key.references));
}

constexpr Example bad[] = {
    {"CREATE TABLE s (id bigint PRIMARY KEY, u bigint REFERENCES users (id));"},
    {"ALTER TABLE s ADD CONSTRAINT s_u FOREIGN KEY (u) REFERENCES users (id) ON UPDATE CASCADE;"}};
constexpr Example good[] = {
    {"CREATE TABLE s (id bigint PRIMARY KEY, u bigint REFERENCES users (id) ON DELETE NO ACTION);"},
    {"CREATE TABLE s (id bigint PRIMARY KEY, u bigint);"}};

}  // namespace

extern constexpr Rule explicit_on_delete{
    .severity = Severity::note,
    .off_by_default = true,
    .summary = "a foreign key without ON DELETE leaves its behaviour unsaid",
    .why = "NO ACTION is a choice too; written down, a reader knows that it was one.",
    .instead = "Write ON DELETE with the action that is meant.",
    .bad = bad,
    .good = good,
    .listeners = on_new_foreign_keys<&look>,
};

}  // namespace migguard::rules
