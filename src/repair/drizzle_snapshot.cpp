// The snapshot's document: tables with their columns, indexes and constraints, then all else.
#include <repair/drizzle_snapshot.hpp>

#include <algorithm>
#include <map>
#include <repair/drizzle_types.hpp>
#include <repair/snapshot_parts.hpp>
#include <report/json_writer.hpp>
#include <sql/clause.hpp>
#include <util/json.hpp>
#include <util/sha256.hpp>
#include <util/text.hpp>

namespace migguard::repair {
namespace {

using report::JsonWriter;

constexpr auto block = JsonWriter::Layout::block;

// A number as JSON spells it.
bool is_json_number(std::string_view text) {
  const auto parsed = json::parse(text);
  const auto* value = std::get_if<json::Value>(&parsed);
  return value && value->is_number();
}

bool is_numeric(std::string_view type) {
  return type == "int2" || type == "int4" || type == "int8" || type == "float4" ||
         type == "float8" || type == "numeric";
}

// `public` is nobody's schema in Drizzle.
std::string_view schema_member(std::string_view schema) {
  return schema == "public" ? std::string_view() : schema;
}

std::string key_of(const Name& name) { return cat(name.schema, ".", name.name); }

void write_texts(JsonWriter& out, std::string_view key, const auto& texts) {
  out.key(key).begin_array(block);
  for (const Text each : texts) out.value(each);
  out.end_array();
}

// What Drizzle's schema files can declare.
bool is_declared(const Relation& relation) {
  return relation.persistence != Persistence::temporary && relation.schema != "drizzle";
}

class Writer {
 public:
  Writer(const schema::Catalog& catalog, const Definitions& definitions, std::string_view earlier)
      : catalog_(catalog), definitions_(definitions), up_to_(catalog.current_migration()) {
    if (earlier.empty()) return;
    auto parsed = json::parse(earlier);
    if (auto* value = std::get_if<json::Value>(&parsed)) earlier_ = std::move(*value);
  }

  SnapshotText write(std::string_view id, std::string_view previous_id) {
    out_.begin_object(block).member("id", id).member("prevId", previous_id);
    out_.member("version", "7").member("dialect", "postgresql");
    write_tables();
    write_enums();
    write_schemas();
    write_sequences();
    write_roles();
    out_.key("policies").begin_object(block).end_object();
    write_views();
    out_.key("_meta").begin_object(block);
    for (const std::string_view each : {"columns", "schemas", "tables"})
      out_.key(each).begin_object(block).end_object();
    out_.end_object().end_object();
    SnapshotText result;
    result.text = out_.take();
    result.text.pop_back();
    std::sort(left_out_.begin(), left_out_.end());
    result.left_out = std::move(left_out_);
    return result;
  }

 private:
  void write_tables() {
    out_.key("tables").begin_object(block);
    for (const Relation* each : in_earlier_order(tables())) write_table(*each);
    out_.end_object();
  }

  std::vector<const Relation*> tables() {
    std::vector<const Relation*> list;
    for (const Relation* each : catalog_.relations()) {
      if (!is_declared(*each)) continue;
      const std::string name = to_string(each->full_name());
      const bool table =
          each->kind == RelationKind::table || each->kind == RelationKind::partitioned_table;
      if (each->kind == RelationKind::foreign_table)
        left_out_.push_back(cat("the foreign table ", name, ", which Drizzle cannot declare"));
      if (!table) continue;
      if (!each->partition_of.empty()) {
        left_out_.push_back(cat("the partition ", name, ", which Drizzle cannot declare"));
        continue;
      }
      if (!each->create_seen) {
        left_out_.push_back(
            cat("the table ", name, ", which no migration makes: its columns are not all known"));
        continue;
      }
      list.push_back(each);
    }
    return list;
  }

