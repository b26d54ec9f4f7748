// SECURITY DEFINER functions whose search_path the caller chooses.
#include <algorithm>
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

bool pinned(List<OptionValue> settings) {
  return std::any_of(settings.begin(), settings.end(),
                     [](const OptionValue& each) { return each.name == "search_path"; });
}

bool pinned_later(const Context& ctx, const CreateFunction& op) {
  for (const Statement& statement : ctx.statements_naming(op.function.name))
    for (const Op& other : statement.ops) {
      const auto* alter = std::get_if<AlterObject>(&other);
      if (alter && alter->name.name == op.function.name && pinned(alter->options)) return true;
    }
  return false;
}

void check(Context& ctx, const CreateFunction& op) {
  if (!op.security_definer || pinned(op.settings) || pinned_later(ctx, op)) return;
  ctx.report(op, cat("callers of ", to_string(op.function),
                     " can make it run their own functions and tables, with its owner's rights"))
      .because("it is SECURITY DEFINER and looks names up along the search_path of the caller")
      .try_("pin the path in its definition:\nSET search_path = pg_catalog, pg_temp")
      .with("function", plain(op.function));
}

void check_alter(Context& ctx, const AlterObject& op) {
  const bool definer = std::any_of(
      op.options.begin(), op.options.end(),
      [](const OptionValue& each) { return each.name == "security" && each.value == "definer"; });
  if (!definer || pinned(op.options)) return;
  for (const Statement& statement : ctx.statements_naming(op.name.name))
    for (const Op& other : statement.ops) {
      const auto* alter = std::get_if<AlterObject>(&other);
      if (alter && alter->name.name == op.name.name && pinned(alter->options)) return;
    }
  ctx.report(op, cat("callers of ", to_string(op.name),
                     " can make it run their own functions and tables, with its owner's rights"))
      .because("it becomes SECURITY DEFINER and looks names up along the search_path of the caller")
      .try_(cat("pin the path in the same statement:\nALTER FUNCTION ", to_string(op.name),
                " SECURITY DEFINER SET search_path = pg_catalog, pg_temp;"))
      .with("function", plain(op.name));
}

constexpr Example bad[] = {
    {"CREATE FUNCTION adm() RETURNS void LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';"},
    {"CREATE FUNCTION adm() RETURNS void LANGUAGE sql SECURITY DEFINER SET work_mem = '1MB' AS "
     "'SELECT 1';"},
    {"ALTER FUNCTION adm() SECURITY DEFINER;"}};
constexpr Example good[] = {{"CREATE FUNCTION adm() RETURNS void LANGUAGE sql SECURITY DEFINER SET "
                             "search_path = pg_catalog AS 'SELECT 1';"},
                            {"CREATE FUNCTION adm() RETURNS void LANGUAGE sql AS 'SELECT 1';"}};

}  // namespace

extern constexpr Rule security_definer_search_path{
    .severity = Severity::warning,
    .summary = "a SECURITY DEFINER function without its own search_path can be hijacked",
    .why =
        "Whoever may create objects in a schema of their own path can put them in front of the "
        "ones the function means.",
    .instead = "Add SET search_path to the function, pg_temp last.",
    .bad = bad,
    .good = good,
    .listeners = on<&check, &check_alter>,
};

}  // namespace migguard::rules
