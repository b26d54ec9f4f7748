// The table in which a tool notes what it has applied, as that tool makes and fills it, so that a
// verified database is what its tool would have left.
#pragma once

#include <database/session.hpp>
#include <migguard/project.hpp>
#include <string>
#include <string_view>

namespace migguard::database {

// SQL that makes the table, under the name that the project's files give it; empty where the tool
// keeps none, or is not known to.
std::string record_table(const History& history);
// SQL that notes a migration. Checksums that nothing reads here are left out.
std::string record_of(const Session& session, const History& history, const Migration& migration);

}  // namespace migguard::database
