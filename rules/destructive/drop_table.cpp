// DROP TABLE: the rows are gone, and code that still reads them fails.
#include <algorithm>
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

bool made_again(const Context& ctx, const Name& table) {
  const Name name = ctx.schema().resolve(table);
  return any_soon_after(ctx, [&](const Op& op) {
    const auto* made = std::get_if<CreateTable>(&op);
    const auto* renamed = std::get_if<RenameTable>(&op);
    return (made && made->table.name == name.name && ctx.schema().resolve(made->table) == name) ||
           (renamed && renamed->new_name == name.name);
  });
}

// What an earlier statement of the migration copied rows of the table to.
struct Copied {
  std::string to;  // empty: nothing did
  const Op* by = nullptr;
};
Copied copied(const Context& ctx, const Name& table) {
  constexpr std::size_t nearby = 50;  // statements: long files stay linear
  const auto& all = ctx.migration().script.statements;
  const auto here = static_cast<std::size_t>(&ctx.statement() - all.data());
  const Name name = ctx.schema().resolve(table);
  const auto reads = [&](List<Name> names) {
    return std::any_of(names.begin(), names.end(), [&](const Name& each) {
      return each.name == name.name && ctx.schema().resolve(each) == name;
    });
  };
  for (std::size_t at = here; at > 0 && here - at < nearby; --at) {
    for (const Op& op : all[at - 1].ops) {
      const auto* insert = std::get_if<Insert>(&op);
      const auto* made = std::get_if<CreateTableAs>(&op);
      if (insert && insert->from_query && reads(insert->reads))
        return {to_string(insert->table), &op};
      if (made && made->persistence != Persistence::temporary && reads(made->reads))
        return {to_string(made->table), &op};
    }
  }
  return {};
}

// RENAME as a way out, and what must stay for it: the types of the table's columns.
std::string kept_as(const Context& ctx, const DropTable& op) {
  std::string types;
  const Relation* table = ctx.schema().relation(op.table).known();
  any_soon_after(ctx, [&](const Op& other) {
    const auto* drop = std::get_if<DropType>(&other);
    if (!table || !drop) return false;
    const bool used = std::any_of(
        table->columns.begin(), table->columns.end(),
        [&](const Column& column) { return column.type.lookup_name().name == drop->type.name; });
    if (used) types += cat(types.empty() ? "" : ", ", to_string(drop->type));
    return false;
  });
  return cat("ALTER TABLE ", to_string(op.table), " RENAME TO ",
             quote_identifier(cat(op.table.name, "_retired")), ";",
             types.empty() ? std::string()
                           : cat("\n-- and leave DROP TYPE ", types, " to that release, too"));
}

void check(Context& ctx, const DropTable& op) {
  if (ctx.is_new_or_temporary(op.table)) return;
  // The history itself dropped or renamed it before: IF EXISTS finds nothing.
  if (op.if_exists && ctx.schema().relation(op.table).exists() == Known::no) return;
  const std::string table = to_string(op.table);
  if (!op.foreign && made_again(ctx, op.table)) {
    ctx.report(op, cat("every row of ", table, " is lost when this drops it"))
        .because(
            "the migration makes the table anew, but not its rows, which come back only from a "
            "backup where they were not copied before")
        .try_(cat(
            "change the table with ALTER TABLE instead; or copy its rows before:\nCREATE TABLE ",
            quote_identifier(cat(op.table.name, "_rows")), " AS TABLE ", table, ";"))
        .with("table", plain(op.table));
    return;
  }
  if (const Copied copy = copied(ctx, op.table); !op.foreign && !copy.to.empty()) {
    // A lock that stops writers leaves no time between the copy and the drop.
    const Op* lock = holder(ctx, Grip::writes, &op.table);
    const bool gap = !lock || node(*lock).span.begin > node(*copy.by).span.begin;
    ctx.report(op, cat("this drops the table ", table, ", whose rows were copied to ", copy.to,
                       " above"))
        .because(
            gap ? "code that is still running fails at its next query; what it changed between "
                  "the copy and this lock is lost, and what was not copied comes back only from "
                  "a backup"
                : "code that is still running fails at its next query, and what was not copied "
                  "comes back only from a backup")
        .try_(cat("keep it under another name until nothing reads it and the copy has proved "
                  "good:\n",
                  kept_as(ctx, op)))
        .with("table", plain(op.table));
    return;
  }
  Finding& finding =
      ctx.report(op, cat("this drops the ", op.foreign ? "foreign " : "", "table ", table,
                         op.foreign ? "" : " and every row in it"))
          .because(
              "code that is still running fails at its next query, and rows that were not copied "
              "elsewhere come back only from a backup")
          .try_(cat("stop using the table, rename it, and drop it in a later release:\n",
                    kept_as(ctx, op)))
          .with("table", plain(op.table));
  if (op.foreign) finding.as(Severity::warning);
}

constexpr Example bad[] = {{"DROP TABLE invoices;"},
                           {"DROP TABLE IF EXISTS invoices, lines CASCADE;"},
                           {"DO $$ BEGIN DROP TABLE invoices; END $$;"},
                           {.sql = "DROP TABLE bills;", .before = "CREATE TABLE bills (id int);"},
                           {"CREATE TABLE notes (id int); INSERT INTO notes SELECT id FROM memos; "
                            "DROP TABLE memos;"},
                           {"DROP TABLE bills; CREATE TABLE bills (id bigint PRIMARY KEY);"}};
constexpr Example good[] = {
    {"CREATE TABLE scratch (id int); DROP TABLE scratch;"},
    {"CREATE TEMP TABLE scratch (id int); DROP TABLE scratch;"},
    {"CREATE FUNCTION purge() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DROP TABLE invoices; END "
     "$$;"}};

}  // namespace

extern constexpr Rule drop_table{
    .severity = Severity::error,
    .summary = "DROP TABLE deletes every row, and running code that reads the table fails",
    .why =
        "DROP TABLE takes ACCESS EXCLUSIVE on the table and on every table that a foreign key ties "
        "to it, and removes the rows. Code of the release before, which is still running while the "
        "migration is applied, fails. A table made by the same migration, or a temporary one, is "
        "no finding.",
    .instead =
        "Release code that no longer uses the table. Rename the table, so that a forgotten reader "
        "fails while the rows are still there; drop it in a later release:\n"
        "ALTER TABLE invoices RENAME TO invoices_retired;\n-- a release later\n"
        "DROP TABLE invoices_retired;",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
