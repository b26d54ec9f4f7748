// `migguard locks`: what each statement does to a live server.
#include <cli/command.hpp>
#include <cli/settings.hpp>
#include <lint/lint.hpp>
#include <lint/replay.hpp>
#include <lint/statement_effects.hpp>
#include <project/load.hpp>
#include <report/locks.hpp>

#include <array>
#include <iterator>

namespace migguard::cli {
namespace {

constexpr std::array<std::string_view, 2> formats{"text", "json"};

Result<Answer> run_locks(const Options& options, const Environment& environment) {
  const auto run = prepare(options, environment);
  if (!run) return run.error();
  const auto loaded = run->standard_input
                          ? read_standard_input(options, environment)
                          : project::load(load_settings(run->settings), environment.files);
  if (!loaded) return loaded.error();
  Project& project = **loaded;
  project::parse(project, options.jobs);
  lint::number_migrations(project);

  const int version = lint::server_version(run->settings, project);
  const lint::EffectsSettings settings{.pg_version = version,
                                       .assume_in_transaction = options.assume_in_transaction};
  std::vector<lint::StatementEffects> statements;
  for (const History& history : project.histories) {
    auto found = lint::statement_effects(history, settings);
    std::move(found.begin(), found.end(), std::back_inserter(statements));
  }

  Answer answer;
  answer.notices = run->notices;
  for (const Output& output : outputs_of(options)) {
    const bool shown = output.file.empty();
    const report::RenderOptions render{.color = shown && environment.color,
                                       .width = shown ? environment.width : 100,
                                       .verbose = options.verbose,
                                       .quiet = options.quiet};
    answer.documents.push_back({output.format == "json"
                                    ? report::locks_json(statements, version)
                                    : report::locks_text(statements, version, render),
                                output.file});
  }
  return answer;
}

}  // namespace

const Command locks_command{
    .name = "locks",
    .arguments = "[PATH...]",
    .summary = "show what each statement locks, rewrites and scans",
    .description =
        "Shows what each statement does to a live server: the strongest lock it takes on each "
        "relation, whose statements wait for it, what is rewritten, read whole or indexed, and "
        "what it waits for itself. Measured on PostgreSQL 15, 17 and 18.",
    .examples = R"(
migguard locks db/migrations
migguard locks --pg-version 17 --format json db/migrations/0042_add_total.sql
echo 'ALTER TABLE invoices ADD COLUMN total numeric' | migguard locks -
)",
    .flags = flags_output | flags_project | flags_verdict | flags_verbose,
    .formats = formats,
    .run = run_locks,
};

}  // namespace migguard::cli
