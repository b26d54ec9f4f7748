// The table in which a tool notes what it has applied, as that tool makes and fills it, so that a
// verified database is what its tool would have left.
#pragma once

#include <database/session.hpp>
#include <migguard/project.hpp>
#include <string>
#include <string_view>

namespace migguard::database {

// SQL that makes the table; empty where the tool keeps none, or is not known to.
std::string_view record_table(Tool tool);
// SQL that notes a migration. Checksums that nothing reads here are left out.
std::string record_of(const Session& session, const History& history, const Migration& migration);
// As SQL writes its name.
std::string_view record_name(Tool tool);

}  // namespace migguard::database
