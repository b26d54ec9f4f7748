// Definitions that PostgreSQL refuses for what they say of themselves: keys of a new table over
// columns that it does not have, policies with the wrong clause, labels given twice.
#include <schema/effects_parts.hpp>

#include <algorithm>

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

void refuse_columns(Evaluation& at, const CreateTable& op, List<Text> columns) {
  for (const Text& each : columns) {
    const auto is = [&](const ColumnDefinition& column) { return column.name == each; };
    if (!each.empty() && each != op.table.name && !is_system_column(each) &&
        std::none_of(op.columns.begin(), op.columns.end(), is))
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
  for (const ConstraintDefinition& each : op.constraints) {
    keys += each.kind == ConstraintKind::primary_key;
    if (!lists_its_columns(op)) continue;
    refuse_columns(at, op, each.columns);
    refuse_columns(at, op, each.check->columns);
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
  for (auto label = op.labels.begin(); label != op.labels.end(); ++label)
    if (std::find(op.labels.begin(), label, *label) != label)
      at.fails(cat(quote_literal(*label), " is a label twice"));
}

}  // namespace migguard::schema
