// Foreign keys over columns whose collations do not agree on what is equal.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

// Whether the history makes a collation of that name with deterministic = false.
bool is_nondeterministic(const Context& ctx, std::string_view collation) {
  if (collation.empty()) return false;
  const std::size_t dot = collation.rfind('.');
  const std::string_view name = dot == collation.npos ? collation : collation.substr(dot + 1);
  for (const Migration& migration : ctx.history().migrations) {
    for (const Statement& statement : migration.script.statements) {
      for (const Op& op : statement.ops) {
        const auto* made = std::get_if<CreateObject>(&op);
        if (!made || made->object != ObjectKind::collation || made->name.name != name) continue;
        for (const OptionValue& each : made->options)
          if (each.name == "deterministic" && each.value == "false") return true;
      }
    }
    if (&migration == &ctx.migration()) break;
  }
  return false;
}

void check(Context& ctx, const AfterMigration&) {
  for (const Relation* table : ctx.schema().relations()) {
    for (const Constraint& each : table->constraints) {
      if (each.kind != ConstraintKind::foreign_key || each.columns.size() != 1 ||
          each.created.migration != ctx.schema().current_migration() || each.inherited)
        continue;
      const Relation* parent = ctx.schema().relation(each.references()).known();
      const Column* from = table->column(each.columns.front());
      const Column* to = parent && each.referenced_columns.size() == 1
                             ? parent->column(each.referenced_columns.front())
                             : nullptr;
      if (!from || !to || from->collation == to->collation) continue;
      if (!is_nondeterministic(ctx, from->collation) && !is_nondeterministic(ctx, to->collation))
        continue;
      const auto& statements = ctx.migration().script.statements;
      const auto at = static_cast<std::size_t>(each.created.statement);
      if (at >= statements.size() || statements[at].ops.empty()) continue;
      const std::string name =
          to_string(Name{table->schema == "public" ? Text() : Text(table->schema), table->name});
      ctx.report(node(statements[at].ops.front()),
                 cat("the foreign key ", quote_identifier(each.name), " of ", name,
                     " joins columns that do not agree on what is equal"))
          .because(
              "one of the two has a nondeterministic collation, so a row may be found that a "
              "comparison does not find; PostgreSQL 18 refuses it")
          .try_(cat("give both columns the same collation:\nALTER TABLE ", name, " ALTER COLUMN ",
                    quote_identifier(from->name), " TYPE ", from->type.text, " COLLATE ",
                    to->collation.empty() ? std::string("\"default\"") : to->collation, ";"))
          .with("table", plain(table->full_name()))
          .with("constraint", each.name);
    }
  }
}

constexpr Example bad[] = {
    {"CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false); "
     "CREATE TABLE users (mail text COLLATE ci PRIMARY KEY); CREATE TABLE logins (mail text "
     "REFERENCES users (mail));"},
    {.sql = "ALTER TABLE logins ADD CONSTRAINT f FOREIGN KEY (mail) REFERENCES users (mail);",
     .before =
         "CREATE COLLATION ci (provider = icu, locale = 'und', deterministic = false); CREATE "
         "TABLE users (mail text COLLATE ci PRIMARY KEY); CREATE TABLE logins (mail text);"}};
constexpr Example good[] = {
    {"CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false); "
     "CREATE TABLE users (mail text COLLATE ci PRIMARY KEY); CREATE TABLE logins (mail text "
     "COLLATE ci REFERENCES users (mail));"},
    {"CREATE TABLE users (mail text COLLATE \"C\" PRIMARY KEY); CREATE TABLE logins (mail text "
     "REFERENCES users (mail));"}};

}  // namespace

extern constexpr Rule nondeterministic_fk{
    .severity = Severity::warning,
    .off_by_default = true,
    .summary =
        "a foreign key between columns of different collations, one of them nondeterministic",
    .why =
        "Under a nondeterministic collation 'a' and 'A' can be equal. A foreign key compares with "
        "the collation of the referenced column, joins with that of the query.",
    .instead = "Use one collation on both sides.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
