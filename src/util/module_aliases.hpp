// What a tsconfig.json makes of module names that are no relative paths: `@/types` is `src/types`.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace migguard {

// The `paths` and `baseUrl` of `compilerOptions`, as paths of the tree that the file stands in.
// https://www.typescriptlang.org/tsconfig/#paths
struct ModuleAliases {
  std::vector<std::pair<std::string, std::vector<std::string>>> paths;  // pattern, with `*` or not
  std::string base;     // where other names are looked for, too; empty: nowhere
  std::string extends;  // the file that has the rest, where it is named by a relative path
};

// `folder` is that of the file. What cannot be read says nothing.
ModuleAliases read_module_aliases(std::string_view text, std::string_view folder);

// The paths, without an ending, that a module name may stand for, in the order TypeScript tries
// them.
std::vector<std::string> paths_of(const ModuleAliases& aliases, std::string_view module);

}  // namespace migguard
