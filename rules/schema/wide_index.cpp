// Indexes over many columns.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

void check(Context& ctx, const CreateIndex& op) {
  if (op.unique || op.columns.size() <= 3) return;
  ctx.report(op, cat("every write to ", to_string(op.table), " keeps ", op.columns.size(),
                     " columns of this index up to date"))
      .because("a query uses the leading columns; those behind the third seldom narrow it further")
      .try_("index the columns that the queries filter by most, three at most")
      .with("table", plain(op.table));
}

constexpr Example bad[] = {{"CREATE INDEX i ON t (a, b, c, d);"},
                           {"CREATE INDEX CONCURRENTLY i ON t (a, b, c, d, e);"}};
constexpr Example good[] = {{"CREATE INDEX i ON t (a, b, c);"},
                            {"CREATE UNIQUE INDEX i ON t (a, b, c, d);"},
                            {"CREATE INDEX i ON t (a) INCLUDE (b, c, d);"}};

}  // namespace

extern constexpr Rule wide_index{
    .severity = Severity::note,
    .off_by_default = true,
    .summary = "an index of more than three columns costs every write and helps few queries",
    .why = "A multi-column index serves queries that filter by its leading columns.",
    .instead = "Index fewer columns, or use INCLUDE.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
