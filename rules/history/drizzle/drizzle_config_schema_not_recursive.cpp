// A folder of schema files whose sub-folders hold more of them.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include "history/examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const Project& project) {
  for (const DrizzleConfig& config : project.drizzle_configs) {
    for (const DrizzleSchemaPath& path : config.schema) {
      if (path.deeper.empty()) continue;
      ctx.report(*config.source, config.schema_span,
                 cat("the tables of ", joined(path.deeper),
                     " never reach the database: ", path.text, " is read one level deep"))
          .because("drizzle-kit takes the files of a folder, and none of the folders in it")
          .try_(cat("match them all:\nschema: '",
                    path.text.ends_with('/') ? path.text : cat(path.text, "/"), "**/*.ts'"))
          .about(path.text);
    }
  }
}

constexpr std::string_view folder_config =
    "export default {\n  dialect: 'postgresql',\n  schema: './src/schema',\n};\n";
constexpr ExampleFile deeper[] = {{"drizzle.config.ts", folder_config},
                                  {"src/schema/index.ts", "export const version = 1;\n"},
                                  {"src/schema/shop/users.ts", examples::schema_source}};
constexpr ExampleFile two_levels[] = {{"drizzle.config.ts", folder_config},
                                      {"src/schema/users.ts", examples::schema_source},
                                      {"src/schema/a/b/more.ts", examples::schema_source}};
constexpr ExampleFile flat[] = {{"drizzle.config.ts", folder_config},
                                {"src/schema/users.ts", examples::schema_source},
                                {"src/schema/shop/money.ts", "export const cents = 100;\n"}};
constexpr ExampleFile exported_again[] = {
    {"drizzle.config.ts", folder_config},
    {"src/schema/index.ts", "export * from './shop/users';\n"},
    {"src/schema/shop/users.ts", examples::schema_source}};
constexpr ExampleFile glob[] = {
    {"drizzle.config.ts",
     "export default { dialect: 'postgresql', schema: './src/schema/**/*.ts' };\n"},
    {"src/schema/shop/users.ts", examples::schema_source}};
constexpr Example bad[] = {{.files = deeper}, {.files = two_levels}};
constexpr Example good[] = {{.files = flat}, {.files = exported_again}, {.files = glob}};

}  // namespace

extern constexpr Rule drizzle_config_schema_not_recursive{
    .severity = Severity::warning,
    .summary = "Drizzle reads a schema folder one level deep, and there are tables further down",
    .why =
        "Where `schema` names a folder, drizzle-kit reads the files in it and not those of the "
        "folders below. Tables there are in no migration, unless a file of the folder exports "
        "them.",
    .instead = "Write a glob, `./src/schema/**/*.ts`, or export everything from an index file.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
