// The database asked holds a mark of Drizzle's that lies in the future.
#include "database_examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const History& history) {
  const AppliedTable* table = drizzle_table(ctx, history);
  const auto mark = table ? drizzle_mark(*table) : std::nullopt;
  constexpr std::int64_t day = 86'400'000;
  if (!mark || *mark <= ctx.project().database->now + day) return;
  std::int64_t before = 0;  // the greatest sane mark
  for (const AppliedRow& row : table->rows) {
    if (row.created_at && *row.created_at <= ctx.project().database->now + day)
      before = std::max(before, *row.created_at);
  }
  const DrizzleEntry* entry = nullptr;
  for (const DrizzleEntry& each : history.drizzle->entries) {
    if (each.when == mark) entry = &each;
  }
  ctx.report(*history.drizzle->source, entry ? entry->when_span : history.drizzle->entries_span,
             cat(ctx.project().database->shown, " skips every migration made before ",
                 utc_date(*mark), ": its mark lies in the future"))
      .because(
          "Drizzle runs only entries with a greater `when` than the greatest created_at it has "
          "noted")
      .try_(cat("set the mark back, and the entry's `when` with it:\nUPDATE ", table->name,
                " SET created_at = ", before + 1, " WHERE created_at = ", *mark, ";"))
      .with("table", table->name)
      .about(std::to_string(*mark));
}

constexpr std::string_view in_2999 = R"({"drizzle.__drizzle_migrations": [
  {"id": 1, "hash": "3456c330330e5584db1ea42d855fe843569a61c7c200bd34b52f8f9c03b28f0d", "created_at": 32472144000000}
]})";
constexpr ExampleFile dated_2999[] = {
    {examples::journal_path,
     R"({"entries": [{"idx": 0, "when": 32472144000000, "tag": "0000_users"}]})"},
    {"drizzle/0000_users.sql", examples::users}};
constexpr Example bad[] = {{.files = examples::drizzle_of_two, .database = in_2999},
                           {.files = dated_2999, .database = in_2999}};
constexpr Example good[] = {
    {.files = examples::drizzle_of_two, .database = examples::drizzle_has_two},
    {.files = dated_2999, .database = examples::drizzle_has_none}};

}  // namespace

extern constexpr Rule db_drizzle_future_mark{
    .severity = Severity::error,
    .summary =
        "The database asked skips every new migration of Drizzle's: its mark is in the future",
    .why =
        "One entry with a `when` of next year, from a wrong clock or a hand that wrote "
        "microseconds, raises the mark of every database that runs it, and all migrations made "
        "until that day are skipped without a word.",
    .instead = "Set the mark back in the table, and correct the entry it came from.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
