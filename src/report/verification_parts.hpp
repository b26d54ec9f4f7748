// What the formats of a verification share: its facts in words.
#pragma once

#include <lint/verification.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace migguard::report {

// `0.4 ms`, `312 ms`, `2.1 s`
std::string duration(double milliseconds);
// `orders`, `app.orders`
std::string shown(const RelationName& relation);
std::string_view in_words(lint::Verdict verdict);
// The same of a rollback; empty where there is no script.
std::string_view in_words(lint::TakenBack taken_back);
std::string in_words(const SchemaDifference& difference);

// The locks that make others wait, as `ACCESS EXCLUSIVE on a, b; SHARE on c`.
std::string felt_locks(const lint::VerifiedMigration& migration);

// How many statements were watched, and of how many of those something else was predicted.
struct LockTally {
  std::size_t statements = 0;
  std::size_t watched = 0;
  std::size_t mistaken = 0;
};
LockTally lock_tally(const lint::VerifiedHistory& history);

// A lock, or that a table is written anew, as seen and as `migguard locks` says.
struct LockComparison {
  const lint::VerifiedMigration* migration = nullptr;
  const lint::VerifiedStatement* statement = nullptr;
  std::string relation;
  std::string taken, predicted;
  std::string remark;     // why the two may differ; empty where they do not
  bool mistaken = false;  // they differ by an error of migguard's
};
// Of what makes others wait, and of whatever differs, in the order of the statements.
std::vector<LockComparison> lock_comparisons(const lint::VerifiedHistory& history);
// Why statements were not watched, the commonest reason first: `it refuses a transaction (2)`.
std::vector<std::string> reasons_unwatched(const lint::VerifiedHistory& history);

// One clause each, without an end; empty where there is nothing to say.
std::string locks_sentence(const lint::VerifiedHistory& history);
std::string schema_sentence(const lint::VerifiedHistory& history);
std::string rollbacks_sentence(const lint::VerifiedHistory& history);
// `12 of 13 migrations applied in 312 ms`
std::string applied_sentence(const lint::Verification& verification);
// `nothing fails`, `2 findings`
std::string outcome(const lint::Verification& verification);

}  // namespace migguard::report
