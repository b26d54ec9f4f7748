// A file whose goose annotations goose refuses.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include "examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  if (history.tool != Tool::goose || !judges_order(history)) return;
  for (const Migration& migration : history.migrations) {
    if (!migration.listed || !migration.bad_annotation) continue;
    const Defect& defect = *migration.bad_annotation;
    ctx.report(*migration.source, defect.span,
               cat("goose stops at this file and applies nothing behind it: ", defect.message))
        .because(
            "goose reads a file as one Up section, then perhaps one Down section; what holds "
            "semicolons of its own stands between StatementBegin and StatementEnd")
        .try_(
            "give the file this form:\n-- +goose Up\n-- +goose StatementBegin\n...\n"
            "-- +goose StatementEnd\n\n-- +goose Down")
        .about(std::string(base_name(migration.source->path)));
  }
}

constexpr std::string_view sound = "-- +goose Up\nCREATE TABLE users (id int);\n";
constexpr ExampleFile no_up[] = {{"migrations/00001_users.sql", sound},
                                 {"migrations/00002_orders.sql", examples::orders}};
constexpr ExampleFile never_ends[] = {
    {"migrations/00001_users.sql",
     "-- +goose Up\n-- +goose StatementBegin\nCREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ "
     "SELECT 1; $$;\n-- +goose Down\nDROP FUNCTION f();\n"}};
constexpr ExampleFile misspelt[] = {
    {"migrations/00001_users.sql", sound},
    {"migrations/00002_orders.sql",
     "-- +goose Up\n-- +goose NO TRANSACTIONS\nCREATE INDEX CONCURRENTLY i ON users (id);\n"}};
constexpr ExampleFile down_first[] = {
    {"migrations/00001_users.sql",
     "-- +goose Down\nDROP TABLE users;\n-- +goose Up\nCREATE TABLE users (id int);\n"}};
constexpr ExampleFile whole[] = {
    {"migrations/00001_users.sql",
     "-- +goose Up\n-- +goose StatementBegin\nCREATE TABLE users (id int);\n"
     "-- +goose StatementEnd\n\n-- +goose Down\nDROP INDEX IF EXISTS i;\n"}};
constexpr ExampleFile other_case[] = {
    {"migrations/00001_users.sql", sound},
    {"migrations/00002_index.sql",
     "-- +goose no transaction\n-- +goose up\nCREATE INDEX CONCURRENTLY i ON users (id);\n"}};
constexpr Example bad[] = {
    {.files = no_up}, {.files = never_ends}, {.files = misspelt}, {.files = down_first}};
constexpr Example good[] = {{.files = whole}, {.files = other_case}};

}  // namespace

extern constexpr Rule goose_bad_annotation{
    .severity = Severity::error,
    .summary = "goose refuses this file: an annotation is missing, misplaced or misspelt",
    .why =
        "goose splits a file by its `-- +goose` comments. Without Up it does not read the file, "
        "Down must follow Up, a StatementBegin needs its StatementEnd within the section, and a "
        "word that goose does not know is an error, or a comment, by version.",
    .instead = "Let `goose create name sql` make the file.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
