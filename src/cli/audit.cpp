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
        "order of importance, and what to do first. Exit status as of `migguard lint`.",
    .examples = R"(
migguard audit                         the project in this folder
migguard audit db/migrations --verbose notes, too
migguard audit --format json=audit.json
)",
    .flags =
        flags_output | flags_plugin | flags_project | flags_verdict | flags_verbose | flags_quiet,
    .formats = report::format_names(),
    .run = run_audit,
};

}  // namespace migguard::cli
