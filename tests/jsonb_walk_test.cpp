// The walk through JSON documents: which keys it tells at which paths, places across the pieces of
// a stream, broken input, limits; and the reader beneath it against nlohmann's parser.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <jsonb/key_counts.hpp>
#include <jsonb/walk.hpp>
#include <random>
#include <string>
#include <string_view>
#include <util/byte_stream.hpp>
#include <util/json_reader.hpp>
#include <vector>

namespace migguard::jsonb {
namespace {

using Lines = std::vector<std::string>;

// Few bytes at a time, so that every token is cut somewhere.
class Drops final : public ByteStream {
 public:
  Drops(std::string text, std::size_t size) : text_(std::move(text)), size_(size) {}
  Result<std::size_t> read(char* to, std::size_t size) override {
    const std::size_t count = std::string_view(text_).substr(at_).copy(to, std::min(size, size_));
    at_ += count;
    return count;
  }

 private:
  std::string text_;
  std::size_t size_;
  std::size_t at_ = 0;
};

std::string told(const Hit& hit) {
  return cat(hit.path, hit.money_shape ? " money" : "", " ", to_string(hit.verdict.level), " ",
             to_string(hit.verdict.kind));
}

Lines walk(std::string_view text, WalkSettings settings = {}) {
  Walker walker(std::move(settings));
  Lines lines;
  const auto broken = walker.document(text, [&](const Hit& hit) { lines.push_back(told(hit)); });
  if (broken)
    lines.push_back(cat(broken->place.line, ":", broken->place.column, " ", broken->message));
  return lines;
}

TEST(JsonbWalk, TellsEveryKeyAtItsPath) {
  EXPECT_EQ(walk(R"({"items": [{"price": 12.5, "name": "x"}, {"sku": 1, "price": 3}],
                     "pricing": {"setup": 10, "price_id": "p_1"}, "a.b": {"unit_price": "1"}})"),
            (Lines{"items[0].price high amount", "items[1].price high amount",
                   "pricing.setup medium amount", "[\"a.b\"].unit_price high amount"}));
  EXPECT_EQ(walk(R"([[{"fee": 1}], 2])"), (Lines{"[0][0].fee high amount"}));
  EXPECT_EQ(walk(R"({"price": 1, "price": "2"})"),
            (Lines{"price high amount", "price high amount"}));
  EXPECT_EQ(walk(R"({"\u0070rice": 1})"), (Lines{"price high amount"}));
}

TEST(JsonbWalk, SaysNothingOfScalarsFlagsAndIdentifiers) {
  for (const std::string_view text :
       {"null", "12.5", R"("price")", "[]", "{}", R"({"price": true, "has_price": 1})",
        R"({"price_id": "p", "tax_number": "x", "pagination": {"total": 3}, "heart_rate": 60})"}) {
    EXPECT_EQ(walk(text), Lines{}) << text;
  }
}

TEST(JsonbWalk, TellsAMoneyObjectOnceAndAContainerOnlyWithoutItsLeaves) {
  EXPECT_EQ(walk(R"({"worth": {"amount": "10.00", "currency": "EUR"}})"),
            (Lines{"worth money high amount"}));
  EXPECT_EQ(walk(R"({"amount": "10.00", "currency": "EUR"})"),
            (Lines{"amount high amount", "currency medium currency"}));
  EXPECT_EQ(walk(R"({"fees": {"tax": 1, "shipping_cost": 2, "currency": "NZD"}})"),
            (Lines{"fees.tax high amount", "fees.shipping_cost high amount",
                   "fees.currency medium currency"}));
  EXPECT_EQ(walk(R"({"prices": [1, 2], "price": {"note": "x"}})"),
            (Lines{"prices high amount", "price medium amount"}));
}

// The currency comes last, and still decides about the value before it.
TEST(JsonbWalk, WeighsSiblingsThatComeLater) {
  EXPECT_EQ(walk(R"({"line": {"value": 3, "note": "x", "a": 1, "b": 1, "c": 1, "d": 1,
                              "currency": "NZD"}})"),
            (Lines{"line.value high amount", "line.currency medium currency"}));
  EXPECT_EQ(walk(R"({"line": {"value": 3}})"), Lines{});
}

