// Indexes each module's top level once, and follows names through imports.
#include <algorithm>
#include <array>
#include <project/modules.hpp>
#include <util/text.hpp>

namespace migguard::project {
namespace {

using typescript::Node;

constexpr std::array<std::string_view, 6> endings = {".ts", ".mts", ".cts", ".js", ".mjs", ".cjs"};
constexpr std::size_t most_modules = 500;
constexpr unsigned most_hops = 8;

void add_declarations(Module& module, const Node& declaration, bool exported) {
  for (const Node& each : declaration.children()) {
    if (!each.is("variable_declarator")) continue;
    const Node name = each.field("name");
    if (!name.is("identifier")) continue;
    module.constants.emplace(name.text(), each.field("value"));
    if (exported) module.exported.emplace(name.text());
  }
}

std::string text_of(const Node& node) { return std::string(node.text()); }

void add_import(Module& module, const Node& statement, const std::string& from) {
  for (const Node& specifier : statement.all("import_specifier")) {
    const Node alias = specifier.field("alias");
    const Node name = specifier.field("name");
    module.imports[text_of(alias ? alias : name)] = {from, text_of(name)};
  }
  const Node clause = statement.child("import_clause");
  if (const Node name = clause.child("identifier")) {
    module.imports[text_of(name)] = {from, "default"};
  }
  if (const Node all = clause.child("namespace_import")) {
    const auto names = all.children();
    if (!names.empty()) module.imports[text_of(names.front())] = {from, "*"};
  }
}

void add_export(Module& module, const Node& statement) {
  const auto from = typescript::string_value(statement.field("source"));
  if (const Node declaration = statement.field("declaration")) {
    if (declaration.is("lexical_declaration") || declaration.is("variable_declaration")) {
      add_declarations(module, declaration, true);
    }
    return;
  }
  if (const Node value = statement.field("value")) {
    module.constants.emplace("default", value);
    module.exported.insert("default");
  }
  const std::vector<Node> specifiers = statement.all("export_specifier");
  for (const Node& specifier : specifiers) {
    const Node alias = specifier.field("alias");
    const Node name = specifier.field("name");
    if (from) {
      module.reexports.push_back({*from, text_of(name)});
      module.imports[text_of(alias ? alias : name)] = {*from, text_of(name)};
    } else {
      module.exported.emplace(name.text());
    }
  }
  if (from && specifiers.empty()) module.reexports.push_back({*from, "*"});
}

// `module.exports = ...` and `exports.default = ...`.
void add_assignment(Module& module, const Node& statement) {
  const Node assignment = statement.child("assignment_expression");
  const std::string_view target = assignment.field("left").text();
  if (target == "module.exports" || target == "exports.default") {
    module.constants.emplace("default", assignment.field("right"));
  }
}

// `import type { Meta }`, `import { type Meta }`.
bool imports_types(std::string_view statement) {
  for (std::size_t at = statement.find("type"); at != statement.npos;
       at = statement.find("type", at + 1)) {
    const auto blank = [](char c) {
      return c == ' ' || c == '\t' || c == '\n' || c == '{' || c == ',' || c == '\r';
    };
    if (at > 0 && blank(statement[at - 1]) && at + 4 < statement.size() && blank(statement[at + 4]))
      return true;
  }
  return false;
}

void index(Module& module) {
  for (const Node& statement : module.tree.root().children()) {
    if (statement.is("lexical_declaration") || statement.is("variable_declaration")) {
      add_declarations(module, statement, false);
    } else if (statement.is("import_statement")) {
      if (const auto from = typescript::string_value(statement.field("source"))) {
        module.mentioned.push_back(*from);
        if (imports_types(statement.text())) module.typed_by.push_back(*from);
        add_import(module, statement, *from);
      }
    } else if (statement.is("export_statement")) {
      if (const auto from = typescript::string_value(statement.field("source"))) {
        module.mentioned.push_back(*from);
      }
      add_export(module, statement);
    } else if (statement.is("expression_statement")) {
      add_assignment(module, statement);
    }
  }
  // `import { users } from './users'; export { users };`
  for (const std::string& name : module.exported) {
    const auto imported = module.imports.find(name);
    if (imported != module.imports.end()) module.reexports.push_back(imported->second);
  }
}

}  // namespace

bool is_module(std::string_view path) {
  return std::any_of(endings.begin(), endings.end(),
                     [&](std::string_view ending) { return path.ends_with(ending); }) &&
         !path.ends_with(".d.ts") && !path.ends_with(".d.mts") && !path.ends_with(".d.cts");
}

const Module* Modules::open(const std::string& path) {
  const auto known = modules_.find(path);
  if (known != modules_.end()) return known->second.get();
  auto& slot = modules_[path];
  if (path.empty() || modules_.size() > most_modules) return nullptr;
  const SourceFile* source = tree_.read(path);
  if (!source) return nullptr;
  auto parsed = typescript::parse(source->text);
  if (!parsed) return nullptr;
  slot = std::make_unique<Module>();
  slot->source = source;
  slot->tree = *std::move(parsed);
  index(*slot);
  return slot.get();
}

std::string Modules::resolve(const std::string& from, std::string_view module) {
  if (module.starts_with('.'))
    return file_at(normalize_path(join_path(parent_path(from), std::string(module))));
  for (const std::string& path : paths_of(aliases_of(parent_path(from)), module)) {
    if (std::string file = file_at(path); !file.empty()) return file;
  }
  return {};
}

// Those of the nearest tsconfig.json at or above a folder, and of what it extends.
const ModuleAliases& Modules::aliases_of(const std::string& folder) {
  const auto known = aliases_.find(folder);
  if (known != aliases_.end()) return known->second;
  ModuleAliases aliases;
  std::string file = join_path(folder, "tsconfig.json");
  if (!tree_.inside(folder)) return aliases_[folder] = std::move(aliases);
  if (!tree_.has_file(file)) {
    const std::string above = parent_path(folder);
    if (above != folder && tree_.inside(above)) aliases = aliases_of(above);
    return aliases_[folder] = std::move(aliases);
  }
  constexpr int most_files = 4;
  for (int files = 0; files < most_files && !file.empty() && tree_.has_file(file); ++files) {
    const SourceFile* source = tree_.read(file);
    if (!source) break;
    aliases = read_module_aliases(source->text, parent_path(file));
    if (!aliases.paths.empty() || !aliases.base.empty()) break;
    file = aliases.extends;
  }
  return aliases_[folder] = std::move(aliases);
}

std::string Modules::file_at(const std::string& path) {
  if (!tree_.inside(path)) return {};
  if (is_module(path) && tree_.has_file(path)) return path;
  std::string stem = path;
  for (const std::string_view ending : {".js", ".mjs", ".cjs"}) {
    if (stem.ends_with(ending)) stem.erase(stem.size() - ending.size());
  }
  for (const std::string& base : {stem, join_path(path, "index")}) {
    for (const std::string_view ending : endings) {
      if (tree_.has_file(cat(base, ending))) return cat(base, ending);
    }
  }
  return {};
}

Meaning Modules::find(const Module& module, std::string_view name) { return find(module, name, 0); }
Meaning Modules::follow(Meaning expression) { return follow(expression, 0); }

Meaning Modules::find(const Module& module, std::string_view name, unsigned hops) {
  const auto here = module.constants.find(name);
  if (here != module.constants.end()) return {&module, typescript::bare(here->second)};
  const auto imported = module.imports.find(name);
  if (imported == module.imports.end() || imported->second.name == "*") return {};
  return find_export(resolve(module.source->path, imported->second.from), imported->second.name,
                     hops + 1);
}

Meaning Modules::find_export(const std::string& path, std::string_view name, unsigned hops) {
  if (hops >= most_hops) return {};
  const Module* module = open(path);
  if (!module) return {};
  if (const Meaning here = find(*module, name, hops); here.value) return here;
  for (const Module::Import& each : module->reexports) {
    if (each.name != "*" && each.name != name) continue;
    const Meaning there = find_export(resolve(path, each.from), name, hops + 1);
    if (there.value) return there;
  }
  return {};
}

Meaning Modules::follow(Meaning expression, unsigned hops) {
  expression.value = typescript::bare(expression.value);
  if (!expression.module || hops >= most_hops) return expression;
  const Node node = expression.value;
  if (node.is("identifier") || node.is("shorthand_property_identifier")) {
    const Meaning found = find(*expression.module, node.text(), hops);
    return found.value ? follow(found, hops + 1) : expression;
  }
  if (node.is("member_expression")) {
    const std::string_view property = node.field("property").text();
    const Node owner = typescript::bare(node.field("object"));
    // `import * as names`
    if (owner.is("identifier")) {
      const auto all = expression.module->imports.find(owner.text());
      if (all != expression.module->imports.end() && all->second.name == "*") {
        const Meaning found = find_export(
            resolve(expression.module->source->path, all->second.from), property, hops + 1);
        return found.value ? follow(found, hops + 1) : expression;
      }
    }
    const Meaning object = follow({expression.module, owner}, hops + 1);
    const Node value = typescript::property(object.value, property);
    return value ? follow({object.module, value}, hops + 1) : expression;
  }
  return expression;
}

std::set<std::string> Modules::exporting(const std::string& path) {
  std::set<std::string> seen;
  std::vector<std::string> pending{path};
  while (!pending.empty()) {
    const std::string next = std::move(pending.back());
    pending.pop_back();
    if (next.empty() || !seen.insert(next).second) continue;
    const Module* module = open(next);
    if (!module) continue;
    for (const Module::Import& each : module->reexports) {
      pending.push_back(resolve(next, each.from));
    }
  }
  return seen;
}

void Modules::read_with_imports(const std::string& path) {
  std::vector<std::string> pending{path};
  while (!pending.empty()) {
    const std::string next = std::move(pending.back());
    pending.pop_back();
    if (next.empty() || !read_.insert(next).second) continue;
    const Module* module = open(next);
    if (!module) continue;
    // An alias leads anywhere in the application: from the module itself only.
    for (const std::string& each : module->mentioned) {
      if (next == path || each.starts_with('.')) pending.push_back(resolve(next, each));
    }
    // But the types of its columns are looked up where they are declared.
    if (next == path || module->source->text.find("$type<") == std::string::npos) continue;
    for (const std::string& each : module->typed_by) {
      if (!each.starts_with('.')) open(resolve(next, each));
    }
  }
}

}  // namespace migguard::project
