// The formats for programs and code hosts: their goldens, and what each of their readers relies on.
// tests/real/formats holds them against the official schemas and against real parsers.
#include <gtest/gtest.h>
#include <report/fingerprint.hpp>
#include <report/report.hpp>
#include <util/text.hpp>

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "golden.hpp"
#include "report_sample.hpp"

namespace migguard::report {
namespace {

using nlohmann::json;

// As migguard is started in a package of a repository.
const RenderOptions in_package{
    .repository = {.root = "/work/shop", .here = "/work/shop/services/api"}};

class Formats : public testing::TestWithParam<std::string_view> {};

TEST_P(Formats, AreAsCommitted) {
  test::expect_golden(cat(GetParam(), ".golden"),
                      format_named(GetParam())->render(test::sample_report(), in_package));
}

TEST_P(Formats, HeedNothingThatOnlyTextHeeds) {
  const auto render = format_named(GetParam())->render;
  EXPECT_EQ(render(test::sample_report(), {}),
            render(test::sample_report(), {.color = true, .width = 40, .verbose = true}));
  EXPECT_EQ(render(test::sample_report(), {}), render(test::sample_report(), {.quiet = true}));
}

TEST_P(Formats, AreWholeWhereNothingWasFound) {
  lint::Report report = test::sample_report();
  report.findings.clear();
  report.summary = {.histories = 1, .migrations = 3, .statements = 7, .rules = 31};
  test::expect_golden(cat(GetParam(), "_nothing.golden"),
                      format_named(GetParam())->render(report, {}));
}

INSTANTIATE_TEST_SUITE_P(All, Formats,
                         testing::Values("sarif", "github", "gitlab", "junit", "checkstyle",
                                         "markdown"),
                         [](const auto& each) { return std::string(each.param); });

// ---- Paths and fingerprints ------------------------------------------------------------------

TEST(Repository, SpellsPathsFromItsRoot) {
  const Repository repository{.root = "/r", .here = "/r/services/api"};
  EXPECT_EQ(path_in(repository, "drizzle/1.sql"), "services/api/drizzle/1.sql");
  EXPECT_EQ(path_in(repository, "./a/../1.sql"), "services/api/1.sql");
  EXPECT_EQ(path_in(repository, "../web/1.sql"), "services/web/1.sql");
  EXPECT_EQ(path_in(repository, "/r/1.sql"), "1.sql");
  EXPECT_EQ(path_in(repository, "../../../elsewhere/1.sql"), "../../../elsewhere/1.sql");
  EXPECT_EQ(path_in(repository, "/rest/1.sql"), "/rest/1.sql");
  EXPECT_EQ(path_in({}, "drizzle/1.sql"), "drizzle/1.sql");
}

TEST(Repository, IsTheNearestFolderWithGit) {
  Memory files;
  files.add("/r/.git/HEAD", "");
  files.add("/r/packages/sub/.git", "gitdir: ../../.git/modules/sub\n");
  files.add("/r/packages/sub/db/1.sql", "");
  files.add("/r/packages/api/db/1.sql", "");
  files.add("/elsewhere/1.sql", "");
  EXPECT_EQ(find_repository("/r/packages/api/db", files).root, "/r");
  EXPECT_EQ(find_repository("/r/packages/api/db/1.sql", files).root, "/r");
  EXPECT_EQ(find_repository("/r/packages/sub/db", files).root, "/r/packages/sub");
  EXPECT_EQ(find_repository("/elsewhere", files).root, "");
  EXPECT_EQ(find_repository("/missing", files).root, "");
}

lint::Report report_of(std::string path, std::string text, std::vector<std::string_view> pieces) {
  lint::Report report;
  report.project = std::make_unique<Project>();
  const SourceFile& file = report.project->files.emplace_back(std::move(path), std::move(text));
  for (const std::string_view piece : pieces) {
    report.findings.push_back(test::finding("drop-table", "destructive", Severity::error, file,
                                            test::span_of(file, piece), "gone"));
  }
  return report;
}

TEST(Fingerprints, DifferForDifferentFindings) {
  const auto names = fingerprints(test::sample_report(), {});
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
  for (const std::string& name : names) EXPECT_EQ(name.size(), 32U) << name;
  // The same statement twice is two findings.
  const auto twice =
      report_of("a.sql", "DROP TABLE a; DROP TABLE a;", {"DROP TABLE a", "DROP TABLE a"});
  const auto two = fingerprints(twice, {});
  EXPECT_NE(two[0], two[1]);
}

TEST(Fingerprints, StayWhereOnlyThePlaceChanges) {
  const auto before = report_of("a.sql", "DROP TABLE a;", {"DROP TABLE a"});
  const auto moved = report_of("a.sql", "-- new\n\n\nSELECT 1;\nDROP TABLE a;", {"DROP TABLE a"});
  const auto other = report_of("a.sql", "DROP TABLE b;", {"DROP TABLE b"});
  EXPECT_EQ(fingerprints(before, {}), fingerprints(moved, {}));
  EXPECT_NE(fingerprints(before, {}), fingerprints(other, {}));
  // Started in a package or at the root: the same file.
  const auto from_root = report_of("services/api/a.sql", "DROP TABLE a;", {"DROP TABLE a"});
  EXPECT_EQ(fingerprints(before, {.root = "/r", .here = "/r/services/api"}),
            fingerprints(from_root, {.root = "/r", .here = "/r"}));
}

// ---- SARIF -----------------------------------------------------------------------------------

json sarif_run(const lint::Report& report, const RenderOptions& options = in_package) {
  return json::parse(sarif(report, options)).at("runs").at(0);
}

TEST(Sarif, NamesRulesPlacesAndColumns) {
  const json run = sarif_run(test::sample_report());
  EXPECT_EQ(run.at("columnKind"), "unicodeCodePoints");
  const json& rules = run.at("tool").at("driver").at("rules");
  for (const json& result : run.at("results")) {
    SCOPED_TRACE(result.dump());
    EXPECT_EQ(rules.at(result.at("ruleIndex").get<std::size_t>()).at("id"), result.at("ruleId"));
    EXPECT_TRUE(std::set<std::string>({"error", "warning", "note"})
                    .count(result.at("level").get<std::string>()));
    EXPECT_FALSE(result.at("partialFingerprints").empty());
    const json& place = result.at("locations").at(0).at("physicalLocation");
    const json& file = place.at("artifactLocation");
    EXPECT_TRUE(file.at("uri").get<std::string>().starts_with("services/api/drizzle/"));
    EXPECT_TRUE(run.at("originalUriBaseIds").contains(file.at("uriBaseId").get<std::string>()));
    EXPECT_GE(place.at("region").at("startLine"), 1);
    // A finding about a whole file has no columns.
    const json& region = place.at("region");
    EXPECT_EQ(region.contains("startColumn"), region.contains("endColumn"));
  }
}

TEST(Sarif, BringsTheDocumentationOfRules) {
  const json run = sarif_run(test::sample_report());
  std::size_t documented = 0;
  for (const json& rule : run.at("tool").at("driver").at("rules")) {
    if (!rule.contains("help")) continue;  // an invented name in the sample
    ++documented;
    for (const char* name : {"shortDescription", "fullDescription"}) {
      EXPECT_FALSE(rule.at(name).at("text").get<std::string>().empty()) << rule;
    }
    const std::string markdown = rule.at("help").at("markdown");
    EXPECT_NE(markdown.find(cat("-- migguard: ignore ", rule.at("id").get<std::string>())),
              std::string::npos);
    EXPECT_TRUE(rule.at("defaultConfiguration").contains("level"));
  }
  EXPECT_GE(documented, 2U);
}

TEST(Sarif, ShowsSuppressionsAsSuch) {
  lint::Report report = test::sample_report();
  report.findings[1].status = Status::accepted;
  report.findings[1].status_reason = "in the baseline";
  const json results = sarif_run(report).at("results");
  ASSERT_EQ(results.size(), report.findings.size());
  EXPECT_EQ(results[0].at("suppressions"),
            json({{{"kind", "inSource"}, {"status", "accepted"}, {"justification", "asked for"}}}));
  EXPECT_EQ(results[1].at("suppressions").at(0).at("kind"), "external");
  EXPECT_EQ(results[2].at("suppressions"), json::array());
}

TEST(Sarif, EscapesPlaceholdersAndLinks) {
  lint::Report report = report_of("a b%0A.sql", "DROP TABLE a;", {"DROP TABLE a"});
  report.findings[0].message = "{0} and [click](1)";
  const json result = sarif_run(report, {}).at("results").at(0);
  EXPECT_EQ(result.at("message").at("text"), "{{0}} and \\[click\\](1)");
  EXPECT_EQ(result.at("locations").at(0).at("physicalLocation").at("artifactLocation").at("uri"),
            "a%20b%250A.sql");
}

// ---- GitHub's workflow commands --------------------------------------------------------------

struct Command {
  std::string name, message;
  std::map<std::string, std::string> properties;
};

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size()) {
    text.replace(at, what.size(), with);
  }
}

