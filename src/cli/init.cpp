// `migguard init`: a first configuration, from what was detected, with what it does not set said in
// comments.
#include <cli/command.hpp>
#include <cli/config.hpp>
#include <cli/config_schema.hpp>
#include <cli/settings.hpp>
#include <report/json_writer.hpp>
#include <report/style.hpp>
#include <util/text.hpp>

#include <algorithm>

namespace migguard::cli {
namespace {

// As JSON and as text alike: names of files may hold anything.
std::string in_quotes(std::string_view text) {
  report::JsonWriter out;
  std::string line = out.begin_array().value(text).end_array().take();
  return line.substr(1, line.size() - 3);
}

std::string found(const History& history) {
  const std::size_t count = history.migrations.size();
  return cat("  //   ", printable(history.folder), ": ", display_name(history.tool), ", ",
             report::count(count, "migration"), "\n");
}

// The newest migration of each history: what production has run by now.
std::vector<std::string> newest(const Project& project) {
  std::vector<std::string> names;
  for (const History& history : project.histories) {
    const auto last = std::find_if(history.migrations.rbegin(), history.migrations.rend(),
                                   [](const Migration& each) { return each.listed; });
    if (last != history.migrations.rend() && !history.loose) names.push_back(last->id);
  }
  return names;
}

std::string list(const std::vector<std::string>& names) {
  if (names.size() == 1) return in_quotes(names.front());
  std::string out = "[";
  for (const std::string& each : names) out += cat(out.size() > 1 ? ", " : "", in_quotes(each));
  return out + "]";
}

std::string written(const lint::Report& report, const lint::Settings& settings) {
  const Project& project = *report.project;
  std::string out = "// migguard's configuration; every key: docs/configuration.md\n{\n";
  out += project.histories.empty() ? "  // No migrations were found. Where they are:\n"
                                   : "  // Found, each by its own evidence:\n";
  for (const History& history : project.histories) out += found(history);
  if (project.histories.empty()) {
    out += "  // \"migrations\": [{ \"folder\": \"db/migrations\", \"tool\": \"plain\" }],\n";
  }
  out += cat("\n  // The major version of production, from 12.\n  \"pgVersion\": ",
             project.server_version.value_or(settings.pg_version), ",\n");
  const auto names = newest(project);
  out +=
      "\n  // The newest migration that production has run, so that what it and those before it "
      "destroyed\n  // or locked counts as history; one for each history.\n";
  out += cat("  // \"appliedThrough\": ", names.empty() ? in_quotes("0042_add_total") : list(names),
             ",\n");
  out += R"(
  // What makes the exit status 1: "error", "warning", "note" or "never".
  "failOn": "error",

  // "off", "note", "warning" or "error", for a rule or a family; `migguard rules` lists them.
  "rules": {},

  // Tables on which nothing takes long.
  "smallTables": [],

  // What is not read at all.
  "ignore": []
}
)";
  return out;
}

std::string next_steps(const lint::Report& report, const std::string& file) {
  std::string out = cat(file, " is written. Next:\n");
  const auto names = newest(*report.project);
  const bool much = report.summary.errors + report.summary.warnings > 0;
  if (much && !names.empty())
    out += cat("  set appliedThrough in it, where production has run ", printable(names.back()),
               ": the past falls silent\n");
  if (much) out += "  migguard baseline             accept what is left of today's findings\n";
  out += "  migguard lint --since origin/main   in CI: only what a branch adds\n";
  out += "  migguard lint --staged        in a git hook: only what would be committed\n";
  return out + "docs/adopting.md has recipes for both.\n";
}

Result<Answer> run_init(const Options& options, const Environment& environment) {
  Answer answer;
  if (options.schema) {
    answer.documents.push_back({config_schema()});
    return answer;
  }
  const std::string folder = options.arguments.empty() ? "." : options.arguments.front();
  if (!environment.files.is_directory(folder)) return Error{"no such directory", folder};
  const std::string file = join_path(normalize_path(folder), config_name);
  if (environment.files.exists(file))
    return Error{"is there already, and stays as it is; delete it to begin anew", file};
  if (const std::string above = find_config(folder, environment.files); !above.empty()) {
    return Error{cat("already holds for this folder; say there in `overrides` what is different "
                     "here"),
                 above};
  }
  auto run = prepare(options, environment);
  if (!run) return run.error();
  const auto report = lint::lint(run->settings, environment.files);
  if (!report) return report.error();

  answer.notices = run->notices;
  answer.documents.push_back({written(*report, run->settings), file});
  const report::RenderOptions render{
      .mode = report::Mode::audit, .color = environment.color, .width = environment.width};
  answer.documents.push_back({cat(report::overview(*report, render), next_steps(*report, file))});
  return answer;
}

}  // namespace

const Command init_command{
    .name = "init",
    .arguments = "[PATH]",
    .max_arguments = 1,
    .summary = "write a first migguard.json from what is detected",
    .description =
        "Looks at a project, writes a commented migguard.json into it, and says what would be "
        "reported today and what to do next. A file that is there is never overwritten.",
    .examples = R"(
migguard init                                     the project in this folder
migguard init --schema > migguard.schema.json     for editors: "$schema" in migguard.json
)",
    .flags = flags_project | flags_init,
    .run = run_init,
};

}  // namespace migguard::cli
