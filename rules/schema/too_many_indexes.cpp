// Tables with more indexes than a team wants to pay for.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

constexpr std::int64_t usual_limit = 10;

void check(Context& ctx, const CreateIndex& op) {
  const Relation* table = ctx.schema().relation(op.table).known();
  if (!table || !table->create_seen) return;
  const OptionSetting* set = ctx.option("max");
  const std::int64_t limit = set ? set->number : usual_limit;
  const auto there = static_cast<std::int64_t>(table->indexes.size());
  // Said once, by the index that is one too many.
  if (there != limit) return;
  ctx.report(op, cat("every write to ", to_string(op.table), " keeps ", there + 1,
                     " indexes up to date"))
      .because(cat("an UPDATE of one indexed column writes to all of them; the limit is ", limit))
      .try_(cat("drop those that no query uses:\nSELECT indexrelname, idx_scan FROM "
                "pg_stat_user_indexes WHERE relname = '",
                op.table.name, "' ORDER BY idx_scan;"))
      .with("table", plain(op.table));
}

constexpr Option options[] = {
    {"max", OptionKind::number, "how many indexes a table may have, with those of keys (10)"}};
constexpr Example bad[] = {
    {.sql = "CREATE TABLE t (id bigint PRIMARY KEY, a int, b int); CREATE INDEX x ON t (a); CREATE "
            "INDEX y ON t (b);",
     .options = "{\"max\": 2}"},
    {.sql = "CREATE INDEX x ON t (a);",
     .before = "CREATE TABLE t (id bigint PRIMARY KEY, a int);",
     .options = "{\"max\": 1}"}};
constexpr Example good[] = {
    {.sql = "CREATE TABLE t (id bigint PRIMARY KEY, a int); CREATE INDEX x ON t (a);",
     .options = "{\"max\": 2}"},
    {"CREATE TABLE t (id bigint PRIMARY KEY, a int, b int); CREATE INDEX x ON t (a); CREATE INDEX "
     "y ON t (b);"}};

}  // namespace

extern constexpr Rule too_many_indexes{
    .severity = Severity::note,
    .off_by_default = true,
    .summary = "a table gets more indexes than the project wants to pay for",
    .why = "Each index is written by every INSERT and by every UPDATE that is not HOT.",
    .instead = "Drop indexes that are not used before adding more.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
    .options = options,
};

}  // namespace migguard::rules
