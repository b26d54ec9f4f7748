// The table of formats. A new one is a file beside this and a line below.
#include <report/report.hpp>

#include <algorithm>
#include <array>

namespace migguard::report {
namespace {

constexpr std::array table{
    Format{"text", text, "for people, with the source and what to do instead"},
    Format{"json", json, "for programs: every finding with every field, version 1"},
    Format{"sarif", sarif, "SARIF 2.1.0, for code scanning and editors"},
    Format{"github", github, "annotations on the lines of a pull request in GitHub Actions"},
    Format{"gitlab", gitlab, "GitLab's code quality report"},
    Format{"junit", junit, "test results, for whatever shows them"},
    Format{"checkstyle", checkstyle, "Checkstyle's XML, for Jenkins, reviewdog and others"},
    Format{"markdown", markdown, "a comment on a pull request; of an audit, a page for a wiki"},
    Format{"html", html, "a page that explains an audit, for a browser"},
};

constexpr auto names = [] {
  std::array<std::string_view, table.size()> out;
  std::transform(table.begin(), table.end(), out.begin(),
                 [](const Format& each) { return each.name; });
  return out;
}();

}  // namespace

std::span<const Format> formats() { return table; }

std::span<const std::string_view> format_names() { return names; }

const Format* format_named(std::string_view name) {
  const auto found = std::find_if(table.begin(), table.end(),
                                  [&](const Format& each) { return each.name == name; });
  return found == table.end() ? nullptr : &*found;
}

}  // namespace migguard::report
