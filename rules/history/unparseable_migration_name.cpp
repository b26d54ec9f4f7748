// A SQL file among migrations whose name the tool cannot take.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include "examples.hpp"

namespace migguard::rules {
namespace {

struct Grammar {
  std::string_view form;
  bool stops = false;  // the tool ends with an error; else it passes the file by
};

std::optional<Grammar> grammar(const History& history, std::string_view name) {
  switch (history.tool) {
    case Tool::supabase:
      return Grammar{"20240101000000_name.sql"};
    case Tool::flyway:
      return Grammar{"V1__name.sql"};
    // sqlx passes by names without `_`, and stops at others that do not begin with a number.
    case Tool::sqlx:
      return Grammar{"20240101000000_name.sql", name.find('_') != std::string_view::npos};
    case Tool::goose:
      return Grammar{"00001_name.sql", true};
    case Tool::node_pg_migrate:
      return Grammar{"1700000000000_name.sql", true};
    default:
      return std::nullopt;
  }
}

void check(Context& ctx, const History& history) {
  if (!judges_order(history)) return;
  for (const Migration& migration : history.migrations) {
    if (migration.listed) continue;
    const std::string_view name = base_name(migration.source->path);
    const auto wanted = grammar(history, name);
    if (!wanted) continue;
    const std::string_view tool = display_name(history.tool);
    ctx.report(*migration.source, {},
               wanted->stops ? cat(tool, " stops at this file and runs nothing")
                             : cat(tool, " never runs this file"))
        .because(cat("its name is not of the form ", wanted->form))
        .try_(cat("rename it, or move it out of ", history.folder, ":\ngit mv ",
                  shell_word(migration.source->path), ' ',
                  shell_word(in_folder(folder_of(migration.source->path), wanted->form))))
        .as(wanted->stops ? Severity::error : Severity::warning)
        .about(std::string(name));
  }
}

constexpr ExampleFile supabase[] = {
    {"supabase/config.toml", "project_id = \"shop\"\n"},
    {"supabase/migrations/20240101000000_users.sql", examples::users},
    {"supabase/migrations/add_orders.sql", examples::orders}};
constexpr ExampleFile flyway[] = {{"flyway.conf", "flyway.locations=filesystem:sql\n"},
                                  {"sql/V1__users.sql", examples::users},
                                  {"sql/V2_orders.sql", examples::orders}};
constexpr ExampleFile goose[] = {
    {"migrations/00001_users.sql", "-- +goose Up\nCREATE TABLE users (id int);\n"},
    {"migrations/orders.sql", "-- +goose Up\nCREATE TABLE orders (id int);\n"}};
constexpr ExampleFile repeatable[] = {
    {"flyway.conf", "flyway.locations=filesystem:sql\n"},
    {"sql/V1__users.sql", examples::users},
    {"sql/R__views.sql", "CREATE OR REPLACE VIEW v AS SELECT 1 AS one;\n"}};
constexpr ExampleFile dump[] = {{"supabase/config.toml", "project_id = \"shop\"\n"},
                                {"supabase/migrations/20240101000000_users.sql", examples::users},
                                {"supabase/migrations/schema.sql", examples::users}};
constexpr Example bad[] = {{.files = supabase}, {.files = flyway}, {.files = goose}};
constexpr Example good[] = {
    {.files = repeatable}, {.files = dump}, {.files = examples::drizzle_of_two}};

}  // namespace

extern constexpr Rule unparseable_migration_name{
    .severity = Severity::error,
    .summary = "The tool cannot take this file's name: it never runs, or nothing does",
    .why =
        "Supabase and Flyway pass by files whose names do not fit, silently; sqlx, goose and "
        "node-pg-migrate stop at them. Dumps (schema.sql, structure.sql, seed.sql) and rollback "
        "scripts are no finding.",
    .instead =
        "Let the tool make the file, or follow its form: V1__name.sql, 20240101000000_name.sql, "
        "00001_name.sql.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
