// Tables and columns that nobody has described.
#include <migguard/rule.hpp>

#include <set>
#include <string>

namespace migguard::rules {
namespace {

// COMMENT ON COLUMN names `table.column`, with or without a schema; what counts are the last parts.
void check(Context& ctx, const AfterMigration& after) {
  std::set<std::string> commented;
  for (const Statement& statement : after.migration.script.statements)
    for (const Op& each : statement.ops)
      if (const auto* comment = std::get_if<Comment>(&each);
          comment && !comment->text.empty() &&
          (comment->object == ObjectKind::table || comment->object == ObjectKind::column))
        commented.insert(
            comment->object == ObjectKind::table
                ? std::string(comment->name.name)
                : cat(Text(comment->name.schema).substr(Text(comment->name.schema).rfind('.') + 1),
                      ".", comment->name.name));
  for (const Statement& statement : after.migration.script.statements) {
    for (const Op& each : statement.ops) {
      const auto* op = std::get_if<CreateTable>(&each);
      if (!op || op->persistence == Persistence::temporary || !op->partition_of.name.empty())
        continue;
      const Relation* table = ctx.schema().relation(op->table).known();
      if (!table || !ctx.schema().is_new(*table)) continue;
      const std::string name = to_string(op->table);
      if (!commented.contains(std::string(op->table.name)))
        ctx.report(*op, cat("nothing says what ", name, " is for"))
            .because("migguard.json asks for a comment on every table")
            .try_(cat("describe it:\nCOMMENT ON TABLE ", name, " IS '...';"))
            .with("table", plain(op->table));
      if (!ctx.flag("columns")) continue;
      for (const ColumnDefinition& column : op->columns) {
        if (commented.contains(cat(op->table.name, ".", column.name))) continue;
        ctx.report(*ctx.migration().source, column.span,
                   cat("nothing says what the column ", quote_identifier(column.name), " of ", name,
                       " holds"))
            .because("migguard.json asks for a comment on every column")
            .try_(cat("describe it:\nCOMMENT ON COLUMN ", name, ".", quote_identifier(column.name),
                      " IS '...';"))
            .under(cat("columns of ", name))
            .with("item", quote_identifier(column.name))
            .with("table", plain(op->table))
            .with("column", std::string(column.name));
      }
    }
  }
}

constexpr Option options[] = {
    {"columns", OptionKind::flag, "ask for a comment on every column, too (false)"}};
constexpr Example bad[] = {
    {"CREATE TABLE films (id bigint PRIMARY KEY);"},
    {.sql =
         "CREATE TABLE films (id bigint PRIMARY KEY); COMMENT ON TABLE films IS 'What is shown';",
     .options = "{\"columns\": true}"}};
constexpr Example good[] = {
    {"CREATE TABLE films (id bigint PRIMARY KEY); COMMENT ON TABLE films IS 'What is shown';"},
    {"CREATE TEMP TABLE t (a int);"}};

}  // namespace

extern constexpr Rule require_comment{
    .severity = Severity::note,
    .off_by_default = true,
    .summary = "a new table without a comment",
    .why = "The catalog is the one description that everybody who can query can read.",
    .instead = "COMMENT ON TABLE films IS 'What is shown, one row a film';",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
    .options = options,
};

}  // namespace migguard::rules
