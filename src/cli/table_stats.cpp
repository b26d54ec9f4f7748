#include <cli/table_stats.hpp>
#include <migguard/source.hpp>
#include <util/json.hpp>
#include <util/text.hpp>

namespace migguard::cli {

Result<std::map<std::string, lint::TableSize>> read_table_stats(std::string path,
                                                                std::string text) {
  const SourceFile source(std::move(path), std::move(text));
  const auto wrong = [&](std::size_t offset, std::string message) {
    const Position at = source.position(offset);
    return Error{std::move(message), source.path, at.line, at.column};
  };
  const auto parsed = json::parse(source.text, {.comments = true, .trailing_commas = true});
  if (const auto* failure = std::get_if<json::Failure>(&parsed))
    return wrong(failure->offset, failure->message);
  const auto& root = std::get<json::Value>(parsed);
  const json::Value* version = root.get("version");
  const json::Value* tables = root.get("tables");
  if (!version || version->integer() != 1 || !tables || !tables->is_array())
    return wrong(root.span.begin, "this is no file of table sizes of version 1");

  std::map<std::string, lint::TableSize> sizes;
  for (const json::Value& item : tables->items) {
    const json::Value* schema = item.get("schema");
    const json::Value* table = item.get("table");
    const json::Value* rows = item.get("rows");
    const json::Value* bytes = item.get("bytes");
    if (!schema || !schema->is_string() || !table || !table->is_string() || !rows ||
        (rows->kind != json::Kind::null && !rows->integer()) || (bytes && !bytes->integer())) {
      return wrong(item.span.begin,
                   "an entry needs a `schema`, a `table` and `rows`, a whole number or null");
    }
    const std::int64_t count = rows->integer().value_or(-1);
    if (count < 0) continue;
    sizes[cat(schema->text, ".", table->text)] = {count, bytes ? bytes->integer().value_or(0) : 0};
  }
  return sizes;
}

}  // namespace migguard::cli
