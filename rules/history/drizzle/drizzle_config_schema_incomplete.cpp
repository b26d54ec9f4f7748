// A list of schema files that leaves one out.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include "history/examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const Project& project) {
  for (const DrizzleConfig& config : project.drizzle_configs) {
    if (config.unlisted.empty()) continue;
    const bool one = config.unlisted.size() == 1;
    Finding& finding =
        ctx.report(*config.source, config.schema_span,
                   cat("the tables of ", joined(config.unlisted),
                       " never reach the database: `schema` does not list ", one ? "it" : "them"))
            .because(
                "drizzle-kit sees only the files that are listed; a table whose file drops out of "
                "the list is dropped by the next migration")
            .try_(cat("add ", one ? "it" : "them", " to `schema`, or name the folder"))
            .about(joined(config.unlisted));
    for (const SourceFile& file : project.files) {
      for (const std::string& path : config.unlisted) {
        if (file.path == path) finding.label(file, {}, "declares tables and is not listed");
      }
    }
  }
}

constexpr std::string_view orders_source =
    "import { pgTable, text } from 'drizzle-orm/pg-core';\n"
    "export const orders = pgTable('orders', { id: text('id').primaryKey() });\n";
constexpr std::string_view list =
    "export default {\n  dialect: 'postgresql',\n  schema: ['./src/users.ts'],\n"
    "  out: './drizzle',\n};\n";
constexpr ExampleFile one_left_out[] = {{"drizzle.config.ts", list},
                                        {"src/users.ts", examples::schema_source},
                                        {"src/orders.ts", orders_source}};
constexpr ExampleFile compiled[] = {
    {"drizzle.config.ts",
     "export default {\n  dialect: 'postgresql',\n  schema: ['./dist/users.js'],\n};\n"},
    {".gitignore", "dist/\n"},
    {"src/users.ts", examples::schema_source},
    {"src/orders.ts", orders_source}};
constexpr ExampleFile listed[] = {
    {"drizzle.config.ts",
     "export default {\n  dialect: 'postgresql',\n  schema: ['./src/users.ts', "
     "'./src/orders.ts'],\n};\n"},
    {"src/users.ts", examples::schema_source},
    {"src/orders.ts", orders_source}};
constexpr ExampleFile exported_again[] = {{"drizzle.config.ts", list},
                                          {"src/users.ts", "export * from './orders';\n"},
                                          {"src/orders.ts", orders_source}};
constexpr ExampleFile folder[] = {
    {"drizzle.config.ts", "export default {\n  dialect: 'postgresql',\n  schema: './src',\n};\n"},
    {"src/users.ts", examples::schema_source},
    {"src/orders.ts", orders_source}};
constexpr ExampleFile another_config[] = {
    {"drizzle.config.ts", list},
    {"drizzle.orders.config.ts",
     "export default {\n  dialect: 'postgresql',\n  schema: './src/orders.ts',\n"
     "  out: './orders',\n};\n"},
    {"src/users.ts", examples::schema_source},
    {"src/orders.ts", orders_source}};
constexpr Example bad[] = {{.files = one_left_out}, {.files = compiled}};
constexpr Example good[] = {
    {.files = listed}, {.files = exported_again}, {.files = folder}, {.files = another_config}};

}  // namespace

extern constexpr Rule drizzle_config_schema_incomplete{
    .severity = Severity::error,
    .summary = "Drizzle's configuration lists schema files and leaves one out",
    .why =
        "A file beside the listed ones exports tables or enums of the same dialect, and neither "
        "`schema` lists it nor a listed file exports it. drizzle-kit does not see its tables: "
        "generate never makes a migration for them, and writes DROP TABLE for those that an "
        "earlier one made.",
    .instead =
        "Name a folder or a glob instead of single files, or one index file that exports from "
        "every other.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
