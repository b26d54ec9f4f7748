// timestamp without time zone.
#include "new_columns.hpp"

namespace migguard::rules {
namespace {

void look(Context& ctx, const Node& op, const Name& table, const ColumnDefinition& column) {
  if (column.type.name.name != "timestamp") return;
  report_column(ctx, op, column,
                cat("the column ", quote_identifier(column.name), " of ", to_string(table),
                    " does not say in which zone its times are"))
      .because("sessions with different time zones store different times for the same instant")
      .try_(cat("use timestamptz:\n", quote_identifier(column.name), " timestamptz"))
      .with("table", plain(table))
      .with("column", std::string(column.name));
}

constexpr Example bad[] = {{"CREATE TABLE films (id bigint PRIMARY KEY, at timestamp(3));"},
                           {"ALTER TABLE films ADD COLUMN at timestamp without time zone;"}};
constexpr Example good[] = {{"CREATE TABLE films (id bigint PRIMARY KEY, at timestamp(3) with time "
                             "zone, t time, iv interval);"},
                            {"ALTER TABLE films ADD COLUMN at timestamptz;"}};

}  // namespace

extern constexpr Rule timestamp_without_time_zone{
    .severity = Severity::note,
    .off_by_default = true,
    .summary = "timestamp without time zone does not hold an instant",
    .why =
        "timestamptz holds an instant, in as many bytes. To change the type later rewrites the "
        "table, unless the session is in UTC.",
    .instead = "Use timestamptz.",
    .bad = bad,
    .good = good,
    .listeners = on_chosen_types<&look>,
};

}  // namespace migguard::rules
