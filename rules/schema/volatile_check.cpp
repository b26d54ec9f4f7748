// CHECKs whose answer changes with time.
#include <algorithm>
#include <iterator>
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

// Functions that are not immutable, by the name they are called by.
constexpr std::string_view changing[] = {"now",
                                         "random",
                                         "clock_timestamp",
                                         "statement_timestamp",
                                         "transaction_timestamp",
                                         "timeofday",
                                         "current_date",
                                         "current_time",
                                         "current_timestamp",
                                         "localtime",
                                         "localtimestamp",
                                         "current_user",
                                         "session_user",
                                         "gen_random_uuid",
                                         "nextval"};

void look(Context& ctx, const Node& op, const Name& table, const ConstraintDefinition& each) {
  if (each.kind != ConstraintKind::check) return;
  for (const FunctionCall& call : each.check.functions) {
    if (std::find(std::begin(changing), std::end(changing), call.name.name) == std::end(changing))
      continue;
    ctx.report(op, cat("rows of ", to_string(table),
                       " that were right when written break this CHECK later"))
        .because(cat(call.name.name,
                     " gives another answer each time, and a restored dump is checked again"))
        .try_("check it in a trigger or in the code, or compare with a column")
        .with("table", plain(table));
    return;
  }
}
void look_all(Context& ctx, const Node& op, const Name& table, List<ConstraintDefinition> list) {
  for (const ConstraintDefinition& each : list) look(ctx, op, table, each);
}
void check_table(Context& ctx, const CreateTable& op) {
  if (op.persistence == Persistence::temporary) return;
  for (const ColumnDefinition& each : op.columns) look_all(ctx, op, op.table, each.constraints);
  look_all(ctx, op, op.table, op.constraints);
}
void check_column(Context& ctx, const AddColumn& op) {
  look_all(ctx, op, op.table, op.column.constraints);
}
void check_constraint(Context& ctx, const AddConstraint& op) {
  look(ctx, op, op.table, op.constraint);
}

constexpr Example bad[] = {{"CREATE TABLE t (d date CHECK (d > CURRENT_DATE));"},
                           {"ALTER TABLE t ADD CONSTRAINT c CHECK (at < now()) NOT VALID;"}};
constexpr Example good[] = {{"CREATE TABLE t (d date CHECK (d > '2020-01-01'));"},
                            {"CREATE TABLE t (at timestamptz DEFAULT now());"}};

}  // namespace

extern constexpr Rule volatile_check{
    .severity = Severity::warning,
    .summary = "a CHECK with now() or random() does not stay true",
    .why = "A CHECK is evaluated when a row is written. Updates and restores of old rows fail.",
    .instead = "Compare with columns and constants only.",
    .bad = bad,
    .good = good,
    .listeners = on<&check_table, &check_column, &check_constraint>,
};

}  // namespace migguard::rules
