// What `lint` and `audit` share: from settings to documents and an exit status.
#include <cli/command.hpp>
#include <cli/plugin.hpp>
#include <cli/settings.hpp>
#include <cli/verification.hpp>
#include <migguard/history.hpp>
#include <repair/write.hpp>
#include <report/verification.hpp>
#include <report/verification_parts.hpp>

#include <algorithm>

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

// Which database was asked, and what it knows of migrations.
std::string asked(const Database& database) {
  std::string tables;
  for (const AppliedTable& each : database.applied) {
    tables += cat(tables.empty() ? "" : ", ", each.name, " with ", each.rows.size(),
                  each.rows.size() == 1 ? " row" : " rows");
  }
  return cat("asked ", database.shown, " (PostgreSQL ", database.server_version,
             "): ", tables.empty() ? "no migration tool's table" : tables);
}

// What `appliedThrough` names and no history has: it would silently accept nothing.
void check_applied_through(const lint::Settings& settings, const Project& project, Answer& answer) {
  // A run on a part of what the configuration speaks of need not know every history.
  const std::string folder = settings.configuration ? parent_path(*settings.configuration) : "";
  const bool whole = std::any_of(
      settings.paths.begin(), settings.paths.end(),
      [&](const std::string& path) { return !folder.empty() && is_below(folder, path); });
  if (!whole) return;
  for (const std::string& id : settings.applied_through) {
    const bool known = std::any_of(
        project.histories.begin(), project.histories.end(), [&](const History& history) {
          return std::any_of(history.migrations.begin(), history.migrations.end(),
                             [&](const Migration& each) { return each.id == id; });
        });
    if (!known) answer.notices.push_back(cat("`appliedThrough`: no migration is called ", id));
  }
}

// Where the time went, a line a stage. Threads that parse add up, so that the sum may be more than
// the run took.
std::vector<std::string> described(const Timings& timings, const Project& project,
                                   const lint::Summary& summary) {
  std::size_t bytes = 0;
  for (const SourceFile& each : project.files) bytes += each.text.size();
  const auto line = [](std::string_view stage, std::int64_t nanoseconds, std::string_view what) {
    const std::int64_t microseconds = std::max<std::int64_t>(nanoseconds, 0) / 1000;
    const std::string fraction = cat(microseconds % 1000 + 1000).substr(1);
    return cat(stage, std::string(stage.size() < 7 ? 7 - stage.size() : 0, ' '),
               microseconds / 1000, ".", fraction, " ms", what);
  };
  return {
      line("read", timings.read, cat("  ", project.files.size(), " files, ", bytes, " bytes")),
      line("parse", timings.parse - timings.lower, cat("  ", summary.migrations, " migrations")),
      line("lower", timings.lower, cat("  ", summary.statements, " statements")),
      line("replay", timings.replay - timings.wait - timings.rules, ""),
      line("rules", timings.rules, cat("  ", summary.rules, " rules")),
      line("report", timings.report, "")};
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

// What a server made of the project: tried now, or read from a file; nothing where neither is asked
// for.
Result<std::optional<lint::Verification>> verification_of(const Run& run, const Options& options,
                                                          const Environment& environment,
                                                          Project& project) {
  std::optional<lint::Verification> none;
  if (!options.verify && options.verification.empty()) return none;
  if (run.standard_input) return Error{"a history is verified, and standard input holds none"};
  auto made = [&]() -> Result<lint::Verification> {
    if (options.verify) return run_histories(project, run.settings, options, environment, {});
    const auto text = environment.files.read(options.verification);
    if (!text) return text.error();
    return report::read_verification(*text, options.verification, project);
  }();
  if (!made) return made.error();
  return std::optional(*std::move(made));
}

}  // namespace

