// What is to be said of the JSON columns that schema sources declare.
#include <algorithm>
#include <migguard/jsonb.hpp>
#include <migguard/rule.hpp>
#include <set>
#include <util/text.hpp>

#include <jsonb/declared.hpp>
#include <jsonb/value.hpp>

namespace migguard {
namespace jsonb {
namespace {

std::optional<JsonVerdict> judge_declared_column(const Declared& column,
                                                 const JsonbSettings& settings) {
  std::optional<Classification> money = money_column(column.table, column.column, settings);
  if (!money) return std::nullopt;
  JsonVerdict verdict;
  verdict.column = cat(column.table, ".", column.column);
  verdict.path = column.path;
  verdict.key = column.key;
  verdict.confidence = money->level;
  verdict.kind = money->kind;
  verdict.evidence = std::move(money->evidence);
  verdict.suggestion = std::move(money->suggestion);
  return verdict;
}

std::optional<JsonVerdict> judge_declared_key(const Declared& key, const JsonbSettings& settings) {
  if (key.path == "*") return judge_declared_column(key, settings);
  const ColumnTier tier = column_tier(key.table, key.column, settings);
  if (tier != ColumnTier::guarded && tier != ColumnTier::lower) return std::nullopt;
  JsonVerdict verdict;
  verdict.column = cat(key.table, ".", key.column);
  if (key.key.empty()) {  // of a type that nobody tells
    verdict.path = key.path;
    verdict.confidence = Level::low;
    if (!key.untold.empty()) verdict.evidence.push_back(key.untold);
    return verdict;
  }
  Classification found = classify_listed(verdict.column, key.key, key.path, key.facts, settings);
  const Level cap = tier == ColumnTier::guarded ? Level::high : Level::medium;
  verdict.confidence = std::min(found.level, cap);
  if (verdict.confidence == Level::none) return std::nullopt;
  verdict.path = key.path;
  verdict.key = key.key;
  verdict.kind = found.kind;
  verdict.evidence = std::move(found.evidence);
  verdict.evidence.emplace_back(tier == ColumnTier::guarded ? "column=guarded"
                                                            : "column=guarded lower");
  verdict.suggestion = std::move(found.suggestion);
  if (verdict.kind == Class::amount && settings.typed_default == "bigint-minor")
    verdict.suggestion = "bigint";
  else if (verdict.suggestion == "numeric(12,2)")
    verdict.suggestion = settings.typed_default;
  return verdict;
}

// One more type of the same column, which stands before those that were seen.
void take_in(DeclaredVerdict& known, const Declared& key, const JsonVerdict& verdict) {
  known.source = key.source;
  known.span = key.span;
  known.verdict.path = verdict.path;
  std::vector<std::string>& names = known.verdict.evidence;
  for (const std::string& each : verdict.evidence) {
    if (std::find(names.begin(), names.end(), each) == names.end())
      names.insert(names.begin(), each);
  }
}

bool is_under(std::string_view inner, std::string_view container) {
  return inner.size() > container.size() && inner.starts_with(container) &&
         (inner[container.size()] == '.' || inner[container.size()] == '[');
}

}  // namespace

}  // namespace jsonb

std::vector<DeclaredVerdict> judge_declared(const Context& ctx, const Project& project) {
  std::vector<jsonb::Declared> keys;
  for (const SourceFile& source : project.files) {
    const std::string_view path = source.path;
    if (path.ends_with(".prisma")) {
      jsonb::declared_in_prisma(project, source, keys);
    } else if (source.text.find("json") != std::string::npos &&
               (path.ends_with(".ts") || path.ends_with(".mts") || path.ends_with(".js") ||
                path.ends_with(".mjs"))) {
      jsonb::declared_in_drizzle(project, source, keys);
    }
  }
  std::vector<DeclaredVerdict> out;
  // From the back: what is below a container comes after it, and is said instead of it.
  std::set<std::string> said;
  for (auto key = keys.rbegin(); key != keys.rend(); ++key) {
    auto verdict = jsonb::judge_declared_key(*key, ctx.jsonb());
    if (!verdict) continue;
    const bool leaves = std::any_of(out.begin(), out.end(), [&](const DeclaredVerdict& each) {
      return each.verdict.column == verdict->column &&
             jsonb::is_under(each.verdict.path, verdict->path);
    });
    // Of a column with several types that nobody tells, it is said once, at the first.
    if (verdict->key.empty()) {
      const auto said_of = std::find_if(out.begin(), out.end(), [&](const DeclaredVerdict& each) {
        return each.verdict.key.empty() && each.verdict.column == verdict->column;
      });
      if (said_of != out.end()) {
        jsonb::take_in(*said_of, *key, *verdict);
        continue;
      }
    }
    const std::string_view where = verdict->key.empty() ? "?" : std::string_view(verdict->path);
    if (leaves || !said.insert(cat(verdict->column, "\n", where)).second) continue;
    out.push_back({key->source, key->span, std::move(*verdict)});
  }
  std::reverse(out.begin(), out.end());
  return out;
}

}  // namespace migguard
