// The key classifier against labelled keys, with floors for precision and recall, and single
// decisions worth naming.
#include <gtest/gtest.h>

#include <cstddef>
#include <fstream>
#include <jsonb/value.hpp>
#include <migguard/jsonb.hpp>
#include <string>
#include <test_paths.hpp>
#include <util/json.hpp>
#include <variant>
#include <vector>

namespace migguard::jsonb {
namespace {

struct Score {
  std::size_t hits = 0;
  std::size_t alarms = 0;
  std::size_t misses = 0;
  double precision() const {
    return static_cast<double>(hits) / static_cast<double>(hits + alarms);
  }
  double recall() const { return static_cast<double>(hits) / static_cast<double>(hits + misses); }
  double f1() const { return 2 * precision() * recall() / (precision() + recall()); }
};

std::vector<json::Value> labelled_keys(const char* name) {
  std::ifstream file(std::string(MIGGUARD_SOURCE_DIR) + "/fixtures/truth/" + name);
  std::vector<json::Value> cases;
  for (std::string line; std::getline(file, line);) {
    auto parsed = json::parse(line);
    if (auto* value = std::get_if<json::Value>(&parsed)) cases.push_back(std::move(*value));
  }
  return cases;
}

Score score(bool with_value, const char* file = "jsonb-keys.jsonl") {
  Score result;
  for (const json::Value& each : labelled_keys(file)) {
    const json::Value* label = each.get("monetary");
    if (!label || label->kind != json::Kind::boolean) continue;  // ambiguous: either is right
    const json::Value* path = each.get("path");
    const json::Value* example = each.get("value_example");
    const ValueFacts facts = with_value && example ? describe(*example) : ValueFacts{};
    const bool said =
        classify(each.get("key")->text, path && path->is_string() ? path->text : "", facts)
            .monetary();
    result.hits += label->boolean && said;
    result.alarms += !label->boolean && said;
    result.misses += label->boolean && !said;
  }
  return result;
}

TEST(JsonbClassify, AgreesWithLabelsWhereTheValueIsKnown) {
  const Score result = score(true);
  ASSERT_GT(result.hits, 400u);
  EXPECT_GE(result.precision(), 0.97);
  EXPECT_GE(result.recall(), 0.96);
}

TEST(JsonbClassify, AgreesWithLabelsByTheKeyAlone) {
  const Score result = score(false);
  ASSERT_GT(result.hits, 400u);
  EXPECT_GE(result.f1(), 0.95);
}

// Field names of public payment, banking and commerce APIs (PayPal, Plaid, Square, Saleor, Paddle,
// Adyen, Xero, Mollie, Lago, GoCardless), drawn at random among those with a word of the trade in
// them and labelled by what their documentation says of the field, before the classifier was asked.
// Each draw taught it something; asked first, it had precision and recall of 0.95 and 0.88 for the
// first, 0.98 and 0.88 for the second, 0.96 and 0.96 for the third.
constexpr const char* public_apis = "jsonb-keys-public.jsonl";

TEST(JsonbClassify, AgreesWithThePublicDocumentationOfFields) {
  const Score known = score(true, public_apis);
  ASSERT_GT(known.hits, 190u);
  EXPECT_GE(known.precision(), 0.97);
  EXPECT_GE(known.recall(), 0.93);
  EXPECT_GE(score(false, public_apis).f1(), 0.94);
}

// The same of other vendors, formats and languages: Amazon's selling partners, Binance, Codat,
// Facebook's ads, Merge, Recurly, Shippo, TM Forum, UPS, WooCommerce (drawn at random from their
// published descriptions), CFDI, FatturaPA, Chorus Pro, DATEV, Alipay, WeChat Pay, 1C, ACORD and
// SAP. Asked first, with values: precision 0.97, recall 0.82; by the key alone 0.94 and 0.74.
TEST(JsonbClassify, AgreesWithTheFieldsOfOtherTrades) {
  constexpr const char* other_trades = "jsonb-keys-commerce.jsonl";
  const Score known = score(true, other_trades);
  ASSERT_GT(known.hits, 165u);
  EXPECT_GE(known.precision(), 0.98);
  EXPECT_GE(known.recall(), 0.93);
  EXPECT_GE(score(false, other_trades).f1(), 0.91);
}

// And of payroll, brokerage and hotels: Gusto, Alpaca and Mews, drawn at random from their
// published fields. Asked first, with values: precision 1.00, recall 0.65; by the key alone 0.93
// and 0.62. What is still missed says too little by itself: `annual_maximum`, `deposit_1`,
// `OccupancyAdjustment`.
TEST(JsonbClassify, AgreesWithTheFieldsOfWorkAndTravel) {
  constexpr const char* work_and_travel = "jsonb-keys-work-and-travel.jsonl";
  const Score known = score(true, work_and_travel);
  ASSERT_GT(known.hits, 50u);
  EXPECT_GE(known.precision(), 0.98);
  EXPECT_GE(known.recall(), 0.85);
  EXPECT_GE(score(false, work_and_travel).f1(), 0.85);
}

struct KeyCase {
  const char* key;
  const char* path;
  JsonValueKind kind;
  const char* text;
  Level level;
  Class kind_of_money;
  const char* suggestion;
};

class JsonbKey : public testing::TestWithParam<KeyCase> {};

TEST_P(JsonbKey, IsJudged) {
  const KeyCase& each = GetParam();
  const Classification found =
      classify(each.key, each.path, {.kind = each.kind, .text = each.text});
  EXPECT_EQ(to_string(found.level), to_string(each.level)) << each.key;
  EXPECT_EQ(to_string(found.kind), to_string(each.kind_of_money)) << each.key;
  EXPECT_EQ(found.suggestion, each.suggestion) << each.key;
}

constexpr JsonValueKind unknown = JsonValueKind::unknown;
constexpr JsonValueKind number = JsonValueKind::number;
constexpr JsonValueKind text = JsonValueKind::text;

constexpr KeyCase keys[] = {
    {"price", "", number, "12.5", Level::high, Class::amount, "numeric(12,2)"},
    {"valueInBaseCurrency", "", number, "12.5", Level::high, Class::amount, "numeric(12,2)"},
    {"exchange_rate_to_base_currency", "", unknown, "", Level::high, Class::rate, "numeric(18,8)"},
    {"paid_in_currency", "", unknown, "", Level::medium, Class::currency, "char(3)"},
    {"token_cost", "", unknown, "", Level::high, Class::amount, "numeric"},
    {"hash_cost", "", number, "10", Level::none, Class::none, ""},
    {"buying_power", "", number, "10.5", Level::medium, Class::amount, "numeric(12,2)"},
    {"processing_power", "", number, "10.5", Level::none, Class::none, ""},
    {"unitPrice", "", number, "12.5", Level::high, Class::amount, "numeric"},
    {"price", "", number, "0.0000015", Level::high, Class::amount, "numeric"},
    {"price", "", number, "1.5e-6", Level::high, Class::amount, "numeric"},
    {"price", "", number, "1.5e3", Level::high, Class::amount, "numeric(12,2)"},
    {"cost", "", unknown, "", Level::high, Class::amount, "numeric"},
    {"cost", "", number, "12.50", Level::high, Class::amount, "numeric(12,2)"},
    {"total", "usage.cost.total", unknown, "", Level::high, Class::amount, "numeric"},
    {"price_per_token", "", number, "2", Level::high, Class::amount, "numeric"},
    {"hourly_rate", "", number, "1500", Level::medium, Class::amount, "numeric(12,2)"},
    {"amount_cents", "", number, "12.5", Level::high, Class::amount, "numeric"},
    {"unit_price", "", number, "0.0005", Level::high, Class::amount, "numeric(19,4)"},
    {"MSRPPrice", "", unknown, "", Level::high, Class::amount, "numeric(12,2)"},
    {"amount_in_cents", "", number, "1250", Level::high, Class::amount, "bigint"},
    {"price per night", "", number, "120", Level::high, Class::amount, "numeric(12,2)"},
    {"vat_rate", "", number, "21", Level::high, Class::rate, "numeric(9,6)"},
    {"exchange_rate", "", number, "1.08", Level::high, Class::rate, "numeric(18,8)"},
    {"currency_code", "", text, "EUR", Level::medium, Class::currency, "char(3)"},
    {"versandkosten", "", number, "4.9", Level::high, Class::amount, "numeric(12,2)"},
    {"价格", "", number, "4", Level::high, Class::amount, "numeric(12,2)"},
    {"price", "", JsonValueKind::null, "", Level::medium, Class::amount, "numeric(12,2)"},
    {"credit_limit", "", number, "500", Level::high, Class::amount, "numeric(12,2)"},
    {"setup", "pricing.setup", number, "10", Level::medium, Class::amount, "numeric(12,2)"},
    {"total", "", number, "10", Level::medium, Class::amount, "numeric(12,2)"},
    {"total", "order.total", number, "10", Level::high, Class::amount, "numeric(12,2)"},
    {"total", "pagination.total", number, "10", Level::none, Class::none, ""},
    {"price_id", "", text, "price_1", Level::none, Class::none, ""},
    {"price", "", JsonValueKind::boolean, "", Level::none, Class::none, ""},
    {"payment_method", "", text, "card", Level::none, Class::none, ""},
    {"rate_limit", "", number, "100", Level::none, Class::none, ""},
    {"heart_rate", "", number, "72", Level::none, Class::none, ""},
    {"total_count", "", number, "3", Level::none, Class::none, ""},
    {"coffee", "", number, "3", Level::none, Class::none, ""},
    {"enterprise", "", number, "3", Level::none, Class::none, ""},
    {"taxonomy", "", number, "3", Level::none, Class::none, ""},
    {"is_free_price", "", unknown, "", Level::none, Class::none, ""},
    {"amount_of_people", "", number, "3", Level::none, Class::none, ""},
    {"currency_symbol", "", text, "$", Level::none, Class::none, ""},
    {"quantity", "", number, "3", Level::low, Class::business, "integer"},
    {"", "", number, "3", Level::none, Class::none, ""},
};
INSTANTIATE_TEST_SUITE_P(Keys, JsonbKey, testing::ValuesIn(keys));

TEST(JsonbClassify, AMoneyObjectIsMoneyUnderAnyKey) {
  EXPECT_EQ(classify("label", "", {.kind = JsonValueKind::object, .money_shape = true}).level,
            Level::high);
}

TEST(JsonbClassify, ReadsKeysOfAnyBytesAndLength) {
  EXPECT_EQ(classify(std::string(1'000'000, 'a'), "").level, Level::none);
  EXPECT_EQ(classify("\xff\xc3\x28\xf0", "\xff..[[\"").level, Level::none);
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "a.";
  EXPECT_EQ(classify("note", deep + "note").level, Level::none);
}

TEST(JsonbTokens, SplitNamesAtEveryBoundary) {
  using Words = std::vector<std::string>;
  EXPECT_EQ(tokenize("unitPrice"), (Words{"unit", "price"}));
  EXPECT_EQ(tokenize("MSRPPrice"), (Words{"msrp", "price"}));
  EXPECT_EQ(tokenize("priceUSD"), (Words{"price", "usd"}));
  EXPECT_EQ(tokenize("tax_amount-total.x"), (Words{"tax", "amount", "total", "x"}));
  EXPECT_EQ(tokenize("unitprice"), (Words{"unit", "price"}));
  EXPECT_EQ(tokenize("preço"), (Words{"preco"}));
  EXPECT_EQ(tokenize("Total ($)"), (Words{"total", "$"}));
}

TEST(JsonbPaths, SplitIntoMembersAndIndexes) {
  using Steps = std::vector<std::string>;
  EXPECT_EQ(split_path("items[0].price"), (Steps{"items", "[0]", "price"}));
  EXPECT_EQ(split_path("[\"a.b\"].c[*]"), (Steps{"a.b", "c", "[*]"}));
  EXPECT_EQ(split_path(""), Steps{});
}

TEST(JsonbColumns, HaveTiersByName) {
  for (const char* name :
       {"metadata", "metaData", "meta_data2", "order metadata", "custom_fields", "extras"}) {
    EXPECT_EQ(column_tier(name), ColumnTier::guarded) << name;
  }
  for (const char* name : {"settings", "invoice_settings", "attributes", "payload"}) {
    EXPECT_EQ(column_tier(name), ColumnTier::lower) << name;
  }
  for (const char* name : {"old_values", "raw_payload", "webhook_body", "price_snapshot"}) {
    EXPECT_EQ(column_tier(name), ColumnTier::exempt) << name;
  }
  EXPECT_EQ(column_tier("line_items"), ColumnTier::unlisted);
  EXPECT_EQ(column_tier(""), ColumnTier::unlisted);
}

TEST(JsonbColumns, FollowTheConfiguration) {
  JsonbSettings settings;
  settings.exempt_columns = {"audit.metadata", "*_meta"};
  settings.add_columns = {"quotes.blob"};
  EXPECT_EQ(column_tier("audit", "metadata", settings), ColumnTier::exempt);
  EXPECT_EQ(column_tier("quotes", "metadata", settings), ColumnTier::guarded);
  EXPECT_EQ(column_tier("quotes", "raw_meta", settings), ColumnTier::exempt);
  EXPECT_EQ(column_tier("quotes", "blob", settings), ColumnTier::guarded);
  EXPECT_EQ(column_tier("orders", "blob", settings), ColumnTier::unlisted);
  settings.columns = {"extra"};
  EXPECT_EQ(column_tier("quotes", "metadata", settings), ColumnTier::unlisted);
}

TEST(JsonbLists, AllowBeatsDeny) {
  JsonbSettings settings;
  settings.deny = {"lifetimeSpend", "quotes.metadata.display.**"};
  settings.allow = {"quotes.metadata.display.price", "price_tier"};
  EXPECT_EQ(listed("quotes.metadata", "lifetimeSpend", "lifetimeSpend", settings), Listed::denied);
  EXPECT_EQ(listed("quotes.metadata", "display.fee", "fee", settings), Listed::denied);
  EXPECT_EQ(listed("quotes.metadata", "display.price", "price", settings), Listed::allowed);
  EXPECT_EQ(listed("orders.metadata", "a.price_tier", "price_tier", settings), Listed::allowed);
  EXPECT_EQ(listed("orders.metadata", "price", "price", settings), Listed::no);
}

}  // namespace
}  // namespace migguard::jsonb
