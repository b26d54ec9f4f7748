// varchar(n).
#include "new_columns.hpp"

namespace migguard::rules {
namespace {

void look(Context& ctx, const Node& op, const Name& table, const ColumnDefinition& column) {
  if (column.type.name.name != "varchar" || column.type.modifiers.empty()) return;
  report_column(ctx, op, column,
                cat("the column ", quote_identifier(column.name), " of ", to_string(table),
                    " refuses longer texts, and its limit is a part of the type"))
      .because("to change it takes ACCESS EXCLUSIVE, and to lower it reads the whole table")
      .try_(cat("use text, with a CHECK that can be changed by itself:\n",
                quote_identifier(column.name), " text CHECK (char_length(",
                quote_identifier(column.name),
                ") <= ", column.type.modifiers.empty() ? 255 : column.type.modifiers[0], ")"))
      .with("table", plain(table))
      .with("column", std::string(column.name));
}

constexpr Example bad[] = {{"CREATE TABLE films (id bigint PRIMARY KEY, code varchar(12));"},
                           {"ALTER TABLE films ADD COLUMN code character varying(12);"}};
constexpr Example good[] = {{"CREATE TABLE films (id bigint PRIMARY KEY, code varchar);"},
                            {"CREATE TABLE films (id bigint PRIMARY KEY, code text);"}};

}  // namespace

extern constexpr Rule varchar_limit{
    .severity = Severity::note,
    .off_by_default = true,
    .summary = "the limit of varchar(n) can only be changed by changing the type",
    .why =
        "text and varchar are stored alike. A limit in the type is changed by ALTER COLUMN TYPE; a "
        "CHECK is added NOT VALID and validated while others write.",
    .instead = "Use text, and a CHECK where a limit matters.",
    .bad = bad,
    .good = good,
    .listeners = on_chosen_types<&look>,
};

}  // namespace migguard::rules
