// `migguard jsonb scan`: every key of a live database's JSON columns that holds money, counted.
#include <cli/jsonb.hpp>
#include <cli/scan_state.hpp>
#include <cli/settings.hpp>
#include <cli/terminal.hpp>
#include <report/json_writer.hpp>
#include <report/style.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <array>

namespace migguard::cli {
namespace {

using report::Painter;
using report::Style;

// `1.2`, with one digit, or `0.05` where it is less than one.
std::string decimal(double value) {
  std::string text = std::to_string(value);
  text.resize(std::min(text.size(), text.find('.') + (value < 1 ? 4 : 2)));
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string full_path(const jsonb::ScannedColumn& column, const jsonb::ScannedKey& key) {
  return cat(column.column, key.path.starts_with("[") ? "" : ".", key.path);
}

// What a scan says of a key.
std::string message(const jsonb::ScannedColumn& column, const jsonb::ScannedKey& key,
                    bool in_database) {
  std::string text = cat(
      full_path(column, key), " holds ", jsonb_words(key.count.verdict.kind),
      in_database
          ? key.count.values == 1 ? std::string(", once") : cat(", ", key.count.values, " times")
          : cat(" in ", key.count.documents, " of ", report::count(column.documents, "document")));
  if (!key.count.example.empty()) text += cat(", such as ", key.count.example);
  return cat(text, " [", jsonb_code, "]");
}

std::string evidence_of(const jsonb::ScannedKey& key) {
  std::string evidence;
  for (const std::string& each : key.count.verdict.evidence)
    evidence += cat(evidence.empty() ? "" : ", ", each);
  return evidence;
}

struct Found {
  std::string database;
  const std::vector<jsonb::ScannedColumn>& columns;
  const JsonbSettings& settings;
  bool in_database = false;
  std::array<std::uint64_t, 3> counts{};  // by severity

  bool sampled() const {
    return std::any_of(columns.begin(), columns.end(),
                       [](const auto& each) { return each.percent < 100; });
  }
};

std::string summary(const Found& found) {
  std::uint64_t documents = 0;
  for (const auto& each : found.columns) documents += each.documents;
  std::string text = cat(report::count(found.columns.size(), "JSON column"), " of ", found.database,
                         ", ", report::count(documents, "document"), ": ");
  if (found.columns.empty())
    return cat("no JSON column of ", found.database,
               " is guarded by its name; `--column` names one");
  const std::array<std::string_view, 3> names{"note", "warning", "error"};
  bool any = false;
  for (std::size_t index = names.size(); index-- > 0;) {
    if (found.counts[index] == 0) continue;
    text += cat(any ? ", " : "", report::count(found.counts[index], names[index]));
    any = true;
  }
  if (!any) text += "no money found";
  // The rule of three: nothing in n rows bounds the rate at 3/n, with 95 %, where pages do not
  // differ from each other.
  if (found.sampled())
    text += "\nsampled, not proven: a key that is rare may be missed; `--full` reads every row";
  return text;
}

std::string render_text(const Found& found, const Options& options, const Painter& paint) {
  std::string text;
  for (const jsonb::ScannedColumn& column : found.columns) {
    if (!options.quiet) {
      text += cat(
          paint(Style::bold, printable(column.column)), ": ",
          report::count(column.documents, "document"), " in ", report::count(column.rows, "row"),
          column.percent < 100 ? cat(", a sample of ", decimal(column.percent), " % of the table")
                               : std::string(),
          column.keys.empty() ? ", no money found" : "", "\n");
    }
    for (const jsonb::ScannedKey& key : column.keys) {
      const Severity severity = jsonb_severity(key.count.verdict, found.settings);
      text += cat(options.quiet ? "" : "  ",
                  paint(report::style_of(severity), cat(to_string(severity), ":")), " ",
                  printable(message(column, key, found.in_database)), "\n");
      if (options.quiet) continue;
      text +=
          cat("    ",
              paint(Style::dim, printable(cat(evidence_of(key), "; it belongs in a column of type ",
                                              key.count.verdict.suggestion))),
              "\n");
    }
  }
  return options.quiet ? text : cat(text, summary(found), "\n");
}

std::string render_json(const Found& found) {
  using Layout = report::JsonWriter::Layout;
  report::JsonWriter json;
  json.begin_object(Layout::block).member("version", 1).member("database", found.database);
  json.key("columns").begin_array(Layout::block);
  for (const jsonb::ScannedColumn& column : found.columns) {
    json.begin_object(Layout::block)
        .member("column", column.column)
        .member("rows", column.rows)
        .member("documents", column.documents);
    if (!found.in_database) json.member("documents_with_money", column.documents_with_money);
    json.member("sampled", column.percent < 100)
        .member("percent", decimal(column.percent))
        .member("in_database", found.in_database);
    json.key("keys").begin_array(Layout::block);
    for (const jsonb::ScannedKey& key : column.keys) {
      const jsonb::Classification& verdict = key.count.verdict;
      json.begin_object()
          .member("code", jsonb_code)
          .member("severity", to_string(jsonb_severity(verdict, found.settings)))
          .member("path", key.path)
          .member("full_path", full_path(column, key))
          .member("key", key.count.key)
          .member("confidence", jsonb::to_string(verdict.level))
          .member("class", jsonb::to_string(verdict.kind))
          .member("evidence", evidence_of(key))
          .member("suggestion", verdict.suggestion)
          .member("values", key.count.values);
      if (!found.in_database) json.member("documents", key.count.documents);
      json.member("example", key.count.example)
          .member("message", message(column, key, found.in_database))
          .end_object();
    }
    json.end_array().end_object();
  }
  json.end_array().key("summary").begin_object();
  return json.member("columns", found.columns.size())
      .member("errors", found.counts[2])
      .member("warnings", found.counts[1])
      .member("notes", found.counts[0])
      .end_object()
      .end_object()
      .take();
}

// `[######    ]  60 %`
std::string bar(std::uint64_t done, std::uint64_t expected) {
  constexpr std::size_t width = 20;
  if (expected == 0) return {};
  const double part = std::min(1.0, static_cast<double>(done) / static_cast<double>(expected));
  const auto filled = static_cast<std::size_t>(part * width);
  return cat("[", std::string(filled, '#'), std::string(width - filled, ' '), "] ",
             static_cast<int>(part * 100), " % ");
}

}  // namespace

Result<Answer> jsonb_scan(const Options& options, const Environment& environment) {
  if (!jsonb_arguments(options).empty())
    return Error{"`migguard jsonb scan` takes no file: `--database-url` names a database"};
  const auto settings = jsonb_settings(options, environment);
  if (!settings) return settings.error();
  const jsonb::ScanSettings scan{*settings, options.column, options.full, options.in_database};

  ScanState state(options.resume);
  std::string database;
  ProgressMeter meter;
  jsonb::ScanEvents events;
  events.begin = [&](const std::string& shown) {
    database = shown;
    return state.open(environment.files, cat(shown, scan.full ? ", every row" : ", sampled",
                                             scan.in_database ? ", by the server" : "",
                                             scan.columns.empty() ? "" : cat(", ", scan.columns)));
  };
  events.wanted = [&](const std::string& table) { return !state.has(table); };
  std::uint64_t rows_before = 0, bytes_before = 0;  // of the tables that are read
  jsonb::ScanProgress last;
  events.progress = [&](const jsonb::ScanProgress& progress) {
    if (progress.rows < last.rows) {
      rows_before += last.rows;
      bytes_before += last.bytes;
    }
    last = progress;
    if (!meter.due()) return;
    const double seconds = std::max(meter.elapsed().count(), 0.001);
    const auto per_second = [&](std::uint64_t amount) {
      return static_cast<std::uint64_t>(static_cast<double>(amount) / seconds);
    };
    meter.show(cat("migguard: ", progress.table, " ", bar(progress.rows, progress.expected),
                   progress.rows, " rows, ", per_second(rows_before + progress.rows), " rows/s, ",
                   per_second(bytes_before + progress.bytes) / 1'000'000, " MB/s"));
  };
  events.read = [&](const std::string& table, std::vector<jsonb::ScannedColumn> columns) {
    return state.add(table, std::move(columns));
  };
  std::vector<Error> forbidden;
  events.forbidden = [&](const Error& why) { forbidden.push_back(why); };
  const std::string url = options.database_url.empty() ? "env" : options.database_url;
  if (auto error = environment.database->scan(url, scan, events)) return *std::move(error);

  if (state.columns().empty() && !forbidden.empty()) return forbidden.front();
  if (state.columns().empty() && !scan.columns.empty())
    return Error{cat(database, " has no JSON column that `--column ", scan.columns, "` names")};
  Found found{database, state.columns(), scan.jsonb, scan.in_database, {}};
  for (const jsonb::ScannedColumn& column : found.columns) {
    for (const jsonb::ScannedKey& key : column.keys)
      ++found.counts[static_cast<std::size_t>(jsonb_severity(key.count.verdict, scan.jsonb))];
  }
  Answer answer;
  for (const Output& output : outputs_of(options)) {
    const Painter paint(environment.color && output.file.empty());
    answer.documents.push_back(
        {output.format == "json" ? render_json(found) : render_text(found, options, paint),
         output.file});
  }
  const FailOn fail_on = options.fail_on.value_or(FailOn::error);
  for (std::size_t severity = 0; severity < found.counts.size(); ++severity) {
    const bool fails = fail_on != FailOn::never && severity >= static_cast<std::size_t>(fail_on);
    if (fails && found.counts[severity] > 0) answer.status = exit_findings;
  }
  // Then the answer is not whole.
  for (const Error& each : forbidden) {
    answer.notices.push_back(each.message);
    answer.status = exit_failure;
  }
  state.close();
  return answer;
}

}  // namespace migguard::cli
