// `migguard audit`: a report on everything in a history.
#include <cli/command.hpp>
#include <cli/settings.hpp>

#include <algorithm>

namespace migguard::cli {
namespace {

Result<Answer> run_audit(const Options& options, const Environment& environment) {
  if (options.verify && !options.verification.empty())
    return Error{"`--verify` and `--verification` are two ways to one thing: give one of them"};
  for (const std::string_view flag : {"--data", "--from", "--server-bin"}) {
    const bool given =
        std::find(options.given.begin(), options.given.end(), flag) != options.given.end();
    if (given && !options.verify) return Error{cat("`", flag, "` is for `--verify`")};
  }
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
        "With `--verify` the migrations run on a temporary server, and the report says what fails "
        "there, which locks are taken and what rollbacks do not restore; `--verification` takes "
        "that from a file. Exit status as of `migguard lint`, and 1 where the server finds "
        "something.",
    .examples = R"(
migguard audit                         the project in this folder
migguard audit db/migrations --verbose notes, too
migguard audit --format json=audit.json
migguard audit --database-url env      beside what DATABASE_URL holds
migguard audit --verify --format html=audit.html
migguard verify --format json=ran.json; migguard audit --verification ran.json
)",
    .flags = flags_output | flags_plugin | flags_project | flags_verdict | flags_verbose |
             flags_timings | flags_quiet | flags_database | flags_audit | flags_verify,
    .formats = report::format_names(),
    .run = run_audit,
    .needs_database = [](const Options& options) { return options.verify; },
};

}  // namespace migguard::cli
