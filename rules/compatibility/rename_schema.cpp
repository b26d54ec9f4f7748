// ALTER SCHEMA ... RENAME TO.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

bool made_here(const Context& ctx, const RenameSchema& op) {
  for (const Statement& statement : ctx.statements_naming(op.schema)) {
    if (&statement == &ctx.statement()) return false;
    for (const Op& other : statement.ops) {
      const auto* made = std::get_if<CreateSchema>(&other);
      if (made && made->schema == op.schema && !made->if_not_exists) return true;
    }
  }
  return false;
}

void check(Context& ctx, const RenameSchema& op) {
  if (made_here(ctx, op)) return;
  ctx.report(op, cat("code that is still running fails: the schema ", quote_identifier(op.schema),
                     " is called ", quote_identifier(op.new_name), " from now on"))
      .because("every query, function and search_path that names the old schema stops working")
      .try_(
          cat("make the new schema, and move the tables one by one behind views of the old name:\n"
              "CREATE SCHEMA ",
              quote_identifier(op.new_name), ";"))
      .with("schema", std::string(op.schema));
}

constexpr Example bad[] = {{"ALTER SCHEMA billing RENAME TO invoicing;"},
                           {"CREATE SCHEMA x; ALTER SCHEMA billing RENAME TO invoicing;"}};
constexpr Example good[] = {{"CREATE SCHEMA billing; ALTER SCHEMA billing RENAME TO invoicing;"},
                            {"ALTER SCHEMA billing OWNER TO app;"}};

}  // namespace

extern constexpr Rule rename_schema{
    .severity = Severity::error,
    .summary = "renaming a schema breaks every qualified name and search_path that speaks of it",
    .why =
        "Running code, function bodies and the search_path of roles and databases name schemas as "
        "text: none of them follows a rename.",
    .instead = "Make the new schema beside the old one and move what is in it step by step.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
