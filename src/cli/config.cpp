// Reads migguard.json. Each object of the file has a table of its keys below; everything else about
// strictness (kinds, duplicates, unknown keys) is one function.
#include <cli/config.hpp>
#include <cli/config_patterns.hpp>
#include <jsonb/settings.hpp>
#include <lint/rule_options.hpp>
#include <lint/rule_set.hpp>
#include <migguard/rule.hpp>
#include <migguard/source.hpp>
#include <util/json.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <array>
#include <set>

namespace migguard::cli {
namespace {

class Reader {
 public:
  Reader(std::string path, std::string text) : source_(std::move(path), std::move(text)) {}

  Result<Config> read();
  static std::vector<std::string> all_keys();

 private:
  template <class Target>
  struct Key {
    std::string_view name;
    bool (Reader::*read)(const json::Value& value, Target& target);
  };

  // Each reader answers whether it succeeded; the first mistake is kept and ends the reading.
  bool wrong(Span span, std::string message);
  bool is_object(const json::Value& value, std::string_view what);
  bool is_array(const json::Value& value, std::string_view what);
  // Every member of an object with the reader of its key.
  template <class Target, std::size_t size>
  bool members(const json::Value& value, std::string_view what,
               const std::array<Key<Target>, size>& keys, Target& target);
  // Every item of a list of objects.
  template <class Target, std::size_t size>
  bool objects(const json::Value& value, std::string_view what,
               const std::array<Key<Target>, size>& keys, std::vector<Target>& targets,
               bool (Reader::*check)(const json::Value&, const Target&));
  bool string(const json::Value& value, std::string_view what, std::string& out);
  bool strings(const json::Value& value, std::string_view what, std::vector<std::string>& out);
  template <std::size_t size>
  bool one_of(const json::Value& value, std::string_view what,
              const std::array<std::string_view, size>& choices, std::string& out);
  bool version(const json::Value& value, std::optional<int>& out);
  bool tool(const json::Value& value, std::optional<Tool>& out);
  bool rule_name(std::string_view name, Span span, std::string& current);
  bool rule_setting(const json::Value& value, std::string_view rule, lint::RuleSetting& out);
  template <class Target>
  bool rule_settings(const json::Value& value, Target& out);

  // The keys of the configuration.
  bool ignored_schema(const json::Value& value, Config&) {
    std::string unused;
    return string(value, "$schema", unused);
  }
  bool migrations(const json::Value& value, Config& config);
  bool config_version(const json::Value& value, Config& config) {
    return version(value, config.pg_version);
  }
  bool fail_on(const json::Value& value, Config& config);
  bool preset(const json::Value& value, Config& config);
  bool rules(const json::Value& value, Config& config) { return rule_settings(value, config); }
  bool small_tables(const json::Value& value, Config& config) {
    return strings(value, "smallTables", config.small_tables);
  }
  bool stats(const json::Value& value, Config& config) {
    return string(value, "stats", config.stats);
  }
  bool ignore(const json::Value& value, Config& config) {
    return strings(value, "ignore", config.ignore);
  }
  bool accept(const json::Value& value, Config& config);
  bool applied_through(const json::Value& value, Config& config) {
    if (value.is_array()) return strings(value, "appliedThrough", config.applied_through);
    return string(value, "appliedThrough", config.applied_through.emplace_back());
  }
  bool baseline(const json::Value& value, Config& config) {
    return string(value, "baseline", config.baseline);
  }
  bool overrides(const json::Value& value, Config& config);
  bool jsonb(const json::Value& value, Config& config);
  // Read before all others, which may speak of these rules: see `read`.
  bool pattern_rules(const json::Value&, Config&) { return true; }

  // Of an item of `migrations`.
  using Folder = project::LoadSettings::Folder;
  bool folder_path(const json::Value& value, Folder& out) {
    return string(value, "folder", out.folder);
  }
  bool folder_tool(const json::Value& value, Folder& out) { return tool(value, out.tool); }
  bool folder_dialect(const json::Value& value, Folder& out);
  bool check_folder(const json::Value& value, const Folder& folder);

  // Of an item of `accept`.
  bool accept_rule(const json::Value& value, lint::Accepted& out);
  bool accept_path(const json::Value& value, lint::Accepted& out) {
    return string(value, "path", out.path);
  }
  bool accept_subject(const json::Value& value, lint::Accepted& out) {
    return string(value, "subject", out.subject);
  }
  bool accept_reason(const json::Value& value, lint::Accepted& out) {
    return string(value, "reason", out.reason);
  }
  bool check_accepted(const json::Value& value, const lint::Accepted& accepted);

