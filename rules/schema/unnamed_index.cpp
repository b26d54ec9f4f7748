// CREATE INDEX without a name.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

void check(Context& ctx, const CreateIndex& op) {
  if (!op.index.empty()) return;
  ctx.report(op, cat("PostgreSQL makes up the name of this index of ", to_string(op.table)))
      .because("later migrations must guess it, and run twice the statement makes a second index")
      .try_("give it a name")
      .with("table", plain(op.table));
}

constexpr Example bad[] = {{"CREATE INDEX ON users (email);"},
                           {"CREATE UNIQUE INDEX ON users (lower(email));"}};
constexpr Example good[] = {{"CREATE INDEX users_email_idx ON users (email);"},
                            {"CREATE TABLE t (a int UNIQUE);"}};

}  // namespace

extern constexpr Rule unnamed_index{
    .severity = Severity::note,
    .off_by_default = true,
    .summary = "an index without a name gets one that nobody chose",
    .why = "Run again, CREATE INDEX without a name makes another index under another name.",
    .instead = "Name the index.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