TEST(JsonbWalk, ObeysTheColumnAndTheConfiguration) {
  EXPECT_EQ(walk(R"({"price": 1})", {.column = "orders.payload"}), (Lines{"price medium amount"}));
  EXPECT_EQ(walk(R"({"price": 1})", {.column = "raw_response"}), Lines{});
  JsonbSettings settings;
  settings.packs = {"money", "business"};
  settings.allow = {"display.**", "items[1].price"};
  settings.deny = {"lifetimeSpend", "/^glorb/"};
  EXPECT_EQ(walk(R"({"display": {"price": 1}, "items": [{"price": 1}, {"price": 2}],
                     "lifetimeSpend": 1, "glorbs": true, "currency": "NZD", "quantity": 3})",
                 {.jsonb = &settings}),
            (Lines{"items[0].price high amount", "lifetimeSpend high amount", "glorbs high amount",
                   "quantity medium business"}));
}

// With the pack `business`, what two hand-written lists of exact keys forbade.
TEST(JsonbWalk, KnowsWhatHandWrittenListsForbade) {
  JsonbSettings settings;
  settings.packs = {"money", "currency", "business"};
  for (const std::string_view key :
       {"subtotal", "taxTotal", "grandTotal", "unitPrice", "discount", "totals", "amount", "price",
        "cost", "taxAmount", "discountAmount", "quantity", "qty", "taxRate", "rate",
        "exchangeRate"}) {
    EXPECT_EQ(walk(cat("{\"order\": {\"", key, "\": 3}}"), {.jsonb = &settings}).size(), 1u) << key;
  }
  EXPECT_EQ(walk(R"({"currency": "NZD", "status": "paid", "sku": "A1"})", {.jsonb = &settings}),
            (Lines{"currency medium currency", "status medium business", "sku medium business"}));
}

TEST(JsonbWalk, SaysWhereAndWhyATextIsNoJson) {
  const std::vector<std::pair<std::string_view, std::string_view>> cases = {
      {"", "1:1 there is no value"},
      {"{\"a\": 1,\n  \"é\" 2}", "2:7 expected `:` after the key"},
      {"{\"a\": 1} x", "1:10 something follows the value"},
      {"{a: 1}", "1:2 expected a key in double quotes"},
      {"[1, 2", "1:6 the text ends inside a value"},
      {"[1 2]", "1:4 expected `,` or `]`"},
      {"{\"a\": 1]", "1:8 expected `,` or `}`"},
      {"[1, ]", "1:5 expected a value"},
      {"[NaN]", "1:2 expected a value"},
      {"[01]", "1:4 this is no number that JSON knows"},
      {"[1.]", "1:4 this is no number that JSON knows"},
      {"[\"\\u0000\"]", "1:9 PostgreSQL's jsonb takes no \\u0000"},
      {"[\"\\ud800\"]", "1:9 half of a surrogate pair stands alone"},
      {"[\"\\x\"]", "1:4 JSON has no such escape"},
      {"[\"\t\"]", "1:3 a control character stands unescaped in a string"},
      {"[\"\xff\"]", "1:3 these bytes are not UTF-8"},
      {"[\"abc", "1:6 the text ends inside a string"}};
  for (const auto& [text, expected] : cases) {
    EXPECT_EQ(walk(text), (Lines{std::string(expected)})) << text;
  }
  // What came before the mistake is told.
  EXPECT_EQ(walk("{\"price\": 1, "),
            (Lines{"price high amount", "1:14 the text ends inside a value"}));
}

TEST(JsonbWalk, StopsAtItsLimits) {
  WalkSettings settings;
  settings.limits.depth = 2;
  EXPECT_EQ(walk("[[1]]", settings), Lines{});
  EXPECT_EQ(walk("[[[1]]]", settings), (Lines{"1:3 nested deeper than 2"}));
  settings.limits = {};
  settings.limits.bytes = 10;
  EXPECT_EQ(walk("[1, 2, 3, 4, 5]", settings), (Lines{"1:13 a value longer than 10 bytes"}));
}

struct Streamed {
  Lines lines;
  Walker::Streamed sum;
};

