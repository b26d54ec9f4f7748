// Files on disk. Whatever lies in a linted tree, reading it neither blocks nor has effects: FIFOs,
// devices and sockets are refused before they are opened.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <system_error>
#include <util/file_system.hpp>
#include <utility>
#include <vector>

#ifdef _WIN32
#include <array>
#include <filesystem>
#include <fstream>
#else
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <cstdlib>
#include <memory>
#endif

namespace migguard {
namespace {

Error failure(std::error_code code, const std::string& path, std::string_view missing) {
  if (code == std::errc::no_such_file_or_directory) return {std::string(missing), path};
  if (code == std::errc::not_a_directory) return {"is not a directory", path};
  if (code == std::errc::permission_denied) return {"permission denied", path};
  if (code == std::errc::filename_too_long) return {"the name is too long", path};
  if (code == std::errc::too_many_symbolic_link_levels) {
    return {"the symbolic links go in circles", path};
  }
  return {code.message(), path};
}

// The system would take such a path up to its first NUL, and so for another one.
bool holds_nul(const std::string& path) { return path.find('\0') != std::string::npos; }

// By the bytes of their names. The first eight of them, as a number, tell most apart, and are
// sooner compared and moved than entries.
void sort_by_name(std::vector<DirectoryEntry>& entries) {
  struct Place {
    std::uint64_t head;
    DirectoryEntry* entry;
  };
  std::vector<Place> places;
  places.reserve(entries.size());
  for (DirectoryEntry& each : entries) {
    std::uint64_t head = 0;
    for (std::size_t at = 0; at < sizeof head; ++at)
      head = head << 8 | (at < each.name.size() ? static_cast<unsigned char>(each.name[at]) : 0U);
    places.push_back({head, &each});
  }
  std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
    return a.head != b.head ? a.head < b.head : a.entry->name < b.entry->name;
  });
  std::vector<DirectoryEntry> sorted;
  sorted.reserve(entries.size());
  for (const Place& each : places) sorted.push_back(std::move(*each.entry));
  entries = std::move(sorted);
}

#ifndef _WIN32

// Straight to the system: std::filesystem would take paths apart and ask again for what is known.

std::error_code last_error() { return {errno, std::generic_category()}; }

EntryKind kind_of(const struct stat& status) {
  if (S_ISREG(status.st_mode)) return EntryKind::file;
  if (S_ISDIR(status.st_mode)) return EntryKind::directory;
  return EntryKind::other;
}

// What a path leads to, links followed; none where it leads nowhere.
std::optional<EntryKind> kind_at(const char* path) {
  struct stat status {};
  if (::stat(path, &status) != 0) return std::nullopt;
  return kind_of(status);
}

// An entry as its directory tells it; the file system is asked only where that is not enough.
DirectoryEntry entry_of(const std::string& prefix, const dirent& listed) {
  DirectoryEntry entry{listed.d_name, EntryKind::other, listed.d_type == DT_LNK};
  if (listed.d_type == DT_REG) {
    entry.kind = EntryKind::file;
  } else if (listed.d_type == DT_DIR) {
    entry.kind = EntryKind::directory;
  } else if (listed.d_type == DT_LNK || listed.d_type == DT_UNKNOWN) {
    const std::string path = prefix + entry.name;
    struct stat status {};
    if (!entry.link) entry.link = ::lstat(path.c_str(), &status) == 0 && S_ISLNK(status.st_mode);
    entry.kind = kind_at(path.c_str()).value_or(EntryKind::other);
  }
  return entry;
}

// Closes a descriptor at the end of its scope.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

Error no_regular_file(const struct stat& status, const std::string& path) {
  return {S_ISDIR(status.st_mode) ? "is a directory" : "is not a regular file", path};
}

// Why a file could not be opened: what it is says more than the system's answer.
Error refused(std::error_code error, const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode))
    return no_regular_file(status, path);
  if (error == std::errc::not_a_directory) return Error{"no such file", path};
  return failure(error, path, "no such file");
}

// Opening is the first look at the file, without waiting for whoever holds the other end of a FIFO.
Result<std::string> read_regular(const std::string& path, std::size_t limit) {
  int number = -1;
  do {
    number = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
  } while (number < 0 && errno == EINTR);
  if (number < 0) return refused(last_error(), path);
  const Descriptor file(number);
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) return failure(last_error(), path, "no such file");
  if (!S_ISREG(status.st_mode)) return no_regular_file(status, path);
  const auto size = static_cast<std::uintmax_t>(std::max<off_t>(status.st_size, 0));
  if (size > limit) return too_large(path, limit);

  // The size is a hint only: the file may grow, and those of /proc say 0. One byte more than it
  // says is asked for, so that a file which is as long as it says takes a single read.
  std::string text(static_cast<std::size_t>(size) + 1, '\0');
  std::size_t filled = 0;
  while (true) {
    if (filled == text.size()) text.resize(text.size() + (std::size_t{1} << 16));
    const ssize_t count = ::read(file.number(), text.data() + filled, text.size() - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure(last_error(), path, "no such file");
    filled += static_cast<std::size_t>(count);
    if (filled > limit) return too_large(path, limit);
    if (count == 0 || (size > 0 && filled == size)) break;
  }
  text.resize(filled);
  return text;
}

}  // namespace

