// Expressions that PostgreSQL refuses where they stand: in an index or a generated column what is
// not IMMUTABLE, as a default what names a column or is no value of the type; and types that only
// other databases have.
#include <schema/effects_parts.hpp>

#include <algorithm>
#include <array>
#include <cctype>

namespace migguard::schema {
namespace {

template <std::size_t Count>
bool is_one_of(const std::array<std::string_view, Count>& sorted, std::string_view name) {
  return std::binary_search(sorted.begin(), sorted.end(), name);
}

// Built-in functions of which every form is STABLE or VOLATILE (pg_proc of PostgreSQL 15), and what
// SQL writes without brackets.
constexpr std::array<std::string_view, 46> never_immutable = {"array_to_json",
                                                              "array_to_string",
                                                              "clock_timestamp",
                                                              "concat",
                                                              "concat_ws",
                                                              "convert_from",
                                                              "convert_to",
                                                              "current_catalog",
                                                              "current_database",
                                                              "current_date",
                                                              "current_role",
                                                              "current_schema",
                                                              "current_setting",
                                                              "current_time",
                                                              "current_timestamp",
                                                              "current_user",
                                                              "currval",
                                                              "format",
                                                              "gen_random_uuid",
                                                              "inet_client_addr",
                                                              "json_build_array",
                                                              "json_build_object",
                                                              "jsonb_build_array",
                                                              "jsonb_build_object",
                                                              "lastval",
                                                              "localtime",
                                                              "localtimestamp",
                                                              "make_timestamptz",
                                                              "nextval",
                                                              "now",
                                                              "pg_backend_pid",
                                                              "pg_typeof",
                                                              "random",
                                                              "row_to_json",
                                                              "session_user",
                                                              "statement_timestamp",
                                                              "timeofday",
                                                              "to_char",
                                                              "to_date",
                                                              "to_json",
                                                              "to_jsonb",
                                                              "transaction_timestamp",
                                                              "txid_current",
                                                              "unaccent",
                                                              "user",
                                                              "version"};
// Those that take what they lack from the settings: the text search configuration, today's date.
constexpr std::array<std::string_view, 6> not_with_one_argument = {
    "age",        "phraseto_tsquery", "plainto_tsquery",
    "to_tsquery", "to_tsvector",      "websearch_to_tsquery"};
// Those that depend on the time zone where they are given a timestamptz.
constexpr std::array<std::string_view, 4> by_time_zone = {"date", "date_part", "date_trunc",
                                                          "extract"};

bool is_built_in(const Evaluation& at, const Name& name) {
  if (name.schema == "pg_catalog") return true;
  return name.schema.empty() && !at.replay.find_function(name);
}

// The column that an expression is about, where it names one alone.
const Column* only_column(const Record* table, const Expression& expression) {
  if (!table || expression.columns.empty()) return nullptr;
  for (const Text each : expression.columns)
    if (each != expression.columns.front()) return nullptr;
  const Column* column = table->facts.column(expression.columns.front());
  return column && column->type_known && column->type.array_dimensions == 0 ? column : nullptr;
}

// Whether a text casts the column by `::`, and nothing that was worked out of it but the text of a
// JSON key: `(data ->> 'at')::date`.
bool casts_column(std::string_view text, std::string_view column, bool json) {
  if (json) {
    const std::size_t key = text.find("->>");
    const std::size_t cast = text.rfind("::");
    return key != text.npos && cast != text.npos && cast > key && text[cast - 1] == ')';
  }
  const std::size_t at = text.find(column);
  if (at == text.npos) return false;
  text.remove_prefix(at + column.size());
  text.remove_prefix(std::min(text.find_first_not_of("\" )"), text.size()));
  return text.starts_with("::");
}

// Whether a cast depends on settings: the time zone, DateStyle, IntervalStyle.
bool cast_is_stable(std::string_view from, std::string_view to) {
  const bool text = to == "text" || to == "varchar" || to == "bpchar";
  if (from == "text" || from == "varchar" || from == "bpchar" || from == "json" || from == "jsonb")
    return to == "date" || to == "interval" || to == "time" || to == "timestamp" ||
           to == "timestamptz";
  if (from == "timestamptz") return text || to == "date" || to == "time" || to == "timestamp";
  return (from == "timestamp" || from == "date") && (text || to == "timestamptz");
}

// What of an expression is not IMMUTABLE, in words; empty where nothing is known to be.
std::string mutable_part(const Evaluation& at, const Record* table, const Expression& expression) {
  const Column* column = only_column(table, expression);
  const bool zoned = column && column->type.schema.empty() && column->type.name == "timestamptz";
  bool converted = false;  // AT TIME ZONE
  for (const FunctionCall& call : *expression.functions) converted |= call.name.name == "timezone";
  for (const FunctionCall& call : *expression.functions) {
    const std::string_view name = call.name.name;
    if (!is_built_in(at, call.name)) {
      const Function* function = at.replay.find_function(call.name);
      if (function && function->inlined != Volatility::immutable &&
          at.facts().signatures.count(Key{function->schema, function->name}) == 0)
        return cat(name, "()");
      continue;
    }
    if (is_one_of(never_immutable, name) ||
        (call.arguments == 1 && is_one_of(not_with_one_argument, name)) ||
        (call.arguments == 2 && name == "to_timestamp") ||
        (call.arguments == 3 && name == "date_trunc"))
      return cat(name, call.arguments == 0 && name.starts_with("current_") ? "" : "()");
    if (zoned && !converted && expression.functions->size() == 1 && is_one_of(by_time_zone, name) &&
        call.arguments <= 2)
      return cat(name, "() of a timestamp with time zone");
  }
  if (column && expression.functions->empty() && expression.casts->size() == 1 &&
      column->type.schema.empty() && expression.casts->front().array_dimensions == 0 &&
      cast_is_stable(column->type.name, expression.casts->front().name.name) &&
      casts_column(expression.text, column->name,
                   column->type.name == "json" || column->type.name == "jsonb"))
    return cat("the cast of ", column->name, " to ", expression.casts->front().text);
  return {};
}

bool blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// From PostgreSQL 16 on also `0x1F` and `1_000`, which are taken for numbers here.
bool reads_as_integer(std::string_view text) {
  text = trimmed(text);
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  if (text.size() > 2 && text[0] == '0' && !is_digit(text[1])) return true;
  return !text.empty() && is_digit(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || c == '_'; });
}

// Any beginning of true, false, yes and no, on, off, 1, 0 (parse_bool in
// src/backend/utils/adt/bool.c).
bool reads_as_boolean(std::string_view text) {
  std::string lower(trimmed(text));
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (lower.empty()) return false;
  for (const std::string_view word : {"true", "false", "yes", "no"})
    if (word.starts_with(lower)) return true;
  return lower == "on" || lower == "of" || lower == "off" || lower == "1" || lower == "0";
}

// 32 hexadecimal digits; hyphens and braces are left to the server.
bool reads_as_uuid(std::string_view text) {
  std::size_t digits = 0;
  for (const char c : text) {
    if (std::isxdigit(static_cast<unsigned char>(c)))
      ++digits;
    else if (c != '-' && c != '{' && c != '}')
      return false;
  }
  return digits == 32;
}

// As far as the first character tells.
bool reads_as_json(std::string_view text) {
  text = trimmed(text);
  constexpr std::string_view begins = "{[\"-0123456789tfn";
  return !text.empty() && begins.find(text.front()) != begins.npos;
}

bool reads_as_array(std::string_view text) {
  text = trimmed(text);
  return text.starts_with('{') || (text.size() > 1 && text[0] == '[' && text[1] != ']');
}

// What a constant without quotes is, where no cast leads from it to the type in an assignment
// (pg_cast); empty where one does, or where that is not known.
std::string_view kind_of_constant(std::string_view text, std::string_view type) {
  constexpr std::array<std::string_view, 6> numbers = {"float4", "float8", "int2",
                                                       "int4",   "int8",   "numeric"};
  constexpr std::array<std::string_view, 9> neither = {
      "bytea", "date", "interval", "json", "jsonb", "time", "timestamp", "timestamptz", "uuid"};
  const bool number = !text.empty() && is_digit(text.front());
  const bool truth = text.size() < 6 && (reads_as_boolean(text) && !number);
  if (number && (type == "bool" || is_one_of(neither, type))) return "a number";
  if (truth && (is_one_of(numbers, type) || is_one_of(neither, type))) return "a boolean";
  return {};
}

bool reads_as(std::string_view type, std::string_view text) {
  if (type == "bool") return reads_as_boolean(text);
  if (type == "int2" || type == "int4" || type == "int8") return reads_as_integer(text);
  if (type == "uuid") return reads_as_uuid(text);
  if (type == "json" || type == "jsonb") return reads_as_json(text);
  return true;
}

// Why a constant is no value of a type; empty where it may be one.
std::string refused_constant(const Evaluation& at, const ColumnType& type,
                             const Expression& value) {
  const bool quoted = value.text.starts_with('\'');
  const bool cast = !value.casts->empty();
  const std::string shown(value.text);
  if (const Type* own = at.replay.find_type(type.lookup_name());
      own && type.array_dimensions == 0) {
    if (own->kind != TypeKind::enum_ || !own->create_seen || !quoted || at.facts().opaque ||
        (cast &&
         (value.casts->size() > 1 || at.replay.find_type(value.casts->front().name) != own)))
      return {};
    const bool label =
        std::find(own->labels.begin(), own->labels.end(), value.value) != own->labels.end();
    return label ? std::string() : cat(quote_literal(value.value), " is no label of ", own->name);
  }
  if (cast || !type.schema.empty()) return {};
  if (type.array_dimensions > 0)
    return quoted && !reads_as_array(value.value)
               ? cat(shown, " is no array: one without elements is '{}'")
               : std::string();
  if (quoted)
    return reads_as(type.name, value.value) ? std::string()
                                            : cat(shown, " is no value of ", type.text);
  const std::string_view is = kind_of_constant(value.text, type.name);
  return is.empty() ? std::string() : cat(shown, " is ", is, ", and the column is ", type.text);
}

struct ForeignType {
  std::string_view name;
  std::string_view instead;
};
// Of MySQL, SQL Server, Oracle and SQLite.
constexpr std::array<ForeignType, 14> foreign_types = {{{"blob", "bytea"},
                                                        {"datetime", "timestamp"},
                                                        {"datetime2", "timestamp"},
                                                        {"double", "double precision"},
                                                        {"longblob", "bytea"},
                                                        {"longtext", "text"},
                                                        {"mediumblob", "bytea"},
                                                        {"mediumint", "integer"},
                                                        {"mediumtext", "text"},
                                                        {"nvarchar", "varchar"},
                                                        {"string", "text"},
                                                        {"tinyint", "smallint"},
                                                        {"tinytext", "text"},
                                                        {"uniqueidentifier", "uuid"}}};

}  // namespace

