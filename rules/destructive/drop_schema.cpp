// DROP SCHEMA: a name space with all that lies in it.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

bool made_here(const Context& ctx, std::string_view schema) {
  for (const Statement& statement : ctx.statements_naming(schema)) {
    if (&statement == &ctx.statement()) return false;
    for (const Op& op : statement.ops) {
      const auto* create = std::get_if<CreateSchema>(&op);
      if (create && create->schema == schema && !create->if_not_exists) return true;
    }
  }
  return false;
}

void check(Context& ctx, const DropSchema& op) {
  if (made_here(ctx, op.schema)) return;
  std::size_t tables = 0;
  std::string names;
  for (const Relation* relation : ctx.schema().relations()) {
    if (relation->schema != op.schema || relation->kind == RelationKind::sequence) continue;
    if (++tables <= 3) names += cat(names.empty() ? "" : ", ", to_string(relation->full_name()));
  }
  const std::string holds =
      tables == 0 ? std::string("and every object in it")
                  : cat("and with it ", names, tables > 3 ? cat(" and ", tables - 3, " more") : "");
  ctx.report(op, cat("this drops the schema ", quote_identifier(op.schema),
                     op.cascade ? cat(" ", holds) : ""))
      .as(op.cascade ? Severity::error : Severity::warning)
      .because(op.cascade ? "CASCADE removes every table, view, type and function in the schema, "
                            "and whatever elsewhere depends on them"
                          : "without CASCADE PostgreSQL refuses while anything is left in the "
                            "schema, so this fails or removes an empty name that code may still "
                            "mention")
      .try_(cat("drop or move the objects by name first, then run\nDROP SCHEMA ",
                quote_identifier(op.schema), " RESTRICT;"))
      .with("schema", std::string(op.schema));
}

constexpr Example bad[] = {{"DROP SCHEMA billing CASCADE;"},
                           {"DROP SCHEMA IF EXISTS billing, legacy;"}};
constexpr Example good[] = {{"CREATE SCHEMA scratch; DROP SCHEMA scratch CASCADE;"},
                            {"ALTER SCHEMA billing RENAME TO billing_old;"}};

}  // namespace

extern constexpr Rule drop_schema{
    .severity = Severity::error,
    .summary = "DROP SCHEMA removes every object in the schema",
    .why =
        "With CASCADE, DROP SCHEMA deletes each table in the schema with its rows, and views, "
        "functions and foreign keys elsewhere that depend on them. Nothing in the statement says "
        "what that is.",
    .instead =
        "Drop or move the objects by name, each in a change of its own; then drop the empty schema "
        "with RESTRICT.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
