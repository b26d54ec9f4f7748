// The type money.
#include "new_columns.hpp"

namespace migguard::rules {
namespace {

void look(Context& ctx, const Node& op, const Name& table, const ColumnDefinition& column) {
  if (column.type.name.name != "money") return;
  report_column(ctx, op, column,
                cat("the column ", quote_identifier(column.name), " of ", to_string(table),
                    " is money, whose meaning follows lc_monetary"))
      .because("the currency and the digits behind the point are those of the server that reads it")
      .try_(cat("use numeric, with the currency beside it:\n", quote_identifier(column.name),
                " numeric(19, 4)"))
      .with("table", plain(table))
      .with("column", std::string(column.name));
}

constexpr Example bad[] = {{"CREATE TABLE lines (id bigint PRIMARY KEY, price money);"},
                           {"ALTER TABLE lines ADD COLUMN price money;"}};
constexpr Example good[] = {{"CREATE TABLE lines (id bigint PRIMARY KEY, price numeric(19, 4));"},
                            {"CREATE TABLE lines (id bigint PRIMARY KEY, money text);"}};

}  // namespace

extern constexpr Rule money_type{
    .severity = Severity::warning,
    .off_by_default = true,
    .summary = "money reads differently under another lc_monetary",
    .why =
        "A dump of one server restored on another with a different lc_monetary changes the "
        "amounts. There is no currency in the value.",
    .instead = "Use numeric and a currency column.",
    .bad = bad,
    .good = good,
    .listeners = on_chosen_types<&look>,
};

}  // namespace migguard::rules
