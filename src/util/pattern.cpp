// Regular expressions of the configuration, each compiled once per thread.
#include <migguard/text.hpp>

#include <re2/re2.h>

#include <map>
#include <memory>
#include <string>

namespace migguard {

bool matches(std::string_view text, std::string_view pattern) {
  thread_local std::map<std::string, std::unique_ptr<RE2>, std::less<>> compiled;
  auto found = compiled.find(pattern);
  if (found == compiled.end()) {
    found = compiled
                .emplace(std::string(pattern),
                         std::make_unique<RE2>(std::string(pattern), RE2::Quiet))
                .first;
  }
  return found->second->ok() &&
         RE2::FullMatch(re2::StringPiece(text.data(), text.size()), *found->second);
}

}  // namespace migguard