// As the runner reads a line of a step's output.
Command read_command(const std::string& line) {
  Command command;
  EXPECT_TRUE(line.starts_with("::")) << line;
  const std::size_t end = line.find("::", 2);
  const std::string head = line.substr(2, end - 2);
  command.message = line.substr(end + 2);
  for (const auto& [from, to] : {std::pair{"%0D", "\r"}, {"%0A", "\n"}, {"%25", "%"}}) {
    replace_all(command.message, from, to);
  }
  const std::size_t space = head.find(' ');
  command.name = head.substr(0, space);
  if (space == std::string::npos) return command;
  const std::string properties = head.substr(space + 1);
  for (const std::string_view each : split(properties, ',')) {
    const std::size_t equals = each.find('=');
    std::string value(each.substr(equals + 1));
    for (const auto& [from, to] :
         {std::pair{"%0D", "\r"}, {"%0A", "\n"}, {"%3A", ":"}, {"%2C", ","}, {"%25", "%"}}) {
      replace_all(value, from, to);
    }
    command.properties[std::string(each.substr(0, equals))] = value;
  }
  return command;
}

std::vector<Command> commands_of(const std::string& text) {
  std::vector<Command> commands;
  for (const std::string_view line : split(text, '\n')) {
    if (!line.empty()) commands.push_back(read_command(std::string(line)));
  }
  return commands;
}

