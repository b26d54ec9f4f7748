// CHECKs whose answer changes with time.
#include <algorithm>
#include <iterator>

#include "new_constraints.hpp"

namespace migguard::rules {
namespace {

// Functions that are not immutable, by the name they are called by.
constexpr std::string_view changing[] = {"now",
                                         "random",
                                         "clock_timestamp",
                                         "statement_timestamp",
                                         "transaction_timestamp",
                                         "timeofday",
                                         "current_date",
                                         "current_time",
                                         "current_timestamp",
                                         "localtime",
                                         "localtimestamp",
                                         "current_user",
                                         "session_user",
                                         "gen_random_uuid",
                                         "nextval"};

void look(Context& ctx, const Node& op, const Name& table, const ConstraintDefinition& each) {
  if (each.kind != ConstraintKind::check) return;
  for (const FunctionCall& call : each.check->functions) {
    if (std::find(std::begin(changing), std::end(changing), call.name.name) == std::end(changing))
      continue;
    ctx.report(op, cat("rows of ", to_string(table),
                       " that were right when written break this CHECK later"))
        .because(cat(call.name.name,
                     " gives another answer each time, and a restored dump is checked again"))
        .try_("check it in a trigger or in the code, or compare with a column")
        .with("table", plain(table));
    return;
  }
}

constexpr Example bad[] = {{"CREATE TABLE t (d date CHECK (d > CURRENT_DATE));"},
                           {"ALTER TABLE t ADD CONSTRAINT c CHECK (at < now()) NOT VALID;"}};
constexpr Example good[] = {{"CREATE TABLE t (d date CHECK (d > '2020-01-01'));"},
                            {"CREATE TABLE t (at timestamptz DEFAULT now());"}};

}  // namespace

extern constexpr Rule volatile_check{
    .severity = Severity::warning,
    .summary = "a CHECK with now() or random() does not stay true",
    .why = "A CHECK is evaluated when a row is written. Updates and restores of old rows fail.",
    .instead = "Compare with columns and constants only.",
    .bad = bad,
    .good = good,
    .listeners = on_new_constraints<&look>,
};

}  // namespace migguard::rules
