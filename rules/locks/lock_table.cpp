// LOCK TABLE keeps others out until the transaction ends.
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const LockTable& op) {
  const bool strong = op.mode == "ShareLock" || op.mode == "ShareRowExclusiveLock" ||
                      op.mode == "ExclusiveLock" || op.mode == "AccessExclusiveLock";
  if (!strong || ctx.is_new_or_temporary(op.table)) return;
  const std::string table = to_string(op.table);
  ctx.report(op, cat(op.mode == "AccessExclusiveLock" ? "nobody can read or write "
                                                      : "nobody can write to ",
                     table, " until this transaction ends"))
      .because(
          "LOCK TABLE waits for everyone who uses the table, makes later ones queue, and holds "
          "until the commit")
      .try_(cat("keep the transaction short, lock in the order in which code locks, and limit the "
                "wait:\nSET LOCAL lock_timeout = '2s';\n",
                with_word(ctx, op, "", "")))
      .with("table", plain(op.table));
}

constexpr Example bad[] = {{"LOCK TABLE orders IN ACCESS EXCLUSIVE MODE;"},
                           {"LOCK TABLE orders IN SHARE MODE;"},
                           {"LOCK orders;"}};
constexpr Example good[] = {{"LOCK TABLE orders IN ROW EXCLUSIVE MODE;"},
                            {"CREATE TABLE a (id int); LOCK TABLE a;"}};

}  // namespace

extern constexpr Rule lock_table{
    .severity = Severity::warning,
    .summary = "LOCK TABLE keeps others out until the transaction ends",
    .why =
        "An explicit lock of SHARE or stronger stops writers, ACCESS EXCLUSIVE readers too, and "
        "invites deadlocks with code that locks in another order.",
    .instead = "SET LOCAL lock_timeout = '2s';\nLOCK TABLE orders IN SHARE ROW EXCLUSIVE MODE;",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
