// LOCK TABLE keeps others out until the transaction ends.
#include <algorithm>
#include <iterator>
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

// What an explicit lock does to others while it is held, and while it is waited for.
struct Mode {
  std::string_view lock;     // as PostgreSQL's grammar calls it
  std::string_view name;     // as SQL does
  std::string_view stopped;  // who has to wait
  std::string_view let_by;   // and who has not
};
// Table 13.2 of the documentation, "Conflicting Lock Modes".
constexpr Mode modes[] = {
    {"ShareLock", "SHARE", "whoever writes", "readers are let through"},
    {"ShareRowExclusiveLock", "SHARE ROW EXCLUSIVE", "whoever writes", "readers are let through"},
    {"ExclusiveLock", "EXCLUSIVE", "whoever writes or locks rows of",
     "readers are let through, but for SELECT ... FOR UPDATE and the like"},
    {"AccessExclusiveLock", "ACCESS EXCLUSIVE", "whoever reads or writes", ""}};

void check(Context& ctx, const LockTable& op) {
  const auto* mode = std::find_if(std::begin(modes), std::end(modes),
                                  [&](const Mode& each) { return each.lock == op.mode; });
  if (mode == std::end(modes) || ctx.is_new_or_temporary(op.table)) return;
  const bool readers_wait = mode->let_by.empty();
  const bool limited = op.nowait || is_time_limit(ctx.schema().setting("lock_timeout"));
  const std::string table = to_string(op.table);
  // Who writes LOCK TABLE wants the lock: what is new to him is how long others may wait for it.
  Finding& finding =
      limited ? ctx.report(op, cat(mode->stopped, " ", table, " waits until this transaction ends"))
              : ctx.report(op, cat(mode->stopped, " ", table,
                                   " waits while this waits for its lock, without limit, and then "
                                   "until the transaction ends"));
  finding
      .because(cat(limited ? cat(mode->name, " is held until the commit")
                           : std::string("a lock request that waits makes later ones queue behind "
                                         "it, and lock_timeout is not set here"),
                   readers_wait ? "" : "; ", mode->let_by))
      .try_(limited ? "keep the transaction short, and lock tables in the order in which code does"
                    : cat("limit the wait, and try again when the limit is hit:\nSET LOCAL "
                          "lock_timeout = '2s';\n",
                          with_word(ctx, op, "", "")))
      .with("table", plain(op.table));
  // What is changed or dropped in the same transaction is locked as hard anyway.
  if (limited || !readers_wait || locked_later(ctx, op.table)) finding.as(Severity::note);
}

constexpr Example bad[] = {{"LOCK TABLE orders IN ACCESS EXCLUSIVE MODE;"},
                           {"LOCK TABLE orders IN SHARE MODE;"},
                           {"LOCK orders;"},
                           {"SET lock_timeout = '2s'; BEGIN; LOCK orders; COMMIT;"}};
constexpr Example good[] = {{"LOCK TABLE orders IN ROW EXCLUSIVE MODE;"},
                            {"CREATE TABLE a (id int); LOCK TABLE a;"}};

}  // namespace

extern constexpr Rule lock_table{
    .severity = Severity::warning,
    .summary = "LOCK TABLE keeps others out until the transaction ends",
    .why =
        "An explicit lock of SHARE or stronger stops writers, ACCESS EXCLUSIVE readers too, and "
        "invites deadlocks with code that locks in another order. While it waits, those who come "
        "later wait behind it. With lock_timeout or NOWAIT, "
        "and where readers are let through, this is a note.",
    .instead = "SET LOCAL lock_timeout = '2s';\nLOCK TABLE orders IN SHARE ROW EXCLUSIVE MODE;",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
