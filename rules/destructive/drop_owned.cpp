// DROP OWNED BY: every object of a role, none of them named.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

void check(Context& ctx, const DropOwned& op) {
  std::string roles;
  for (const Text role : op.roles) roles += cat(roles.empty() ? "" : ", ", quote_identifier(role));
  ctx.report(op, cat("this drops every object in the database that ", roles,
                     op.roles.size() == 1 ? " owns" : " own"))
      .because(
          "which tables those are depends on the database it runs in, and their rows go with them")
      .try_(cat("hand the objects over first, so that only privileges are left to drop:\n"
                "REASSIGN OWNED BY ",
                roles, " TO postgres;"));
}

constexpr Example bad[] = {{"DROP OWNED BY reporting;"}, {"DROP OWNED BY reporting, etl CASCADE;"}};
constexpr Example good[] = {{"REASSIGN OWNED BY reporting TO postgres;"}, {"DROP ROLE reporting;"}};

}  // namespace

extern constexpr Rule drop_owned{
    .severity = Severity::error,
    .summary = "DROP OWNED removes every table of a role, by no name",
    .why =
        "DROP OWNED BY drops all objects of the role in the current database, and revokes its "
        "privileges. The list is not in the migration: it differs between databases.",
    .instead = "REASSIGN OWNED BY the role first and drop objects by name.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
