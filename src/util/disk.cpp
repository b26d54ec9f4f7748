// Files on disk. Whatever lies in a linted tree, reading it neither blocks nor has effects: FIFOs,
// devices and sockets are refused before they are opened.
#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>
#include <util/file_system.hpp>

#ifdef _WIN32
#include <fstream>
#else
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#endif

namespace migguard {
namespace {

namespace fs = std::filesystem;

// Paths are UTF-8 on Windows and plain bytes elsewhere; char8_t makes std::filesystem see it so.
fs::path native(const std::string& path) {
  return fs::path(std::u8string(path.begin(), path.end()));
}

std::string portable(const fs::path& path) {
  const std::u8string text = path.generic_u8string();
  return std::string(text.begin(), text.end());
}

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

EntryKind kind_of(const fs::file_status& status) {
  if (fs::is_regular_file(status)) return EntryKind::file;
  if (fs::is_directory(status)) return EntryKind::directory;
  return EntryKind::other;
}

#ifndef _WIN32

std::error_code last_error() { return {errno, std::generic_category()}; }

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

Result<std::string> read_regular(const std::string& path, std::size_t limit) {
  int number = -1;
  do {
    number = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
  } while (number < 0 && errno == EINTR);
  if (number < 0) return failure(last_error(), path, "no such file");
  const Descriptor file(number);
  // Between the look at the name and its opening, something else may have taken its place.
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) return failure(last_error(), path, "no such file");
  if (!S_ISREG(status.st_mode)) return Error{"is not a regular file", path};
  const auto size = static_cast<std::uintmax_t>(std::max<off_t>(status.st_size, 0));
  if (size > limit) return too_large(path, limit);

  // The size is a hint only: the file may grow, and those of /proc say 0.
  std::string text;
  text.reserve(static_cast<std::size_t>(size));
  std::array<char, 1 << 16> buffer;
  while (true) {
    const ssize_t count = ::read(file.number(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure(last_error(), path, "no such file");
    if (count == 0) return text;
    if (static_cast<std::size_t>(count) > limit - text.size()) return too_large(path, limit);
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

#else

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

#endif

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
  std::ranges::sort(entries, {}, &DirectoryEntry::name);
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

}  // namespace migguard
