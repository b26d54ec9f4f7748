// Tables named in the plural, in snake_case.
#include <algorithm>

#include "new_columns.hpp"
#include "plural.hpp"

namespace migguard::rules {
namespace {

bool is_allowed(const Context& ctx, std::string_view table) {
  const OptionSetting* allowed = ctx.option("allow");
  return allowed &&
         std::find(allowed->texts.begin(), allowed->texts.end(), table) != allowed->texts.end();
}

void check(Context& ctx, const CreateTable& op) {
  if (op.persistence == Persistence::temporary || !op.partition_of.name.empty()) return;
  const std::string_view name = op.table.name;
  if ((is_snake_case(name) && is_plural(name)) || is_allowed(ctx, name)) return;
  const std::string better = plural_of(snake_case_of(name));
  ctx.report(op, cat("the table is called ", to_string(op.table), ", not ", better))
      .because("the convention is plural snake_case: one name for each thing, guessed right")
      .try_(cat("name it ", better, " while nothing uses it yet"))
      .with("table", plain(op.table));
}

constexpr Option options[] = {
    {"allow", OptionKind::texts, "tables that are named otherwise (default: none)"}};
constexpr Example bad[] = {{"CREATE TABLE user_session (id text PRIMARY KEY);"},
                           {"CREATE TABLE \"UserSessions\" (id text PRIMARY KEY);"},
                           {"CREATE TABLE order_status (id text PRIMARY KEY);"}};
constexpr Example good[] = {{"CREATE TABLE user_sessions (id text PRIMARY KEY);"},
                            {"CREATE TABLE people (id text PRIMARY KEY);"},
                            {"CREATE TABLE order_statuses (id text PRIMARY KEY);"},
                            {"CREATE TEMP TABLE batch (id text);"},
                            {.sql = "CREATE TABLE audit_log (id text PRIMARY KEY);",
                             .options = R"({"allow": ["audit_log"]})"}};

}  // namespace

extern constexpr Rule convention_table_plural{
    .severity = Severity::warning,
    .off_by_default = true,
    .summary = "a table whose name is not plural snake_case",
    .why =
        "Where every table is named by one pattern, nobody has to look a name up, and foreign "
        "keys can be named after tables. A convention for teams that chose it.",
    .instead = "CREATE TABLE user_sessions (...);",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
    .options = options,
};

}  // namespace migguard::rules
