// What a real server made of a history: written as JSON and read again, and as a part of an audit
// that no text of a project or server breaks out of. tests/real/verify has real servers.
#include <gtest/gtest.h>
#include <report/verification.hpp>
#include <util/file_system.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace migguard::report {
namespace {

using Files = std::vector<std::pair<std::string, std::string>>;

const Files shop = {
    {"migrations/0001_users.sql", "CREATE TABLE users (id bigint PRIMARY KEY, email text);\n"},
    {"migrations/0002_total.sql",
     "ALTER TABLE users ADD COLUMN total int;\nALTER TABLE users ADD COLUMN größe intt;\n"},
    {"migrations/rollback/0001_users.sql", "DROP TABLE users;\n"},
};
constexpr std::string_view hostile = "</pre></section><script>alert(1)</script> `x` | ![a](b) @all";

lint::Report audited(const Files& files) {
  Memory memory;
  for (const auto& [path, text] : files) memory.add(path, text);
  auto report = lint::lint({}, memory);
  EXPECT_TRUE(report) << (report ? "" : report.error().message);
  return *std::move(report);
}

// A verification with something of everything.
lint::Verification verification_of(const Project& project) {
  const History& history = project.histories.front();
  lint::Verification verification;
  verification.server = "PostgreSQL 15.18, a temporary server";
  verification.server_version = 15;
  verification.milliseconds = 312;
  lint::VerifiedHistory& verified = verification.histories.emplace_back();
  verified.history = &history;
  for (const Migration& each : history.migrations) {
    lint::VerifiedMigration& migration = verified.migrations.emplace_back();
    migration.migration = &each;
    migration.milliseconds = 1.5;
    std::size_t index = 0;
    for (const Statement& statement : each.script.statements)
      migration.statements.push_back({.span = statement.span, .index = ++index});
  }
  lint::VerifiedMigration& first = verified.migrations.front();
  first.verdict = lint::Verdict::applied;
  first.taken_back = lint::TakenBack::not_whole;
  first.statements.front().unwatched = "it refuses a transaction";
  lint::VerifiedMigration& second = verified.migrations.back();
  second.verdict = lint::Verdict::failed;
  lint::VerifiedStatement& added = second.statements.front();
  added.watched = true;
  added.locks = {{{"public", "users"}, LockMode::access_exclusive, LockMode::share, false},
                 {{"app", "a \"b\".c"}, std::nullopt, LockMode::row_share, true}};
  added.mistakes = {"the server takes another lock"};
  const SourceFile& source = *second.migration->source;
  const auto at = static_cast<std::uint32_t>(source.text.find("größe"));
  lint::VerifyFinding failed;
  failed.migration = second.migration;
  failed.source = &source;
  failed.span = {at, at + 7};
  failed.message = cat("the server refuses this statement: ", hostile);
  failed.why = std::string(hostile);
  failed.help = cat("correct ", hostile);  // on its first line: behind it stands code, in a fence
  failed.server = {"42704", std::string(hostile), std::string(hostile), "a hint", "", 0, false};
  verified.findings.push_back(failed);
  lint::VerifyFinding incomplete;
  incomplete.kind = lint::VerifyFinding::Kind::rollback_incomplete;
  incomplete.migration = first.migration;
  incomplete.source = history.rollbacks.front().source;
  incomplete.span = {0, 16};
  incomplete.message = cat("the rollback leaves ", hostile);
  verified.findings.push_back(incomplete);
  verified.rollbacks = 1;
  verified.untried_rollbacks = 2;
  verified.untried_because = std::string(hostile);
  verified.second_run = cat("a second run does ", hostile);
  verified.left = cat("a database still holds ", hostile);
  verified.differences.emplace();
  verified.differences->push_back({.where = SchemaDifference::Where::different,
                                   .kind = "column",
                                   .object = std::string(hostile),
                                   .table = "users",
                                   .here = "int4",
                                   .there = "text"});
  return verification;
}

bool has(std::string_view text, std::string_view piece) {
  return text.find(piece) != std::string_view::npos;
}

// Why a file is refused; empty where it is not.
std::string refusal(const std::string& json, Project& project) {
  const auto read = read_verification(json, "ran.json", project);
  return read ? std::string() : read.error().message;
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return at == std::string::npos ? text : text.replace(at, what.size(), by);
}

TEST(Verification, IsTheSameWhenItsJsonIsReadAgain) {
  const lint::Report report = audited(shop);
  const std::string json = verification_json(verification_of(*report.project), {});
  const auto read = read_verification(json, "ran.json", *report.project);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(verification_json(*read, {}), json);
  const RenderOptions verbose{.verbose = true};
  EXPECT_EQ(verification_text(*read, verbose),
            verification_text(verification_of(*report.project), verbose));
  EXPECT_EQ(verification_html(*read, {}), verification_html(verification_of(*report.project), {}));
}

TEST(Verification, IsRefusedWhereTheFilesAreOthers) {
  const lint::Report report = audited(shop);
  const std::string json = verification_json(verification_of(*report.project), {});
  Files changed = shop;
  changed[1].second += "-- changed\n";
  EXPECT_EQ(refusal(json, *audited(changed).project),
            "migrations/0002_total.sql has changed since: run `migguard verify` again");
  Files more = shop;
  more.emplace_back("migrations/0003_more.sql", "SELECT 1;\n");
  EXPECT_EQ(refusal(json, *audited(more).project),
            "it knows nothing of migrations/0003_more.sql: run `migguard verify` again");
  Files fewer = shop;
  fewer.erase(fewer.begin() + 1);
  EXPECT_TRUE(has(refusal(json, *audited(fewer).project), "which is no migration here"));
  const Files elsewhere = {{"db/0001_users.sql", "CREATE TABLE users (id int);\n"}};
  EXPECT_TRUE(has(refusal(json, *audited(elsewhere).project), "there is no such history here"));
}

TEST(Verification, IsRefusedWhereItIsNone) {
  const lint::Report report = audited(shop);
  const std::string json = verification_json(verification_of(*report.project), {});
  EXPECT_TRUE(has(refusal("{", *report.project), "this is no JSON"));
  EXPECT_TRUE(has(refusal("[]", *report.project), "this is not what"));
  EXPECT_TRUE(has(refusal(R"({"version": 1, "findings": []})", *report.project), "this is not"));
  for (const auto& [what, by] :
       {std::pair(R"("version": 1)", R"("version": 2)"),
        std::pair(R"("verdict": "failed")", R"("verdict": "fine")"),
        std::pair(R"("taken": "share)", R"("taken": "shear)"),
        std::pair(R"("kind": "fails")", R"("kind": "fail")"),
        std::pair(R"("index": 1)", R"("index": 9)"), std::pair(R"("index": 1)", R"("index": "1")"),
        std::pair(R"("sha256": ")", R"("sha256": "0)")}) {
    if (json.find(what) == std::string::npos) continue;
    EXPECT_NE(refusal(replaced(json, what, by), *report.project), "") << by;
  }
}

TEST(Verification, IsAPartOfAnAudit) {
  const lint::Report report = audited(shop);
  const lint::Verification verification = verification_of(*report.project);
  const RenderOptions options{.mode = Mode::audit, .verification = &verification};
  const std::string page = html(report, options);
  EXPECT_TRUE(has(page, "<section id=\"verification\""));
  EXPECT_TRUE(has(page, "<a href=\"#verification\">Real server</a>"));
  EXPECT_TRUE(has(page, "<td class=\"missing\">failed</td>"));
  EXPECT_TRUE(has(page, "SQLSTATE 42704"));
  EXPECT_TRUE(has(page, "an error of migguard&#39;s") || has(page, "an error of migguard's"));
  EXPECT_FALSE(has(page, "nothing was executed"));
  EXPECT_FALSE(has(html(report, {.mode = Mode::audit}), "On a real server"));
  EXPECT_TRUE(has(markdown(report, options), "## On a real server"));
  EXPECT_TRUE(has(text(report, options), "On a real server"));
  EXPECT_TRUE(has(json(report, options), "\"verification\": {"));
}

// What is markup in Markdown: within a fence nothing is.
std::string outside_fences(std::string_view text) {
  std::string out;
  std::string fence;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (fence.empty() && line.starts_with("```"))
      fence = line.substr(0, line.find_first_not_of('`'));
    else if (!fence.empty() && line == fence)
      fence.clear();
    else if (fence.empty())
      out += std::string(line) + "\n";
  }
  EXPECT_TRUE(fence.empty()) << "a fence stays open";
  return out;
}

TEST(Verification, HoldsHostileTextAsText) {
  const lint::Report report = audited(shop);
  const lint::Verification verification = verification_of(*report.project);
  const RenderOptions options{.mode = Mode::audit, .verification = &verification};
  for (const std::string& page : {html(report, options), verification_html(verification, {})}) {
    EXPECT_FALSE(has(page, "<script>alert"));
    EXPECT_TRUE(has(page, "&lt;script&gt;alert(1)&lt;/script&gt;"));
  }
  for (const std::string& text :
       {markdown(report, options), verification_markdown(verification, {})}) {
    EXPECT_FALSE(has(outside_fences(text), "<script>alert"));
    EXPECT_FALSE(has(outside_fences(text), "![a](b)"));
  }
}

}  // namespace
}  // namespace migguard::report
