// CREATE TYPE ... AS ENUM.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

void check(Context& ctx, const CreateEnum& op) {
  ctx.report(op,
             cat("labels of ", to_string(op.type), " can be added and renamed, but never removed"))
      .because("to take a label away, a new type is made and every column is rewritten")
      .try_("use text with a CHECK, or a table of its own with a foreign key")
      .with("type", plain(op.type));
}

constexpr Example bad[] = {{"CREATE TYPE mood AS ENUM ('ok', 'sad');"},
                           {"CREATE TYPE app.mood AS ENUM ();"}};
constexpr Example good[] = {{"CREATE DOMAIN mood AS text;"},
                            {"CREATE TYPE pair AS (a int, b int);"}};

}  // namespace

extern constexpr Rule create_enum{
    .severity = Severity::note,
    .off_by_default = true,
    .summary = "the labels of an enum cannot be removed",
    .why = "A label that is there once is there for good.",
    .instead = "Use text with a CHECK, or a lookup table.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
