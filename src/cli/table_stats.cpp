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
  const json::Value* format = root.get("format");
  const json::Value* version = root.get("version");
  const json::Value* tables = root.get("tables");
  if (!format || format->text != "migguard-stats" || !version || version->integer() != 1 ||
      !tables || !tables->is_object()) {
    return wrong(root.span.begin,
                 "this is no file of table sizes of version 1; `migguard stats` writes one");
  }

  std::map<std::string, lint::TableSize> sizes;
  for (const json::Member& table : tables->members) {
    const json::Value* rows = table.value.get("rows");
    const json::Value* bytes = table.value.get("bytes");
    if (!rows || (rows->kind != json::Kind::null && !rows->integer()) ||
        (bytes && !bytes->integer())) {
      return wrong(table.value.span.begin,
                   cat("the table `", table.key, "` needs `rows`, a whole number or null"));
    }
    const std::int64_t count = rows->integer().value_or(-1);
    if (count < 0) continue;
    sizes[table.key] = {count, bytes ? bytes->integer().value_or(0) : 0};
  }
  return sizes;
}

}  // namespace migguard::cli
