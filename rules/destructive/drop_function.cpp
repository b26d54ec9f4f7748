// DROP FUNCTION, PROCEDURE and AGGREGATE.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

// Made by the migration, before or after: a function is dropped to change its arguments or result.
bool made_here(const Context& ctx, const DropFunction& op) {
  for (const Statement& statement : ctx.statements_naming(op.function.name)) {
    for (const Op& other : statement.ops) {
      if (const auto* create = std::get_if<CreateFunction>(&other)) {
        if (create->function.name == op.function.name) return true;
      }
    }
  }
  return false;
}

void check(Context& ctx, const DropFunction& op) {
  if (made_here(ctx, op)) return;
  const auto function = ctx.schema().function(op.function);
  if (op.if_exists && function.exists() == Known::no) return;
  // PostgreSQL itself refuses while a trigger calls it, and nothing else can.
  if (!op.cascade && function.known() && function.known()->returns_trigger) return;
  ctx.report(op, cat("this drops the ",
                     op.object == ObjectKind::procedure   ? "procedure "
                     : op.object == ObjectKind::aggregate ? "aggregate "
                                                          : "function ",
                     to_string(op.function), ", and queries or functions that call it fail"))
      .because(
          "PostgreSQL does not track calls inside function bodies or in your code, so nothing "
          "warns when it drops")
      .try_("drop it one release after the last caller is gone")
      .with("function", plain(op.function));
}

constexpr Example bad[] = {{"DROP FUNCTION total_of(int);"},
                           {"DROP PROCEDURE IF EXISTS nightly();"}};
constexpr Example good[] = {
    {.sql = "DROP TRIGGER touch ON users; DROP FUNCTION touch();",
     .before = "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; "
               "END $$;"},
    {"DROP FUNCTION total_of(int); CREATE FUNCTION total_of(bigint) RETURNS bigint LANGUAGE sql AS "
     "'SELECT $1';"},
    {"CREATE OR REPLACE FUNCTION total_of(int) RETURNS int LANGUAGE sql AS 'SELECT $1';"}};

}  // namespace

extern constexpr Rule drop_function{
    .severity = Severity::warning,
    .summary = "DROP FUNCTION makes callers fail",
    .why =
        "Calls in application code and in other functions' bodies are not dependencies that "
        "PostgreSQL knows of: the drop succeeds and the callers fail. A function that the same "
        "migration makes again is no finding.",
    .instead =
        "Use CREATE OR REPLACE where the signature stays, or drop and create in one migration; "
        "drop for good a release after the last caller is gone.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
