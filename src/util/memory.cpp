// A file system that exists in memory only.
#include <algorithm>
#include <iterator>
#include <util/file_system.hpp>

namespace migguard {
namespace {

// What the paths below a directory begin with.
std::string prefix_of(std::string_view directory) {
  std::string prefix = normalize_path(directory);
  if (prefix == ".") return {};
  if (!prefix.ends_with('/')) prefix += '/';
  return prefix;
}

}  // namespace

Error too_large(const std::string& path, std::size_t limit) {
  constexpr std::size_t megabyte = std::size_t{1} << 20;
  const bool even = limit != 0 && limit % megabyte == 0;
  return {even ? cat("is larger than ", limit / megabyte, " MB")
               : cat("is larger than ", limit, " bytes"),
          path};
}

Result<std::unique_ptr<ByteStream>> FileSystem::open(const std::string& path) const {
  auto text = read(path);
  if (!text) return text.error();
  return std::unique_ptr<ByteStream>(std::make_unique<TextStream>(*std::move(text)));
}

void Memory::add(std::string_view path, std::string text) {
  files_[normalize_path(path)] = std::move(text);
}

Result<std::vector<DirectoryEntry>> Memory::list(const std::string& directory) const {
  if (is_file(directory)) return Error{"is not a directory", directory};
  if (!is_directory(directory)) return Error{"no such directory", directory};
  const std::string prefix = prefix_of(directory);
  std::vector<DirectoryEntry> entries;
  auto file = files_.lower_bound(prefix);
  while (file != files_.end() && file->first.starts_with(prefix)) {
    const std::size_t slash = file->first.find('/', prefix.size());
    std::string name = file->first.substr(prefix.size(), slash - prefix.size());
    // The files below one subdirectory lie side by side; `0` is the character after the slash.
    const auto next =
        slash == std::string::npos ? std::next(file) : files_.lower_bound(cat(prefix, name, '0'));
    const bool outside = name.empty() || name == "..";
    if (!outside) {
      entries.push_back(
          {std::move(name), slash == std::string::npos ? EntryKind::file : EntryKind::directory});
    }
    file = next;
  }
  // Whole paths sort otherwise than names: `b.sql` comes before `b/x.sql`.
  std::ranges::sort(entries, {}, &DirectoryEntry::name);
  return entries;
}

Result<std::string> Memory::read(const std::string& path, std::size_t limit) const {
  const auto file = files_.find(normalize_path(path));
  if (file == files_.end()) {
    return Error{is_directory(path) ? "is a directory" : "no such file", path};
  }
  if (file->second.size() > limit) return too_large(path, limit);
  return file->second;
}

bool Memory::is_file(const std::string& path) const {
  return files_.contains(normalize_path(path));
}

bool Memory::is_directory(const std::string& path) const {
  const std::string prefix = prefix_of(path);
  if (prefix.empty()) return true;
  const auto file = files_.lower_bound(prefix);
  return file != files_.end() && file->first.starts_with(prefix);
}

Result<std::string> Memory::canonical(const std::string& path) const {
  if (!is_file(path) && !is_directory(path)) return Error{"no such file or directory", path};
  return normalize_path(path);
}

}  // namespace migguard
