// Foreign keys that say what happens on a delete.
#include "new_constraints.hpp"

namespace migguard::rules {
namespace {

void look(Context& ctx, const Node& op, const Name& table, const ConstraintDefinition& key) {
  if (key.on_delete_written) return;
  report_constraint(ctx, op, key,
                    cat("deleting a row of ", to_string(key.references), " fails while rows of ",
                        to_string(table), " refer to it"))
      .because("the convention is that every foreign key says ON DELETE, so that this is a choice")
      .try_("say it: ON DELETE RESTRICT, CASCADE or SET NULL")
      .with("table", plain(table))
      .with("references", plain(key.references));
}

constexpr Example bad[] = {
    {"CREATE TABLE sessions (id text PRIMARY KEY, user_id text REFERENCES users (id));"},
    {"ALTER TABLE sessions ADD CONSTRAINT s_fk FOREIGN KEY (user_id) REFERENCES users (id);"}};
constexpr Example good[] = {
    {"CREATE TABLE sessions (id text PRIMARY KEY, user_id text REFERENCES users (id) ON DELETE "
     "CASCADE);"},
    {"ALTER TABLE sessions ADD CONSTRAINT s_fk FOREIGN KEY (user_id) REFERENCES users (id) ON "
     "DELETE no action;"}};

}  // namespace

extern constexpr Rule convention_fk_on_delete{
    .severity = Severity::warning,
    .off_by_default = true,
    .summary = "a foreign key without an explicit ON DELETE",
    .why =
        "NO ACTION is a choice too; written down, a reader knows that it was one. A convention "
        "for teams that chose it.",
    .instead = "FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE RESTRICT",
    .bad = bad,
    .good = good,
    .listeners = on_new_foreign_keys<&look>,
};

}  // namespace migguard::rules
