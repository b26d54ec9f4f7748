// A rule's example as a project of its own: what its tests run, and what `explain` shows.
#pragma once

#include <lint/lint.hpp>
#include <migguard/rule.hpp>
#include <util/result.hpp>

#include <cstdint>
#include <string_view>

namespace migguard::lint {

// The migration that holds an example's SQL.
inline constexpr std::string_view example_path = "migrations/0002_example.sql";
// The time at which an example is judged, milliseconds since 1970: November 2026.
inline constexpr std::int64_t example_now = 1'795'000'000'000;

// Lints the example's files, or a plain folder of migrations with its SQL, by every rule of
// `settings`, with the example's own PostgreSQL version and options. Errors: the options cannot be
// read.
Result<Report> lint_example(std::string_view rule, const Example& example, Settings settings = {});

// How often the rule is found in what the example shows: in its SQL, or anywhere in its files.
std::size_t findings_of(std::string_view rule, const Example& example, const Report& report);

}  // namespace migguard::lint
