// Somebody outside who is told of every operation of the replay and answers with findings: a
// plugin. How it is asked is its own affair.
#pragma once

#include <migguard/finding.hpp>
#include <migguard/project.hpp>
#include <migguard/schema.hpp>
#include <util/result.hpp>

#include <string>
#include <vector>

namespace migguard::lint {

class Outsider {
 public:
  virtual ~Outsider() = default;

  struct Said {
    std::string rule;  // a name lint::own_name_mistake has nothing against
    Severity severity = Severity::error;
    const SourceFile* source = nullptr;
    Span span;
    std::string message, why, help;
  };

  // Before the first operation of a run.
  virtual void begin(int pg_version) = 0;
  // Before it takes effect, of selected migrations alone.
  virtual void operation(const Op& op, const Migration& migration, const Statement& statement,
                         const Schema& schema, bool in_transaction) = 0;
  // After the last one. Errors: it does not answer, or answers nonsense.
  virtual Result<std::vector<Said>> findings() = 0;
};

}  // namespace migguard::lint
