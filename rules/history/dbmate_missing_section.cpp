// A file without the two sections that dbmate asks for.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include "examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  if (history.tool != Tool::dbmate || !judges_order(history)) return;
  for (const Migration& migration : history.migrations) {
    if (!migration.listed || !migration.bad_annotation) continue;
    ctx.report(*migration.source, {},
               cat("dbmate stops at this file and applies nothing behind it: ",
                   migration.bad_annotation->message))
        .because("dbmate asks every file for an up section and, behind it, a down section")
        .try_("give the file this form:\n-- migrate:up\n...\n\n-- migrate:down")
        .about(std::string(base_name(migration.source->path)));
  }
}

constexpr std::string_view sound =
    "-- migrate:up\nCREATE TABLE users (id int);\n\n-- migrate:down\nDROP TABLE users;\n";
constexpr ExampleFile no_down[] = {
    {"db/migrations/20240101000000_users.sql", sound},
    {"db/migrations/20240102000000_orders.sql", "-- migrate:up\nCREATE TABLE orders (id int);\n"}};
constexpr ExampleFile no_up[] = {{"db/migrations/20240101000000_users.sql", sound},
                                 {"db/migrations/20240102000000_orders.sql", examples::orders}};
constexpr ExampleFile statement_first[] = {
    {"db/migrations/20240101000000_users.sql",
     "SET lock_timeout = '1s';\n-- migrate:up\nCREATE TABLE users (id int);\n-- migrate:down\n"}};
constexpr ExampleFile wrong_order[] = {
    {"db/migrations/20240101000000_users.sql", sound},
    {"db/migrations/20240102000000_orders.sql",
     "-- migrate:down\nDROP TABLE orders;\n-- migrate:up\nCREATE TABLE orders (id int);\n"}};
constexpr ExampleFile empty_down[] = {{"db/migrations/20240101000000_users.sql",
                                       "-- Users.\n-- migrate:up transaction:false\n"
                                       "CREATE TABLE users (id int);\n--migrate:down\n"}};
constexpr ExampleFile two_files[] = {
    {"db/migrations/20240101000000_users.sql", sound},
    {"db/migrations/20240102000000_orders.sql",
     "-- migrate:up\nCREATE TABLE orders (id int);\n-- migrate:down\nDROP TABLE orders;\n"}};
constexpr Example bad[] = {
    {.files = no_down}, {.files = no_up}, {.files = statement_first}, {.files = wrong_order}};
constexpr Example good[] = {{.files = empty_down}, {.files = two_files}};

}  // namespace

extern constexpr Rule dbmate_missing_section{
    .severity = Severity::error,
    .summary = "dbmate refuses this file: it lacks a section, or holds statements before the first",
    .why =
        "dbmate parses a file before it runs it, and wants `-- migrate:up` and, behind it, `-- "
        "migrate:down`, even an empty one, with nothing but comments before the first.",
    .instead = "Let `dbmate new name` make the file.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
