// JSON with places: values, spans, what is refused, and where.
#include <gtest/gtest.h>

#include <string>
#include <util/json.hpp>

namespace migguard::json {
namespace {

std::string_view slice(std::string_view text, Span span) {
  return text.substr(span.begin, span.end - span.begin);
}

const Value* value_of(const std::variant<Value, Failure>& result) {
  return std::get_if<Value>(&result);
}
const Failure* failure_of(const std::variant<Value, Failure>& result) {
  return std::get_if<Failure>(&result);
}

// The tree without its places.
std::string shape(const Value& value) {
  std::string out;
  switch (value.kind) {
    case Kind::null:
      return "null";
    case Kind::boolean:
      return value.boolean ? "true" : "false";
    case Kind::number:
      return value.text;
    case Kind::string:
      return cat("'", value.text, "'");
    case Kind::array:
      for (const Value& item : value.items) out += cat(out.empty() ? "" : " ", shape(item));
      return cat("[", out, "]");
    case Kind::object:
      for (const Member& member : value.members) {
        out += cat(out.empty() ? "" : " ", member.key, "=", shape(member.value));
      }
      return cat("{", out, "}");
  }
  return out;
}

// Every span must cut out a text that is the same value again.
void expect_spans_hold(std::string_view text, const Value& value, const Options& options) {
  ASSERT_LE(value.span.begin, value.span.end);
  ASSERT_LE(value.span.end, text.size());
  const std::string_view own = slice(text, value.span);
  const auto again = parse(own, options);
  ASSERT_TRUE(value_of(again)) << own << ": " << failure_of(again)->message;
  EXPECT_EQ(shape(*value_of(again)), shape(value));
  EXPECT_EQ(value_of(again)->span, (Span{0, value.span.end - value.span.begin}));
  for (const Value& item : value.items) expect_spans_hold(text, item, options);
  for (const Member& member : value.members) {
    const auto key = parse(slice(text, member.key_span));
    ASSERT_TRUE(value_of(key)) << slice(text, member.key_span);
    EXPECT_EQ(value_of(key)->text, member.key);
    EXPECT_LT(member.key_span.end, member.value.span.begin);
    expect_spans_hold(text, member.value, options);
  }
}

constexpr Options strict{};
constexpr Options relaxed{.comments = true, .trailing_commas = true};

struct Good {
  std::string_view text;
  std::string_view shape;
  Options options = strict;
};

const Good good[] = {
    {"null", "null"},
    {" true ", "true"},
    {"false\n", "false"},
    {"0", "0"},
    {"-0", "-0"},
    {"12 ", "12"},
    {"-1.50e+3", "-1.50e+3"},
    {"1E9", "1E9"},
    {"18446744073709551616", "18446744073709551616"},
    {R"("")", "''"},
    {R"("a\"b\\")", R"('a"b\')"},
    {R"("\u00e9\ud83d\ude00")", "'é😀'"},
    {"\"é\"", "'é'"},
    {"[]", "[]"},
    {"[ ]", "[]"},
    {"{}", "{}"},
    {"[1,2 , 3]", "[1 2 3]"},
    {"[[],{},[[]]]", "[[] {} [[]]]"},
    {"[1,-2.5,true,null,\"]\"]", "[1 -2.5 true null ']']"},
    {R"({"a":1,"b" : [ {"c":"d"} ],"a":2})", "{a=1 b=[{c='d'}] a=2}"},
    {"{\"version\": \"7\",\r\n\t\"entries\": [{\"idx\": 0, \"when\": 1700000000000}]}",
     "{version='7' entries=[{idx=0 when=1700000000000}]}"},
    {R"({"\u0061\n":0})", "{a\n=0}"},
    {"// one\n[1, /* two, ] */ 2] // three", "[1 2]", relaxed},
    {"/**/[/***/1/* * / */,//,\r2]/* ] */", "[1 2]", relaxed},
    {R"(["// no", "/* no */", "a,]"])", "['// no' '/* no */' 'a,]']", relaxed},
    {"[1,]", "[1]", relaxed},
    {"{\"a\":[{},],}", "{a=[{}]}", relaxed},
    {"[1 , // last\n ]", "[1]", relaxed},
    {R"(["\",]",])", "['\",]']", relaxed},
    {"[1,]", "[1]", {.trailing_commas = true}},
};

TEST(UtilJson, ReadsValuesAndTheirPlaces) {
  for (const Good& each : good) {
    SCOPED_TRACE(each.text);
    const auto result = parse(each.text, each.options);
    ASSERT_TRUE(value_of(result)) << failure_of(result)->message;
    EXPECT_EQ(shape(*value_of(result)), each.shape);
    expect_spans_hold(each.text, *value_of(result), each.options);
  }
}

struct Bad {
  std::string_view text;
  std::size_t offset;
  std::string_view message;
  Options options = strict;
};

const Bad bad[] = {
    {"", 0, "is empty"},
    {"  \n", 3, "is empty"},
    {"\xef\xbb\xbf{}", 0, "starts with a byte order mark"},
    {"{", 1, "ends too early"},
    {"[1,", 3, "ends too early"},
    {R"({"a":)", 5, "ends too early"},
    {R"({"a")", 4, "ends too early"},
    {R"({"a" 1})", 5, "expected `:`"},
    {R"({"a":})", 5, "expected a value"},
    {R"({"a":1 "b":2})", 7, "expected `,` or `}`"},
    {R"({"a":1]})", 6, "expected `,` or `}`"},
    {R"({"a":1,})", 7, "expected a key in double quotes"},
    {R"({a:1})", 1, "expected a key in double quotes"},
    {R"({'a':1})", 1, "expected a key in double quotes"},
    {"[1 2]", 3, "expected `,` or `]`"},
    {"[1}", 2, "expected `,` or `]`"},
    {"[1,]", 3, "expected a value"},
    {"[,]", 1, "expected a value"},
    {"[1,,2]", 3, "expected a value"},
    {"nul", 0, "expected a value"},
    {"{} {}", 3, "expected nothing more"},
    {"{}<<<<<<< HEAD", 2, "expected nothing more"},
    {"01", 1, "expected nothing more"},
    {"[-]", 1, "malformed number"},
    {"[1.]", 1, "malformed number"},
    {"1e999", 0, "the number is too large"},
    {R"(["abc)", 5, "the string never ends"},
    {"[\"abc\n\"]", 5, "the string does not end on its line"},
    {"[\"a\tb\"]", 3, "control character in a string"},
    {R"(["\x"])", 3, "invalid escape in a string"},
    {R"({"\q":1})", 3, "invalid escape in a string"},
    {"[\"\xff\"]", 2, "invalid UTF-8 in a string"},
    {"// no\n1", 0, "comments are not allowed here"},
    {"[1 /* no */]", 3, "comments are not allowed here"},
    {"[1 /* never", 3, "the comment never ends", relaxed},
    {"[1,,]", 3, "expected a value", relaxed},
    {"[,]", 1, "expected a value", relaxed},
    {"{,}", 1, "expected a key in double quotes", relaxed},
    {R"({"a":,})", 5, "expected a value", relaxed},
    {"1,", 1, "expected nothing more", relaxed},
    {"[1,]", 3, "expected a value", {.comments = true}},
    {"[[[]]]", 2, "nested deeper than 2", {.max_depth = 2}},
    {"[1,2,3]", 5, "holds more than 3 values", {.max_values = 3}},
};

TEST(UtilJson, SaysWhereAndWhyItStopped) {
  for (const Bad& each : bad) {
    SCOPED_TRACE(each.text);
    const auto result = parse(each.text, each.options);
    ASSERT_TRUE(failure_of(result)) << shape(*value_of(result));
    EXPECT_EQ(failure_of(result)->offset, each.offset);
    EXPECT_EQ(failure_of(result)->message, each.message);
  }
}

TEST(UtilJson, TakesNoNulForTheEnd) {
  using namespace std::string_view_literals;
  for (const std::string_view text :
       {"{}\0"sv, "[1]\0garbage"sv, "\0"sv, "[1,\0]"sv, "[\"\0\"]"sv}) {
    SCOPED_TRACE(text);
    EXPECT_TRUE(failure_of(parse(text)));
    EXPECT_TRUE(failure_of(parse(text, relaxed)));
  }
}

TEST(UtilJson, EveryPrefixAndEveryChangedByteIsSafe) {
  const std::string text =
      R"({"a": [1, -2.5e3, true, false, null], /* c */ "b\u00e9\n": {"c": "d\\\"",}, } // e)";
  for (std::size_t size = 0; size <= text.size(); ++size) {
    const std::string prefix = text.substr(0, size);
    if (const auto result = parse(prefix, relaxed); const Failure* failure = failure_of(result)) {
      EXPECT_LE(failure->offset, size);
      EXPECT_FALSE(failure->message.empty());
    }
  }
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (const char replacement : std::string("\0\xff\"\\/*,:]}{[ 0-eat\n", 19)) {
      std::string changed = text;
      changed[at] = replacement;
      const auto result = parse(changed, relaxed);
      if (const Failure* failure = failure_of(result)) {
        EXPECT_LE(failure->offset, changed.size());
      } else {
        expect_spans_hold(changed, *value_of(result), relaxed);
      }
    }
  }
}

