// A column or table that something else still uses: the statement fails, or what uses it breaks
// later.
#include <migguard/rule.hpp>

#include <algorithm>
#include <cctype>

namespace migguard::rules {
namespace {

bool mentions(List<Text> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string shown(std::string_view schema, std::string_view name) {
  return to_string(Name{schema == "public" ? std::string_view() : schema, name});
}

// A view that certainly reads this column: it reads nothing else of which the column might be.
const Relation* view_of(const Context& ctx, const Relation& table, Text column) {
  for (const Relation* view : ctx.schema().views_on(table)) {
    if (!mentions(view->reads_columns, column)) continue;
    const bool only = std::all_of(view->reads.begin(), view->reads.end(), [&](const auto& name) {
      if (name == plain(table.full_name())) return true;
      const std::size_t dot = name.find('.');
      const Relation* other =
          ctx.schema()
              .relation(dot == std::string::npos ? Name{{}, name}
                                                 : Name{name.substr(0, dot), name.substr(dot + 1)})
              .known();
      return other && other->create_seen && !other->column(column);
    });
    if (only) return view;
  }
  return nullptr;
}

struct User {
  std::string what;    // `the view active_users`
  std::string remedy;  // how to get rid of it meanwhile
};

// What of the history makes DROP COLUMN without CASCADE, or a change of type, fail.
User user_of(const Context& ctx, const Relation& table, Text column) {
  if (const Relation* view = view_of(ctx, table, column)) {
    const std::string name = shown(view->schema, view->name);
    const bool materialized = view->kind == RelationKind::materialized_view;
    return {cat("the ", materialized ? "materialized view " : "view ", name),
            cat("DROP ", materialized ? "MATERIALIZED VIEW " : "VIEW ", name, ";")};
  }
  for (const Column& each : table.columns)
    if (mentions(each.generated_from, column))
      return {cat("the generated column ", quote_identifier(each.name)),
              cat("ALTER TABLE ", shown(table.schema, table.name), " DROP COLUMN ",
                  quote_identifier(each.name), ";")};
  for (const ColumnUser& each : table.column_users) {
    if (!mentions(each.columns, column)) continue;
    const bool policy = each.kind == ObjectKind::policy;
    return {cat("the ", policy ? "policy " : "trigger ", quote_identifier(each.name)),
            cat("DROP ", policy ? "POLICY " : "TRIGGER ", quote_identifier(each.name), " ON ",
                shown(table.schema, table.name), ";")};
  }
  return {};
}

bool part_of_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

bool has_word(std::string_view text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || !part_of_word(text[at - 1])) &&
        (end == text.size() || !part_of_word(text[end])))
      return true;
  }
  return false;
}

char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool is_word(std::string_view text, std::size_t begin, std::string_view word) {
  const std::size_t end = begin + word.size();
  return end <= text.size() && (begin == 0 || !part_of_word(text[begin - 1])) &&
         (end == text.size() || !part_of_word(text[end])) &&
         std::equal(word.begin(), word.end(), text.begin() + static_cast<std::ptrdiff_t>(begin),
                    [](char a, char b) { return a == to_lower(b); });
}

// Where the statement of a body ends: at a semicolon, or at a word of PL/pgSQL that others follow.
std::size_t end_of_statement(std::string_view body, std::size_t begin) {
  for (std::size_t at = begin; at < body.size(); ++at) {
    if (body[at] == ';') return at + 1;
    for (const std::string_view word : {"loop", "then", "else", "begin"})
      if (is_word(body, at, word)) return at + word.size();
  }
  return body.size();
}

// What stands before `.column`: a table, its alias, or a variable that holds a row; empty where the
// name stands alone.
std::string_view qualifier(std::string_view text, std::size_t at) {
  if (at > 0 && text[at - 1] == '"') --at;
  if (at == 0 || text[at - 1] != '.') return {};
  std::size_t end = at - 1;
  if (end > 0 && text[end - 1] == '"') --end;
  std::size_t begin = end;
  while (begin > 0 && part_of_word(text[begin - 1])) --begin;
  return text.substr(begin, end - begin);
}

