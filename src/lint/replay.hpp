// Replays a history into a catalog, in the order its tool would apply it, and shows each step
// before it happens.
#pragma once

#include <migguard/project.hpp>
#include <schema/catalog.hpp>

namespace migguard::lint {

// Told of every migration, statement and operation before it takes effect.
class ReplayListener {
 public:
  virtual ~ReplayListener() = default;
  // Before anything of the migration is looked at.
  virtual void reach(const Migration&) {}
  virtual void migration(const Migration&) {}
  virtual void statement(const Statement&, bool /*in_transaction*/) {}
  // `in_transaction`: the statement runs inside a transaction block, the runner's or an explicit
  // one.
  virtual void operation(const Op&, bool in_transaction) = 0;
  // After the last operation has taken effect.
  virtual void migration_end(const Migration&) {}
};

// Numbers the migrations of a parsed project in the order of replay, over all its histories. A
// history whose first migration creates no table began with a database that was there (an
// introspected baseline is one comment): what it never made may exist all the same, so it is not
// complete.
void number_migrations(Project& project);
// The two steps of it: the first needs no scripts, the second that of the history's first migration.
void number_only(Project& project);
void settle_completeness(History& history);

// `assume_in_transaction`: each file runs inside one transaction, whatever is known of the runner.
void replay(const History& history, bool assume_in_transaction, schema::Catalog& catalog,
            ReplayListener& listener);

}  // namespace migguard::lint
