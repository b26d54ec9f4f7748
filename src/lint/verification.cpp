#include <lint/verification.hpp>

#include <algorithm>

namespace migguard::lint {

std::string_view to_string(VerifyFinding::Kind kind) {
  switch (kind) {
    case VerifyFinding::Kind::fails:
      return "fails";
    case VerifyFinding::Kind::data_refused:
      return "data-refused";
    case VerifyFinding::Kind::repeat_fails:
      return "repeat-fails";
    case VerifyFinding::Kind::rollback_fails:
      return "rollback-fails";
    case VerifyFinding::Kind::rollback_incomplete:
      return "rollback-incomplete";
    case VerifyFinding::Kind::rollback_loses:
      return "rollback-loses";
  }
  return {};
}

bool is_of_rollback(VerifyFinding::Kind kind) {
  return kind == VerifyFinding::Kind::rollback_fails ||
         kind == VerifyFinding::Kind::rollback_incomplete ||
         kind == VerifyFinding::Kind::rollback_loses;
}

bool VerifiedHistory::completed() const {
  return !migrations.empty() &&
         std::all_of(migrations.begin(), migrations.end(),
                     [](const auto& each) { return each.verdict == Verdict::applied; });
}

bool Verification::clean() const { return fatal_findings() == 0; }

std::size_t Verification::migrations() const {
  std::size_t all = 0;
  for (const VerifiedHistory& each : histories) all += each.migrations.size();
  return all;
}

std::size_t Verification::applied() const {
  std::size_t all = 0;
  for (const VerifiedHistory& history : histories) {
    for (const VerifiedMigration& each : history.migrations)
      all += each.verdict == Verdict::applied;
  }
  return all;
}

std::size_t Verification::fatal_findings() const {
  std::size_t all = 0;
  for (const VerifiedHistory& history : histories) {
    for (const VerifyFinding& each : history.findings) all += each.fatal;
  }
  return all;
}

}  // namespace migguard::lint
