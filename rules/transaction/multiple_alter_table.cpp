// Several ALTER TABLE of one table that could be one.
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

// The table, when every clause of the statement could stand in another ALTER TABLE of it.
const Name* mergeable(const Statement& statement) {
  const Name* table = nullptr;
  for (const Op& op : statement.ops) {
    if (std::holds_alternative<RenameTable>(op) || std::holds_alternative<RenameColumn>(op) ||
        std::holds_alternative<DropTable>(op) || std::holds_alternative<ValidateConstraint>(op) ||
        std::holds_alternative<AttachPartition>(op) || std::holds_alternative<DetachPartition>(op))
      return nullptr;
    const Name* own = std::visit(
        [](const auto& each) -> const Name* {
          using Each = std::remove_cvref_t<decltype(each)>;
          if constexpr (std::is_same_v<Each, AddColumn> || std::is_same_v<Each, DropColumn> ||
                        std::is_same_v<Each, SetDefault> || std::is_same_v<Each, SetNotNull> ||
                        std::is_same_v<Each, DropNotNull> || std::is_same_v<Each, ChangeType> ||
                        std::is_same_v<Each, AddConstraint> || std::is_same_v<Each, DropConstraint>)
            return &each.table;
          return nullptr;
        },
        op);
    if (!own) return nullptr;
    table = own;
  }
  return table;
}
template <class Each>
bool any(const Statement& statement) {
  for (const Op& op : statement.ops)
    if (std::holds_alternative<Each>(op)) return true;
  return false;
}
// Together these cost more than apart: the drop of a helper CHECK comes before SET NOT NULL.
bool better_apart(const Statement& a, const Statement& b) {
  return (any<SetNotNull>(a) && any<DropConstraint>(b)) ||
         (any<DropConstraint>(a) && any<SetNotNull>(b)) ||
         (any<AddConstraint>(a) && any<SetNotNull>(b)) ||
         (any<AddConstraint>(a) && any<AddConstraint>(b)) ||
         (any<DropConstraint>(a) && any<AddConstraint>(b));
}
void check(Context& ctx, const Statement& statement) {
  const Name* table = mergeable(statement);
  if (!table || ctx.is_new_or_temporary(*table)) return;
  const auto all = ctx.migration().script.statements;
  const auto here = static_cast<std::size_t>(&statement - all.data());
  constexpr std::size_t near = 64;  // so that long files stay linear
  const Name resolved = ctx.schema().resolve(*table);
  for (std::size_t at = here; at > 0 && here - at < near; --at) {
    const Statement& before = all[at - 1];
    const Name* other = mergeable(before);
    if (other && (*other == *table || ctx.schema().resolve(*other) == resolved)) {
      if (better_apart(before, statement)) return;
      ctx.report(node(statement.ops.front()),
                 cat("this waits for the lock on ", to_string(*table), " once more"))
          .because("each ALTER TABLE takes the lock anew, and everyone queues behind each")
          .try_("write its clauses into the ALTER TABLE before it")
          .label(*ctx.migration().source, ctx.locate(node(before.ops.front())),
                 "could be one with this");
      return;
    }
    const std::string_view text =
        std::string_view(ctx.migration().source->text)
            .substr(before.span.begin, before.span.end - before.span.begin);
    if (!other && text.find(table->name) != text.npos) return;
  }
}

constexpr Example bad[] = {
    {"ALTER TABLE users ADD COLUMN a int; ALTER TABLE users ADD COLUMN b int;"},
    {"ALTER TABLE users ADD COLUMN a int; ALTER TABLE orders ADD COLUMN c int; ALTER TABLE users "
     "DROP COLUMN b;"}};
constexpr Example good[] = {
    {"ALTER TABLE users ADD COLUMN a int, ADD COLUMN b int;"},
    {"CREATE TABLE n (id int); ALTER TABLE n ADD COLUMN a int; ALTER TABLE n ADD COLUMN b int;"},
    {"ALTER TABLE users ADD COLUMN a int; UPDATE users SET a = 1 WHERE id = 2; ALTER TABLE users "
     "ADD COLUMN b int;"},
    {"ALTER TABLE users ALTER COLUMN a SET NOT NULL; ALTER TABLE users DROP CONSTRAINT a_nn;"}};

}  // namespace

extern constexpr Rule multiple_alter_table{
    .severity = Severity::note,
    .off_by_default = true,
    .summary = "Several ALTER TABLE of one table wait for its lock several times",
    .why =
        "Clauses of one ALTER TABLE share one lock and one pass over the rows. Not so VALIDATE, "
        "and SET NOT NULL with the drop of its helper CHECK: those are better apart (measured).",
    .instead = "ALTER TABLE users ADD COLUMN a int, ADD COLUMN b int;",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