Streamed stream(const std::string& text, std::size_t drop, bool lines = false) {
  Walker walker({});
  Drops drops(text, drop);
  Streamed result;
  result.sum =
      walker.stream(drops, lines,
                    {[&](const Hit& hit) {
                       result.lines.push_back(cat(hit.place.line, ":", hit.place.column, "@",
                                                  hit.place.offset, " ", told(hit)));
                     },
                     [&](const json::Broken& broken) {
                       result.lines.push_back(
                           cat(broken.place.line, ":", broken.place.column, " ", broken.message));
                     },
                     {}});
  return result;
}

// However the input is cut, the answer is the same.
TEST(JsonbWalk, DoesNotMindHowAStreamIsCut) {
  const std::string text =
      "{\"ünit\": \"a\\u00e9\\ud83d\\ude00é😀\", \"unit_price\": 12.50}\n"
      "{\"deep\": {\"items\": [{\"tax\": -1.5e3}, true, null]}}\n"
      "{\"broken\": \n"
      "{\"worth\": {\"amount\": \"10.00\", \"currency\": \"EUR\"}}";
  const Lines expected = {"1:35@39 unit_price high amount", "2:22@81 deep.items[0].tax high amount",
                          "3:12 the line ends inside a value", "4:2@124 worth money high amount"};
  for (std::size_t drop = 1; drop < 40; ++drop) {
    const Streamed got = stream(text, drop);
    EXPECT_EQ(got.lines, expected) << drop;
    EXPECT_EQ(got.sum.documents, 3u);
    EXPECT_EQ(got.sum.broken, 1u);
    EXPECT_EQ(got.sum.bytes, text.size());
  }
}

TEST(JsonbWalk, ReadsDocumentsOverSeveralLinesAndEndsAtTheFirstBrokenOne) {
  EXPECT_EQ(stream("{\n \"fee\": 1\n}\n{\n \"fee\" 2\n}\n{\n \"fee\": 3\n}\n", 7).lines,
            (Lines{"2:2@3 fee high amount", "5:8 expected `:` after the key"}));
  EXPECT_EQ(stream("{\"fee\" 2}\n{\"fee\": 3}", 7, true).lines,
            (Lines{"1:8 expected `:` after the key", "2:2@11 fee high amount"}));
  EXPECT_EQ(stream("  \n ", 7).sum.documents, 0u);
}

// More keys, deeper and longer than are remembered: the verdicts are the same.
TEST(JsonbWalk, JudgesAlikeBeyondWhatItRemembers) {
  constexpr int many = 40'000;
  std::string text = "{\"order\": {";
  for (int i = 0; i < many; ++i) text += cat("\"k", i, "\": {\"price\": 1, \"x\": 2}, ");
  text += "\"last\": true}}";
  Walker walker({});
  int hits = 0;
  for (int round = 0; round < 2; ++round) {
    const auto broken = walker.document(text, [&](const Hit& hit) {
      EXPECT_EQ(hit.path, cat("order.k", hits % many, ".price"));
      ++hits;
    });
    EXPECT_FALSE(broken);
  }
  EXPECT_EQ(hits, 2 * many);

  std::string flat = "{";
  for (int i = 0; i < many; ++i) flat += cat("\"price_", i, "_of\": 1, \"fee", i, "\": 1, ");
  flat += "\"last\": true}";
  hits = 0;
  walker.document(flat, [&](const Hit& hit) {
    EXPECT_TRUE(hit.key.starts_with("fee") || hit.key.starts_with("price"));
    hits += hit.key.starts_with("fee");
  });
  EXPECT_EQ(hits, many);
}

TEST(JsonbWalk, CountsKeysByTheirPathWithAnyIndex) {
  KeyCounts counts({});
  EXPECT_FALSE(counts.add(R"({"items": [{"price": 12.5}, {"price": 3}], "currency": "NZD"})"));
  EXPECT_FALSE(counts.add(R"({"items": [{"price": "$ 1,200.00"}]})"));
  EXPECT_FALSE(counts.add(R"({"note": "x"})"));
  EXPECT_TRUE(counts.add("{"));
  EXPECT_EQ(counts.documents(), 4u);
  EXPECT_EQ(counts.documents_with_money(), 2u);
  Lines lines;
  counts.each([&](const std::string& path, const KeyCount& count) {
    lines.push_back(cat(path, " ", to_string(count.verdict.level), " ", count.values, " in ",
                        count.documents, " ", count.example));
  });
  EXPECT_EQ(lines, (Lines{"currency medium 1 in 1 XXX", "items[*].price high 3 in 2 99.9"}));
  EXPECT_EQ(masked("Åb 12/é$"), "xx 99/x$");
}