  // Of an item of `overrides`.
  bool override_paths(const json::Value& value, lint::Override& out) {
    return strings(value, "paths", out.paths);
  }
  bool override_rules(const json::Value& value, lint::Override& out) {
    return rule_settings(value, out);
  }
  bool override_tool(const json::Value& value, lint::Override& out) {
    return tool(value, out.tool);
  }
  bool override_version(const json::Value& value, lint::Override& out) {
    return version(value, out.pg_version);
  }
  bool check_override(const json::Value& value, const lint::Override& override_);

  static constexpr std::array<Key<Folder>, 3> folder_keys{{{"folder", &Reader::folder_path},
                                                           {"tool", &Reader::folder_tool},
                                                           {"dialect", &Reader::folder_dialect}}};
  static constexpr std::array<Key<lint::Accepted>, 4> accept_keys{
      {{"rule", &Reader::accept_rule},
       {"path", &Reader::accept_path},
       {"subject", &Reader::accept_subject},
       {"reason", &Reader::accept_reason}}};
  static constexpr std::array<Key<lint::Override>, 4> override_keys{
      {{"paths", &Reader::override_paths},
       {"rules", &Reader::override_rules},
       {"pgVersion", &Reader::override_version},
       {"tool", &Reader::override_tool}}};
  static constexpr std::array<Key<Config>, 15> top_keys{
      {{"$schema", &Reader::ignored_schema},
       {"migrations", &Reader::migrations},
       {"pgVersion", &Reader::config_version},
       {"failOn", &Reader::fail_on},
       {"preset", &Reader::preset},
       {"rules", &Reader::rules},
       {"ignore", &Reader::ignore},
       {"accept", &Reader::accept},
       {"appliedThrough", &Reader::applied_through},
       {"baseline", &Reader::baseline},
       {"smallTables", &Reader::small_tables},
       {"stats", &Reader::stats},
       {"overrides", &Reader::overrides},
       {"jsonb", &Reader::jsonb},
       {"patternRules", &Reader::pattern_rules}}};

