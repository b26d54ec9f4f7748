// EXECUTE of SQL that nobody can know beforehand.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

void check(Context& ctx, const Opaque& op) {
  if (op.within == Within::statement) return;
  ctx.report(op, "what this EXECUTE does to the database was not checked")
      .because("its SQL is put together while it runs")
      .try_("write the statements out, or review what it makes by hand");
}

constexpr Example bad[] = {
    {"DO $$ DECLARE t text; BEGIN FOR t IN SELECT tablename FROM pg_tables LOOP EXECUTE 'DROP "
     "TABLE ' || t; END LOOP; END $$;"},
    {"DO $$ DECLARE s text := current_setting('x'); BEGIN EXECUTE s; END $$;"}};
constexpr Example good[] = {{"DO $$ BEGIN ALTER TABLE t ADD COLUMN a int; END $$;"},
                            {"DO $$ BEGIN EXECUTE 'ALTER TABLE t ADD COLUMN a int'; END $$;"}};

}  // namespace

extern constexpr Rule dynamic_sql_in_do_block{
    .severity = Severity::note,
    .summary = "EXECUTE in a DO block runs SQL that cannot be checked",
    .why = "Only constant text can be read; what is made of query results and settings cannot.",
    .instead = "Write the statements out.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
