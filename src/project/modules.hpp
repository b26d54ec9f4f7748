// TypeScript and JavaScript modules of the project, each parsed once, and what names in them stand
// for.
#pragma once

#include <map>
#include <memory>
#include <migguard/source.hpp>
#include <project/tree.hpp>
#include <set>
#include <string>
#include <string_view>
#include <typescript/syntax.hpp>
#include <util/module_aliases.hpp>
#include <vector>

namespace migguard::project {

struct Module {
  const SourceFile* source = nullptr;
  typescript::Tree tree;

  struct Import {
    std::string from;  // as written: `./users`
    std::string name;  // there; `*` for all of it
  };
  std::map<std::string, typescript::Node, std::less<>> constants;  // the values of top-level names
  std::map<std::string, Import, std::less<>> imports;              // by the name here
  std::set<std::string, std::less<>> exported;                     // names of this module
  std::vector<std::string> mentioned;  // every module imported or exported from, as written
  std::vector<std::string> typed_by;   // of these, those that types are imported from
  std::vector<Import> reexports;       // `export * from`, `export { x } from`
};

// What a name stands for: an expression, and the module it stands in.
struct Meaning {
  const Module* module = nullptr;
  typescript::Node value;
};

class Modules {
 public:
  explicit Modules(Tree& tree) : tree_(tree) {}

  // A module by its path; null where it cannot be read or parsed.
  const Module* open(const std::string& path);
  // A module as TypeScript finds it: `./types` is types.ts or types/index.ts, `./types.js` is
  // types.ts, `@/types` what the nearest tsconfig.json says. Empty where it is not there, or is a
  // package.
  std::string resolve(const std::string& from, std::string_view module);
  // What a name stands for, here or where it is imported from.
  Meaning find(const Module& module, std::string_view name);
  // What an identifier or a member of a constant object (`names.tables.users`) stands for; the
  // expression itself where that is neither.
  Meaning follow(Meaning expression);

  // The files that the exports of a module come from, the module itself included.
  std::set<std::string> exporting(const std::string& path);
  // Reads a module and everything it imports.
  void read_with_imports(const std::string& path);

  Tree& tree() { return tree_; }

 private:
  std::string file_at(const std::string& path);
  const ModuleAliases& aliases_of(const std::string& folder);
  Meaning find(const Module& module, std::string_view name, unsigned hops);
  Meaning find_export(const std::string& path, std::string_view name, unsigned hops);
  Meaning follow(Meaning expression, unsigned hops);

  Tree& tree_;
  std::map<std::string, std::unique_ptr<Module>> modules_;
  std::set<std::string> read_;                    // with imports
  std::map<std::string, ModuleAliases> aliases_;  // by folder
};

// Whether a file is a module by its name: `.ts`, `.mts`, `.cts`, `.js`, ..., and no declarations.
bool is_module(std::string_view path);

}  // namespace migguard::project
