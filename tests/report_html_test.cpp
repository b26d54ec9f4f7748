// The audit as a page and as Markdown: what stands in them, and that nothing breaks out of them.
// tests/real/html opens the page in a browser.
#include <gtest/gtest.h>
#include <report/html/writer.hpp>
#include <report/overview.hpp>
#include <report/report.hpp>
#include <util/file_system.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace migguard::report {
namespace {

lint::Report linted(const std::vector<std::pair<std::string, std::string>>& files,
                    std::vector<std::string> applied_through = {}) {
  Memory memory;
  for (const auto& [path, text] : files) memory.add(path, text);
  lint::Settings settings;
  settings.applied_through = std::move(applied_through);
  settings.now = 1'795'000'000'000;
  auto report = lint::lint(settings, memory);
  EXPECT_TRUE(report) << (report ? "" : report.error().message);
  return *std::move(report);
}

const std::vector<std::pair<std::string, std::string>> shop = {
    {"migrations/0001_users.sql",
     "CREATE TABLE users (id bigint PRIMARY KEY, email text, metadata jsonb);\n"},
    {"migrations/0002_clean.sql",
     "ALTER TABLE users DROP COLUMN email;\nCREATE INDEX by_metadata ON users (metadata);\n"},
    {"migrations/0003_rename.sql",
     "ALTER TABLE users RENAME TO people;\nDROP TABLE IF EXISTS old;\n"},
};

bool has(std::string_view text, std::string_view piece) {
  return text.find(piece) != std::string_view::npos;
}

// Tags that are closed by others than themselves; empty elements aside.
std::string unbalanced(std::string_view page) {
  constexpr std::array<std::string_view, 2> empty{"meta", "input"};
  std::vector<std::string_view> open;
  for (std::size_t at = 0; (at = page.find('<', at)) != std::string_view::npos;) {
    const std::size_t end = page.find('>', at);
    const std::string_view tag = page.substr(at + 1, end - at - 1);
    const std::string_view name = tag.substr(0, tag.find_first_of(" /", tag.starts_with('/')));
    at = end;
    if (tag.starts_with('!') || tag.ends_with('/')) continue;
    if (tag.starts_with('/')) {
      if (open.empty() || open.back() != tag.substr(1)) return std::string(tag);
      open.pop_back();
    } else if (std::find(empty.begin(), empty.end(), name) == empty.end()) {
      open.push_back(name);
      if (name == "script" || name == "style") at = page.find(cat("</", name, ">"), at);
    }
  }
  return open.empty() ? "" : std::string(open.back());
}

TEST(HtmlWriter, EscapesEveryValue) {
  HtmlWriter out;
  out.begin("a", {{"href", "#\"><script>'&"}}).text("<b>&\"'\x1b[31m").prose("`<i>` <u>").end();
  EXPECT_EQ(out.take(),
            "<a href=\"#&quot;&gt;&lt;script&gt;&#39;&amp;\">&lt;b&gt;&amp;&quot;&#39;\\x1b[31m"
            "<code>&lt;i&gt;</code> &lt;u&gt;</a>");
}

TEST(Overview, KnowsWhatTouchesWhichTable) {
  const lint::Report report = linted(shop);
  const Overview overview = overview_of(report);
  ASSERT_EQ(overview.migrations.size(), 3u);
  ASSERT_EQ(overview.tables.size(), 2u);
  const TableRow& people = overview.tables.front();
  EXPECT_EQ(people.name, "people");
  EXPECT_EQ(people.formerly, "users");
  ASSERT_EQ(people.uses.size(), 3u);
  EXPECT_EQ(touch_words(people.uses[0].touches), "created");
  EXPECT_EQ(touch_words(people.uses[1].touches), "altered");
  EXPECT_EQ(touch_words(people.uses[2].touches), "renamed");
  EXPECT_TRUE(overview.tables.back().dropped);
  // The index is built while writers wait; the column is gone in a moment.
  ASSERT_EQ(overview.locks.size(), 1u);
  EXPECT_EQ(overview.locks.front().migration, 1u);
  EXPECT_EQ(overview.locks.front().rows.front().relation, "users");
  EXPECT_GE(overview.brief_locks, 1u);
}

TEST(Overview, TakesWhatWasAppliedAsHistory) {
  const lint::Report report = linted(shop, {"0002_clean.sql"});
  const Overview overview = overview_of(report);
  EXPECT_TRUE(overview.migrations[0].applied);
  EXPECT_TRUE(overview.migrations[1].applied);
  EXPECT_FALSE(overview.migrations[2].applied);
  EXPECT_EQ(overview.migrations[1].errors, 0u);
  EXPECT_GE(overview.migrations[1].answered, 2u);
}

TEST(Html, IsOneWholePageThatNeedsNothingElse) {
  const std::string page = html(linted(shop), {.mode = Mode::audit});
  EXPECT_TRUE(page.starts_with("<!doctype html>\n<html lang=\"en\">"));
  EXPECT_EQ(unbalanced(page), "");
  EXPECT_TRUE(has(page, "default-src &#39;none&#39;; script-src &#39;sha256-"));
  for (const std::string_view other : {"http://", "https://", "src=", "@import", "url("})
    EXPECT_FALSE(has(page, other)) << other;
  for (const std::string_view section :
       {"summary", "plan", "time-line", "destructive", "locks", "tables", "findings", "rules"})
    EXPECT_TRUE(has(page, cat("<section id=\"", section, "\""))) << section;
  EXPECT_TRUE(has(page, "<mark>DROP COLUMN email</mark>"));
  EXPECT_TRUE(has(page, "2026-11-1"));
}

TEST(Html, IsWholeWhereThereIsNothing) {
  const std::string page = html(linted({{"README.md", "nothing"}}), {.mode = Mode::audit});
  EXPECT_EQ(unbalanced(page), "");
  EXPECT_TRUE(has(page, "No migrations were found."));
  EXPECT_FALSE(has(page, "<section id=\"plan\""));
}

TEST(Html, ShowsTheStatementsOfLongLinesAroundWhatIsToBlame) {
  const std::string values(6000, 'x');
  const std::string page =
      html(linted({{"migrations/0001_a.sql", cat("SELECT '", values, "'; DROP TABLE users;\n")}}),
           {.mode = Mode::audit});
  EXPECT_TRUE(has(page, "<mark>"));
  EXPECT_LT(page.size(), 80'000u);
}

TEST(AuditMarkdown, HasTheSectionsOfThePage) {
  const std::string text = markdown(linted(shop), {.mode = Mode::audit});
  for (const std::string_view title :
       {"# Migration audit", "## What to do, in this order", "## The history",
        "## What destroys data", "## Locks that would hurt", "## Which tables are touched",
        "## Every finding"})
    EXPECT_TRUE(has(text, title)) << title;
  // Of a lint it stays the comment on a pull request.
  EXPECT_TRUE(markdown(linted(shop), {}).starts_with("<!-- migguard-report -->"));
}

}  // namespace
}  // namespace migguard::report