  // Tables in the order of the snapshot before, new ones behind, so that the two can be compared.
  std::vector<const Relation*> in_earlier_order(std::vector<const Relation*> list) const {
    const json::Value* before = earlier_.get("tables");
    if (!before || !before->is_object()) return list;
    std::map<std::string_view, std::size_t> places;
    for (std::size_t at = 0; at < before->members.size(); ++at)
      places.emplace(before->members[at].key, at);
    const auto place = [&](const Relation* relation) {
      const auto found = places.find(key_of(relation->full_name()));
      return found == places.end() ? places.size() : found->second;
    };
    std::stable_sort(list.begin(), list.end(), [&](const Relation* one, const Relation* other) {
      return place(one) < place(other);
    });
    return list;
  }

  void write_table(const Relation& table) {
    const json::Value* tables = earlier_.get("tables");
    earlier_table_ = tables ? tables->get(key_of(table.full_name())) : nullptr;
    out_.key(key_of(table.full_name())).begin_object(block);
    out_.member("name", table.name).member("schema", schema_member(table.schema));
    out_.key("columns").begin_object(block);
    for (const Column& each : table.columns) write_column(table, each);
    out_.end_object();
    write_indexes(table);
    out_.key("foreignKeys").begin_object(block);
    for (const Constraint& each : table.constraints)
      if (each.kind == ConstraintKind::foreign_key) write_foreign_key(table, each);
    out_.end_object();
    out_.key("compositePrimaryKeys").begin_object(block);
    for (const Constraint& each : table.constraints)
      if (each.kind == ConstraintKind::primary_key && !at_column(table, each))
        write_primary_key(table, each);
    out_.end_object();
    out_.key("uniqueConstraints").begin_object(block);
    for (const Constraint& each : table.constraints)
      if (each.kind == ConstraintKind::unique) write_unique(table, each);
    for (const Constraint& each : table.constraints)
      if (each.kind == ConstraintKind::primary_key) write_unique_beside(table, each);
    out_.end_object();
    out_.key("policies").begin_object(block);
    for (const Text each : table.policies) write_policy(table, each);
    out_.end_object();
    out_.key("checkConstraints").begin_object(block);
    for (const Constraint& each : table.constraints)
      if (each.kind == ConstraintKind::check) write_check(table, each);
    out_.end_object();
    out_.member("isRLSEnabled", table.row_security).end_object();
    for (const Constraint& each : table.constraints) {
      if (each.kind == ConstraintKind::exclusion)
        left_out_.push_back(cat("the exclusion constraint ", each.name, " of ",
                                to_string(table.full_name()), ", which Drizzle cannot declare"));
    }
  }

  // ---- Columns

  // Whether a primary key belongs to its one column (`.primaryKey()`) rather than to the table
  // (`primaryKey({ columns: [...] })`): drizzle-kit writes the latter with a name of its own.
  bool at_column(const Relation& table, const Constraint& key) const {
    if (key.columns.size() != 1) return false;
    if (const json::Value* before = earlier_member("compositePrimaryKeys", key.name))
      return !before->is_object();
    const auto written = definitions_.constraint(table, key);
    if (!written || written.op->name.empty()) return true;
    // Prisma and others name every key `<table>_pkey`, as PostgreSQL does by itself.
    return written.op->name ==
           cat(table.created_as.empty() ? table.name : table.created_as, "_pkey");
  }

  void write_column(const Relation& table, const Column& column) {
    const auto written = definitions_.column(table, column);
    std::string_view spelled;
    if (written) spelled = sql::slice(written.text, written.op->span);
    const DrizzleType type = drizzle_type(column, catalog_, spelled);
    const bool primary = std::any_of(
        table.constraints.begin(), table.constraints.end(), [&](const Constraint& each) {
          return each.kind == ConstraintKind::primary_key && each.columns.size() == 1 &&
                 each.columns.front() == column.name && at_column(table, each);
        });
    out_.key(column.name).begin_object(block).member("name", column.name);
    out_.member("type", type.type);
    if (!type.enum_schema.empty()) out_.member("typeSchema", type.enum_schema);
    out_.member("primaryKey", primary).member("notNull", column.not_null == Known::yes);
    if (column.has_default && !column.serial && column.generated == Generated::none)
      write_default(column);
    if (column.generated != Generated::none) write_generated(table, written);
    if (column.identity != migguard::Identity::none) write_identity(table, column, written);
    out_.end_object();
    if (!column.type_known)
      left_out_.push_back(cat("the type of ", to_string(table.full_name()), ".", column.name,
                              ", which the history does not tell"));
  }

