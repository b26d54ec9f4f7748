// Queries that read amounts out of a JSON column: the money is already there.
#include <migguard/jsonb.hpp>
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

void check(Context& ctx, const JsonKey& key) {
  if (key.access != JsonAccess::read || key.defined) return;
  for (const JsonVerdict& verdict : judge(ctx, key)) {
    if (!is_money(verdict)) continue;
    report_json(ctx, verdict, key.span, JsonAccess::read,
                cat("this takes ", verdict.path, " out of ", verdict.column,
                    ", where nothing ensures that it is a number"),
                "one row with a text, a comma or no such key makes the query fail or its sum "
                "wrong, and no index on the column helps");
  }
}

constexpr std::string_view quotes =
    "CREATE TABLE quotes (id int, total numeric(12,2), metadata jsonb);";
constexpr Example bad[] = {
    {.sql = "SELECT (metadata->>'price')::numeric FROM quotes;", .before = quotes},
    {.sql = "DELETE FROM quotes WHERE (metadata #>> '{pricing,total}')::numeric = 0;",
     .before = quotes},
    {.sql = "SELECT * FROM quotes q WHERE q.metadata @? '$.items[*].unit_price ? (@ > 5)';",
     .before = quotes},
};
constexpr Example good[] = {
    {.sql = "UPDATE quotes SET total = (metadata->>'total')::numeric WHERE metadata ? 'total';",
     .before = quotes},
    {.sql = "SELECT metadata->>'price_id', metadata->>'name' AS price FROM quotes;",
     .before = quotes},
    {.sql = "UPDATE quotes SET metadata = metadata - 'price' WHERE metadata ? 'price';",
     .before = quotes},
};

}  // namespace

extern constexpr Rule money_read_from_json{
    .severity = Severity::error,
    .summary = "Money is read or filtered out of a JSON column",
    .why =
        "A query that reads an amount from JSON relies on every writer's spelling of the key and "
        "of the number. A cast fails for the whole query at the first row that differs, and a "
        "missing key is NULL, which sums leave out. Reading the value in order to move it into a "
        "typed column is the remedy and no finding.",
    .instead =
        "Move it into a typed column once, then read that:\n"
        "ALTER TABLE quotes ADD COLUMN unit_price numeric(12,2);\n"
        "UPDATE quotes SET unit_price = (metadata->>'unit_price')::numeric WHERE metadata ? "
        "'unit_price';",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