Result<std::vector<DirectoryEntry>> Disk::list(const std::string& directory) const {
  if (holds_nul(directory)) return Error{"no such directory", directory};
  const std::string path = directory.empty() ? "." : directory;
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(::opendir(path.c_str()), &::closedir);
  if (!listing) return failure(last_error(), directory, "no such directory");
  const std::string prefix = path.ends_with('/') ? path : path + '/';
  std::vector<DirectoryEntry> entries;
  errno = 0;
  while (const dirent* listed = ::readdir(listing.get())) {
    const std::string_view name = listed->d_name;
    if (name != "." && name != "..") entries.push_back(entry_of(prefix, *listed));
    errno = 0;
  }
  if (errno != 0) return failure(last_error(), directory, "no such directory");
  sort_by_name(entries);
  return entries;
}

Result<std::string> Disk::read(const std::string& path, std::size_t limit) const {
  if (holds_nul(path)) return Error{"no such file", path};
  return read_regular(path, limit);
}

bool Disk::is_file(const std::string& path) const {
  return !holds_nul(path) && kind_at(path.c_str()) == EntryKind::file;
}

bool Disk::is_directory(const std::string& path) const {
  return !holds_nul(path) && kind_at(path.c_str()) == EntryKind::directory;
}

bool Disk::exists(const std::string& path) const {
  return !holds_nul(path) && kind_at(path.c_str()).value_or(EntryKind::other) != EntryKind::other;
}

Result<std::string> Disk::canonical(const std::string& path) const {
  if (holds_nul(path)) return Error{"no such file or directory", path};
  const std::unique_ptr<char, void (*)(void*)> resolved(
      ::realpath(path.empty() ? "." : path.c_str(), nullptr), &std::free);
  if (!resolved) return failure(last_error(), path, "no such file or directory");
  return std::string(resolved.get());
}

#else

namespace fs = std::filesystem;

// Paths are UTF-8 on Windows; char8_t makes std::filesystem see it so.
fs::path native(const std::string& path) {
  return fs::path(std::u8string(path.begin(), path.end()));
}

std::string portable(const fs::path& path) {
  const std::u8string text = path.generic_u8string();
  return std::string(text.begin(), text.end());
}

EntryKind kind_of(const fs::file_status& status) {
  if (fs::is_regular_file(status)) return EntryKind::file;
  if (fs::is_directory(status)) return EntryKind::directory;
  return EntryKind::other;
}

Result<std::string> read_regular(const std::string& path, std::size_t limit) {
  std::ifstream file(native(path), std::ios::binary);
  if (!file) return Error{"cannot be opened", path};
  std::string text;
  std::array<char, 1 << 16> buffer;
  while (true) {
    file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    const auto count = static_cast<std::size_t>(file.gcount());
    if (count > limit - text.size()) return too_large(path, limit);
    text.append(buffer.data(), count);
    if (file.bad()) return Error{"cannot be read", path};
    if (!file) return text;
  }
}

}  // namespace

Result<std::vector<DirectoryEntry>> Disk::list(const std::string& directory) const {
  if (holds_nul(directory)) return Error{"no such directory", directory};
  std::error_code error;
  fs::directory_iterator at(native(directory.empty() ? "." : directory), error);
  std::vector<DirectoryEntry> entries;
  for (; !error && at != fs::directory_iterator(); at.increment(error)) {
    std::error_code unknown;
    const bool link = at->is_symlink(unknown);
    const EntryKind kind = kind_of(at->status(unknown));
    entries.push_back({portable(at->path().filename()), kind, link});
  }
  if (error) return failure(error, directory, "no such directory");
  sort_by_name(entries);
  return entries;
}

Result<std::string> Disk::read(const std::string& path, std::size_t limit) const {
  if (holds_nul(path)) return Error{"no such file", path};
  std::error_code error;
  const fs::file_status status = fs::status(native(path), error);
  // fs::status tells of a missing file in both ways.
  if (status.type() == fs::file_type::not_found) return Error{"no such file", path};
  if (status.type() == fs::file_type::none) return failure(error, path, "no such file");
  if (fs::is_directory(status)) return Error{"is a directory", path};
  if (!fs::is_regular_file(status)) return Error{"is not a regular file", path};
  return read_regular(path, limit);
}

bool Disk::is_file(const std::string& path) const {
  std::error_code error;
  return !holds_nul(path) && fs::is_regular_file(native(path), error);
}

bool Disk::is_directory(const std::string& path) const {
  std::error_code error;
  return !holds_nul(path) && fs::is_directory(native(path), error);
}

Result<std::string> Disk::canonical(const std::string& path) const {
  if (holds_nul(path)) return Error{"no such file or directory", path};
  std::error_code error;
  const fs::path resolved = fs::canonical(native(path.empty() ? "." : path), error);
  if (error) return failure(error, path, "no such file or directory");
  return portable(resolved);
}

bool Disk::exists(const std::string& path) const { return is_file(path) || is_directory(path); }

#endif

Result<std::unique_ptr<ByteStream>> Disk::open(const std::string& path) const {
  if (path.empty() || holds_nul(path)) return Error{"no such file", path};
  if (is_directory(path)) return Error{"is a directory", path};
  return open_stream(path);
}

}  // namespace migguard
