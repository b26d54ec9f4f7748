// Repairs of histories: what is planned, how it is shown, and that it is written whole or not at
// all.
#include "project_tree.hpp"

#include <filesystem>
#include <fstream>
#include <lint/replay.hpp>
#include <repair/drizzle_snapshot.hpp>
#include <repair/journal_text.hpp>
#include <repair/repair.hpp>
#include <sstream>
#include <test_paths.hpp>
#include <util/json.hpp>

namespace migguard::repair {
namespace {

namespace fs = std::filesystem;
using project::Files;

constexpr std::int64_t now = 1'795'000'000'000;

struct Planned {
  std::unique_ptr<Memory> files;
  std::unique_ptr<Project> project;
  std::vector<HistoryPlan> plans;

  const HistoryPlan& only() const {
    static const HistoryPlan none;
    EXPECT_EQ(plans.size(), 1U);
    return plans.empty() ? none : plans.front();
  }
  // The text of a file as it would be; `-` where it would not be there.
  std::string after(const std::string& path) const {
    std::vector<FileChange> changes;
    for (const HistoryPlan& each : plans)
      changes.insert(changes.end(), each.changes.begin(), each.changes.end());
    const auto text = Changed(*files, changes).read(path, FileSystem::default_limit);
    return text ? *text : "-";
  }
  std::string repairs() const {
    std::string text;
    for (const HistoryPlan& plan : plans)
      for (const Repair& each : plan.repairs) text += cat(each.what, "\n");
    return text;
  }
  std::string sql() const {
    std::string text;
    for (const HistoryPlan& plan : plans)
      for (const DatabaseStep& each : plan.database) text += cat(each.sql, "\n");
    return text;
  }
};

Planned plan(const Files& files, Wishes wishes = {}, std::optional<Tool> tool = std::nullopt) {
  Planned planned;
  planned.files = std::make_unique<Memory>(project::file_system(files));
  lint::Settings settings;
  settings.tool = tool;
  settings.now = now;
  project::LoadSettings load;
  load.paths = settings.paths;
  load.tool = tool;
  auto loaded = project::load(load, *planned.files);
  EXPECT_TRUE(loaded);
  planned.project = *std::move(loaded);
  project::parse(*planned.project, 1);
  lint::number_migrations(*planned.project);
  wishes.now = now;
  auto plans = plan_repairs(*planned.project, settings, wishes, *planned.files);
  EXPECT_TRUE(plans) << (plans ? "" : plans.error().message);
  if (plans) planned.plans = *std::move(plans);
  return planned;
}

std::string entry(int idx, std::int64_t when, std::string_view tag) {
  return cat(R"(    { "idx": )", idx, R"(, "when": )", when, R"(, "tag": ")", tag, R"(" })");
}

std::string journal_of(const std::vector<std::string>& entries) {
  std::string text = "{\n  \"version\": \"7\",\n  \"dialect\": \"postgresql\",\n  \"entries\": [\n";
  for (const std::string& each : entries) text += cat(&each == &entries.front() ? "" : ",\n", each);
  return text + "\n  ]\n}";
}

// A folder of Drizzle's whose migrations make one table each, without snapshots.
Files folder_of_tables(const std::vector<std::string>& entries,
                       const std::vector<std::string>& tags) {
  Files files = {{"drizzle/meta/_journal.json", journal_of(entries)}};
  for (const std::string& tag : tags)
    files.emplace_back(cat("drizzle/", tag, ".sql"),
                       cat("CREATE TABLE \"", tag, "\" (\"id\" text PRIMARY KEY NOT NULL);\n"));
  return files;
}

// `idx when tag` of each entry of a journal.
std::string entries_of(const std::string& journal) {
  const auto parsed = json::parse(journal);
  const auto* value = std::get_if<json::Value>(&parsed);
  const json::Value* entries = value ? value->get("entries") : nullptr;
  if (!entries) return "no journal";
  std::string text;
  for (const json::Value& each : entries->items)
    text += cat(text.empty() ? "" : ", ", each.get("idx")->text, " ", each.get("when")->text, " ",
                each.get("tag")->text);
  return text;
}

// ---- The journal

struct JournalCase {
  const char* name;
  std::vector<std::string> entries;
  std::vector<std::string> tags;  // of the files
  const char* after;
};

TEST(Repair, MendsTheJournal) {
  const JournalCase cases[] = {
      {"nothing to do",
       {entry(0, 100, "0000_a"), entry(1, 200, "0001_b")},
       {"0000_a", "0001_b"},
       "0 100 0000_a, 1 200 0001_b"},
      {"a file that is not listed",
       {entry(0, 1600000000000, "0000_a")},
       {"0000_a", "0001_b"},
       "0 1600000000000 0000_a, 1 1600000000001 0001_b"},
      {"one that is not listed, and older by its number",
       {entry(0, 1600000000000, "0000_a"), entry(1, 1600000000005, "0001_b")},
       {"0000_a", "0000_late", "0001_b"},
       "0 1600000000000 0000_a, 1 1600000000005 0001_b, 2 1600000000006 0002_late"},
      {"the last `when` goes back",
       {entry(0, 1600000000009, "0000_a"), entry(1, 1600000000005, "0001_b")},
       {"0000_a", "0001_b"},
       "0 1600000000009 0000_a, 1 1600000000010 0001_b"},
      {"one in the middle goes back, and nobody needs it",
       {entry(0, 1600000000009, "0000_a"), entry(1, 1600000000005, "0001_b"),
        entry(2, 1600000000020, "0002_c")},
       {"0000_a", "0001_b", "0002_c"},
       "0 1600000000009 0000_a, 2 1600000000020 0002_c, 3 1600000000021 0003_b"},
      {"a mark in the future",
       {entry(0, 1600000000009, "0000_a"), entry(1, now + 999'999'999, "0001_b"),
        entry(2, 1600000000020, "0002_c")},
       {"0000_a", "0001_b", "0002_c"},
       "0 1600000000009 0000_a, 1 1600000000010 0001_b, 2 1600000000020 0002_c"},
      {"seconds",
       {entry(0, 1600000000, "0000_a"), entry(1, 1600000000500, "0001_b")},
       {"0000_a", "0001_b"},
       "0 1600000000000 0000_a, 1 1600000000500 0001_b"},
      {"one idx twice",
       {entry(0, 1600000000000, "0000_a"), entry(0, 1600000000500, "0001_b")},
       {"0000_a", "0001_b"},
       "0 1600000000000 0000_a, 1 1600000000500 0001_b"},
      {"one tag twice",
       {entry(0, 1600000000000, "0000_a"), entry(1, 1600000000500, "0000_a")},
       {"0000_a"},
       "0 1600000000000 0000_a"},
      {"one number twice",
       {entry(0, 1600000000000, "0000_a"), entry(0, 1600000000500, "0000_b"),
        entry(1, 1600000000600, "0001_c")},
       {"0000_a", "0000_b", "0001_c"},
       "0 1600000000000 0000_a, 1 1600000000500 0001_b, 2 1600000000600 0002_c"},
  };
  for (const JournalCase& each : cases) {
    const Planned planned = plan(folder_of_tables(each.entries, each.tags));
    EXPECT_EQ(entries_of(planned.after("drizzle/meta/_journal.json")), each.after) << each.name;
  }
}

TEST(Repair, KeepsTheSpellingOfEntriesThatStay) {
  const Planned planned =
      plan(folder_of_tables({entry(0, 1600000000000, "0000_a")}, {"0000_a", "0001_b"}));
  const std::string text = planned.after("drizzle/meta/_journal.json");
  EXPECT_NE(text.find(R"({ "idx": 0, "when": 1600000000000, "tag": "0000_a" },)"),
            std::string::npos)
      << text;
}

TEST(Repair, RaisesInPlaceWhatLaterOnesNeed) {
  Files files =
      folder_of_tables({entry(0, 1600000000009, "0000_a"), entry(1, 1600000000005, "0001_b"),
                        entry(2, 1600000000020, "0002_c")},
                       {"0000_a", "0001_b"});
  files.emplace_back("drizzle/0002_c.sql", "ALTER TABLE \"0001_b\" ADD COLUMN c integer;\n");
  const Planned planned = plan(files);
  EXPECT_EQ(entries_of(planned.after("drizzle/meta/_journal.json")),
            "0 1600000000009 0000_a, 1 1600000000010 0001_b, 2 1600000000020 0002_c");
  EXPECT_EQ(planned.sql(), "");  // no mark is passed: nothing runs again
}

TEST(Repair, SaysWhatDatabasesNeedForANewTime) {
  const Planned planned =
      plan(folder_of_tables({entry(0, 1600000000009, "0000_a"), entry(1, 1600000000005, "0001_b")},
                            {"0000_a", "0001_b"}));
  EXPECT_NE(planned.sql().find("SET created_at = 1600000000010 WHERE created_at = 1600000000005"),
            std::string::npos)
      << planned.sql();
}

TEST(Repair, LeavesOutWhatCannotRunAtTheEnd) {
  Files files = folder_of_tables({entry(0, 1600000000000, "0000_a")}, {"0000_a"});
  files.emplace_back("drizzle/0000_again.sql", "CREATE TABLE \"0000_a\" (id integer);\n");
  files.emplace_back("drizzle/0001_b.sql", "CREATE TABLE b (id integer);\n");
  const Planned planned = plan(files);
  EXPECT_EQ(entries_of(planned.after("drizzle/meta/_journal.json")),
            "0 1600000000000 0000_a, 1 1600000000001 0001_b");
  ASSERT_EQ(planned.only().refusals.size(), 1U);
  EXPECT_EQ(planned.only().refusals[0].path, "drizzle/0000_again.sql");
  EXPECT_EQ(planned.only().refusals[0].why,
            "it makes the table \"0000_a\", which is there by then");
}

TEST(Repair, NamesWhatGoesToTheEndLast) {
  const Planned planned = plan(folder_of_tables(
      {entry(0, 1600000000009, "20240101000000_a"), entry(1, 1600000000005, "20240102000000_b"),
       entry(2, 1600000000020, "20240103000000_c")},
      {"20240101000000_a", "20240102000000_b", "20240103000000_c"}));
  EXPECT_EQ(entries_of(planned.after("drizzle/meta/_journal.json")),
            "0 1600000000009 20240101000000_a, 2 1600000000020 20240103000000_c, "
            "3 1600000000021 20240103000001_b");
}

TEST(Repair, LeavesAnEntryWithoutItsFile) {
  const Files files = folder_of_tables(
      {entry(0, 1600000000000, "0000_a"), entry(1, 1600000000001, "0001_b")}, {"0000_a"});
  const Planned planned = plan(files);
  EXPECT_EQ(entries_of(planned.after("drizzle/meta/_journal.json")),
            "0 1600000000000 0000_a, 1 1600000000001 0001_b");
  // Its snapshot cannot be written either.
  EXPECT_EQ(planned.after("drizzle/meta/0001_snapshot.json"), "-");
  ASSERT_EQ(planned.only().refusals.size(), 2U);
  EXPECT_EQ(planned.only().refusals[0].rule, "drizzle-missing-sql");
  EXPECT_EQ(planned.only().refusals[0].line, 6U);

  const Planned told = plan(files, {.remove_missing = true});
  EXPECT_EQ(entries_of(told.after("drizzle/meta/_journal.json")), "0 1600000000000 0000_a");
}

TEST(Repair, TakesBothSidesOfAConflict) {
  const auto entries = entries_of_conflict(
      "{\"version\": \"7\", \"entries\": [\n{\"idx\": 0, \"when\": 1, \"tag\": \"0000_a\"},\n"
      "<<<<<<< HEAD\n{\"idx\": 1, \"when\": 2, \"tag\": \"0001_b\"}\n||||||| base\n=======\n"
      "{\"idx\": 1, \"when\": 3, \"tag\": \"0001_c\"}\n>>>>>>> other\n]}");
  ASSERT_TRUE(entries);
  std::string tags;
  for (const JournalEntry& each : *entries) tags += cat(each.tag, " ");
  EXPECT_EQ(tags, "0000_a 0001_b 0001_c ");
  EXPECT_FALSE(entries_of_conflict("{\"entries\": ["));
  EXPECT_FALSE(entries_of_conflict("<<<<<<< HEAD\n{"));
}

// ---- Snapshots

TEST(Repair, WritesALineOfSnapshots) {
  const Planned planned =
      plan(folder_of_tables({entry(0, 1600000000000, "0000_a"), entry(1, 1600000000001, "0001_b")},
                            {"0000_a", "0001_b"}));
  std::string parent(no_parent);
  for (const char* path : {"drizzle/meta/0000_snapshot.json", "drizzle/meta/0001_snapshot.json"}) {
    const auto parsed = json::parse(planned.after(path));
    const auto* snapshot = std::get_if<json::Value>(&parsed);
    ASSERT_TRUE(snapshot) << path;
    EXPECT_EQ(snapshot->get("prevId")->text, parent);
    EXPECT_EQ(snapshot->get("version")->text, "7");
    parent = snapshot->get("id")->text;
  }
  EXPECT_TRUE(planned.only().refusals.empty());
}

std::string text_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(fs::path(MIGGUARD_SOURCE_DIR) / path, std::ios::binary).rdbuf();
  return text.str();
}

// `tables.public.users.name=users` of every value, sorted; without ids, and without the columns of
// views, which no SQL tells.
void flatten(const json::Value& value, const std::string& path, std::vector<std::string>& out) {
  if (path == ".id" || path == ".prevId") return;
  if (path.starts_with(".views.") && path.ends_with(".columns")) return;
  for (const json::Member& each : value.members) flatten(each.value, cat(path, ".", each.key), out);
  for (std::size_t at = 0; at < value.items.size(); ++at)
    flatten(value.items[at], cat(path, ".", at), out);
  if (!value.members.empty() || !value.items.empty()) return;
  out.push_back(cat(path, " ", static_cast<int>(value.kind), "=", value.text,
                    value.kind == json::Kind::boolean && value.boolean ? "true" : ""));
}

std::string flat(const std::string& snapshot) {
  const auto parsed = json::parse(snapshot);
  const auto* value = std::get_if<json::Value>(&parsed);
  if (!value) return "not JSON";
  std::vector<std::string> lines;
  flatten(*value, "", lines);
  std::sort(lines.begin(), lines.end());
  std::string text;
  for (const std::string& each : lines) text += cat(each, "\n");
  return text;
}

// SQL and snapshot by drizzle-kit 0.31.11, of a schema with one of everything
// (tests/real/repair.node/everything.ts).
TEST(Repair, WritesTheSnapshotThatDrizzleKitWrites) {
  const auto project = project::load_files(
      {{"drizzle/meta/_journal.json", journal_of({entry(0, 1600000000000, "0000_all")})},
       {"drizzle/0000_all.sql", text_of("fixtures/drizzle-snapshot/everything.sql")}});
  project::parse(*project, 1);
  lint::number_migrations(*project);
  struct Silence final : lint::ReplayListener {
    void operation(const Op&, bool) override {}
  } silence;
  schema::Catalog catalog;
  const History& history = project->histories.front();
  lint::replay(history, false, catalog, silence);
  const SnapshotText made = drizzle_snapshot(catalog, Definitions(history), "an id", no_parent);
  EXPECT_EQ(flat(made.text), flat(text_of("fixtures/drizzle-snapshot/everything.json")));
  EXPECT_TRUE(made.left_out.empty());
}

// ---- Numbers of other tools

TEST(Repair, RenumbersOnlyWhatNobodyHasRun) {
  const Files files = {{"migrations/0001_a.sql", "CREATE TABLE a (id int);"},
                       {"migrations/0002_b.sql", "CREATE TABLE b (id int);"},
                       {"migrations/0002_c.sql", "CREATE TABLE c (id int);"},
                       {"migrations/0010_d.sql", "CREATE TABLE d (id int);"}};
  const Planned untold = plan(files);
  EXPECT_TRUE(untold.only().changes.empty());
  ASSERT_EQ(untold.only().refusals.size(), 1U);
  EXPECT_EQ(untold.only().refusals[0].path, "migrations/0002_c.sql");

  const Planned told = plan(files, {.renumber = {"0002_b.sql"}});
  EXPECT_EQ(told.after("migrations/0011_b.sql"), "CREATE TABLE b (id int);");
  EXPECT_EQ(told.after("migrations/0002_b.sql"), "-");
  EXPECT_EQ(told.after("migrations/0002_c.sql"), "CREATE TABLE c (id int);");
}

TEST(Repair, TakesTheOtherHalfAlong) {
  const Planned planned = plan({{"db/000001_a.up.sql", "CREATE TABLE a (id int);"},
                                {"db/000001_a.down.sql", "DROP TABLE a;"},
                                {"db/000001_b.up.sql", "CREATE TABLE b (id int);"},
                                {"db/000001_b.down.sql", "DROP TABLE b;"}},
                               {.renumber = {"000001_b.up.sql"}}, Tool::golang_migrate);
  EXPECT_EQ(planned.after("db/000002_b.up.sql"), "CREATE TABLE b (id int);");
  EXPECT_EQ(planned.after("db/000002_b.down.sql"), "DROP TABLE b;");
  EXPECT_EQ(planned.after("db/000001_b.down.sql"), "-");
}

// ---- The diff

TEST(Repair, ShowsADiffAsGitDoes) {
  EXPECT_EQ(
      unified_diff({"a", "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n",
                    "1\n2\n3\n4\n5x\n6\n7\n8\n9\n10\n11\n12\n12b\n13\n14\n"}),
      "diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+5x\n 6\n 7\n 8\n"
      "@@ -10,5 +10,6 @@\n 10\n 11\n 12\n+12b\n 13\n 14\n");
  EXPECT_EQ(unified_diff({"b", "x", "x\n", "a"}),
            "diff --git a/a b/b\nrename from a\nrename to b\n--- a/a\n+++ b/b\n@@ -1 +1 @@\n-x\n"
            "\\ No newline at end of file\n+x\n");
  EXPECT_EQ(
      unified_diff({"n", std::nullopt, "x\n"}),
      "diff --git a/n b/n\nnew file mode 100644\n--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+x\n");
  EXPECT_EQ(unified_diff({"n", "x\n", std::nullopt}),
            "diff --git a/n b/n\ndeleted file mode 100644\n--- a/n\n+++ /dev/null\n@@ -1 +0,0 "
            "@@\n-x\n");
  EXPECT_EQ(unified_diff({"n", "x\n", "x\n"}), "");
}

}  // namespace
}  // namespace migguard::repair
