// Drizzle's snapshots, beside a journal and in the folders of version 1.0.
#include <fuzz/harness.hpp>

namespace migguard::fuzz {
namespace {

constexpr std::string_view seeds[] = {"fixtures/projects/*/drizzle/meta/*_snapshot.json",
                                      "fixtures/projects/*/drizzle/*/snapshot.json"};

void run(std::string_view input) {
  Memory files;
  files.add("package.json", R"({"dependencies": {"drizzle-orm": "0.44.0"}})");
  files.add("old/drizzle/meta/_journal.json",
            R"({"version": "7", "dialect": "postgresql", "entries": [
                {"idx": 0, "version": "7", "when": 1, "tag": "0000_a", "breakpoints": true}]})");
  files.add("old/drizzle/meta/0000_snapshot.json", std::string(input));
  files.add("old/drizzle/0000_a.sql", "CREATE TABLE a (id int);");
  files.add("new/drizzle/20250101000000_a/migration.sql", "CREATE TABLE a (id int);");
  files.add("new/drizzle/20250101000000_a/snapshot.json", std::string(input));
  files.add("new/drizzle/20250102000000_b/migration.sql", "DROP TABLE a;");
  files.add("new/drizzle/20250102000000_b/snapshot.json",
            R"({"version": "8", "dialect": "postgres", "id": "b", "prevIds": ["a"], "ddl": []})");
  require(check_answers(files, input) != nullptr, "no snapshot keeps lint from doing its job");
}

}  // namespace

extern const Harness snapshot_harness{
    .name = "snapshot", .summary = "Drizzle's snapshots", .seeds = seeds, .run = run};

}  // namespace migguard::fuzz
