// CREATE TABLE without a primary key.
#include <migguard/rule.hpp>
#include "wording.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const AfterMigration& after) {
  const auto& statements = after.migration.script.statements;
  for (std::size_t i = 0; i < statements.size(); ++i) {
    for (const Op& each : statements[i].ops) {
      const auto* op = std::get_if<CreateTable>(&each);
      if (!op || op->foreign || op->persistence == Persistence::temporary) continue;
      if (!op->partition_of.name.empty() || !op->inherits.empty()) continue;
      const Relation* table = ctx.schema().created_by(i, op->table);
      if (!table) continue;
      bool keyed = false;
      for (const LikeClause& like : op->likes) keyed |= like.indexes;
      for (const Constraint& constraint : table->constraints)
        keyed |= constraint.kind == ConstraintKind::primary_key;
      if (keyed) continue;
      const Name name = name_by_now(ctx, *table, op->table);
      ctx.report(*op, cat("rows of ", to_string(name), " have nothing to tell them apart"))
          .because("logical replication refuses UPDATE and DELETE on a table without a primary key")
          .try_(cat("add one:\nALTER TABLE ", to_string(name), " ADD PRIMARY KEY (...);"))
          .with("table", plain(name));
    }
  }
}

constexpr Example bad[] = {
    {"CREATE TABLE films (title text);"},
    {"CREATE TABLE IF NOT EXISTS films (id bigint UNIQUE, title text);"},
    {"CREATE TABLE films_new (id bigint); ALTER TABLE films_new RENAME TO films;"},
    {"CREATE SCHEMA app; SET search_path = app; CREATE TABLE films (id bigint); "
     "RESET search_path;"}};
constexpr Example good[] = {
    {"CREATE TABLE seats (id bigint); ALTER TABLE seats ADD CONSTRAINT seats_pk PRIMARY KEY (id);"},
    {"CREATE TABLE seats_new (id bigint PRIMARY KEY); ALTER TABLE seats_new RENAME TO seats;"},
    {"CREATE TABLE drafts (id bigint); DROP TABLE drafts;"},
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
