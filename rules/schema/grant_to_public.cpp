// GRANT ... TO PUBLIC.
#include <algorithm>
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

void check(Context& ctx, const Grant& op) {
  if (!op.grant || std::find(op.roles.begin(), op.roles.end(), "public") == op.roles.end()) return;
  ctx.report(op, "every role of the server, present and future, gets these rights")
      .because("PUBLIC is everyone who can connect")
      .try_("grant to a role, and make those who need it members");
}

constexpr Example bad[] = {{"GRANT SELECT ON users TO PUBLIC;"},
                           {"GRANT ALL ON SCHEMA app TO app, public;"},
                           {"ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC;"}};
constexpr Example good[] = {{"GRANT SELECT ON users TO reporting;"},
                            {"REVOKE ALL ON users FROM PUBLIC;"}};

}  // namespace

extern constexpr Rule grant_to_public{
    .severity = Severity::warning,
    .summary = "GRANT TO PUBLIC gives rights to every role",
    .why = "Roles that are made later have the rights too.",
    .instead = "Grant to named roles.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
