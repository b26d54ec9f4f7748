// Names as a team wants them, by patterns of its own.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

void look(Context& ctx, const Node& op, std::string_view option, std::string_view what, Text name) {
  const OptionSetting* pattern = ctx.option(option);
  if (!pattern || pattern->texts.empty() || name.empty()) return;
  const std::string& expression = pattern->texts.front();
  if (matches(name, expression)) return;
  ctx.report(op, cat("the ", what, " ", quote_identifier(name),
                     " is not named as this project "
                     "names its ",
                     what, option == "index" ? "es" : "s"))
      .because(cat("migguard.json wants ", expression))
      .try_("choose a name that matches")
      .with("name", std::string(name))
      .with("kind", std::string(option));
}

std::string_view option_of(ConstraintKind kind) {
  switch (kind) {
    case ConstraintKind::check:
      return "check";
    case ConstraintKind::primary_key:
      return "primary-key";
    case ConstraintKind::unique:
      return "unique";
    case ConstraintKind::foreign_key:
      return "foreign-key";
    case ConstraintKind::exclusion:
      return "exclusion";
    case ConstraintKind::not_null:
      break;
  }
  return {};
}
std::string_view words_of(ConstraintKind kind) {
  switch (kind) {
    case ConstraintKind::check:
      return "check constraint";
    case ConstraintKind::primary_key:
      return "primary key";
    case ConstraintKind::unique:
      return "unique constraint";
    case ConstraintKind::foreign_key:
      return "foreign key";
    default:
      return "exclusion constraint";
  }
}

void look_at_constraints(Context& ctx, const Node& op, List<ConstraintDefinition> constraints) {
  for (const ConstraintDefinition& each : constraints) {
    const std::string_view option = option_of(each.kind);
    if (!option.empty()) look(ctx, op, option, words_of(each.kind), each.name);
  }
}
void look_at_column(Context& ctx, const Node& op, const ColumnDefinition& column) {
  look(ctx, op, "column", "column", column.name);
  look_at_constraints(ctx, op, column.constraints);
}

void check_table(Context& ctx, const CreateTable& op) {
  if (op.persistence == Persistence::temporary) return;
  look(ctx, op, "table", "table", op.table.name);
  for (const ColumnDefinition& each : op.columns) look_at_column(ctx, op, each);
  look_at_constraints(ctx, op, op.constraints);
}
void check_table_name(Context& ctx, const RenameTable& op) {
  look(ctx, op, "table", "table", op.new_name);
}
void check_column(Context& ctx, const AddColumn& op) { look_at_column(ctx, op, op.column); }
void check_column_name(Context& ctx, const RenameColumn& op) {
  look(ctx, op, "column", "column", op.new_name);
}
void check_constraint(Context& ctx, const AddConstraint& op) {
  look_at_constraints(ctx, op, {&op.constraint, 1});
}
void check_constraint_name(Context& ctx, const RenameConstraint& op) {
  const Relation* table = ctx.schema().relation(op.table).known();
  const Constraint* known = table ? table->constraint(op.constraint) : nullptr;
  if (known && !option_of(known->kind).empty())
    look(ctx, op, option_of(known->kind), words_of(known->kind), op.new_name);
}
void check_index(Context& ctx, const CreateIndex& op) { look(ctx, op, "index", "index", op.index); }
void check_index_name(Context& ctx, const RenameIndex& op) {
  look(ctx, op, "index", "index", op.new_name);
}
void check_schema(Context& ctx, const CreateSchema& op) {
  look(ctx, op, "schema", "schema", op.schema);
}
void check_view(Context& ctx, const CreateView& op) {
  if (op.persistence != Persistence::temporary) look(ctx, op, "view", "view", op.view.name);
}
void check_materialized_view(Context& ctx, const CreateMaterializedView& op) {
  look(ctx, op, "view", "view", op.view.name);
}
void check_enum(Context& ctx, const CreateEnum& op) { look(ctx, op, "type", "type", op.type.name); }
void check_sequence(Context& ctx, const CreateSequence& op) {
  look(ctx, op, "sequence", "sequence", op.sequence.name);
}

constexpr Option options[] = {
    {"table", OptionKind::pattern, "what names of tables must match, as in \"[a-z][a-z0-9_]*\""},
    {"column", OptionKind::pattern, "of columns"},
    {"index", OptionKind::pattern, "of indexes that the migration names"},
    {"primary-key", OptionKind::pattern, "of primary keys that it names"},
    {"unique", OptionKind::pattern, "of unique constraints that it names"},
    {"foreign-key", OptionKind::pattern, "of foreign keys that it names"},
    {"check", OptionKind::pattern, "of check constraints that it names"},
    {"exclusion", OptionKind::pattern, "of exclusion constraints that it names"},
    {"schema", OptionKind::pattern, "of schemas"},
    {"view", OptionKind::pattern, "of views and materialized views"},
    {"type", OptionKind::pattern, "of enum types"},
    {"sequence", OptionKind::pattern, "of sequences"}};
constexpr Example bad[] = {
    {.sql = "CREATE TABLE \"UserAccount\" (id bigint PRIMARY KEY);",
     .options = "{\"table\": \"[a-z][a-z0-9_]*\"}"},
    {.sql = "CREATE INDEX users_email ON users (email);", .options = "{\"index\": \".*_idx\"}"},
    {.sql = "ALTER TABLE users RENAME COLUMN mail TO \"eMail\";",
     .options = "{\"column\": \"[a-z_]+\"}"},
    {.sql = "ALTER TABLE lines ADD CONSTRAINT lines_order FOREIGN KEY (o) REFERENCES orders;",
     .options = "{\"foreign-key\": \".*_fk\"}"}};
constexpr Example good[] = {
    {.sql = "CREATE TABLE user_accounts (id bigint PRIMARY KEY);",
     .options = "{\"table\": \"[a-z][a-z0-9_]*\"}"},
    {.sql = "CREATE INDEX ON users (email);", .options = "{\"index\": \".*_idx\"}"},
    {"CREATE TABLE \"UserAccount\" (id bigint PRIMARY KEY);"},
    {.sql = "CREATE TABLE lines (n int CONSTRAINT positive CHECK (n > 0));",
     .options = "{\"foreign-key\": \".*_fk\"}"}};

}  // namespace

extern constexpr Rule naming_convention{
    .severity = Severity::warning,
    .off_by_default = true,
    .summary = "a name that does not match the project's pattern for its kind",
    .why = "Names are part of an interface: queries, code and dashboards spell them out.",
    .instead = "Choose a name that matches, or change the pattern.",
    .bad = bad,
    .good = good,
    .listeners =
        on<&check_table, &check_table_name, &check_column, &check_column_name, &check_constraint,
           &check_constraint_name, &check_index, &check_index_name, &check_schema, &check_view,
           &check_materialized_view, &check_enum, &check_sequence>,
    .options = options,
};

}  // namespace migguard::rules
