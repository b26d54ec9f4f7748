// Reads the catalog of a live database into the terms of the replayed schema.
#include <database/look.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <charconv>
#include <set>
#include <unordered_map>

namespace migguard::database {
namespace {

// A schema is read once and put together by the identifiers (oid) of its relations and types.
constexpr std::string_view user_schema =
    "n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'";

// Whether an object (of the catalog and with the oid given) belongs to an extension.
std::string of_extension(std::string_view catalog, std::string_view oid) {
  return cat("EXISTS (SELECT FROM pg_depend e WHERE e.classid = '", catalog,
             "'::regclass AND e.objid = ", oid, " AND e.deptype = 'e')");
}

std::vector<std::string> lines(const std::string& text) {
  if (text.empty()) return {};
  const auto pieces = split(text, '\n');
  return {pieces.begin(), pieces.end()};
}

// The names of columns by their numbers, one a line; an expression is an empty line.
std::string names_of(std::string_view numbers, std::string_view relation) {
  return cat(
      "(SELECT string_agg(coalesce(a.attname, ''), E'\\n' ORDER BY k.place) FROM unnest(", numbers,
      ") WITH ORDINALITY k(number, place) LEFT JOIN pg_attribute a ON a.attrelid = ", relation,
      " AND a.attnum = k.number)");
}

// `numeric(10,2)`, `timestamp(3) with time zone`: the numbers in brackets.
std::vector<std::int32_t> modifiers_of(std::string_view type) {
  std::vector<std::int32_t> modifiers;
  const std::size_t open = type.find('(');
  const std::size_t close = type.find(')', open);
  if (open == std::string_view::npos || close == std::string_view::npos) return modifiers;
  for (const std::string_view each : split(type.substr(open + 1, close - open - 1), ',')) {
    std::int32_t number = 0;
    const auto [end, error] = std::from_chars(each.data(), each.data() + each.size(), number);
    if (error == std::errc() && end == each.data() + each.size()) modifiers.push_back(number);
  }
  return modifiers;
}

// The columns that type_of reads, of a type `t` whose element, if it is an array, is `et`.
constexpr std::string_view type_columns =
    "coalesce(en.nspname, tn.nspname), coalesce(et.typname, t.typname), et.oid IS NOT NULL";
constexpr std::string_view type_joins =
    " JOIN pg_namespace tn ON tn.oid = t.typnamespace"
    " LEFT JOIN pg_type et ON et.oid = t.typelem AND t.typcategory = 'A'"
    " LEFT JOIN pg_namespace en ON en.oid = et.typnamespace";

class Reader {
 public:
  Reader(Connection& connection, const std::vector<AppliedTable>& applied)
      : connection_(connection) {
    for (const AppliedTable& each : applied) tool_tables_.insert(each.name);
  }

  Result<schema::Snapshot> read() {
    for (const auto step :
         {&Reader::schemas, &Reader::relations, &Reader::columns, &Reader::constraints,
          &Reader::indexes, &Reader::triggers_and_policies, &Reader::types, &Reader::functions}) {
      if (auto error = (this->*step)()) return *std::move(error);
    }
    return std::move(snapshot_);
  }

 private:
  using Step = std::optional<Error>;

  Text text(const Rows& rows, std::size_t row, std::size_t column) {
    return snapshot_.store->keep(rows.text(row, column));
  }

  std::vector<Text> texts(const Rows& rows, std::size_t row, std::size_t column) {
    std::vector<Text> kept;
    for (const std::string& each : lines(rows.text(row, column)))
      kept.push_back(snapshot_.store->keep(each));
    return kept;
  }

  List<Text> list(const Rows& rows, std::size_t row, std::size_t column) {
    return snapshot_.store->keep(texts(rows, row, column));
  }

  // From the columns schema, name, whether an array, format_type.
  ColumnType type_of(const Rows& rows, std::size_t row, std::size_t first) {
    ColumnType type;
    const std::string& schema = rows.text(row, first);
    type.name = text(rows, row, first + 1);
    if (schema != "pg_catalog") {
      type.schema = snapshot_.store->keep(schema);
      type.name = snapshot_.store->keep(cat(schema, '.', type.name));
    }
    type.array_dimensions = rows.is_true(row, first + 2) ? 1 : 0;
    type.text = text(rows, row, first + 3);
    type.modifiers = snapshot_.store->rarely(modifiers_of(type.text));
    return type;
  }

