// A project that wants to be more than text: file names, SQL and JSON full of markup, workflow
// commands, terminal escapes and right-to-left overrides. fixtures/formats/hostile.json holds its
// files; tests/real/formats gives the same to real parsers.
#include <gtest/gtest.h>
#include <report/report.hpp>
#include <util/file_system.hpp>
#include <util/text.hpp>
#include <util/utf8.hpp>

#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>
#include <test_paths.hpp>
#include <vector>

#include "report_sample.hpp"

namespace migguard::report {
namespace {

using nlohmann::json;

const lint::Report& hostile_report() {
  static const lint::Report report = [] {
    Memory files;
    std::ifstream in(MIGGUARD_SOURCE_DIR "/fixtures/formats/hostile.json");
    const json tree = json::parse(in);
    for (const auto& [path, text] : tree.items()) files.add(path, text);
    lint::Settings settings;
    settings.preset_all = true;
    auto linted = lint::lint(settings, files);
    EXPECT_TRUE(linted) << linted.error().message;
    return *std::move(linted);
  }();
  return report;
}

std::string rendered(std::string_view format) {
  return format_named(format)->render(hostile_report(), {.verbose = true});
}

// What no output may hold raw: control characters but line ends, and what reorders text.
void expect_mere_text(const std::string& text) {
  EXPECT_EQ(invalid_utf8(text), std::string::npos);
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = decode(text, at);
    const bool control =
        (point.value < 0x20 && point.value != '\n') || (point.value >= 0x7f && point.value < 0xa0);
    ASSERT_FALSE(control || deceives(point.value))
        << "U+" << std::hex << static_cast<unsigned>(point.value) << " at " << std::dec << at
        << ": " << text.substr(at > 60 ? at - 60 : 0, 60);
    at += point.size;
  }
}

TEST(Hostile, IsWorthItsName) {
  EXPECT_GE(hostile_report().findings.size(), 10U);
  EXPECT_GE(hostile_report().summary.suppressed, 1U);
}

TEST(Hostile, IsMereTextInEveryFormat) {
  for (const Format& format : formats()) {
    SCOPED_TRACE(format.name);
    expect_mere_text(rendered(format.name));
    expect_mere_text(format.render(test::sample_report(), {}));
  }
}

void expect_mere_strings(const json& value) {
  if (value.is_string()) return expect_mere_text(value.get<std::string>());
  if (value.is_structured()) {
    for (const json& each : value) expect_mere_strings(each);
  }
}

TEST(Hostile, IsMereTextToReadersOfJson) {
  const json log = json::parse(rendered("sarif"));
  EXPECT_EQ(log.at("runs").at(0).at("results").size(), hostile_report().findings.size());
  for (const json& result : log.at("runs").at(0).at("results")) {
    expect_mere_strings(result.at("message"));
    expect_mere_strings(result.at("suppressions"));
    const std::string uri =
        result.at("locations")[0].at("physicalLocation").at("artifactLocation").at("uri");
    EXPECT_TRUE(std::regex_match(uri, std::regex("([-A-Za-z0-9._~/]|%[0-9A-F]{2})+"))) << uri;
  }
  for (const json& each : json::parse(rendered("gitlab"))) {
    expect_mere_strings(each.at("description"));
    // A path is no text: it must be the file's own.
    bool known = false;
    for (const SourceFile& file : hostile_report().project->files) {
      known |= file.path == each.at("location").at("path").get<std::string>();
    }
    EXPECT_TRUE(known) << each;
  }
}

TEST(Hostile, GivesNoWorkflowCommands) {
  const std::string out = rendered("github");
  std::size_t lines = 0;
  for (const std::string_view line : split(trim(out), '\n')) {
    ++lines;
    EXPECT_TRUE(std::regex_search(std::string(line),
                                  std::regex("^::(error|warning|notice) (file=[^:,]*,line=[0-9]+,"
                                             "endLine=[0-9]+(,col=[0-9]+,endColumn=[0-9]+)?,)?"
                                             "title=[^:,]*::")))
        << line;
  }
  EXPECT_GE(lines, 5U);
}

// Tags, in the order they stand; an end tag with its slash.
std::vector<std::string> tags_of(const std::string& text) {
  std::vector<std::string> tags;
  const std::regex tag("<(/?[^ >/]+)[^>]*>");
  for (std::sregex_iterator each(text.begin(), text.end(), tag), end; each != end; ++each) {
    tags.push_back((*each)[1]);
  }
  return tags;
}

TEST(Hostile, HasNoTagsOfItsOwnInXml) {
  for (const std::string_view format : {"junit", "checkstyle"}) {
    SCOPED_TRACE(format);
    for (const std::string& tag : tags_of(rendered(format))) {
      EXPECT_TRUE(std::regex_match(
          tag, std::regex("\\?xml|/?(testsuites?|testcase|failure|skipped|system-out|checkstyle|"
                          "file|error)")))
          << tag;
    }
  }
}

// What is left of Markdown when blocks of code are taken out.
std::string without_code_blocks(const std::string& text) {
  std::string out, fence;
  for (const std::string_view line : split(text, '\n')) {
    if (!fence.empty()) {
      if (line == fence) fence.clear();
    } else if (line.starts_with("```")) {
      fence = line.substr(0, line.find_first_not_of('`'));
    } else {
      out += cat(line, "\n");
    }
  }
  EXPECT_EQ(fence, "") << "a block of code never ends";
  return out;
}

TEST(Hostile, HasNoMarkupOfItsOwnInMarkdown) {
  const std::string out = without_code_blocks(rendered("markdown"));
  for (const std::string& tag : tags_of(out)) {
    EXPECT_TRUE(std::regex_match(tag, std::regex("!--|/?(details|summary|code|sub|span)"))) << tag;
  }
  EXPECT_FALSE(std::regex_search(out, std::regex("[^>]@|@[^<]"))) << out;  // mentions
  EXPECT_EQ(out.find("http://"), std::string::npos);
  EXPECT_EQ(out.find("www."), std::string::npos);
  EXPECT_EQ(out.find("]("), std::string::npos);
  EXPECT_EQ(out.find('`'), std::string::npos);
  EXPECT_EQ(out.find("-->"), out.find("migguard-report -->") + 16);
}

}  // namespace
}  // namespace migguard::report
