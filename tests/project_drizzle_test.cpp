// Drizzle's journal and snapshots, healthy and hostile.
#include "project_tree.hpp"

#include <project/json_skim.hpp>

namespace migguard::project {
namespace {

// The history of one out directory.
History drizzle(const Files& files) {
  auto project = load_files(files);
  EXPECT_EQ(project->histories.size(), 1U);
  static std::vector<std::unique_ptr<Project>> kept;  // sources stay good
  kept.push_back(std::move(project));
  return kept.back()->histories.empty() ? History{} : std::move(kept.back()->histories.front());
}

TEST(ProjectDrizzle, RunsInTheOrderOfTheJournal) {
  const History history = drizzle({
      {"drizzle/meta/_journal.json", journal({"0001_b", "0000_a", "0002_revert_a"})},
      {"drizzle/0000_a.sql", ""},
      {"drizzle/0001_b.sql", ""},
      {"drizzle/0002_revert_a.sql", ""},
      {"drizzle/0003_orphan.sql", ""},
      {"drizzle/0001_b.down.sql", ""},
      {"drizzle/rollback/0001_b.sql", ""},
  });
  // What the journal lists is forward, whatever its name.
  EXPECT_EQ(ids(history.migrations), "0001_b 0000_a 0002_revert_a !0003_orphan");
  EXPECT_EQ(ids(history.rollbacks), "0001_b.down 0001_b.sql");
  EXPECT_TRUE(history.rollbacks[0].by_convention);
  EXPECT_FALSE(history.rollbacks[1].by_convention);
  EXPECT_EQ(history.migrations[0].number, "0001");
  EXPECT_EQ(history.migrations[0].transaction, TransactionMode::all_pending);
  EXPECT_TRUE(history.complete);
  EXPECT_FALSE(history.drizzle->invalid);
}

TEST(ProjectDrizzle, AJournalThatListsNoneOfTheFilesDoesNotRunThem) {
  const History history = drizzle({{"drizzle/meta/_journal.json", journal({"0000_gone"})},
                                   {"drizzle/0001_a.sql", ""},
                                   {"drizzle/0002_b.sql", ""}});
  ASSERT_EQ(history.migrations.size(), 2U);
  EXPECT_FALSE(history.migrations[0].listed);
  EXPECT_EQ(history.migrations[0].transaction, TransactionMode::autocommit);
}

struct DefectCase {
  const char* name;
  std::string journal;
  const char* blamed;   // the text at the defect's span
  const char* message;  // a part of it
};

TEST(ProjectDrizzle, FindsTheFirstDefectOfAJournal) {
  const std::string deep(100000, '[');
  const DefectCase cases[] = {
      {"empty", "", "", "not JSON"},
      {"byte order mark", "\xef\xbb\xbf{\"entries\": []}", "\xef\xbb\xbf", "byte order mark"},
      {"conflict", "{\"entries\": [\n<<<<<<< HEAD\n]}", "<<<<<<< HEAD", "merge conflict"},
      {"no entries", "{}", "{}", "no \"entries\""},
      {"array", "[]", "[]", "not an object"},
      {"entries is an object", "{\"entries\": {}}", "\"entries\"", "not a list"},
      {"entry is a number", "{\"entries\": [7]}", "7", "not an object"},
      {"no tag", "{\"entries\": [{\"when\": 1}]}", "{\"when\": 1}", "no \"tag\""},
      {"tag is a number", "{\"entries\": [{\"tag\": 1, \"when\": 1}]}", "1", "not a string"},
      {"path", "{\"entries\": [{\"tag\": \"../../etc/x\", \"when\": 1}]}", "\"../../etc/x\"",
       "a path"},
      {"dots", "{\"entries\": [{\"tag\": \"..\", \"when\": 1}]}", "\"..\"", "a path"},
      {"ending", "{\"entries\": [{\"tag\": \"a.sql\", \"when\": 1}]}", "\"a.sql\"", ".sql"},
      {"no when", "{\"entries\": [{\"tag\": \"a\"}]}", "{\"tag\": \"a\"}", "no \"when\""},
      {"null", "{\"entries\": [{\"tag\": \"a\", \"when\": null}]}", "null", "whole number"},
      {"fraction", "{\"entries\": [{\"tag\": \"a\", \"when\": 1.5}]}", "1.5", "whole number"},
      {"huge", "{\"entries\": [{\"tag\": \"a\", \"when\": 1000000000000000000000000000000}]}",
       "1000000000000000000000000000000", "whole number"},
      {"negative", "{\"entries\": [{\"tag\": \"a\", \"when\": -1}]}", "-1", "negative"},
      {"first of several",
       "{\"entries\": [{\"tag\": \"a\", \"when\": -1}, {\"tag\": \"b.sql\", \"when\": 1}]}", "-1",
       "negative"},
      {"deep", deep, nullptr, "not JSON"},
      {"deep below entries", "{\"entries\": " + deep, nullptr, "not JSON"},
  };
  for (const DefectCase& each : cases) {
    const History history = drizzle({{"drizzle/meta/_journal.json", each.journal},
                                     {"drizzle/0001_b.sql", ""},
                                     {"drizzle/0000_a.sql", ""}});
    ASSERT_TRUE(history.drizzle && history.drizzle->invalid) << each.name;
    const Defect& defect = *history.drizzle->invalid;
    const std::string& text = history.drizzle->source->text;
    ASSERT_LE(defect.span.end, text.size()) << each.name;
    if (each.blamed) {
      EXPECT_EQ(text.substr(defect.span.begin, defect.span.end - defect.span.begin), each.blamed)
          << each.name;
    }
    EXPECT_NE(defect.message.find(each.message), std::string::npos) << defect.message;
    EXPECT_TRUE(history.drizzle->entries.empty()) << each.name;
    // The SQL is linted all the same, in byte order, and nothing is an orphan.
    EXPECT_EQ(ids(history.migrations), "0000_a 0001_b") << each.name;
  }
}

TEST(ProjectDrizzle, TakesTheLastOfDuplicateKeysAndDigitsInStrings) {
  const History history =
      drizzle({{"drizzle/meta/_journal.json",
                R"({"entries": [1], "entries": [{"idx": 3, "when": "1700000000000", "tag": "x",
            "tag": "0000_a"}]})"},
               {"drizzle/0000_a.sql", ""}});
  ASSERT_FALSE(history.drizzle->invalid);
  ASSERT_EQ(history.drizzle->entries.size(), 1U);
  EXPECT_EQ(history.drizzle->entries[0].when, 1700000000000);
  EXPECT_EQ(history.drizzle->entries[0].idx, 3);
  EXPECT_EQ(history.drizzle->entries[0].tag, "0000_a");
}

