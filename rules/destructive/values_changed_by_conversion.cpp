// ALTER COLUMN TYPE that changes what the values mean, although the new type holds as much.
#include <migguard/rule.hpp>

#include <algorithm>
#include <array>

namespace migguard::rules {
namespace {

std::string lower(std::string_view text) {
  std::string folded(text);
  for (char& c : folded)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return folded;
}

// Zones in which every local time exists once.
bool is_steady(std::string_view zone) {
  constexpr std::array<std::string_view, 12> names = {"utc", "etc/utc", "gmt",     "etc/gmt",
                                                      "uct", "zulu",    "etc/uct", "etc/zulu",
                                                      "0",   "+00",     "+00:00",  "z"};
  const std::string name = lower(zone);
  return std::find(names.begin(), names.end(), name) != names.end() || name.starts_with("etc/") ||
         (!name.empty() &&
          (name[0] == '+' || name[0] == '-' || (name[0] >= '0' && name[0] <= '9')));
}

// The zone that USING names: `... AT TIME ZONE 'UTC'`; empty where it names none.
std::string zone_in(const Expression& expression) {
  const bool converts =
      std::any_of(expression.functions.begin(), expression.functions.end(),
                  [](const FunctionCall& call) { return call.name.name == "timezone"; });
  if (!converts) return {};
  const std::string_view text = expression.text;
  const std::size_t begin = text.find('\'');
  const std::size_t end = begin == text.npos ? text.npos : text.find('\'', begin + 1);
  return end == text.npos ? std::string() : std::string(text.substr(begin + 1, end - begin - 1));
}

void check_times(Context& ctx, const ChangeType& op, const Column& column) {
  const bool to_instant = op.type.name.name == "timestamptz";
  const std::string named = zone_in(op.using_);
  const bool converts =
      !op.using_ || op.using_.functions.empty();  // through the session's TimeZone
  if (!converts && named.empty()) return;         // an expression of the reader's own
  const std::string zone(named.empty() ? std::string(ctx.schema().setting("timezone")) : named);
  if (!zone.empty() && is_steady(zone)) return;
  const std::string place = cat(to_string(op.table), ".", quote_identifier(op.column));
  Finding& finding =
      zone.empty()
          ? ctx.report(op, cat("what ", place,
                               " means depends on the TimeZone of the session that "
                               "runs this"))
                .because(to_instant
                             ? "timestamp holds no zone: each value is read as a local time of "
                               "TimeZone, which servers and roles set differently"
                             : "each instant becomes a local time of TimeZone, which servers and "
                               "roles set differently")
          : ctx.report(op, cat("times of ", place, " within the hours that clocks in ", zone,
                               " skip or repeat come out as other times"))
                .because("where clocks change, some local times never were and others were twice");
  finding
      .try_(to_instant
                ? cat("say in which zone the values are:\nALTER TABLE ", to_string(op.table),
                      " ALTER COLUMN ", quote_identifier(op.column), " TYPE ", op.type.text,
                      " USING ", quote_identifier(op.column), " AT TIME ZONE 'UTC';")
                : cat("keep timestamptz, which holds instants; or say which zone is meant:\nALTER "
                      "TABLE ",
                      to_string(op.table), " ALTER COLUMN ", quote_identifier(op.column), " TYPE ",
                      op.type.text, " USING ", quote_identifier(op.column), " AT TIME ZONE 'UTC';"))
      .with("table", plain(op.table))
      .with("column", std::string(op.column))
      .with("from", column.type.text)
      .with("to", std::string(op.type.text));
}

void check(Context& ctx, const ChangeType& op) {
  if (ctx.is_new_or_temporary(op.table)) return;
  const Relation* table = ctx.schema().relation(op.table).known();
  const Column* column = table ? table->column(op.column) : nullptr;
  if (!column || !column->type_known || ctx.schema().is_new(*column)) return;
  const std::string_view from = column->type.name, to = op.type.name.name;
  if ((from == "timestamp" && to == "timestamptz") || (from == "timestamptz" && to == "timestamp"))
    check_times(ctx, op, *column);
  if (from != "json" || to != "jsonb" || column->type.array_dimensions != op.type.array_dimensions)
    return;
  ctx.report(op, cat("of keys that occur twice in ", to_string(op.table), ".",
                     quote_identifier(op.column), " only the last one stays"))
      .because("json keeps its text, jsonb neither duplicate keys nor their order and white space")
      .try_("keep json where the exact text matters: signed or hashed documents, audit trails")
      .as(Severity::note)
      .with("table", plain(op.table))
      .with("column", std::string(op.column));
}

constexpr Example bad[] = {
    {.sql = "ALTER TABLE events ALTER COLUMN at TYPE timestamptz;",
     .before = "CREATE TABLE events (at timestamp);"},
    {.sql = "SET timezone = 'Europe/London'; ALTER TABLE events ALTER COLUMN at TYPE timestamp;",
     .before = "CREATE TABLE events (at timestamptz);"},
    {.sql = "ALTER TABLE events ALTER COLUMN body TYPE jsonb USING body::jsonb;",
     .before = "CREATE TABLE events (body json);"}};
constexpr Example good[] = {
    {.sql = "ALTER TABLE events ALTER COLUMN at TYPE timestamptz USING at AT TIME ZONE 'UTC';",
     .before = "CREATE TABLE events (at timestamp);"},
    {.sql = "SET timezone = 'UTC'; ALTER TABLE events ALTER COLUMN at TYPE timestamptz;",
     .before = "CREATE TABLE events (at timestamp);"},
    {.sql = "ALTER TABLE events ALTER COLUMN body TYPE text;",
     .before = "CREATE TABLE events (body json);"},
    {"CREATE TABLE events (at timestamp); ALTER TABLE events ALTER COLUMN at TYPE timestamptz;"}};

}  // namespace

extern constexpr Rule values_changed_by_conversion{
    .severity = Severity::warning,
    .summary = "ALTER COLUMN TYPE changes what values mean, without a word",
    .why =
        "timestamp and timestamptz are converted through the session's TimeZone: where that is not "
        "what wrote the values, all of them shift, and where clocks change, hours are lost or "
        "doubled (measured). json to jsonb drops duplicate keys. Only conversions whose old type "
        "the history shows are looked at.",
    .instead =
        "ALTER TABLE events ALTER COLUMN at TYPE timestamptz USING at AT TIME ZONE 'UTC';\n-- it "
        "rewrites the table; SET timezone = 'UTC' before the plain form does not, and means the "
        "same",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
