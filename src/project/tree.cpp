// Lists directories and reads files, and leaves out what is ignored.
#include <algorithm>
#include <array>
#include <project/names.hpp>
#include <project/tree.hpp>

namespace migguard::project {
namespace {

constexpr std::size_t peek_limit = std::size_t{1} << 20;

// Directories of what others wrote or what a build makes.
constexpr std::array<std::string_view, 9> never_entered = {
    ".git", ".hg", ".next", ".svn", "build", "dist", "node_modules", "target", "vendor"};

// The lines of a text whose first characters, blanks aside, are `--`.
void add_comment_lines(std::string_view text, std::vector<std::string_view>& lines) {
  constexpr std::string_view blanks = " \t\r\f\v";
  for (std::size_t at = 0; (at = text.find('-', at)) != text.npos;) {
    if (text.substr(at, 2) != "--") {
      ++at;
      continue;
    }
    std::size_t begin = at;
    while (begin > 0 && blanks.find(text[begin - 1]) != blanks.npos) --begin;
    const std::size_t end = std::min(text.find('\n', at), text.size());
    if (begin == 0 || text[begin - 1] == '\n') lines.push_back(text.substr(begin, end - begin));
    at = end;
  }
}

constexpr std::array<std::string_view, 9> manifests = {
    "Cargo.toml", "Gemfile",      "build.gradle", "build.gradle.kts", "composer.json",
    "go.mod",     "package.json", "pom.xml",      "pyproject.toml"};

bool contains(const std::vector<std::string>& sorted, std::string_view name) {
  return std::binary_search(sorted.begin(), sorted.end(), name);
}

}  // namespace

bool Folder::has_file(std::string_view name) const { return contains(files, name); }
bool Folder::has_folder(std::string_view name) const { return contains(folders, name); }

std::string Folder::path_of(std::string_view entry) const {
  // The folder's own path has no dots to take away, nor has a name: `join_path` with nothing to do.
  if (path == ".") return std::string(entry);
  return path.ends_with('/') ? cat(path, entry) : cat(path, '/', entry);
}

bool is_below(std::string_view path, std::string_view directory) {
  if (path == directory) return true;
  if (directory == ".") return !path.starts_with("/") && path != ".." && !path.starts_with("../");
  if (directory.ends_with("/")) return path.starts_with(directory);
  return path.size() > directory.size() && path.starts_with(directory) &&
         path[directory.size()] == '/';
}

std::optional<std::string> repository_of(const FileSystem& files, const std::string& canonical) {
  std::string directory = canonical;
  for (;;) {
    // A file in a worktree or submodule.
    if (files.exists(join_path(directory, ".git"))) return directory;
    std::string parent = parent_path(directory);
    if (parent == directory) return std::nullopt;
    directory = std::move(parent);
  }
}

bool has_parent(const std::string& directory) {
  return parent_path(directory) != directory && file_name(directory) != "..";
}

std::string package_of(Tree& tree, const std::string& folder, const std::string& limit) {
  for (std::string directory = folder; is_below(directory, limit);
       directory = parent_path(directory)) {
    const Folder& listed = tree.folder(directory);
    if (std::any_of(manifests.begin(), manifests.end(),
                    [&](std::string_view name) { return listed.has_file(name); })) {
      return directory;
    }
    if (directory == limit || !has_parent(directory)) break;
  }
  return limit;
}

Tree::Tree(const FileSystem& files, std::size_t size_limit, const std::vector<std::string>& ignore,
           std::deque<SourceFile>& sources)
    : files_(files), size_limit_(size_limit), sources_(sources) {
  for (const std::string& pattern : ignore) ignore_.emplace_back(normalize_path(pattern));
}

void Tree::open(const std::string& directory) {
  if (std::any_of(roots_.begin(), roots_.end(),
                  [&](const Root& root) { return root.path == directory; })) {
    return;
  }
  Root root{directory, directory, false};
  if (auto canonical = files_.canonical(directory)) root.canonical = std::move(*canonical);
  add_rules_above(root.canonical);
  root.ignored = git_ignore_.ignored(root.canonical, true);
  roots_.push_back(std::move(root));
}

const Tree::Root* Tree::root_of(std::string_view path) const {
  // The innermost: it was named more exactly.
  const Root* found = nullptr;
  for (const Root& root : roots_) {
    if (is_below(path, root.path) && (!found || root.path.size() > found->path.size())) {
      found = &root;
    }
  }
  return found;
}

bool Tree::inside(std::string_view path) const { return root_of(path) != nullptr; }

std::string Tree::absolute(const Root& root, std::string_view path) {
  if (path == root.path) return root.canonical;
  if (root.path != ".") path.remove_prefix(root.path.size());
  if (path.starts_with('/')) path.remove_prefix(1);
  return join_path(root.canonical, path);
}

void Tree::add_rules_above(const std::string& canonical) {
  const std::optional<std::string> repository = repository_of(files_, canonical);
  if (!repository) return;
  for (std::string directory = canonical; directory != *repository;) {
    directory = parent_path(directory);
    if (!rules_read_.emplace(directory, true).second) continue;
    const auto text = files_.read(join_path(directory, ".gitignore"), peek_limit);
    if (text) git_ignore_.add(directory, *text);
  }
}

bool Tree::ignored(const std::string& path, bool directory) {
  if (git_ignore_.empty() && ignore_.empty()) return false;
  const Root* root = root_of(path);
  if (!root || path == root->path) return false;
  // The directories above were not, or nobody would ask.
  if (!root->ignored && git_ignore_.excluded(absolute(*root, path), directory)) return true;
  // The configuration may lie in the directory that was opened, wherever that is seen from.
  const std::string_view below = std::string_view(path).substr(
      root->path == "." || !path.starts_with(root->path) ? 0 : root->path.size() + 1);
  return std::any_of(ignore_.begin(), ignore_.end(),
                     [&](const Glob& glob) { return glob.matches(path) || glob.matches(below); });
}

bool Tree::ignored_here_or_above(const std::string& path, bool directory) {
  const Root* root = root_of(path);
  for (std::string at = path; root && at != root->path && is_below(at, root->path);
       at = parent_path(at)) {
    // Its rules must be known before anything below is judged by them.
    folder(parent_path(at));
  }
  for (std::string at = path; root && at != root->path && is_below(at, root->path);
       at = parent_path(at)) {
    if (ignored(at, directory || at != path)) return true;
  }
  return false;
}

Folder Tree::list(const std::string& path, const Root& root) {
  Folder folder{path, {}, {}};
  auto entries = files_.list(path);
  if (!entries) {
    unreadable_.emplace(path, entries.error());
    return folder;
  }
  // The rules of a directory hold for its own entries.
  for (const DirectoryEntry& entry : *entries) {
    if (entry.name != ".gitignore" || entry.kind != EntryKind::file) continue;
    std::string canonical = absolute(root, path);
    if (!rules_read_.emplace(canonical, true).second) continue;
    const auto text = files_.read(join_path(path, entry.name), peek_limit);
    if (text) git_ignore_.add(canonical, *text);
  }
  const bool any_ignored = !git_ignore_.empty() || !ignore_.empty();
  for (DirectoryEntry& entry : *entries) {
    // Most are files of a tree without anything to ignore: a name is all that is asked of them.
    if (entry.kind == EntryKind::file && !entry.link && !any_ignored) {
      folder.files.push_back(std::move(entry.name));
      continue;
    }
    const std::string whole = join_path(path, entry.name);
    if (entry.kind == EntryKind::directory) {
      // What a link leads to is seen where it lies, if that is inside the tree.
      if (entry.link) continue;
      if (std::binary_search(never_entered.begin(), never_entered.end(), entry.name)) continue;
      if (ignored(whole, true)) continue;
      folder.folders.push_back(std::move(entry.name));
    } else if (entry.kind == EntryKind::file) {
      if (entry.link) {
        const auto target = files_.canonical(whole);
        if (!target || !is_below(*target, root.canonical)) {
          if (!is_sql(entry.name) || ignored(whole, false)) continue;
          if (named_.count(whole) == 0) led_out_.insert(whole);
        }
      }
      if (ignored(whole, false)) continue;
      folder.files.push_back(std::move(entry.name));
    } else if (!entry.link && is_sql(entry.name) && !ignored(whole, false)) {
      // A FIFO or device where a migration should be: reading it says so.
      folder.files.push_back(std::move(entry.name));
    }
  }
  return folder;
}

const Folder& Tree::folder(const std::string& path) {
  const auto known = folders_.find(path);
  if (known != folders_.end()) return known->second;
  const Root* root = root_of(path);
  // `.gitignore` files apply downwards, so the directories above are listed first.
  if (root && path != root->path) folder(parent_path(path));
  Folder listed = root ? list(path, *root) : Folder{path, {}, {}};
  return folders_.emplace(path, std::move(listed)).first->second;
}

std::optional<Error> Tree::unreadable(const std::string& directory) {
  folder(directory);
  const auto known = unreadable_.find(directory);
  return known == unreadable_.end() ? std::nullopt : std::optional(known->second);
}

std::string Tree::name_of(const std::string& directory) const {
  const Root* root = root_of(directory);
  const bool is_root = root && root->path == directory;
  return std::string(file_name(is_root ? root->canonical : directory));
}

bool Tree::has_file(const std::string& path) {
  return folder(parent_path(path)).has_file(file_name(path));
}

const SourceFile* Tree::read(const std::string& path, std::string* failure) {
  const auto known = by_path_.find(path);
  if (known != by_path_.end()) return known->second;
  if (led_out_.count(path) != 0) {
    if (failure) *failure = "is a link that leads out of the paths linted";
    return nullptr;
  }
  auto text = files_.read(path, size_limit_);
  if (!text) {
    if (failure) *failure = text.error().message;
    return nullptr;
  }
  return keep(path, *std::move(text));
}

std::optional<std::string> Tree::peek(const std::string& path) const {
  const auto known = by_path_.find(path);
  if (known != by_path_.end()) return known->second->text;
  if (led_out_.count(path) != 0) return std::nullopt;
  auto text = files_.read(path, peek_limit);
  if (!text) return std::nullopt;
  return *std::move(text);
}

const std::vector<std::string_view>& Tree::comment_lines(const Folder& folder) {
  const auto [known, is_new] = comment_lines_.try_emplace(folder.path);
  if (!is_new) return known->second;
  for (const std::string& name : folder.files) {
    if (!is_sql(name)) continue;
    if (const SourceFile* source = read(folder.path_of(name))) {
      add_comment_lines(source->text, known->second);
    }
  }
  return known->second;
}

const SourceFile* Tree::keep(const std::string& path, std::string text) {
  const auto [known, is_new] = by_path_.emplace(path, nullptr);
  if (is_new) known->second = &sources_.emplace_back(path, std::move(text));
  return known->second;
}

}  // namespace migguard::project
