// Which folders hold a history, and whose: the evidence, strongest first.
#pragma once

#include <project/tools.hpp>
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
};

// Every folder at and below one, parents before children, names in byte order.
std::vector<std::string> folders_below(Tree& tree, const std::string& root);

// What a single folder is; none where nothing shows it. `mounted`: folders that a compose file
// mounts as the init directory of the postgres image.
std::optional<Recognized> recognize(Tree& tree, const Folder& folder,
                                    const std::set<std::string>& mounted);

// The histories among folders in the order of `folders_below`. What lies inside a history is not
// another one.
std::vector<Recognized> recognize_all(Tree& tree, const std::vector<std::string>& folders,
                                      const std::set<std::string>& mounted);
// The same where the tool is known: the topmost folders that have its layout.
std::vector<Recognized> recognize_as(Tree& tree, const std::vector<std::string>& folders,
                                     const ToolReader& reader);

}  // namespace migguard::project
