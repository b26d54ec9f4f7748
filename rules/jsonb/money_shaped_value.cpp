// An object of an amount and its currency under a key that does not say money.
#include <migguard/jsonb.hpp>
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

void check(Context& ctx, const JsonKey& key) {
  if (key.access == JsonAccess::read || !key.money_shape || key.repeated) return;
  if (jsonb::classify(key.key, key.path).monetary()) return;  // its name says so already
  JsonKey as_money = key;
  as_money.value_kind = JsonValueKind::unknown;
  for (JsonVerdict& verdict : judge_shape(ctx, as_money)) {
    verdict.confidence = jsonb::Level::low;
    verdict.suggestion = "numeric(12,2) and char(3)";
    report_json(
        ctx, verdict, key.span, key.access,
        cat("this stores an amount with its currency as an object at ", verdict.path, " in ",
            verdict.column),
        "the key does not say that it is money, so nobody who looks for amounts will find it");
  }
}

constexpr std::string_view quotes = "CREATE TABLE quotes (id int, metadata jsonb);";
constexpr Example bad[] = {
    {.sql = R"(UPDATE quotes SET metadata = '{"worth": {"amount": "10.00", "currency": "EUR"}}';)",
     .before = quotes},
    {.sql =
         R"(INSERT INTO quotes (metadata) VALUES ('{"x": {"amount": 5, "currencyCode": "USD"}}');)",
     .before = quotes},
};
constexpr Example good[] = {
    {.sql = R"(UPDATE quotes SET metadata = '{"worth": {"amount": "a lot"}}';)", .before = quotes},
    {.sql = R"(UPDATE quotes SET metadata = '{"locale": {"currency": "EUR", "language": "de"}}';)",
     .before = quotes},
};

}  // namespace

extern constexpr Rule money_shaped_value{
    .severity = Severity::note,
    .summary = "An amount with its currency is stored as an object",
    .why =
        "An object that holds an amount beside a currency is money whatever its key is called. The "
        "amount and the currency inside are reported by the other rules; this one names the object "
        "to move.",
    .instead = "Two typed columns: numeric(12,2) for the amount and char(3) for the currency.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
