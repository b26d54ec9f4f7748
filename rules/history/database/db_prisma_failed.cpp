// A migration of Prisma's that failed in the database asked, and blocks all others.
#include "database_examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  const AppliedTable* table = table_of(ctx, history, Tool::prisma);
  if (!table) return;
  for (const AppliedRow& row : table->rows) {
    if (row.state != AppliedState::unfinished) continue;
    const SourceFile* source = row.migration ? row.migration->source : place_of(history);
    if (!source) continue;
    std::string_view log = row.log;
    // The server's message stands on a line of its own in what the engine writes.
    const std::size_t said = log.find("Database error:");
    if (said != std::string_view::npos) log.remove_prefix(std::min(said + 15, log.size()));
    while (log.starts_with('\n')) log.remove_prefix(1);
    log = log.substr(0, log.find('\n'));
    ctx.report(*source, {},
               cat("prisma migrate deploy applies nothing to ", ctx.project().database->shown, ": ",
                   row.version, " failed there", log.empty() ? "" : ": ", log))
        .because("Prisma refuses to go on after a migration that began and never ended (P3009)")
        .try_(cat("see what is left of it, undo or finish that by hand, then say which:\n"
                  "npx prisma migrate resolve --rolled-back ",
                  shell_word(row.version), "\nnpx prisma migrate resolve --applied ",
                  shell_word(row.version)))
        .with("table", table->name)
        .about(row.version);
  }
}

constexpr std::string_view running = R"({"public._prisma_migrations": [
  {"id": "a", "checksum": "3456c330330e5584db1ea42d855fe843569a61c7c200bd34b52f8f9c03b28f0d", "finished_at": null,
   "migration_name": "20240101000000_users", "logs": null, "rolled_back_at": null, "started_at": "2024-01-01", "applied_steps_count": 0}]})";
constexpr Example bad[] = {
    {.files = examples::prisma_of_two, .database = examples::prisma_has_failed},
    {.files = examples::prisma_of_two, .database = running}};
constexpr Example good[] = {
    {.files = examples::prisma_of_two, .database = examples::prisma_has_rolled_back},
    {.files = examples::prisma_of_two, .database = examples::prisma_has_two}};

}  // namespace

extern constexpr Rule db_prisma_failed{
    .severity = Severity::error,
    .summary =
        "A migration of Prisma's failed in the database asked, and no other is applied until it is "
        "resolved",
    .why =
        "Prisma notes when it begins a migration and when it has finished. A row that has begun "
        "and neither finished nor been rolled back stands for a failure (or for a run at this "
        "moment): every deploy ends with P3009.",
    .instead =
        "Repair the database by hand, then `prisma migrate resolve --rolled-back` to run the "
        "migration again, or `--applied` where it is complete.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
