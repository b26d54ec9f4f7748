// The directories and files of the linted project as migguard sees them: without what is ignored,
// each directory listed at most once and each file read at most once.
#pragma once

#include <deque>
#include <map>
#include <migguard/source.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <util/file_system.hpp>
#include <util/gitignore.hpp>
#include <util/glob.hpp>
#include <vector>

namespace migguard::project {

// One directory: names in byte order, without ignored ones. A directory named `x.sql` is no file; a
// FIFO of such a name and a link that leads out of the paths linted are files that cannot be read,
// because the tool that runs them would.
struct Folder {
  std::string path;  // relative to the working directory, as the user wrote its beginning
  std::vector<std::string> files;
  std::vector<std::string> folders;

  bool has_file(std::string_view name) const;
  bool has_folder(std::string_view name) const;
  // The path of one of its entries.
  std::string path_of(std::string_view name) const;
};

class Tree {
 public:
  // Files read are added to `sources`, which must outlive the tree and everything it hands out.
  Tree(const FileSystem& files, std::size_t size_limit, const std::vector<std::string>& ignore,
       std::deque<SourceFile>& sources);

  // Opens a directory to look below. What it lies in may be ignored: it was asked for by name.
  void open(const std::string& directory);
  // A file that is read wherever it leads: it was asked for by name.
  void name(const std::string& path) { named_.insert(path); }
  // Whether a path lies in a directory that was opened.
  bool inside(std::string_view path) const;

  // A directory; empty where there is none, or where it lies in no opened one. The reference stays
  // good.
  const Folder& folder(const std::string& path);
  // Why a directory cannot be listed; none where it can.
  std::optional<Error> unreadable(const std::string& directory);
  // What a directory is called: the last part of its path, also for `.`.
  std::string name_of(const std::string& directory) const;
  // `folder(path).has_file(name)` for a whole path.
  bool has_file(const std::string& path);

  // A file's text, kept for the whole run. Null where it cannot be read; `failure` then says why.
  const SourceFile* read(const std::string& path, std::string* failure = nullptr);
  // The lines of a folder's SQL files that are nothing but a `--` comment, without their line ends:
  // where tools leave their marks. All files are read at the first call.
  const std::vector<std::string_view>& comment_lines(const Folder& folder);
  // A file's text for a look; null where it cannot be read or is over a megabyte. Not kept.
  std::optional<std::string> peek(const std::string& path) const;
  // Keeps a text under its path; the first text under a path stays.
  const SourceFile* keep(const std::string& path, std::string text);
  // A file whose name alone matters: never read.
  const SourceFile* name_only(const std::string& path) { return keep(path, {}); }

  // Whether a path is left out, by a `.gitignore` or by the configuration.
  bool ignored(const std::string& path, bool directory);

  // The same of a path that need not be there, for itself and every directory above it.
  bool ignored_here_or_above(const std::string& path, bool directory);

  const FileSystem& files() const { return files_; }

 private:
  struct Root {
    std::string path;
    std::string canonical;
    bool ignored =
        false;  // itself git-ignored: then `.gitignore` files say nothing about what is in it
  };
  const Root* root_of(std::string_view path) const;
  // The path as `.gitignore` rules know it: below the canonical path of its root.
  static std::string absolute(const Root& root, std::string_view path);
  void add_rules_above(const std::string& canonical);
  Folder list(const std::string& path, const Root& root);

  const FileSystem& files_;
  std::size_t size_limit_;
  std::vector<Glob> ignore_;
  std::deque<SourceFile>& sources_;
  std::vector<Root> roots_;
  GitIgnore git_ignore_;
  std::map<std::string, bool> rules_read_;  // by canonical directory
  std::unordered_map<std::string, Folder> folders_;
  std::unordered_map<std::string, Error> unreadable_;
  std::set<std::string> named_, led_out_;
  std::unordered_map<std::string, std::vector<std::string_view>> comment_lines_;  // by folder
  std::unordered_map<std::string, const SourceFile*> by_path_;
};

// The directory that holds `.git`, at or above a canonical path; none where there is no repository.
std::optional<std::string> repository_of(const FileSystem& files, const std::string& canonical);

// Whether there is a directory above one, as far as its path tells.
bool has_parent(const std::string& directory);

// The nearest directory with a package manifest, not above `limit`; `limit` where there is none.
std::string package_of(Tree& tree, const std::string& folder, const std::string& limit);

// Whether `path` is `directory` or lies below it. Both normalized.
bool is_below(std::string_view path, std::string_view directory);

}  // namespace migguard::project
