// `migguard verify`: what a real server makes of a history.
#include <cli/command.hpp>
#include <cli/settings.hpp>
#include <cli/verification.hpp>
#include <lint/replay.hpp>
#include <lint/verification.hpp>
#include <project/load.hpp>
#include <report/verification.hpp>

#include <array>

namespace migguard::cli {
namespace {

constexpr std::array<std::string_view, 5> formats{"text", "json", "junit", "markdown", "html"};

Result<Answer> run_verify(const Options& options, const Environment& environment) {
  const auto run = prepare(options, environment);
  if (!run) return run.error();
  if (run->standard_input) return Error{"verify runs a history, and standard input holds none"};
  const auto loaded = project::load(load_settings(run->settings), environment.files);
  if (!loaded) return loaded.error();
  Project& project = **loaded;
  project::parse(project, options.jobs);
  lint::number_migrations(project);
  const auto verification =
      run_histories(project, run->settings, options, environment, options.database_url);
  if (!verification) return verification.error();

  Answer answer;
  answer.notices = run->notices;
  answer.status = verification->clean() ? exit_clean : exit_findings;
  for (const Output& output : outputs_of(options)) {
    const bool shown = output.file.empty();
    const report::RenderOptions render{.color = shown && environment.color,
                                       .width = shown ? environment.width : 100,
                                       .verbose = options.verbose,
                                       .quiet = options.quiet};
    for (const report::VerificationFormat& each : report::verification_formats()) {
      if (each.name == output.format)
        answer.documents.push_back({each.render(*verification, render), output.file});
    }
  }
  return answer;
}

}  // namespace

const Command verify_command{
    .name = "verify",
    .arguments = "[PATH]",
    .max_arguments = 1,
    .summary = "run the history on a real server, and see what fails",
    .description =
        "Runs the history on a temporary PostgreSQL server, statement by statement in the "
        "transactions of its tool, and says what fails and how to go on, how long each statement "
        "takes, which locks it really takes, what a second run does, and what the rollback scripts "
        "do not restore. The server is made in a temporary folder, listens on no port, runs as an "
        "ordinary user, and is gone afterwards. Only this and `audit --verify` execute SQL of the "
        "project. Exit status: 0 all is well, 1 something fails, 2 it could not be tried.",
    .examples = R"(
migguard verify                        the project in this folder
migguard verify db/migrations --data rows.sql
migguard verify --from 0042_add_total  what is before it counts as applied
migguard verify --format text --format html=verify.html
migguard verify --database-url postgresql://ci@localhost/empty
)",
    .flags =
        flags_output | flags_project | flags_verbose | flags_quiet | flags_database | flags_verify,
    .formats = formats,
    .shows_progress = true,
    .run = run_verify,
    .needs_database = [](const Options&) { return true; },
};

}  // namespace migguard::cli
