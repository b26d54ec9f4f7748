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

bool VerifiedHistory::completed() const {
  return !migrations.empty() &&
         std::all_of(migrations.begin(), migrations.end(),
                     [](const auto& each) { return each.verdict == Verdict::applied; });
}

bool Verification::clean() const {
  return std::all_of(histories.begin(), histories.end(), [](const VerifiedHistory& each) {
    return std::none_of(each.findings.begin(), each.findings.end(),
                        [](const VerifyFinding& finding) { return finding.fatal; });
  });
}

}  // namespace migguard::lint
