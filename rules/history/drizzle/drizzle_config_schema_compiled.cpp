// `schema` names what a build made of the sources.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include "history/examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const Project& project) {
  for (const DrizzleConfig& config : project.drizzle_configs) {
    std::vector<std::string> compiled;
    for (const DrizzleSchemaPath& path : config.schema) {
      const bool missing = path.files.empty() && !path.ignored_by_git;
      if (path.compiled && !missing) compiled.push_back(path.text);
    }
    if (compiled.empty()) continue;
    ctx.report(*config.source, config.schema_span,
               cat("migrations are made from the last build, not from the sources: ",
                   joined(compiled, 3)))
        .because(
            "with a build that is older than the schema, drizzle-kit generate finds no change, or "
            "drops what the build does not know yet")
        .try_("let `schema` name the TypeScript sources: drizzle-kit reads them as they are")
        .about("schema");
  }
}

constexpr ExampleFile in_build_folder[] = {
    {"drizzle.config.ts",
     "export default {\n  dialect: 'postgresql',\n  schema: './dist/schema.js',\n};\n"},
    {".gitignore", "dist/\n"},
    {"src/schema.ts", examples::schema_source}};
constexpr ExampleFile twin[] = {
    {"drizzle.config.js",
     "module.exports = { dialect: 'postgresql', schema: ['./src/schema.js'] };\n"},
    {"src/schema.js", "exports.version = 1;\n"},
    {"src/schema.ts", examples::schema_source}};
constexpr ExampleFile sources[] = {{"drizzle.config.ts", examples::config},
                                   {"src/schema.ts", examples::schema_source}};
constexpr ExampleFile lib_of_sources[] = {
    {"drizzle.config.ts",
     "export default { dialect: 'postgresql', schema: './src/lib/schema.ts' };\n"},
    {"src/lib/schema.ts", examples::schema_source}};
constexpr ExampleFile javascript[] = {
    {"drizzle.config.js",
     "module.exports = { dialect: 'postgresql', schema: './db/schema.js' };\n"},
    {"db/schema.js", examples::schema_source}};
constexpr Example bad[] = {{.files = in_build_folder}, {.files = twin}};
constexpr Example good[] = {{.files = sources}, {.files = lib_of_sources}, {.files = javascript}};

}  // namespace

extern constexpr Rule drizzle_config_schema_compiled{
    .severity = Severity::warning,
    .summary = "Drizzle's migrations are made from compiled files",
    .why =
        "A path into dist/ or build/, or a .js file beside its .ts, is as old as the last build. "
        "generate then compares the database with yesterday's schema: it finds nothing to do, or "
        "writes DROPs. Teams whose images hold only compiled files may mean it, and suppress this.",
    .instead = "schema: './src/schema.ts'",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
