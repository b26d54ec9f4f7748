// A constraint on a domain reads every table that uses it.
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

bool unused(const Context& ctx, const Name& domain) {
  const Type* type = ctx.schema().type(domain).known();
  if (!type || !type->create_seen) return false;
  if (type->created.migration == ctx.schema().current_migration()) return true;
  if (!ctx.history().complete || ctx.schema().opaque()) return false;
  for (const Relation* relation : ctx.schema().relations())
    for (const Column& column : relation->columns) {
      const Name name = column.type.lookup_name();
      if (name.name == type->name && name.schema == type->schema) return false;
    }
  return true;
}
void check(Context& ctx, const AlterDomain& op) {
  const bool not_null = op.action == "set_not_null";
  if (!not_null && (op.action != "add_constraint" || op.constraint->not_valid)) return;
  if (unused(ctx, op.domain)) return;
  const std::string domain = to_string(op.domain);
  const std::string name = op.constraint->name.empty()
                               ? quote_identifier(cat(op.domain.name, "_check"))
                               : quote_identifier(op.constraint->name);
  ctx.report(op, cat("nobody can write to any table with a column of ", domain,
                     " while all their rows are checked"))
      .because(
          "ALTER DOMAIN holds SHARE on every such table while it reads it, in a transaction until "
          "the commit")
      .try_(
          in_two_transactions(ctx, "add it unchecked, then check it",
                              cat("ALTER DOMAIN ", domain, " ADD CONSTRAINT ", name, " CHECK (",
                                  not_null                             ? "VALUE IS NOT NULL"
                                  : op.constraint->check->text.empty() ? "..."
                                                                       : op.constraint->check->text,
                                  ") NOT VALID;"),
                              cat("ALTER DOMAIN ", domain, " VALIDATE CONSTRAINT ", name, ";")));
}

constexpr Example bad[] = {
    {"ALTER DOMAIN us_zip ADD CONSTRAINT zip_ck CHECK (VALUE ~ '^[0-9]{5}$');"},
    {"ALTER DOMAIN us_zip SET NOT NULL;"}};
constexpr Example good[] = {
    {"ALTER DOMAIN us_zip ADD CONSTRAINT zip_ck CHECK (VALUE <> '') NOT VALID;"},
    {"ALTER DOMAIN us_zip DROP NOT NULL;"},
    {"CREATE DOMAIN z AS text; ALTER DOMAIN z SET NOT NULL;"}};

}  // namespace

extern constexpr Rule alter_domain_add_constraint{
    .severity = Severity::error,
    .grows_with_table = true,
    .summary = "A constraint added to a domain reads every table that uses it",
    .why =
        "ALTER DOMAIN ... ADD CONSTRAINT and SET NOT NULL take SHARE on every table with such a "
        "column and read it; NOT VALID locks no table (measured).",
    .instead =
        "ALTER DOMAIN us_zip ADD CONSTRAINT zip_ck CHECK (VALUE ~ '^[0-9]{5}$') NOT VALID;\n-- in "
        "another transaction\nALTER DOMAIN us_zip VALIDATE CONSTRAINT zip_ck;",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
