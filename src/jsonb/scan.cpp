#include <jsonb/scan.hpp>

#include <algorithm>

namespace migguard::jsonb {

void add(ScannedColumn& column, const ServerCount& count, const JsonbSettings& settings) {
  const std::size_t point = column.column.rfind('.');
  const std::string_view name = std::string_view(column.column).substr(point + 1);
  const std::string_view table = std::string_view(column.column).substr(0, point);
  const ColumnTier tier = column_tier(table, name, settings);
  if (tier == ColumnTier::exempt) return;

  ValueFacts facts;
  facts.kind = count.kind;
  facts.text = count.example;
  const std::string path = cat("**.", count.key);
  ScannedKey key{path, {}};
  key.count.key = count.key;
  key.count.verdict = classify_listed(column.column, count.key, path, facts, settings);
  if (tier == ColumnTier::lower)
    key.count.verdict.level = std::min(key.count.verdict.level, Level::medium);
  if (key.count.verdict.level == Level::none) return;
  key.count.values = count.values;
  key.count.example = masked(count.example);

  // The same key with values of several kinds comes several times.
  const auto before = std::find_if(column.keys.begin(), column.keys.end(),
                                   [&](const ScannedKey& each) { return each.path == path; });
  if (before == column.keys.end()) {
    column.keys.push_back(std::move(key));
    return;
  }
  before->count.values += count.values;
  if (before->count.example.empty()) before->count.example = key.count.example;
  if (key.count.verdict.level > before->count.verdict.level)
    before->count.verdict = std::move(key.count.verdict);
}

}  // namespace migguard::jsonb
