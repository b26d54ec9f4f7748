// A new migration in front of one that was there before.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include <algorithm>

#include "examples.hpp"

namespace migguard::rules {
namespace {

std::string what_happens(Tool tool, const std::string& added, const std::string& newest) {
  switch (tool) {
    case Tool::drizzle:
    case Tool::golang_migrate:
      return cat("databases that have run ", newest, " skip ", added, " and report success");
    case Tool::supabase:
      return cat("`supabase db push` refuses: ", added, " is older than ", newest);
    case Tool::goose:
    case Tool::flyway:
    case Tool::node_pg_migrate:
    case Tool::atlas:
      return cat(display_name(tool), " refuses to migrate databases that have run ", newest, ": ",
                 added, " is older");
    case Tool::plain:
      return cat("databases that have run ", newest, " never run ", added,
                 " if their runner keeps the last number");
    default:
      return cat("old databases run ", added, " after ", newest, ", new ones before it");
  }
}

Severity severity_of(Tool tool) {
  switch (tool) {
    case Tool::drizzle:
    case Tool::golang_migrate:
    case Tool::supabase:
    case Tool::goose:
    case Tool::flyway:
    case Tool::node_pg_migrate:
    case Tool::atlas:
      return Severity::error;
    case Tool::plain:
      return Severity::warning;
    default:
      return Severity::note;
  }
}

std::string remedy(Tool tool) {
  switch (tool) {
    case Tool::drizzle:
      return "delete it with its snapshot and generate it anew, on top of what was merged";
    case Tool::supabase:
    case Tool::prisma:
    case Tool::drizzle_v1:
    case Tool::node_pg_migrate:
      return "give it a time stamp of today, so that it comes last";
    case Tool::atlas:
      return "move it behind what was merged:\natlas migrate rebase";
    default:
      return "give it the next free number, so that it comes last";
  }
}

void report(Context& ctx, const History& history, const SourceFile& source, Span span,
            const std::string& added, const std::string& newest) {
  ctx.report(source, span, what_happens(history.tool, added, newest))
      .because(
          "what was there before counts as applied, and tools go forward from the newest that was")
      .try_(remedy(history.tool))
      .as(severity_of(history.tool))
      .about(added);
}

// Drizzle before 1.0 goes by `when` alone: an entry runs if it is greater than the greatest
// applied.
void check_whens(Context& ctx, const History& history, const DrizzleJournal& journal) {
  const auto is_added = [&](const DrizzleEntry& entry) {
    return std::any_of(history.migrations.begin(), history.migrations.end(),
                       [&](const Migration& each) {
                         return each.source == entry.sql && each.novelty == Novelty::added;
                       });
  };
  if (!history.before->drizzle) return;
  const DrizzleEntry* newest = nullptr;
  for (const DrizzleEntry& each : history.before->drizzle->entries) {
    if (each.when && (!newest || *each.when > *newest->when)) newest = &each;
  }
  if (!newest) return;
  for (const DrizzleEntry& each : journal.entries) {
    if (!each.when || *each.when > *newest->when || !is_added(each)) continue;
    report(ctx, history, *journal.source, each.when_span, each.tag, newest->tag);
  }
}

void check(Context& ctx, const History& history) {
  if (!history.before || history.squashed || history.docker_init || !judges_order(history)) return;
  if (history.tool == Tool::drizzle) {
    if (const DrizzleJournal* journal = readable_journal(history))
      check_whens(ctx, history, *journal);
    return;
  }
  const Migration* newest = nullptr;
  for (const Migration& each : history.migrations) {
    const bool repeatable = history.tool == Tool::flyway && each.number.empty();
    if (each.listed && each.novelty != Novelty::added && !repeatable) newest = &each;
  }
  if (!newest) return;
  for (const Migration& each : history.migrations) {
    if (&each == newest) break;
    if (!each.listed || each.novelty != Novelty::added) continue;
    // Equal numbers are said to be equal.
    if (orders_by_number(history.tool) &&
        number_key(history.tool, each.number) == number_key(history.tool, newest->number))
      continue;
    report(ctx, history, *each.source, {}, each.id, newest->id);
  }
}

constexpr ExampleFile two[] = {{"migrations/0001_users.sql", examples::users},
                               {"migrations/0003_orders.sql", examples::orders}};
constexpr ExampleFile slipped_in[] = {{"migrations/0001_users.sql", examples::users},
                                      {"migrations/0002_lines.sql", examples::lines},
                                      {"migrations/0003_orders.sql", examples::orders}};
constexpr ExampleFile at_the_end[] = {{"migrations/0001_users.sql", examples::users},
                                      {"migrations/0003_orders.sql", examples::orders},
                                      {"migrations/0004_lines.sql", examples::lines}};
constexpr std::string_view journal_of_late_branch = R"({
  "version": "7",
  "dialect": "postgresql",
  "entries": [
    {"idx": 0, "version": "7", "when": 1735689600000, "tag": "0000_users", "breakpoints": true},
    {"idx": 1, "version": "7", "when": 1735776000000, "tag": "0001_orders", "breakpoints": true},
    {"idx": 2, "version": "7", "when": 1735700000000, "tag": "0002_lines", "breakpoints": true}
  ]
})";
constexpr ExampleFile late_branch[] = {{examples::journal_path, journal_of_late_branch},
                                       {"drizzle/0000_users.sql", examples::users},
                                       {"drizzle/0001_orders.sql", examples::orders},
                                       {"drizzle/0002_lines.sql", examples::lines}};
constexpr Example bad[] = {{.files = slipped_in, .base = two},
                           {.files = late_branch, .base = examples::drizzle_of_two}};
constexpr Example good[] = {{.files = at_the_end, .base = two},
                            {.files = examples::drizzle_of_three, .base = examples::drizzle_of_two},
                            {.files = slipped_in}};

}  // namespace

extern constexpr Rule out_of_order_migration{
    .severity = Severity::error,
    .summary = "A new migration is older than one that was applied: tools skip it or refuse",
    .why =
        "With --since or --staged, what was there before counts as applied. Drizzle and "
        "golang-migrate go on from the newest they have run and skip what is older, with success; "
        "Supabase, goose, Flyway, node-pg-migrate and Atlas refuse. Prisma, Drizzle 1.0, dbmate, "
        "sqlx and diesel run it late, so that databases differ in the order: a note. An empty "
        "database, as in CI, shows nothing of it.",
    .instead = "After a merge, give the new migration a number or time stamp behind all others.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
