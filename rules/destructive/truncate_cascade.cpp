// TRUNCATE ... CASCADE: every table that references it is emptied too, and so on.
#include <migguard/rule.hpp>

#include <algorithm>

namespace migguard::rules {
namespace {

void check(Context& ctx, const Truncate& op) {
  if (!op.cascade || op.part != 0) return;  // once for the statement
  // Every table that the history shows to hang on the truncated ones by foreign keys, however far.
  std::vector<const Relation*> reached;
  for (const Op& other : ctx.statement().ops) {
    const auto* truncate = std::get_if<Truncate>(&other);
    const Relation* table = truncate ? ctx.schema().relation(truncate->table).known() : nullptr;
    if (table) reached.push_back(table);
  }
  if (reached.empty() ? false
                      : std::all_of(reached.begin(), reached.end(), [&](const Relation* table) {
                          return ctx.schema().is_new(*table) || ctx.schema().is_temporary(*table);
                        })) {
    return;
  }
  const std::size_t named = reached.size();
  for (std::size_t index = 0; index < reached.size(); ++index) {
    for (const Relation* child : ctx.schema().referenced_by(*reached[index])) {
      if (std::find(reached.begin(), reached.end(), child) == reached.end())
        reached.push_back(child);
    }
  }
  std::string names;
  for (std::size_t index = named; index < reached.size() && index < named + 5; ++index) {
    names += cat(names.empty() ? "" : ", ", to_string(reached[index]->full_name()));
  }
  if (reached.size() > named + 5) names += cat(" and ", reached.size() - named - 5, " more");
  ctx.report(op, names.empty() ? cat("CASCADE also empties every table with a foreign key to ",
                                     to_string(op.table))
                               : cat("CASCADE also empties ", names))
      .because("it follows foreign keys from table to table, whatever their ON DELETE says")
      .try_("leave CASCADE out and name each table that is meant to be emptied");
}

constexpr Example bad[] = {{"TRUNCATE orders CASCADE;"},
                           {.sql = "TRUNCATE users RESTART IDENTITY CASCADE;",
                            .before = "CREATE TABLE users (id int PRIMARY KEY); CREATE TABLE posts "
                                      "(author int REFERENCES users);"}};
constexpr Example good[] = {{"TRUNCATE orders, order_items;"},
                            {"CREATE TABLE buffer (id int); TRUNCATE buffer CASCADE;"}};

}  // namespace

extern constexpr Rule truncate_cascade{
    .severity = Severity::error,
    .summary = "TRUNCATE ... CASCADE empties every table that references this one",
    .why =
        "CASCADE truncates all tables with foreign keys to the named ones, and all that reference "
        "those. ON DELETE RESTRICT does not stop it.",
    .instead =
        "Without CASCADE, TRUNCATE refuses and names a referencing table. List what should be "
        "emptied:\n"
        "TRUNCATE orders, order_items;",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
