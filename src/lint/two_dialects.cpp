#include <algorithm>
#include <lint/two_dialects.hpp>
#include <map>
#include <memory>
#include <sql/script.hpp>
#include <sqlite/replay.hpp>
#include <string>
#include <util/json.hpp>
#include <variant>

namespace migguard::lint {
namespace {

// What of a file is the migration, and where it begins: a file may hold sections of two directions.
struct Part {
  const Migration* migration = nullptr;
  std::uint32_t begin = 0;
  std::string_view text;
};

std::vector<Part> parts_of(const History& history) {
  std::vector<Part> parts;
  for (const Migration& migration : history.migrations) {
    if (!migration.listed || !migration.source) continue;
    const std::string_view text = migration.source->text;
    if (migration.ranges.empty()) parts.push_back({&migration, 0, text});
    for (const Span& range : migration.ranges)
      parts.push_back({&migration, range.begin, text.substr(range.begin, range.end - range.begin)});
  }
  return parts;
}

Span moved(Span span, std::uint32_t by) { return {span.begin + by, span.end + by}; }

SqliteEvent::Kind kind_of(sqlite::Event::Kind kind) {
  switch (kind) {
    case sqlite::Event::Kind::table_dropped:
      return SqliteEvent::Kind::table_dropped;
    case sqlite::Event::Kind::column_dropped:
      return SqliteEvent::Kind::column_dropped;
    case sqlite::Event::Kind::rows_deleted:
      return SqliteEvent::Kind::rows_deleted;
    case sqlite::Event::Kind::refused:
      break;
  }
  return SqliteEvent::Kind::refused;
}

bool is_true(const json::Value& object, std::string_view key) {
  const json::Value* value = object.get(key);
  return value && value->kind == json::Kind::boolean && value->boolean;
}
std::string text_at(const json::Value& object, std::string_view key) {
  const json::Value* value = object.get(key);
  return value && value->is_string() ? value->text : std::string();
}

// Drizzle's newest snapshot, version 6 (SQLite) or 7 (PostgreSQL): tables with their columns.
std::optional<MigratedSchema> newest_snapshot(const History& history) {
  const DrizzleSnapshot* newest = nullptr;
  if (history.drizzle) {
    for (const DrizzleSnapshot& each : history.drizzle->snapshots) {
      if (!each.invalid && each.source) newest = &each;
    }
  }
  if (!newest) return {};
  const auto parsed = json::parse(newest->source->text);
  const auto* document = std::get_if<json::Value>(&parsed);
  const json::Value* tables = document ? document->get("tables") : nullptr;
  if (!tables || !tables->is_object()) return {};
  MigratedSchema out;
  out.of_snapshot = true;
  out.complete = true;
  for (const json::Member& each : tables->members) {
    DrizzleTable table;
    table.name = text_at(each.value, "name");
    const std::string schema = text_at(each.value, "schema");
    if (!schema.empty() && schema != "public") table.name = cat(schema, ".", table.name);
    table.source = newest->source;
    table.span = each.key_span;
    if (const json::Value* columns = each.value.get("columns")) {
      for (const json::Member& column : columns->members) {
        DrizzleColumn& made = table.columns.emplace_back();
        made.name = text_at(column.value, "name");
        made.span = column.key_span;
        made.not_null = is_true(column.value, "notNull") || is_true(column.value, "primaryKey");
      }
    }
    if (const json::Value* keys = each.value.get("foreignKeys")) {
      for (const json::Member& key : keys->members) {
        const json::Value* from = key.value.get("columnsFrom");
        for (const json::Value& name : from ? from->items : std::vector<json::Value>()) {
          for (DrizzleColumn& column : table.columns) {
            if (column.name == name.text) column.references = text_at(key.value, "tableTo");
          }
        }
      }
    }
    if (const json::Value* keys = each.value.get("compositePrimaryKeys")) {
      for (const json::Member& key : keys->members) {
        const json::Value* names = key.value.get("columns");
        for (const json::Value& name : names ? names->items : std::vector<json::Value>()) {
          for (DrizzleColumn& column : table.columns)
            column.not_null = column.not_null || column.name == name.text;
        }
      }
    }
    out.tables.push_back(std::move(table));
  }
  std::sort(out.tables.begin(), out.tables.end(),
            [](const DrizzleTable& a, const DrizzleTable& b) { return a.name < b.name; });
  return out;
}

// The statement that gave a relation its name, as a place to point at.
std::pair<const SourceFile*, Span> place_of(const History& history, const Relation& relation) {
  for (const Migration& migration : history.migrations) {
    if (migration.position != relation.created.migration) continue;
    const auto at = static_cast<std::size_t>(relation.created.statement);
    if (relation.created.statement >= 0 && at < migration.script.statements.size())
      return {migration.source, migration.script.statements[at].span};
    return {migration.source, Span{}};
  }
  return {history.marker, Span{}};
}

// Statements without operations: what ignore comments cover, and what is counted.
void take_statements(History& history, const std::vector<Part>& parts,
                     const std::vector<sqlite::Place>& places) {
  std::map<const Migration*, std::vector<Statement>> statements;
  for (const sqlite::Place& place : places) {
    const Part& part = parts[place.script];
    statements[part.migration].push_back({moved(place.span, part.begin), {}});
  }
  for (Migration& migration : history.migrations) {
    if (migration.script.parsed || !migration.source) continue;
    Script& script = migration.script;
    script.comments = sql::comments_of(migration.source->text);
    const std::vector<Statement>& found = statements[&migration];
    if (found.empty()) continue;
    script.memory = std::make_unique<std::pmr::monotonic_buffer_resource>();
    auto* kept = static_cast<Statement*>(
        script.memory->allocate(found.size() * sizeof(Statement), alignof(Statement)));
    std::uninitialized_copy(found.begin(), found.end(), kept);
    script.statements = {kept, found.size()};
  }
}

}  // namespace

void migrate_sqlite(History& history) {
  const std::vector<Part> parts = parts_of(history);
  std::vector<std::string_view> scripts;
  scripts.reserve(parts.size());
  for (const Part& part : parts) scripts.push_back(part.text);
  sqlite::Replay replay = sqlite::replay(scripts);
  take_statements(history, parts, replay.statements);
  MigratedSchema out;
  for (sqlite::Event& event : replay.events) {
    const Part& part = parts[event.place.script];
    out.events.push_back({kind_of(event.kind), part.migration->source,
                          moved(event.place.span, part.begin), std::move(event.table),
                          std::move(event.column), std::move(event.message)});
  }
  out.complete = replay.complete && !parts.empty();
  for (sqlite::Table& table : replay.tables) {
    const Part& part = parts[table.made.script];
    DrizzleTable made;
    made.name = std::move(table.name);
    made.source = part.migration->source;
    made.span = moved(table.made.span, part.begin);
    made.complete = out.complete;
    for (sqlite::Column& column : table.columns) {
      DrizzleColumn each;
      each.name = std::move(column.name);
      each.span = made.span;
      each.not_null = column.not_null;
      each.references = std::move(column.references);
      made.columns.push_back(std::move(each));
    }
    out.tables.push_back(std::move(made));
  }
  if (!out.complete) {
    if (std::optional<MigratedSchema> snapshot = newest_snapshot(history)) {
      snapshot->events = std::move(out.events);
      out = std::move(*snapshot);
    }
  }
  history.migrated = std::move(out);
}

void take_migrated(History& history, const Schema& schema) {
  MigratedSchema out;
  out.complete = history.complete;
  for (const Relation* relation : schema.relations()) {
    if (relation->kind != RelationKind::table && relation->kind != RelationKind::partitioned_table)
      continue;
    if (!relation->partition_of.empty() || relation->persistence == Persistence::temporary)
      continue;
    const auto [source, span] = place_of(history, *relation);
    if (!source) continue;
    DrizzleTable table;
    table.name = plain(relation->full_name());
    table.source = source;
    table.span = span;
    table.complete = relation->create_seen;
    out.complete &= relation->create_seen;
    for (const Column& column : relation->columns) {
      DrizzleColumn& each = table.columns.emplace_back();
      each.name = column.name;
      each.span = span;
      each.not_null = column.not_null == Known::yes;
      each.not_null_known = column.not_null != Known::unknown;
    }
    for (const Constraint& constraint : relation->constraints) {
      if (constraint.kind != ConstraintKind::foreign_key) continue;
      for (const Text& name : constraint.columns) {
        for (DrizzleColumn& each : table.columns) {
          if (each.name == name) each.references = plain(constraint.references());
        }
      }
    }
    out.tables.push_back(std::move(table));
  }
  std::sort(out.tables.begin(), out.tables.end(),
            [](const DrizzleTable& a, const DrizzleTable& b) { return a.name < b.name; });
  if (!out.complete) {
    if (std::optional<MigratedSchema> snapshot = newest_snapshot(history))
      out = std::move(*snapshot);
  }
  history.migrated = std::move(out);
}

bool has_sqlite_twin(const Project& project, const History& history) {
  return history.dialect == Dialect::postgresql && !history.loose &&
         std::any_of(project.histories.begin(), project.histories.end(), [&](const History& each) {
           return each.dialect == Dialect::sqlite && each.package == history.package &&
                  each.tool == history.tool && !each.migrations.empty();
         });
}

}  // namespace migguard::lint