// Whether a body names the column of the table: alone in a statement that names the table, too, or
// as a part of something that is no other table.
bool names_column(const Context& ctx, std::string_view body, Text table, Text column) {
  std::size_t begin = 0;
  while (begin < body.size()) {
    const std::size_t end = end_of_statement(body, begin);
    const std::string_view statement = body.substr(begin, end - begin);
    begin = end;
    for (std::size_t at = statement.find(column); at != std::string_view::npos;
         at = statement.find(column, at + 1)) {
      const std::size_t behind = at + column.size();
      if ((at > 0 && part_of_word(statement[at - 1])) ||
          (behind < statement.size() && part_of_word(statement[behind])))
        continue;
      const std::string_view of = qualifier(statement, at);
      if (of.empty() ? has_word(statement, table)
                     : of == table || !ctx.schema().relation(Name{{}, of}).known())
        return true;
    }
  }
  return false;
}

// A function whose body names both: PostgreSQL finds out when it is called.
const Function* function_of(const Context& ctx, const Name& table, Text column) {
  for (const Function* each : ctx.schema().functions()) {
    if (each->language != "sql" && each->language != "plpgsql") continue;
    if (has_word(each->body, table.name) &&
        (column.empty() || names_column(ctx, each->body, table.name, column)))
      return each;
  }
  return nullptr;
}

// Whether a later statement of the migration makes the function anew or drops it.
bool replaced_later(const Context& ctx, const Function& function) {
  for (const Statement& statement : ctx.statements_naming(function.name)) {
    if (statement.span.begin <= ctx.statement().span.begin) continue;
    for (const Op& op : statement.ops) {
      const auto* made = std::get_if<CreateFunction>(&op);
      const auto* dropped = std::get_if<DropFunction>(&op);
      if ((made && made->function.name == function.name) ||
          (dropped && dropped->function.name == function.name))
        return true;
    }
  }
  return false;
}

void report_function(Context& ctx, const Node& op, const Name& table, Text column) {
  const Function* function = function_of(ctx, table, column);
  if (!function || replaced_later(ctx, *function)) return;
  const std::string name = shown(function->schema, function->name);
  ctx.report(op, cat("the function ", name, " still names ",
                     column.empty() ? std::string("the table") : quote_identifier(column),
                     ", and fails when it is called"))
      .because("PostgreSQL reads the body of a function when it runs, not when a column goes")
      .try_(cat("make it anew in the same migration:\nCREATE OR REPLACE FUNCTION ", name, " ...;"))
      .as(Severity::warning)
      .with("table", plain(table))
      .with("function", name);
}

void report_user(Context& ctx, const Node& op, const Name& table, const User& user,
                 std::string_view what) {
  ctx.report(op, cat("this fails: ", user.what, " uses ", what))
      .because("PostgreSQL refuses to take away or change what another object is built on")
      .try_(cat("drop it before and make it anew behind, in the same transaction:\n", user.remedy))
      .with("table", plain(table));
}

// What the replay alone knows to be built on it.
bool report_foreseen(Context& ctx, const Node& op, const Name& table) {
  const Effects& does = ctx.effects(op);
  if (does.failure != Effects::Failure::depended) return false;
  ctx.report(op, cat("this fails: ", does.fails))
      .because("PostgreSQL refuses to take away or change what another object is built on")
      .try_("drop that first and make it anew behind, in the same transaction")
      .with("table", plain(table));
  return true;
}

void check_drop(Context& ctx, const DropColumn& op) {
  const Relation* table = ctx.schema().relation(op.table).known();
  if (!table || !table->column(op.column)) return;
  const User user = op.cascade ? User{} : user_of(ctx, *table, op.column);
  if (!user.what.empty()) {
    report_user(ctx, op, op.table, user, "the column");
  } else if (report_foreseen(ctx, op, op.table)) {
    return;
  } else if (!ctx.is_new_or_temporary(op.table)) {
    report_function(ctx, op, op.table, op.column);
  }
}

void check_type(Context& ctx, const ChangeType& op) {
  const Relation* table = ctx.schema().relation(op.table).known();
  if (!table || !table->column(op.column)) return;
  const User user = user_of(ctx, *table, op.column);
  if (!user.what.empty())
    report_user(ctx, op, op.table, user, "the column");
  else
    report_foreseen(ctx, op, op.table);
}

void check_rename(Context& ctx, const RenameColumn& op) {
  if (!ctx.is_new_or_temporary(op.table)) report_function(ctx, op, op.table, op.column);
}

