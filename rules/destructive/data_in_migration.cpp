// Rows and schema changed in one file: a policy that some teams hold.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

bool changes_schema(const Op& op) {
  return std::visit(
      [](const auto& each) {
        using Each = std::remove_cvref_t<decltype(each)>;
        return std::is_same_v<Each, CreateTable> || std::is_same_v<Each, CreateTableAs> ||
               std::is_same_v<Each, DropTable> || std::is_same_v<Each, AddColumn> ||
               std::is_same_v<Each, DropColumn> || std::is_same_v<Each, RenameColumn> ||
               std::is_same_v<Each, RenameTable> || std::is_same_v<Each, ChangeType> ||
               std::is_same_v<Each, SetNotNull> || std::is_same_v<Each, AddConstraint> ||
               std::is_same_v<Each, DropConstraint> || std::is_same_v<Each, CreateIndex> ||
               std::is_same_v<Each, DropIndex> || std::is_same_v<Each, SetDefault>;
      },
      op);
}

bool made_here(const Migration& migration, const Name& table) {
  for (const Statement& statement : migration.script.statements) {
    for (const Op& op : statement.ops) {
      if (const auto* create = std::get_if<CreateTable>(&op);
          create && create->table.name == table.name)
        return true;
      if (const auto* create = std::get_if<CreateTableAs>(&op);
          create && create->table.name == table.name)
        return true;
    }
  }
  return false;
}

void check(Context& ctx, const Migration& migration) {
  bool schema_changes = false;
  const Node* first = nullptr;
  std::string table;
  for (const Statement& statement : migration.script.statements) {
    for (const Op& op : statement.ops) {
      schema_changes |= changes_schema(op);
      const Name* target = nullptr;
      if (const auto* insert = std::get_if<Insert>(&op)) target = &insert->table;
      if (const auto* update = std::get_if<Update>(&op)) target = &update->table;
      if (const auto* remove = std::get_if<Delete>(&op)) target = &remove->table;
      if (first || !target || made_here(migration, *target)) continue;
      first = &node(op);
      table = to_string(*target);
    }
  }
  if (!schema_changes || !first) return;
  ctx.report(*first,
             cat("this changes rows of ", table, " in a migration that also changes the schema"))
      .because(
          "in one transaction the locks of the schema change are held while the rows are written")
      .try_("move the rows to a migration or script of their own, after this one");
}

constexpr Example bad[] = {
    {"ALTER TABLE users ADD COLUMN active boolean; UPDATE users SET active = true WHERE id < 9;"},
    {"INSERT INTO plans VALUES (1); ALTER TABLE users ADD COLUMN plan int;"}};
constexpr Example good[] = {{"CREATE TABLE plans (id int); INSERT INTO plans VALUES (1);"},
                            {"UPDATE users SET active = true WHERE id < 9;"},
                            {"ALTER TABLE users ADD COLUMN active boolean;"}};

}  // namespace

extern constexpr Rule data_in_migration{
    .severity = Severity::warning,
    .off_by_default = true,
    .summary = "Rows and schema are changed in one migration",
    .why =
        "A migration that does both holds the schema change's locks while it writes rows, and "
        "cannot be repeated in halves when it fails. Rows of a table that the migration itself "
        "makes are no finding.",
    .instead =
        "One migration for the schema, another (or a script that commits in batches) for the rows.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
