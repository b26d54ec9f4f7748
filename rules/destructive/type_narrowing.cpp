// ALTER COLUMN ... TYPE to a type that holds less than the old one: values that do not fit are cut
// or stop it.
#include <migguard/rule.hpp>

#include <algorithm>
#include <array>
#include <optional>

namespace migguard::rules {
namespace {

// What happens to values that do not fit.
enum class Loss : std::uint8_t {
  none,
  refused,  // the statement fails on them, and the migration with it
  cut,      // they are changed without a word
};

struct Narrowing {
  Loss loss = Loss::none;
  std::string what;  // "values above 2147483647"
};

constexpr std::array<std::string_view, 3> integers = {"int2", "int4", "int8"};
constexpr std::array<std::string_view, 3> integer_limits = {"32767", "2147483647",
                                                            "9223372036854775807"};

std::optional<std::size_t> rank(const std::array<std::string_view, 3>& ladder,
                                std::string_view type) {
  const auto found = std::find(ladder.begin(), ladder.end(), type);
  if (found == ladder.end()) return std::nullopt;
  return static_cast<std::size_t>(found - ladder.begin());
}

bool is_text(std::string_view type) {
  return type == "text" || type == "varchar" || type == "bpchar" || type == "citext";
}

std::optional<std::int32_t> modifier(List<std::int32_t> modifiers, std::size_t index) {
  return index < modifiers.size() ? std::optional(modifiers[index]) : std::nullopt;
}

Narrowing between_texts(const ColumnType& from, const ColumnType& to, bool explicit_cast) {
  const auto old_limit = modifier(from.modifiers, 0);
  const auto new_limit = modifier(to.modifiers, 0);
  if (!new_limit || (old_limit && *old_limit <= *new_limit)) return {};
  // An assignment cast refuses longer values; an explicit one, as in USING, cuts them (SQL
  // standard; `varchar` in PostgreSQL's documentation, section 8.3).
  return {explicit_cast ? Loss::cut : Loss::refused,
          cat("values longer than ", *new_limit, " characters")};
}

Narrowing between_numerics(const ColumnType& from, const ColumnType& to) {
  const auto precision = modifier(to.modifiers, 0);
  if (!precision) return {};
  const std::int32_t scale = modifier(to.modifiers, 1).value_or(0);
  const auto old_precision = modifier(from.modifiers, 0);
  const std::int32_t old_scale = modifier(from.modifiers, 1).value_or(0);
  if (!old_precision || old_scale > scale)
    return {Loss::cut, cat("digits behind the ", scale == 0 ? "point" : "",
                           scale == 0 ? std::string()
                                      : cat(scale,
                                            scale == 1   ? "st"
                                            : scale == 2 ? "nd"
                                            : scale == 3 ? "rd"
                                                         : "th",
                                            " decimal"))};
  if (*old_precision - old_scale > *precision - scale) {
    return {Loss::refused,
            cat("values with more than ", *precision - scale, " digits before the point")};
  }
  return {};
}

// The smallest part an interval's fields reach down to, years first: its first modifier is their
// mask (INTERVAL_MASK in src/include/utils/timestamp.h). Smaller parts are cut off.
std::string_view smallest_field(List<std::int32_t> modifiers) {
  const std::int32_t fields = modifier(modifiers, 0).value_or(0x7FFF);
  if ((fields & (1 << 12)) != 0) return "seconds";
  if ((fields & (1 << 11)) != 0) return "minutes";
  if ((fields & (1 << 10)) != 0) return "hours";
  if ((fields & (1 << 3)) != 0) return "days";
  return (fields & (1 << 1)) != 0 ? "months" : "years";
}

Narrowing between_intervals(const ColumnType& from, const ColumnType& to) {
  constexpr std::array<std::string_view, 6> parts{"years", "months",  "days",
                                                  "hours", "minutes", "seconds"};
  const auto place = [&](std::string_view part) {
    return std::find(parts.begin(), parts.end(), part) - parts.begin();
  };
  const std::string_view kept = smallest_field(to.modifiers);
  if (place(kept) < place(smallest_field(from.modifiers)))
    return {Loss::cut, cat("what is smaller than ", kept)};
  return {};
}

// Types with a precision of fractional seconds: a smaller one rounds.
Narrowing between_times(const ColumnType& from, const ColumnType& to) {
  const std::size_t place = to.name == "interval" ? 1 : 0;
  if (place == 1) {
    if (Narrowing lost = between_intervals(from, to); lost.loss != Loss::none) return lost;
  }
  const auto precision = modifier(to.modifiers, place);
  if (!precision || *precision > 6 || modifier(from.modifiers, place).value_or(6) <= *precision)
    return {};
  return {Loss::cut, *precision == 0
                         ? std::string("fractions of a second")
                         : cat("fractions of a second behind the ", *precision, ". digit")};
}

bool is_time(std::string_view type) {
  return type == "timestamp" || type == "timestamptz" || type == "time" || type == "timetz" ||
         type == "interval";
}

Narrowing narrowing(const ColumnType& from, const ColumnType& to, bool explicit_cast) {
  if (from.array_dimensions != to.array_dimensions) return {};
  const std::string_view old_type = from.name;
  const std::string_view new_type = to.name;
  if (const auto old_rank = rank(integers, old_type)) {
    const auto new_rank = rank(integers, new_type);
    if (new_rank && *new_rank < *old_rank)
      return {Loss::refused, cat("values above ", integer_limits[*new_rank])};
    return {};
  }
  const bool fraction =
      old_type == "numeric" || old_type == "float8" || old_type == "float4" || old_type == "money";
  if (fraction && rank(integers, new_type)) return {Loss::cut, "everything behind the point"};
  if (old_type == "numeric" && new_type == "numeric") return between_numerics(from, to);
  if (old_type == "numeric" && (new_type == "float8" || new_type == "float4"))
    return {Loss::cut, "digits that binary fractions cannot hold"};
  if (old_type == "float8" && new_type == "float4") return {Loss::cut, "digits behind the sixth"};
  if (is_text(old_type) && is_text(new_type)) return between_texts(from, to, explicit_cast);
  if ((old_type == "timestamp" || old_type == "timestamptz") && new_type == "date")
    return {Loss::cut, "the time of day"};
  if ((old_type == "timestamp" || old_type == "timestamptz") &&
      (new_type == "time" || new_type == "timetz"))
    return {Loss::cut, "the date"};
  if (is_time(old_type) && old_type == new_type) return between_times(from, to);
  if ((old_type == "float8" || old_type == "float4") && new_type == "numeric" &&
      modifier(to.modifiers, 0))
    return {Loss::cut, cat("digits behind the scale of ", to.text)};
  if (old_type == "inet" && new_type == "cidr") return {Loss::cut, "the host part of addresses"};
  if (old_type == "jsonb" || old_type == "json") return {};
  if (is_text(old_type) && !is_text(new_type) && new_type != "json" && new_type != "jsonb" &&
      new_type != "bytea" && new_type != "name" && new_type != "xml") {
    return {Loss::refused, cat("values that are no ", to.text)};
  }
  return {};
}

// Whether USING casts the column and does nothing else with its values.
bool only_casts(const ChangeType& op) {
  if (!op.using_.functions.empty() || op.using_.columns.size() != 1 ||
      op.using_.columns.front() != op.column)
    return false;
  std::string text(op.using_.text);
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text.find_first_of("=<>|+*/%~") == std::string::npos &&
         text.find("case ") == std::string::npos && text.find("case\n") == std::string::npos;
}

// USING may cast the column on its way, and an explicit cast cuts where an assignment refuses.
Narrowing through_casts(const ColumnType& from, const ChangeType& op, const ColumnType& to) {
  const bool plain = only_casts(op);
  ColumnType current = from;
  for (std::size_t index = plain ? op.using_.casts.size() : 0; index-- > 0;) {
    const TypeName& cast = op.using_.casts[index];
    ColumnType next;
    next.name = cast.name.name;
    next.modifiers = cast.modifiers;
    next.array_dimensions = cast.array_dimensions;
    next.text = cast.text;
    // What a detour through text refuses is nothing that the old type can hold.
    Narrowing lost = narrowing(current, next, true);
    if (lost.loss == Loss::cut) return lost;
    current = next;
  }
  Narrowing found = narrowing(from, to, !op.using_.casts.empty());
  // What an expression of the author's makes of the values is not known.
  if (found.loss == Loss::refused && op.using_ && !plain) return {};
  return found;
}

// Labels of the old enum that the new one lacks.
std::vector<Text> lost_labels(const Context& ctx, const ColumnType& from, const Name& to) {
  std::vector<Text> lost;
  const Type* old_type = ctx.schema().type(from.lookup_name()).known();
  const Type* new_type = ctx.schema().type(to).known();
  if (!old_type || !new_type || old_type->kind != TypeKind::enum_ ||
      new_type->kind != TypeKind::enum_)
    return lost;
  for (const Text label : old_type->labels) {
    const auto& labels = new_type->labels;
    if (std::find(labels.begin(), labels.end(), label) == labels.end()) lost.push_back(label);
  }
  return lost;
}

// Whether a statement updates or deletes rows of the table and names the label.
bool moves(const Migration& migration, const Statement& statement, const Name& table,
           std::string_view label) {
  for (const Op& op : statement.ops) {
    const auto* update = std::get_if<Update>(&op);
    const auto* remove = std::get_if<Delete>(&op);
    const Name* target = update ? &update->table : remove ? &remove->table : nullptr;
    if (!target || target->name != table.name) continue;
    const std::string_view text =
        std::string_view(migration.source->text)
            .substr(statement.span.begin, statement.span.end - statement.span.begin);
    if (text.find(cat("'", label, "'")) != std::string_view::npos) return true;
  }
  return false;
}

// Whether the rows with the label were moved before: by this migration, or by an earlier one.
bool moved_before(const Context& ctx, const Name& table, std::string_view label) {
  for (const Migration& migration : ctx.history().migrations) {
    for (const Statement& statement : migration.script.statements) {
      if (&statement == &ctx.statement()) return false;
      if (moves(migration, statement, table, label)) return true;
    }
  }
  return false;
}

// Whether an earlier statement of the migration changes or deletes the rows by what the column
// holds, so that the author has thought of values that do not fit.
bool seen_to(const Context& ctx, const Name& table, Text column) {
  const auto has = [&](List<Text> columns) {
    return std::find(columns.begin(), columns.end(), column) != columns.end();
  };
  for (const Statement& statement : ctx.statements_naming(table.name)) {
    if (&statement == &ctx.statement()) break;
    for (const Op& op : statement.ops) {
      const auto* update = std::get_if<Update>(&op);
      const auto* remove = std::get_if<Delete>(&op);
      if (update && update->table.name == table.name && has(update->columns)) return true;
      if (remove && remove->table.name == table.name && has(remove->where.columns)) return true;
    }
  }
  return false;
}

// Takes labels out of the arrays that hold them.
std::string without_labels(const ChangeType& op, const std::vector<Text>& labels) {
  std::string sql;
  const std::string column = quote_identifier(op.column);
  for (const Text label : labels)
    sql += cat("\nUPDATE ", to_string(op.table), " SET ", column, " = array_replace(", column,
               ", '", label, "', '...') WHERE '", label, "' = ANY (", column, ");");
  return sql;
}

void check(Context& ctx, const ChangeType& op) {
  if (ctx.is_new_or_temporary(op.table)) return;
  const Relation* table = ctx.schema().relation(op.table).known();
  const Column* column = table ? table->column(op.column) : nullptr;
  if (!column || !column->type_known || ctx.schema().is_new(*column))
    return;  // advice needs the old type
  const std::string place = cat(to_string(op.table), ".", quote_identifier(op.column));

  std::vector<Text> lost = lost_labels(ctx, column->type, op.type.name);
  std::erase_if(lost, [&](Text label) { return moved_before(ctx, op.table, label); });
  if (!lost.empty()) {
    std::string labels;
    for (const Text label : lost) labels += cat(labels.empty() ? "'" : ", '", label, "'");
    ctx.report(op, cat("rows of ", place, " that hold ", labels, " make this migration fail"))
        .because("the new enum does not have these labels")
        .try_(cat(
            "move the rows to another label first:",
            column->type.array_dimensions > 0
                ? without_labels(op, lost)
                : cat("\nUPDATE ", to_string(op.table), " SET ", quote_identifier(op.column),
                      " = '...' WHERE ", quote_identifier(op.column), "::text IN (", labels, ");")))
        .with("table", plain(op.table))
        .with("column", std::string(op.column));
    return;
  }

  ColumnType to;
  to.name = op.type.name.name;
  to.modifiers = op.type.modifiers;
  to.array_dimensions = op.type.array_dimensions;
  to.text = op.type.text;
  const Narrowing found = through_casts(column->type, op, to);
  if (found.loss == Loss::none) return;
  if (found.loss == Loss::refused && seen_to(ctx, op.table, op.column)) return;
  const std::string types = cat(column->type.text, " to ", to.text);
  Finding& finding =
      found.loss == Loss::cut
          ? ctx.report(op, cat("this loses ", found.what, " in ", place, " (", types, ")"))
                .because("PostgreSQL converts the values without a word, and the old ones are gone")
          : ctx.report(op,
                       cat(found.what, " in ", place, " make this migration fail (", types, ")"))
                .because(
                    "the conversion stops at the first value that does not fit, after it has "
                    "locked the table and read it up to there");
  finding
      .try_(cat("add a column of the new type, copy what fits in batches, look at what does not, "
                "then switch:\n"
                "ALTER TABLE ",
                to_string(op.table), " ADD COLUMN ", quote_identifier(cat(op.column, "_new")), " ",
                to.text, ";"))
      .with("table", plain(op.table))
      .with("column", std::string(op.column))
      .with("from", column->type.text)
      .with("to", to.text);
}

constexpr Example bad[] = {
    {.sql = "ALTER TABLE users ALTER COLUMN id TYPE int;",
     .before = "CREATE TABLE users (id bigint PRIMARY KEY);"},
    {.sql = "ALTER TABLE users ALTER COLUMN name TYPE varchar(20);",
     .before = "CREATE TABLE users (name varchar(50));"},
    {.sql = "ALTER TABLE lines ALTER COLUMN price TYPE numeric(10,0);",
     .before = "CREATE TABLE lines (price numeric(10,2));"},
    {.sql = "ALTER TABLE events ALTER COLUMN at TYPE date;",
     .before = "CREATE TABLE events (at timestamptz);"},
    {.sql = "UPDATE t SET b = 'x'; ALTER TABLE t ALTER COLUMN a TYPE int USING a::int;",
     .before = "CREATE TABLE t (a text, b text);"},
    {.sql = "CREATE TYPE mood_new AS ENUM ('ok'); ALTER TABLE people ALTER COLUMN mood TYPE "
            "mood_new USING mood::text::mood_new;",
     .before = "CREATE TYPE mood AS ENUM ('ok', 'sad'); CREATE TABLE people (mood mood);"}};
constexpr Example good[] = {
    {.sql = "ALTER TABLE people ALTER COLUMN mood TYPE mood2 USING mood::text::mood2;",
     .before = "CREATE TYPE mood AS ENUM ('ok'); CREATE TYPE mood2 AS ENUM ('ok', 'sad'); CREATE "
               "TABLE people (mood mood);"},
    {.sql = "ALTER TABLE users ALTER COLUMN id TYPE bigint;",
     .before = "CREATE TABLE users (id int PRIMARY KEY);"},
    {.sql = "ALTER TABLE users ALTER COLUMN name TYPE text;",
     .before = "CREATE TABLE users (name varchar(50));"},
    {.sql = "ALTER TABLE lines ALTER COLUMN price TYPE numeric(14,2);",
     .before = "CREATE TABLE lines (price numeric(10,2));"},
    {"ALTER TABLE users ALTER COLUMN id TYPE int;"},
    {.sql = "ALTER TABLE t ALTER COLUMN a TYPE boolean USING (a = 'yes');",
     .before = "CREATE TABLE t (a text);"},
    {.sql = "ALTER TABLE t ALTER COLUMN a TYPE int USING CASE WHEN a = 'one' THEN 1 END;",
     .before = "CREATE TABLE t (a text);"},
    {.sql = "UPDATE t SET a = '0' WHERE a !~ '^[0-9]+$'; ALTER TABLE t ALTER COLUMN a TYPE int "
            "USING a::int;",
     .before = "CREATE TABLE t (a text);"},
    {.sql = "CREATE TYPE mood AS ENUM ('ok', 'sad'); DELETE FROM people WHERE mood NOT IN ('ok', "
            "'sad'); ALTER TABLE people ALTER COLUMN mood TYPE mood USING mood::mood;",
     .before = "CREATE TABLE people (mood text);"},
    {.sql = "CREATE TYPE mood_new AS ENUM ('ok', 'sad', 'glad'); ALTER TABLE people ALTER COLUMN "
            "mood TYPE mood_new USING mood::text::mood_new;",
     .before = "CREATE TYPE mood AS ENUM ('ok', 'sad'); CREATE TABLE people (mood mood);"},
    {.sql = "CREATE TYPE mood_new AS ENUM ('ok'); UPDATE people SET mood = 'ok' WHERE mood = "
            "'sad'; ALTER TABLE people ALTER COLUMN mood TYPE mood_new USING mood::text::mood_new;",
     .before = "CREATE TYPE mood AS ENUM ('ok', 'sad'); CREATE TABLE people (mood mood);"}};

}  // namespace

extern constexpr Rule type_narrowing{
    .severity = Severity::error,
    .summary = "ALTER COLUMN TYPE to a type that holds less cuts values or fails on them",
    .why =
        "Going to a smaller type, PostgreSQL either refuses the first value that does not fit "
        "(integers, varchar) or changes values silently (scale of numeric, timestamp to date, "
        "varchar with an explicit cast in USING). The old type is taken from the history; where "
        "the history does not show it, this rule is silent.",
    .instead =
        "Add a column of the new type, copy in batches, look at what does not fit, switch reads "
        "and writes, drop the old column in a later release.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
