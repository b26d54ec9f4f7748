// DROP DATABASE: everything at once, outside any transaction.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

void check(Context& ctx, const DropDatabase& op) {
  ctx.report(op, cat("this drops the database ", quote_identifier(op.database),
                     " with everything in it"))
      .because(
          "DROP DATABASE cannot run in a transaction and cannot be undone; only a backup brings it "
          "back")
      .try_("drop databases by hand, never from a migration");
}

constexpr Example bad[] = {{"DROP DATABASE shop;"}, {"DROP DATABASE IF EXISTS shop WITH (FORCE);"}};
constexpr Example good[] = {{"-- DROP DATABASE shop;\nSELECT 1;"},
                            {"SELECT 'DROP DATABASE shop';"}};

}  // namespace

extern constexpr Rule drop_database{
    .severity = Severity::error,
    .summary = "DROP DATABASE deletes every table, and no transaction can undo it",
    .why =
        "DROP DATABASE removes the files of the database at once. It cannot run inside a "
        "transaction block, so nothing rolls it back, and it fails while anybody is connected "
        "unless FORCE throws them out.",
    .instead =
        "Leave databases to the people who provision them. A migration works inside one database.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
