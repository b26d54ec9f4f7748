// A rollback script among the migrations of a tool that knows no rollbacks: many run it forward.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include "examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  const bool no_down = history.tool == Tool::drizzle || history.tool == Tool::supabase ||
                       history.tool == Tool::atlas || history.tool == Tool::plain;
  if (!no_down || !judges_order(history)) return;
  for (const Migration& rollback : history.rollbacks) {
    if (folder_of(rollback.source->path) != history.folder) continue;
    // Drizzle runs what its journal lists, Supabase what begins with a number.
    const bool passed_by = history.tool == Tool::drizzle
                               ? !history.also_run_by_another
                               : history.tool == Tool::supabase && rollback.number.empty();
    const std::string_view runner =
        history.tool == Tool::drizzle ? std::string_view("the tool that runs this folder")
        : history.docker_init         ? std::string_view("the postgres image")
        : history.tool == Tool::plain ? std::string_view("a loop over the files of this folder")
                                      : display_name(history.tool);
    const std::string_view name = base_name(rollback.source->path);
    const std::string aside = in_folder(folder_of(history.folder), "rollback");
    ctx.report(*rollback.source, {},
               passed_by
                   ? std::string(
                         "whoever runs the files of this folder in a loop also runs this rollback")
                   : cat(runner, " runs this rollback as a migration"))
        .because(passed_by
                     ? cat(display_name(history.tool),
                           " passes it by, but a shell loop, a restore script or another tool "
                           "takes every *.sql")
                     : cat("it takes every SQL file of the folder",
                           history.tool == Tool::supabase ? " whose name begins with a number" : "",
                           ", whatever else the name says"))
        .try_(cat("move it to a folder of its own:\nmkdir -p ", shell_word(aside), "\ngit mv ",
                  shell_word(rollback.source->path), ' ', shell_word(in_folder(aside, name))))
        .as(passed_by ? Severity::warning : Severity::error)
        .about(std::string(name));
  }
}

constexpr ExampleFile drizzle[] = {{examples::journal_path, examples::journal_of_one},
                                   {"drizzle/0000_users.sql", examples::users},
                                   {"drizzle/0000_rollback.sql", "DROP TABLE users;\n"}};
constexpr ExampleFile supabase[] = {
    {"supabase/config.toml", "project_id = \"shop\"\n"},
    {"supabase/migrations/20240101000000_users.sql", examples::users},
    {"supabase/migrations/20240101000000_users.down.sql", "DROP TABLE users;\n"}};
constexpr ExampleFile plain[] = {{"migrations/001_users.sql", examples::users},
                                 {"migrations/002_orders.sql", examples::orders},
                                 {"migrations/002_orders_rollback.sql", "DROP TABLE orders;\n"}};
constexpr ExampleFile own_folder[] = {{examples::journal_path, examples::journal_of_one},
                                      {"drizzle/0000_users.sql", examples::users},
                                      {"drizzle/rollback/0000_users.sql", "DROP TABLE users;\n"}};
constexpr ExampleFile pairs[] = {{"migrations/001_users.up.sql", examples::users},
                                 {"migrations/001_users.down.sql", "DROP TABLE users;\n"}};
constexpr ExampleFile listed[] = {
    {examples::journal_path,
     R"({"entries": [{"idx": 0, "when": 1735689600000, "tag": "0000_undo_pricing"}]})"},
    {"drizzle/0000_undo_pricing.sql", examples::users}};
constexpr Example bad[] = {{.files = drizzle}, {.files = supabase}, {.files = plain}};
constexpr Example good[] = {{.files = own_folder}, {.files = pairs}, {.files = listed}};

}  // namespace

extern constexpr Rule rollback_in_migrations_dir{
    .severity = Severity::error,
    .summary = "A rollback script among the migrations may be run as one",
    .why =
        "Drizzle, Supabase, Atlas, the postgres image's init directory and loops over psql know no "
        "rollbacks. Supabase takes `X.down.sql` for a migration, Atlas and the image take any "
        "*.sql: the drop runs on the way forward. Drizzle runs what its journal lists, so that it "
        "is a warning there.",
    .instead = "Keep rollback scripts in a folder beside the migrations, not inside.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
