// What an SQLite history and the PostgreSQL history beside it come to, so that rules can speak of
// both in the same terms.
#pragma once

#include <migguard/project.hpp>
#include <migguard/schema.hpp>

namespace migguard::lint {

// Replays an SQLite history into a database of the real library; without one, nothing of that
// library is touched. Where SQLite does not take every statement (libSQL has some of its own),
// Drizzle's newest snapshot speaks for the tables.
void migrate_sqlite(History& history);

// The same of a PostgreSQL history, by its replayed schema. `schema` is what the history left.
void take_migrated(History& history, const Schema& schema);

// Whether a PostgreSQL history stands beside an SQLite one in its package.
bool has_sqlite_twin(const Project& project, const History& history);

}  // namespace migguard::lint
