// ADD of a constraint without a name.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

void check(Context& ctx, const AddConstraint& op) {
  if (!op.constraint.name.empty() || op.constraint.kind == ConstraintKind::not_null) return;
  ctx.report(op, cat("PostgreSQL makes up the name of this constraint of ", to_string(op.table)))
      .because("later migrations must guess it to validate, rename or drop the constraint")
      .try_("give it a name: ADD CONSTRAINT name ...")
      .with("table", plain(op.table));
}

constexpr Example bad[] = {{"ALTER TABLE users ADD UNIQUE (email);"},
                           {"ALTER TABLE users ADD CHECK (age > 0);"}};
constexpr Example good[] = {{"ALTER TABLE users ADD CONSTRAINT age_positive CHECK (age > 0);"},
                            {"ALTER TABLE users ALTER COLUMN age SET NOT NULL;"}};

}  // namespace

extern constexpr Rule unnamed_constraint{
    .severity = Severity::note,
    .off_by_default = true,
    .summary = "a constraint without a name gets one that nobody chose",
    .why = "The name is needed to validate, rename or drop it, and may differ between databases.",
    .instead = "Name the constraint.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
