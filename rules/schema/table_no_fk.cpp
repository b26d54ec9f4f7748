// Foreign keys, for teams that do without.
#include "new_constraints.hpp"

namespace migguard::rules {
namespace {

void look(Context& ctx, const Node& op, const Name& table, const ConstraintDefinition& key) {
  report_constraint(ctx, op, key,
                    cat(to_string(table), " gets a foreign key to ", to_string(key.references)))
      .because("this project has chosen to keep integrity in the code")
      .try_("leave the foreign key out")
      .with("table", plain(table))
      .with("references", plain(key.references));
}

constexpr Example bad[] = {
    {"CREATE TABLE s (id bigint PRIMARY KEY, u bigint REFERENCES users (id));"},
    {"ALTER TABLE s ADD FOREIGN KEY (u) REFERENCES users (id);"}};
constexpr Example good[] = {{"CREATE TABLE s (id bigint PRIMARY KEY, u bigint);"},
                            {"ALTER TABLE s ADD CHECK (u > 0);"}};

}  // namespace

extern constexpr Rule table_no_fk{
    .severity = Severity::note,
    .off_by_default = true,
    .summary = "foreign keys, for teams that keep integrity in the code",
    .why =
        "Sharded databases and online schema changes are easier without foreign keys; the price is "
        "integrity.",
    .instead = "Leave the rule off unless the team has decided so.",
    .bad = bad,
    .good = good,
    .listeners = on_new_foreign_keys<&look>,
};

}  // namespace migguard::rules
