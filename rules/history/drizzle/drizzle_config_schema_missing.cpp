// `schema` names files that are not there: their tables look deleted.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include "history/examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const Project& project) {
  for (const DrizzleConfig& config : project.drizzle_configs) {
    std::vector<std::string> missing;
    for (const DrizzleSchemaPath& path : config.schema) {
      if (path.files.empty() && !path.ignored_by_git) missing.push_back(path.text);
    }
    if (missing.empty()) continue;
    const bool all = config.schema_known && missing.size() == config.schema.size();
    const std::string_view no_file = missing.size() == 1 ? " matches no file" : " match no file";
    ctx.report(*config.source, config.schema_span,
               all ? cat("drizzle-kit generate stops: ", joined(missing), no_file)
                   : cat("the next migration drops the tables of ", joined(missing), ", which",
                         no_file))
        .because(all ? "without any schema file it exits with 1"
                     : "drizzle-kit says nothing of a path that matches no file, takes its tables "
                       "for deleted and writes DROP TABLE ... CASCADE for them")
        .try_("correct the path, or take it out of `schema` if its tables are to be dropped")
        .about(joined(missing));
  }
}

constexpr std::string_view two_files =
    "export default {\n  dialect: 'postgresql',\n"
    "  schema: ['./src/schema.ts', './src/orders.ts'],\n  out: './drizzle',\n};\n";
constexpr ExampleFile one_of_two[] = {{"drizzle.config.ts", two_files},
                                      {"src/schema.ts", examples::schema_source}};
constexpr ExampleFile no_match[] = {
    {"drizzle.config.json", R"({"dialect": "postgresql", "schema": "./src/db/*.ts"})"},
    {"src/schema.ts", examples::schema_source}};
constexpr ExampleFile both[] = {{"drizzle.config.ts", two_files},
                                {"src/schema.ts", examples::schema_source},
                                {"src/orders.ts", "export const none = 1;\n"}};
// A build makes it.
constexpr ExampleFile built[] = {
    {"drizzle.config.ts", "export default { dialect: 'postgresql', schema: './gen/schema.ts' };\n"},
    {".gitignore", "gen/\n"}};
constexpr ExampleFile computed[] = {
    {"drizzle.config.ts",
     "export default { dialect: 'postgresql', schema: process.env.SCHEMA };\n"}};
constexpr Example bad[] = {{.files = one_of_two}, {.files = no_match}};
constexpr Example good[] = {{.files = both}, {.files = built}, {.files = computed}};

}  // namespace

extern constexpr Rule drizzle_config_schema_missing{
    .severity = Severity::error,
    .summary = "Drizzle's configuration names a schema file that is not there",
    .why =
        "drizzle-kit reads the files that `schema` matches and ignores a path that matches none, "
        "as long as another one does. The tables of the missing file are then no longer part of "
        "the schema, and the next generate writes DROP TABLE ... CASCADE for them. Paths that git "
        "ignores are no finding: a build makes them.",
    .instead = "Name every schema file by its path with its ending, or a folder, or a glob.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
