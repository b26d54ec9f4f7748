// What each statement does to a live server: as a table for people, and as JSON for programs.
#pragma once

#include <migguard/effects.hpp>
#include <migguard/project.hpp>
#include <report/report.hpp>

#include <string>
#include <vector>

namespace migguard::report {

struct StatementEffects {
  const Migration* migration = nullptr;
  Span span;
  std::size_t index = 0;  // among the statements of its migration, from 1
  Effects effects;
};

std::string locks_text(const std::vector<StatementEffects>& statements, int pg_version,
                       const RenderOptions& options);
std::string locks_json(const std::vector<StatementEffects>& statements, int pg_version);

}  // namespace migguard::report
