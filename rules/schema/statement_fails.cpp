// A statement that PostgreSQL refuses on the schema that the migrations before it have made.
#include <migguard/failure.hpp>
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

// What another rule says of the same place, in more words.
bool said_elsewhere(const Context& ctx, const Op& op, const Effects& does) {
  // Of an older server, the rules on the syntax speak; of rows, add-column-not-null-no-default.
  if (does.failure == Effects::Failure::old_server || does.failure == Effects::Failure::rows)
    return true;
  if (does.failure == Effects::Failure::depended) return true;  // dependent-objects
  // What is dropped may have been made before the history began, or by another tool.
  const bool drops =
      std::holds_alternative<DropTable>(op) || std::holds_alternative<DropIndex>(op) ||
      std::holds_alternative<DropView>(op) || std::holds_alternative<DropType>(op) ||
      std::holds_alternative<DropSequence>(op) || std::holds_alternative<DropFunction>(op) ||
      std::holds_alternative<DropTableObject>(op) || std::holds_alternative<DropObject>(op);
  if (drops && does.fails.starts_with("there is no ")) return true;
  const auto* index = std::get_if<CreateIndex>(&op);
  return index && index->concurrently && partitioned(ctx, index->table);
}

std::string advice(std::string_view fails) {
  if (fails.ends_with(" already"))
    return "take it out; where it must run on databases that lack it as well, say IF NOT EXISTS";
  if (fails.starts_with("there is no "))
    return "correct the name, or put the migration that makes it first; where only some databases "
           "have it, say IF EXISTS";
  return "change it to fit what the migrations before it make, and try the history on a temporary "
         "server:\nmigguard verify";
}

void check(Context& ctx, const Statement& statement) {
  // What the tool will never run fails nowhere; where it would is in the middle of the others.
  if (!ctx.migration().listed) return;
  // Nearly every statement can be carried out: what it locks need not be worked out to see that.
  if (!may_fail(ctx.schema(), statement.ops, ctx.pg_version())) return;
  for (const Op& op : statement.ops) {
    const Effects& does = ctx.effects(node(op));
    if (does.fails.empty() || said_elsewhere(ctx, op, does)) continue;
    const std::string fails = does.fails;
    Finding& finding =
        ctx.report(node(op), cat("this migration fails: ", fails))
            .because("PostgreSQL refuses it on the schema that the migrations before it have made")
            .try_(advice(fails));
    // The order of files that no tool runs is a guess.
    if (ctx.history().tool == Tool::plain) finding.as(Severity::warning);
    return;
  }
}

constexpr Example bad[] = {
    {.sql = "CREATE INDEX ON visits (page) WHERE at > now() - interval '7 days';",
     .before = "CREATE TABLE visits (at timestamptz, page text);"},
    {.sql = "CREATE INDEX ON visits ((at::date));",
     .before = "CREATE TABLE visits (at timestamptz, page text);"},
    {.sql = "ALTER TABLE users ADD COLUMN ok boolean DEFAULT 0;",
     .before = "CREATE TABLE users (id int);"},
    {.sql = "ALTER TABLE users ADD COLUMN tags text[] DEFAULT '[]';",
     .before = "CREATE TABLE users (id int);"},
    {.sql = "ALTER TABLE users ADD COLUMN tier tier DEFAULT 'basic';",
     .before = "CREATE TYPE tier AS ENUM ('free', 'paid'); CREATE TABLE users (id int);"},
    {.sql = "CREATE TABLE visits (id int PRIMARY KEY, at datetime);"},
    {.sql = "CREATE POLICY p ON users FOR INSERT USING (id > 0);",
     .before = "CREATE TABLE users (id int);"},
    {.sql = "INSERT INTO users (id, nmae) VALUES (1, 'x');",
     .before = "CREATE TABLE users (id int, name text);"},
    {.sql = "ALTER TABLE users ADD COLUMN email text;",
     .before = "CREATE TABLE users (id int, email text);"},
    {.sql = "ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users (email) NOT VALID;",
     .before = "CREATE TABLE users (email text); CREATE TABLE orders (user_id text);"},
    {.sql = "ALTER TABLE users ALTER COLUMN age TYPE integer;",
     .before = "CREATE TABLE users (age text);"},
    {.sql = "CREATE INDEX users_email ON users (email);",
     .before = "CREATE TABLE users (email text); CREATE INDEX users_email ON users (email);"}};
constexpr Example good[] = {
    {.sql = "ALTER TABLE likes DROP COLUMN id, ADD PRIMARY KEY (person, post);",
     .before = "CREATE TABLE likes (id int PRIMARY KEY, person int, post int);"},
    {.sql = "DROP POLICY p ON users; CREATE POLICY p ON users USING (id > 0); ALTER TABLE users "
            "ALTER COLUMN id SET DEFAULT 0; DROP FUNCTION me();",
     .before = "CREATE FUNCTION me() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$; "
               "CREATE TABLE users (id int DEFAULT me()); CREATE POLICY p ON users USING (id = "
               "me());"},
    {.sql = "CREATE INDEX ON visits (date_trunc('day', at AT TIME ZONE 'UTC')); CREATE INDEX ON "
            "visits (lower(page)) WHERE at > '2024-01-01';",
     .before = "CREATE TABLE visits (at timestamptz, page text);"},
    {.sql = "ALTER TABLE users ADD COLUMN tags text[] DEFAULT '{}', ADD COLUMN ok boolean DEFAULT "
            "'yes', ADD COLUMN n int DEFAULT ' -5', ADD COLUMN day date DEFAULT CURRENT_DATE;",
     .before = "CREATE TABLE users (id int);"},
    {.sql =
         "CREATE POLICY p ON users FOR INSERT WITH CHECK (id > 0); INSERT INTO users (id) VALUES "
         "(1);",
     .before = "CREATE TABLE users (id int);"},
    {.sql = "ALTER TABLE users ADD COLUMN IF NOT EXISTS email text;",
     .before = "CREATE TABLE users (id int, email text);"},
    {.sql = "ALTER TABLE users DROP COLUMN email; ALTER TABLE users ADD COLUMN email text;",
     .before = "CREATE TABLE users (id int, email text);"},
    {.sql = "ALTER TABLE users ADD COLUMN email text;"},
    {.sql = "ALTER TABLE jobs ALTER COLUMN state TYPE job_state USING state::job_state;",
     .before =
         "CREATE TYPE job_state AS ENUM ('new'); CREATE TABLE jobs (state text DEFAULT 'new'); "
         "ALTER TABLE jobs ALTER COLUMN state SET DEFAULT 'new'::job_state;"},
    {.sql = "DO $$ BEGIN ALTER TABLE users ADD COLUMN email text; EXCEPTION WHEN duplicate_column "
            "THEN NULL; END $$;",
     .before = "CREATE TABLE users (id int, email text);"}};

}  // namespace

extern constexpr Rule statement_fails{
    .severity = Severity::error,
    .summary = "PostgreSQL refuses the statement on the schema as it stands",
    .why =
        "Every migration is replayed into a schema in memory, so that it is known before any "
        "server "
        "is asked: a column that is there already, a foreign key to columns that are not unique, a "
        "type that values cannot be cast to, a partition that overlaps another. The deployment "
        "stops there. Nothing is said where the history does not tell, and a warning where no tool "
        "gives the order of the files. migguard verify finds out on a real server.",
    .instead =
        "ALTER TABLE users ADD COLUMN IF NOT EXISTS email text;\n-- or take out what an earlier "
        "migration has done",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
