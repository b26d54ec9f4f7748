// What the files that work out effects share: the statement at hand.
#pragma once

#include <schema/effects.hpp>
#include <schema/replay.hpp>

namespace migguard::schema {

struct Evaluation {
  const Replay& replay;
  int version = 15;
  Effects* now = nullptr;  // of the operation at hand

  // Notes a lock; of several on one relation the strongest stays.
  void lock(const Name& relation, LockMode mode, std::string_view why);
};

// Who waits, from the locks.
void find_blocked(Effects& effects);

}  // namespace migguard::schema
