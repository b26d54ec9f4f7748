// DELETE that leaves no row.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

void check(Context& ctx, const Delete& op) {
  const bool filtered = op.where && !op.where.always_true;
  if (op.using_.empty() ? filtered : op.joined || filtered) return;
  if (ctx.is_new_or_temporary(op.table)) return;
  const std::string table = to_string(op.table);
  ctx.report(op, op.where.always_true
                     ? cat("this deletes every row of ", table, ": its WHERE is always true")
                 : !op.using_.empty()
                     ? cat("this deletes every row of ", table, ": nothing ties it to USING")
                     : cat("this deletes every row of ", table))
      .because(
          "the rows are gone with the commit; until then each is locked and written to the log "
          "once more")
      .try_(cat(
          "say which rows are meant, and delete many of them in batches outside the migration:\n"
          "DELETE FROM ",
          table, " WHERE ...;"))
      .with("table", plain(op.table));
}

constexpr Example bad[] = {
    {"DELETE FROM sessions;"},
    {"DELETE FROM sessions WHERE true;"},
    {"WITH moved AS (DELETE FROM sessions RETURNING id) INSERT INTO archive SELECT id FROM moved;"},
    {"DELETE FROM sessions USING users;"}};
constexpr Example good[] = {{"DELETE FROM sessions WHERE expires_at < now();"},
                            {"DELETE FROM sessions USING users WHERE sessions.user_id = users.id;"},
                            {"CREATE TEMP TABLE buffer (id int); DELETE FROM buffer;"}};

}  // namespace

extern constexpr Rule delete_without_where{
    .severity = Severity::error,
    .summary = "DELETE without a filter removes every row",
    .why =
        "A DELETE without WHERE, with one that is always true, or with USING that nothing ties to "
        "the table, removes all rows, in one transaction that locks each and writes all of them to "
        "the log.",
    .instead =
        "Filter. For many rows, delete in batches by key from a script that commits in between.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