  void write_default(const Column& column) {
    std::string_view text = trim(column.default_text);
    out_.key("default");
    if (const json::Value* before = earlier_default(column.name)) {
      if (before->is_string() && before->text == text) return static_cast<void>(out_.value(text));
      if (before->is_number() && before->text == text) return static_cast<void>(out_.number(text));
    }
    const std::string lower = to_lower(text);
    const bool plain = column.type.schema.empty() && column.type.array_dimensions == 0;
    if (plain && column.type.name == "bool" && (lower == "true" || lower == "false")) {
      out_.value(lower == "true");
    } else if (plain && is_numeric(column.type.name) && is_json_number(text)) {
      out_.number(text);
    } else {
      out_.value(without_own_cast(text, column));
    }
  }

  const json::Value* earlier_default(std::string_view column) const {
    const json::Value* columns = earlier_table_ ? earlier_table_->get("columns") : nullptr;
    const json::Value* before = columns ? columns->get(column) : nullptr;
    return before ? before->get("default") : nullptr;
  }

  // drizzle-kit adds a cast to the column's own enum where it changes its type.
  std::string_view without_own_cast(std::string_view text, const Column& column) const {
    const Type* type = catalog_.type(column.type.lookup_name()).known();
    if (!type || type->kind != TypeKind::enum_ || !text.starts_with('\'')) return text;
    const std::size_t cast = text.rfind("'::");
    return cast == std::string_view::npos || cast == 0 ? text : text.substr(0, cast + 1);
  }

  void write_generated(const Relation& table, const Written<ColumnDefinition>& written) {
    std::string expression;
    if (written) {
      const Span behind = sql::after_word(written.text, column_range(written), "generated");
      expression = in_brackets_after(written.text, behind, "as");
      if (expression.empty()) expression = written.op->generation->text;
    }
    out_.key("generated").begin_object(block);
    out_.member("as", with_names_of_now(expression, table)).member("type", "stored").end_object();
  }

  void write_identity(const Relation& table, const Column& column,
                      const Written<ColumnDefinition>& written) {
    SequenceOptions options;
    const auto added = definitions_.identity(table, column, up_to_);
    if (added) {
      options = identity_options(added.text, added.statement, column.type.name);
    } else if (written) {
      options = identity_options(written.text, column_range(written), column.type.name);
    } else {
      options = identity_options({}, {}, column.type.name);
    }
    if (options.name.empty()) options.name = cat(table.name, "_", column.name, "_seq");
    out_.key("identity").begin_object(block);
    out_.member("type", column.identity == migguard::Identity::always ? "always" : "byDefault");
    out_.member("name", options.name).member("schema", table.schema);
    write_options(options);
    out_.end_object();
  }

  // From the column's name to the end of its statement: what follows is another column only behind
  // what is looked for.
  static Span column_range(const Written<ColumnDefinition>& written) {
    return {written.op->span.begin, written.statement.end};
  }

  void write_options(const SequenceOptions& options) {
    out_.member("increment", options.increment).member("startWith", options.start);
    out_.member("minValue", options.minimum).member("maxValue", options.maximum);
    out_.member("cache", options.cache).member("cycle", options.cycle);
  }

  // ---- Indexes and constraints

  void write_indexes(const Relation& table) {
    out_.key("indexes").begin_object(block);
    for (const Index& each : table.indexes)
      if (each.constraint.empty()) write_index(table, each);
    out_.end_object();
  }

