// The TypeScript sources of a schema, and what a name in one of them stands for: declared there,
// imported or exported on.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <migguard/project.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <typescript/syntax.hpp>
#include <util/module_aliases.hpp>
#include <utility>
#include <vector>

namespace migguard::jsonb {

using typescript::Node;

// A source with its tree.
struct Module {
  const SourceFile* source = nullptr;
  std::uint32_t offset = 0;  // of the tree's text in the source
  std::string text;          // what was parsed, where it is not the source's own
  std::optional<typescript::Tree> tree;
};

struct Bindings;
struct Found {
  const Module* module = nullptr;
  Node node;
  const Bindings* bindings = nullptr;  // what the type parameters around it stand for
};
struct Bindings {
  std::vector<std::pair<std::string_view, Found>> types;
};

class TypeSources {
 public:
  explicit TypeSources(const Project& project) : project_(project) {}

  // Null where it cannot be parsed.
  const Module* open(const SourceFile& source);
  // The type alias, interface or constant of a name, here or where it is imported from.
  Found find(const Module& module, std::string_view name, unsigned hops = 0);
  // types.Meta, where `import * as types`
  Found find_member(const Module& module, Node nested);
  // The types of prisma-json-types-generator are global: in any source of the project.
  Found find_global(std::string_view name);
  // The value of a constant; the name itself where there is none.
  Found constant(Found name);

 private:
  const SourceFile* file_of(const std::string& path) const;
  const Module* imported(const Module& from, std::string_view module);
  const Module* module_at(std::string path);
  const ModuleAliases& aliases_of(const std::string& folder);
  const Module* imported_by(const Module& module, Node node);
  Found find_default(const Module& module, unsigned hops);

  const Project& project_;
  std::map<std::string, std::unique_ptr<Module>> modules_;
  std::map<std::string, ModuleAliases> aliases_;  // by folder
};

}  // namespace migguard::jsonb