  Step schemas() {
    const auto rows =
        connection_.query(cat("SELECT n.nspname FROM pg_namespace n WHERE ", user_schema,
                              " AND NOT ", of_extension("pg_namespace", "n.oid"), " ORDER BY 1"));
    if (!rows) return rows.error();
    for (std::size_t row = 0; row < rows->rows.size(); ++row)
      snapshot_.schemas.push_back(rows->text(row, 0));
    return std::nullopt;
  }

  Step relations() {
    const auto rows = connection_.query(
        cat("SELECT c.oid, n.nspname, c.relname, c.relkind, c.relpersistence, c.relrowsecurity,"
            " CASE WHEN c.relispartition THEN (SELECT CASE pn.nspname WHEN 'public' THEN '' ELSE "
            "pn.nspname || '.' END || p.relname FROM pg_inherits i JOIN pg_class p ON p.oid = "
            "i.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace WHERE i.inhrelid = c.oid) "
            "END,"
            " (SELECT o.relname FROM pg_depend d JOIN pg_class o ON o.oid = d.refobjid WHERE "
            "c.relkind = 'S' AND d.classid = 'pg_class'::regclass AND d.objid = c.oid AND "
            "d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i') LIMIT 1)"
            " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S') AND ",
            user_schema, " AND NOT ", of_extension("pg_class", "c.oid"), " ORDER BY 2, 3"));
    if (!rows) return rows.error();
    for (std::size_t row = 0; row < rows->rows.size(); ++row) {
      Relation relation;
      relation.schema = text(*rows, row, 1);
      relation.name = text(*rows, row, 2);
      if (tool_tables_.count(
              cat(quote_identifier(relation.schema), '.', quote_identifier(relation.name))))
        continue;
      switch (rows->text(row, 3).front()) {
        case 'p':
          relation.kind = RelationKind::partitioned_table;
          break;
        case 'f':
          relation.kind = RelationKind::foreign_table;
          break;
        case 'v':
          relation.kind = RelationKind::view;
          break;
        case 'm':
          relation.kind = RelationKind::materialized_view;
          break;
        case 'S':
          relation.kind = RelationKind::sequence;
          break;
        default:
          break;
      }
      if (rows->text(row, 4) == "u") relation.persistence = Persistence::unlogged;
      relation.row_security = rows->is_true(row, 5);
      relation.partition_of = text(*rows, row, 6);
      relation.owned_by = text(*rows, row, 7);
      relation.create_seen = true;
      by_oid_[rows->text(row, 0)] = snapshot_.relations.size();
      snapshot_.relations.push_back(std::move(relation));
    }
    return std::nullopt;
  }

  Relation* relation(const std::string& oid) {
    const auto found = by_oid_.find(oid);
    return found == by_oid_.end() ? nullptr : &snapshot_.relations[found->second];
  }

  Step columns() {
    const auto rows = connection_.query(
        cat("SELECT a.attrelid, a.attname, ", type_columns,
            ", format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, "
            "d.adrelid), a.attidentity, a.attgenerated, a.attinhcount > 0 AND NOT a.attislocal,"
            " CASE WHEN a.attcollation <> t.typcollation THEN co.collname END"
            " FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
            " JOIN pg_namespace n ON n.oid = c.relnamespace"
            " JOIN pg_type t ON t.oid = a.atttypid",
            type_joins,
            " LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum"
            " LEFT JOIN pg_collation co ON co.oid = a.attcollation"
            " WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'f', 'v', 'm')"
            " AND ",
            user_schema, " ORDER BY a.attrelid, a.attnum"));
    if (!rows) return rows.error();
    for (std::size_t row = 0; row < rows->rows.size(); ++row) {
      Relation* table = relation(rows->text(row, 0));
      if (!table) continue;
      Column column;
      column.name = text(*rows, row, 1);
      column.type = type_of(*rows, row, 2);
      column.not_null = rows->is_true(row, 6) ? Known::yes : Known::no;
      column.default_text = text(*rows, row, 7);
      const std::string& identity = rows->text(row, 8);
      if (identity == "a") column.identity = Identity::always;
      if (identity == "d") column.identity = Identity::by_default;
      const std::string& generated = rows->text(row, 9);
      if (generated == "s") column.generated = Generated::stored;
      if (generated == "v") column.generated = Generated::virtual_;
      column.has_default = !column.default_text.empty() && generated.empty();
      column.inherited = rows->is_true(row, 10);
      column.collation = text(*rows, row, 11);
      table->columns.push_back(column);
    }
    return std::nullopt;
  }

