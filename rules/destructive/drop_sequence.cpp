// DROP SEQUENCE: the counter is lost, and defaults that use it fail.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

bool made_again(const Context& ctx, const DropSequence& op) {
  for (const Statement& statement : ctx.statements_naming(op.sequence.name)) {
    for (const Op& other : statement.ops) {
      const auto* create = std::get_if<CreateSequence>(&other);
      if (create && create->sequence.name == op.sequence.name) return true;
    }
  }
  return false;
}

// A serial column's own sequence, which the migration has just taken out of use: the column got
// another type or default, or was dropped (`table_column_seq`, as serial names it).
bool column_let_go(const Context& ctx, const DropSequence& op) {
  const auto names = [&](const Name& table, Text column) {
    return op.sequence.name == cat(table.name, "_", column, "_seq");
  };
  for (const Statement& statement : ctx.migration().script.statements) {
    for (const Op& other : statement.ops) {
      if (const auto* set = std::get_if<SetDefault>(&other); set && names(set->table, set->column))
        return true;
      if (const auto* type = std::get_if<ChangeType>(&other);
          type && names(type->table, type->column))
        return true;
      if (const auto* drop = std::get_if<DropColumn>(&other);
          drop && names(drop->table, drop->column))
        return true;
    }
  }
  return false;
}

void check(Context& ctx, const DropSequence& op) {
  if (ctx.is_new_or_temporary(op.sequence) || made_again(ctx, op) || column_let_go(ctx, op)) return;
  if (op.if_exists && ctx.schema().relation(op.sequence).exists() == Known::no) return;
  ctx.report(op, cat("this drops the sequence ", to_string(op.sequence),
                     " and the last number it gave out"))
      .because(
          "code that calls nextval() on it fails, and a sequence made again starts from 1 and "
          "repeats keys")
      .try_("drop it one release after the last nextval() is gone")
      .with("sequence", plain(op.sequence));
}

constexpr Example bad[] = {{"DROP SEQUENCE invoice_number;"}, {"DROP SEQUENCE IF EXISTS a, b;"}};
constexpr Example good[] = {
    {"CREATE SEQUENCE s; DROP SEQUENCE s;"},
    {"ALTER TABLE hooks ALTER COLUMN id DROP DEFAULT, ALTER COLUMN id TYPE text; DROP SEQUENCE "
     "hooks_id_seq;"},
    {"ALTER SEQUENCE invoice_number RESTART;"}};

}  // namespace

extern constexpr Rule drop_sequence{
    .severity = Severity::warning,
    .summary = "DROP SEQUENCE loses the last number given out, and nextval() calls fail",
    .why =
        "A sequence is state: the number it would give next is nowhere else. Column defaults are "
        "dependencies that stop the drop; calls of nextval() in code are not.",
    .instead = "Release code that no longer calls nextval() on it, then drop it.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
