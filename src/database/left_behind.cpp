#include <database/left_behind.hpp>
#include <database/objects.hpp>
#include <database/tool_record.hpp>
#include <migguard/history.hpp>

#include <algorithm>
#include <map>
#include <vector>

namespace migguard::database {
namespace {

// Kinds that stand by themselves: what belongs to a table goes with it.
struct Kind {
  std::string_view name, many;
};
constexpr Kind kinds[] = {{"schema", "schemas"},
                          {"extension", "extensions"},
                          {"table", "tables"},
                          {"foreign table", "foreign tables"},
                          {"view", "views"},
                          {"materialized view", "materialized views"},
                          {"sequence", "sequences"},
                          {"enum", "enums"},
                          {"domain", "domains"},
                          {"range", "ranges"},
                          {"type", "types"},
                          {"function", "functions"},
                          {"procedure", "procedures"},
                          {"aggregate", "aggregates"},
                          {"publication", "publications"}};

std::string listed(const std::vector<std::string>& parts) {
  std::string out;
  for (std::size_t index = 0; index < parts.size(); ++index)
    out += cat(index == 0 ? "" : index + 1 == parts.size() ? " and " : ", ", parts[index]);
  return out;
}

}  // namespace

Result<std::set<std::string>> LeftBehind::roles(Session& session) {
  const auto rows = session.query(
      "SELECT pg_catalog.quote_ident(rolname) FROM pg_catalog.pg_roles"
      " WHERE rolname NOT LIKE 'pg\\_%'");
  if (!rows) return rows.error();
  std::set<std::string> names;
  for (std::size_t row = 0; row < rows->rows.size(); ++row) names.insert(rows->text(row, 0));
  return names;
}

std::optional<Error> LeftBehind::look_before(Opened& opened) {
  auto found = roles(opened.watcher ? *opened.watcher : opened.session);
  if (!found) return found.error();
  roles_ = *std::move(found);
  return std::nullopt;
}

Result<std::string> LeftBehind::describe(Opened& opened) {
  // The session that migrations ran in may be gone, or be another role by now.
  auto fresh = Session::open(opened.as_owner);
  Session* session = fresh ? &*fresh : opened.watcher ? &*opened.watcher : &opened.session;
  const std::string record = record_name(history_);
  const auto objects = read_objects(*session, record);
  if (!objects) return objects.error();
  std::map<std::string, std::size_t, std::less<>> counts;
  for (const auto& [key, definition] : *objects) ++counts[key.first];
  std::vector<std::string> parts;
  for (const Kind& each : kinds) {
    const auto found = counts.find(each.name);
    if (found == counts.end()) continue;
    parts.push_back(cat(found->second, " ", found->second == 1 ? each.name : each.many));
  }
  const auto now = roles(*session);
  if (!now) return now.error();
  for (const std::string& each : *now) {
    if (!roles_.contains(each)) parts.push_back(cat("the role ", each));
  }
  const auto noted = session->query("SELECT pg_catalog.to_regclass($1) IS NOT NULL", {record});
  if (!record.empty() && noted && noted->is_true(0, 0))
    parts.push_back(cat("the tool's own table ", record));
  const std::string place = opened.as_owner.shown();
  if (parts.empty()) return cat("nothing stays in ", place);
  return cat(place, " still holds ", listed(parts));
}

}  // namespace migguard::database
