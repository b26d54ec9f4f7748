// CREATE without IF NOT EXISTS and DROP without IF EXISTS, where nothing rolls back what was done.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

void say(Context& ctx, const Node& op, bool guarded, std::string_view guard) {
  if (guarded || ctx.in_transaction()) return;
  ctx.report(op, "run again after a failure further down, this statement fails")
      .because("outside of a transaction what went before it stays done")
      .try_(cat("say ", guard, ", or run the migration in a transaction"));
}

template <class Operation>
void on_create(Context& ctx, const Operation& op) {
  say(ctx, op, op.if_not_exists, "IF NOT EXISTS");
}
template <class Operation>
void on_drop(Context& ctx, const Operation& op) {
  say(ctx, op, op.if_exists, "IF EXISTS");
}
// IF NOT EXISTS keeps the INVALID index that a failed CREATE INDEX CONCURRENTLY leaves behind.
void check_index(Context& ctx, const CreateIndex& op) {
  say(ctx, op, op.if_not_exists || op.concurrently || op.index.empty(), "IF NOT EXISTS");
}

constexpr Example bad[] = {{"CREATE TABLE films (id bigint PRIMARY KEY);"},
                           {"DROP TABLE films;"},
                           {"ALTER TABLE films ADD COLUMN x int;"}};
constexpr Example good[] = {{"ALTER TABLE films ADD COLUMN IF NOT EXISTS x int;"},
                            {"BEGIN; DROP TABLE films; COMMIT;"},
                            {.sql = "CREATE TABLE films (id int);", .in_transaction = true}};

}  // namespace

extern constexpr Rule missing_if_not_exists{
    .severity = Severity::note,
    .off_by_default = true,
    .summary = "without IF [NOT] EXISTS a migration outside of a transaction cannot run again",
    .why =
        "A migration that stops halfway outside of a transaction has to be run again from its "
        "beginning. IF NOT EXISTS does not compare definitions: what is there stays as it is.",
    .instead = "Run it in a transaction; where that cannot be, say IF [NOT] EXISTS.",
    .bad = bad,
    .good = good,
    .listeners =
        on<&on_create<CreateTable>, &on_create<AddColumn>, &on_create<CreateSchema>,
           &on_create<CreateSequence>, &on_create<CreateExtension>, &on_create<CreateTableAs>,
           &on_create<CreateMaterializedView>, &on_create<AddEnumValue>, &check_index,
           &on_drop<DropTable>, &on_drop<DropColumn>, &on_drop<DropConstraint>, &on_drop<DropIndex>,
           &on_drop<DropView>, &on_drop<DropType>, &on_drop<DropSequence>, &on_drop<DropFunction>,
           &on_drop<DropSchema>, &on_drop<DropExtension>, &on_drop<DropTableObject>>,
};

}  // namespace migguard::rules
