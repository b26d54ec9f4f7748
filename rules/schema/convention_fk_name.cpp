// Foreign keys named after the table they refer to.
#include "new_constraints.hpp"
#include "plural.hpp"

namespace migguard::rules {
namespace {

// `user_id` and `invited_user_id` refer to users, and to app_users.
bool is_named_after(std::string_view column, std::string_view table) {
  constexpr std::string_view ending = "_id";
  if (!column.ends_with(ending)) return false;
  const std::string_view stem = column.substr(0, column.size() - ending.size());
  const std::string whole = singular_of(table);
  for (std::size_t at = 0;;) {
    const std::string_view name = std::string_view(whole).substr(at);
    if (stem == name || stem.ends_with(cat("_", name))) return true;
    const std::size_t next = whole.find('_', at);
    if (next == std::string::npos) return false;
    at = next + 1;
  }
}

void look(Context& ctx, const Node& op, const Name& table, const ConstraintDefinition& key) {
  if (key.columns.size() != 1) return;
  const std::string_view column = key.columns.front();
  if (ctx.flag("roles") && column.ends_with("_id")) return;
  // parent_id: what a table calls itself is its own affair.
  if (key.references.name == table.name && column.ends_with("_id")) return;
  if (is_named_after(column, key.references.name)) return;
  const std::string better = cat(singular_of(snake_case_of(key.references.name)), "_id");
  report_constraint(
      ctx, op, key,
      cat(quote_identifier(column), " does not tell that it refers to ", to_string(key.references)))
      .because("the convention is the singular of the table, and _id")
      .try_(cat("name it ", better, ", or ", "<role>_", better))
      .with("table", plain(table))
      .with("column", std::string(column));
}

constexpr Option options[] = {
    {"roles", OptionKind::flag,
     "any name that ends in _id will do: author_id for users (default: off)"}};
constexpr Example bad[] = {
    {"CREATE TABLE sessions (id text PRIMARY KEY, \"userId\" text REFERENCES users (id));"},
    {"ALTER TABLE sessions ADD CONSTRAINT s_fk FOREIGN KEY (owner) REFERENCES users (id);"},
    {"ALTER TABLE posts ADD COLUMN author_id text REFERENCES users (id);"}};
constexpr Example good[] = {
    {"CREATE TABLE sessions (id text PRIMARY KEY, user_id text REFERENCES users (id));"},
    {"ALTER TABLE posts ADD COLUMN invited_person_id text REFERENCES people (id);"},
    {"ALTER TABLE folders ADD COLUMN parent_id text REFERENCES folders (id);"},
    {.sql = "ALTER TABLE posts ADD COLUMN author_id text REFERENCES users (id);",
     .options = R"({"roles": true})"}};

}  // namespace

extern constexpr Rule convention_fk_name{
    .severity = Severity::warning,
    .off_by_default = true,
    .summary = "a foreign key that is not named after its table",
    .why =
        "A column called <singular>_id tells which table it refers to. A role may stand before "
        "it (invited_user_id). A convention for teams that chose it.",
    .instead = "user_id text REFERENCES users (id) ON DELETE CASCADE",
    .bad = bad,
    .good = good,
    .listeners = on_new_foreign_keys<&look>,
    .options = options,
};

}  // namespace migguard::rules
