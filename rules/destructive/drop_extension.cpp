// DROP EXTENSION: its types, functions and operators go at once.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

bool made_here(const Context& ctx, const DropExtension& op) {
  for (const Statement& statement : ctx.statements_naming(op.extension)) {
    for (const Op& other : statement.ops) {
      const auto* create = std::get_if<CreateExtension>(&other);
      if (create && create->extension == op.extension) return true;
    }
  }
  return false;
}

void check(Context& ctx, const DropExtension& op) {
  if (!op.cascade && made_here(ctx, op)) return;
  const std::string extension = quote_identifier(op.extension);
  ctx.report(op, op.cascade ? cat("this drops the extension ", extension,
                                  " with every column and index that uses it")
                            : cat("this drops the extension ", extension,
                                  ", and queries that use it fail"))
      .as(op.cascade ? Severity::error : Severity::warning)
      .because(op.cascade ? "CASCADE removes columns of the extension's types with their values, "
                            "defaults and indexes"
                          : "its functions, types and operators go; PostgreSQL refuses only where "
                            "a column, index or default depends on them")
      .try_("replace what uses it first, and drop it without CASCADE one release later")
      .with("extension", std::string(op.extension));
}

constexpr Example bad[] = {{"DROP EXTENSION pgcrypto;"},
                           {"DROP EXTENSION IF EXISTS citext CASCADE;"}};
constexpr Example good[] = {{"DROP EXTENSION postgis; CREATE EXTENSION postgis;"},
                            {"CREATE EXTENSION IF NOT EXISTS pgcrypto;"}};

}  // namespace

extern constexpr Rule drop_extension{
    .severity = Severity::warning,
    .summary = "DROP EXTENSION removes types, functions and operators that queries use",
    .why =
        "Dropping an extension removes all it provides. With CASCADE, columns of its types "
        "(citext, hstore, geometry) are dropped with their values.",
    .instead =
        "Change columns to other types and queries to other functions, release, then drop it "
        "without CASCADE.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
