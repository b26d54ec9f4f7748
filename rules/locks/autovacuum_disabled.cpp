// autovacuum switched off for a table.
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

bool off(std::string_view value) {
  return value == "false" || value == "off" || value == "0" || value == "no";
}
bool on_again(const Context& ctx, const SetOptions& op) {
  bool behind = false;
  for (const Statement& statement : ctx.statements_naming(op.name.name))
    for (const Op& other : statement.ops) {
      const auto* set = std::get_if<SetOptions>(&other);
      if (set == &op) behind = true;
      if (!behind || !set || set == &op || !(set->name == op.name)) continue;
      for (const OptionValue& each : set->options)
        if (each.name.ends_with("autovacuum_enabled") && (set->reset || !off(each.value)))
          return true;
    }
  return false;
}
void check(Context& ctx, const SetOptions& op) {
  if (op.reset || op.object != ObjectKind::table) return;
  for (const OptionValue& each : op.options) {
    if (!each.name.ends_with("autovacuum_enabled") || !off(each.value)) continue;
    const Relation* relation = ctx.schema().relation(op.name).known();
    if ((relation && ctx.schema().is_temporary(*relation)) || on_again(ctx, op)) return;
    const std::string table = to_string(op.name);
    ctx.report(op, cat(table, " grows with every update from now on, and its statistics grow old"))
        .because(
            "without autovacuum dead rows stay and plans go wrong, until the server must vacuum "
            "against wraparound")
        .try_(cat("make it run more often rather than never:\nALTER TABLE ", table,
                  " SET (autovacuum_vacuum_scale_factor = 0.02);"))
        .with("table", plain(op.name));
    return;
  }
}

constexpr Example bad[] = {{"ALTER TABLE orders SET (autovacuum_enabled = false);"},
                           {"ALTER TABLE orders SET (fillfactor = 80, autovacuum_enabled = off);"}};
constexpr Example good[] = {{"ALTER TABLE orders SET (autovacuum_enabled = true);"},
                            {"ALTER TABLE orders RESET (autovacuum_enabled);"},
                            {"ALTER TABLE orders SET (autovacuum_enabled = false); ALTER TABLE "
                             "orders RESET (autovacuum_enabled);"}};

}  // namespace

extern constexpr Rule autovacuum_disabled{
    .severity = Severity::warning,
    .summary = "autovacuum is switched off for a table",
    .why =
        "Dead rows stay, the table and its indexes grow, statistics grow old, and in the end a "
        "vacuum against wraparound comes anyway.",
    .instead = "ALTER TABLE orders SET (autovacuum_vacuum_scale_factor = 0.02);",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
