// VACUUM FULL writes the table anew while nobody can use it.
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const Vacuum& op) {
  if (!op.full || (!op.table.name.empty() && ctx.is_new_or_temporary(op.table))) return;
  const std::string table = op.table.name.empty()
                                ? std::string("one table of the database after the other")
                                : to_string(op.table);
  ctx.report(op, cat("nobody can read or write ", table, " while it is written anew"))
      .because("VACUUM FULL copies table and indexes under ACCESS EXCLUSIVE")
      .try_(cat("leave FULL out, or use pg_repack, which copies while the table is in use:\nVACUUM "
                "(ANALYZE)",
                op.table.name.empty() ? std::string() : cat(" ", table), ";"))
      .with("table", plain(op.table));
}

constexpr Example bad[] = {
    {"VACUUM FULL orders;"}, {"VACUUM (FULL, ANALYZE) orders;"}, {"VACUUM FULL;"}};
constexpr Example good[] = {
    {"VACUUM (FULL false, ANALYZE) orders;"}, {"VACUUM (ANALYZE) orders;"}, {"ANALYZE orders;"}};

}  // namespace

extern constexpr Rule vacuum_full{
    .severity = Severity::error,
    .grows_with_table = true,
    .summary = "VACUUM FULL blocks reads and writes while it rewrites the table",
    .why = "VACUUM FULL writes the table and its indexes anew under ACCESS EXCLUSIVE.",
    .instead =
        "VACUUM without FULL frees the space for new rows; pg_repack gives it back while the table "
        "is in use.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
