// The dump of the schema lists other versions than there are migrations.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include <map>
#include <set>

#include "examples.hpp"

namespace migguard::rules {
namespace {

// The versions of the files, with what is called by them.
std::map<std::string, std::string> versions_of(const History& history) {
  std::map<std::string, std::string> versions;
  for (const Migration& each : history.migrations) {
    if (each.listed) versions.emplace(each.number, base_name(each.source->path));
  }
  for (const SourceFile* each : history.code) {
    const std::string_view name = base_name(each->path);
    versions.emplace(name.substr(0, name.find_first_not_of("0123456789")), name);
  }
  versions.erase(std::string());
  return versions;
}

void check(Context& ctx, const History& history) {
  if (!history.dump || !judges_order(history)) return;
  const SchemaDump& dump = *history.dump;
  const std::string write =
      history.tool == Tool::rails ? "bin/rails db:migrate" : "dbmate up\ndbmate dump";
  std::map<std::string, std::string> missing = versions_of(history);
  const auto files = missing;
  const std::string_view name = base_name(dump.source->path);
  for (const SchemaDump::Version& version : dump.versions) {
    missing.erase(version.text);
    if (files.count(version.text)) continue;
    ctx.report(*dump.source, version.span,
               cat("databases loaded from ", name, " record the version ", version.text,
                   ", which no migration here has"))
        .because(
            "its file was deleted, renumbered, or is another branch's, and the dump still holds "
            "what it made")
        .try_(cat("run what is here on an empty database, and write the dump anew:\n", write))
        .about(version.text);
  }
  if (missing.empty()) return;
  std::vector<std::string> names;
  names.reserve(missing.size());
  for (const auto& [version, file] : missing) names.push_back(file);
  ctx.report(*dump.source, dump.insert_span,
             cat("databases loaded from ", name, " lack ", joined(names)))
      .because(
          "the dump was not written after the migration, so that a database loaded from it and one "
          "that was migrated differ until the next run")
      .try_(cat("write the dump anew, and commit it with the migration:\n", write))
      .about(missing.begin()->first);
}

constexpr std::string_view users =
    "-- migrate:up\nCREATE TABLE users (id int);\n-- migrate:down\nDROP TABLE users;\n";
constexpr ExampleFile behind[] = {
    {"db/migrations/20240101000000_users.sql", users},
    {"db/migrations/20240102000000_orders.sql",
     "-- migrate:up\nCREATE TABLE orders (id int);\n-- migrate:down\n"},
    {"db/schema.sql",
     "INSERT INTO public.schema_migrations (version) VALUES\n    ('20240101000000');\n"}};
constexpr ExampleFile another_branch[] = {
    {"db/migrate/20240101000000_create_users.rb", "class CreateUsers < ActiveRecord::Migration\n"},
    {"db/structure.sql",
     "CREATE TABLE users (id int);\nINSERT INTO \"schema_migrations\" (version) VALUES\n"
     "('20240102000000'),\n('20240101000000');\n"}};
constexpr ExampleFile equal[] = {
    {"db/migrations/20240101000000_users.sql", users},
    {"db/schema.sql",
     "INSERT INTO public.schema_migrations (version) VALUES\n    ('20240101000000');\n"}};
constexpr ExampleFile no_versions[] = {{"db/migrations/20240101000000_users.sql", users},
                                       {"db/schema.sql", "CREATE TABLE users (id int);\n"}};
constexpr Example bad[] = {{.files = behind}, {.files = another_branch}};
constexpr Example good[] = {{.files = equal}, {.files = no_versions}};

}  // namespace

extern constexpr Rule structure_sql_version_drift{
    .severity = Severity::warning,
    .summary = "The dump of the schema and the migrations are not of the same versions",
    .why =
        "Rails' structure.sql and dbmate's schema.sql end with the versions they contain. New "
        "databases are loaded from them: one that lacks a version has that migration run later, "
        "one too many means a table nobody's migration makes.",
    .instead = "Commit the dump together with the migration that changed it.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
