// A folder that Atlas is told to run, without atlas.sum.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include "examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  if (!history.atlas || history.atlas->source || !history.atlas->named_by) return;
  ctx.report(*history.atlas->named_by, history.atlas->named_span,
             cat("Atlas applies nothing from ", history.folder, ": there is no atlas.sum"))
      .because("Atlas runs a folder only when its sum file is there and matches")
      .try_(cat("write and commit it:\natlas migrate hash --dir ",
                shell_word(cat("file://", history.folder))))
      .about("atlas.sum");
}

constexpr ExampleFile in_config[] = {
    {"atlas.hcl", "env \"local\" {\n  migration {\n    dir = \"file://migrations\"\n  }\n}\n"},
    {"migrations/20240101000000_users.sql", examples::users}};
constexpr ExampleFile with_format[] = {
    {"db/atlas.hcl", "migration {\n  dir = \"file://changes?format=atlas\"\n}\n"},
    {"db/changes/20240101000000_users.sql", examples::users}};
constexpr ExampleFile no_files[] = {
    {"atlas.hcl", "migration {\n  dir = \"file://migrations\"\n}\n"}, {"migrations/.gitkeep", ""}};
constexpr ExampleFile another_folder[] = {
    {"atlas.hcl", "migration {\n  dir = \"file://schema/migrations\"\n}\n"},
    {"migrations/001_users.sql", examples::users},
    {"migrations/002_orders.sql", examples::orders}};
constexpr Example bad[] = {{.files = in_config}, {.files = with_format}};
constexpr Example good[] = {{.files = no_files}, {.files = another_folder}};

}  // namespace

extern constexpr Rule atlas_sum_missing{
    .severity = Severity::error,
    .summary = "Without atlas.sum Atlas applies nothing",
    .why =
        "`atlas migrate apply` stops with 'checksum file not found' where the folder that "
        "atlas.hcl names has migrations and no atlas.sum.",
    .instead = "`atlas migrate hash` writes it; it belongs in the repository.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
