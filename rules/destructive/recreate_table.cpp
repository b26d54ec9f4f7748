// DROP TABLE followed by CREATE TABLE of the same name in one migration: the shape of `force:
// true`.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

// The CREATE TABLE of the name behind the statement at hand.
const CreateTable* made_again(const Context& ctx, const DropTable& drop) {
  bool behind = false;
  for (const Statement& statement : ctx.statements_naming(drop.table.name)) {
    if (behind) {
      for (const Op& op : statement.ops) {
        const auto* create = std::get_if<CreateTable>(&op);
        if (create && ctx.schema().resolve(create->table) == ctx.schema().resolve(drop.table))
          return create;
      }
    }
    behind |= &statement == &ctx.statement();
  }
  return nullptr;
}

void check(Context& ctx, const DropTable& op) {
  if (ctx.is_new_or_temporary(op.table)) return;
  if (op.if_exists && ctx.schema().relation(op.table).exists() == Known::no) return;
  const CreateTable* create = made_again(ctx, op);
  if (!create) return;
  const std::string table = to_string(op.table);
  ctx.report(*create,
             cat("this leaves ", table, " empty: the migration drops it and makes it anew"))
      .because(
          "a migration that is run again, or on a database that already has the table, deletes the "
          "rows without a word")
      .try_(cat("change the table in place with ALTER TABLE ", table,
                ", or copy the rows over before the drop"))
      .label(*ctx.migration().source, ctx.locate(op), "dropped here")
      .with("table", plain(op.table));
}

constexpr Example bad[] = {
    {"DROP TABLE IF EXISTS users; CREATE TABLE users (id bigint PRIMARY KEY);"},
    {"DROP TABLE public.users; CREATE TABLE users (id bigint);"}};
constexpr Example good[] = {{"DROP TABLE users; CREATE TABLE people (id bigint PRIMARY KEY);"},
                            {"CREATE TABLE t (a int); DROP TABLE t; CREATE TABLE t (b int);"}};

}  // namespace

extern constexpr Rule recreate_table{
    .severity = Severity::error,
    .summary = "DROP TABLE and CREATE TABLE of one name empties the table",
    .why =
        "Dropping a table to create it with other columns deletes its rows, its privileges and the "
        "foreign keys to it. With IF EXISTS it looks harmless, because it runs on an empty "
        "database as well.",
    .instead =
        "ALTER TABLE in place. Where that cannot be, make the new table beside the old one, copy, "
        "and swap the names in a transaction.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