TEST(ProjectDrizzle, MissingFilesAreToldFromIgnoredOnes) {
  const History history =
      drizzle({{".gitignore", "0002_*.sql\n"},
               {"drizzle/meta/_journal.json", journal({"0000_a", "0001_b", "0002_c"})},
               {"drizzle/0000_A.sql", ""}});
  const auto& entries = history.drizzle->entries;
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[0].sql, nullptr) << "case counts";
  EXPECT_FALSE(entries[1].ignored_by_git);
  EXPECT_TRUE(entries[2].ignored_by_git);
  EXPECT_EQ(ids(history.migrations), "!0000_A");
}

TEST(ProjectDrizzle, DialectComesFromTheJournal) {
  const std::pair<const char*, Dialect> cases[] = {
      {"postgresql", Dialect::postgresql}, {"pg", Dialect::postgresql}, {"sqlite", Dialect::sqlite},
      {"turso", Dialect::sqlite},          {"mysql", Dialect::mysql},   {"gel", Dialect::other}};
  for (const auto& [name, dialect] : cases) {
    EXPECT_EQ(drizzle({{"x/meta/_journal.json", journal({}, name)}}).dialect, dialect) << name;
  }
  // Even out of a broken one.
  EXPECT_EQ(drizzle({{"x/meta/_journal.json", "{\"dialect\": \"sqlite\",\n<<<<<<< a"}}).dialect,
            Dialect::sqlite);
}

