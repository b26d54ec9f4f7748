// What SQLite makes of histories, and what it is kept from doing.
#include <gtest/gtest.h>

#include <sqlite/replay.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace migguard::sqlite {
namespace {

std::string told(const std::vector<std::string_view>& scripts) {
  const Replay replayed = replay(scripts);
  std::string out;
  for (const Table& table : replayed.tables) {
    out += table.name + "(";
    for (const Column& column : table.columns) {
      out += (out.back() == '(' ? "" : " ") + column.name + (column.not_null ? "!" : "");
      if (!column.references.empty()) out += ">" + column.references;
    }
    out += ") ";
  }
  for (const Event& event : replayed.events) {
    constexpr std::string_view names[] = {"drops ", "drops ", "empties ", "refuses "};
    const Span span = event.place.span;
    out += std::string("| ") + std::string(names[static_cast<int>(event.kind)]) + event.table +
           (event.column.empty() ? "" : "." + event.column) + event.message + " [" +
           std::string(scripts[event.place.script].substr(span.begin, span.end - span.begin)) +
           "] ";
  }
  return out + (replayed.complete ? "complete" : "incomplete");
}

constexpr std::string_view users = "CREATE TABLE users (id integer PRIMARY KEY, name text);";

TEST(SqliteReplay, KnowsTablesColumnsAndKeys) {
  EXPECT_EQ(told({users,
                  "CREATE TABLE posts (id text NOT NULL, author integer REFERENCES "
                  "users(id));\n--> statement-breakpoint\nCREATE INDEX i ON posts (id);"}),
            "posts(id! author>users) users(id! name) complete");
}

TEST(SqliteReplay, FollowsRenames) {
  EXPECT_EQ(told({users,
                  "ALTER TABLE users RENAME COLUMN name TO full_name; ALTER TABLE users RENAME TO "
                  "people;"}),
            "people(id! full_name) complete");
}

TEST(SqliteReplay, TellsWhatIsLost) {
  EXPECT_EQ(told({users, "-- why\nDROP TABLE users;"}),
            "| drops users [DROP TABLE users] complete");
  EXPECT_EQ(told({users, "ALTER TABLE users DROP COLUMN name;"}),
            "users(id!) | drops users.name [ALTER TABLE users DROP COLUMN name] complete");
  EXPECT_EQ(told({users, "DELETE FROM users;"}),
            "users(id! name) | empties users [DELETE FROM users] complete");
}

TEST(SqliteReplay, TakesATableMadeAnewForTheSame) {
  constexpr std::string_view anew =
      "PRAGMA foreign_keys=OFF; CREATE TABLE n (id text, name text); INSERT INTO n SELECT id, name "
      "FROM users; DROP TABLE users; ALTER TABLE n RENAME TO users;";
  EXPECT_EQ(told({users, anew}), "users(id name) complete");
  // Without its rows it is another one.
  EXPECT_EQ(told({users, "DROP TABLE users; CREATE TABLE users (id integer PRIMARY KEY);"}),
            "users(id!) | drops users [DROP TABLE users] complete");
}

TEST(SqliteReplay, LetsGoOfWhatWasMovedBefore) {
  EXPECT_EQ(told({users,
                  "CREATE TABLE names (id integer, name text); INSERT INTO names SELECT id, "
                  "name FROM users;",
                  "ALTER TABLE users DROP COLUMN name;"}),
            "names(id name) users(id!) complete");
}

TEST(SqliteReplay, TakesWhatAnUpdateReadsForMoved) {
  EXPECT_EQ(told({users,
                  "ALTER TABLE users ADD data text; UPDATE users SET data = "
                  "json_object('name', name); ALTER TABLE users DROP COLUMN name;"}),
            "users(id! data) complete");
}

TEST(SqliteReplay, BlamesNothingOnATableThatItCouldNotFollow) {
  EXPECT_EQ(told({users,
                  "CREATE TABLE n (id text); INSERT INTO n SELECT my_function(id) FROM "
                  "users; DROP TABLE users;"}),
            "n(id) incomplete");
}

TEST(SqliteReplay, RunsJsonInConstraints) {
  EXPECT_EQ(told({"CREATE TABLE t (a text CHECK (json_valid(a))); CREATE INDEX i ON t "
                  "(json_extract(a, '$.b'));"}),
            "t(a) complete");
}

TEST(SqliteReplay, TellsTheFirstRefusalAndGoesOn) {
  EXPECT_EQ(told({users, "CREAT TABLE a (b);\nCREATE TABLE c (d);", "DROP TABLE nowhere;"}),
            "c(d) users(id! name) | refuses near \"CREAT\": syntax error [CREAT TABLE a (b);] "
            "incomplete");
  EXPECT_EQ(told({users, users}),
            "users(id! name) | refuses table users already exists [CREATE "
            "TABLE users (id integer PRIMARY KEY, name text)] incomplete");
  // A history that begins with a database that was there proves nothing.
  EXPECT_EQ(told({"ALTER TABLE old ADD a text;"}), "incomplete");
}

TEST(SqliteReplay, DoesNothingButTablesAndRows) {
  for (const std::string_view hostile :
       {"ATTACH 'file.db' AS other;", "ATTACH ':memory:' AS other;", "VACUUM INTO 'file.db';",
        "SELECT load_extension('x');", "SELECT writefile('a', 'b');",
        "CREATE VIRTUAL TABLE t USING fts3(a);", "SELECT zeroblob(1000000000);"}) {
    EXPECT_EQ(told({users, hostile}), "users(id! name) incomplete") << hostile;
  }
}

TEST(SqliteReplay, Ends) {
  EXPECT_EQ(told({users,
                  "WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r) SELECT "
                  "count(*) FROM r;",
                  "CREATE TABLE later (a);"}),
            "users(id! name) incomplete");
  const std::string large =
      "INSERT INTO users (name) WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL "
      "SELECT x + 1 FROM r) SELECT hex(randomblob(100000)) FROM r;";
  EXPECT_EQ(told({users, large}), "users(id! name) incomplete");
}

// SQLite would copy the rest of the file for each statement, and refuse what is longer than 1 MB.
TEST(SqliteReplay, ReadsLongScripts) {
  std::string seed(users);
  for (int i = 0; i < 20'000; ++i)
    seed += "\nINSERT INTO users (name) VALUES ('a name that takes some room in the file " +
            std::to_string(i) + "');";
  ASSERT_GT(seed.size(), 1'500'000u);
  const Replay replayed = replay(std::vector<std::string_view>{seed});
  EXPECT_TRUE(replayed.complete);
  EXPECT_EQ(replayed.statements.size(), 20'001u);
}

TEST(SqliteReplay, LeavesConflictMarkersToTheirRule) {
  EXPECT_EQ(told({users,
                  "<<<<<<< HEAD\nALTER TABLE users ADD a text;\n=======\nALTER TABLE users "
                  "ADD b text;\n>>>>>>> other\n"}),
            "users(id! name) incomplete");
}

TEST(SqliteReplay, KeepsTransactionsOfScriptsApart) {
  EXPECT_EQ(told({users,
                  "COMMIT TRANSACTION; PRAGMA foreign_keys=OFF; BEGIN TRANSACTION; ALTER "
                  "TABLE users ADD age integer;"}),
            "users(id! name age) complete");
}

}  // namespace
}  // namespace migguard::sqlite
