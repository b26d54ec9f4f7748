// DROP CONSTRAINT of a foreign key: the table it points to is locked as well.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

// A later statement drops one of the two tables, which locks both all the same.
bool dropped_later(const Context& ctx, const Name& table, const Name& parent) {
  constexpr std::size_t soon = 64;  // so that long files stay linear
  const List<Statement> all = ctx.migration().script.statements;
  const auto here = static_cast<std::size_t>(&ctx.statement() - all.data());
  for (std::size_t at = here + 1; at < all.size() && at <= here + soon; ++at)
    for (const Op& op : all[at].ops)
      if (const auto* drop = std::get_if<DropTable>(&op);
          drop && (drop->table.name == table.name || drop->table.name == parent.name))
        return true;
  return false;
}

void check(Context& ctx, const DropConstraint& op) {
  if (ctx.is_new_or_temporary(op.table)) return;
  const Relation* table = ctx.schema().relation(op.table).known();
  const Constraint* known = table ? table->constraint(op.constraint) : nullptr;
  if (known ? known->kind != ConstraintKind::foreign_key : !op.constraint.ends_with("_fkey"))
    return;
  if (known && known->created.migration == ctx.schema().current_migration()) return;
  const Name parent = known ? known->references() : Name();
  if (!parent.name.empty() && ctx.is_new_or_temporary(parent)) return;
  if (dropped_later(ctx, op.table, parent)) return;
  const std::string parent_name =
      parent.name.empty() ? "the table it points to"
                          : to_string(parent.schema == "public" ? Name{{}, parent.name} : parent);
  ctx.report(op, cat("readers and writers of ", parent_name, " wait as well as those of ",
                     to_string(op.table)))
      .because(
          "to drop a foreign key removes the triggers of both tables, under ACCESS EXCLUSIVE on "
          "both")
      .try_(cat("give up quickly where a long query is in the way, and try again:\n"
                "SET lock_timeout = '2s';\nALTER TABLE ",
                to_string(op.table), " DROP CONSTRAINT ", quote_identifier(op.constraint), ";"))
      .under("foreign keys")
      .with("item", quote_identifier(op.constraint))
      .with("table", plain(op.table))
      .with("constraint", std::string(op.constraint))
      .with("references", plain(parent));
}

constexpr Example bad[] = {
    {"ALTER TABLE pets DROP CONSTRAINT pets_owner_id_fkey;"},
    {.sql = "ALTER TABLE pets DROP CONSTRAINT pets_owner;",
     .before = "CREATE TABLE owners (id int PRIMARY KEY); CREATE TABLE pets (owner_id int "
               "CONSTRAINT pets_owner REFERENCES owners (id));"}};
constexpr Example good[] = {
    {.sql = "ALTER TABLE pets DROP CONSTRAINT age_ck;",
     .before = "CREATE TABLE pets (age int CONSTRAINT age_ck CHECK (age > 0));"},
    {"ALTER TABLE pets ADD CONSTRAINT f FOREIGN KEY (owner_id) REFERENCES owners (id) NOT VALID; "
     "ALTER TABLE pets DROP CONSTRAINT f;"},
    {"ALTER TABLE pets DROP CONSTRAINT pets_pkey;"}};

}  // namespace

extern constexpr Rule drop_foreign_key{
    .severity = Severity::note,
    .summary = "dropping a foreign key locks the referenced table, too",
    .why =
        "DROP CONSTRAINT of a foreign key takes ACCESS EXCLUSIVE on the table that is referenced "
        "(measured on PostgreSQL 15, 17 and 18), although the statement does not name it: for a "
        "moment, once every transaction that uses it has ended.",
    .instead = "Set lock_timeout, and drop it when little is going on.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
