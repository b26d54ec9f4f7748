// Typed columns that the configuration's matrix names and the schema does not have.
#include <migguard/jsonb.hpp>
#include <migguard/rule.hpp>
#include <optional>

namespace migguard::rules {
namespace {

// `app.quotes.metadata` as a relation and a column; a plain name without a point is no column.
struct Place {
  Name table;
  std::string_view column;
};
std::optional<Place> place_of(std::string_view text) {
  const std::size_t point = text.rfind('.');
  if (point == std::string_view::npos) return {};
  const std::string_view table = text.substr(0, point);
  const std::size_t schema = table.find('.');
  const bool qualified = schema != std::string_view::npos;
  return Place{{qualified ? table.substr(0, schema) : std::string_view(),
                qualified ? table.substr(schema + 1) : table},
               text.substr(point + 1)};
}

bool is_of(const Relation& relation, const Name& table) {
  return plain(table) == relation.created_as;
}

// Where the JSON column was made: the statement that its team looks for.
struct Made {
  const SourceFile* source = nullptr;
  Span span;
};
Made where_made(Context& ctx, const Relation& relation, const Column& json) {
  for (const Migration& migration : ctx.whole_history().migrations) {
    for (const Statement& statement : migration.script.statements) {
      for (const Op& op : statement.ops) {
        if (const auto* made = std::get_if<CreateTable>(&op)) {
          if (!is_of(relation, made->table)) continue;
          for (const ColumnDefinition& column : made->columns) {
            if (column.name == json.created_as) return {migration.source, column.span};
          }
        } else if (const auto* add = std::get_if<AddColumn>(&op)) {
          if (is_of(relation, add->table) && add->column.name == json.created_as)
            return {migration.source, add->column.span};
        }
      }
    }
  }
  return {};
}

std::string_view type_for(const jsonb::Classification& found) {
  if (found.suggestion == "bigint") return "bigint";
  if (found.suggestion.starts_with("char")) return "char(3)";
  if (found.suggestion.starts_with("numeric(9")) return "numeric(9,6)";
  if (found.suggestion.starts_with("numeric(18")) return "numeric(18,8)";
  return found.monetary() ? "numeric(12,2)" : "text";
}

void check(Context& ctx, const AfterMigration& after) {
  if (ctx.jsonb().matrix.empty() || &after.migration != &ctx.history().migrations.back()) return;
  for (const auto& [name, keys] : ctx.jsonb().matrix) {
    const std::optional<Place> json = place_of(name);
    const Relation* relation = json ? ctx.schema().relation(json->table).known() : nullptr;
    const Column* column = relation ? relation->column(json->column) : nullptr;
    if (!column) continue;
    for (const auto& [key, wanted] : keys) {
      const std::optional<Place> typed = place_of(wanted);
      const Place at = typed ? *typed : Place{json->table, wanted};
      const Relation* holder = ctx.schema().relation(at.table).known();
      if (!holder || !holder->create_seen) continue;
      const Column* found = holder->column(at.column);
      TypeName type;
      if (found) type.name = found->type.lookup_name();
      if (found && !(found->type_known && is_json_type(ctx, type))) continue;
      const Made made = where_made(ctx, *relation, *column);
      if (!made.source) continue;
      const std::string full = cat(plain(holder->full_name()), ".", at.column);
      const std::string_view wanted_type = type_for(jsonb::classify(key, key));
      const std::string name_and_type = cat(quote_identifier(at.column), " ", wanted_type);
      ctx.report(*made.source, made.span,
                 found ? cat(key, " of ", name, " is meant for ", full, ", which is JSON as well")
                       : cat(key, " of ", name, " has nowhere to go: there is no column ", full))
          .because(
              "the configuration says that this key belongs in a typed column, and there is "
              "none to write it to")
          .try_(found ? cat("make it a typed column, in place of the one that is JSON: ",
                            name_and_type)
                      : cat("add the column:\nALTER TABLE ", to_string(holder->full_name()),
                            " ADD COLUMN ", name_and_type, ";"))
          .with("column", cat(plain(relation->full_name()), ".", column->name))
          .with("path", std::string(key))
          .with("suggestion", full);
    }
  }
}

constexpr std::string_view matrix =
    R"({"matrix": {"quotes.metadata": {"price": "quotes.unit_price"}}})";
constexpr Example bad[] = {
    {.sql = "CREATE TABLE quotes (id int, metadata jsonb);", .jsonb = matrix},
    {.sql = "CREATE TABLE quotes (id int, metadata jsonb, unit_price jsonb);", .jsonb = matrix},
};
constexpr Example good[] = {
    {.sql = "CREATE TABLE quotes (id int, metadata jsonb);\n"
            "ALTER TABLE quotes ADD COLUMN unit_price numeric(12,2);",
     .jsonb = matrix},
    {.sql = "CREATE TABLE orders (id int, metadata jsonb);", .jsonb = matrix},
    {.sql = "CREATE TABLE quotes (id int, metadata jsonb);"},
};

}  // namespace

extern constexpr Rule typed_column_missing{
    .severity = Severity::warning,
    .summary = "The configuration sends a JSON key to a column that does not exist",
    .why =
        "`jsonb.matrix` says for keys of a JSON column which typed column they belong in. Where a "
        "history ends without that column, or with one that is JSON itself, the agreement cannot "
        "be kept. Silent without a matrix, and where a table is not of this history.",
    .instead = "ALTER TABLE quotes ADD COLUMN unit_price numeric(12,2);",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