  void write_index(const Relation& table, const Index& index) {
    const auto written = definitions_.index(table, index);
    const std::string name = whole_name(index.name, written.text, written.statement);
    const json::Value* before = earlier_member("indexes", name);
    out_.key(name).begin_object(block).member("name", name);
    out_.key("columns").begin_array(block);
    auto elements = index_elements(written, table, index);
    spell_as_before(elements, before);
    for (const IndexElement& each : elements) {
      out_.begin_object(block).member("expression", each.expression);
      out_.member("isExpression", each.is_expression).member("asc", each.ascending);
      out_.member("nulls", each.nulls_first ? "first" : "last");
      if (!each.operator_class.empty()) out_.member("opclass", each.operator_class);
      out_.end_object();
    }
    out_.end_array().member("isUnique", index.unique);
    if (index.partial && written) {
      const Span where = sql::after_word(written.text, written.statement, "where");
      out_.member("where", with_names_of_now(trim(sql::slice(written.text, where)), table));
    }
    out_.member("concurrently", built_concurrently(before));
    out_.member("method", index.method).key("with").begin_object(block);
    if (written) {
      for (const OptionValue& each : written.op->options) {
        out_.key(each.name);
        if (is_json_number(each.value)) {
          out_.number(each.value);
        } else {
          out_.value(each.value);
        }
      }
    }
    out_.end_object().end_object();
  }

  // Not as the SQL has it: Drizzle runs all in one transaction, so that people put CONCURRENTLY
  // into the SQL alone, or take it out.
  static bool built_concurrently(const json::Value* before) {
    const json::Value* value = before ? before->get("concurrently") : nullptr;
    return value && value->boolean;
  }

  // `sql` expressions that are no more than a column with an operator class or an order.
  static void spell_as_before(std::vector<IndexElement>& elements, const json::Value* before) {
    const json::Value* columns = before ? before->get("columns") : nullptr;
    if (!columns || columns->items.size() != elements.size()) return;
    for (std::size_t at = 0; at < elements.size(); ++at) {
      const json::Value& column = columns->items[at];
      const auto text = [&](std::string_view key) {
        const json::Value* value = column.get(key);
        return value && value->is_string() ? value->text : std::string();
      };
      const auto truth = [&](std::string_view key) {
        const json::Value* value = column.get(key);
        return value && value->boolean;
      };
      const IndexElement spelled{text("expression"), truth("isExpression"), truth("asc"),
                                 text("nulls") == "first", text("opclass")};
      if (element_sql(spelled) == element_sql(elements[at])) elements[at] = spelled;
    }
  }

  void write_foreign_key(const Relation& table, const Constraint& key) {
    const auto written = definitions_.constraint(table, key);
    const std::string name = whole_name(key.name, written.text, written.statement);
    out_.key(name).begin_object(block).member("name", name);
    out_.member("tableFrom", table.name).member("tableTo", key.references_table);
    if (!schema_member(key.references_schema).empty())
      out_.member("schemaTo", key.references_schema);
    write_texts(out_, "columnsFrom", key.columns);
    write_texts(out_, "columnsTo", key.referenced_columns);
    out_.member("onDelete", to_lower(sql_name(key.on_delete)));
    out_.member("onUpdate",
                to_lower(sql_name(written ? written.op->on_update : ReferentialAction::no_action)));
    out_.end_object();
  }

  void write_primary_key(const Relation& table, const Constraint& key) {
    const auto written = definitions_.constraint(table, key);
    const std::string name = whole_name(key.name, written.text, written.statement);
    out_.key(name).begin_object(block).member("name", name);
    write_texts(out_, "columns", key.columns);
    out_.end_object();
  }

  void write_unique(const Relation& table, const Constraint& unique) {
    write_unique(unique, definitions_.constraint(table, unique));
  }

  // PostgreSQL makes one index of a primary key and a unique constraint of the same column;
  // drizzle-kit goes on to speak of both.
  void write_unique_beside(const Relation& table, const Constraint& key) {
    Constraint unique = key;
    unique.kind = ConstraintKind::unique;
    const auto written = definitions_.constraint(table, unique);
    if (!written || !same(written.op->columns, key.columns)) return;
    if (!written.op->name.empty()) unique.name = written.op->name;
    write_unique(unique, written);
  }

