// A sound history of Drizzle 1.0, and snapshots in a line: a, then b, then c.
#pragma once

#include "history/examples.hpp"

namespace migguard::rules::examples {

inline constexpr std::string_view v1_a =
    R"({"version": "8", "dialect": "postgres", "id": "a0000000-0000-4000-8000-00000000000a",
  "prevIds": ["00000000-0000-0000-0000-000000000000"], "ddl": []})";
inline constexpr std::string_view v1_b =
    R"({"version": "8", "dialect": "postgres", "id": "b0000000-0000-4000-8000-00000000000b",
  "prevIds": ["a0000000-0000-4000-8000-00000000000a"], "ddl": []})";
inline constexpr std::string_view v1_c =
    R"({"version": "8", "dialect": "postgres", "id": "c0000000-0000-4000-8000-00000000000c",
  "prevIds": ["b0000000-0000-4000-8000-00000000000b"], "ddl": []})";
// Another child of a, and what merges it with b.
inline constexpr std::string_view v1_b2 =
    R"({"version": "8", "dialect": "postgres", "id": "d0000000-0000-4000-8000-00000000000d",
  "prevIds": ["a0000000-0000-4000-8000-00000000000a"], "ddl": []})";
inline constexpr std::string_view v1_merge =
    R"({"version": "8", "dialect": "postgres", "id": "e0000000-0000-4000-8000-00000000000e",
  "prevIds": ["b0000000-0000-4000-8000-00000000000b", "d0000000-0000-4000-8000-00000000000d"],
  "ddl": []})";

inline constexpr ExampleFile v1_of_two[] = {{"drizzle/20240101000000_users/migration.sql", users},
                                            {"drizzle/20240101000000_users/snapshot.json", v1_a},
                                            {"drizzle/20240102000000_orders/migration.sql", orders},
                                            {"drizzle/20240102000000_orders/snapshot.json", v1_b}};

inline constexpr ExampleFile v1_merged[] = {
    {"drizzle/20240101000000_users/migration.sql", users},
    {"drizzle/20240101000000_users/snapshot.json", v1_a},
    {"drizzle/20240102000000_orders/migration.sql", orders},
    {"drizzle/20240102000000_orders/snapshot.json", v1_b},
    {"drizzle/20240103000000_lines/migration.sql", lines},
    {"drizzle/20240103000000_lines/snapshot.json", v1_b2},
    {"drizzle/20240104000000_merge/migration.sql", "SELECT 1;\n"},
    {"drizzle/20240104000000_merge/snapshot.json", v1_merge}};

}  // namespace migguard::rules::examples
