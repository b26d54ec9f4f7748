// A folder of Drizzle 1.0 whose name is no time: `created_at` is made of its first 14 characters.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include "examples_v1.hpp"

namespace migguard::rules {
namespace {

std::size_t digits_of(std::string_view name) {
  return std::min(name.find_first_not_of("0123456789"), name.size());
}

bool is_leap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

// Whether 14 digits are a moment of the calendar: YYYYMMDDHHMMSS.
bool is_moment(std::string_view digits) {
  const auto number = [&](std::size_t at, std::size_t length) {
    int value = 0;
    for (const char digit : digits.substr(at, length)) value = value * 10 + (digit - '0');
    return value;
  };
  constexpr std::array days = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const int year = number(0, 4);
  const int month = number(4, 2);
  if (month < 1 || month > 12) return false;
  const int in_month = days[static_cast<std::size_t>(month - 1)] + (month == 2 && is_leap(year));
  const int day = number(6, 2);
  return day >= 1 && day <= in_month && number(8, 2) < 24 && number(10, 2) < 60 &&
         number(12, 2) < 60;
}

void check(Context& ctx, const History& history) {
  if (!history.drizzle_v1) return;
  for (const DrizzleV1Folder& each : history.drizzle_v1->folders) {
    if (!each.sql) continue;
    const std::size_t digits = digits_of(each.name);
    const bool formed = digits == 14 && each.name.size() > 14 && each.name[14] == '_';
    if (formed && is_moment(each.name)) continue;
    // JavaScript's Date makes nothing of fewer digits.
    const bool stops = digits < 13;
    ctx.report(*each.sql, {},
               stops
                   ? cat("no migration is applied: Drizzle makes no time of the folder name ",
                         each.name)
                   : cat("this migration is recorded under a wrong time: ", each.name.substr(0, 14),
                         " is none"))
        .because(stops ? "the first 14 characters become `created_at`; what is no number fails "
                         "at the insert into the history (22P02), and everything pending is "
                         "rolled back"
                       : "the first 14 characters become `created_at`, and folders run in the "
                         "order of their names")
        .try_(cat("rename the folder before it is released; what is recorded under a name runs "
                  "again under another:\ngit mv ",
                  shell_word(in_folder(history.folder, each.name)), ' ',
                  shell_word(in_folder(history.folder, "YYYYMMDDHHMMSS_name"))))
        .as(stops ? Severity::error : Severity::warning)
        .about(each.name);
  }
}

constexpr ExampleFile words[] = {{"drizzle/20240101000000_users/migration.sql", examples::users},
                                 {"drizzle/20240101000000_users/snapshot.json", examples::v1_a},
                                 {"drizzle/orders/migration.sql", examples::orders},
                                 {"drizzle/orders/snapshot.json", examples::v1_b}};
constexpr ExampleFile no_month[] = {
    {"drizzle/20240101000000_users/migration.sql", examples::users},
    {"drizzle/20240101000000_users/snapshot.json", examples::v1_a},
    {"drizzle/20241301000000_orders/migration.sql", examples::orders},
    {"drizzle/20241301000000_orders/snapshot.json", examples::v1_b}};
constexpr ExampleFile leap_day[] = {
    {"drizzle/20240101000000_users/migration.sql", examples::users},
    {"drizzle/20240101000000_users/snapshot.json", examples::v1_a},
    {"drizzle/20240229235959_orders/migration.sql", examples::orders},
    {"drizzle/20240229235959_orders/snapshot.json", examples::v1_b}};
constexpr Example bad[] = {{.files = words}, {.files = no_month}};
constexpr Example good[] = {{.files = examples::v1_of_two}, {.files = leap_day}};

}  // namespace

extern constexpr Rule drizzle_v1_bad_dirname{
    .severity = Severity::error,
    .summary = "Drizzle 1.0 makes no time of this folder's name: nothing is applied",
    .why =
        "The migrator of Drizzle 1.0 reads the first 14 characters of a folder's name as the UTC "
        "time that it records. A name such as `0000_init` or `legacy` gives NaN, the insert into "
        "the history fails with 22P02, and every pending migration is rolled back. A time that "
        "does not exist (month 13) rolls over to another one.",
    .instead = "Let drizzle-kit name the folder: `npx drizzle-kit generate --custom --name=x`.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
