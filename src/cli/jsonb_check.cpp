// `migguard jsonb check`: every key of a payload that holds money. The answer is written while the
// input is read, so that neither may be too long.
#include <cli/jsonb.hpp>
#include <cli/settings.hpp>
#include <cli/terminal.hpp>
#include <jsonb/walk.hpp>
#include <report/json_writer.hpp>
#include <report/style.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace migguard::cli {
namespace {

std::string full_path(const std::string& column, std::string_view path) {
  return cat(column, path.starts_with("[") ? "" : ".", path);
}

// A path as people can read it: a long one without its middle.
std::string short_path(std::string_view path) {
  constexpr std::size_t longest = 120, head = 50, tail = 60;
  std::string shown = printable(path);
  if (shown.size() <= longest) return shown;
  std::size_t end = head, begin = shown.size() - tail;
  const auto inside = [&](std::size_t at) {
    return (static_cast<unsigned char>(shown[at]) & 0xC0) == 0x80;
  };
  while (inside(end)) --end;
  while (inside(begin)) ++begin;
  return cat(shown.substr(0, end), "...", shown.substr(begin));
}

// Hits of one path, whatever the items of arrays they stand in, and whatever the document.
struct Group {
  json::Place place;  // of the first
  std::string path, shape;
  Severity severity = Severity::note;
  jsonb::Class kind = jsonb::Class::none;
  std::string because;
  std::uint64_t count = 0;
  std::uint64_t lines = 0;  // that have any
  std::size_t last_line = 0;
};

// Where one format of the answer goes.
struct Sink {
  Output output;
  std::string text;  // not written yet; of a file, all of it
  report::JsonWriter json;
  bool first = true;
};

class Check {
 public:
  Check(const Options& options, const Environment& environment, const JsonbSettings& settings)
      : options_(options),
        environment_(environment),
        settings_(settings),
        column_(options.column.empty() ? "metadata" : options.column) {
    for (const Output& output : outputs_of(options)) sinks_.push_back({output, {}, {}, true});
  }

  Result<Answer> run();

 private:
  void read(const std::string& name);
  void tell(const std::string& name, const jsonb::Hit& hit);
  void gather(const std::string& name, const jsonb::Hit& hit, Severity severity,
              std::string because);
  void tell_groups(const std::string& name);
  void complain(const std::string& name, const json::Broken& broken);
  void text_line(Sink& sink, const std::string& name, const json::Place& place, Severity severity,
                 std::string_view message, std::string_view because);
  void progress(const jsonb::Walker::Streamed& so_far);
  void flush(bool all);
  void begin();
  void finish();
  std::string summary() const;

