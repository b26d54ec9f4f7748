// A domain with constraints is hard to change later.
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const CreateDomain& op) {
  if (op.constraints.empty() && !op.not_null) return;
  ctx.report(op, cat("every change of this constraint will read all tables with a column of ",
                     to_string(op.domain)))
      .because(
          "a domain's constraint belongs to every column of the type, and adding such a column "
          "writes the table anew")
      .try_(cat("make the domain without constraints, or put a CHECK on each column:\nALTER TABLE "
                "... ADD CONSTRAINT ... CHECK (...) NOT VALID;"));
}

constexpr Example bad[] = {{"CREATE DOMAIN us_zip AS text CHECK (VALUE ~ '^[0-9]{5}$');"},
                           {"CREATE DOMAIN mail AS text NOT NULL;"}};
constexpr Example good[] = {{"CREATE DOMAIN note AS text;"},
                            {"CREATE DOMAIN note AS text DEFAULT '';"}};

}  // namespace

extern constexpr Rule create_domain_with_constraint{
    .severity = Severity::note,
    .off_by_default = true,
    .summary = "A domain with constraints is hard to change",
    .why =
        "Changing a domain's constraints reads every table that uses it, and ADD COLUMN of such a "
        "type rewrites the table.",
    .instead = "A plain type, and a CHECK on the column.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
