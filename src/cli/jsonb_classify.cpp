// `migguard jsonb classify`: what the classifier says of keys, one JSON object a line in and out.
#include <cli/jsonb.hpp>
#include <cli/settings.hpp>
#include <jsonb/value.hpp>
#include <migguard/jsonb.hpp>
#include <report/json_writer.hpp>
#include <util/json.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <variant>

namespace migguard::cli {
namespace {

using jsonb::Classification;

Error broken(std::size_t line, std::size_t column, std::string message) {
  Error error{std::move(message)};
  error.path = "<stdin>";
  error.line = line;
  error.column = column;
  return error;
}

// The text of a member that may be left out or null, or an error where it is anything else.
Result<std::string> text_member(const json::Value& object, std::string_view name,
                                std::size_t line) {
  const json::Value* value = object.get(name);
  if (!value || value->kind == json::Kind::null) return std::string();
  if (value->is_string()) return value->text;
  return broken(line, value->span.begin + 1, cat("`", name, "` must be a string"));
}

// Confidence is the least of the key's and the column's (no column: the key's alone).
void weigh_column(Classification& found, std::string_view column, const JsonbSettings& settings) {
  const std::size_t point = column.rfind('.');
  const std::string_view table =
      point == std::string_view::npos ? std::string_view() : column.substr(0, point);
  const std::string_view name = point == std::string_view::npos ? column : column.substr(point + 1);
  switch (jsonb::column_tier(table, name, settings)) {
    case jsonb::ColumnTier::guarded:
      found.evidence.emplace_back("column=guarded");
      break;
    case jsonb::ColumnTier::lower:
      found.evidence.emplace_back("column=guarded lower");
      found.level = std::min(found.level, jsonb::Level::medium);
      break;
    case jsonb::ColumnTier::exempt:
    case jsonb::ColumnTier::unlisted:
      found.evidence.emplace_back("column=not guarded");
      found.level = jsonb::Level::none;
      break;
  }
  if (found.level == jsonb::Level::none) {
    found.kind = jsonb::Class::none;
    found.suggestion.clear();
  }
}

Result<std::string> answer_line(std::string_view text, std::size_t line,
                                const JsonbSettings& settings) {
  const auto parsed = json::parse(text);
  if (const auto* failure = std::get_if<json::Failure>(&parsed)) {
    return broken(line, failure->offset + 1, cat("this line is no JSON: ", failure->message));
  }
  const auto& object = std::get<json::Value>(parsed);
  if (!object.is_object() || !object.get("key")) {
    return broken(line, 1, "each line must be an object with a `key`: {\"key\": \"unitPrice\"}");
  }
  const auto key = text_member(object, "key", line);
  if (!key) return key.error();
  const auto path = text_member(object, "path", line);
  if (!path) return path.error();
  const auto column = text_member(object, "column", line);
  if (!column) return column.error();

  const json::Value* value = object.get("value");
  Classification found = jsonb::classify_listed(
      *column, *key, *path, value ? jsonb::describe(*value) : jsonb::ValueFacts{}, settings);
  if (!column->empty()) weigh_column(found, *column, settings);
  report::JsonWriter out;
  out.begin_object().member("key", *key).member("monetary", found.monetary());
  out.member("confidence", jsonb::to_string(found.level));
  out.member("class", jsonb::to_string(found.kind));
  out.key("evidence").begin_array();
  for (const std::string& each : found.evidence) out.value(each);
  out.end_array();
  if (!found.suggestion.empty()) out.member("suggestion", found.suggestion);
  return out.end_object().take();
}

}  // namespace

Result<Answer> jsonb_classify(const Options& options, const Environment& environment) {
  const auto settings = jsonb_settings(options, environment);
  if (!settings) return settings.error();
  std::vector<std::string> names(jsonb_arguments(options).begin(), jsonb_arguments(options).end());
  if (names.empty()) names = {"-"};
  Answer answer;
  std::string out;
  for (const std::string& name : names) {
    const bool standard_input = name == "-";
    const auto text =
        standard_input ? environment.read_standard_input() : environment.files.read(name);
    if (!text) return text.error();
    std::size_t number = 0;
    for (const std::string_view line : split(*text, '\n')) {
      ++number;
      if (trim(line).empty()) continue;
      auto answered = answer_line(line, number, *settings);
      if (answered) {
        out += *answered;
        continue;
      }
      // A line of its own, so that answers stay beside their questions.
      const Error& error = answered.error();
      report::JsonWriter wrong;
      wrong.begin_object().member("line", number).member("error", error.message);
      out += wrong.end_object().take();
      answer.notices.push_back(cat(printable(standard_input ? "<stdin>" : name), ":", number, ":",
                                   error.column, ": ", error.message));
      answer.status = exit_failure;
    }
  }
  for (const Output& output : outputs_of(options)) answer.documents.push_back({out, output.file});
  return answer;
}

}  // namespace migguard::cli