TEST(GitHub, IsReadBackByTheRunner) {
  lint::Report report = report_of("a,b:c%0A::x.sql", "DROP TABLE a;\nSELECT 1;", {"DROP TABLE a"});
  report.findings[0].message = "100% gone:: a, b\n::error::no";
  report.findings[0].help = "write\nDROP TABLE b;";
  const auto commands = commands_of(github(report, {}));
  ASSERT_EQ(commands.size(), 1U);
  EXPECT_EQ(commands[0].name, "error");
  EXPECT_EQ(commands[0].message, "100% gone:: a, b\\x0a::error::no\nhelp: write\nDROP TABLE b;");
  const std::map<std::string, std::string> properties{{"file", "a,b:c%0A::x.sql"},
                                                      {"line", "1"},
                                                      {"endLine", "1"},
                                                      {"col", "1"},
                                                      {"endColumn", "12"},
                                                      {"title", "migguard: drop-table"}};
  EXPECT_EQ(commands[0].properties, properties);
}

TEST(GitHub, SortsBySeverityAndCountsWhatItLeavesOut) {
  lint::Report report = report_of("a.sql", "DROP TABLE a;", {"DROP TABLE a"});
  const Finding one = report.findings[0];
  report.findings.clear();
  for (const Severity severity : {Severity::note, Severity::warning, Severity::error}) {
    for (int number = 0; number < 12; ++number) {
      report.findings.push_back(one);
      report.findings.back().severity = severity;
    }
  }
  report.findings.push_back(one);
  report.findings.back().status = Status::suppressed;
  const auto commands = commands_of(github(report, {}));
  ASSERT_EQ(commands.size(), 30U);
  EXPECT_EQ(commands[9].name, "error");
  EXPECT_EQ(commands[10].name, "warning");
  EXPECT_EQ(commands[20].name, "notice");
  EXPECT_TRUE(commands[29].message.starts_with("2 more errors, 2 more warnings, 3 more notes"))
      << commands[29].message;
}

// ---- GitLab, JUnit, Checkstyle, Markdown -----------------------------------------------------

TEST(GitLab, HasWhatMergeRequestsNeed) {
  const json report = json::parse(gitlab(test::sample_report(), in_package));
  ASSERT_EQ(report.size(), 7U);  // one of eight is suppressed
  std::set<std::string> names;
  for (const json& each : report) {
    EXPECT_TRUE(each.at("description").is_string());
    EXPECT_TRUE(each.at("check_name").is_string());
    EXPECT_TRUE(names.insert(each.at("fingerprint").get<std::string>()).second);
    EXPECT_TRUE(std::set<std::string>({"info", "major", "critical"})
                    .count(each.at("severity").get<std::string>()));
    EXPECT_TRUE(each.at("location").at("path").get<std::string>().starts_with("services/api/"));
    EXPECT_GE(each.at("location").at("lines").at("begin"), 1);
  }
}

TEST(JUnit, FailsWhatFailsTheRun) {
  const auto failures = [](std::optional<Severity> fails_at) {
    const std::string out = junit(test::sample_report(), {.fails_at = fails_at});
    const std::string_view head = std::string_view(out).substr(out.find("<testsuites"));
    const std::size_t begin = head.find("failures=\"") + 10;
    return std::string(head.substr(begin, head.find('"', begin) - begin));
  };
  EXPECT_EQ(failures(std::nullopt), "0");
  EXPECT_EQ(failures(Severity::error), "4");
  EXPECT_EQ(failures(Severity::warning), "6");
  EXPECT_EQ(failures(Severity::note), "7");
}

TEST(Markdown, BeginsWithTheMarkerThatScriptsSearchFor) {
  EXPECT_TRUE(markdown(test::sample_report(), {}).starts_with("<!-- migguard-report -->\n"));
}

TEST(Markdown, FitsIntoAComment) {
  lint::Report report = test::sample_report();
  Finding each = report.findings[1];
  each.message = std::string(2000, '_');
  each.help = std::string(3000, '*');
  report.findings.assign(400, each);
  const std::string out = markdown(report, {});
  EXPECT_LT(out.size(), 65536U);
  EXPECT_NE(out.find("more: see the log of the run"), std::string::npos);
  EXPECT_TRUE(out.ends_with("</sub>\n"));
}

}  // namespace
}  // namespace migguard::report
