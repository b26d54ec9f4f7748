// Which folders hold a history, and whose: the evidence, strongest first.
#pragma once

#include <map>
#include <project/tools/tools.hpp>
#include <project/tree.hpp>
#include <set>
#include <string>
#include <vector>

namespace migguard::project {

// A folder to load as a history.
struct Recognized {
  const ToolReader* reader = nullptr;
  std::string folder;
  std::string evidence;
  bool docker_init = false;
  bool loose = false;  // SQL files in a folder named for them, without evidence of a tool
  const SourceFile* marker = nullptr;  // what proves the tool where nothing in the folder does
};

// What other files of the project say about folders.
struct Hints {
  // Folders that a compose file mounts as the init directory of the postgres image.
  std::set<std::string> mounted;
  // The `out` folders of Drizzle's configurations, with the first that names each.
  std::map<std::string, const SourceFile*> drizzle_outs;
};

// Every folder at and below one, parents before children, names in byte order.
std::vector<std::string> folders_below(Tree& tree, const std::string& root);

// What a single folder is; none where nothing shows it.
std::optional<Recognized> recognize(Tree& tree, const Folder& folder, const Hints& hints);

// The histories among folders in the order of `folders_below`. What lies inside a history is not
// another one.
std::vector<Recognized> recognize_all(Tree& tree, const std::vector<std::string>& folders,
                                      const Hints& hints);
// The same where the tool is known: the topmost folders that have its layout.
std::vector<Recognized> recognize_as(Tree& tree, const std::vector<std::string>& folders,
                                     const ToolReader& reader);

}  // namespace migguard::project
