// What migguard says: one finding, and how grave it is.
#pragma once

#include <map>
#include <migguard/source.hpp>
#include <migguard/text.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace migguard {

// error: loses data, breaks running code, or blocks it for a time that grows with the table.
// warning: can, depending on what the files do not show. note: advice.
enum class Severity : std::uint8_t { note, warning, error };
std::string_view to_string(Severity severity);

// open: counts. suppressed: an ignore comment covers it; accepted: the config or the baseline does.
enum class Status : std::uint8_t { open, suppressed, accepted };
std::string_view to_string(Status status);

// Another place that explains a finding ("created here").
struct Label {
  const SourceFile* source = nullptr;
  Span span;
  std::string text;
};

struct Finding {
  std::string_view rule;
  std::string_view family;
  Severity severity = Severity::error;
  const SourceFile* source = nullptr;
  Span span;  // the smallest piece of the file that is to blame; empty at 0 for a whole file
  std::string message;  // one clause: what happens to the reader's database
  std::string why;      // one sentence
  std::string help;     // one imperative, with SQL or a command to paste on lines of its own where
                        // there is one
  std::vector<Label> labels;
  std::map<std::string, std::string> data;  // what the rule knows, for programs
  std::string subject;  // what it speaks of where that is no SQL statement: a tag, a version, a key
  std::string
      cause;  // findings with the same non-empty cause have one remedy: shown under one heading
  Status status = Status::open;
  std::string status_reason;

  // Chained by rules after Context::report.
  Finding& because(std::string text) {
    why = std::move(text);
    return *this;
  }
  Finding& try_(std::string text) {
    help = std::move(text);
    return *this;
  }
  Finding& as(Severity other) {
    severity = other;
    return *this;
  }
  Finding& label(const SourceFile& file, Span where, std::string text) {
    labels.push_back({&file, where, std::move(text)});
    return *this;
  }
  Finding& with(std::string key, std::string_view value) {
    data[std::move(key)] = value;
    return *this;
  }
  Finding& about(std::string text) {
    subject = std::move(text);
    return *this;
  }
  Finding& under(std::string text) {
    cause = std::move(text);
    return *this;
  }
};

}  // namespace migguard
