// DROP TYPE and DROP DOMAIN.
#include "wording.hpp"

namespace migguard::rules {
namespace {

// What a type was called when the migration began, where an earlier statement renamed it.
std::string_view original_name(const Context& ctx, const DropType& op) {
  std::string_view name = op.type.name;
  const List<Statement> statements = ctx.migration().script.statements;
  for (std::size_t index = statements.size(); index-- > 0;) {
    for (const Op& other : statements[index].ops) {
      const auto* rename = std::get_if<RenameType>(&other);
      if (rename && rename->new_name == name &&
          statements[index].span.begin < ctx.statement().span.begin) {
        name = rename->type.name;
      }
    }
  }
  return name;
}

// Made by the migration, or replaced in it: the way to take a label out of an enum is to create a
// new type, convert the columns and drop the old one. PostgreSQL refuses the drop while a column
// still uses it.
bool made_or_replaced_here(const Context& ctx, const DropType& op) {
  const std::string_view name = original_name(ctx, op);
  for (const Statement& statement : ctx.statements_naming(name, op.type.name)) {
    for (const Op& other : statement.ops) {
      const auto makes = [&](const Name& type) {
        return type.name == name || type.name == op.type.name;
      };
      if (const auto* type = std::get_if<CreateEnum>(&other); type && makes(type->type))
        return true;
      if (const auto* type = std::get_if<CreateType>(&other); type && makes(type->type))
        return true;
      if (const auto* type = std::get_if<CreateDomain>(&other); type && makes(type->domain))
        return true;
      const auto* rename = std::get_if<RenameType>(&other);
      if (rename && rename->new_name == name && rename->new_name != op.type.name) return true;
    }
  }
  return false;
}

// An earlier statement of the migration drops or converts columns: where the type was theirs, that
// is what a reader must know, and where it is still in use PostgreSQL refuses.
bool users_let_go(const Context& ctx) {
  for (const Statement& statement : ctx.migration().script.statements) {
    if (&statement == &ctx.statement()) return false;
    for (const Op& other : statement.ops) {
      if (std::holds_alternative<DropColumn>(other) || std::holds_alternative<DropTable>(other) ||
          std::holds_alternative<ChangeType>(other)) {
        return true;
      }
    }
  }
  return false;
}

void check(Context& ctx, const DropType& op) {
  if (!op.cascade && (made_or_replaced_here(ctx, op) || users_let_go(ctx))) return;
  if (op.if_exists && ctx.schema().type(op.type).exists() == Known::no) return;
  const std::string_view what = op.domain ? "domain " : "type ";
  const bool drops_columns = op.cascade && !no_column_uses(ctx, op.type);
  Finding& finding = ctx.report(op, drops_columns ? cat("this drops the ", what, to_string(op.type),
                                                        " and every column that uses it")
                                                  : cat("this drops the ", what, to_string(op.type),
                                                        ", which running code may still name"));
  if (drops_columns) {
    finding.as(Severity::error)
        .because(
            "DROP TYPE ... CASCADE drops the columns of that type in every table, with their "
            "values")
        .try_(cat("convert the columns first, then drop the ", what, "without CASCADE:\nDROP ",
                  op.domain ? "DOMAIN " : "TYPE ", to_string(op.type), ";"));
  } else {
    finding
        .because(
            "PostgreSQL refuses while a column uses it; casts in queries and functions are not "
            "checked and fail when they run")
        .try_("drop it one release after the last query that names it is gone");
  }
  // A history that shows the type's whole life shows that no column uses it any more.
  if (!drops_columns && ctx.history().complete && !ctx.schema().opaque())
    finding.as(Severity::note);
  finding.with("type", plain(op.type));
}

constexpr Example bad[] = {
    {"DROP TYPE mood;"}, {"DROP TYPE IF EXISTS mood CASCADE;"}, {"DROP DOMAIN email_address;"}};
constexpr Example good[] = {{"CREATE TYPE mood AS ENUM ('sad'); DROP TYPE mood;"},
                            {"CREATE TYPE mood_new AS ENUM ('ok'); ALTER TABLE people ALTER COLUMN "
                             "mood TYPE mood_new USING mood::text::mood_new; ALTER TYPE mood "
                             "RENAME TO mood_old; ALTER TYPE mood_new RENAME TO mood; DROP TYPE "
                             "mood_old;"}};

}  // namespace

extern constexpr Rule drop_type{
    .severity = Severity::warning,
    .summary = "DROP TYPE breaks code that names the type; with CASCADE it drops columns",
    .why =
        "Without CASCADE, PostgreSQL drops a type only when no column, function argument or "
        "default uses it; casts inside queries and PL/pgSQL bodies fail later. With CASCADE it "
        "drops the columns too, silently.",
    .instead =
        "Replace a type inside one migration (create, convert the columns, rename, drop the old "
        "one), or drop it a release after its last use. Never CASCADE.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
