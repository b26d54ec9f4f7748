// CREATE TABLE without a primary key.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

void check(Context& ctx, const AfterMigration& after) {
  for (const Statement& statement : after.migration.script.statements) {
    for (const Op& each : statement.ops) {
      const auto* op = std::get_if<CreateTable>(&each);
      if (!op || op->foreign || op->persistence == Persistence::temporary) continue;
      if (!op->partition_of.name.empty() || !op->inherits.empty()) continue;
      const Relation* table = ctx.schema().relation(op->table).known();
      if (!table || table->created.migration != ctx.schema().current_migration()) continue;
      bool keyed = false;
      for (const LikeClause& like : op->likes) keyed |= like.indexes;
      for (const Constraint& constraint : table->constraints)
        keyed |= constraint.kind == ConstraintKind::primary_key;
      if (keyed) continue;
      ctx.report(*op, cat("rows of ", to_string(op->table), " have nothing to tell them apart"))
          .because("logical replication refuses UPDATE and DELETE on a table without a primary key")
          .try_(cat("add one:\nALTER TABLE ", to_string(op->table), " ADD PRIMARY KEY (...);"))
          .with("table", plain(op->table));
    }
  }
}

constexpr Example bad[] = {{"CREATE TABLE films (title text);"},
                           {"CREATE TABLE IF NOT EXISTS films (id bigint UNIQUE, title text);"}};
constexpr Example good[] = {
    {"CREATE TABLE seats (id bigint); ALTER TABLE seats ADD CONSTRAINT seats_pk PRIMARY KEY (id);"},
    {"CREATE TEMP TABLE t (a int);"},
    {"CREATE TABLE m_1 PARTITION OF m FOR VALUES IN (1);"}};

}  // namespace

extern constexpr Rule missing_primary_key{
    .severity = Severity::note,
    .summary = "a table without a primary key",
    .why =
        "Duplicate rows cannot be told apart, and a published table without a replica identity "
        "refuses UPDATE and DELETE.",
    .instead = "Give every table a primary key.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
