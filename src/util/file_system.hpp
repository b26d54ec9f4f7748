// The one seam of the program: files on disk, or in memory for tests, fuzzers and the examples in
// rules.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <util/byte_stream.hpp>
#include <util/result.hpp>
#include <vector>

namespace migguard {

enum class EntryKind : std::uint8_t {
  file,
  directory,
  other
};  // other: FIFOs, devices, sockets, dangling links

struct DirectoryEntry {
  std::string name;
  EntryKind kind = EntryKind::file;
  bool link = false;  // a symbolic link (its target's kind is told)
};

// Paths use forward slashes and are relative to the working directory, or absolute.
class FileSystem {
 public:
  virtual ~FileSystem() = default;
  // The entries of a directory in byte order of their names.
  virtual Result<std::vector<DirectoryEntry>> list(const std::string& directory) const = 0;
  // A whole regular file. Refuses anything else, and files over `limit` bytes.
  virtual Result<std::string> read(const std::string& path,
                                   std::size_t limit = default_limit) const = 0;
  // The same to be read piece by piece, of any length. On disk also pipes and devices.
  virtual Result<std::unique_ptr<ByteStream>> open(const std::string& path) const;
  virtual bool is_file(const std::string& path) const = 0;
  virtual bool is_directory(const std::string& path) const = 0;
  // Whether there is a file or a directory.
  virtual bool exists(const std::string& path) const { return is_file(path) || is_directory(path); }
  // The path with links and dots resolved, for telling whether a link leads out of the tree.
  virtual Result<std::string> canonical(const std::string& path) const = 0;

  static constexpr std::size_t default_limit = std::size_t{256} << 20;
};

class Disk final : public FileSystem {
 public:
  Result<std::vector<DirectoryEntry>> list(const std::string& directory) const override;
  Result<std::string> read(const std::string& path, std::size_t limit) const override;
  Result<std::unique_ptr<ByteStream>> open(const std::string& path) const override;
  bool is_file(const std::string& path) const override;
  bool is_directory(const std::string& path) const override;
  bool exists(const std::string& path) const override;
  Result<std::string> canonical(const std::string& path) const override;
};

// Files by their path; a directory exists where a file lies below it, and the working directory
// always does.
class Memory final : public FileSystem {
 public:
  void add(std::string_view path, std::string text);
  Result<std::vector<DirectoryEntry>> list(const std::string& directory) const override;
  Result<std::string> read(const std::string& path, std::size_t limit) const override;
  bool is_file(const std::string& path) const override;
  bool is_directory(const std::string& path) const override;
  Result<std::string> canonical(const std::string& path) const override;

 private:
  std::map<std::string, std::string> files_;
};

// What every read over its limit answers: `is larger than 256 MB`.
Error too_large(const std::string& path, std::size_t limit);

// `a/b` and `c` to `a/b/c`; `.` and empty parts vanish. An absolute name stands alone.
std::string join_path(std::string_view directory, std::string_view name);
// `a/b` of `a/b/c`; `.` where there is none.
std::string parent_path(std::string_view path);
// `c.sql` of `a/b/c.sql`.
std::string_view file_name(std::string_view path);
// `.` and `..` parts folded away as text, `./a` to `a`, nothing to `.`. A `..` that leads above a
// relative path's beginning stays.
std::string normalize_path(std::string_view path);

}  // namespace migguard
