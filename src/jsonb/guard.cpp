// The C interface of the guard. Nothing that C++ throws leaves a function of it.
#include <migguard/guard.h>

#include <jsonb/settings.hpp>
#include <jsonb/walk.hpp>
#include <migguard/version.hpp>
#include <util/json.hpp>

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

struct mg_guard {
  migguard::JsonbSettings settings;
  migguard::json::ReaderLimits limits;

  // A walker remembers what it decided, and is for one thread: each scan borrows one.
  mutable std::mutex mutex;
  mutable std::multimap<std::string, std::unique_ptr<migguard::jsonb::Walker>, std::less<>> idle;
};

namespace migguard {
namespace {

constexpr std::string_view code = "JSONB_MONETARY_FORBIDDEN";
constexpr std::size_t most_idle = 8;

using jsonb::Walker;

void put(std::string_view text, char* to, std::size_t size) {
  if (!to || size == 0) return;
  std::size_t length = std::min(text.size(), size - 1);
  // Never half a character.
  while (length > 0 && length < text.size() && is_continuation_byte(text[length])) --length;
  std::memcpy(to, text.data(), length);
  to[length] = '\0';
}

class Borrowed {
 public:
  Borrowed(const mg_guard& guard, std::string_view base) : guard_(guard), base_(base) {
    {
      const std::scoped_lock lock(guard_.mutex);
      const auto idle = guard_.idle.find(base);
      if (idle != guard_.idle.end()) {
        walker_ = std::move(idle->second);
        guard_.idle.erase(idle);
        return;
      }
    }
    jsonb::WalkSettings settings{.column = base_, .jsonb = &guard_.settings};
    settings.least = jsonb::level_named(guard_.settings.min_confidence);
    settings.limits = guard_.limits;
    walker_ = std::make_unique<Walker>(std::move(settings));
  }
  ~Borrowed() {
    try {
      const std::scoped_lock lock(guard_.mutex);
      if (guard_.idle.size() < most_idle) guard_.idle.emplace(base_, std::move(walker_));
    } catch (...) {  // a walker less is no loss
    }
  }
  Borrowed(const Borrowed&) = delete;
  Borrowed& operator=(const Borrowed&) = delete;
  Walker& operator*() { return *walker_; }

 private:
  const mg_guard& guard_;
  std::string base_;
  std::unique_ptr<Walker> walker_;
};

bool blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

std::string full_path(std::string_view base, std::string_view path) {
  std::string out(base);
  if (!path.starts_with("[")) out += '.';
  return out += path;
}

// The result, and why the document cannot be read.
int scan(const mg_guard& guard, std::string_view json, std::string_view base,
         mg_on_violation callback, void* context, std::optional<json::Broken>& broken) {
  if (blank(json)) return MG_CLEAN;
  Borrowed walker(guard, base);
  bool found = false;
  bool ended = false;
  broken = (*walker).document(json, [&](const jsonb::Hit& hit) {
    found = true;
    if (!callback || ended) return;
    const std::string path = full_path(base, hit.path);
    const std::string key(hit.key);
    std::string evidence;
    for (const std::string& each : hit.verdict.evidence) {
      if (!evidence.empty()) evidence += ", ";
      evidence += each;
    }
    const mg_violation violation{path.c_str(),
                                 key.c_str(),
                                 evidence.c_str(),
                                 hit.verdict.suggestion.c_str(),
                                 static_cast<int>(hit.verdict.level),
                                 static_cast<int>(hit.verdict.kind),
                                 hit.place.offset};
    ended = callback(context, &violation) != 0;
  });
  if (broken) return broken->limit ? MG_LIMIT : MG_BAD_JSON;
  return found ? MG_FOUND : MG_CLEAN;
}

// Settings of the library besides those of a configuration; takes them out of the object.
std::string read_limits(json::Value& object, json::ReaderLimits& limits) {
  for (const std::string_view name : {"maxDepth", "maxBytes"}) {
    const auto member = std::find_if(object.members.begin(), object.members.end(),
                                     [&](const json::Member& each) { return each.key == name; });
    if (member == object.members.end()) continue;
    const auto number = member->value.integer();
    constexpr std::int64_t deepest = 1'000'000;
    if (!number || *number < 1 || (name == "maxDepth" && *number > deepest))
      return "`" + std::string(name) + "` must be a positive number";
    if (name == "maxDepth")
      limits.depth = static_cast<unsigned>(*number);
    else
      limits.bytes = static_cast<std::uint64_t>(*number);
    object.members.erase(member);
  }
  return {};
}

std::unique_ptr<mg_guard> make(std::string_view settings, std::string& error) {
  auto guard = std::make_unique<mg_guard>();
  guard->limits.depth = 200;
  guard->limits.bytes = std::uint64_t{16} << 20;
  if (blank(settings)) return guard;
  auto parsed = json::parse(settings);
  if (const auto* failure = std::get_if<json::Failure>(&parsed)) {
    error = "the settings are no JSON: " + failure->message + " at byte " +
            std::to_string(failure->offset);
    return nullptr;
  }
  auto& object = std::get<json::Value>(parsed);
  error = read_limits(object, guard->limits);
  if (!error.empty()) return nullptr;
  if (const auto mistake = jsonb::read_settings(object, guard->settings)) {
    error = mistake->message;
    return nullptr;
  }
  return guard;
}

std::string_view base_or_default(const char* base) { return base && *base ? base : "metadata"; }

}  // namespace
}  // namespace migguard

using namespace migguard;

mg_guard* mg_guard_new(const char* settings, size_t size, char* error, size_t error_size) {
  put("", error, error_size);
  try {
    std::string why;
    auto guard = make(settings ? std::string_view(settings, size) : std::string_view(), why);
    put(why, error, error_size);
    return guard.release();
  } catch (...) {
    put("out of memory", error, error_size);
    return nullptr;
  }
}

void mg_guard_free(mg_guard* guard) { delete guard; }

int mg_guard_scan(const mg_guard* guard, const char* json, size_t size, const char* base,
                  mg_on_violation callback, void* context) {
  if (!guard || (!json && size != 0)) return MG_FAILED;
  try {
    std::optional<json::Broken> broken;
    return scan(*guard, {json, size}, base_or_default(base), callback, context, broken);
  } catch (...) {
    return MG_FAILED;
  }
}

int mg_throw_if_monetary(const mg_guard* guard, const char* json, size_t size, const char* base,
                         char* message, size_t message_size) {
  put("", message, message_size);
  if (!guard || (!json && size != 0)) return MG_FAILED;
  try {
    std::string paths;
    std::optional<json::Broken> broken;
    const auto add = [](void* context, const mg_violation* violation) {
      std::string& all = *static_cast<std::string*>(context);
      if (!all.empty()) all += ", ";
      all += violation->path;
      constexpr std::size_t longest = 8192;
      return static_cast<int>(all.size() > longest);
    };
    const int result = scan(*guard, {json, size}, base_or_default(base), add, &paths, broken);
    if (result == MG_FOUND) {
      std::string text(code);
      text.append(": money belongs in typed columns, not in JSON; found at ").append(paths);
      put(text, message, message_size);
    } else if (broken) {
      put("no JSON: " + broken->message + " at line " + std::to_string(broken->place.line) +
              ", column " + std::to_string(broken->place.column),
          message, message_size);
    }
    return result;
  } catch (...) {
    return MG_FAILED;
  }
}

const char* mg_version(void) { return version.data(); }
