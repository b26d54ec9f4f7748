// Drizzle's journal, with files that it may name and one that it does not.
#include <fuzz/harness.hpp>

namespace migguard::fuzz {
namespace {

constexpr std::string_view seeds[] = {"fixtures/projects/**/_journal.json"};

void run(std::string_view input) {
  Memory files;
  files.add("package.json", R"({"dependencies": {"drizzle-orm": "0.44.0"}})");
  files.add("drizzle/meta/_journal.json", std::string(input));
  files.add("drizzle/meta/0000_snapshot.json", R"({"id": "a", "prevId": "b", "version": "7"})");
  files.add("drizzle/0000_a.sql", "CREATE TABLE a (id int);");
  files.add("drizzle/0001_b.sql", "DROP TABLE a;");
  files.add("secret.sql", "SELECT 'outside of the folder';");
  files.add("etc/passwd.sql", "SELECT 'outside of the folder';");
  const auto report = check_answers(files, input);
  require(report != nullptr, "no journal keeps lint from doing its job");
  for (const History& history : report->project->histories) {
    if (!history.drizzle) continue;
    for (const Migration& each : history.migrations)
      require(each.source->path.starts_with("drizzle/"), "a tag does not lead out of its folder");
  }
}

}  // namespace

extern const Harness journal_harness{
    .name = "journal", .summary = "Drizzle's journal", .seeds = seeds, .run = run};

}  // namespace migguard::fuzz
