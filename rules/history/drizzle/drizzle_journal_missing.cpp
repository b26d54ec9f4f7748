// A folder of Drizzle migrations whose journal is not there: nothing runs.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include "history/examples.hpp"

namespace migguard::rules {
namespace {

// Whether the folder is Drizzle's only because a configuration says so.
bool lacks_journal(const History& history, const DrizzleConfig& config) {
  return history.tool == Tool::drizzle && !history.drizzle && history.folder == config.out_folder &&
         history.marker == config.source;
}

void check(Context& ctx, const Project& project) {
  for (const DrizzleConfig& config : project.drizzle_configs) {
    for (const History& history : project.histories) {
      if (!lacks_journal(history, config)) continue;
      const std::string journal = in_folder(history.folder, "meta/_journal.json");
      ctx.report(*config.source, config.out_written ? config.out_span : config.dialect_span,
                 cat("no migration of ", history.folder, " runs: ", journal, " is not there"))
          .because(
              "drizzle-orm stops without its journal, and the next drizzle-kit generate starts "
              "over at 0000 with the whole schema beside the files there are")
          .try_(cat("bring meta/ back from the commit that still had it:\ngit log --oneline -- ",
                    shell_word(journal)))
          .about(history.folder);
    }
  }
}

constexpr ExampleFile no_meta[] = {{"drizzle.config.ts", examples::config},
                                   {"drizzle/0000_users.sql", examples::users}};
constexpr ExampleFile no_journal[] = {
    {"drizzle.config.ts", "export default { dialect: 'postgresql', schema: './src/schema.ts' };\n"},
    {"src/schema.ts", examples::schema_source},
    {"drizzle/0000_users.sql", examples::users},
    {"drizzle/meta/0000_snapshot.json", examples::snapshot_a}};
constexpr ExampleFile whole[] = {{"drizzle.config.ts", examples::config},
                                 {examples::journal_path, examples::journal_of_one},
                                 {"drizzle/0000_users.sql", examples::users},
                                 {"drizzle/meta/0000_snapshot.json", examples::snapshot_a}};
// What nobody has generated yet is not missing.
constexpr ExampleFile nothing_yet[] = {{"drizzle.config.ts", examples::config},
                                       {"src/schema.ts", examples::schema_source}};
constexpr ExampleFile ignored[] = {{"drizzle.config.ts", examples::config},
                                   {".gitignore", "meta/\n"},
                                   {"drizzle/0000_users.sql", examples::users}};
constexpr Example bad[] = {{.files = no_meta}, {.files = no_journal}};
constexpr Example good[] = {{.files = whole}, {.files = nothing_yet}, {.files = ignored}};

}  // namespace

extern constexpr Rule drizzle_journal_missing{
    .severity = Severity::error,
    .summary = "Drizzle's journal is not there, so that no migration runs",
    .why =
        "The configuration names a folder that holds numbered SQL files but no "
        "meta/_journal.json. drizzle-orm's migrator reads only what the journal lists and throws "
        "without it; drizzle-kit generate takes the history for empty and writes the whole schema "
        "once more. Other findings about the folder's history are held back until it is there.",
    .instead =
        "Restore meta/ from git. Where it was never committed, take it out of .gitignore and "
        "generate a baseline on a database that has everything.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