void check_table(Context& ctx, const DropTable& op) {
  const Relation* table = ctx.schema().relation(op.table).known();
  if (!table || op.cascade) return;
  const auto dropped_too = [&](const Relation& other) {
    return std::any_of(ctx.statement().ops.begin(), ctx.statement().ops.end(), [&](const Op& each) {
      const auto* drop = std::get_if<DropTable>(&each);
      return drop && ctx.schema().relation(drop->table).known() == &other;
    });
  };
  for (const Relation* view : ctx.schema().views_on(*table)) {
    const std::string name = shown(view->schema, view->name);
    const bool materialized = view->kind == RelationKind::materialized_view;
    report_user(ctx, op, op.table,
                {cat("the ", materialized ? "materialized view " : "view ", name),
                 cat("DROP ", materialized ? "MATERIALIZED VIEW " : "VIEW ", name, ";")},
                "the table");
    return;
  }
  for (const Relation* other : ctx.schema().referenced_by(*table)) {
    if (other == table || dropped_too(*other)) continue;
    for (const Constraint& each : other->constraints) {
      if (each.kind != ConstraintKind::foreign_key || each.inherited ||
          !(each.references() == table->full_name()))
        continue;
      const std::string name = shown(other->schema, other->name);
      report_user(
          ctx, op, op.table,
          {cat("the foreign key ", quote_identifier(each.name), " of ", name),
           cat("ALTER TABLE ", name, " DROP CONSTRAINT ", quote_identifier(each.name), ";")},
          "the table");
      return;
    }
  }
  report_foreseen(ctx, op, op.table);
}

constexpr Example bad[] = {
    {.sql = "ALTER TABLE users DROP COLUMN email;",
     .before = "CREATE TABLE users (id int, email text); CREATE VIEW mails AS SELECT email FROM "
               "users;"},
    {.sql = "ALTER TABLE lines ALTER COLUMN price TYPE numeric(12,2);",
     .before = "CREATE TABLE lines (price numeric(10,2), gross numeric GENERATED ALWAYS AS (price "
               "* 1.2) STORED);"},
    {.sql = "ALTER TABLE users RENAME COLUMN email TO mail;",
     .before = "CREATE TABLE users (id int, email text); CREATE FUNCTION mail_of(n int) RETURNS "
               "text LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT email FROM users WHERE id = n); "
               "END $$;"},
    {.sql = "DROP TABLE users;",
     .before =
         "CREATE TABLE users (id int PRIMARY KEY); CREATE TABLE s (u int REFERENCES users);"}};
constexpr Example good[] = {
    // The column of that name is another table's.
    {.sql = "ALTER TABLE projects RENAME COLUMN made_at TO created_at;",
     .before = "CREATE TABLE projects (id int, made_at date); CREATE TABLE files (id int, made_at "
               "date); CREATE FUNCTION fill() RETURNS void LANGUAGE plpgsql AS $$ DECLARE p int; "
               "BEGIN FOR p IN (SELECT id FROM projects) LOOP UPDATE files SET made_at = now() "
               "WHERE files.made_at IS NULL; END LOOP; END $$;"},
    {.sql = "DROP VIEW mails; ALTER TABLE users DROP COLUMN email;",
     .before = "CREATE TABLE users (id int, email text); CREATE VIEW mails AS SELECT email FROM "
               "users;"},
    {.sql = "ALTER TABLE users DROP COLUMN email;",
     .before = "CREATE TABLE users (id int, email text); CREATE VIEW ids AS SELECT id FROM users;"},
    {.sql = "ALTER TABLE users RENAME COLUMN email TO mail; CREATE OR REPLACE FUNCTION mail_of(n "
            "int) RETURNS text LANGUAGE sql AS 'SELECT mail FROM users WHERE id = n';",
     .before = "CREATE TABLE users (id int, email text); CREATE FUNCTION mail_of(n int) RETURNS "
               "text LANGUAGE sql AS 'SELECT email FROM users WHERE id = n';"},
    {.sql = "DROP TABLE s, users;",
     .before =
         "CREATE TABLE users (id int PRIMARY KEY); CREATE TABLE s (u int REFERENCES users);"}};

}  // namespace

extern constexpr Rule dependent_objects{
    .severity = Severity::error,
    .summary = "A column or table is dropped or changed that a view, function or key still uses",
    .why =
        "DROP without CASCADE and ALTER COLUMN TYPE fail where a view, a generated column, a "
        "policy or a trigger uses the column (measured). Bodies of functions are not looked at: "
        "they break when they are called. What the history shows to be gone, or makes anew in the "
        "same migration, is no finding.",
    .instead =
        "DROP VIEW mails;\nALTER TABLE users ALTER COLUMN email TYPE citext;\nCREATE VIEW mails AS "
        "SELECT email FROM users;",
    .bad = bad,
    .good = good,
    .listeners = on<&check_drop, &check_type, &check_rename, &check_table>,
};

}  // namespace migguard::rules
