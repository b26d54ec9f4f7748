// Types that a team does not want, by a list of its own.
#include <algorithm>

#include "new_columns.hpp"

namespace migguard::rules {
namespace {

// With or without modifiers and brackets: `varchar` forbids varchar(20) and varchar[] too,
// `varchar(20)` only itself.
bool named(const TypeName& type, std::string_view forbidden) {
  if (type.name.name == forbidden || plain(type.name) == forbidden || type.text == forbidden)
    return true;
  return type.text.substr(0, type.text.find_first_of("([")) == forbidden;
}

void look(Context& ctx, const Node& op, const Name& table, const ColumnDefinition& column) {
  const OptionSetting* types = ctx.option("types");
  if (!types) return;
  const auto& list = types->texts;
  const auto found = std::find_if(list.begin(), list.end(), [&](const std::string& each) {
    return named(column.type, each) || (column.serial && each == "serial");
  });
  if (found == list.end()) return;
  report_column(ctx, op, column,
                cat("the column ", quote_identifier(column.name), " of ", to_string(table), " is ",
                    column.type.text, ", which this project does not use"))
      .because("migguard.json forbids the type, and to change it later may rewrite the table")
      .try_("choose another type")
      .with("table", plain(table))
      .with("column", std::string(column.name))
      .with("type", std::string(column.type.text));
}

constexpr Option options[] = {
    {"types", OptionKind::texts,
     "the types that are forbidden, as in [\"money\", \"varchar\", \"xml\"]; none without it"}};
constexpr Example bad[] = {{.sql = "CREATE TABLE lines (id bigint PRIMARY KEY, price money);",
                            .options = "{\"types\": [\"money\"]}"},
                           {.sql = "ALTER TABLE lines ADD COLUMN code varchar(12);",
                            .options = "{\"types\": [\"character varying\"]}"},
                           {.sql = "ALTER TABLE lines ALTER COLUMN body TYPE xml USING body::xml;",
                            .options = "{\"types\": [\"xml\"]}"}};
constexpr Example good[] = {
    {.sql = "CREATE TABLE lines (id bigint PRIMARY KEY, price numeric);",
     .options = "{\"types\": [\"money\"]}"},
    {"CREATE TABLE lines (id bigint PRIMARY KEY, price money);"},
    {.sql = "ALTER TABLE lines ADD COLUMN money text;", .options = "{\"types\": [\"money\"]}"}};

}  // namespace

extern constexpr Rule forbidden_type{
    .severity = Severity::warning,
    .off_by_default = true,
    .summary = "a column of a type that the project's configuration forbids",
    .why = "What a team agreed on is kept without anybody having to remember it.",
    .instead = "Choose another type, or take the type off the list.",
    .bad = bad,
    .good = good,
    .listeners = on_chosen_types<&look>,
    .options = options,
};

}  // namespace migguard::rules
