#include <jsonb/type_sources.hpp>

#include <util/file_system.hpp>
#include <util/text.hpp>

namespace migguard::jsonb {

const Module* TypeSources::open(const SourceFile& source) {
  auto& module = modules_[source.path];
  if (!module) {
    module = std::make_unique<Module>();
    module->source = &source;
    module->tree = typescript::parse(source.text);
  }
  return module.get();
}

const SourceFile* TypeSources::file_of(const std::string& path) const {
  for (const SourceFile& each : project_.files) {
    if (each.path == path) return &each;
  }
  return nullptr;
}

const Module* TypeSources::imported(const Module& from, std::string_view module) {
  const std::string folder = parent_path(from.source->path);
  if (module.starts_with('.'))
    return module_at(normalize_path(join_path(folder, std::string(module))));
  for (const std::string& path : paths_of(aliases_of(folder), module)) {
    if (const Module* found = module_at(path)) return found;
  }
  return nullptr;
}

const Module* TypeSources::module_at(std::string path) {
  const SourceFile* file = file_of(path);
  for (const std::string_view ending : {".js", ".mjs"}) {
    if (path.ends_with(ending)) path.erase(path.size() - ending.size());
  }
  for (const std::string_view ending : {".ts", ".mts", "/index.ts", ".js", ".mjs", ".d.ts"}) {
    if (!file) file = file_of(cat(path, ending));
  }
  return file ? open(*file) : nullptr;
}

// Of the nearest tsconfig.json that was read, and what it extends.
const ModuleAliases& TypeSources::aliases_of(const std::string& folder) {
  const auto known = aliases_.find(folder);
  if (known != aliases_.end()) return known->second;
  ModuleAliases aliases;
  const SourceFile* file = file_of(join_path(folder, "tsconfig.json"));
  const std::string above = parent_path(folder);
  if (!file && above != folder) aliases = aliases_of(above);
  constexpr int most_files = 4;
  for (int files = 0; file && files < most_files; ++files) {
    aliases = read_module_aliases(file->text, parent_path(file->path));
    if (!aliases.paths.empty() || !aliases.base.empty()) break;
    file = aliases.extends.empty() ? nullptr : file_of(aliases.extends);
  }
  return aliases_[folder] = std::move(aliases);
}

Found TypeSources::find(const Module& module, std::string_view name, unsigned hops) {
  constexpr unsigned most_hops = 8;
  if (!module.tree || hops == most_hops) return {};
  const Node root = module.tree->root();
  for (const std::string_view kind : {"type_alias_declaration", "interface_declaration",
                                      "variable_declarator", "enum_declaration"}) {
    for (const Node& each : root.all(kind)) {
      if (each.field("name").text() == name) return {&module, each};
    }
  }
  for (const Node& specifier : root.all("import_specifier")) {
    const Node alias = specifier.field("alias");
    if ((alias ? alias : specifier.field("name")).text() != name) continue;
    const Module* other = imported_by(module, specifier);
    return other ? find(*other, specifier.field("name").text(), hops + 1) : Found{};
  }
  for (const Node& clause : root.all("import_clause")) {
    const Node own = clause.child("identifier");  // import Meta from './meta'
    if (!own || own.text() != name) continue;
    const Module* other = imported_by(module, clause);
    return other ? find_default(*other, hops + 1) : Found{};
  }
  for (const Node& statement : root.all("export_statement")) {
    const auto source = typescript::string_value(statement.field("source"));
    const Module* other = source ? imported(module, *source) : &module;
    if (!other) continue;
    std::string_view there = source ? name : std::string_view();
    for (const Node& specifier : statement.all("export_specifier")) {
      const Node alias = specifier.field("alias");
      if (alias && alias.text() == name) there = specifier.field("name").text();
    }
    if (there.empty() || (other == &module && there == name)) continue;
    if (const Found found = find(*other, there, hops + 1); found.node) return found;
  }
  return {};
}

const Module* TypeSources::imported_by(const Module& module, Node node) {
  while (node && !node.is("import_statement")) node = node.parent();
  const auto source = typescript::string_value(node.field("source"));
  return source ? imported(module, *source) : nullptr;
}

// `export default Meta`, `export default interface Meta {}`
Found TypeSources::find_default(const Module& module, unsigned hops) {
  if (!module.tree) return {};
  for (const Node& statement : module.tree->root().all("export_statement")) {
    if (statement.text().find("default") == std::string_view::npos) continue;
    const Node value = statement.field("value");
    if (value.is("identifier")) return find(module, value.text(), hops);
    if (const Node declaration = statement.field("declaration"))
      return find(module, declaration.field("name").text(), hops);
  }
  return {};
}

Found TypeSources::find_member(const Module& module, Node nested) {
  const std::string_view owner = nested.field("module").text();
  if (!module.tree) return {};
  for (const Node& import : module.tree->root().all("namespace_import")) {
    const Node name = import.child("identifier");
    if (name.text() != owner) continue;
    const Module* other = imported_by(module, import);
    return other ? find(*other, nested.field("name").text(), 1) : Found{};
  }
  return {};
}

Found TypeSources::find_global(std::string_view name) {
  for (const SourceFile& each : project_.files) {
    const std::string_view path = each.path;
    if (!path.ends_with("ts") || each.text.find("PrismaJson") == std::string::npos) continue;
    const Module* module = open(each);
    const Found found = module ? find(*module, name) : Found{};
    if (found.node) return found;
  }
  return {};
}

Found TypeSources::constant(Found name) {
  const Found found = find(*name.module, name.node.text());
  const Node value = typescript::bare(found.node.field("value"));
  return value ? Found{found.module, value} : name;
}

}  // namespace migguard::jsonb
