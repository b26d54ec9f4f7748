// Foreign keys whose columns no index leads with.
#include <algorithm>

#include "new_constraints.hpp"

namespace migguard::rules {
namespace {

bool led(const Relation& table, List<Text> columns) {
  return std::any_of(table.indexes.begin(), table.indexes.end(), [&](const Index& index) {
    return !index.partial && index.columns.size() >= columns.size() &&
           std::all_of(columns.begin(), columns.end(), [&](const Text column) {
             const auto end = index.columns.begin() + static_cast<std::ptrdiff_t>(columns.size());
             return std::find(index.columns.begin(), end, column) != end;
           });
  });
}

void look(Context& ctx, const Node& op, const Name& name, std::int32_t statement) {
  const Relation* table = ctx.schema().relation(name).known();
  if (!table || ctx.schema().is_temporary(*table)) return;
  for (const Constraint& each : table->constraints) {
    if (each.kind != ConstraintKind::foreign_key || each.inherited || each.columns.empty())
      continue;
    if (each.created.migration != ctx.schema().current_migration() ||
        each.created.statement != statement)
      continue;
    if (led(*table, each.columns)) continue;
    std::string list;
    for (const Text column : each.columns)
      list += cat(list.empty() ? "" : ", ", quote_identifier(column));
    ctx.report(op,
               cat("every delete in ",
                   to_string(each.references_schema == "public" ? Name{{}, each.references_table}
                                                                : each.references()),
                   " reads all of ", to_string(name)))
        .because(
            cat("no index of it begins with ", list, ", which the foreign key looks rows up by"))
        .try_(cat("create one:\nCREATE INDEX CONCURRENTLY ",
                  quote_identifier(cat(name.name, "_", each.columns.front(), "_idx")), " ON ",
                  to_string(name), " (", list, ");"))
        .with("table", plain(name))
        .with("columns", list);
  }
}

constexpr Example bad[] = {
    {"CREATE TABLE lines (id bigint PRIMARY KEY, order_id bigint REFERENCES orders (id));"},
    {"CREATE TABLE lines (id bigint PRIMARY KEY, order_id bigint REFERENCES orders (id)); CREATE "
     "INDEX i ON lines (order_id) WHERE order_id > 10;"}};
constexpr Example good[] = {{"CREATE TABLE lines (id bigint PRIMARY KEY, order_id bigint "
                             "REFERENCES orders (id)); CREATE INDEX i ON lines (order_id);"},
                            {"CREATE TABLE lines (order_id bigint REFERENCES orders (id), n int, "
                             "PRIMARY KEY (order_id, n));"}};

}  // namespace

extern constexpr Rule foreign_key_without_index{
    .severity = Severity::note,
    .off_by_default = true,
    .summary = "a foreign key without an index makes deletes of the referenced table slow",
    .why =
        "For each deleted or re-keyed row PostgreSQL looks for rows that point to it; without an "
        "index it reads the whole table.",
    .instead = "Create an index that begins with the columns of the foreign key.",
    .bad = bad,
    .good = good,
    .listeners = on<&AfterForeignKeys<&look>::check>,
};

}  // namespace migguard::rules
