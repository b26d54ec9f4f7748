// Two migrations with one number: what happens then depends on the tool, and is never what was
// meant.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include <algorithm>
#include <functional>
#include <map>

#include "examples.hpp"

namespace migguard::rules {
namespace {

struct Consequence {
  std::string_view message;  // goes on after `a second migration has the number 3: `
  std::string_view why;
};

Consequence consequence(const History& history, bool all_listed, bool any_listed) {
  switch (history.tool) {
    case Tool::drizzle:
      if (all_listed) {
        return {"the next drizzle-kit drop or up takes the wrong snapshot",
                "both run, in the order of the journal, but drizzle-kit names snapshots for the "
                "number alone"};
      }
      return {any_listed ? "only what the journal lists runs"
                         : "none of them runs: the journal lists none",
              "drizzle-kit numbers on from the journal, and does not see what it does not list: a "
              "file written by hand, or left behind by a branch"};
    case Tool::supabase:
      return {"the second one fails",
              "the version is the primary key of supabase_migrations.schema_migrations (23505)"};
    case Tool::dbmate:
      return {"databases that have the first skip the second",
              "dbmate keeps the version alone, and takes the second for applied without a word"};
    case Tool::flyway:
      return {"Flyway does not start",
              "each version must be there once; leading zeros and a trailing .0 do not count"};
    case Tool::golang_migrate:
      return {"golang-migrate does not start",
              "it refuses a source with a duplicate migration file"};
    case Tool::goose:
      return {"goose does not start",
              "it panics, or reports a duplicate version, before it runs anything"};
    case Tool::sqlx:
      return {"sqlx stops at the second one",
              "the version is the primary key of _sqlx_migrations, and the checksums differ"};
    default:
      return {"which one runs first is up to the runner",
              "a runner that keeps numbers takes the second for applied"};
  }
}

// The names of a group but for one.
std::string others(const std::vector<const Migration*>& group, const Migration* but) {
  std::vector<std::string> names;
  for (const Migration* each : group) {
    if (each != but) names.emplace_back(base_name(each->source->path));
  }
  return joined(names);
}

// Below its greatest number no tool with a mark would run the renamed file.
std::string next_free(const History& history, std::string_view like) {
  std::int64_t greatest = 0;
  for (const Migration& each : history.migrations) {
    greatest = std::max(greatest, sequence_number(each.number).value_or(0));
  }
  if (!sequence_number(like)) return {};
  std::string number = std::to_string(greatest + 1);
  return std::string(like.size() > number.size() ? like.size() - number.size() : 0, '0') + number;
}

std::string remedy(const History& history, const Migration& migration) {
  if (history.tool == Tool::drizzle && migration.listed) {
    return "take the one that is not released back, and generate it anew on top of the other:\n"
           "npx drizzle-kit drop\n"
           "npx drizzle-kit generate";
  }
  if (history.tool == Tool::drizzle) {
    return cat(
        "delete it; or if what it does is still wanted, let drizzle-kit number it anew, and put "
        "the SQL into the file it writes:\n"
        "npx drizzle-kit generate --custom --name=",
        shell_word(tag_name(migration.id)));
  }
  const std::string number = next_free(history, migration.number);
  const std::string_view name = base_name(migration.source->path);
  const std::size_t at = name.find(migration.number);
  if (number.empty() || at == std::string_view::npos) {
    return "give the one that is not released a number of its own, greater than every other";
  }
  return cat("give the one that is not released the next free number:\ngit mv ",
             shell_word(migration.source->path), ' ',
             shell_word(in_folder(
                 folder_of(migration.source->path),
                 cat(name.substr(0, at), number, name.substr(at + migration.number.size())))));
}

void report(Context& ctx, const History& history, const std::vector<const Migration*>& group) {
  const auto listed = [](const Migration* each) { return each->listed; };
  const bool all_listed = std::all_of(group.begin(), group.end(), listed);
  const Consequence what =
      consequence(history, all_listed, std::any_of(group.begin(), group.end(), listed));
  // Each migration of the journal has a snapshot of its own: only drizzle-kit's later steps suffer.
  const bool harmless = history.drizzle && all_listed &&
                        history.drizzle->snapshots.size() >= history.drizzle->entries.size();
  // Where the journal lists only some, the others are the ones to blame.
  const bool some_listed = !all_listed && std::any_of(group.begin(), group.end(), listed);
  for (auto each = group.begin(); each != group.end(); ++each) {
    if (some_listed ? (*each)->listed : each == group.begin()) continue;
    Finding& finding = ctx.report(*(*each)->source, {},
                                  cat(others(group, *each), group.size() > 2 ? " have" : " has",
                                      " the number ", (*each)->number, " too, and ", what.message))
                           .because(std::string(what.why))
                           .try_(remedy(history, **each))
                           .about((*each)->number);
    if (harmless) finding.as(Severity::warning);
  }
}

// Whether each migration's number is greater than the one before it in one folder, as in most
// histories: then none stands twice. Flyway's versions are more than digits.
bool numbers_ascend(const History& history) {
  if (history.tool == Tool::flyway) return false;
  const auto& all = history.migrations;
  const auto ascend = [](const Migration& one, const Migration& next) {
    return number_less(one.number, next.number) &&
           folder_of(one.source->path) == folder_of(next.source->path);
  };
  return std::adjacent_find(all.begin(), all.end(), std::not_fn(ascend)) == all.end();
}

void check(Context& ctx, const History& history) {
  if (!judges_order(history) || !orders_by_number(history.tool)) return;
  if (numbers_ascend(history)) return;
  std::map<std::string, std::vector<const Migration*>> groups;
  for (const Migration* each : by_path(history.migrations)) {
    // Files that a tool passes by do no harm; those that Drizzle's journal lacks are meant to run.
    if (each->number.empty() || (!each->listed && !history.drizzle)) continue;
    // Flyway reads folders below its own as one; a baseline may repeat a version.
    const std::string_view scope = history.tool == Tool::flyway
                                       ? std::string_view(each->id).substr(0, 1)
                                       : folder_of(each->source->path);
    groups[cat(scope, '\0', number_key(history.tool, each->number))].push_back(each);
  }
  for (const auto& [key, group] : groups) {
    if (group.size() > 1) report(ctx, history, group);
  }
}

constexpr ExampleFile drizzle_by_hand[] = {{examples::journal_path, examples::journal_of_two},
                                           {"drizzle/0000_users.sql", examples::users},
                                           {"drizzle/0001_orders.sql", examples::orders},
                                           {"drizzle/0001_hand.sql", examples::lines}};
constexpr ExampleFile supabase[] = {
    {"supabase/config.toml", "project_id = \"shop\"\n"},
    {"supabase/migrations/20240101000000_users.sql", examples::users},
    {"supabase/migrations/20240101000000_orders.sql", examples::orders}};
constexpr ExampleFile flyway[] = {{"flyway.conf", "flyway.locations=filesystem:sql\n"},
                                  {"sql/V1__users.sql", examples::users},
                                  {"sql/V1.0__orders.sql", examples::orders}};
constexpr ExampleFile plain[] = {{"migrations/2_users.sql", examples::users},
                                 {"migrations/002_orders.sql", examples::orders}};
constexpr ExampleFile pairs[] = {{"migrations/001_users.up.sql", examples::users},
                                 {"migrations/001_users.down.sql", "DROP TABLE users;\n"}};
constexpr ExampleFile prisma[] = {
    {examples::lock_path, examples::lock_text},
    {"prisma/migrations/20240101000000_users/migration.sql", examples::users},
    {"prisma/migrations/20240101000000_orders/migration.sql", examples::orders}};
constexpr ExampleFile undo[] = {{"flyway.conf", "flyway.locations=filesystem:sql\n"},
                                {"sql/V1__users.sql", examples::users},
                                {"sql/U1__users.sql", "DROP TABLE users;\n"},
                                {"sql/V2__orders.sql", examples::orders}};
constexpr Example bad[] = {
    {.files = drizzle_by_hand}, {.files = supabase}, {.files = flyway}, {.files = plain}};
constexpr Example good[] = {
    {.files = examples::drizzle_of_two}, {.files = pairs}, {.files = prisma}, {.files = undo}};

}  // namespace

extern constexpr Rule duplicate_migration_number{
    .severity = Severity::error,
    .summary = "Two migrations with one number: one never runs, or the tool refuses both",
    .why =
        "Branches number their migrations without knowing of each other. Flyway, golang-migrate "
        "and goose then do not start; Supabase and sqlx fail at the second file; dbmate skips it "
        "silently; Drizzle runs what its journal lists. Numbers are compared as integers (2 is "
        "002), for dbmate and Supabase as written. Prisma, Drizzle 1.0 and node-pg-migrate order "
        "by whole names, where equal numbers are legal; an up and a down file share theirs.",
    .instead =
        "Rename the migration that is not released to the next free number. In Drizzle generate it "
        "anew, so that journal and snapshot follow.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
