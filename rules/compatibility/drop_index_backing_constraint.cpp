// DROP INDEX of the index behind a constraint: PostgreSQL refuses.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

void check(Context& ctx, const DropIndex& op) {
  const auto found = ctx.schema().index(op.index);
  const bool known = found.index && !found.index->constraint.empty();
  // PostgreSQL gives this name to primary keys alone.
  const bool by_name = found.exists == Known::unknown && op.index.name.ends_with("_pkey");
  if (!known && !by_name) return;
  const std::string table =
      found.table ? to_string(found.table->schema == "public" ? Name{{}, found.table->name}
                                                              : found.table->full_name())
                  : std::string(op.index.name.substr(0, op.index.name.size() - 5));
  const std::string constraint =
      quote_identifier(known ? Text(found.index->constraint) : op.index.name);
  ctx.report(op, cat("this fails: the index ", to_string(op.index), " belongs to the constraint ",
                     constraint, " of ", table))
      .because("PostgreSQL drops the index of a constraint only with the constraint (2BP01)")
      .try_(cat("drop the constraint, and the index goes with it:\nALTER TABLE ", table,
                " DROP CONSTRAINT ", constraint, ";"))
      .with("index", plain(op.index));
}

constexpr Example bad[] = {
    {.sql = "DROP INDEX users_email_key;", .before = "CREATE TABLE users (email text UNIQUE);"},
    {"DROP INDEX CONCURRENTLY users_pkey;"}};
constexpr Example good[] = {
    {.sql = "DROP INDEX users_email_idx;",
     .before =
         "CREATE TABLE users (email text); CREATE UNIQUE INDEX users_email_idx ON users (email);"},
    {"DROP INDEX \"User_email_key\";"}};

}  // namespace

extern constexpr Rule drop_index_backing_constraint{
    .severity = Severity::error,
    .summary = "DROP INDEX refuses the index behind a primary key, unique or exclusion constraint",
    .why = "The index is a part of the constraint. CASCADE does not help.",
    .instead = "ALTER TABLE users DROP CONSTRAINT users_email_key;",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
