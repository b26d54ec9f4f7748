// Names as people and PostgreSQL write them: identifiers, kinds of objects, tools, severities.
#include <algorithm>
#include <array>
#include <migguard/finding.hpp>
#include <migguard/op.hpp>
#include <migguard/project.hpp>
#include <migguard/text.hpp>
#include <util/keywords.hpp>

namespace migguard {
namespace {

struct ToolName {
  Tool tool;
  std::string_view name;
  std::string_view display_name;
};

// In the order of the enumeration.
constexpr std::array<ToolName, 20> tools{{
    {Tool::drizzle, "drizzle", "Drizzle"},
    {Tool::drizzle_v1, "drizzle-v1", "Drizzle 1.0"},
    {Tool::prisma, "prisma", "Prisma"},
    {Tool::supabase, "supabase", "Supabase"},
    {Tool::flyway, "flyway", "Flyway"},
    {Tool::golang_migrate, "golang-migrate", "golang-migrate"},
    {Tool::goose, "goose", "goose"},
    {Tool::dbmate, "dbmate", "dbmate"},
    {Tool::sqlx, "sqlx", "SQLx"},
    {Tool::node_pg_migrate, "node-pg-migrate", "node-pg-migrate"},
    {Tool::diesel, "diesel", "Diesel"},
    {Tool::sql_migrate, "sql-migrate", "sql-migrate"},
    {Tool::atlas, "atlas", "Atlas"},
    {Tool::plain, "plain", "plain SQL"},
    {Tool::knex, "knex", "Knex"},
    {Tool::typeorm, "typeorm", "TypeORM"},
    {Tool::sequelize, "sequelize", "Sequelize"},
    {Tool::rails, "rails", "Rails"},
    {Tool::alembic, "alembic", "Alembic"},
    {Tool::django, "django", "Django"},
}};

constexpr bool in_order() {
  for (std::size_t index = 0; index < tools.size(); ++index) {
    if (static_cast<std::size_t>(tools[index].tool) != index) return false;
  }
  return true;
}
static_assert(in_order());

const ToolName& name_of(Tool tool) { return tools[static_cast<std::size_t>(tool)]; }

// With search_path = public, names in public and in pg_catalog need no schema.
bool on_search_path(std::string_view schema) {
  return schema.empty() || schema == "public" || schema == "pg_catalog";
}

}  // namespace

std::string quote_identifier(std::string_view identifier) {
  const auto may_start = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  const auto may_follow = [&](char c) { return may_start(c) || (c >= '0' && c <= '9'); };
  const bool safe = !identifier.empty() && may_start(identifier.front()) &&
                    std::ranges::all_of(identifier, may_follow) &&
                    !is_restricted_keyword(identifier);
  if (safe) return std::string(identifier);
  std::string quoted = "\"";
  for (const char c : identifier) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted += '"';
}

std::string quote_literal(std::string_view text) {
  std::string out = text.find('\\') == std::string_view::npos ? "'" : "E'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += c;
    out += c;
  }
  return out + '\'';
}

std::string_view sql_name(ReferentialAction action) {
  switch (action) {
    case ReferentialAction::no_action:
      return "NO ACTION";
    case ReferentialAction::restrict:
      return "RESTRICT";
    case ReferentialAction::cascade:
      return "CASCADE";
    case ReferentialAction::set_null:
      return "SET NULL";
    case ReferentialAction::set_default:
      return "SET DEFAULT";
  }
  return {};
}

std::string to_string(const Name& name) {
  if (on_search_path(name.schema)) return quote_identifier(name.name);
  return cat(quote_identifier(name.schema), '.', quote_identifier(name.name));
}

std::string plain(const Name& name) {
  if (on_search_path(name.schema)) return std::string(name.name);
  return cat(name.schema, '.', name.name);
}

