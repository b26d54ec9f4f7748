// What is true of every row of a partition, as a CHECK that saves PostgreSQL from reading them.
#pragma once

#include <migguard/rule.hpp>

#include <string>

namespace migguard::rules {

// The columns that partition a table, as its CREATE TABLE names them; empty where that is not seen.
inline List<Text> partition_key(const Context& ctx, const Relation& parent) {
  const auto& migrations = ctx.history().migrations;
  if (migrations.empty() || parent.created.statement < 0) return {};
  const auto place =
      static_cast<std::size_t>(parent.created.migration - migrations.front().position);
  if (place >= migrations.size()) return {};
  const auto& statements = migrations[place].script.statements;
  const auto index = static_cast<std::size_t>(parent.created.statement);
  if (index >= statements.size()) return {};
  for (const Op& op : statements[index].ops)
    if (const auto* table = std::get_if<CreateTable>(&op)) return table->partition_columns;
  return {};
}

inline std::string literal(const BoundValue& value) {
  if (value.kind != BoundValue::Kind::constant) return {};
  return value.value.quoted ? quote_literal(value.value.text) : std::string(value.value.text);
}

// `at IS NOT NULL AND at >= '2025-01-01' AND at < '2026-01-01'`; with dots where the key or the
// bound is not told.
inline std::string bound_check(const Context& ctx, const Name& table, const PartitionBound& bound) {
  const Relation* parent = ctx.schema().relation(table).known();
  const List<Text> columns = parent ? partition_key(ctx, *parent) : List<Text>();
  if (columns.size() != 1 || columns.front().empty()) {
    return bound.form == PartitionBound::Form::list
               ? "key IS NOT NULL AND key IN (...)"
               : "key IS NOT NULL AND key >= ... AND key < ...";
  }
  const std::string key = quote_identifier(columns.front());
  if (bound.form == PartitionBound::Form::list) {
    std::string values;
    bool null = false;
    for (const BoundValue& each : bound.values) {
      null |= each.kind == BoundValue::Kind::null;
      if (const std::string text = literal(each); !text.empty())
        values += cat(values.empty() ? "" : ", ", text);
    }
    if (values.empty()) return cat(key, " IS NULL");
    return cat(key, null ? " IS NULL OR " : " IS NOT NULL AND ", key, " IN (", values, ")");
  }
  std::string check = cat(key, " IS NOT NULL");
  const std::string from = bound.values.empty() ? std::string() : literal(bound.values.front());
  const std::string to = bound.end.empty() ? std::string() : literal(bound.end.front());
  if (!from.empty()) check += cat(" AND ", key, " >= ", from);
  if (!to.empty()) check += cat(" AND ", key, " < ", to);
  return check;
}

}  // namespace migguard::rules
