#include <lint/small_tables.hpp>
#include <util/text.hpp>

#include <algorithm>

namespace migguard::lint {

bool SmallTables::contains(std::string_view schema, std::string_view table) const {
  if (table.empty()) return false;
  if (schema.empty()) schema = "public";
  const std::string full = cat(schema, ".", table);
  const bool named = std::any_of(
      settings_.small_tables.begin(), settings_.small_tables.end(), [&](const std::string& glob) {
        return glob_match(glob, full) || (schema == "public" && glob_match(glob, table));
      });
  if (named) return true;
  const auto size = settings_.stats.find(full);
  return size != settings_.stats.end() && size->second.rows <= small_rows &&
         size->second.bytes <= small_bytes;
}

bool SmallTables::contains(std::string_view name) const {
  const std::size_t dot = name.find('.');
  return dot == name.npos ? contains({}, name)
                          : contains(name.substr(0, dot), name.substr(dot + 1));
}

bool SmallTables::all_work_on_small(const Effects& effects) const {
  bool any = false;
  for (const auto* works :
       {&effects.rewrites, &effects.scans, &effects.index_builds, &effects.index_rebuilds}) {
    for (const Effects::Work& each : *works) {
      any = true;
      if (!contains(each.table.schema, each.table.name)) return false;
    }
  }
  return any;
}

}  // namespace migguard::lint
