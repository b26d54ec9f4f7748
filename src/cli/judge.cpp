// What `lint` and `audit` share: from settings to documents and an exit status.
#include <cli/command.hpp>
#include <cli/plugin.hpp>
#include <cli/settings.hpp>

namespace migguard::cli {
namespace {

// The least grave finding that fails a run.
std::optional<Severity> severity_of(FailOn fail_on) {
  switch (fail_on) {
    case FailOn::never:
      return std::nullopt;
    case FailOn::error:
      return Severity::error;
    case FailOn::warning:
      return Severity::warning;
    case FailOn::note:
      break;
  }
  return Severity::note;
}

bool fails(const lint::Summary& summary, std::optional<Severity> least) {
  if (!least) return false;
  return summary.errors > 0 || (*least <= Severity::warning && summary.warnings > 0) ||
         (*least == Severity::note && summary.notes > 0);
}

Result<lint::Report> report_of(const Run& run, const Options& options,
                               const Environment& environment) {
  if (!run.standard_input) {
    return lint::lint(run.settings, run.staged ? *run.staged : environment.files);
  }
  auto project = read_standard_input(options, environment);
  if (!project) return project.error();
  return lint::lint(run.settings, *std::move(project));
}

}  // namespace

Result<Answer> judge(const Options& options, const Environment& environment, report::Mode mode) {
  auto run = prepare(options, environment);
  if (!run) return run.error();
  const auto plugins = start_plugins(options.plugins);
  if (!plugins) return plugins.error();
  run->settings.outsider = plugins->get();
  auto report = report_of(*run, options, environment);
  if (!report) return report.error();

  Answer answer;
  answer.notices = run->notices;
  const std::optional<Severity> fails_at = severity_of(run->fail_on);
  answer.status = fails(report->summary, fails_at) ? exit_findings : exit_clean;
  const report::Repository repository = report::find_repository(
      run->standard_input ? "." : run->settings.paths.front(), environment.files);
  if (!report->unmatched.empty() && report->compared_with.empty()) {
    const std::size_t count = report->unmatched.size();
    answer.notices.push_back(
        cat(run->baseline, ": ", count, count == 1 ? " entry matches" : " entries match",
            " nothing any more: `migguard baseline` takes ", count == 1 ? "it" : "them", " out"));
  }
  for (const Output& output : outputs_of(options)) {
    const bool shown = output.file.empty();
    const report::RenderOptions render{.mode = mode,
                                       .repository = repository,
                                       .fails_at = fails_at,
                                       .color = shown && environment.color,
                                       .width = shown ? environment.width : 100,
                                       .verbose = options.verbose,
                                       .quiet = options.quiet};
    answer.documents.push_back(
        {report::format_named(output.format)->render(*report, render), output.file});
  }
  answer.report = std::make_unique<lint::Report>(*std::move(report));
  return answer;
}

}  // namespace migguard::cli
