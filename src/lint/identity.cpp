#include <lint/identity.hpp>
#include <sql/script.hpp>
#include <util/sha256.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <map>
#include <unordered_map>

namespace migguard::lint {
namespace {

constexpr char end_of_text = '\0';

// What is reported, where, and of what, as one text.
std::string joined(std::string_view rule, std::string_view path, std::string_view subject) {
  return cat(rule, end_of_text, path, end_of_text, subject);
}

std::string short_hash(std::string_view text, std::size_t digits) {
  Sha256 sum;
  sum.add(text);
  return sum.hexadecimal().substr(0, digits);
}

// The statement that a place lies in, also where it could not be read; empty where there is none.
Span statement_at(const Script& script, std::uint32_t offset) {
  const auto after =
      std::partition_point(script.statements.begin(), script.statements.end(),
                           [&](const Statement& each) { return each.span.begin <= offset; });
  if (after != script.statements.begin() && offset < (after - 1)->span.end) {
    return (after - 1)->span;
  }
  for (const Problem& each : script.problems) {
    if (each.statement.begin <= offset && offset < each.statement.end) return each.statement;
  }
  return {};
}

class Subjects {
 public:
  explicit Subjects(const Project& project) {
    for (const History& history : project.histories) {
      for (const auto* list : {&history.migrations, &history.rollbacks}) {
        for (const Migration& each : *list) scripts_.emplace(each.source, &each.script);
      }
    }
  }

  std::string of(const Finding& finding) {
    const std::string_view text = finding.source->text;
    const bool whole_file = finding.span.begin == 0 && finding.span.end == 0;
    const auto script = scripts_.find(finding.source);
    if (script != scripts_.end() && !whole_file) {
      const Span statement = statement_at(*script->second, finding.span.begin);
      if (statement.end > statement.begin) {
        const auto [known, is_new] = hashes_.try_emplace({finding.source, statement.begin});
        if (is_new) {
          const auto tokens =
              sql::token_text(text.substr(statement.begin, statement.end - statement.begin));
          known->second =
              cat("sql", tokens.substr(0, tokens.find(':') + 1), short_hash(tokens, 16));
        }
        return known->second;
      }
    }
    if (!finding.subject.empty()) return finding.subject;
    if (whole_file || finding.span.begin >= text.size()) return {};
    const std::string_view blamed =
        text.substr(finding.span.begin, finding.span.end - finding.span.begin);
    std::string folded;
    for (const char each : blamed) {
      const bool space = each == ' ' || each == '\t' || each == '\r' || each == '\n';
      if (!space) {
        folded += each;
      } else if (!folded.empty() && folded.back() != ' ') {
        folded += ' ';
      }
    }
    return cat("text1:", short_hash(folded, 16));
  }

 private:
  std::unordered_map<const SourceFile*, const Script*> scripts_;
  std::map<std::pair<const SourceFile*, std::uint32_t>, std::string> hashes_;
};

}  // namespace

std::vector<Identity> identify(const Project& project, const std::vector<Finding>& findings) {
  Subjects subjects(project);
  std::vector<Identity> identities;
  identities.reserve(findings.size());
  std::unordered_map<std::string, std::uint32_t> seen;
  seen.reserve(findings.size());
  for (const Finding& each : findings) {
    std::string subject = subjects.of(each);
    const std::uint32_t ordinal = ++seen[joined(each.rule, each.source->path, subject)];
    identities.push_back({std::move(subject), ordinal});
  }
  return identities;
}

std::string fingerprint(std::string_view rule, std::string_view path, const Identity& identity) {
  return short_hash(cat(joined(rule, path, identity.subject), end_of_text, identity.ordinal), 32);
}

}  // namespace migguard::lint
