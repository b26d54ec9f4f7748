// Operations are written from their own lists of fields, so that a new operation needs nothing
// here.
#include <lint/enum_names.hpp>
#include <report/dump.hpp>
#include <report/place.hpp>

#include <concepts>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <variant>

namespace migguard::report {
namespace {

template <class T>
concept Reflected = requires {
  T::fields();
};

void write(JsonWriter& out, std::string_view text) { out.value(text); }

template <class Scalar>
requires(std::integral<Scalar>) void write(JsonWriter& out, Scalar value) { out.value(value); }

template <class Enum>
requires(std::is_enum_v<Enum>) void write(JsonWriter& out, Enum value) {
  out.value(lint::enum_name(value));
}

template <Reflected Struct>
void write(JsonWriter& out, const Struct& value);
template <class Item>
void write(JsonWriter& out, const std::optional<Item>& item);
void write(JsonWriter& out, const ColumnType& type);
void write(JsonWriter& out, const Column& column);

template <class Item>
void write(JsonWriter& out, List<Item> items) {
  out.begin_array();
  for (const Item& each : items) write(out, each);
  out.end_array();
}

template <class Item>
void write(JsonWriter& out, const std::vector<Item>& items) {
  write(out, List<Item>(items));
}

template <class Item>
void write(JsonWriter& out, const std::optional<Item>& item) {
  if (item) {
    write(out, *item);
  } else {
    out.null();
  }
}

template <class Struct>
void write_fields(JsonWriter& out, const Struct& value) {
  std::apply([&](const auto&... field) { (write(out.key(field.name), field.of(value)), ...); },
             Struct::fields());
}

template <Reflected Struct>
void write(JsonWriter& out, const Struct& value) {
  out.begin_object();
  write_fields(out, value);
  out.end_object();
}

template <class Value>
void member(JsonWriter& out, std::string_view name, const Value& value) {
  write(out.key(name), value);
}

void write(JsonWriter& out, const ColumnType& type) {
  out.begin_object();
  member(out, "name", type.name);
  member(out, "modifiers", *type.modifiers);
  member(out, "array_dimensions", type.array_dimensions);
  member(out, "text", type.text);
  out.end_object();
}

void write(JsonWriter& out, const Column& column) {
  out.begin_object();
  member(out, "name", column.name);
  member(out, "type", column.type);
  member(out, "type_known", column.type_known);
  member(out, "collation", column.collation);
  member(out, "not_null", column.not_null);
  member(out, "has_default", column.has_default);
  member(out, "default", column.default_text);
  member(out, "serial", column.serial);
  member(out, "identity", column.identity);
  member(out, "generated", column.generated);
  member(out, "inherited", column.inherited);
  out.end_object();
}

void write(JsonWriter& out, const Constraint& constraint) {
  out.begin_object();
  member(out, "name", constraint.name);
  member(out, "kind", constraint.kind);
  member(out, "columns", constraint.columns);
  member(out, "check", constraint.check);
  member(out, "references", constraint.references());
  member(out, "referenced_columns", constraint.referenced_columns);
  member(out, "index", constraint.index);
  member(out, "valid", constraint.valid);
  member(out, "enforced", constraint.enforced);
  member(out, "deferrable", constraint.deferrable);
  member(out, "deferred", constraint.deferred);
  member(out, "no_inherit", constraint.no_inherit);
  member(out, "inherited", constraint.inherited);
  out.end_object();
}

void write(JsonWriter& out, const Index& index) {
  out.begin_object();
  member(out, "name", index.name);
  member(out, "method", index.method);
  member(out, "columns", index.columns);
  member(out, "include", index.include);
  member(out, "unique", index.unique);
  member(out, "partial", index.partial);
  member(out, "valid", index.valid);
  member(out, "constraint", index.constraint);
  member(out, "parent", index.parent);
  out.end_object();
}

void write(JsonWriter& out, const Relation& relation) {
  out.begin_object(JsonWriter::Layout::block);
  member(out, "schema", relation.schema);
  member(out, "name", relation.name);
  member(out, "kind", relation.kind);
  member(out, "persistence", relation.persistence);
  member(out, "complete", relation.create_seen);
  const auto block = [&](std::string_view name, const auto& items) {
    out.key(name).begin_array(JsonWriter::Layout::block);
    for (const auto& each : items) write(out, each);
    out.end_array();
  };
  block("columns", relation.columns);
  block("constraints", relation.constraints);
  block("indexes", relation.indexes);
  member(out, "partition_of", relation.partition_of);
  member(out, "partitions", List<Text>(relation.partitions));
  member(out, "inherits", List<Text>(relation.inherits));
  member(out, "owned_by", relation.owned_by);
  member(out, "owned_by_column", relation.owned_by_column);
  member(out, "reads", List<Text>(relation.reads));
  member(out, "row_security", relation.row_security);
  member(out, "policies", List<Text>(relation.policies));
  member(out, "triggers", List<Text>(relation.triggers));
  out.end_object();
}

void write(JsonWriter& out, const Type& type) {
  out.begin_object();
  member(out, "schema", type.schema);
  member(out, "name", type.name);
  member(out, "kind", type.kind);
  member(out, "complete", type.create_seen);
  member(out, "labels", type.labels);
  member(out, "columns", type.columns);
  member(out, "base", type.base);
  member(out, "not_null", type.not_null);
  member(out, "has_default", type.default_value);
  member(out, "checks", type.checks);
  out.end_object();
}

void write(JsonWriter& out, const Function& function) {
  out.begin_object();
  member(out, "schema", function.schema);
  member(out, "name", function.name);
  member(out, "language", function.language);
  member(out, "volatility", function.volatility);
  out.end_object();
}

}  // namespace

void write_span(JsonWriter& out, const SourceFile& source, Span span) {
  const Place place = place_of(&source, span);
  out.begin_object();
  member(out, "line", place.begin.line);
  member(out, "column", place.begin.column);
  member(out, "end_line", place.end.line);
  member(out, "end_column", place.end.column);
  out.end_object();
}

void write_operation(JsonWriter& out, const Op& op, const SourceFile& source, Span span) {
  std::visit(
      [&](const auto& each) {
        out.begin_object();
        member(out, "kind", each.kind);
        write_span(out.key("span"), source, span);
        member(out, "part", each.part);
        member(out, "within", each.within);
        write_fields(out, each);
        out.end_object();
      },
      op);
}

void write_schema(JsonWriter& out, const schema::Catalog& schema) {
  out.begin_object(JsonWriter::Layout::block);
  member(out, "known", !schema.opaque());
  member(out, "schemas", schema.schemas());
  out.key("types").begin_array(JsonWriter::Layout::block);
  for (const Type* each : schema.types()) write(out, *each);
  out.end_array().key("functions").begin_array(JsonWriter::Layout::block);
  for (const Function* each : schema.functions()) write(out, *each);
  out.end_array();
  out.key("relations").begin_array(JsonWriter::Layout::block);
  for (const Relation* each : schema.relations()) write(out, *each);
  out.end_array().end_object();
}

}  // namespace migguard::report