  void write_unique(const Constraint& unique, const Written<ConstraintDefinition>& written) {
    const std::string name = whole_name(unique.name, written.text, written.statement);
    out_.key(name).begin_object(block).member("name", name);
    out_.member("nullsNotDistinct", written && written.op->nulls_not_distinct);
    write_texts(out_, "columns", unique.columns);
    out_.end_object();
  }

  void write_check(const Relation& table, const Constraint& check) {
    const auto written = definitions_.constraint(table, check);
    std::string text;
    if (written) text = in_brackets_after(written.text, written.op->span, "check");
    if (text.empty()) text = check.check;
    const std::string name = whole_name(check.name, written.text, written.statement);
    out_.key(name).begin_object(block).member("name", name);
    out_.member("value", with_names_of_now(text, table)).end_object();
  }

  void write_policy(const Relation& table, std::string_view name) {
    const auto written = definitions_.policy(table, name, up_to_);
    if (!written) {
      left_out_.push_back(cat("the policy ", name, " of ", to_string(table.full_name()),
                              ", whose text was not found"));
      return;
    }
    const PolicyClauses clauses = policy_clauses(written);
    out_.key(name).begin_object(block).member("name", name);
    out_.member("as", clauses.permissive ? "PERMISSIVE" : "RESTRICTIVE");
    out_.member("for", clauses.command).key("to").begin_array(block);
    for (const std::string& each : clauses.roles) out_.value(each);
    out_.end_array();
    if (!clauses.using_.empty()) out_.member("using", clauses.using_);
    if (!clauses.with_check.empty()) out_.member("withCheck", clauses.with_check);
    out_.end_object();
  }

  const json::Value* earlier_member(std::string_view list, std::string_view name) const {
    const json::Value* members = earlier_table_ ? earlier_table_->get(list) : nullptr;
    return members ? members->get(name) : nullptr;
  }

  // ---- All else

  void write_enums() {
    out_.key("enums").begin_object(block);
    for (const Type* each : catalog_.types()) {
      if (each->kind != TypeKind::enum_) continue;
      out_.key(key_of({each->schema, each->name})).begin_object(block);
      out_.member("name", each->name).member("schema", each->schema);
      write_texts(out_, "values", in_earlier_order(*each));
      out_.end_object();
    }
    out_.end_object();
  }

  // Labels in the order of the snapshot before, which follows the schema file: ADD VALUE puts them
  // where it can.
  std::vector<Text> in_earlier_order(const Type& type) const {
    std::vector<Text> labels(type.labels.begin(), type.labels.end());
    const json::Value* enums = earlier_.get("enums");
    const json::Value* before = enums ? enums->get(key_of({type.schema, type.name})) : nullptr;
    const json::Value* values = before ? before->get("values") : nullptr;
    if (!values || values->items.size() != labels.size()) return labels;
    std::vector<Text> ordered;
    for (const json::Value& each : values->items) {
      const auto found = std::find(labels.begin(), labels.end(), each.text);
      if (found == labels.end()) return labels;
      ordered.push_back(*found);
    }
    return ordered;
  }

  void write_schemas() {
    out_.key("schemas").begin_object(block);
    for (const std::string& each : catalog_.schemas()) {
      if (each == "public" || each == "drizzle" || each.starts_with("pg_")) continue;
      out_.member(each, each);
    }
    out_.end_object();
  }

  void write_sequences() {
    out_.key("sequences").begin_object(block);
    for (const Relation* each : catalog_.relations()) {
      if (each->kind != RelationKind::sequence || !is_declared(*each) || !each->owned_by.empty())
        continue;
      const auto written = definitions_.sequence(*each);
      const SequenceOptions options =
          sequence_options(written.text, written ? written.statement : Span{}, "int8");
      out_.key(key_of(each->full_name())).begin_object(block);
      out_.member("name", each->name).member("schema", each->schema);
      write_options(options);
      out_.end_object();
    }
    out_.end_object();
  }

