// Quantities, statuses, SKUs and dates kept in a JSON column, for teams that turn the pack on.
#include <migguard/jsonb.hpp>
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

void report(Context& ctx, const SourceFile& source, const JsonVerdict& verdict, Span span,
            JsonAccess access) {
  if (verdict.kind != jsonb::Class::business) return;
  std::string what;
  switch (access) {
    case JsonAccess::write:
      what = cat("this puts ", verdict.path, " into ", verdict.column);
      break;
    case JsonAccess::read:
      what = cat("this takes ", verdict.path, " out of ", verdict.column);
      break;
    case JsonAccess::define:
      what = cat("by this definition, rows keep ", verdict.path, " in ", verdict.column);
      break;
  }
  report_json(ctx, source, verdict, span, access,
              cat(what, ", where it has no type and no constraint"),
              "what a filter, a join or a report rests on is misspelt in JSON without an error");
}

void check(Context& ctx, const JsonKey& key) {
  for (const JsonVerdict& verdict : judge(ctx, key))
    report(ctx, *ctx.migration().source, verdict, key.span, key.access);
}

void check_copy(Context& ctx, const Copy& copy) {
  for (const CopiedKey& copied : judge(ctx, copy))
    report(ctx, *ctx.migration().source, copied.verdict, copied.span, JsonAccess::write);
}

void check_sources(Context& ctx, const Project&) {
  for (const DeclaredVerdict& each : ctx.declared())
    report(ctx, *each.source, each.verdict, each.span, JsonAccess::define);
}

constexpr std::string_view quotes = "CREATE TABLE quotes (id int, metadata jsonb);";
constexpr std::string_view pack = R"({"packs": ["money", "currency", "business"]})";
constexpr Example bad[] = {
    {.sql = R"(UPDATE quotes SET metadata = '{"quantity": 3}';)", .before = quotes, .jsonb = pack},
    {.sql = "SELECT * FROM quotes WHERE metadata->>'status' = 'sent';",
     .before = quotes,
     .jsonb = pack},
};
constexpr Example good[] = {
    {.sql = R"(UPDATE quotes SET metadata = '{"quantity": 3}';)", .before = quotes},
    {.sql = R"(UPDATE quotes SET metadata = '{"note": "ask for the status"}';)",
     .before = quotes,
     .jsonb = pack},
};

}  // namespace

extern constexpr Rule business_value_in_json{
    .severity = Severity::warning,
    .summary = "A quantity, status, SKU or date is kept in a JSON column",
    .why =
        "Where the configuration's `jsonb.packs` hold `business`, core facts other than money are "
        "guarded like money: quantities, units, statuses, SKUs and dates. Without the pack this "
        "rule is silent.",
    .instead = "ALTER TABLE quotes ADD COLUMN quantity integer CHECK (quantity > 0);",
    .bad = bad,
    .good = good,
    .listeners = on<&check, &check_copy, &check_sources>,
};

}  // namespace migguard::rules
