// Amounts and rates written into a JSON column.
#include <migguard/jsonb.hpp>
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

void report(Context& ctx, const JsonVerdict& verdict, Span span) {
  if (!is_money(verdict)) return;
  report_json(ctx, verdict, span, JsonAccess::write,
              cat("this puts ", verdict.path, " into ", verdict.column,
                  ", where it has no type and no constraint"),
              "JSON takes a number, a text or nothing at all under the same key, so sums, rounding "
              "and NOT NULL cannot be relied on");
}

void check(Context& ctx, const JsonKey& key) {
  if (key.access != JsonAccess::write || key.defined) return;
  for (const JsonVerdict& verdict : judge(ctx, key)) report(ctx, verdict, key.span);
}

void check_copy(Context& ctx, const Copy& copy) {
  for (const CopiedKey& copied : judge(ctx, copy)) report(ctx, copied.verdict, copied.span);
}

constexpr std::string_view quotes =
    "CREATE TABLE quotes (id int, total numeric(12,2), metadata jsonb);";
constexpr Example bad[] = {
    {.sql = R"(INSERT INTO quotes (id, metadata) VALUES (1, '{"unit_price": 12.5}');)",
     .before = quotes},
    {.sql = R"(INSERT INTO quotes VALUES (1, 10, '{"pricing": {"grandTotal": 11}}');)",
     .before = quotes},
    {.sql = "UPDATE quotes SET metadata = jsonb_set(metadata, '{pricing,total}', to_jsonb(total));",
     .before = quotes},
    {.sql = "UPDATE quotes SET metadata = metadata || jsonb_build_object('tax_amount', 3);",
     .before = quotes},
};
constexpr Example good[] = {
    {.sql =
         R"(INSERT INTO quotes (id, metadata) VALUES (1, '{"price_id": "p1", "show_price": true}');)",
     .before = quotes},
    {.sql = "UPDATE quotes SET metadata = jsonb_build_object('note', 'price');", .before = quotes},
    {.sql = "UPDATE quotes SET metadata = metadata - 'price';", .before = quotes},
    {.sql = R"(INSERT INTO audit_logs (old_values) VALUES ('{"price": 1}');)"},
};

}  // namespace

extern constexpr Rule money_written_to_json{
    .severity = Severity::error,
    .summary = "Money is written into a JSON column",
    .why =
        "Amounts, fees, taxes and rates are facts that reports, constraints and invoices rest on. "
        "In a JSON column they have no type: 12.5, \"12.50\" and \"12,50\" stand side by side, "
        "nothing refuses a negative or a missing one, an index needs an expression, and a misspelt "
        "key is an amount that is gone without an error. Metadata is for extras and display hints; "
        "settings and raw copies of what others sent are exempt or reported one level lower.",
    .instead =
        "Give it a typed column and write it there:\n"
        "ALTER TABLE quotes ADD COLUMN unit_price numeric(12,2);\n"
        "Repeated items belong in a table of their own.",
    .bad = bad,
    .good = good,
    .listeners = on<&check, &check_copy>,
};

}  // namespace migguard::rules