std::string_view to_string(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::table:
      return "TABLE";
    case ObjectKind::view:
      return "VIEW";
    case ObjectKind::materialized_view:
      return "MATERIALIZED VIEW";
    case ObjectKind::foreign_table:
      return "FOREIGN TABLE";
    case ObjectKind::index:
      return "INDEX";
    case ObjectKind::sequence:
      return "SEQUENCE";
    case ObjectKind::column:
      return "COLUMN";
    case ObjectKind::constraint:
      return "CONSTRAINT";
    case ObjectKind::schema:
      return "SCHEMA";
    case ObjectKind::database:
      return "DATABASE";
    case ObjectKind::type:
      return "TYPE";
    case ObjectKind::domain:
      return "DOMAIN";
    case ObjectKind::function:
      return "FUNCTION";
    case ObjectKind::procedure:
      return "PROCEDURE";
    case ObjectKind::aggregate:
      return "AGGREGATE";
    case ObjectKind::operator_:
      return "OPERATOR";
    case ObjectKind::operator_class:
      return "OPERATOR CLASS";
    case ObjectKind::operator_family:
      return "OPERATOR FAMILY";
    case ObjectKind::collation:
      return "COLLATION";
    case ObjectKind::conversion:
      return "CONVERSION";
    case ObjectKind::extension:
      return "EXTENSION";
    case ObjectKind::trigger:
      return "TRIGGER";
    case ObjectKind::event_trigger:
      return "EVENT TRIGGER";
    case ObjectKind::rule:
      return "RULE";
    case ObjectKind::policy:
      return "POLICY";
    case ObjectKind::role:
      return "ROLE";
    case ObjectKind::tablespace:
      return "TABLESPACE";
    case ObjectKind::publication:
      return "PUBLICATION";
    case ObjectKind::subscription:
      return "SUBSCRIPTION";
    case ObjectKind::statistics:
      return "STATISTICS";
    case ObjectKind::text_search:
      return "TEXT SEARCH";
    case ObjectKind::foreign_server:
      return "SERVER";
    case ObjectKind::foreign_data_wrapper:
      return "FOREIGN DATA WRAPPER";
    case ObjectKind::language:
      return "LANGUAGE";
    case ObjectKind::cast:
      return "CAST";
    case ObjectKind::transform:
      return "TRANSFORM";
    case ObjectKind::access_method:
      return "ACCESS METHOD";
    case ObjectKind::large_object:
      return "LARGE OBJECT";
    case ObjectKind::other:
      break;
  }
  return "OBJECT";
}

std::string_view to_string(Tool tool) { return name_of(tool).name; }

std::string_view display_name(Tool tool) { return name_of(tool).display_name; }

std::optional<Tool> tool_named(std::string_view name) {
  const auto found = std::ranges::find(tools, name, &ToolName::name);
  if (found == tools.end()) return std::nullopt;
  return found->tool;
}

// drizzle-orm's pg-core/dialect.ts; prisma-engines' sql-schema-connector; Supabase's
// pkg/migration/history.go; Flyway's configuration; golang-migrate's postgres.go; goose's
// DefaultTablename; dbmate's New; sqlx-postgres' migrate.rs; node-pg-migrate's runner;
// diesel_migrations' setup; sql-migrate's gorp; Atlas' revision.DefaultIdent.
RecordTable usual_record_table(Tool tool) {
  switch (tool) {
    case Tool::drizzle:
    case Tool::drizzle_v1:
      return {"drizzle", "__drizzle_migrations"};
    case Tool::prisma:
      return {"public", "_prisma_migrations"};
    case Tool::supabase:
      return {"supabase_migrations", "schema_migrations"};
    case Tool::flyway:
      return {"public", "flyway_schema_history"};
    case Tool::golang_migrate:
    case Tool::dbmate:
      return {"public", "schema_migrations"};
    case Tool::goose:
      return {"public", "goose_db_version"};
    case Tool::sqlx:
      return {"public", "_sqlx_migrations"};
    case Tool::node_pg_migrate:
      return {"public", "pgmigrations"};
    case Tool::diesel:
      return {"public", "__diesel_schema_migrations"};
    case Tool::sql_migrate:
      return {"public", "gorp_migrations"};
    case Tool::atlas:
      return {"atlas_schema_revisions", "atlas_schema_revisions"};
    default:
      return {};
  }
}

std::string to_string(const RecordTable& table) {
  if (table.schema.empty()) return quote_identifier(table.name);
  return cat(quote_identifier(table.schema), '.', quote_identifier(table.name));
}

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::note:
      return "note";
    case Severity::warning:
      return "warning";
    case Severity::error:
      break;
  }
  return "error";
}

std::string_view to_string(Status status) {
  switch (status) {
    case Status::suppressed:
      return "suppressed";
    case Status::accepted:
      return "accepted";
    case Status::open:
      break;
  }
  return "open";
}

const Node& node(const Op& op) {
  return std::visit([](const auto& each) -> const Node& { return each; }, op);
}

std::string_view kind(const Op& op) {
  return std::visit([](const auto& each) { return each.kind; }, op);
}

}  // namespace migguard
