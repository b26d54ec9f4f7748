// Primary keys called `id`.
#include <algorithm>
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

bool is_one_of(const OptionSetting* set, std::string_view text, std::string_view otherwise) {
  if (!set) return otherwise.empty() || text == otherwise;
  return std::find(set->texts.begin(), set->texts.end(), text) != set->texts.end();
}

std::string first_of(const OptionSetting* set, std::string_view otherwise) {
  return set && !set->texts.empty() ? set->texts.front() : std::string(otherwise);
}

void look(Context& ctx, const Node& op, Span place, const Name& table, std::string_view column,
          std::string_view type) {
  const auto report = [&](std::string message) -> Finding& {
    const bool placed = op.within == Within::statement && place.begin < place.end;
    Finding& finding = placed ? ctx.report(*ctx.migration().source, place, std::move(message))
                              : ctx.report(op, std::move(message));
    return finding.with("table", plain(table)).with("column", std::string(column));
  };
  if (!is_one_of(ctx.option("names"), column, "id")) {
    const std::string name = first_of(ctx.option("names"), "id");
    report(cat("the primary key of ", to_string(table), " is called ", quote_identifier(column),
               ", not ", name))
        .because("the convention is one name for the key of every table")
        .try_(cat("name it ", name));
  } else if (!type.empty() && !is_one_of(ctx.option("types"), type, "")) {
    const std::string wanted = first_of(ctx.option("types"), "text");
    report(cat("the primary key of ", to_string(table), " is of type ", type, ", not ", wanted))
        .because("the convention is one type for the key of every table")
        .try_(cat("make it ", wanted));
  }
}

void check_table(Context& ctx, const CreateTable& op) {
  if (op.persistence == Persistence::temporary) return;
  for (const ColumnDefinition& column : op.columns) {
    if (column.primary_key)
      look(ctx, op, column.span, op.table, column.name, column.type.name.name);
  }
  for (const ConstraintDefinition& key : op.constraints) {
    if (key.kind != ConstraintKind::primary_key || key.columns.size() != 1) continue;
    std::string_view type;
    for (const ColumnDefinition& column : op.columns) {
      if (column.name == key.columns.front()) type = column.type.name.name;
    }
    look(ctx, op, key.span, op.table, key.columns.front(), type);
  }
}

void check_constraint(Context& ctx, const AddConstraint& op) {
  const ConstraintDefinition& key = op.constraint;
  if (key.kind != ConstraintKind::primary_key || key.columns.size() != 1) return;
  look(ctx, op, key.span, op.table, key.columns.front(), {});
}

constexpr Option options[] = {
    {"names", OptionKind::texts, "what a primary key may be called (default: id)"},
    {"types", OptionKind::texts,
     "what type it may have, as PostgreSQL calls it, such as int8 (default: any)"}};
constexpr Example bad[] = {
    {"CREATE TABLE users (user_id text PRIMARY KEY);"},
    {"CREATE TABLE users (uid text, PRIMARY KEY (uid));"},
    {"ALTER TABLE users ADD CONSTRAINT users_pkey PRIMARY KEY (email);"},
    {.sql = "CREATE TABLE users (id uuid PRIMARY KEY);", .options = R"({"types": ["text"]})"}};
constexpr Example good[] = {
    {"CREATE TABLE users (id text PRIMARY KEY);"},
    {"CREATE TABLE members (user_id text, group_id text, PRIMARY KEY (user_id, group_id));"},
    {.sql = "CREATE TABLE users (uuid uuid PRIMARY KEY);",
     .options = R"({"names": ["id", "uuid"]})"}};

}  // namespace

extern constexpr Rule convention_pk_name{
    .severity = Severity::warning,
    .off_by_default = true,
    .summary = "a primary key that is not called id",
    .why =
        "With one name for every table's key, foreign keys and queries need no looking up. Keys "
        "of several columns are left out. A convention for teams that chose it.",
    .instead = "CREATE TABLE users (id text PRIMARY KEY);",
    .bad = bad,
    .good = good,
    .listeners = on<&check_table, &check_constraint>,
    .options = options,
};

}  // namespace migguard::rules
