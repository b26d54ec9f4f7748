// The currency of amounts kept in a JSON column.
#include <migguard/jsonb.hpp>
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

void report(Context& ctx, const JsonVerdict& verdict, Span span, JsonAccess access) {
  if (verdict.kind != jsonb::Class::currency) return;
  report_json(
      ctx, verdict, span, access,
      cat("this keeps the currency of an amount at ", verdict.path, " in ", verdict.column,
          ", where any text will do"),
      "an amount whose currency is misspelt or missing is no amount, and JSON refuses neither");
}

void check(Context& ctx, const JsonKey& key) {
  for (const JsonVerdict& verdict : judge(ctx, key)) report(ctx, verdict, key.span, key.access);
}

void check_copy(Context& ctx, const Copy& copy) {
  for (const CopiedKey& copied : judge(ctx, copy))
    report(ctx, copied.verdict, copied.span, JsonAccess::write);
}

void check_sources(Context& ctx, const Project&) {
  for (const DeclaredVerdict& each : ctx.declared()) {
    if (each.verdict.kind != jsonb::Class::currency) continue;
    report_json(ctx, *each.source, each.verdict, each.span, JsonAccess::define,
                cat("by this definition, rows keep a currency at ", each.verdict.path, " in ",
                    each.verdict.column, ", where any text will do"),
                "an amount whose currency is misspelt or missing is no amount, and JSON refuses "
                "neither");
  }
}

constexpr std::string_view quotes = "CREATE TABLE quotes (id int, metadata jsonb);";
constexpr Example bad[] = {
    {.sql = R"(UPDATE quotes SET metadata = '{"currency": "NZD"}';)", .before = quotes},
    {.sql = R"(SELECT * FROM quotes WHERE metadata @> '{"currency_code": "USD"}';)",
     .before = quotes},
};
constexpr Example good[] = {
    {.sql = R"(UPDATE quotes SET metadata = '{"currency_symbol": "$", "multi_currency": true}';)",
     .before = quotes},
    {.sql = R"(UPDATE quotes SET old_values = '{"currency": "NZD"}';)",
     .before = "CREATE TABLE quotes (id int, old_values jsonb);"},
};

}  // namespace

extern constexpr Rule currency_in_json{
    .severity = Severity::warning,
    .summary = "The currency of an amount is kept in a JSON column",
    .why =
        "A currency belongs beside its amount and under a constraint: char(3) with a CHECK or a "
        "foreign key to the currencies in use. Symbols, formats and preferences are no finding.",
    .instead = "ALTER TABLE quotes ADD COLUMN currency char(3) CHECK (currency ~ '^[A-Z]{3}$');",
    .bad = bad,
    .good = good,
    .listeners = on<&check, &check_copy, &check_sources>,
};

}  // namespace migguard::rules