  Step constraints() {
    const auto rows = connection_.query(
        cat("SELECT o.conrelid, o.conname, o.contype, ", names_of("o.conkey", "o.conrelid"),
            ", rn.nspname, r.relname, ", names_of("o.confkey", "o.confrelid"),
            ", o.convalidated, o.connoinherit, o.coninhcount > 0 AND NOT o.conislocal"
            " FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid"
            " JOIN pg_namespace n ON n.oid = c.relnamespace"
            " LEFT JOIN pg_class r ON r.oid = o.confrelid"
            " LEFT JOIN pg_namespace rn ON rn.oid = r.relnamespace"
            " WHERE o.contype IN ('p', 'u', 'f', 'c', 'x') AND ",
            user_schema, " ORDER BY o.conrelid, o.conname"));
    if (!rows) return rows.error();
    for (std::size_t row = 0; row < rows->rows.size(); ++row) {
      Relation* table = relation(rows->text(row, 0));
      if (!table) continue;
      Constraint constraint;
      constraint.name = text(*rows, row, 1);
      switch (rows->text(row, 2).front()) {
        case 'p':
          constraint.kind = ConstraintKind::primary_key;
          break;
        case 'u':
          constraint.kind = ConstraintKind::unique;
          break;
        case 'f':
          constraint.kind = ConstraintKind::foreign_key;
          break;
        case 'x':
          constraint.kind = ConstraintKind::exclusion;
          break;
        default:
          break;
      }
      constraint.columns = list(*rows, row, 3);
      constraint.references_schema = text(*rows, row, 4);
      constraint.references_table = text(*rows, row, 5);
      constraint.referenced_columns = list(*rows, row, 6);
      constraint.valid = rows->is_true(row, 7);
      constraint.no_inherit = rows->is_true(row, 8);
      constraint.inherited = rows->is_true(row, 9);
      table->constraints.push_back(constraint);
    }
    return std::nullopt;
  }

  Step indexes() {
    const auto rows = connection_.query(
        cat("SELECT i.indrelid, ic.relname, am.amname, ",
            names_of("(i.indkey::int2[])[0:i.indnkeyatts - 1]", "i.indrelid"), ", ",
            names_of("(i.indkey::int2[])[i.indnkeyatts:i.indnatts - 1]", "i.indrelid"),
            ", i.indisunique, i.indpred IS NOT NULL, i.indisvalid, o.conname,"
            " EXISTS (SELECT FROM pg_inherits h WHERE h.inhrelid = i.indexrelid)"
            " FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid"
            " JOIN pg_am am ON am.oid = ic.relam"
            " JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
            " LEFT JOIN pg_constraint o ON o.conindid = i.indexrelid AND o.conrelid = i.indrelid"
            " AND o.contype IN ('p', 'u', 'x') WHERE ",
            user_schema, " ORDER BY i.indrelid, ic.relname"));
    if (!rows) return rows.error();
    for (std::size_t row = 0; row < rows->rows.size(); ++row) {
      Relation* table = relation(rows->text(row, 0));
      if (!table) continue;
      Index index;
      index.name = text(*rows, row, 1);
      index.method = text(*rows, row, 2);
      std::vector<Text> columns = texts(*rows, row, 3);
      if (columns.empty()) columns.emplace_back();  // one expression
      index.columns = snapshot_.store->keep(columns);
      index.include = list(*rows, row, 4);
      index.unique = rows->is_true(row, 5);
      index.partial = rows->is_true(row, 6);
      index.valid = rows->is_true(row, 7);
      index.constraint = text(*rows, row, 8);
      if (rows->is_true(row, 9)) index.parent = "?";
      table->indexes.push_back(index);
    }
    return std::nullopt;
  }

