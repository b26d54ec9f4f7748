// Numbers that do not sort as they count: 10 runs before 2.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include <algorithm>
#include <functional>

#include "examples.hpp"

namespace migguard::rules {
namespace {

// Runners that go by the byte order of names.
bool sorts_by_name(Tool tool) {
  return tool == Tool::plain || tool == Tool::dbmate || tool == Tool::supabase;
}

void report(Context& ctx, const History& history, const Migration& first, const Migration& second) {
  const bool certain = history.docker_init || history.tool == Tool::dbmate;
  const std::string a(base_name(first.source->path));
  const std::string b(base_name(second.source->path));
  const bool equal =
      !number_less(first.number, second.number) && !number_less(second.number, first.number);
  Finding& finding =
      ctx.report(
             *first.source, {},
             equal ? cat(a, " and ", b, " are two versions, although their numbers are equal")
                   : cat(a, " runs before ", b,
                         history.tool == Tool::plain && !certain ? " where names are sorted" : ""))
          .because(equal ? "the version is the text of the digits, zeros included"
                         : "names are sorted byte by byte, so that numbers count digit by digit "
                           "and 10 comes before 2")
          .try_(
              "write all numbers with the same count of digits, before they are released:\n"
              "0001_first.sql")
          .about(first.number);
  if (certain && !equal) finding.as(Severity::error);
}

// Whether names and numbers ascend together, one migration after another, as in most histories.
bool ascend_together(const History& history) {
  const auto& all = history.migrations;
  const auto ascend = [](const Migration& one, const Migration& next) {
    return number_less(one.number, next.number) && one.source->path < next.source->path;
  };
  return std::adjacent_find(all.begin(), all.end(), std::not_fn(ascend)) == all.end();
}

void check(Context& ctx, const History& history) {
  if (!judges_order(history) || !sorts_by_name(history.tool) || ascend_together(history)) return;
  const Migration* last = nullptr;
  for (const Migration* each : by_path(history.migrations)) {
    if (each->number.empty() || !each->listed) continue;
    const bool neighbours = last && folder_of(last->source->path) == folder_of(each->source->path);
    if (neighbours) {
      const bool descends = number_less(each->number, last->number);
      const bool same_number = !descends && !number_less(last->number, each->number);
      const bool two_versions =
          same_number && history.tool != Tool::plain && each->number != last->number;
      if (descends || two_versions) report(ctx, history, *last, *each);
    }
    last = each;
  }
}

constexpr ExampleFile unpadded[] = {{"migrations/1_users.sql", examples::users},
                                    {"migrations/2_orders.sql", examples::orders},
                                    {"migrations/10_lines.sql", examples::lines}};
constexpr ExampleFile dbmate[] = {
    {"db/migrations/9_users.sql", "-- migrate:up\nCREATE TABLE users (id int);\n-- migrate:down\n"},
    {"db/migrations/10_orders.sql",
     "-- migrate:up\nCREATE TABLE orders (id int);\n-- migrate:down\n"}};
constexpr ExampleFile padded[] = {{"migrations/01_users.sql", examples::users},
                                  {"migrations/02_orders.sql", examples::orders},
                                  {"migrations/10_lines.sql", examples::lines}};
// golang-migrate sorts by number.
constexpr ExampleFile by_number[] = {{"migrations/9_users.up.sql", examples::users},
                                     {"migrations/10_orders.up.sql", examples::orders}};
constexpr Example bad[] = {{.files = unpadded}, {.files = dbmate}};
constexpr Example good[] = {{.files = padded}, {.files = by_number}};

}  // namespace

extern constexpr Rule migration_order_ambiguous{
    .severity = Severity::warning,
    .summary = "Sorted by name, these migrations do not run in the order of their numbers",
    .why =
        "psql loops, dbmate, Supabase and the postgres image's init directory sort names byte by "
        "byte: `10_` comes before `1_`, `2_` and `9_`. Tools that read the number are no finding.",
    .instead =
        "Zero-pad: 0001, 0002, ..., 0010. What has been released keeps its name in tools that "
        "record it.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
