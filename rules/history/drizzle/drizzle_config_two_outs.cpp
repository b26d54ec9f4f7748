// Two configurations that write migrations of different databases into one folder.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include "history/examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const Project& project) {
  for (const DrizzleConfig& config : project.drizzle_configs) {
    for (const DrizzleConfig& earlier : project.drizzle_configs) {
      if (&earlier == &config) break;
      const bool clash = !config.out_folder.empty() && config.out_folder == earlier.out_folder &&
                         !config.dialect.empty() && !earlier.dialect.empty() &&
                         config.dialect != earlier.dialect;
      if (!clash) continue;
      ctx.report(*config.source, config.out_written ? config.out_span : config.dialect_span,
                 cat("migrations of ", config.dialect, " and of ", earlier.dialect,
                     " share the folder ", config.out_folder))
          .because(
              "both keep one journal there: whichever dialect comes second gets no migration, and "
              "its migrator runs the other's SQL")
          .try_("give each configuration an `out` folder of its own")
          .label(*earlier.source, earlier.out_span, "the other configuration")
          .about(config.out_folder);
      break;
    }
  }
}

constexpr std::string_view sqlite =
    "export default {\n  dialect: 'sqlite',\n  schema: './src/schema.ts',\n  out: './drizzle',\n"
    "};\n";
constexpr ExampleFile shared[] = {{"drizzle.config.ts", examples::config},
                                  {"drizzle.sqlite.config.ts", sqlite},
                                  {"src/schema.ts", examples::schema_source}};
constexpr ExampleFile both_default[] = {
    {"drizzle.config.ts", "export default { dialect: 'postgresql', schema: './src/schema.ts' };\n"},
    {"drizzle.config.lite.ts",
     "export default { dialect: 'sqlite', schema: './src/schema.ts' };\n"},
    {"src/schema.ts", examples::schema_source}};
constexpr ExampleFile apart[] = {
    {"drizzle.config.ts", examples::config},
    {"drizzle.sqlite.config.ts",
     "export default {\n  dialect: 'sqlite',\n  schema: './src/schema.ts',\n  out: './lite',\n"
     "};\n"},
    {"src/schema.ts", examples::schema_source}};
constexpr ExampleFile production[] = {{"drizzle.config.ts", examples::config},
                                      {"drizzle.config.prod.ts", examples::config},
                                      {"src/schema.ts", examples::schema_source}};
constexpr Example bad[] = {{.files = shared}, {.files = both_default}};
constexpr Example good[] = {{.files = apart}, {.files = production}};

}  // namespace

extern constexpr Rule drizzle_config_two_outs{
    .severity = Severity::warning,
    .summary = "Two Drizzle configurations of different dialects share a folder",
    .why =
        "A folder has one journal, and a journal one dialect. drizzle-kit generate with the other "
        "configuration says that the snapshots are of an unsupported version, exits with 0 and "
        "writes nothing.",
    .instead = "out: './drizzle/pg' in the one, out: './drizzle/sqlite' in the other.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
