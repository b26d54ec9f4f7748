// DDL on names without a schema: search_path decides what they mean.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

void look(Context& ctx, const Node& op, const Name& name) {
  if (!name.schema.empty() || name.name.empty() || op.part > 0) return;
  if (!ctx.schema().setting("search_path").empty()) return;  // the migration says where
  const Relation* relation = ctx.schema().relation(name).known();
  if (relation && ctx.schema().is_temporary(*relation)) return;
  ctx.report(op, cat("search_path decides which ", to_string(name), " this is"))
      .because("it differs between roles and sessions, and between the database and its dump")
      .try_(cat("name the schema: public.", quote_identifier(name.name)))
      .with("name", plain(name));
}

template <class Operation>
void on_table(Context& ctx, const Operation& op) {
  look(ctx, op, op.table);
}
void check_table(Context& ctx, const CreateTable& op) {
  if (op.persistence != Persistence::temporary) look(ctx, op, op.table);
}
void check_view(Context& ctx, const CreateView& op) {
  if (op.persistence != Persistence::temporary) look(ctx, op, op.view);
}

constexpr Example bad[] = {{"CREATE TABLE films (id bigint PRIMARY KEY);"},
                           {"ALTER TABLE films ADD COLUMN a int;"},
                           {"CREATE INDEX i ON films (a);"}};
constexpr Example good[] = {{"CREATE TABLE public.films (id bigint PRIMARY KEY);"},
                            {"CREATE TEMP TABLE films (id bigint);"},
                            {"SET search_path = app; CREATE TABLE films (id bigint);"}};

}  // namespace

extern constexpr Rule unqualified_name{
    .severity = Severity::note,
    .off_by_default = true,
    .summary = "a name without a schema means what search_path makes of it",
    .why = "Roles, databases and sessions have search paths of their own.",
    .instead = "Name the schema, or set search_path at the top of the migration.",
    .bad = bad,
    .good = good,
    .listeners = on<&check_table, &check_view, &on_table<AddColumn>, &on_table<DropColumn>,
                    &on_table<ChangeType>, &on_table<SetNotNull>, &on_table<AddConstraint>,
                    &on_table<DropConstraint>, &on_table<CreateIndex>, &on_table<DropTable>,
                    &on_table<RenameTable>, &on_table<RenameColumn>>,
};

}  // namespace migguard::rules
