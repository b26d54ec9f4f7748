// ALTER TYPE ... RENAME VALUE: running code writes and compares the old label.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

void check(Context& ctx, const RenameEnumValue& op) {
  const Type* type = ctx.schema().type(op.type).known();
  if (type && type->create_seen && type->created.migration == ctx.schema().current_migration())
    return;
  ctx.report(op, cat("code that is still running fails on the label '", op.value, "' of ",
                     to_string(op.type), ", which is called '", op.new_value, "' from now on"))
      .because(
          "inserts and comparisons with the old label are refused as soon as this commits, and "
          "logical replication does not carry the change")
      .try_(cat("add the new label, move the rows, and stop writing the old one in a later "
                "release:\nALTER TYPE ",
                to_string(op.type), " ADD VALUE '", op.new_value, "' AFTER '", op.value, "';"))
      .with("type", plain(op.type))
      .with("label", std::string(op.value));
}

constexpr Example bad[] = {{"ALTER TYPE mood RENAME VALUE 'meh' TO 'neutral';"},
                           {.sql = "ALTER TYPE mood RENAME VALUE 'meh' TO 'neutral';",
                            .before = "CREATE TYPE mood AS ENUM ('ok', 'meh');"}};
constexpr Example good[] = {
    {"CREATE TYPE mood AS ENUM ('ok', 'meh'); ALTER TYPE mood RENAME VALUE 'meh' TO 'neutral';"},
    {"ALTER TYPE mood ADD VALUE 'neutral' AFTER 'ok';"}};

}  // namespace

extern constexpr Rule rename_enum_value{
    .severity = Severity::error,
    .summary = "renaming an enum label makes running code that writes or compares it fail",
    .why =
        "The rows follow a renamed label by themselves, but running code does not: '...' is "
        "checked against the labels when a statement is parsed.",
    .instead =
        "Add the new label, release code that reads both and writes the new one, then move the "
        "rows.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
