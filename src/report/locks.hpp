// What each statement does to a live server: as a table for people, and as JSON for programs.
#pragma once

#include <migguard/effects.hpp>
#include <migguard/project.hpp>
#include <report/report.hpp>

#include <string>
#include <vector>

namespace migguard::report {

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

std::string locks_text(const std::vector<StatementEffects>& statements, int pg_version,
                       const RenderOptions& options);
std::string locks_json(const std::vector<StatementEffects>& statements, int pg_version);

}  // namespace migguard::report
