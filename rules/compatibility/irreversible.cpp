// A migration that loses data and cannot be taken back.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include <algorithm>

namespace migguard::rules {
namespace {

// What an operation takes away for good, or nothing.
std::string lost_by(const Context& ctx, const Op& op) {
  if (const auto* drop = std::get_if<DropTable>(&op))
    return ctx.is_new_or_temporary(drop->table) ? "" : cat("the rows of ", to_string(drop->table));
  if (const auto* drop = std::get_if<DropColumn>(&op)) {
    const Relation* table = ctx.schema().relation(drop->table).known();
    const Column* column = table ? table->column(drop->column) : nullptr;
    if (ctx.is_new_or_temporary(drop->table) || (column && ctx.schema().is_new(*column))) return {};
    return cat("the values of ", to_string(drop->table), ".", quote_identifier(drop->column));
  }
  if (const auto* truncate = std::get_if<Truncate>(&op))
    return ctx.is_new_or_temporary(truncate->table)
               ? ""
               : cat("the rows of ", to_string(truncate->table));
  if (const auto* remove = std::get_if<Delete>(&op))
    return ctx.is_new_or_temporary(remove->table) ? "" : cat("rows of ", to_string(remove->table));
  if (const auto* drop = std::get_if<DropSchema>(&op))
    return drop->cascade ? cat("all that is in the schema ", quote_identifier(drop->schema)) : "";
  return {};
}

bool has_way_back(const Context& ctx) {
  const History& history = ctx.history();
  const std::string key = number_key(history.tool, ctx.migration().number);
  return std::any_of(history.rollbacks.begin(), history.rollbacks.end(), [&](const auto& each) {
    return !each.script.statements.empty() && number_key(history.tool, each.number) == key;
  });
}

void check(Context& ctx, const Statement& statement) {
  for (const Op& op : statement.ops) {
    const std::string lost = lost_by(ctx, op);
    if (lost.empty()) continue;
    const bool back = has_way_back(ctx);
    ctx.report(node(op), cat("no rollback brings ", lost, " back"))
        .because(back ? "the down script makes the objects anew, without what they held"
                      : "there is no down script, and none could restore what is lost")
        .try_(
            "keep it under another name until the release is proven, and remove it in a later "
            "migration; or note in the release plan that only a backup leads back")
        .under("irreversible")
        .with("item", lost);
  }
}

constexpr Example bad[] = {
    {"DROP TABLE invoices;"}, {"ALTER TABLE users DROP COLUMN email;"}, {"TRUNCATE sessions;"}};
constexpr Example good[] = {
    {"CREATE TABLE t (id int); DROP TABLE t;"},
    {"ALTER TABLE users ADD COLUMN a int; DROP INDEX users_email_idx;"},
    {"ALTER TABLE users ADD COLUMN a int; ALTER TABLE users DROP COLUMN a;"}};

}  // namespace

extern constexpr Rule irreversible{
    .severity = Severity::note,
    .off_by_default = true,
    .summary = "a migration that loses data has no way back but a backup",
    .why = "For teams that want every release to be revertible: what is dropped stays dropped.",
    .instead = "Rename first, remove in a later release.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
