// New columns that may hold NULL.
#include <algorithm>

#include "new_columns.hpp"

namespace migguard::rules {
namespace {

void look(Context& ctx, const Node& op, const Name& name, const ColumnDefinition& column) {
  const Relation* table = ctx.schema().relation(name).known();
  if (!table || ctx.schema().is_temporary(*table)) return;
  const Column* known = table->column(column.name);
  if (!known || known->not_null != Known::no || known->generated != Generated::none) return;
  const OptionSetting* except = ctx.option("except");
  if (except && std::any_of(except->texts.begin(), except->texts.end(),
                            [&](const std::string& each) { return matches(column.name, each); }))
    return;
  report_column(
      ctx, op, column,
      cat("the column ", quote_identifier(column.name), " of ", to_string(name), " may hold NULL"))
      .because("every reader must say what a missing value means, and many forget to")
      .try_(cat("make it NOT NULL, with a constant default where the table has rows:\n",
                quote_identifier(column.name), " ", column.type.text, " NOT NULL DEFAULT ..."))
      .under(to_string(name))
      .with("item", quote_identifier(column.name))
      .with("table", plain(name))
      .with("column", std::string(column.name));
}

constexpr Option options[] = {
    {"except", OptionKind::texts,
     "patterns of columns that may hold NULL, as in [\"deleted_at\", \".*_note\"]"}};
constexpr Example bad[] = {{"CREATE TABLE films (id bigint PRIMARY KEY, title text);"},
                           {"ALTER TABLE films ADD COLUMN title text;"}};
constexpr Example good[] = {
    {"CREATE TABLE films (id bigint PRIMARY KEY, title text NOT NULL);"},
    {"CREATE TABLE films (id bigint PRIMARY KEY, title text); ALTER TABLE films ALTER COLUMN title "
     "SET NOT NULL;"},
    {.sql = "ALTER TABLE films ADD COLUMN deleted_at timestamptz;",
     .options = "{\"except\": [\"deleted_at\"]}"}};

}  // namespace

extern constexpr Rule require_not_null{
    .severity = Severity::note,
    .off_by_default = true,
    .summary = "a new column may hold NULL",
    .why = "NULL is neither equal nor unequal to anything: comparisons and NOT IN drop its rows.",
    .instead = "Make new columns NOT NULL, and name the exceptions in the configuration.",
    .bad = bad,
    .good = good,
    .listeners = on<&NewColumn<&look>::after>,
    .options = options,
};

}  // namespace migguard::rules
