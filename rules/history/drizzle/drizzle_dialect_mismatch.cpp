// A journal of one database, a configuration for another.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include "history/examples.hpp"

namespace migguard::rules {
namespace {

// As drizzle-kit writes it into the journal.
std::string_view canonical(std::string_view dialect) {
  if (dialect == "pg" || dialect == "postgres") return "postgresql";
  return dialect == "turso" ? "sqlite" : dialect;
}

void check(Context& ctx, const Project& project) {
  for (const DrizzleConfig& config : project.drizzle_configs) {
    if (config.dialect.empty() || config.out_folder.empty()) continue;
    for (const History& history : project.histories) {
      if (history.folder != config.out_folder || !history.drizzle || history.drizzle->invalid)
        continue;
      const DrizzleJournal& journal = *history.drizzle;
      if (journal.dialect.empty() || canonical(journal.dialect) == canonical(config.dialect))
        continue;
      ctx.report(*config.source, config.dialect_span,
                 cat("drizzle-kit generate writes no migration: ", history.folder,
                     " has a journal of ", journal.dialect))
          .because(
              "snapshots of another dialect count as unsupported, which drizzle-kit says and then "
              "exits with 0")
          .try_("give each dialect an `out` folder of its own")
          .label(*journal.source, journal.dialect_span, "the journal's dialect")
          .about(config.out_folder);
    }
  }
}

constexpr std::string_view sqlite_config =
    "export default {\n  dialect: 'sqlite',\n  schema: './src/schema.ts',\n  out: './drizzle',\n"
    "};\n";
constexpr ExampleFile other[] = {{"drizzle.config.ts", sqlite_config},
                                 {"src/schema.ts", examples::schema_source},
                                 {examples::journal_path, examples::journal_of_one},
                                 {"drizzle/0000_users.sql", examples::users}};
constexpr ExampleFile by_driver[] = {
    {"drizzle.config.json",
     R"({"driver": "better-sqlite", "schema": "./src/schema.ts", "out": "./drizzle"})"},
    {"src/schema.ts", examples::schema_source},
    {examples::journal_path, examples::journal_of_one},
    {"drizzle/0000_users.sql", examples::users}};
constexpr ExampleFile same[] = {{"drizzle.config.ts", examples::config},
                                {"src/schema.ts", examples::schema_source},
                                {examples::journal_path, examples::journal_of_one},
                                {"drizzle/0000_users.sql", examples::users}};
constexpr ExampleFile old_spelling[] = {
    {"drizzle.config.ts", examples::config},
    {"src/schema.ts", examples::schema_source},
    {examples::journal_path, R"({"version": "5", "dialect": "pg", "entries": []})"}};
constexpr Example bad[] = {{.files = other}, {.files = by_driver}};
constexpr Example good[] = {{.files = same}, {.files = old_spelling}};

}  // namespace

extern constexpr Rule drizzle_dialect_mismatch{
    .severity = Severity::error,
    .summary = "Drizzle's journal is of another dialect than its configuration",
    .why =
        "The journal and its snapshots name the dialect they were made for. With a configuration "
        "of another one drizzle-kit generate says that the snapshots are of an unsupported "
        "version, exits with 0 and writes nothing, so that a change of the schema never becomes a "
        "migration.",
    .instead = "Use one `out` folder for each dialect: `./drizzle/pg`, `./drizzle/sqlite`.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
