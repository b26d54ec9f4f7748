// CREATE MATERIALIZED VIEW fills the view inside the migration.
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const CreateMaterializedView& op) {
  if (!op.with_data || op.reads.empty()) return;
  bool old = false;
  for (const Name& each : op.reads) old = old || !ctx.is_new_or_temporary(each);
  if (!old || (op.if_not_exists && ctx.schema().relation(op.view).known())) return;
  const std::string table = to_string(op.view);
  ctx.report(op, cat("the migration runs the query of ", table, ", however long that takes"))
      .because("the view is filled at once, and every lock the transaction holds stays until it is")
      .try_(cat("create it empty, and fill it behind the migration:\nCREATE MATERIALIZED VIEW ",
                table, " AS ... WITH NO DATA;\nREFRESH MATERIALIZED VIEW ", table, ";"))
      .with("table", plain(op.view));
}

constexpr Example bad[] = {
    {"CREATE MATERIALIZED VIEW sales AS SELECT day, sum(total) FROM orders GROUP BY day;"},
    {"CREATE MATERIALIZED VIEW big AS SELECT * FROM orders WITH DATA;"}};
constexpr Example good[] = {
    {"CREATE MATERIALIZED VIEW sales AS SELECT * FROM orders WITH NO DATA;"},
    {"CREATE TABLE a (id int); CREATE MATERIALIZED VIEW b AS SELECT * FROM a;"}};

}  // namespace

extern constexpr Rule matview_with_data{
    .severity = Severity::note,
    .summary = "CREATE MATERIALIZED VIEW fills the view inside the migration",
    .why = "Without WITH NO DATA the query runs to its end in the migration's transaction.",
    .instead =
        "CREATE MATERIALIZED VIEW sales AS SELECT ... WITH NO DATA;\n-- behind the "
        "migration\nREFRESH MATERIALIZED VIEW sales;",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
