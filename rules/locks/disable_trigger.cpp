// Triggers switched off: writers wait, and with ALL foreign keys are not enforced.
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

bool enabled_again(const Context& ctx, const SetTriggerState& op) {
  bool behind = false;
  for (const Statement& statement : ctx.statements_naming(op.table.name)) {
    for (const Op& other : statement.ops) {
      const auto* state = std::get_if<SetTriggerState>(&other);
      if (state == &op) behind = true;
      if (behind && state && state->state.starts_with("enable") && state->table == op.table &&
          (state->all || (state->user && op.user) ||
           (!op.trigger.empty() && state->trigger == op.trigger)))
        return true;
    }
  }
  return false;
}
void check(Context& ctx, const SetTriggerState& op) {
  if (op.rule || op.state != "disable" || ctx.is_new_or_temporary(op.table)) return;
  const std::string table = to_string(op.table);
  const bool back = enabled_again(ctx, op);
  const std::string what = op.all    ? std::string("ALL")
                           : op.user ? std::string("USER")
                                     : quote_identifier(op.trigger);
  Finding& finding =
      ctx.report(op, op.all
                         ? cat("foreign keys of ", table, " are not enforced",
                               back ? " until triggers are enabled again" : " from now on",
                               ", and rows that break them stay")
                         : cat("what ",
                               op.user ? "the triggers of " : cat("the trigger ", what, " of "),
                               table, " did", op.user ? " is" : " is", " not done for rows written",
                               back ? " until it is enabled again" : " from now on"))
          .because(op.all ? "DISABLE TRIGGER ALL includes the triggers behind foreign keys; "
                            "enabling them again checks nothing"
                          : "DISABLE TRIGGER holds for every session, and takes SHARE ROW "
                            "EXCLUSIVE on the table")
          .try_(op.all ? cat("name the triggers that must be silent, and enable them in the same "
                             "transaction:\nALTER TABLE ",
                             table, " DISABLE TRIGGER USER;\n...\nALTER TABLE ", table,
                             " ENABLE TRIGGER USER;")
                : back ? cat("keep both in one transaction, in which nobody else can write the "
                             "table, or silence triggers for this session alone:\nSET LOCAL "
                             "session_replication_role = replica;")
                       : cat("enable it again in the same transaction, or drop it:\nALTER TABLE ",
                             table, " ENABLE TRIGGER ", what, ";"))
          .with("table", plain(op.table));
  if (back) finding.as(op.all ? Severity::warning : Severity::note);
}

constexpr Example bad[] = {{"ALTER TABLE orders DISABLE TRIGGER ALL;"},
                           {"ALTER TABLE orders DISABLE TRIGGER audit;"}};
constexpr Example good[] = {{"ALTER TABLE orders ENABLE TRIGGER audit;"},
                            {"CREATE TABLE a (id int); ALTER TABLE a DISABLE TRIGGER ALL;"},
                            {"ALTER TABLE orders DISABLE RULE r;"}};

}  // namespace

extern constexpr Rule disable_trigger{
    .severity = Severity::warning,
    .summary = "DISABLE TRIGGER switches triggers off for everyone, with ALL foreign keys too",
    .why =
        "DISABLE TRIGGER takes SHARE ROW EXCLUSIVE (measured) and holds for all sessions. ALL "
        "includes the internal triggers that enforce foreign keys, and rows written meanwhile are "
        "never checked.",
    .instead = "Silence triggers for one session: SET LOCAL session_replication_role = replica;",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