TEST(ProjectDrizzle, ReadsSnapshotsAndStrayFiles) {
  const History history = drizzle({
      {"drizzle/meta/_journal.json", journal({})},
      {"drizzle/meta/_other.json", ""},
      {"drizzle/meta/.DS_Store", "\x01"},
      {"drizzle/meta/0000_snapshot.json",
       R"({"id": "a", "prevId": "0", "version": "7", "dialect": "postgresql", "t": {"id": 1}})"},
      {"drizzle/meta/0000_snapshot copy.json", R"({"id": "b", "prevId": "0"})"},
      {"drizzle/meta/0001_snapshot.json", "{\n<<<<<<< HEAD\n}"},
      {"drizzle/meta/0002_snapshot.json", R"({"id": "c"})"},
      {"drizzle/meta/0003_snapshot.json", R"({"id": 7, "prevId": "a"})"},
      {"drizzle/meta/notes.txt", ""},
  });
  const auto& snapshots = history.drizzle->snapshots;
  ASSERT_EQ(snapshots.size(), 5U);
  EXPECT_EQ(snapshots[0].prefix, "0000_snapshot copy");
  EXPECT_EQ(snapshots[1].prefix, "0000");
  EXPECT_EQ(snapshots[1].id, "a");
  EXPECT_EQ(snapshots[1].prev_id, "0");
  EXPECT_EQ(snapshots[1].version, "7");
  EXPECT_EQ(snapshots[1].prev_id_span, (Span{22, 25}));
  EXPECT_EQ(snapshots[2].invalid->span, (Span{2, 14}));
  EXPECT_TRUE(snapshots[3].invalid);
  EXPECT_TRUE(snapshots[4].invalid);
  ASSERT_EQ(history.drizzle->stray_files.size(), 2U);
  EXPECT_EQ(history.drizzle->stray_files[0]->path, "drizzle/meta/.DS_Store");
}

TEST(ProjectDrizzle, SupabaseRunsOrphansToo) {
  const History history = drizzle({{"supabase/config.toml", ""},
                                   {"supabase/migrations/meta/_journal.json", journal({"2_b"})},
                                   {"supabase/migrations/1_a.sql", ""},
                                   {"supabase/migrations/2_b.sql", ""}});
  EXPECT_TRUE(history.also_run_by_another);
  EXPECT_EQ(ids(history.migrations), "!1_a 2_b");
  EXPECT_EQ(history.migrations[0].transaction, TransactionMode::per_file);
}

TEST(ProjectDrizzle, SeesTheNewLayoutBesideTheJournal) {
  const History history = drizzle({{"drizzle/meta/_journal.json", journal({})},
                                   {"drizzle/20240101000000_a/migration.sql", ""}});
  ASSERT_TRUE(history.drizzle->v1_migration);
  EXPECT_EQ(history.drizzle->v1_migration->path, "drizzle/20240101000000_a/migration.sql");
}

TEST(ProjectDrizzle, NewLayoutSortsAsJavaScriptDoes) {
  const History history = drizzle({{"d/20240101000000_b/migration.sql", ""},
                                   {"d/20240101000000_b/snapshot.json", "{\"dialect\": \"mysql\"}"},
                                   {"d/20240101000000_A/migration.sql", ""},
                                   {"d/flat.sql", ""}});
  EXPECT_EQ(history.tool, Tool::drizzle_v1);
  EXPECT_EQ(history.dialect, Dialect::mysql);
  EXPECT_EQ(ids(history.migrations), "20240101000000_A 20240101000000_b !flat.sql");
}

TEST(JsonSkim, AcceptsWhatIsJson) {
  for (const char* text : {"{}", " {\"a\": [1, -2.5e3, {\"b\": null}], \"c\": \"\\\"}\"} ",
                           "{\"a\": {}, \"b\": [], \"c\": true, \"d\": false}"}) {
    EXPECT_TRUE(skim_object(text)) << text;
  }
  for (const char* text : {"", "[]", "{", "{\"a\"}", "{\"a\":}", "{\"a\": 1,}", "{\"a\": 1}}",
                           "{\"a\": [1}", "{\"a\": tru}", "{\"a\": \"\n\"}", "{\"a\": \"\\x\"}",
                           "{\"a\": 1 \"b\": 2}", "{,}", "{\"a\": [1 2]}", "{\"a"}) {
    EXPECT_FALSE(skim_object(text)) << text;
  }
  EXPECT_FALSE(skim_object("{\"a\": " + std::string(1000000, '[')));
}

}  // namespace
}  // namespace migguard::project
