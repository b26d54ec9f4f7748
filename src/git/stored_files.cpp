#include <git/stored_files.hpp>
#include <util/text.hpp>

#include <charconv>
#include <set>

namespace migguard::git {
namespace {

struct Entry {
  std::string object;
  bool link = false;
};

class StoredFiles final : public FileSystem {
 public:
  StoredFiles(Repository repository, std::map<std::string, Entry> entries, const FileSystem& disk)
      : repository_(std::move(repository)), entries_(std::move(entries)), disk_(disk) {
    if (const auto here = disk_.canonical(".")) here_ = *here;
    for (const auto& [path, entry] : entries_) add_folders(path);
  }

  Result<std::vector<DirectoryEntry>> list(const std::string& directory) const override {
    const auto inside = below_root(directory);
    if (!inside) return disk_.list(directory);
    const auto folder = folders_.find(*inside);
    if (folder == folders_.end()) {
      return Error{entries_.contains(*inside) ? "is not a directory" : "no such directory",
                   directory};
    }
    std::vector<DirectoryEntry> entries;
    for (const auto& [name, is_folder] : folder->second) {
      const bool link = !is_folder && entries_.at(join(*inside, name)).link;
      // Where a link leads is not followed here: what it leads to is seen where it lies.
      const EntryKind kind = is_folder ? EntryKind::directory
                             : link    ? EntryKind::other
                                       : EntryKind::file;
      entries.push_back({name, kind, link});
    }
    return entries;
  }

  Result<std::string> read(const std::string& path, std::size_t limit) const override {
    const auto inside = below_root(path);
    if (!inside) return disk_.read(path, limit);
    const auto entry = entries_.find(*inside);
    if (entry == entries_.end()) {
      return Error{folders_.contains(*inside) ? "is a directory" : "no such file", path};
    }
    if (entry->second.link) return Error{"is not a regular file", path};
    auto text = content(*inside, entry->second.object);
    if (!text) return Error{text.error().message, path};
    if (text->size() > limit) return too_large(path, limit);
    return text;
  }

  bool is_file(const std::string& path) const override {
    const auto inside = below_root(path);
    if (!inside) return disk_.is_file(path);
    const auto entry = entries_.find(*inside);
    return entry != entries_.end() && !entry->second.link;
  }

  bool is_directory(const std::string& path) const override {
    const auto inside = below_root(path);
    if (!inside) return disk_.is_directory(path);
    return folders_.contains(*inside) || *inside == ".git";
  }

  Result<std::string> canonical(const std::string& path) const override {
    const auto inside = below_root(path);
    if (!inside) return disk_.canonical(path);
    return inside->empty() ? repository_.root : cat(repository_.root, "/", *inside);
  }

 private:
  static std::string join(const std::string& folder, const std::string& name) {
    return folder.empty() ? name : cat(folder, "/", name);
  }

  // The path below the root of the repository, empty for the root; none for what lies outside.
  std::optional<std::string> below_root(const std::string& path) const {
    const std::string whole = normalize_path(path.starts_with('/') ? path : cat(here_, "/", path));
    if (whole == repository_.root) return "";
    if (!whole.starts_with(cat(repository_.root, "/"))) return std::nullopt;
    return whole.substr(repository_.root.size() + 1);
  }

  void add_folders(const std::string& path) {
    std::string name = path;
    bool is_folder = false;
    while (true) {
      const std::size_t slash = name.rfind('/');
      const std::string folder = slash == std::string::npos ? "" : name.substr(0, slash);
      const bool known = folders_.contains(folder);
      folders_[folder].emplace(name.substr(slash == std::string::npos ? 0 : slash + 1), is_folder);
      if (known || folder.empty()) return;
      name = folder;
      is_folder = true;
    }
  }

  static bool read_by_all(std::string_view path) {
    return path.ends_with(".sql") || path.ends_with("_journal.json") ||
           path.ends_with("snapshot.json") || path.ends_with("migration_lock.toml");
  }

  Result<std::string> content(const std::string& path, const std::string& object) const {
    if (read_by_all(path) && !fetched_) {
      // One process for all that the tools' readers will ask for.
      fetched_ = true;
      std::set<std::string> wanted;
      for (const auto& [each, entry] : entries_) {
        if (read_by_all(each) && !entry.link) wanted.insert(entry.object);
      }
      std::string input;
      for (const std::string& each : wanted) input += cat(each, "\n");
      auto output = plumb(repository_, {"cat-file", "--batch", "--buffer"}, input);
      if (!output) return output.error();
      keep(*output);
    }
    const auto known = contents_.find(object);
    if (known != contents_.end()) return known->second;
    auto text = plumb(repository_, {"cat-file", "blob", object}, {});
    if (!text) return text.error();
    return contents_[object] = *std::move(text);
  }

  // `<object> blob <size>`, a line end, the bytes, a line end; again and again.
  void keep(std::string_view batch) const {
    while (!batch.empty()) {
      const std::size_t line = batch.find('\n');
      if (line == batch.npos) return;
      const std::string_view head = batch.substr(0, line);
      const std::size_t blob = head.find(" blob ");
      batch.remove_prefix(line + 1);
      if (blob == head.npos) continue;  // missing
      std::size_t size = 0;
      std::from_chars(head.data() + blob + 6, head.data() + head.size(), size);
      if (size > batch.size()) return;
      contents_[std::string(head.substr(0, blob))] = std::string(batch.substr(0, size));
      batch.remove_prefix(std::min(size + 1, batch.size()));
    }
  }

  Repository repository_;
  std::map<std::string, Entry> entries_;  // by path
  const FileSystem& disk_;
  std::string here_;
  std::map<std::string, std::map<std::string, bool>> folders_;  // names; whether each is a folder
  mutable std::map<std::string, std::string> contents_;         // by object
  mutable bool fetched_ = false;
};

}  // namespace

Result<std::unique_ptr<FileSystem>> stored_files(const Repository& repository,
                                                 const std::string& listing,
                                                 const FileSystem& disk) {
  std::map<std::string, Entry> entries;
  // `ls-tree`: mode type object TAB path; `ls-files -s`: mode object stage TAB path.
  for (const std::string_view line : split(listing, '\0')) {
    const std::size_t tab = line.find('\t');
    if (tab == line.npos) continue;
    const auto words = split(line.substr(0, tab), ' ');
    if (words.size() < 3) continue;
    const bool tree = words[1] == "blob" || words[1] == "commit";
    const std::string path(line.substr(tab + 1));
    if (!tree && words[2] != "0") {
      return Error{"has a merge conflict in the index: resolve it and `git add` the file", path};
    }
    if (words[0] == "160000") continue;  // a submodule: its files are another repository's
    entries[path] = {std::string(tree ? words[2] : words[1]), words[0] == "120000"};
  }
  return std::unique_ptr<FileSystem>(
      std::make_unique<StoredFiles>(repository, std::move(entries), disk));
}

}  // namespace migguard::git
