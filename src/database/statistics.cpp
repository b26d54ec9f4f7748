#include <database/statistics.hpp>

#include <unordered_map>

namespace migguard::database {

Result<lint::Statistics> read_statistics(Connection& connection) {
  lint::Statistics statistics;
  statistics.server_version = connection.server_version_text();
  const auto date = connection.query("SELECT current_date");
  if (!date) return date.error();
  statistics.date = date->text(0, 0);

  // reltuples is -1 where nobody has analyzed (14 and later), 0 before. 100 bytes a row is what
  // the planner would take for some three columns (estimate_rel_size in
  // src/backend/optimizer/util/plancat.c).
  const auto tables = connection.query(
      "SELECT c.oid, n.nspname, c.relname, c.relkind,"
      " CASE WHEN c.relkind = 'p' THEN 0 WHEN c.reltuples > 0 THEN c.reltuples::bigint"
      " ELSE greatest(pg_stat_get_live_tuples(c.oid),"
      " CASE WHEN c.reltuples < 0 AND pg_stat_get_live_tuples(c.oid) = 0"
      " THEN pg_relation_size(c.oid) / 100 ELSE 0 END) END,"
      " CASE WHEN c.relkind = 'p' THEN 0 ELSE pg_total_relation_size(c.oid) END,"
      " (SELECT i.inhparent FROM pg_inherits i WHERE c.relispartition AND i.inhrelid = c.oid)"
      " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
      " WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname <> 'information_schema'"
      " AND n.nspname NOT LIKE 'pg\\_%' AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid ="
      " 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')"
      " ORDER BY n.nspname COLLATE \"C\", c.relname COLLATE \"C\"");
  if (!tables) return tables.error();

  std::unordered_map<std::string, std::size_t> by_oid;
  for (std::size_t row = 0; row < tables->rows.size(); ++row) {
    by_oid[tables->text(row, 0)] = row;
    statistics.tables.push_back({tables->text(row, 1), tables->text(row, 2), tables->number(row, 4),
                                 tables->number(row, 5)});
  }
  // A partition counts for its parent, and for that one's.
  for (std::size_t row = 0; row < tables->rows.size(); ++row) {
    if (tables->text(row, 3) == "p") continue;
    for (auto parent = by_oid.find(tables->text(row, 6)); parent != by_oid.end();
         parent = by_oid.find(tables->text(parent->second, 6))) {
      statistics.tables[parent->second].rows += tables->number(row, 4);
      statistics.tables[parent->second].bytes += tables->number(row, 5);
    }
  }
  return statistics;
}

}  // namespace migguard::database