  SourceFile source_;
  std::vector<lint::PatternRule> pattern_rules_;
  std::optional<Error> error_;
  std::vector<std::string> notices_;
};

bool Reader::wrong(Span span, std::string message) {
  const Position at = source_.position(span.begin);
  if (!error_) error_ = Error{std::move(message), source_.path, at.line, at.column};
  return false;
}

bool Reader::is_object(const json::Value& value, std::string_view what) {
  return value.is_object() || wrong(value.span, cat("`", what, "` must be an object"));
}

bool Reader::is_array(const json::Value& value, std::string_view what) {
  return value.is_array() || wrong(value.span, cat("`", what, "` must be a list"));
}

template <class Target, std::size_t size>
bool Reader::members(const json::Value& value, std::string_view what,
                     const std::array<Key<Target>, size>& keys, Target& target) {
  if (!is_object(value, what)) return false;
  std::set<std::string_view> seen;
  for (const json::Member& member : value.members) {
    if (!seen.insert(member.key).second) {
      return wrong(member.key_span, cat("the key `", member.key, "` stands here twice"));
    }
    const auto key = std::find_if(keys.begin(), keys.end(),
                                  [&](const auto& each) { return each.name == member.key; });
    if (key == keys.end()) {
      std::array<std::string_view, size> names;
      std::transform(keys.begin(), keys.end(), names.begin(),
                     [](const auto& each) { return each.name; });
      return wrong(member.key_span,
                   cat("unknown key `", member.key, "`", suggestion(member.key, names)));
    }
    if (!(this->*key->read)(member.value, target)) return false;
  }
  return true;
}

template <class Target, std::size_t size>
bool Reader::objects(const json::Value& value, std::string_view what,
                     const std::array<Key<Target>, size>& keys, std::vector<Target>& targets,
                     bool (Reader::*check)(const json::Value&, const Target&)) {
  if (!is_array(value, what)) return false;
  for (const json::Value& item : value.items) {
    Target target;
    if (!members(item, what, keys, target) || !(this->*check)(item, target)) return false;
    targets.push_back(std::move(target));
  }
  return true;
}

bool Reader::string(const json::Value& value, std::string_view what, std::string& out) {
  if (!value.is_string()) return wrong(value.span, cat("`", what, "` must be a string"));
  if (value.text.empty()) return wrong(value.span, cat("`", what, "` is empty"));
  out = value.text;
  return true;
}

bool Reader::strings(const json::Value& value, std::string_view what,
                     std::vector<std::string>& out) {
  if (!is_array(value, what)) return false;
  for (const json::Value& item : value.items) {
    if (!string(item, what, out.emplace_back())) return false;
  }
  return true;
}

template <std::size_t size>
bool Reader::one_of(const json::Value& value, std::string_view what,
                    const std::array<std::string_view, size>& choices, std::string& out) {
  if (!string(value, what, out)) return false;
  if (std::find(choices.begin(), choices.end(), out) != choices.end()) return true;
  return wrong(value.span, cat("`", what, "` does not know `", out, "`", suggestion(out, choices)));
}

bool Reader::version(const json::Value& value, std::optional<int>& out) {
  const auto asked = value.integer();
  if (!asked) return wrong(value.span, "`pgVersion` must be a major version such as 15");
  const auto known = pg_version(*asked);
  if (!known)
    return wrong(value.span,
                 cat("PostgreSQL ", *asked, " is too old: `pgVersion` takes 12 and newer"));
  out = known->version;
  if (!known->notice.empty()) notices_.push_back(known->notice);
  return true;
}

bool Reader::tool(const json::Value& value, std::optional<Tool>& out) {
  std::string name;
  if (!string(value, "tool", name)) return false;
  out = linted_tool_named(name);
  return out ||
         wrong(value.span, cat("there is no tool `", name, "`", suggestion(name, tool_names())));
}

bool Reader::rule_name(std::string_view name, Span span, std::string& current) {
  if (const auto index = lint::find_rule(name)) {
    current = std::string(all_rules()[*index].name);
    return true;
  }
  std::vector<std::string_view> names;
  for (const RegisteredRule& each : all_rules()) names.push_back(each.name);
  for (const lint::PatternRule& each : pattern_rules_) {
    names.push_back(each.name);
    if (each.name == name) {
      current = each.name;
      return true;
    }
  }
  if (lint::is_own_name(name)) {
    current = name;
    return true;
  }
  const auto meant = closest(name, names);
  return wrong(
      span, cat("there is no rule `", name, "`",
                meant ? cat("; did you mean `", *meant, "`?") : "; `migguard rules` lists them"));
}

bool Reader::rule_setting(const json::Value& value, std::string_view rule, lint::RuleSetting& out) {
  const json::Value* severity = &value;
  if (value.is_array()) {
    if (value.items.empty() || value.items.size() > 2) {
      return wrong(value.span, "a rule is set as \"severity\" or [\"severity\", {options}]");
    }
    severity = &value.items.front();
    if (value.items.size() == 2) {
      const json::Value& options = value.items.back();
      if (!is_object(options, "options")) return false;
      const auto mistake = lint::read_options(rule, options, out.options);
      if (mistake) return wrong(mistake->span, mistake->message);
    }
  }
  constexpr std::array<std::string_view, 4> names{"off", "note", "warning", "error"};
  if (!severity->is_string()) {
    return wrong(severity->span, "a rule is set to \"off\", \"note\", \"warning\" or \"error\"");
  }
  const auto name = std::find(names.begin(), names.end(), severity->text);
  if (name == names.end()) {
    return wrong(severity->span, cat("there is no severity `", severity->text, "`",
                                     suggestion(severity->text, names)));
  }
  constexpr std::array severities{Severity::note, Severity::warning, Severity::error};
  out.off = name == names.begin();
  if (!out.off) out.severity = severities[static_cast<std::size_t>(name - names.begin()) - 1];
  return true;
}

// Rules by name, and whole families.
template <class Target>
bool Reader::rule_settings(const json::Value& value, Target& out) {
  if (!is_object(value, "rules")) return false;
  std::set<std::string> seen;
  for (const json::Member& member : value.members) {
    const auto rules = all_rules();
    const bool family = member.key == lint::own_family ||
                        std::any_of(rules.begin(), rules.end(), [&](const RegisteredRule& each) {
                          return each.family == member.key;
                        });
    std::string name = member.key;
    if (!family && !rule_name(member.key, member.key_span, name)) return false;
    // Also where one of the two is the rule's former name.
    if (!seen.insert(name).second)
      return wrong(member.key_span,
                   cat("the ", family ? "family" : "rule", " `", name, "` is set twice"));
    if (family && member.value.is_array())
      return wrong(member.value.span,
                   cat("a family has no options: `", name, "` takes a severity"));
    if (!rule_setting(member.value, name, family ? out.families[name] : out.rules[name]))
      return false;
  }
  return true;
}

bool Reader::migrations(const json::Value& value, Config& config) {
  return objects(value, "migrations", folder_keys, config.migrations, &Reader::check_folder);
}

bool Reader::folder_dialect(const json::Value& value, Folder& out) {
  constexpr std::array<std::string_view, 4> names{"postgresql", "sqlite", "mysql", "other"};
  constexpr std::array dialects{Dialect::postgresql, Dialect::sqlite, Dialect::mysql,
                                Dialect::other};
  std::string name;
  if (!one_of(value, "dialect", names, name)) return false;
  out.dialect = dialects[static_cast<std::size_t>(std::find(names.begin(), names.end(), name) -
                                                  names.begin())];
  return true;
}

bool Reader::check_folder(const json::Value& value, const Folder& folder) {
  return !folder.folder.empty() || wrong(value.span, "an item of `migrations` needs a `folder`");
}

bool Reader::fail_on(const json::Value& value, Config& config) {
  constexpr std::array<std::string_view, 4> names{"error", "warning", "note", "never"};
  std::string name;
  if (!one_of(value, "failOn", names, name)) return false;
  config.fail_on = fail_on_named(name);
  return true;
}

bool Reader::preset(const json::Value& value, Config& config) {
  std::string name;
  if (!one_of(value, "preset", std::array<std::string_view, 2>{"recommended", "all"}, name))
    return false;
  config.preset_all = name == "all";
  return true;
}

bool Reader::accept(const json::Value& value, Config& config) {
  return objects(value, "accept", accept_keys, config.accept, &Reader::check_accepted);
}

bool Reader::accept_rule(const json::Value& value, lint::Accepted& out) {
  std::string name;
  return string(value, "rule", name) && rule_name(name, value.span, out.rule);
}

bool Reader::check_accepted(const json::Value& value, const lint::Accepted& accepted) {
  if (accepted.rule.empty()) return wrong(value.span, "an item of `accept` needs a `rule`");
  return !accepted.path.empty() || wrong(value.span, "an item of `accept` needs a `path`");
}

bool Reader::overrides(const json::Value& value, Config& config) {
  return objects(value, "overrides", override_keys, config.overrides, &Reader::check_override);
}

bool Reader::check_override(const json::Value& value, const lint::Override& override_) {
  return !override_.paths.empty() || wrong(value.span, "an item of `overrides` needs `paths`");
}

bool Reader::jsonb(const json::Value& value, Config& config) {
  const auto mistake = jsonb::read_settings(value, config.jsonb);
  return !mistake || wrong(mistake->span, mistake->message);
}

std::vector<std::string> Reader::all_keys() {
  std::vector<std::string> names;
  const auto add = [&](std::string_view prefix, const auto& table) {
    for (const auto& each : table) names.push_back(cat(prefix, each.name));
  };
  add("", top_keys);
  add("migrations[].", folder_keys);
  add("accept[].", accept_keys);
  add("overrides[].", override_keys);
  for (const std::string_view each : pattern_rule_keys)
    names.push_back(cat("patternRules[].", each));
  for (const std::string_view each : jsonb::setting_names) names.push_back(cat("jsonb.", each));
  return names;
}

Result<Config> Reader::read() {
  const auto parsed = json::parse(source_.text, {.comments = true, .trailing_commas = true});
  if (const auto* failure = std::get_if<json::Failure>(&parsed)) {
    const auto offset = static_cast<std::uint32_t>(failure->offset);
    wrong({offset, offset}, failure->message);
    return *error_;
  }
  Config config;
  config.path = source_.path;
  const json::Value& root = std::get<json::Value>(parsed);
  if (!root.is_object()) {
    wrong(root.span, "the configuration must be an object");
  } else {
    if (const json::Value* patterns = root.get("patternRules")) {
      if (auto mistake = read_pattern_rules(*patterns, pattern_rules_))
        wrong(mistake->span, std::move(mistake->message));
    }
    if (!error_) members(root, "configuration", top_keys, config);
  }
  if (error_) return *error_;
  config.pattern_rules = std::move(pattern_rules_);
  config.notices = std::move(notices_);
  return config;
}

}  // namespace

std::vector<std::string> config_keys() { return Reader::all_keys(); }

Result<Config> read_config(std::string path, std::string text) {
  return Reader(std::move(path), std::move(text)).read();
}

}  // namespace migguard::cli
