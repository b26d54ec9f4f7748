// The JSON format, version 1: its golden, and what every reader of it may rely on.
#include <gtest/gtest.h>
#include <report/json_writer.hpp>
#include <report/report.hpp>

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "golden.hpp"
#include "report_sample.hpp"

namespace migguard::report {
namespace {

using nlohmann::json;

json parsed() { return json::parse(report::json(test::sample_report(), {})); }

TEST(Json, IsAsCommitted) {
  test::expect_golden("json.golden", report::json(test::sample_report(), {}));
}

TEST(Json, IgnoresWhatOnlyTextHeeds) {
  const std::string plain = report::json(test::sample_report(), {});
  EXPECT_EQ(plain,
            report::json(test::sample_report(), {.color = true, .width = 40, .quiet = true}));
  EXPECT_EQ(plain, report::json(test::sample_report(), {.verbose = true}));
}

TEST(Json, HasEveryFieldInEveryFinding) {
  const json report = parsed();
  EXPECT_EQ(report.at("version"), 1);
  ASSERT_EQ(report.at("findings").size(), 8U);
  const std::set<std::string> severities{"error", "warning", "note"};
  const std::set<std::string> statuses{"open", "suppressed", "accepted"};
  for (const json& each : report.at("findings")) {
    SCOPED_TRACE(each.dump());
    for (const char* name : {"rule", "family", "path", "message", "why", "help"}) {
      EXPECT_TRUE(each.at(name).is_string()) << name;
    }
    EXPECT_TRUE(severities.count(each.at("severity").get<std::string>()));
    EXPECT_TRUE(statuses.count(each.at("status").get<std::string>()));
    EXPECT_TRUE(each.at("labels").is_array());
    EXPECT_TRUE(each.at("fixes").is_array());
    EXPECT_TRUE(each.at("data").is_object());
    EXPECT_FALSE(each.at("path").get<std::string>().empty());
    const auto place = [&](const char* line, const char* column) {
      return std::pair(each.at(line).get<int>(), each.at(column).get<int>());
    };
    EXPECT_GE(place("line", "column"), std::pair(1, 1));
    EXPECT_GE(place("end_line", "end_column"), place("line", "column"));
  }
}

TEST(Json, SummaryHasEveryCount) {
  const json summary = parsed().at("summary");
  const json expected = {{"histories", 1}, {"migrations", 3},     {"statements", 7},
                         {"rules", 31},    {"not_understood", 0}, {"errors", 4},
                         {"warnings", 2},  {"notes", 1},          {"suppressed", 1}};
  EXPECT_EQ(summary, expected);
}

struct PlaceCase {
  std::string_view text;
  Span span;
  int line, column, end_line, end_column;
};

TEST(Json, PlacesAreExact) {
  const PlaceCase cases[] = {
      {"\n\nDROP TABLE invoices;", {2, 22}, 3, 1, 3, 21},  // behind the last character
      {"SELECT '名前', x", {17, 18}, 1, 14, 1, 15},        // code points, not bytes
      {"a\r\nb\r\nc", {0, 6}, 1, 1, 2, 2},  // line ends at the end belong to no place
      {"abc", {}, 1, 1, 1, 1},              // the whole file
      {"abc", {1, 1}, 1, 2, 1, 2},          // between two characters
      {"abc", {7, 9}, 1, 4, 1, 4},          // beyond the end
      {"abc\n", {2, 1}, 1, 3, 1, 3},        // backwards
      {"", {0, 4}, 1, 1, 1, 1},
  };
  for (const PlaceCase& each : cases) {
    SCOPED_TRACE(each.text);
    lint::Report report;
    report.project = std::make_unique<Project>();
    const SourceFile& file = report.project->files.emplace_back("a.sql", std::string(each.text));
    report.findings.push_back(test::finding("x", "y", Severity::note, file, each.span, "m"));
    const json found = json::parse(report::json(report, {})).at("findings").at(0);
    EXPECT_EQ(found.at("line"), each.line);
    EXPECT_EQ(found.at("column"), each.column);
    EXPECT_EQ(found.at("end_line"), each.end_line);
    EXPECT_EQ(found.at("end_column"), each.end_column);
  }
}

TEST(JsonWriter, EscapesWhatJsonForbids) {
  JsonWriter out;
  std::string every;
  for (int byte = 0; byte < 256; ++byte) every += static_cast<char>(byte);
  const std::string_view name = "\"\\\n";
  const std::string text = out.begin_object().member(name, every).end_object().take();
  const json read = json::parse(text);
  const std::string value = read.at("\"\\\n");
  EXPECT_EQ(value.substr(0, 128), every.substr(0, 128));
  EXPECT_EQ(value.substr(128, 6), "\xef\xbf\xbd\xef\xbf\xbd");
}

TEST(JsonWriter, SeparatesEveryLayout) {
  JsonWriter out;
  out.begin_object(JsonWriter::Layout::block)
      .member("a", 1)
      .key("b")
      .begin_array(JsonWriter::Layout::block);
  out.begin_array().value(1).value("x").value(true).null().end_array();
  out.begin_object()
      .end_object()
      .end_array()
      .key("c")
      .begin_array(JsonWriter::Layout::block)
      .end_array();
  EXPECT_EQ(
      out.end_object().take(),
      "{\n  \"a\": 1,\n  \"b\": [\n    [1, \"x\", true, null],\n    {}\n  ],\n  \"c\": []\n}\n");
}

}  // namespace
}  // namespace migguard::report
