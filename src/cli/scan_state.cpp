#include <cli/scan_state.hpp>
#include <cli/terminal.hpp>
#include <report/json_writer.hpp>
#include <util/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

namespace migguard::cli {
namespace {

constexpr std::string_view format_name = "migguard-scan";
constexpr std::array levels{jsonb::Level::none, jsonb::Level::low, jsonb::Level::medium,
                            jsonb::Level::high};
constexpr std::array classes{jsonb::Class::none, jsonb::Class::amount, jsonb::Class::rate,
                             jsonb::Class::currency, jsonb::Class::business};

template <class Enum, std::size_t size>
Enum named(std::string_view name, const std::array<Enum, size>& all) {
  for (const Enum each : all) {
    if (jsonb::to_string(each) == name) return each;
  }
  return all.front();
}

void write(report::JsonWriter& json, const jsonb::ScannedColumn& column) {
  json.begin_object(report::JsonWriter::Layout::block)
      .member("column", column.column)
      .member("rows", column.rows)
      .member("documents", column.documents)
      .member("with_money", column.documents_with_money)
      // A JSON number of ours is an integer: a millionth of a percent is fine enough.
      .member("millionths", static_cast<std::uint64_t>(column.percent * 1e6));
  json.key("keys").begin_array(report::JsonWriter::Layout::block);
  for (const jsonb::ScannedKey& each : column.keys) {
    json.begin_object()
        .member("path", each.path)
        .member("key", each.count.key)
        .member("level", jsonb::to_string(each.count.verdict.level))
        .member("class", jsonb::to_string(each.count.verdict.kind))
        .member("suggestion", each.count.verdict.suggestion)
        .member("values", each.count.values)
        .member("documents", each.count.documents)
        .member("example", each.count.example);
    json.key("evidence").begin_array();
    for (const std::string& evidence : each.count.verdict.evidence) json.value(evidence);
    json.end_array().end_object();
  }
  json.end_array().end_object();
}

std::string text(const json::Value& object, std::string_view key) {
  const json::Value* value = object.get(key);
  return value && value->is_string() ? value->text : std::string();
}

std::uint64_t number(const json::Value& object, std::string_view key) {
  const json::Value* value = object.get(key);
  return value ? static_cast<std::uint64_t>(value->integer().value_or(0)) : 0;
}

const std::vector<json::Value>& items(const json::Value& object, std::string_view key) {
  static const std::vector<json::Value> none;
  const json::Value* value = object.get(key);
  return value && value->is_array() ? value->items : none;
}

jsonb::ScannedColumn read(const json::Value& object) {
  jsonb::ScannedColumn column;
  column.column = text(object, "column");
  column.rows = number(object, "rows");
  column.documents = number(object, "documents");
  column.documents_with_money = number(object, "with_money");
  column.percent = static_cast<double>(number(object, "millionths")) / 1e6;
  for (const json::Value& each : items(object, "keys")) {
    jsonb::ScannedKey& key = column.keys.emplace_back();
    key.path = text(each, "path");
    key.count.key = text(each, "key");
    key.count.verdict.level = named(text(each, "level"), levels);
    key.count.verdict.kind = named(text(each, "class"), classes);
    key.count.verdict.suggestion = text(each, "suggestion");
    key.count.values = number(each, "values");
    key.count.documents = number(each, "documents");
    key.count.example = text(each, "example");
    for (const json::Value& evidence : items(each, "evidence"))
      key.count.verdict.evidence.push_back(evidence.text);
  }
  return column;
}

}  // namespace

std::optional<Error> ScanState::open(const FileSystem& files, std::string what) {
  what_ = std::move(what);
  if (path_.empty() || !files.exists(path_)) return std::nullopt;
  const auto kept = files.read(path_);
  if (!kept) return kept.error();
  const auto parsed = json::parse(*kept);
  const auto* object = std::get_if<json::Value>(&parsed);
  if (!object || !object->is_object() || text(*object, "format") != format_name)
    return Error{"this is no file that `migguard jsonb scan --resume` has kept", path_};
  if (text(*object, "scan") != what_) {
    return Error{cat("this was kept by another scan (", text(*object, "scan"), ", not ", what_,
                     "): name another file, or delete it"),
                 path_};
  }
  for (const json::Value& each : items(*object, "tables")) tables_.push_back(each.text);
  for (const json::Value& each : items(*object, "columns")) columns_.push_back(read(each));
  return std::nullopt;
}

bool ScanState::has(const std::string& table) const {
  return std::find(tables_.begin(), tables_.end(), table) != tables_.end();
}

std::optional<Error> ScanState::add(const std::string& table,
                                    std::vector<jsonb::ScannedColumn> columns) {
  tables_.push_back(table);
  for (jsonb::ScannedColumn& each : columns) columns_.push_back(std::move(each));
  if (path_.empty()) return std::nullopt;
  report::JsonWriter json;
  json.begin_object(report::JsonWriter::Layout::block)
      .member("format", format_name)
      .member("version", 1)
      .member("scan", what_);
  json.key("tables").begin_array();
  for (const std::string& each : tables_) json.value(each);
  json.end_array().key("columns").begin_array(report::JsonWriter::Layout::block);
  for (const jsonb::ScannedColumn& each : columns_) write(json, each);
  json.end_array().end_object();
  return write_file(path_, json.take());
}

void ScanState::close() const {
  if (!path_.empty()) std::remove(path_.c_str());
}

}  // namespace migguard::cli
