// Concurrent index builds on PostgreSQL 14.0 to 14.3 can leave rows out.
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

void report(Context& ctx, const Node& op) {
  if (ctx.pg_version() != 14) return;
  ctx.report(op, "on PostgreSQL 14.0 to 14.3 this index may miss rows")
      .because(
          "concurrent builds of these releases can overlook rows that are updated meanwhile, and "
          "queries then do not find them")
      .try_(
          "make sure that the server runs 14.4 or newer before this is applied:\nSHOW "
          "server_version;");
}
void check_create(Context& ctx, const CreateIndex& op) {
  if (op.concurrently) report(ctx, op);
}
void check_reindex(Context& ctx, const Reindex& op) {
  if (op.concurrently) report(ctx, op);
}

constexpr Example bad[] = {
    {.sql = "CREATE INDEX CONCURRENTLY orders_c ON orders (c);", .pg_version = 14},
    {.sql = "REINDEX TABLE CONCURRENTLY orders;", .pg_version = 14}};
constexpr Example good[] = {{"CREATE INDEX CONCURRENTLY orders_c ON orders (c);"},
                            {.sql = "CREATE INDEX orders_c ON orders (c);", .pg_version = 14}};

}  // namespace

extern constexpr Rule index_corruption_14{
    .severity = Severity::note,
    .summary = "Concurrent index builds on PostgreSQL 14.0 to 14.3 can corrupt the index",
    .why =
        "PostgreSQL 14.4 fixed a bug of 14.0 to 14.3: CREATE INDEX CONCURRENTLY and REINDEX "
        "CONCURRENTLY could leave rows out of the index (release notes of 14.4).",
    .instead =
        "Upgrade to 14.4 or newer first; rebuild indexes that were built concurrently before.",
    .bad = bad,
    .good = good,
    .listeners = on<&check_create, &check_reindex>,
};

}  // namespace migguard::rules
