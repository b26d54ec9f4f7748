// What the names of migration files and directories say: their number, their order, and whether
// they go back.
#pragma once

#include <string>
#include <string_view>

namespace migguard::project {

// The digits a name begins with.
std::string_view leading_digits(std::string_view name);
// -1, 0, 1 as the numbers are less, equal or greater; of any length, leading zeros do not count.
int compare_numbers(std::string_view a, std::string_view b);
// By leading number, then byte order: how tools that parse the number sort files.
bool numbered_before(std::string_view a, std::string_view b);

// JavaScript's `a.localeCompare(b) < 0` in ICU's root collation, as Drizzle 1.0 and Prisma sort
// directories: punctuation (`_` first), then digits, then letters without regard to case; lower
// case first where all else is equal. Exact for ASCII; other characters come after all letters, in
// byte order.
bool locale_before(std::string_view a, std::string_view b);

// `001_a.sql`, not `.sql` alone; the ending in any case.
bool is_sql(std::string_view name);
// What a name is without `.sql`.
std::string_view sql_stem(std::string_view name);
// Dumps and seeds that teams keep beside migrations: `schema.sql`, `structure.sql`, `seed.sql`.
bool is_dump_or_seed(std::string_view name);

// Whether a file's name says that it takes a migration back: `0004_x.down.sql`,
// `0007_rollback.sql`. A tool's own knowledge (Drizzle's journal, Prisma's `migration.sql`) comes
// first.
bool is_rollback_name(std::string_view name);
// Whether a directory's name says so of the files in it: `rollback`, `down`.
bool is_rollback_folder(std::string_view name);
// A rollback that a convention expects to lie beside its migration: `down.sql`, `*.down.sql`.
bool is_conventional_rollback(std::string_view name);

}  // namespace migguard::project
