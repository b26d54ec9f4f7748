// Which paths `.gitignore` files exclude (gitignore(5)): read as files, so that it holds outside a
// repository.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <util/glob.hpp>
#include <vector>

namespace migguard {

// Directories and paths must be told in the same terms: all relative to one folder, or all
// absolute. Case counts (git's core.ignoreCase is off).
class GitIgnore {
 public:
  // The rules of one `.gitignore`, which speak of paths below `directory`. Files may come in any
  // order.
  void add(std::string_view directory, std::string_view text);
  // Whether there are no rules at all.
  bool empty() const { return patterns_.empty(); }
  // Whether a path is excluded: the last matching pattern decides, in the nearest file that has
  // one; nothing below an excluded directory comes back.
  bool ignored(std::string_view path, bool directory) const;
  // The same for a normalized path whose directories are known not to be excluded, as in a walk
  // from the top.
  bool excluded(std::string_view path, bool directory) const;

 private:
  struct Pattern {
    Glob glob;
    bool negated = false;
    bool directory_only = false;
    bool anchored = false;  // it speaks of the path below its directory, not of any file's name
    bool matches(std::string_view path, bool directory) const;
  };
  std::map<std::string, std::vector<Pattern>, std::less<>> patterns_;  // by the file's directory
};

}  // namespace migguard