  Step triggers_and_policies() {
    // On 12, clones on partitions cannot be told apart by a column.
    const auto rows = connection_.query(
        cat("SELECT tgrelid, tgname, true FROM pg_trigger WHERE NOT tgisinternal",
            connection_.server_version() >= 13 ? " AND tgparentid = 0" : "",
            " UNION ALL SELECT polrelid, polname, false FROM pg_policy ORDER BY 1, 2"));
    if (!rows) return rows.error();
    for (std::size_t row = 0; row < rows->rows.size(); ++row) {
      Relation* table = relation(rows->text(row, 0));
      if (!table) continue;
      (rows->is_true(row, 2) ? table->triggers : table->policies).push_back(text(*rows, row, 1));
    }
    return std::nullopt;
  }

  Step types() {
    const auto rows = connection_.query(
        cat("SELECT n.nspname, y.typname, y.typtype,"
            " (SELECT string_agg(l.enumlabel, E'\\n' ORDER BY l.enumsortorder) FROM pg_enum l"
            " WHERE l.enumtypid = y.oid), y.typnotnull, y.typdefault IS NOT NULL,"
            " (SELECT string_agg(k.conname, E'\\n' ORDER BY k.conname) FROM pg_constraint k"
            " WHERE k.contypid = y.oid AND k.contype = 'c'), ",
            type_columns,
            ", CASE WHEN t.oid IS NOT NULL THEN format_type(t.oid, y.typtypmod) END"
            " FROM pg_type y JOIN pg_namespace n ON n.oid = y.typnamespace"
            " LEFT JOIN pg_class r ON r.oid = y.typrelid"
            " LEFT JOIN (pg_type t",
            type_joins,
            ") ON t.oid = y.typbasetype"
            " WHERE (y.typtype IN ('e', 'd', 'r') OR (y.typtype = 'c' AND r.relkind = 'c')) AND ",
            user_schema, " AND NOT ", of_extension("pg_type", "y.oid"), " ORDER BY 1, 2"));
    if (!rows) return rows.error();
    for (std::size_t row = 0; row < rows->rows.size(); ++row) {
      Type type;
      type.schema = text(*rows, row, 0);
      type.name = text(*rows, row, 1);
      switch (rows->text(row, 2).front()) {
        case 'd':
          type.kind = TypeKind::domain;
          break;
        case 'c':
          type.kind = TypeKind::composite;
          break;
        case 'r':
          type.kind = TypeKind::range;
          break;
        default:
          break;
      }
      type.labels = texts(*rows, row, 3);
      type.not_null = rows->is_true(row, 4);
      type.default_value = rows->is_true(row, 5);
      type.checks = texts(*rows, row, 6);
      type.base = type_of(*rows, row, 7);
      snapshot_.types.push_back(std::move(type));
    }
    return std::nullopt;
  }

  Step functions() {
    const auto rows = connection_.query(
        cat("SELECT DISTINCT n.nspname, p.proname FROM pg_proc p"
            " JOIN pg_namespace n ON n.oid = p.pronamespace WHERE ",
            user_schema, " AND NOT ", of_extension("pg_proc", "p.oid"),
            // What a range type brings along.
            " AND NOT EXISTS (SELECT FROM pg_depend i WHERE i.classid = 'pg_proc'::regclass AND"
            " i.objid = p.oid AND i.deptype = 'i') ORDER BY 1, 2"));
    if (!rows) return rows.error();
    for (std::size_t row = 0; row < rows->rows.size(); ++row) {
      Function function;
      function.schema = text(*rows, row, 0);
      function.name = text(*rows, row, 1);
      snapshot_.functions.push_back(function);
    }
    return std::nullopt;
  }

  Connection& connection_;
  std::set<std::string> tool_tables_;
  std::unordered_map<std::string, std::size_t> by_oid_;
  schema::Snapshot snapshot_;
};

}  // namespace

Result<schema::Snapshot> read_schema(Connection& connection,
                                     const std::vector<AppliedTable>& applied) {
  return Reader(connection, applied).read();
}

}  // namespace migguard::database