Result<Answer> judge(const Options& options, const Environment& environment, report::Mode mode) {
  auto run = prepare(options, environment);
  if (!run) return run.error();
  const auto plugins = start_plugins(options.plugins);
  if (!plugins) return plugins.error();
  run->settings.outsider = plugins->get();
  Timings timings;
  if (options.timings) run->settings.timings = &timings;
  std::optional<lint::LiveDatabase> live;
  if (!options.database_url.empty()) {
    auto read = environment.database->look(options.database_url);
    if (!read) return read.error();
    live = *std::move(read);
    run->settings.live = &*live;
    // Nobody knows the server's version better than the server.
    if (!options.pg_version) {
      if (const auto version = pg_version(live->facts.server_version)) {
        run->settings.pg_version = version->version;
        run->settings.pg_version_given = true;
      }
    }
  }
  auto report = report_of(*run, options, environment);
  if (!report) return report.error();

  const auto verification = verification_of(*run, options, environment, *report->project);
  if (!verification) return verification.error();

  Answer answer;
  answer.notices = run->notices;
  if (live) answer.notices.push_back(asked(live->facts));
  for (const std::string& note : unfinished_writes(*report->project, environment.files))
    answer.notices.push_back(cat(note, ": ", repair::write_was_cut_short));
  const std::optional<Severity> fails_at = severity_of(run->fail_on);
  const std::vector<Output> outputs = outputs_of(options);
  answer.status = fails(report->summary, fails_at) ? exit_findings : exit_clean;
  if (const auto& tried = *verification) {
    if (!tried->clean() && fails_at) answer.status = exit_findings;
    // Formats for findings alone do not show it.
    const bool told = std::any_of(outputs.begin(), outputs.end(), [](const Output& each) {
      return each.file.empty() && (each.format == "text" || each.format == "markdown");
    });
    if (!told || options.quiet)
      answer.notices.push_back(cat("on ", tried->server, ": ", report::applied_sentence(*tried),
                                   ": ", report::outcome(*tried)));
  }
  // Text and JSON name files as they were given; what a code host reads, as it knows them.
  const bool for_host = std::any_of(outputs.begin(), outputs.end(), [](const Output& each) {
    return each.format != "text" && each.format != "json";
  });
  report::Repository repository;
  if (for_host)
    repository = report::find_repository(run->standard_input ? "." : run->settings.paths.front(),
                                         environment.files);
  if (!report->unmatched.empty() && report->compared_with.empty()) {
    const std::size_t count = report->unmatched.size();
    answer.notices.push_back(
        cat(run->baseline, ": ", count, count == 1 ? " entry matches" : " entries match",
            " nothing any more: `migguard baseline` takes ", count == 1 ? "it" : "them", " out"));
  }
  check_applied_through(run->settings, *report->project, answer);
  answer.report = std::make_unique<lint::Report>(*std::move(report));
  for (const Output& output : outputs) {
    const bool shown = output.file.empty();
    const report::RenderOptions render{.mode = mode,
                                       .repository = repository,
                                       .fails_at = fails_at,
                                       .color = shown && environment.color,
                                       .width = shown ? environment.width : 100,
                                       .verbose = options.verbose,
                                       .quiet = options.quiet,
                                       .verification = *verification ? &**verification : nullptr};
    const report::Render made = report::format_named(output.format)->render;
    // A verdict for standard output is written while it is made, when all else is.
    if (shown && mode == report::Mode::lint && !options.timings) {
      answer.documents.push_back({.make = [made, render, &judged = *answer.report](auto take) {
        report::RenderOptions in_pieces = render;
        in_pieces.take = std::move(take);
        return made(judged, in_pieces);
      }});
      continue;
    }
    const Stopwatch rendering(run->settings.timings, &Timings::report);
    answer.documents.push_back({made(*answer.report, render), output.file});
  }
  if (options.timings) {
    for (std::string& each : described(timings, *answer.report->project, answer.report->summary))
      answer.notices.push_back(std::move(each));
  }
  return answer;
}

}  // namespace migguard::cli
