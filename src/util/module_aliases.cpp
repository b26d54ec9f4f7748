// What a tsconfig.json makes of module names.
#include <util/module_aliases.hpp>

#include <algorithm>
#include <util/file_system.hpp>
#include <util/json.hpp>
#include <variant>

namespace migguard {
namespace {

std::string below(std::string_view folder, const std::string& path) {
  return normalize_path(join_path(folder, path));
}

}  // namespace

ModuleAliases read_module_aliases(std::string_view text, std::string_view folder) {
  ModuleAliases out;
  const auto parsed = json::parse(text, {.comments = true, .trailing_commas = true});
  const auto* document = std::get_if<json::Value>(&parsed);
  if (!document || !document->is_object()) return out;
  if (const json::Value* extends = document->get("extends"); extends && extends->is_string()) {
    if (extends->text.starts_with('.')) {
      out.extends = below(folder, extends->text);
      if (!out.extends.ends_with(".json")) out.extends += ".json";
    }
  }
  const json::Value* options = document->get("compilerOptions");
  if (!options || !options->is_object()) return out;
  if (const json::Value* base = options->get("baseUrl"); base && base->is_string())
    out.base = below(folder, base->text);
  const std::string_view from = out.base.empty() ? folder : std::string_view(out.base);
  const json::Value* paths = options->get("paths");
  if (!paths || !paths->is_object()) return out;
  for (const json::Member& member : paths->members) {
    auto& [pattern, targets] = out.paths.emplace_back(member.key, std::vector<std::string>());
    for (const json::Value& target : member.value.items) {
      if (target.is_string()) targets.push_back(below(from, target.text));
    }
  }
  return out;
}

std::vector<std::string> paths_of(const ModuleAliases& aliases, std::string_view module) {
  std::vector<std::string> out;
  // The pattern with the longest text before its star.
  const std::pair<std::string, std::vector<std::string>>* best = nullptr;
  std::size_t longest = 0;
  for (const auto& each : aliases.paths) {
    const std::string_view pattern = each.first;
    const std::size_t star = pattern.find('*');
    if (star == std::string_view::npos) {
      if (pattern != module) continue;
      best = &each;
      break;
    }
    const bool fits = module.size() + 1 >= pattern.size() &&
                      module.starts_with(pattern.substr(0, star)) &&
                      module.ends_with(pattern.substr(star + 1));
    if (!fits || (best && star < longest)) continue;
    best = &each;
    longest = star;
  }
  if (best) {
    const std::size_t star = best->first.find('*');
    const std::string_view held = star == std::string::npos
                                      ? std::string_view()
                                      : module.substr(star, module.size() + 1 - best->first.size());
    for (const std::string& target : best->second) {
      std::string path = target;
      if (const std::size_t at = path.find('*'); at != std::string::npos) path.replace(at, 1, held);
      out.push_back(normalize_path(path));
    }
  }
  if (!aliases.base.empty()) out.push_back(below(aliases.base, std::string(module)));
  return out;
}

}  // namespace migguard
