#include <cli/new_files.hpp>
#include <migguard/text.hpp>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <map>
#include <utility>

#ifdef _WIN32
#include <process.h>
#else
#include <unistd.h>
#endif

namespace migguard::cli {
namespace {

namespace fs = std::filesystem;

int process() {
#ifdef _WIN32
  return _getpid();
#else
  return static_cast<int>(getpid());
#endif
}

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(fs::symlink_status(path, ignored));
}

// The highest folder above a file that is not there yet; empty where all are.
fs::path new_folder_above(const fs::path& file) {
  fs::path found;
  for (fs::path folder = file.parent_path(); !folder.empty() && !is_there(folder);
       folder = folder.parent_path()) {
    found = folder;
    if (folder == folder.parent_path()) break;
  }
  return found;
}

std::optional<Error> write_text(const fs::path& path, const std::string& text) {
  const auto failed = [&](int reason) {
    return Error{cat("cannot be written: ", std::strerror(reason)), path.string()};
  };
  std::FILE* file = std::fopen(path.string().c_str(), "wbx");
  if (!file) return failed(errno);
  const bool whole = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  const int reason = errno;
  if (std::fclose(file) != 0) return failed(errno);
  return whole ? std::nullopt : std::optional(failed(reason));
}

// Everything prepared beside its place, and taken away again unless all came into place.
class Staging {
 public:
  ~Staging() {
    std::error_code ignored;
    for (const auto& [from, to] : prepared_) fs::remove_all(from, ignored);
    if (!kept_)
      for (const fs::path& each : placed_) fs::remove_all(each, ignored);
  }

  std::optional<Error> prepare(const NewFile& file) {
    const fs::path path = fs::path(file.path).lexically_normal();
    const fs::path folder = new_folder_above(path);
    const fs::path place = folder.empty() ? path : folder;
    const fs::path beside = cat(place.string(), ".", process(), ".tmp");
    if (prepared_.emplace(beside, place).second && is_there(beside)) {
      prepared_.erase(beside);
      return Error{"is in the way", beside.string()};
    }
    const fs::path target = folder.empty() ? beside : beside / path.lexically_relative(folder);
    std::error_code error;
    if (!folder.empty()) fs::create_directories(target.parent_path(), error);
    if (error) return Error{cat("cannot be made: ", error.message()), path.parent_path().string()};
    return write_text(target, file.text);
  }

  std::optional<Error> place() {
    for (const auto& [from, to] : prepared_) {
      std::error_code error;
      if (fs::is_directory(from)) {
        // Onto nothing, or an empty folder made meanwhile: rename refuses all else.
        fs::rename(from, to, error);
      } else {
        // A link never replaces what is there, which a rename would.
        fs::create_hard_link(from, to, error);
        if (error && error != std::errc::file_exists && !is_there(to)) fs::rename(from, to, error);
      }
      if (error) return Error{cat("cannot be written: ", error.message()), to.string()};
      placed_.push_back(to);
    }
    kept_ = true;
    return std::nullopt;
  }

 private:
  std::map<fs::path, fs::path> prepared_;  // what is written, and where it is to be
  std::vector<fs::path> placed_;
  bool kept_ = false;
};

}  // namespace

std::optional<std::string> first_existing(const std::vector<NewFile>& files) {
  for (const NewFile& each : files)
    if (is_there(each.path)) return each.path;
  return std::nullopt;
}

std::optional<Error> write_new_files(const std::vector<NewFile>& files) {
  if (const auto there = first_existing(files))
    return Error{"is there already, and is never overwritten", *there};
  Staging staging;
  for (const NewFile& each : files)
    if (const auto error = staging.prepare(each)) return error;
  return staging.place();
}

}  // namespace migguard::cli