  void write_roles() {
    std::map<std::string, const CreateObject*> roles;
    for (const Migration& migration : definitions_.history().migrations) {
      if (migration.position > up_to_) break;
      for (const Statement& statement : migration.script.statements) {
        for (const Op& op : statement.ops) {
          if (const auto* create = std::get_if<CreateObject>(&op);
              create && create->object == ObjectKind::role) {
            roles[std::string(create->name.name)] = create;
          } else if (const auto* drop = std::get_if<DropObject>(&op);
                     drop && drop->object == ObjectKind::role) {
            roles.erase(std::string(drop->name.name));
          }
        }
      }
    }
    out_.key("roles").begin_object(block);
    for (const auto& [name, role] : roles) {
      const auto option = [&, role = role](std::string_view wanted, bool otherwise) {
        for (const OptionValue& each : role->options)
          if (each.name == wanted) return each.value != "false" && each.value != "0";
        return otherwise;
      };
      out_.key(name).begin_object(block).member("name", name);
      out_.member("createDb", option("createdb", false));
      out_.member("createRole", option("createrole", false));
      out_.member("inherit", option("inherit", true)).end_object();
    }
    out_.end_object();
  }

  void write_views() {
    out_.key("views").begin_object(block);
    for (const Relation* each : catalog_.relations()) {
      const bool materialized = each->kind == RelationKind::materialized_view;
      if ((each->kind != RelationKind::view && !materialized) || !is_declared(*each)) continue;
      const auto written = definitions_.view(*each, up_to_);
      if (!written) continue;
      const ViewClauses clauses = view_clauses(written);
      out_.key(key_of(each->full_name())).begin_object(block);
      write_view_columns(*each);
      out_.member("definition", clauses.definition).member("name", each->name);
      out_.member("schema", each->schema).member("isExisting", false);
      if (!clauses.options.empty()) {
        out_.key("with").begin_object(block);
        for (const auto& [name, value] : clauses.options) write_option(name, value);
        out_.end_object();
      }
      if (clauses.no_data) out_.member("withNoData", true);
      out_.member("materialized", materialized).end_object();
    }
    out_.end_object();
  }

  void write_option(std::string_view name, const std::string& value) {
    out_.key(name);
    if (value == "true" || value == "false") {
      out_.value(value == "true");
    } else if (is_json_number(value)) {
      out_.number(value);
    } else {
      out_.value(value);
    }
  }

  // Those whose type is known: drizzle-kit keeps them for its own use and compares none.
  void write_view_columns(const Relation& view) {
    out_.key("columns").begin_object(block);
    for (const Column& each : view.columns) {
      if (!each.type_known || each.name.empty()) continue;
      const DrizzleType type = drizzle_type(each, catalog_, {});
      out_.key(each.name).begin_object(block).member("name", each.name);
      out_.member("type", type.type);
      if (!type.enum_schema.empty()) out_.member("typeSchema", type.enum_schema);
      out_.member("primaryKey", false).member("notNull", each.not_null == Known::yes);
      out_.end_object();
    }
    out_.end_object();
  }

  const schema::Catalog& catalog_;
  const Definitions& definitions_;
  std::int32_t up_to_;
  json::Value earlier_;
  const json::Value* earlier_table_ = nullptr;
  JsonWriter out_;
  std::vector<std::string> left_out_;
};

}  // namespace

std::string snapshot_id(std::string_view seed) {
  Sha256 sum;
  sum.add(seed);
  std::string digits = sum.hexadecimal().substr(0, 32);
  digits[12] = '8';
  constexpr std::string_view variants = "89ab";
  const char variant = digits[16];
  digits[16] = variants[static_cast<std::size_t>(variant <= '9' ? variant - '0' : variant - 'a') %
                        variants.size()];
  const std::string_view id = digits;
  return cat(id.substr(0, 8), "-", id.substr(8, 4), "-", id.substr(12, 4), "-", id.substr(16, 4),
             "-", id.substr(20));
}

SnapshotText drizzle_snapshot(const schema::Catalog& catalog, const Definitions& definitions,
                              std::string_view id, std::string_view previous_id,
                              std::string_view earlier) {
  return Writer(catalog, definitions, earlier).write(id, previous_id);
}

}  // namespace migguard::repair
