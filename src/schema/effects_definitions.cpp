// Definitions that PostgreSQL refuses for what they say of themselves: keys of a new table over
// columns that it does not have, policies with the wrong clause, labels given twice.
#include <schema/effects_parts.hpp>

#include <algorithm>
#include <vector>

namespace migguard::schema {
namespace {

bool is_system_column(std::string_view name) {
  return name == "ctid" || name == "tableoid" || name == "xmin" || name == "xmax" ||
         name == "cmin" || name == "cmax";
}

// Whether the statement itself says what columns the table has.
bool lists_its_columns(const CreateTable& op) {
  return op.likes.empty() && op.inherits.empty() && op.partition_of.name.empty() &&
         op.of_type.name.empty();
}

std::vector<Text> sorted_columns(const CreateTable& op) {
  std::vector<Text> names;
  names.reserve(op.columns.size());
  for (const ColumnDefinition& each : op.columns) names.push_back(each.name);
  std::sort(names.begin(), names.end());
  return names;
}

void refuse_columns(Evaluation& at, const CreateTable& op, const std::vector<Text>& sorted,
                    List<Text> columns) {
  for (const Text& each : columns) {
    if (!each.empty() && each != op.table.name && !is_system_column(each) &&
        !std::binary_search(sorted.begin(), sorted.end(), each))
      at.fails(cat("there is no column ", each));
  }
}

}  // namespace

void refuse_table(Evaluation& at, const CreateTable& op) {
  std::size_t keys = 0;
  for (const ColumnDefinition& each : op.columns) {
    refuse_definition(at, nullptr, each);
    keys += each.primary_key;
  }
  const bool listed = lists_its_columns(op) && !op.constraints.empty();
  const std::vector<Text> names = listed ? sorted_columns(op) : std::vector<Text>();
  for (const ConstraintDefinition& each : op.constraints) {
    keys += each.kind == ConstraintKind::primary_key;
    if (!listed) continue;
    refuse_columns(at, op, names, each.columns);
    refuse_columns(at, op, names, each.check->columns);
  }
  if (keys > 1) at.fails("a table has one primary key");
  for (const Name& name : op.inherits) {
    const Record* parent = at.find(name);
    if (parent && parent->partitioned()) at.fails(cat(printed(*parent), " is partitioned"));
  }
}

void refuse_policy(Evaluation& at, const CreatePolicy& op) {
  if (op.command == "insert" && *op.using_)
    at.fails("a policy for INSERT has WITH CHECK, and no USING");
  if ((op.command == "select" || op.command == "delete") && *op.with_check)
    at.fails(cat("a policy for ", op.command == "select" ? "SELECT" : "DELETE",
                 " has USING, and no WITH CHECK"));
}

void refuse_labels(Evaluation& at, const CreateEnum& op) {
  std::vector<Text> sorted(op.labels.begin(), op.labels.end());
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice != sorted.end()) at.fails(cat(quote_literal(*twice), " is a label twice"));
}

}  // namespace migguard::schema
