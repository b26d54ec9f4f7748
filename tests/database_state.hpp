// What a live database holds, written down for the examples of rules and for tests without a
// server: the rows of its tables as JSON, and behind a line `-- schema` its schema as SQL.
#pragma once

#include <gtest/gtest.h>

#include <lint/live.hpp>
#include <nlohmann/json.hpp>
#include <project/applied.hpp>

#include <algorithm>
#include <deque>
#include <set>

#include "schema_support.hpp"

namespace migguard {

// A value as PostgreSQL prints it.
inline std::optional<std::string> printed(const nlohmann::json& value) {
  if (value.is_null()) return std::nullopt;
  if (value.is_boolean()) return value.get<bool>() ? "t" : "f";
  return value.is_string() ? value.get<std::string>() : value.dump();
}

// {"schema.table": [{"column": value, ...}, ...]}; of a table without rows, {"schema.table
// columns": ["column", ...]} says what it is.
inline std::vector<AppliedTable> tables_of(const nlohmann::json& state) {
  constexpr std::string_view suffix = " columns";
  std::vector<AppliedTable> tables;
  for (const auto& [key, rows] : state.items()) {
    if (key.ends_with(suffix)) continue;
    const std::size_t dot = key.find('.');
    project::StoredTable stored{key.substr(0, dot), key.substr(dot + 1), {}, {}};
    if (state.contains(key + std::string(suffix))) {
      stored.columns = state.at(key + std::string(suffix)).get<std::vector<std::string>>();
    } else if (!rows.empty()) {
      for (const auto& [column, value] : rows.front().items()) stored.columns.push_back(column);
    }
    for (const auto& row : rows) {
      auto& values = stored.rows.emplace_back();
      for (const std::string& column : stored.columns) values.push_back(printed(row.at(column)));
    }
    std::vector<std::string> sorted = stored.columns;
    std::sort(sorted.begin(), sorted.end());
    std::string columns;
    for (const std::string& each : sorted) columns += cat(columns.empty() ? "" : ",", each);
    const project::AppliedShape* shape = project::applied_shape(stored.name, columns);
    EXPECT_TRUE(shape) << "no tool's table has the columns " << columns;
    if (shape) tables.push_back(project::read_applied(*shape, stored));
  }
  return tables;
}

// The schema that SQL makes of an empty database, as if read from a server.
inline schema::Snapshot snapshot_of(const std::string& sql) {
  static std::deque<schema::Replayed> kept;  // the texts of a snapshot are views of its history
  const schema::Replayed& replayed = kept.emplace_back(std::vector{sql}, true);
  schema::Snapshot snapshot;
  snapshot.schemas = replayed.catalog.schemas();
  for (const Type* each : replayed.catalog.types()) snapshot.types.push_back(*each);
  for (const Relation* each : replayed.catalog.relations()) snapshot.relations.push_back(*each);
  for (const Function* each : replayed.catalog.functions()) {
    snapshot.functions.push_back(*each);
    snapshot.functions.back().body = {};
  }
  return snapshot;
}

inline lint::LiveDatabase database_of(std::string_view state, std::int64_t now) {
  constexpr std::string_view mark = "-- schema\n";
  lint::LiveDatabase live;
  live.facts.shown = "shop on db.example.org:5432";
  live.facts.server_version = 15;
  live.facts.now = now;
  const std::size_t at = state.find(mark);
  live.facts.applied = tables_of(nlohmann::json::parse(state.substr(0, at)));
  if (at == std::string_view::npos) return live;
  live.schema = snapshot_of(std::string(state.substr(at + mark.size())));
  live.schema_known = true;
  live.facts.has_tables = std::any_of(
      live.schema.relations.begin(), live.schema.relations.end(), [](const Relation& each) {
        return each.kind == RelationKind::table || each.kind == RelationKind::partitioned_table;
      });
  return live;
}

}  // namespace migguard
