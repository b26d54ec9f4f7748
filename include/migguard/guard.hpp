// The JSONB guard as a C++ library: refuses JSON that holds money before it is stored.
//
//   const migguard::Guard guard;
//   guard.throw_if_monetary(R"({"items": [{"price": 12.5}]})");  // MonetaryInMetadata
//
// C++17. Only inline code over the C interface of <migguard/guard.h>, so that any compiler's C++
// links with the installed library.
#pragma once

#include <migguard/guard.h>

#include <cstdint>
#include <exception>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace migguard {

// A key that holds money. `level` is an mg_level, `kind` an mg_class.
struct Violation {
  std::string path;  // `metadata.items[0].price`
  std::string key;
  std::string evidence;
  std::string suggestion;
  int level = MG_LEVEL_NONE;
  int kind = MG_CLASS_NONE;
  std::uint64_t offset = 0;  // of the key in the text
};

// Thrown for a document that holds money.
class MonetaryInMetadata : public std::runtime_error {
 public:
  MonetaryInMetadata(const std::string& message, std::vector<Violation> violations)
      : std::runtime_error(message), violations_(std::move(violations)) {}

  static constexpr const char* code() { return "JSONB_MONETARY_FORBIDDEN"; }
  static constexpr int status() { return 400; }  // for whoever answers over HTTP
  const std::vector<Violation>& details() const { return violations_; }

 private:
  std::vector<Violation> violations_;
};

// Thrown for a document that is no JSON, or over a limit.
class UnreadableJson : public std::runtime_error {
 public:
  UnreadableJson(const std::string& message, bool limit)
      : std::runtime_error(message), limit_(limit) {}
  bool over_limit() const { return limit_; }

 private:
  bool limit_;
};

// Any number of threads may use one guard.
class Guard {
 public:
  // `settings`: the `jsonb` object of a configuration, as for mg_guard_new; empty for the defaults.
  // Throws std::invalid_argument where it cannot be read.
  explicit Guard(std::string_view settings = {}) {
    char error[512] = "";
    guard_.reset(mg_guard_new(settings.empty() ? nullptr : settings.data(), settings.size(), error,
                              sizeof error));
    if (!guard_) throw std::invalid_argument(error);
  }

  // Every key that holds money. `base` is the column the document is meant for. Throws
  // UnreadableJson.
  std::vector<Violation> scan(std::string_view json, const std::string& base = "metadata") const {
    Scan found;
    const int result =
        mg_guard_scan(guard_.get(), json.data(), json.size(), base.c_str(), &add, &found);
    if (found.error) std::rethrow_exception(found.error);
    if (result < 0) throw_unreadable(json, base, result);
    return std::move(found.violations);
  }

  // Throws MonetaryInMetadata with every violation where there is one, UnreadableJson where the
  // document cannot be read.
  void throw_if_monetary(std::string_view json, const std::string& base = "metadata") const {
    std::vector<Violation> violations = scan(json, base);
    if (violations.empty()) return;
    std::string message = MonetaryInMetadata::code();
    message += ": money belongs in typed columns, not in JSON; found at ";
    for (const Violation& each : violations) {
      if (&each != &violations.front()) message += ", ";
      message += each.path;
    }
    throw MonetaryInMetadata(message, std::move(violations));
  }

 private:
  struct Free {
    void operator()(mg_guard* guard) const { mg_guard_free(guard); }
  };
  struct Scan {
    std::vector<Violation> violations;
    std::exception_ptr error;
  };

  // No exception may cross C.
  static int add(void* context, const mg_violation* found) {
    Scan& scan = *static_cast<Scan*>(context);
    try {
      scan.violations.push_back({found->path, found->key, found->evidence, found->suggestion,
                                 found->level, found->kind, found->offset});
      return 0;
    } catch (...) {
      scan.error = std::current_exception();
      return 1;
    }
  }

  [[noreturn]] void throw_unreadable(std::string_view json, const std::string& base,
                                     int result) const {
    if (result == MG_FAILED) throw std::bad_alloc();
    char message[256] = "";
    mg_throw_if_monetary(guard_.get(), json.data(), json.size(), base.c_str(), message,
                         sizeof message);
    throw UnreadableJson(message, result == MG_LIMIT);
  }

  std::unique_ptr<mg_guard, Free> guard_;
};

}  // namespace migguard
