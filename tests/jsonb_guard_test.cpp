// The library: its C interface, and C++ over it.
#include <gtest/gtest.h>

#include <cstring>
#include <migguard/guard.hpp>
#include <string>
#include <thread>
#include <vector>

namespace migguard {
namespace {

std::vector<std::string> paths(const Guard& guard, const std::string& json,
                               const std::string& base = "metadata") {
  std::vector<std::string> out;
  for (const Violation& each : guard.scan(json, base)) out.push_back(each.path);
  return out;
}

using Paths = std::vector<std::string>;

TEST(Guard, TellsEveryViolationBehindItsBase) {
  const Guard guard;
  EXPECT_EQ(paths(guard, R"({"items": [{"price": 1}, {"price": 2}], "note": "x"})"),
            (Paths{"metadata.items[0].price", "metadata.items[1].price"}));
  EXPECT_EQ(paths(guard, R"([{"price": 1}])", "quotes.metadata"),
            (Paths{"quotes.metadata[0].price"}));
  for (const char* clean : {"", "null", "12", "{}", R"({"price_id": "p"})"})
    EXPECT_EQ(paths(guard, clean), Paths{}) << clean;
  const std::vector<Violation> found = guard.scan(R"({"a": {"taxRate": 0.15}})");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].key, "taxRate");
  EXPECT_EQ(found[0].kind, MG_CLASS_RATE);
  EXPECT_EQ(found[0].level, MG_LEVEL_HIGH);
  EXPECT_EQ(found[0].offset, 7u);
  EXPECT_EQ(found[0].suggestion, "numeric(9,6)");
}

TEST(Guard, ThrowsWithCodePathsAndStatus) {
  const Guard guard;
  guard.throw_if_monetary(R"({"color": "red"})");
  try {
    guard.throw_if_monetary(R"({"items": [{"price": 1}], "currency": "NZD"})");
    FAIL();
  } catch (const MonetaryInMetadata& error) {
    EXPECT_STREQ(error.what(),
                 "JSONB_MONETARY_FORBIDDEN: money belongs in typed columns, not in JSON; found at "
                 "metadata.items[0].price, metadata.currency");
    EXPECT_EQ(error.details().size(), 2u);
    EXPECT_STREQ(MonetaryInMetadata::code(), "JSONB_MONETARY_FORBIDDEN");
    EXPECT_EQ(MonetaryInMetadata::status(), 400);
  }
}

TEST(Guard, RefusesWhatItCannotRead) {
  const Guard guard(R"({"maxDepth": 3})");
  EXPECT_THROW(guard.scan("{"), UnreadableJson);
  try {
    guard.scan("[[[[1]]]]");
    FAIL();
  } catch (const UnreadableJson& error) {
    EXPECT_TRUE(error.over_limit());
    EXPECT_STREQ(error.what(), "no JSON: nested deeper than 3 at line 1, column 4");
  }
  EXPECT_THROW(Guard(R"({"pack": []})"), std::invalid_argument);
  EXPECT_THROW(Guard("{"), std::invalid_argument);
  EXPECT_THROW(Guard(R"({"deny": ["/(/"]})"), std::invalid_argument);
  EXPECT_THROW(Guard(R"({"maxDepth": 0})"), std::invalid_argument);
}

TEST(Guard, TakesTheSettingsOfAConfiguration) {
  const Guard guard(
      R"({"packs": ["money", "business"], "deny": ["glorb"], "allow": ["display.**"]})");
  EXPECT_EQ(paths(guard, R"({"glorb": 1, "display": {"price": 1}, "qty": 2, "currency": "NZD"})"),
            (Paths{"metadata.glorb", "metadata.qty"}));
}

TEST(Guard, SpeaksC) {
  char text[64];
  mg_guard* guard = mg_guard_new("{\"pack\": 1}", 11, text, sizeof text);
  EXPECT_EQ(guard, nullptr);
  EXPECT_STREQ(text, "unknown key `pack`; did you mean `packs`?");
  guard = mg_guard_new(nullptr, 0, nullptr, 0);
  ASSERT_NE(guard, nullptr);
  const std::string json = R"({"price": 1, "fee": 2})";
  int calls = 0;
  const auto once = [](void* context, const mg_violation*) {
    return ++*static_cast<int*>(context);
  };
  EXPECT_EQ(mg_guard_scan(guard, json.data(), json.size(), nullptr, once, &calls), MG_FOUND);
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(mg_guard_scan(guard, json.data(), json.size(), nullptr, nullptr, nullptr), MG_FOUND);
  EXPECT_EQ(mg_guard_scan(guard, "[1", 2, nullptr, nullptr, nullptr), MG_BAD_JSON);
  EXPECT_EQ(mg_guard_scan(nullptr, "", 0, nullptr, nullptr, nullptr), MG_FAILED);
  EXPECT_EQ(mg_guard_scan(guard, nullptr, 5, nullptr, nullptr, nullptr), MG_FAILED);
  EXPECT_EQ(mg_throw_if_monetary(guard, json.data(), json.size(), "m", text, sizeof text),
            MG_FOUND);
  EXPECT_EQ(std::strlen(text), sizeof text - 1);  // cut, and ended
  mg_guard_free(guard);
  mg_guard_free(nullptr);
}

TEST(Guard, ServesSeveralThreads) {
  const Guard guard;
  std::vector<std::thread> threads;
  std::vector<std::size_t> found(4);
  for (std::size_t i = 0; i < found.size(); ++i) {
    threads.emplace_back([&guard, &sum = found[i]] {
      for (int n = 0; n < 500; ++n)
        sum += guard.scan("{\"k" + std::to_string(n) + "\": {\"price\": 1}}").size();
    });
  }
  for (std::thread& each : threads) each.join();
  EXPECT_EQ(found, std::vector<std::size_t>(4, 500));
}

}  // namespace
}  // namespace migguard
