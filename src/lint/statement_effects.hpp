// What each statement of a history does to a live server, recorded while the history is replayed.
#pragma once

#include <migguard/effects.hpp>
#include <migguard/project.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace migguard::lint {

// The major versions of PostgreSQL whose effects are known.
inline constexpr int oldest_version = 12, newest_version = 18;

struct StatementEffects {
  // A lock that makes others wait and that an earlier statement of the same transaction took.
  struct Held {
    Effects::Lock lock;
    Span since;  // the statement that took it
  };
  const Migration* migration = nullptr;
  Span span;
  std::size_t index = 0;  // among the statements of its migration, from 1
  Effects effects;
  // Without relations that nobody can wait for: made by the same migration, or temporary.
  Effects felt;
  std::vector<Held> held;  // of what is felt
};

struct EffectsSettings {
  int pg_version = 15;
  bool assume_in_transaction = false;
  // Leave out what the statement's own migration made: nobody else can wait for it.
  bool leave_out_new = false;
};

// Of every statement in the selected migrations of a parsed and numbered history.
std::vector<StatementEffects> statement_effects(const History& history,
                                                const EffectsSettings& settings);

}  // namespace migguard::lint
