// ALTER ... SET SCHEMA: the object answers to another qualified name.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

void check(Context& ctx, const SetSchema& op) {
  if (ctx.is_new_or_temporary(op.name)) return;
  if (op.name.schema == op.new_schema) return;
  const bool relation = op.object == ObjectKind::table || op.object == ObjectKind::view ||
                        op.object == ObjectKind::materialized_view ||
                        op.object == ObjectKind::foreign_table;
  if (relation && op.if_exists && ctx.schema().relation(op.name).exists() == Known::no) return;
  const std::string name = to_string(op.name);
  Finding& finding =
      ctx.report(op, cat("code that is still running no longer finds ", name,
                         ", which moves to the schema ", quote_identifier(op.new_schema)))
          .because(
              "qualified names stop working, and unqualified ones resolve along search_path to "
              "something else or nothing");
  if (op.object == ObjectKind::table) {
    finding.try_(
        cat("leave a view where the table was, in the same transaction, and drop it in a "
            "later release:\nCREATE VIEW ",
            name, " AS SELECT * FROM ", to_string({op.new_schema, op.name.name}), ";"));
  } else {
    finding.as(Severity::warning)
        .try_(cat("release code that finds it in both places first: add ",
                  quote_identifier(op.new_schema), " to search_path"));
  }
  finding.with("name", plain(op.name)).with("schema", std::string(op.new_schema));
}

constexpr Example bad[] = {{"ALTER TABLE users SET SCHEMA archive;"},
                           {"ALTER TYPE mood SET SCHEMA app;"}};
constexpr Example good[] = {{"CREATE TABLE users (id int); ALTER TABLE users SET SCHEMA archive;"},
                            {"ALTER TABLE archive.users SET SCHEMA archive;"},
                            {"ALTER TABLE users SET (fillfactor = 80);"}};

}  // namespace

extern constexpr Rule set_schema{
    .severity = Severity::error,
    .summary = "moving a table or type to another schema hides it from running code",
    .why =
        "Qualified names in running code break at once; unqualified ones depend on search_path. "
        "What the same migration made is no finding.",
    .instead = "Leave a view in the old place until nothing uses it, or extend search_path first.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
