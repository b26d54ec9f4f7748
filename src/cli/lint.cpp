// `migguard lint`: the gate.
#include <cli/command.hpp>
#include <cli/settings.hpp>

namespace migguard::cli {
namespace {

Result<Answer> run_lint(const Options& options, const Environment& environment) {
  return judge(options, environment, report::Mode::lint);
}

}  // namespace

const Command lint_command{
    .name = "lint",
    .arguments = "[PATH...]",
    .summary = "check migrations, journals and configurations: the gate",
    .description =
        "Checks migrations before they run. PATH is a project, a folder of migrations, SQL files "
        "(the "
        "history around them is read, too, because it decides) or `-` for standard input. Without "
        "PATH: "
        "the working directory. Exit status: 0 nothing at or above --fail-on, 1 findings, 2 "
        "migguard "
        "could not do its job.",
    .examples = R"(
migguard lint                                        the project in this folder
migguard lint db/migrations --pg-version 17          one folder, for PostgreSQL 17
migguard lint db/migrations/0042_add_total.sql       one migration, as a hook does
migguard lint --since origin/main                    only what this branch adds
migguard lint --staged                               only what would be committed: a git hook
migguard lint - --stdin-filename 0042.sql < x.sql    standard input
migguard lint --format text --format json=out.json   for people, and for programs
migguard lint --fail-on warning --quiet              one line per finding
)",
    .flags = flags_output | flags_plugin | flags_project | flags_verdict | flags_gate |
             flags_verbose | flags_timings | flags_quiet,
    .formats = report::format_names(),
    .run = run_lint,
};

}  // namespace migguard::cli
