// What migguard says: one finding, and how grave it is.
#pragma once

#include <algorithm>
#include <migguard/source.hpp>
#include <migguard/text.hpp>
#include <string>
#include <string_view>
#include <utility>
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

// A few names with a value each, in the order of the names. Side by side rather than in a map: a
// long history has ten thousand findings, and each is asked several times.
class FindingData {
 public:
  using Entry = std::pair<std::string, std::string>;
  using Iterator = std::vector<Entry>::const_iterator;
  Iterator begin() const { return entries_.begin(); }
  Iterator end() const { return entries_.end(); }
  // end() where there is none of the name.
  Iterator find(std::string_view name) const {
    const Iterator at = place(name);
    return at != end() && at->first == name ? at : end();
  }
  // Empty where it was not there.
  std::string& operator[](std::string_view name) {
    const Iterator at = place(name);
    const auto index = at - begin();
    if (at == end() || at->first != name) {
      if (entries_.empty()) entries_.reserve(4);
      entries_.emplace(entries_.begin() + index, name, std::string());
    }
    return entries_[static_cast<std::size_t>(index)].second;
  }

 private:
  Iterator place(std::string_view name) const {
    return std::find_if(begin(), end(), [&](const Entry& each) { return each.first >= name; });
  }

  std::vector<Entry> entries_;
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
  FindingData data;     // what the rule knows, for programs
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
  Finding& with(std::string_view name, std::string_view value) {
    data[name] = value;
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
