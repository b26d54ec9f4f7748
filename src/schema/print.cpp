#include <schema/print.hpp>

#include <algorithm>

namespace migguard::schema {
namespace {

std::string qualified(std::string_view schema, std::string_view name) {
  return cat(quote_identifier(schema), '.', quote_identifier(name));
}

std::string list(List<Text> names) {
  std::string text;
  for (const Text name : names)
    text += cat(text.empty() ? "" : ", ", name.empty() ? std::string("*") : quote_identifier(name));
  return text;
}

std::string type_text(const ColumnType& type) {
  const Name name = type.lookup_name();
  std::string text =
      name.schema.empty() ? std::string(name.name) : qualified(name.schema, name.name);
  for (std::size_t at = 0; at < type.modifiers.size(); ++at)
    text += cat(at == 0 ? "(" : ",", type.modifiers[at]);
  if (!type.modifiers.empty()) text += ')';
  for (int dimension = 0; dimension < type.array_dimensions; ++dimension) text += "[]";
  return text;
}

std::string_view kind_text(RelationKind kind) {
  switch (kind) {
    case RelationKind::table:
      return "table";
    case RelationKind::partitioned_table:
      return "partitioned table";
    case RelationKind::foreign_table:
      return "foreign table";
    case RelationKind::view:
      return "view";
    case RelationKind::materialized_view:
      return "materialized view";
    case RelationKind::sequence:
      return "sequence";
  }
  return {};
}

std::string_view kind_text(ConstraintKind kind) {
  switch (kind) {
    case ConstraintKind::not_null:
      return "not null";
    case ConstraintKind::check:
      return "check";
    case ConstraintKind::primary_key:
      return "primary key";
    case ConstraintKind::unique:
      return "unique";
    case ConstraintKind::foreign_key:
      return "foreign key";
    case ConstraintKind::exclusion:
      return "exclude";
  }
  return {};
}

std::string column_text(const Column& column) {
  std::string text = cat("column ", quote_identifier(column.name), ' ',
                         column.type_known ? type_text(column.type) : std::string("?"));
  if (!column.collation.empty()) text += cat(" collate ", quote_identifier(column.collation));
  if (column.not_null == Known::yes)
    text += column.not_null_valid ? " not null" : " not null not valid";
  if (column.not_null == Known::unknown) text += " null?";
  if (column.generated == Generated::stored) text += " generated stored";
  if (column.generated == Generated::virtual_) text += " generated virtual";
  if (column.identity == Identity::always) text += " identity always";
  if (column.identity == Identity::by_default) text += " identity by default";
  if (column.serial)
    text += " serial";
  else if (column.has_default)
    text += " default";
  if (column.inherited) text += " inherited";
  return text;
}

std::string constraint_text(const Constraint& constraint) {
  std::string text = cat("constraint ", quote_identifier(constraint.name), ' ',
                         kind_text(constraint.kind), " (", list(constraint.columns), ')');
  if (constraint.kind == ConstraintKind::foreign_key)
    text +=
        cat(" references ", qualified(constraint.references_schema, constraint.references_table),
            " (", list(constraint.referenced_columns), ')');
  if (!constraint.enforced)
    text += " not enforced";
  else if (!constraint.valid)
    text += " not valid";
  if (constraint.no_inherit) text += " no inherit";
  if (constraint.inherited) text += " inherited";
  return text;
}

std::string index_text(const Index& index) {
  std::string text = cat("index ", quote_identifier(index.name), index.unique ? " unique " : " ",
                         quote_identifier(index.method), " (", list(index.columns), ')');
  if (!index.include.empty()) text += cat(" include (", list(index.include), ')');
  if (index.partial) text += " where";
  if (!index.valid) text += " not valid";
  if (!index.parent.empty()) text += cat(" of ", quote_identifier(index.parent));
  return text;
}

void append_relation(std::string& out, const Relation& relation) {
  if (relation.persistence == Persistence::unlogged) out += "unlogged ";
  if (relation.persistence == Persistence::temporary) out += "temporary ";
  out += cat(kind_text(relation.kind), ' ', qualified(relation.schema, relation.name));
  if (!relation.partition_of.empty()) out += cat(" partition of ", relation.partition_of);
  for (std::size_t at = 0; at < relation.inherits.size(); ++at)
    out += cat(at == 0 ? " inherits " : ", ", relation.inherits[at]);
  if (!relation.owned_by.empty())
    out += cat(" owned by ", relation.owned_by, '.', quote_identifier(relation.owned_by_column));
  if (!relation.create_seen) out += " (known in part)";
  out += '\n';
  for (const Column& column : relation.columns) out += cat("  ", column_text(column), '\n');

  std::vector<std::string> parts;
  for (const Constraint& constraint : relation.constraints)
    parts.push_back(constraint_text(constraint));
  for (const Index& index : relation.indexes)
    if (index.constraint.empty()) parts.push_back(index_text(index));
  for (const Text trigger : relation.triggers)
    parts.push_back(cat("trigger ", quote_identifier(trigger)));
  for (const Text policy : relation.policies)
    parts.push_back(cat("policy ", quote_identifier(policy)));
  for (const Text read : relation.reads) parts.push_back(cat("reads ", read));
  if (relation.row_security) parts.emplace_back("row security");
  std::sort(parts.begin(), parts.end());
  for (const std::string& part : parts) out += cat("  ", part, '\n');
}

void append_type(std::string& out, const Type& type) {
  const std::string name = qualified(type.schema, type.name);
  switch (type.kind) {
    case TypeKind::enum_:
      out += cat("enum ", name, " (", list(type.labels), ')');
      break;
    case TypeKind::domain:
      out += cat("domain ", name, ' ', type_text(type.base), type.not_null ? " not null" : "",
                 type.default_value ? " default" : "");
      if (!type.checks.empty()) out += cat(" check (", list(type.checks), ')');
      break;
    case TypeKind::composite:
      out += cat("composite type ", name);
      break;
    case TypeKind::range:
      out += cat("range type ", name);
      break;
    case TypeKind::base:
      out += cat("base type ", name);
      break;
  }
  if (!type.create_seen) out += " (known in part)";
  out += '\n';
  for (const Column& column : type.columns) out += cat("  ", column_text(column), '\n');
}

}  // namespace

std::string describe(const Column& column) { return column_text(column); }
std::string describe(const Constraint& constraint) { return constraint_text(constraint); }
std::string describe(const Index& index) { return index_text(index); }

std::string canonical(const Catalog& catalog) {
  std::string out;
  if (catalog.opaque()) out += "opaque\n";
  for (const std::string& schema : catalog.schemas())
    out += cat("schema ", quote_identifier(schema), '\n');
  for (const Type* type : catalog.types()) append_type(out, *type);
  for (const Function* function : catalog.functions())
    out += cat("function ", qualified(function->schema, function->name), '\n');
  for (const Relation* relation : catalog.relations()) append_relation(out, *relation);
  return out;
}

}  // namespace migguard::schema
