// The migration tools and SQL dialects that migguard tells apart.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace migguard {

enum class Tool : std::uint8_t {
  drizzle,
  drizzle_v1,
  prisma,
  supabase,
  flyway,
  golang_migrate,
  goose,
  dbmate,
  sqlx,
  node_pg_migrate,
  diesel,
  sql_migrate,
  atlas,
  plain,
  knex,
  typeorm,
  sequelize,
  rails,
  alembic,
  django
};
std::string_view to_string(Tool tool);     // as `--tool` spells it: `golang-migrate`
std::string_view display_name(Tool tool);  // as people do: `golang-migrate`, `Drizzle`, `Prisma`
std::optional<Tool> tool_named(std::string_view name);

// The table in which a tool notes what it has applied to a database.
struct RecordTable {
  std::string schema;
  std::string name;
};
// What a tool calls it where nobody says otherwise; empty where it keeps none, or is not known to.
RecordTable usual_record_table(Tool tool);
// As SQL writes it: `drizzle.__drizzle_migrations`.
std::string to_string(const RecordTable& table);

enum class Dialect : std::uint8_t { postgresql, sqlite, mysql, other };

}  // namespace migguard
