// A column twice in one index.
#include <algorithm>
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

void check(Context& ctx, const CreateIndex& op) {
  for (std::size_t i = 0; i < op.columns.size(); ++i) {
    const IndexColumn& column = op.columns[i];
    if (column.name.empty()) continue;
    bool repeated =
        std::find(op.include.begin(), op.include.end(), column.name) != op.include.end();
    for (std::size_t other = 0; other < i && !repeated; ++other)
      repeated = op.columns[other].name == column.name &&
                 op.columns[other].operator_class == column.operator_class &&
                 op.columns[other].collation == column.collation;
    if (!repeated) continue;
    ctx.report(op, cat("the index holds ", quote_identifier(column.name), " of ",
                       to_string(op.table), " twice"))
        .because("it is larger and slower to write, and finds nothing more")
        .try_("name the column once")
        .with("table", plain(op.table));
    return;
  }
}

constexpr Example bad[] = {{"CREATE INDEX i ON t (a, b, a);"},
                           {"CREATE INDEX i ON t (a) INCLUDE (b, a);"}};
constexpr Example good[] = {{"CREATE INDEX i ON t (a, b);"},
                            {"CREATE INDEX i ON t (a text_pattern_ops, a);"}};

}  // namespace

extern constexpr Rule duplicate_index_column{
    .severity = Severity::warning,
    .summary = "an index names the same column twice",
    .why = "PostgreSQL allows it and stores the value twice.",
    .instead = "Name each column once.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
