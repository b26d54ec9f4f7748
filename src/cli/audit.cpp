// `migguard audit`: a report on everything in a history.
#include <cli/command.hpp>
#include <cli/settings.hpp>

namespace migguard::cli {
namespace {

Result<Answer> run_audit(const Options& options, const Environment& environment) {
  return judge(options, environment, report::Mode::audit);
}

}  // namespace

const Command audit_command{
    .name = "audit",
    .arguments = "[PATH]",
    .max_arguments = 1,
    .summary = "report on everything in a history",
    .description =
        "Reports on everything in a history, to hand to a colleague: what there is, every finding "
        "in the "
        "order of importance, and what to do first. With `--database-url`, what the database has "
        "applied is history, and the report says where history and schema differ from the files. "
        "Exit status as of `migguard lint`.",
    .examples = R"(
migguard audit                         the project in this folder
migguard audit db/migrations --verbose notes, too
migguard audit --format json=audit.json
migguard audit --database-url env      beside what DATABASE_URL holds
)",
    .flags = flags_output | flags_plugin | flags_project | flags_verdict | flags_verbose | flags_timings |
             flags_quiet | flags_database,
    .formats = report::format_names(),
    .run = run_audit,
};

}  // namespace migguard::cli
