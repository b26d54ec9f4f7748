// Defaults that the database never sees: the client makes the value and puts it into the INSERT.
#pragma once

#include <migguard/project.hpp>
#include <string_view>

namespace migguard {

// Whether a schema source beside the migrations says that inserts always carry a value for the
// column: `@default(cuid())`, `@updatedAt` and the like of a Prisma model, `$defaultFn`,
// `$onUpdate` and the like of a Drizzle table. The source tells what the newest code does.
// The functions: Prisma's documentation, "Prisma schema API", and drizzle-orm's column-builder.ts.
bool client_gives_value(const Project& project, const History& history, const Name& table,
                        std::string_view column);

}  // namespace migguard
