#include <report/fingerprint.hpp>

#include <algorithm>
#include <cstdint>
#include <map>

namespace migguard::report {
namespace {

// FNV-1a with 64 bits; a second one from another start makes 128.
std::uint64_t hash(std::string_view text, std::uint64_t start) {
  std::uint64_t value = start;
  for (const char each : text) {
    value ^= static_cast<unsigned char>(each);
    value *= 0x100000001b3U;
  }
  return value;
}

void append_hexadecimal(std::string& out, std::uint64_t value) {
  for (int shift = 60; shift >= 0; shift -= 4) out += "0123456789abcdef"[value >> shift & 0xfU];
}

std::string hexadecimal(std::string_view text) {
  std::string out;
  append_hexadecimal(out, hash(text, 0xcbf29ce484222325U));
  append_hexadecimal(out, hash(text, 0x84222325cbf29ce4U));
  return out;
}

}  // namespace

std::vector<std::string> fingerprints(const lint::Report& report, const Repository& repository) {
  std::map<std::string, std::size_t> seen;
  std::vector<std::string> out;
  for (const Finding& finding : report.findings) {
    std::string_view subject = finding.subject;
    if (subject.empty() && finding.source) {
      const std::string_view text = finding.source->text;
      const std::size_t begin = std::min<std::size_t>(finding.span.begin, text.size());
      subject = text.substr(begin, std::max<std::size_t>(finding.span.end, begin) - begin);
    }
    const std::string path =
        finding.source ? path_in(repository, finding.source->path) : std::string();
    const std::string what = cat(finding.rule, '\0', path, '\0', subject);
    out.push_back(hexadecimal(cat(what, '\0', seen[what]++)));
  }
  return out;
}

}  // namespace migguard::report
