// `migguard baseline`: accepts what is found today. The file only shrinks: once it is there, what
// was mended goes, and nothing new comes.
#include <cli/baseline.hpp>
#include <cli/command.hpp>
#include <cli/plugin.hpp>
#include <cli/settings.hpp>
#include <lint/identity.hpp>
#include <migguard/source.hpp>
#include <report/json_writer.hpp>
#include <util/json.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <set>

namespace migguard::cli {
namespace {

std::string written(const std::set<lint::BaselineEntry>& entries) {
  using Layout = report::JsonWriter::Layout;
  report::JsonWriter out;
  out.begin_object(Layout::block).member("version", 1);
  out.key("findings").begin_array(Layout::block);
  for (const lint::BaselineEntry& each : entries) {
    out.begin_object().member("rule", each.rule).member("path", each.path);
    out.member("subject", each.subject).member("ordinal", each.ordinal).end_object();
  }
  return out.end_array().end_object().take();
}

// A path as shown, relative to the folder of the baseline; as it is where it lies elsewhere.
std::string below(const std::string& path, const std::string& folder, const FileSystem& files) {
  const auto here = files.canonical(".");
  const auto top = files.canonical(folder);
  if (!here || !top) return path;
  const std::string whole = path.starts_with('/') ? path : join_path(*here, path);
  const std::string prefix = *top == "/" ? *top : cat(*top, "/");
  return whole.starts_with(prefix) ? whole.substr(prefix.size()) : path;
}

Result<Answer> run_baseline(const Options& options, const Environment& environment) {
  auto run = prepare(options, environment);
  if (!run) return run.error();
  if (run->standard_input) return Error{"standard input has no place in a baseline"};
  // An entry accepts one finding: what a report says once must be known one by one.
  run->settings.one_by_one = true;
  const auto plugins = start_plugins(options.plugins);
  if (!plugins) return plugins.error();
  run->settings.outsider = plugins->get();
  const auto report = lint::lint(run->settings, environment.files);
  if (!report) return report.error();

  const std::string folder = parent_path(run->baseline);
  std::set<lint::BaselineEntry> entries;
  std::size_t added = 0, refused = 0;
  const auto add = [&](lint::BaselineEntry entry) {
    entry.path = below(entry.path, folder, environment.files);
    entries.insert(std::move(entry));
  };
  const auto identities = lint::identify(*report->project, report->findings);
  for (std::size_t index = 0; index < report->findings.size(); ++index) {
    const Finding& finding = report->findings[index];
    if (finding.status != Status::open) continue;
    ++(run->has_baseline ? refused : added);
    if (run->has_baseline) continue;
    add({std::string(finding.rule), finding.source->path, identities[index].subject,
         identities[index].ordinal});
  }
  for (const lint::BaselineEntry& each : run->settings.baseline) {
    const auto& gone = report->unmatched;
    if (std::find(gone.begin(), gone.end(), each) == gone.end()) add(each);
  }

  Answer answer;
  answer.notices = run->notices;
  if (entries.empty() && !run->has_baseline) {
    answer.documents.push_back({"nothing to accept, and so no file is written\n"});
    return answer;
  }
  answer.documents.push_back({written(entries), run->baseline});
  std::string said = cat(run->baseline, ": ", entries.size(), " accepted");
  if (added) said += cat(", ", added, " of them today");
  if (!report->unmatched.empty()) said += cat(", ", report->unmatched.size(), " taken out");
  if (refused) said += cat("; ", refused, " found since are not: a baseline only shrinks");
  answer.documents.push_back({said + "\n"});
  return answer;
}

}  // namespace

Result<std::vector<lint::BaselineEntry>> read_baseline(std::string path, std::string text) {
  const SourceFile source(std::move(path), std::move(text));
  const auto wrong = [&](std::size_t offset, std::string message) {
    const Position at = source.position(offset);
    return Error{std::move(message), source.path, at.line, at.column};
  };
  const auto parsed = json::parse(source.text, {.comments = true, .trailing_commas = true});
  if (const auto* failure = std::get_if<json::Failure>(&parsed)) {
    return wrong(failure->offset, failure->message);
  }
  const auto& root = std::get<json::Value>(parsed);
  const json::Value* version = root.get("version");
  const json::Value* findings = root.get("findings");
  if (!version || version->integer() != 1 || !findings || !findings->is_array()) {
    return wrong(0, "this is no baseline of version 1; `migguard baseline` writes one");
  }
  std::vector<lint::BaselineEntry> entries;
  for (const json::Value& item : findings->items) {
    const json::Value* rule = item.get("rule");
    const json::Value* file = item.get("path");
    const json::Value* subject = item.get("subject");
    const json::Value* ordinal = item.get("ordinal");
    const auto number = ordinal ? ordinal->integer() : std::nullopt;
    if (!rule || !file || !subject || !number || *number < 1 || *number > 1'000'000'000) {
      return wrong(item.span.begin, "an entry needs a rule, a path, a subject and an ordinal");
    }
    entries.push_back({rule->text, file->text, subject->text, static_cast<std::uint32_t>(*number)});
  }
  return entries;
}

const Command baseline_command{
    .name = "baseline",
    .arguments = "[PATH...]",
    .summary = "accept today's findings, so that only new ones count",
    .description =
        "Writes what is found today to migguard-baseline.json, beside the configuration or in the "
        "working directory; commit it. `migguard lint` then counts only what is new. An entry "
        "follows its statement through reformatting and moved lines, and is void once a literal "
        "changes. A baseline only shrinks: run again, this takes out what no longer matches and "
        "adds nothing; to begin anew, delete the file.",
    .examples = R"(
migguard baseline                          accept what the project in this folder has
migguard baseline --baseline old.json db   another file, one folder
migguard lint --baseline old.json db       count what is new since
)",
    .flags = flags_project | flags_verdict | flags_plugin,
    .run = run_baseline,
};

}  // namespace migguard::cli
