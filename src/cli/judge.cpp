// What `lint` and `audit` share: from settings to documents and an exit status.
#include <cli/command.hpp>
#include <cli/settings.hpp>

namespace migguard::cli {
namespace {

// Whether a finding that counts is at or above the threshold.
bool fails(const lint::Summary& summary, FailOn fail_on) {
  switch (fail_on) {
    case FailOn::never:
      return false;
    case FailOn::error:
      return summary.errors > 0;
    case FailOn::warning:
      return summary.errors + summary.warnings > 0;
    case FailOn::note:
      return summary.errors + summary.warnings + summary.notes > 0;
  }
  return true;
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
  const auto run = prepare(options, environment);
  if (!run) return run.error();
  auto report = report_of(*run, options, environment);
  if (!report) return report.error();

  Answer answer;
  answer.notices = run->notices;
  if (!report->unmatched.empty() && report->compared_with.empty()) {
    const std::size_t count = report->unmatched.size();
    answer.notices.push_back(
        cat(run->baseline, ": ", count, count == 1 ? " entry matches" : " entries match",
            " nothing any more: `migguard baseline` takes ", count == 1 ? "it" : "them", " out"));
  }
  answer.status = fails(report->summary, run->fail_on) ? exit_findings : exit_clean;
  for (const Output& output : outputs_of(options)) {
    const bool shown = output.file.empty();
    const report::RenderOptions render{.mode = mode,
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
