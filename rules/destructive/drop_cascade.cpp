// CASCADE on a drop: what else goes, the statement does not say. Where the history tells, the
// finding does.
#include <migguard/rule.hpp>

#include <algorithm>

#include "wording.hpp"

namespace migguard::rules {
namespace {

// What the history shows to depend on a relation: foreign keys of other tables and views.
// Left out are those that this migration drops by name, now or later.
std::vector<std::string> dependents(const Context& ctx, const Relation& relation) {
  std::vector<std::string> found;
  std::vector<const Relation*> dropped;
  std::vector<std::pair<const Relation*, Text>> dropped_constraints, dropped_columns;
  const auto named = [&](const Name& name) { return ctx.schema().relation(name).known(); };
  for (const Statement& statement : ctx.migration().script.statements) {
    if (statement.span.begin < ctx.statement().span.begin) continue;
    for (const Op& op : statement.ops) {
      if (const auto* table = std::get_if<DropTable>(&op)) dropped.push_back(named(table->table));
      if (const auto* view = std::get_if<DropView>(&op)) dropped.push_back(named(view->view));
      if (const auto* key = std::get_if<DropConstraint>(&op))
        dropped_constraints.emplace_back(named(key->table), key->constraint);
      if (const auto* column = std::get_if<DropColumn>(&op))
        dropped_columns.emplace_back(named(column->table), column->column);
    }
  }
  const auto dropped_along = [&](const Relation& other) {
    return std::find(dropped.begin(), dropped.end(), &other) != dropped.end();
  };
  for (const Relation* other : ctx.schema().referenced_by(relation)) {
    if (other == &relation || dropped_along(*other)) continue;
    for (const Constraint& constraint : other->constraints) {
      if (constraint.kind != ConstraintKind::foreign_key) continue;
      if (ctx.schema().relation(constraint.references()).known() != &relation) continue;
      const auto goes = [&](const auto& all, Text name) {
        return std::find(all.begin(), all.end(), std::pair(other, name)) != all.end();
      };
      if (goes(dropped_constraints, constraint.name) ||
          std::any_of(constraint.columns.begin(), constraint.columns.end(),
                      [&](Text column) { return goes(dropped_columns, column); }))
        continue;
      found.push_back(cat("the foreign key ", quote_identifier(constraint.name), " of ",
                          to_string(other->full_name())));
    }
  }
  for (const Relation* view : ctx.schema().views_on(relation)) {
    if (dropped_along(*view)) continue;
    found.push_back(
        cat(view->kind == RelationKind::materialized_view ? "the materialized view " : "the view ",
            to_string(view->full_name())));
  }
  return found;
}

std::string list(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t index = 0; index < names.size() && index < 4; ++index) {
    text += index ? (index + 1 == names.size() ? " and " : ", ") : "";
    text += names[index];
  }
  if (names.size() > 4) text += cat(" and ", names.size() - 4, " more");
  return text;
}

// `seen`: the history shows the object's whole life, and nothing that depends on it unless `known`.
void report(Context& ctx, const Node& op, const std::string& what,
            const std::vector<std::string>& known, bool seen = false) {
  Finding& finding =
      ctx.report(op, known.empty() ? cat("CASCADE also drops whatever depends on ", what)
                                   : cat("CASCADE also drops ", list(known)))
          .because(known.empty() ? "the statement does not say which views, foreign keys, defaults "
                                   "or columns those "
                                   "are, and the server drops them without asking"
                                 : "these are the dependents this history shows; objects made "
                                   "elsewhere go as well")
          .try_(
              "leave CASCADE out and drop the dependents by name, so that the migration fails "
              "where "
              "one was forgotten");
  if (seen && known.empty()) finding.as(Severity::note);
}

// A history from an empty database, of which everything could be read, shows every dependent there
// is.
bool all_known(const Context& ctx) { return ctx.history().complete && !ctx.schema().opaque(); }

void check_table(Context& ctx, const DropTable& op) {
  if (!op.cascade || ctx.is_new_or_temporary(op.table)) return;
  const auto lookup = ctx.schema().relation(op.table);
  if (op.if_exists && lookup.exists() == Known::no) return;
  std::vector<std::string> known;
  bool seen = false;
  if (const Relation* table = lookup.known()) {
    known = dependents(ctx, *table);
    seen = table->create_seen;
    if (known.empty() && seen && all_known(ctx)) return;
  }
  report(ctx, op, to_string(op.table), known, seen);
}

void check_view(Context& ctx, const DropView& op) {
  if (!op.cascade || ctx.is_new_or_temporary(op.view)) return;
  std::vector<std::string> known;
  bool seen = false;
  if (const Relation* view = ctx.schema().relation(op.view).known()) {
    known = dependents(ctx, *view);
    seen = true;
    if (known.empty() && all_known(ctx)) return;
  }
  report(ctx, op, to_string(op.view), known, seen);
}

void check_column(Context& ctx, const DropColumn& op) {
  if (!op.cascade || ctx.is_new_or_temporary(op.table)) return;
  std::vector<std::string> known;
  bool seen = false;
  if (const Relation* table = ctx.schema().relation(op.table).known()) {
    const Column* column = table->column(op.column);
    if (column && ctx.schema().is_new(*column)) return;
    if (!column && table->create_seen && op.if_exists) return;
    for (const Relation* view : ctx.schema().views_on(*table)) {
      const auto& read = view->reads_columns;
      if (std::find(read.begin(), read.end(), op.column) == read.end()) continue;
      known.push_back(cat("the view ", to_string(view->full_name())));
    }
    for (const Relation* other : ctx.schema().referenced_by(*table)) {
      for (const Constraint& constraint : other->constraints) {
        const auto& columns = constraint.referenced_columns;
        if (constraint.kind != ConstraintKind::foreign_key ||
            ctx.schema().relation(constraint.references()).known() != table ||
            std::find(columns.begin(), columns.end(), op.column) == columns.end()) {
          continue;
        }
        known.push_back(cat("the foreign key ", quote_identifier(constraint.name), " of ",
                            to_string(other->full_name())));
      }
    }
    // A view's query names columns that cannot always be told apart.
    seen = column && table->create_seen && ctx.schema().views_on(*table).empty();
    if (known.empty() && seen && all_known(ctx)) return;
  }
  report(ctx, op, cat("the column ", quote_identifier(op.column)), known, seen);
}

void check_constraint(Context& ctx, const DropConstraint& op) {
  if (!op.cascade || ctx.is_new_or_temporary(op.table)) return;
  report(ctx, op, cat("the constraint ", quote_identifier(op.constraint)), {});
}
void check_type(Context& ctx, const DropType& op) {
  if (!op.cascade) return;
  const bool unused = no_column_uses(ctx, op.type);
  report(ctx, op,
         cat("the type ", to_string(op.type), unused ? "" : ", columns with their values included"),
         {}, unused);
}
void check_function(Context& ctx, const DropFunction& op) {
  if (op.cascade)
    report(ctx, op, cat("the function ", to_string(op.function), ", such as triggers and defaults"),
           {});
}
void check_sequence(Context& ctx, const DropSequence& op) {
  if (op.cascade)
    report(ctx, op, cat("the sequence ", to_string(op.sequence), ", such as column defaults"), {});
}
void check_extension(Context& ctx, const DropExtension& op) {
  if (!op.cascade) return;
  report(ctx, op,
         cat("the extension ", quote_identifier(op.extension), ", columns of its types included"),
         {});
}
void check_schema(Context& ctx, const DropSchema& op) {
  if (op.cascade)
    report(ctx, op, cat("the objects in the schema ", quote_identifier(op.schema)), {});
}
void check_owned(Context& ctx, const DropOwned& op) {
  if (op.cascade) report(ctx, op, "the objects of these roles", {});
}
void check_object(Context& ctx, const DropObject& op) {
  if (op.cascade) report(ctx, op, cat("this ", to_string(op.object)), {});
}

// In a history that shows everything there is.
constexpr ExampleFile dropped_next[] = {
    {"prisma/migrations/migration_lock.toml", "provider = \"postgresql\"\n"},
    {"prisma/migrations/20240101000000_posts/migration.sql",
     "CREATE TABLE users (id int PRIMARY KEY); CREATE TABLE posts (author int REFERENCES users);"},
    {"prisma/migrations/20240102000000_gone/migration.sql",
     "DROP TABLE users CASCADE; DROP TABLE posts;"}};
constexpr Example bad[] = {{"DROP TABLE invoices CASCADE;"},
                           {"ALTER TABLE users DROP COLUMN email CASCADE;"},
                           {"DROP TYPE mood CASCADE;"},
                           {"DROP EXTENSION pgcrypto CASCADE;"},
                           {.sql = "DROP TABLE users CASCADE;",
                            .before = "CREATE TABLE users (id int PRIMARY KEY); CREATE TABLE posts "
                                      "(author int REFERENCES users);"},
                           {.sql = "DROP TABLE users CASCADE; DROP TABLE posts;",
                            .before = "CREATE TABLE users (id int PRIMARY KEY); CREATE TABLE posts "
                                      "(author int REFERENCES users); CREATE TABLE likes (author "
                                      "int REFERENCES users);"}};
constexpr Example good[] = {{"DROP TABLE invoices;"},
                            {"CREATE TABLE scratch (id int); DROP TABLE scratch CASCADE;"},
                            {.files = dropped_next},
                            {"ALTER TABLE users DROP COLUMN email RESTRICT;"},
                            {"TRUNCATE invoices;"}};

}  // namespace

extern constexpr Rule drop_cascade{
    .severity = Severity::error,
    .summary = "CASCADE drops objects that the statement does not name",
    .why =
        "DROP ... CASCADE removes everything that depends on the object, and what depends on that: "
        "views, foreign keys of other tables, column defaults, triggers, with DROP TYPE even whole "
        "columns. The server lists them in a NOTICE, after the fact.",
    .instead =
        "Leave CASCADE out. PostgreSQL then refuses and names the dependents; drop or change each "
        "by name in the same migration:\n"
        "ALTER TABLE posts DROP CONSTRAINT posts_author_fkey;\n"
        "DROP TABLE users;",
    .bad = bad,
    .good = good,
    .listeners = on<&check_table, &check_view, &check_column, &check_constraint, &check_type,
                    &check_function, &check_sequence, &check_extension, &check_schema, &check_owned,
                    &check_object>,
};

}  // namespace migguard::rules
