// Roles that may do everything.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

void look(Context& ctx, const Node& op, const Name& name, List<OptionValue> options) {
  for (const OptionValue& each : options) {
    if (each.name != "superuser" || each.value != "true") continue;
    ctx.report(op, cat("the role ", quote_identifier(name.name), " may read and change everything"))
        .because(
            "a superuser passes every check of rights, row level security, and the file system")
        .try_("give the role the rights it needs")
        .with("role", std::string(name.name));
  }
}
void check(Context& ctx, const CreateObject& op) {
  if (op.object == ObjectKind::role) look(ctx, op, op.name, op.options);
}
void check_alter(Context& ctx, const AlterObject& op) {
  if (op.object == ObjectKind::role) look(ctx, op, op.name, op.options);
}

constexpr Example bad[] = {{"CREATE ROLE app SUPERUSER LOGIN;"}, {"ALTER ROLE app SUPERUSER;"}};
constexpr Example good[] = {{"CREATE ROLE app LOGIN;"}, {"ALTER ROLE app NOSUPERUSER;"}};

}  // namespace

extern constexpr Rule superuser{
    .severity = Severity::warning,
    .summary = "a migration makes a role a superuser",
    .why = "Whoever can log in as the role owns the server.",
    .instead = "Grant what is needed.",
    .bad = bad,
    .good = good,
    .listeners = on<&check, &check_alter>,
};

}  // namespace migguard::rules