TEST(UtilJson, RefusesDepthWithoutRecursion) {
  const std::string deep(1'000'000, '[');
  const auto result = parse(deep);
  ASSERT_TRUE(failure_of(result));
  EXPECT_EQ(failure_of(result)->offset, 200U);
  EXPECT_EQ(failure_of(result)->message, "nested deeper than 200");
  EXPECT_TRUE(value_of(parse(std::string(200, '[') + std::string(200, ']'))));
}

TEST(UtilJson, LargeFilesAreReadInLinearTime) {
  std::string text = "[";
  for (int index = 0; index < 50'000; ++index) {
    text += R"({"idx": 1, "tag": "0000_some_name", "columns": [1, 2, "three"]},)";
    text += "\n";
  }
  text += "]";
  const auto result = parse(text, relaxed);
  ASSERT_TRUE(value_of(result));
  EXPECT_EQ(value_of(result)->items.size(), 50'000U);
  const Value& last = value_of(result)->items.back();
  EXPECT_EQ(slice(text, last.find("tag")->value.span), "\"0000_some_name\"");
  // Comments that never end must not be looked for again and again.
  std::string comments = "[1, ";
  for (int index = 0; index < 500'000; ++index) comments += "/* ";
  EXPECT_TRUE(failure_of(parse(comments, relaxed)));
}

TEST(UtilJson, FindsTheLastOfTwoMembers) {
  const auto result = parse(R"({"a":1,"b":2,"a":3})");
  ASSERT_TRUE(value_of(result));
  const Value& value = *value_of(result);
  ASSERT_TRUE(value.find("a"));
  EXPECT_EQ(value.find("a")->key_span, (Span{13, 16}));
  EXPECT_EQ(value.get("a")->text, "3");
  EXPECT_EQ(value.get("c"), nullptr);
  EXPECT_EQ(value.find("c"), nullptr);
}

TEST(UtilJson, IntegersAreThoseWrittenAsIntegers) {
  struct Case {
    std::string_view text;
    std::optional<std::int64_t> integer;
  };
  const Case cases[] = {
      {"0", 0},
      {"-0", 0},
      {"-17", -17},
      {"1700000000000", 1700000000000},
      {"9223372036854775807", INT64_MAX},
      {"-9223372036854775808", INT64_MIN},
      {"9223372036854775808", {}},
      {"1.0", {}},
      {"1e3", {}},
      {"\"1\"", {}},
      {"true", {}},
  };
  for (const Case& each : cases) {
    SCOPED_TRACE(each.text);
    const auto result = parse(each.text);
    ASSERT_TRUE(value_of(result));
    EXPECT_EQ(value_of(result)->integer(), each.integer);
  }
}

}  // namespace
}  // namespace migguard::json
