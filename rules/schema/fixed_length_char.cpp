// char(n), which is padded with blanks.
#include "new_columns.hpp"

namespace migguard::rules {
namespace {

void look(Context& ctx, const Node& op, const Name& table, const ColumnDefinition& column) {
  if (column.type.name.name != "bpchar") return;
  report_column(ctx, op, column,
                cat("the column ", quote_identifier(column.name), " of ", to_string(table),
                    " is padded with blanks to its length"))
      .because("the blanks are stored, and are ignored in some comparisons and not in others")
      .try_(cat("use text:\n", quote_identifier(column.name), " text"))
      .with("table", plain(table))
      .with("column", std::string(column.name));
}

constexpr Example bad[] = {{"CREATE TABLE films (id bigint PRIMARY KEY, code char(5));"},
                           {"ALTER TABLE films ADD COLUMN kind char;"}};
constexpr Example good[] = {{"CREATE TABLE films (id bigint PRIMARY KEY, kind \"char\");"},
                            {"CREATE TABLE films (id bigint PRIMARY KEY, code varchar(5));"}};

}  // namespace

extern constexpr Rule fixed_length_char{
    .severity = Severity::note,
    .off_by_default = true,
    .summary = "char(n) pads with blanks, which some comparisons ignore and others do not",
    .why =
        "Blanks at the end of char(n) are not significant in =, but are in LIKE and in casts to "
        "text. It is not faster than text.",
    .instead = "Use text or varchar.",
    .bad = bad,
    .good = good,
    .listeners = on_chosen_types<&look>,
};

}  // namespace migguard::rules
