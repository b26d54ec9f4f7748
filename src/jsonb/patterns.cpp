// Compiles each pattern once per thread.
#include <jsonb/patterns.hpp>

#include <functional>
#include <map>
#include <memory>

#include <re2/re2.h>

namespace migguard::jsonb {
namespace {

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

std::unique_ptr<RE2> compile(std::string_view entry) {
  RE2::Options options;
  options.set_log_errors(false);
  return std::make_unique<RE2>(piece(entry.substr(1, entry.size() - 2)), options);
}

}  // namespace

bool is_pattern(std::string_view entry) {
  return entry.size() > 2 && entry.front() == '/' && entry.back() == '/';
}

std::optional<std::string> pattern_error(std::string_view entry) {
  const auto pattern = compile(entry);
  if (pattern->ok()) return std::nullopt;
  return pattern->error();
}

bool pattern_found(std::string_view entry, std::string_view text) {
  thread_local std::map<std::string, std::unique_ptr<RE2>, std::less<>> compiled;
  auto found = compiled.find(entry);
  if (found == compiled.end()) found = compiled.emplace(entry, compile(entry)).first;
  return found->second->ok() && RE2::PartialMatch(piece(text), *found->second);
}

}  // namespace migguard::jsonb
