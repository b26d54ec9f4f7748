#include <database/look.hpp>
#include <project/applied.hpp>

#include <algorithm>

namespace migguard::database {
namespace {

// Schemas of the system's own, and temporary ones.
constexpr std::string_view foreign_schemas =
    "n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'";

Result<AppliedTable> read_applied_table(Connection& connection, const project::AppliedShape& shape,
                                        const std::string& schema, const std::string& name) {
  auto rows = connection.query(cat("SELECT * FROM ", quote_identifier(schema), '.',
                                   quote_identifier(name), " ORDER BY ", shape.order));
  if (!rows) return rows.error();
  return project::read_applied(shape,
                               {schema, name, std::move(rows->columns), std::move(rows->rows)});
}

std::optional<Error> no_privilege(const Connection& connection, const Rows& tables,
                                  std::size_t row) {
  const std::string schema = quote_identifier(tables.text(row, 0));
  const std::string table = cat(schema, '.', quote_identifier(tables.text(row, 1)));
  const std::string user = quote_identifier(tables.text(row, 4));
  return Error{cat(user, " may not read ", table, " in ", connection.shown(),
                   "; its owner allows it: GRANT USAGE ON SCHEMA ", schema, " TO ", user,
                   "; GRANT SELECT ON ", table, " TO ", user, ";")};
}

}  // namespace

Result<std::vector<AppliedTable>> read_applied_tables(Connection& connection) {
  std::string shapes;
  for (const project::AppliedShape& each : project::applied_shapes())
    shapes += cat(shapes.empty() ? "" : ", ", connection.literal(each.columns));
  const auto tables = connection.query(cat(
      "SELECT n.nspname, c.relname, a.columns,"
      " has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT'), current_user"
      " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
      " CROSS JOIN LATERAL (SELECT string_agg(attname, ',' ORDER BY attname COLLATE \"C\") AS "
      "columns FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped) a"
      " WHERE c.relkind IN ('r', 'p') AND ",
      foreign_schemas, " AND a.columns IN (", shapes,
      ") ORDER BY n.nspname COLLATE \"C\", c.relname COLLATE \"C\""));
  if (!tables) return tables.error();
  std::vector<AppliedTable> applied;
  for (std::size_t row = 0; row < tables->rows.size(); ++row) {
    const auto* shape = project::applied_shape(tables->text(row, 1), tables->text(row, 2));
    if (!shape) continue;
    if (!tables->is_true(row, 3)) return *no_privilege(connection, *tables, row);
    auto table = read_applied_table(connection, *shape, tables->text(row, 0), tables->text(row, 1));
    if (!table) return table.error();
    applied.push_back(*std::move(table));
  }
  return applied;
}

Result<lint::LiveDatabase> look(Connection& connection) {
  lint::LiveDatabase live;
  Database& facts = live.facts;
  facts.shown = connection.shown();
  facts.server_version = connection.server_version();
  const auto now = connection.query(
      "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, current_database()");
  if (!now) return now.error();
  facts.now = now->number(0, 0);

  auto applied = read_applied_tables(connection);
  if (!applied) return applied.error();
  facts.applied = *std::move(applied);

  auto schema = read_schema(connection, facts.applied);
  if (!schema) return schema.error();
  live.schema = *std::move(schema);
  live.schema_known = true;
  facts.has_tables = std::any_of(
      live.schema.relations.begin(), live.schema.relations.end(), [](const Relation& each) {
        return each.kind == RelationKind::table || each.kind == RelationKind::partitioned_table;
      });
  return live;
}

}  // namespace migguard::database
