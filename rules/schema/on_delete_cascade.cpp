// Foreign keys that delete rows by themselves.
#include "new_constraints.hpp"

namespace migguard::rules {
namespace {

void look(Context& ctx, const Node& op, const Name& table, const ConstraintDefinition& key) {
  if (key.on_delete != ReferentialAction::cascade) return;
  report_constraint(ctx, op, key,
                    cat("deleting a row of ", to_string(key.references), " deletes the rows of ",
                        to_string(table), " that point to it"))
      .because("one DELETE can empty several tables, and locks every row it takes along")
      .try_("refuse the delete, and let the code delete what it means to: ON DELETE RESTRICT")
      .with("table", plain(table))
      .with("references", plain(key.references));
}

constexpr Example bad[] = {
    {"CREATE TABLE s (id bigint PRIMARY KEY, u bigint REFERENCES users (id) ON DELETE CASCADE);"},
    {"ALTER TABLE s ADD CONSTRAINT s_u FOREIGN KEY (u) REFERENCES users (id) ON DELETE CASCADE;"}};
constexpr Example good[] = {
    {"CREATE TABLE s (id bigint PRIMARY KEY, u bigint REFERENCES users (id) ON DELETE SET NULL);"},
    {"CREATE TABLE s (id bigint PRIMARY KEY, u bigint REFERENCES users (id) ON UPDATE CASCADE);"}};

}  // namespace

extern constexpr Rule on_delete_cascade{
    .severity = Severity::warning,
    .off_by_default = true,
    .summary = "ON DELETE CASCADE lets one DELETE empty several tables",
    .why = "Nothing in the DELETE shows what goes with it.",
    .instead = "Use ON DELETE RESTRICT or NO ACTION.",
    .bad = bad,
    .good = good,
    .listeners = on_new_foreign_keys<&look>,
};

}  // namespace migguard::rules