void refuse_mutable(Evaluation& at, const Record* table, const Expression& expression,
                    std::string_view where) {
  if (!expression || (expression.functions->empty() && expression.casts->empty())) return;
  const std::string part = mutable_part(at, table, expression);
  if (!part.empty()) at.fails(cat(where, " must be IMMUTABLE, and ", part, " is not"));
}

void refuse_default(Evaluation& at, const ColumnType& type, const Expression& value) {
  if (!value) return;
  if (!value.columns.empty()) {
    at.fails(cat("a default cannot refer to a column, as ", value.columns.front(), " does"));
  } else if (value.kind == ExpressionKind::constant) {
    std::string reason = refused_constant(at, type, value);
    if (!reason.empty()) at.fails(std::move(reason));
  }
}

void refuse_definition(Evaluation& at, const Record* table, const ColumnDefinition& column) {
  if (column.default_value) {
    if (column.generated != Generated::none)
      at.fails(cat(column.name, " has both a default and a generation expression"));
    // The type is looked up only where the value can tell something of it.
    const Expression& value = column.default_value;
    if (value.kind == ExpressionKind::constant || !value.columns.empty())
      refuse_default(at, at.replay.resolve(column.type), value);
  }
  if (column.generated != Generated::none)
    refuse_mutable(at, table, column.generation, "a generation expression");
  const TypeName& type = column.type;
  if (!type.name.schema.empty() || at.facts().opaque) return;
  const auto found = std::lower_bound(
      foreign_types.begin(), foreign_types.end(), type.name.name,
      [](const ForeignType& each, std::string_view name) { return each.name < name; });
  if (found == foreign_types.end() || found->name != type.name.name) return;
  if (!at.replay.find_type(type.name))
    at.fails(cat("there is no type ", type.name.name, "; PostgreSQL's is ", found->instead));
}

}  // namespace migguard::schema
