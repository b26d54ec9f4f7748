// What a real server made of histories (`migguard verify`), for people and for programs.
#pragma once

#include <lint/verification.hpp>
#include <report/report.hpp>
#include <span>
#include <string>
#include <string_view>

namespace migguard::report {

struct VerificationFormat {
  std::string_view name;  // as `--format` spells it
  std::string (*render)(const lint::Verification& verification,
                        const RenderOptions& options) = nullptr;
};
// The first is the default.
std::span<const VerificationFormat> verification_formats();

std::string verification_text(const lint::Verification& verification, const RenderOptions& options);
// Version 1; docs/verify.md has its fields.
std::string verification_json(const lint::Verification& verification, const RenderOptions& options);
// One suite for each history: a test for each migration, one for its rollbacks.
std::string verification_junit(const lint::Verification& verification,
                               const RenderOptions& options);

// A page for a browser that needs nothing else.
std::string verification_html(const lint::Verification& verification, const RenderOptions& options);

// `0.4 ms`, `312 ms`, `2.1 s`
std::string duration(double milliseconds);
// The locks that make others wait, as `ACCESS EXCLUSIVE on a, b; SHARE on c`.
std::string felt_locks(const lint::VerifiedMigration& migration);

// How many statements were watched, and of how many of those something else was predicted.
struct LockTally {
  std::size_t statements = 0;
  std::size_t watched = 0;
  std::size_t mistaken = 0;
};
LockTally lock_tally(const lint::VerifiedHistory& history);
std::string_view in_words(lint::Verdict verdict);

}  // namespace migguard::report
