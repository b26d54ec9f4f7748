// The same column twice in CREATE TABLE, INSERT, UPDATE or a view.
#include <algorithm>
#include <migguard/rule.hpp>
#include <vector>

namespace migguard::rules {
namespace {

// Whether any of a few names stands twice. Most differ in size or in their last character.
template <class Names, class Get>
bool any_repeated(const Names& names, Get get) {
  for (std::size_t one = 1; one < names.size(); ++one) {
    const Text name = get(names[one]);
    if (name.empty()) continue;
    for (std::size_t other = 0; other < one; ++other) {
      const Text before = get(names[other]);
      if (before.size() == name.size() && before.back() == name.back() && before == name)
        return true;
    }
  }
  return false;
}

// The first name, in alphabetical order, that stands twice, or empty text.
template <class Names, class Get>
Text repeated(const Names& names, Get get) {
  constexpr std::size_t few = 24;  // to compare each with each is quicker than to sort them
  if (names.size() <= few && !any_repeated(names, get)) return {};
  std::vector<Text> sorted;
  for (const auto& each : names)
    if (!get(each).empty()) sorted.push_back(get(each));
  std::sort(sorted.begin(), sorted.end());
  const auto found = std::adjacent_find(sorted.begin(), sorted.end());
  return found == sorted.end() ? Text() : *found;
}

void say(Context& ctx, const Node& op, const Name& table, Text column) {
  if (column.empty()) return;
  ctx.report(op, cat("this fails: it names ", quote_identifier(column), " of ", to_string(table),
                     " twice"))
      .because("PostgreSQL refuses a column that stands twice (42701)")
      .try_("name the column once")
      .with("table", plain(table))
      .with("column", std::string(column));
}

constexpr auto itself = [](Text name) { return name; };
void check_table(Context& ctx, const CreateTable& op) {
  say(ctx, op, op.table,
      repeated(op.columns, [](const ColumnDefinition& each) { return each.name; }));
}
void check_add(Context& ctx, const AddColumn& op) {
  const Relation* table = ctx.schema().relation(op.table).known();
  const Column* column = table ? table->column(op.column.name) : nullptr;
  // Added twice by one migration; what an earlier one added may have gone by other means.
  if (column && !op.if_not_exists && ctx.schema().is_new(*column) && !ctx.schema().opaque())
    say(ctx, op, op.table, op.column.name);
}
void check_insert(Context& ctx, const Insert& op) {
  if (!op.into_elements && op.columns.size() > 1)
    say(ctx, op, op.table, repeated(op.columns, itself));
}
void check_update(Context& ctx, const Update& op) {
  if (!op.into_elements && op.columns.size() > 1)
    say(ctx, op, op.table, repeated(op.columns, itself));
}
void check_view(Context& ctx, const CreateView& op) {
  say(ctx, op, op.view, repeated(op.columns, itself));
}

constexpr Example bad[] = {{"CREATE TABLE kv (a int, b int, a text);"},
                           {"INSERT INTO kv (a, b, a) VALUES (1, 2, 3);"},
                           {"ALTER TABLE kv ADD COLUMN a int, ADD COLUMN a text;"},
                           {"UPDATE kv SET a = 1, a = 2 WHERE b = 3;"}};
constexpr Example good[] = {{"CREATE TABLE kv (a int, \"A\" int);"},
                            {"ALTER TABLE kv ADD COLUMN a int; ALTER TABLE kv DROP COLUMN a; ALTER "
                             "TABLE kv ADD COLUMN a text;"},
                            {"UPDATE kv SET a[1] = 1, a[2] = 2 WHERE b = 3;"},
                            {"INSERT INTO kv (a, b) VALUES (1, 1);"}};

}  // namespace

extern constexpr Rule duplicate_column{
    .severity = Severity::error,
    .summary = "a column that stands twice makes the statement fail",
    .why = "The grammar accepts it, the server does not: it fails when the migration runs.",
    .instead = "Name each column once.",
    .bad = bad,
    .good = good,
    .listeners = on<&check_table, &check_add, &check_insert, &check_update, &check_view>,
};

}  // namespace migguard::rules