  const Options& options_;
  const Environment& environment_;
  const JsonbSettings& settings_;
  std::string column_;
  std::vector<Sink> sinks_;
  std::optional<jsonb::Walker> walker_;
  ProgressMeter meter_;
  std::array<std::uint64_t, 3> counts_{};  // by severity
  std::uint64_t documents_ = 0, bytes_ = 0, broken_ = 0;
  std::vector<std::string> broken_json_;  // what the json format says of them, at its end
  std::optional<Error> error_;
  std::vector<Group> groups_;  // of the input that is read, in the order of their first hits
  std::unordered_map<std::string, std::size_t> group_of_;
  std::uint64_t paths_ = 0;
  bool by_line_ = false;  // each document of the input is a line
  bool closed_ = false;   // nobody reads standard output any more
};

void Check::flush(bool all) {
  constexpr std::size_t piece = std::size_t{64} << 10;
  for (Sink& sink : sinks_) {
    if (!sink.output.file.empty() || closed_ || error_ || (!all && sink.text.size() < piece))
      continue;
    const auto written = environment_.write_standard_output(sink.text);
    sink.text.clear();
    if (!written)
      error_ = written.error();
    else
      closed_ = !*written;
  }
}

void Check::text_line(Sink& sink, const std::string& name, const json::Place& place,
                      Severity severity, std::string_view message, std::string_view because) {
  const std::string_view label = to_string(severity);
  // Colours are for the terminal; a file gets none.
  const report::Painter paint(environment_.color && sink.output.file.empty());
  std::string at = cat(printable(name), ":");
  if (place.line != 0) at += cat(place.line, ":", place.column, ":");
  sink.text +=
      cat(paint(report::Style::bold, at), " ", paint(report::style_of(severity), cat(label, ":")),
          " ", printable(message), "\n");
  if (!options_.quiet && !because.empty())
    sink.text += cat("    ", paint(report::Style::dim, printable(because)), "\n");
}

void Check::tell(const std::string& name, const jsonb::Hit& hit) {
  const jsonb::Classification& verdict = hit.verdict;
  const Severity severity = jsonb_severity(verdict, settings_);
  ++counts_[static_cast<std::size_t>(severity)];
  const std::string path = full_path(column_, hit.path);
  std::string evidence;
  for (const std::string& each : verdict.evidence)
    evidence += cat(evidence.empty() ? "" : ", ", each);
  std::string typed;
  if (const auto row = settings_.matrix.find(column_); row != settings_.matrix.end()) {
    for (const std::string_view wanted : {hit.shape, hit.key}) {
      const auto cell = row->second.find(std::string(wanted));
      if (cell != row->second.end() && typed.empty()) typed = cell->second;
    }
  }
  const std::string suggestion = typed.empty() ? verdict.suggestion : typed;
  const std::string message =
      cat(path, " holds ", jsonb_words(verdict.kind), " [", jsonb_code, "]");
  const std::string where = typed.empty() ? cat("a column of type ", suggestion) : typed;
  gather(name, hit, severity, cat(evidence, "; it belongs in ", where));
  for (Sink& sink : sinks_) {
    if (sink.output.format == "text") continue;
    sink.text += sink.first ? "\n" : ",\n";
    sink.first = false;
    report::JsonWriter& out = sink.json;
    out.begin_object().member("code", jsonb_code).member("severity", to_string(severity));
    out.member("path", name).member("line", hit.place.line).member("column", hit.place.column);
    out.member("offset", hit.place.offset).member("message", message);
    out.key("data").begin_object().member("column", column_).member("path", hit.path);
    out.member("full_path", path).member("key", hit.key);
    out.member("confidence", jsonb::to_string(verdict.level));
    out.member("class", jsonb::to_string(verdict.kind)).member("evidence", evidence);
    out.member("suggestion", suggestion).end_object().end_object();
    std::string line = out.take();
    line.pop_back();
    sink.text += cat("  ", line);
  }
  flush(false);
}

void Check::gather(const std::string& name, const jsonb::Hit& hit, Severity severity,
                   std::string because) {
  const std::string key =
      cat(static_cast<int>(severity), static_cast<int>(hit.verdict.kind), hit.shape);
  constexpr std::size_t most = 10'000;  // paths need not end, where keys are identifiers
  if (groups_.size() == most && group_of_.count(key) == 0) tell_groups(name);
  const auto [known, is_new] = group_of_.emplace(key, groups_.size());
  if (is_new) {
    groups_.push_back({hit.place, std::string(hit.path), std::string(hit.shape), severity,
                       hit.verdict.kind, std::move(because), 0, 0, 0});
  }
  Group& group = groups_[known->second];
  ++group.count;
  group.lines += group.last_line != hit.place.line;
  group.last_line = hit.place.line;
}

void Check::tell_groups(const std::string& name) {
  paths_ += groups_.size();
  for (const Group& each : groups_) {
    std::string often;
    if (each.count > 1) {
      often = cat(", ", each.count, " times");
      if (by_line_) often += cat(" in ", report::count(each.lines, "document"));
    }
    const std::string path = full_path(column_, each.count > 1 ? each.shape : each.path);
    for (Sink& sink : sinks_) {
      if (sink.output.format == "text")
        text_line(
            sink, name, each.place, each.severity,
            cat(short_path(path), " holds ", jsonb_words(each.kind), often, " [", jsonb_code, "]"),
            each.because);
    }
    flush(false);
  }
  groups_.clear();
  group_of_.clear();
}

void Check::complain(const std::string& name, const json::Broken& broken) {
  ++broken_;
  const std::string message = broken.input ? broken.message : cat("no JSON: ", broken.message);
  std::string advice;
  if (broken.limit) advice = "`--max-bytes` and `--max-depth` set the limits";
  for (Sink& sink : sinks_) {
    if (sink.output.format == "text")
      text_line(sink, name, broken.place, Severity::error, message, advice);
  }
  constexpr std::size_t most = 10'000;
  if (broken_json_.size() < most) {
    report::JsonWriter out;
    out.begin_object().member("path", name).member("line", broken.place.line);
    out.member("column", broken.place.column).member("message", message).end_object();
    broken_json_.push_back(out.take());
    broken_json_.back().pop_back();
  }
  flush(false);
}

void Check::progress(const jsonb::Walker::Streamed& so_far) {
  if (!meter_.due()) return;
  constexpr std::uint64_t megabyte = 1'000'000;
  const std::uint64_t bytes = bytes_ + so_far.bytes;
  const double seconds = meter_.elapsed().count();
  const auto rate = static_cast<std::uint64_t>(static_cast<double>(bytes) / seconds);
  const std::uint64_t found = counts_[0] + counts_[1] + counts_[2];
  meter_.show(cat("migguard: ", bytes / megabyte, " MB, ", documents_ + so_far.documents,
                  " documents, ", rate / megabyte, " MB/s, ", found, " keys found"));
}

void Check::read(const std::string& name) {
  const bool standard_input = name == "-";
  auto stream = standard_input ? open_stream({}) : environment_.files.open(name);
  const std::string shown = standard_input ? "<stdin>" : name;
  if (!stream) {
    complain(shown, {.place = {0, 0, 0}, .message = stream.error().message, .input = true});
    return;
  }
  const bool lines = options_.lines || name.ends_with(".ndjson") || name.ends_with(".jsonl");
  by_line_ = lines;
  const jsonb::Walker::StreamEvents events{
      [&](const jsonb::Hit& hit) { tell(shown, hit); },
      [&](const json::Broken& broken) { complain(shown, broken); },
      [&](const jsonb::Walker::Streamed& so_far) {
        progress(so_far);
        return !closed_ && !error_;
      }};
  const auto streamed = walker_->stream(**stream, lines, events);
  documents_ += streamed.documents;
  bytes_ += streamed.bytes;
  tell_groups(shown);
}

std::string Check::summary() const {
  std::string text = report::count(documents_, "document");
  if (broken_ != 0) text += cat(", ", broken_, " not readable");
  text += ": ";
  if (counts_[0] + counts_[1] + counts_[2] == 0) return text + "no money found";
  const std::array<std::string_view, 3> names{"note", "warning", "error"};
  bool any = false;
  for (std::size_t i = names.size(); i-- > 0;) {
    if (counts_[i] == 0) continue;
    text += cat(any ? ", " : "", report::count(counts_[i], names[i]));
    any = true;
  }
  // Where they are as many as the hits, every line says its own.
  if (paths_ != counts_[0] + counts_[1] + counts_[2])
    text += cat(" at ", report::count(paths_, "path"));
  return text;
}

void Check::begin() {
  for (Sink& sink : sinks_) {
    if (sink.output.format == "json") sink.text += "{\"version\": 1, \"findings\": [";
  }
}

void Check::finish() {
  for (Sink& sink : sinks_) {
    if (sink.output.format == "text") {
      if (!options_.quiet) sink.text += summary() + "\n";
      continue;
    }
    sink.text += sink.first ? "],\n" : "\n],\n";
    sink.text += "\"broken\": [";
    for (const std::string& each : broken_json_)
      sink.text += cat(&each == &broken_json_.front() ? "\n  " : ",\n  ", each);
    sink.text += broken_json_.empty() ? "],\n" : "\n],\n";
    report::JsonWriter out;
    out.begin_object().member("documents", documents_).member("bytes", bytes_);
    out.member("broken", broken_).member("errors", counts_[2]).member("warnings", counts_[1]);
    out.member("notes", counts_[0]).end_object();
    std::string line = out.take();
    line.pop_back();
    sink.text += cat("\"summary\": ", line, "}\n");
  }
}

Result<Answer> Check::run() {
  jsonb::WalkSettings walk{.column = column_, .jsonb = &settings_};
  walk.least = std::min(jsonb::Level::medium, jsonb::level_named(settings_.min_confidence));
  walk.limits.bytes = options_.max_bytes;
  walk.limits.depth = options_.max_depth;
  walker_.emplace(walk);

  Answer answer;
  const std::size_t point = column_.rfind('.');
  const auto tier = jsonb::column_tier(
      point == std::string::npos ? std::string_view() : std::string_view(column_).substr(0, point),
      point == std::string::npos ? column_ : column_.substr(point + 1), settings_);
  if (tier == jsonb::ColumnTier::exempt) {
    answer.notices.push_back(
        cat("`", column_, "` is exempt from the guard, so nothing in it is reported"));
  }
  std::vector<std::string> names(jsonb_arguments(options_).begin(),
                                 jsonb_arguments(options_).end());
  if (names.empty()) names = {"-"};
  begin();
  for (const std::string& name : names) {
    if (!closed_ && !error_) read(name);
  }
  finish();
  flush(true);
  if (error_) return *error_;
  for (Sink& sink : sinks_) {
    if (!sink.output.file.empty()) answer.documents.push_back({sink.text, sink.output.file});
  }
  const FailOn fail_on = options_.fail_on.value_or(FailOn::error);
  std::uint64_t failing = 0;
  for (std::size_t severity = 0; severity < counts_.size(); ++severity) {
    if (fail_on != FailOn::never && severity >= static_cast<std::size_t>(fail_on))
      failing += counts_[severity];
  }
  answer.status = broken_ != 0 ? exit_failure : failing != 0 ? exit_findings : exit_clean;
  return answer;
}

}  // namespace

Result<Answer> jsonb_check(const Options& options, const Environment& environment) {
  const auto settings = jsonb_settings(options, environment);
  if (!settings) return settings.error();
  return Check(options, environment, *settings).run();
}

}  // namespace migguard::cli