// ---- The reader against nlohmann's parser ----

// Both as one text of events.
struct Events {
  std::string text;
  void key(std::string_view t) { text += cat("k(", t, ")"); }
  void string(std::string_view t) { text += cat("s(", t, ")"); }
  void number(std::string_view) { text += "#"; }
  void boolean(bool b) { text += b ? "t" : "f"; }
  void null() { text += "0"; }
  void begin_object() { text += "{"; }
  void end_object() { text += "}"; }
  void begin_array() { text += "["; }
  void end_array() { text += "]"; }
  void input_moves() {}
};

struct Oracle : nlohmann::json_sax<nlohmann::json> {
  Events out;
  bool null() override { return out.null(), true; }
  bool boolean(bool b) override { return out.boolean(b), true; }
  bool number_integer(number_integer_t) override { return out.number({}), true; }
  bool number_unsigned(number_unsigned_t) override { return out.number({}), true; }
  bool number_float(number_float_t, const string_t&) override { return out.number({}), true; }
  bool string(string_t& t) override { return out.string(t), true; }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return out.begin_object(), true; }
  bool key(string_t& t) override { return out.key(t), true; }
  bool end_object() override { return out.end_object(), true; }
  bool start_array(std::size_t) override { return out.begin_array(), true; }
  bool end_array() override { return out.end_array(), true; }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }
};

void agree(const std::string& text) {
  Oracle oracle;
  // A number out of range is none to nlohmann; the reader keeps it as it is written.
  const bool accepted = nlohmann::json::sax_parse(text, &oracle);
  for (const std::size_t drop : {std::size_t{0}, std::size_t{1}, std::size_t{3}}) {
    Events events;
    Drops drops(text, drop);
    auto reader = drop == 0 ? json::Reader<Events>(std::string_view(text), events)
                            : json::Reader<Events>(drops, events);
    const bool read = reader.more() && reader.value() && !reader.more();
    ASSERT_EQ(read, accepted) << text;
    if (read) {
      ASSERT_EQ(events.text, oracle.out.text) << text;
    }
  }
}

TEST(JsonReader, AgreesWithAnotherParserOnMutatedDocuments) {
  const std::vector<std::string> seeds = {
      R"({"a": [1, -2.5e+3, 0.1, true, false, null, "x\n\"é\u00e9\ud83d\ude00"], "": {}, "b": []})",
      R"([[[{"k": "v", "n": 1E5}], []], "\\\/\b\f\r\t", 10])", R"("lone")", "-0", " [ ] "};
  const std::string bytes = "{}[]\",:\\ue0123456789.+-tfn \n\t\x01\x7f\xc3\xa9\xf0\xff";
  std::mt19937 random(20240817);
  const auto below = [&random](std::size_t limit) { return random() % limit; };
  for (int round = 0; round < 6000; ++round) {
    std::string text = seeds[below(seeds.size())];
    for (std::size_t change = below(4); change-- > 0 && !text.empty();) {
      const std::size_t at = below(text.size());
      switch (below(3)) {
        case 0:
          text[at] = bytes[below(bytes.size())];
          break;
        case 1:
          text.erase(at, 1 + below(3));
          break;
        default:
          text.insert(at, 1, bytes[below(bytes.size())]);
      }
    }
    if (text.find("\\u0000") != std::string::npos) continue;  // refused, as PostgreSQL does
    if (text.find("e") != std::string::npos || text.find("E") != std::string::npos) {
      // Exponents beyond a double's range are refused by nlohmann alone.
      Oracle oracle;
      if (!nlohmann::json::sax_parse(text, &oracle) && nlohmann::json::accept(text)) continue;
    }
    agree(text);
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace migguard::jsonb
