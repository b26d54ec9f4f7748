// An index whose columns another index begins with.
#include <migguard/rule.hpp>

#include <algorithm>

namespace migguard::rules {
namespace {

bool comparable(const Index& index) {
  return !index.partial && index.mentioned.empty() && index.valid &&
         (index.method.empty() || index.method == "btree") && !index.columns.empty() &&
         std::none_of(index.columns.begin(), index.columns.end(),
                      [](Text each) { return each.empty(); });
}

// Whether `other` serves every query that `index` serves.
bool covers(const Index& other, const Index& index) {
  if (&other == &index || !comparable(other) || other.columns.size() < index.columns.size())
    return false;
  if (!std::equal(index.columns.begin(), index.columns.end(), other.columns.begin())) return false;
  if (index.unique && !(other.unique && other.columns.size() == index.columns.size())) return false;
  return std::all_of(index.include.begin(), index.include.end(), [&](Text each) {
    return std::find(other.include.begin(), other.include.end(), each) != other.include.end() ||
           std::find(other.columns.begin(), other.columns.end(), each) != other.columns.end();
  });
}

std::string shown(const Relation& table, Text index) {
  return to_string(Name{table.schema == "public" ? Text() : table.schema, index});
}

void look(Context& ctx, const Node& op, const Name& name, std::int32_t statement) {
  const Relation* table = ctx.schema().relation(name).known();
  if (!table || ctx.schema().is_temporary(*table)) return;
  for (const Index& each : table->indexes) {
    if (each.created.migration != ctx.schema().current_migration() ||
        each.created.statement != statement || !comparable(each) || !each.constraint.empty())
      continue;
    const auto other = std::find_if(table->indexes.begin(), table->indexes.end(),
                                    [&](const Index& index) { return covers(index, each); });
    if (other == table->indexes.end()) continue;
    // Of two that are equal the earlier one stays.
    const bool equal = other->columns.size() == each.columns.size() && other->constraint.empty() &&
                       other->unique == each.unique;
    if (equal && &*other > &each) continue;
    ctx.report(op, cat("every write to ", to_string(name), " keeps an index up to date that ",
                       quote_identifier(other->name), " makes superfluous"))
        .because("that one begins with the same columns, and serves the same queries")
        .try_(cat("leave it out; where it is there already:\nDROP INDEX CONCURRENTLY ",
                  shown(*table, each.name), ";"))
        .with("table", plain(name))
        .with("index", each.name)
        .with("covered_by", other->name);
  }
}

void check(Context& ctx, const AfterMigration& after) {
  std::int32_t index = 0;
  for (const Statement& statement : after.migration.script.statements) {
    for (const Op& each : statement.ops)
      if (const auto* made = std::get_if<CreateIndex>(&each)) look(ctx, *made, made->table, index);
    ++index;
  }
}

constexpr Example bad[] = {
    {"CREATE TABLE t (a int, b int); CREATE INDEX t_ab ON t (a, b); CREATE INDEX t_a ON t (a);"},
    {.sql = "CREATE INDEX t_id ON t (id);", .before = "CREATE TABLE t (id bigint PRIMARY KEY);"}};
constexpr Example good[] = {
    {"CREATE TABLE t (a int, b int); CREATE INDEX t_ab ON t (a, b); CREATE INDEX t_b ON t (b);"},
    {"CREATE TABLE t (a int, b int); CREATE INDEX t_ab ON t (a, b); CREATE UNIQUE INDEX t_a ON t "
     "(a);"},
    {"CREATE TABLE t (a int, b int); CREATE INDEX t_ab ON t (a, b) WHERE b > 0; CREATE INDEX t_a "
     "ON t (a);"},
    {"CREATE TABLE t (a int, b jsonb); CREATE INDEX t_a ON t (a); CREATE INDEX t_b ON t USING gin "
     "(b);"}};

}  // namespace

extern constexpr Rule redundant_index{
    .severity = Severity::note,
    .off_by_default = true,
    .summary = "an index whose columns another index begins with costs writes and serves nothing",
    .why =
        "A B-tree over (a, b) answers what one over (a) answers. Partial indexes, expressions, "
        "unique indexes and other methods are not compared.",
    .instead = "Keep the wider one.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
