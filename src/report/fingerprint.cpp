#include <lint/identity.hpp>
#include <report/fingerprint.hpp>

namespace migguard::report {

std::vector<std::string> fingerprints(const lint::Report& report, const Repository& repository) {
  // After narrowing, the places among equal findings are those of the whole run.
  const std::vector<lint::Identity> identities =
      report.identities.size() == report.findings.size()
          ? report.identities
          : lint::identify(*report.project, report.findings);
  std::vector<std::string> out;
  out.reserve(identities.size());
  for (std::size_t index = 0; index < identities.size(); ++index) {
    const Finding& finding = report.findings[index];
    const std::string path =
        finding.source ? path_in(repository, finding.source->path) : std::string();
    out.push_back(lint::fingerprint(finding.rule, path, identities[index]));
  }
  return out;
}

}  // namespace migguard::report
