// Runs histories on a real server and tells what became of them.
#pragma once

#include <database/data_loader.hpp>
#include <database/databases.hpp>
#include <lint/statement_effects.hpp>
#include <lint/verification.hpp>
#include <util/result.hpp>
#include <vector>

namespace migguard::database {

// Of a project that is parsed and numbered. This is the one place where SQL of the project is
// executed: on a temporary server as an ordinary user and a role that is no superuser, or in the
// empty database that the settings name. Errors: no server or database to be had, nothing to
// verify, a name that no migration has.
Result<lint::Verification> verify(Project& project, const lint::VerifySettings& settings,
                                  const lint::VerifyEvents& events);

// One history at a time; what the trials below share.
struct Trial {
  const History& history;
  const DataFiles& data;
  Databases& databases;
  const lint::VerifyEvents& events;
  lint::VerifiedHistory& verified;
};

// Runs the history once more, each statement in a transaction of its own where it can be, and fills
// in what it locks and rewrites beside what `predicted` says.
std::optional<Error> watch_locks(const Trial& trial,
                                 const std::vector<lint::StatementEffects>& predicted);

}  // namespace migguard::database
