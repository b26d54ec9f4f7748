// Terminals, standard streams and files to write, on POSIX systems and Windows.
#include <cli/terminal.hpp>
#include <util/file_system.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#ifdef _WIN32
#include <io.h>
#include <process.h>
#else
#include <sys/ioctl.h>
#include <unistd.h>
#endif

namespace migguard::cli {
namespace {

namespace fs = std::filesystem;

bool is_terminal(std::FILE* stream) {
#ifdef _WIN32
  return _isatty(_fileno(stream)) != 0;
#else
  return isatty(fileno(stream)) != 0;
#endif
}

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::optional<std::size_t> terminal_width() {
#ifndef _WIN32
  winsize size{};
  if (is_terminal(stdout) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    return size.ws_col;
#endif
  const std::string_view columns = variable("COLUMNS");
  std::size_t width = 0;
  const auto [end, error] = std::from_chars(columns.data(), columns.data() + columns.size(), width);
  if (error == std::errc() && end == columns.data() + columns.size() && width > 0) return width;
  return std::nullopt;
}

long process_id() {
#ifdef _WIN32
  return _getpid();
#else
  return getpid();
#endif
}

Error cannot_write(const std::string& path, int error) {
  return {cat("cannot be written: ", std::generic_category().message(error)), path};
}

// The whole text to a file opened with `mode`; the errno where that fails.
int write_whole(const std::string& path, const char* mode, std::string_view text) {
  std::FILE* file = std::fopen(path.c_str(), mode);
  if (!file) return errno;
  const bool written =
      std::fwrite(text.data(), 1, text.size(), file) == text.size() && std::fflush(file) == 0;
  const int error = written ? 0 : errno ? errno : EIO;
  return std::fclose(file) == 0 || error ? error : errno;
}

}  // namespace

bool wants_color(Color asked) {
  if (asked != Color::automatic) return asked == Color::always;
  if (!variable("NO_COLOR").empty()) return false;
  const std::string_view forced = variable("CLICOLOR_FORCE");
  if (!forced.empty() && forced != "0") return true;
  if (variable("CLICOLOR") == "0" || variable("TERM") == "dumb") return false;
  return is_terminal(stdout);
}

std::size_t text_width() {
  return std::clamp<std::size_t>(terminal_width().value_or(100), 40, 120);
}

Result<std::string> read_standard_input_text() {
  std::string text;
  char buffer[1 << 16];
  while (const std::size_t count = std::fread(buffer, 1, sizeof buffer, stdin)) {
    text.append(buffer, count);
    if (text.size() > FileSystem::default_limit)
      return Error{"standard input is longer than 256 MB"};
  }
  if (std::ferror(stdin))
    return Error{cat("cannot read standard input: ", std::generic_category().message(errno))};
  return text;
}

std::optional<Error> write_standard_output(std::string_view text) {
  // It is one text: a buffer would only copy it.
  std::setvbuf(stdout, nullptr, _IONBF, 0);
  errno = 0;
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (std::fflush(stdout) == 0 && written) return std::nullopt;
  if (errno == EPIPE) return std::nullopt;
  return Error{cat("cannot write standard output: ", std::generic_category().message(errno))};
}

Result<bool> write_piece(std::string_view text) {
  errno = 0;
  const bool written =
      std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (written) return true;
  if (errno == EPIPE) return false;
  return Error{cat("cannot write standard output: ", std::generic_category().message(errno))};
}

namespace {

// A text that lies beside the file whose place it will take.
struct Staged {
  std::string path;  // as people call it
  std::string target, temporary;
};

Result<Staged> stage(const std::string& path, std::string_view text) {
  std::error_code ignored, error;
  const fs::file_status status = fs::status(path, ignored);
  // A link stays a link: what it points to is replaced.
  const fs::path resolved = fs::exists(status) ? fs::canonical(path, error) : fs::path(path);
  Staged staged{path, error ? path : resolved.string(), {}};
  staged.temporary = cat(staged.target, ".", process_id(), ".tmp");
  if (const int failed = write_whole(staged.temporary, "wbx", text)) {
    if (failed != EEXIST) fs::remove(staged.temporary, ignored);
    return cannot_write(path, failed);
  }
  if (fs::exists(status)) fs::permissions(staged.temporary, status.permissions(), ignored);
  return staged;
}

std::optional<Error> put_in_place(const Staged& staged) {
  std::error_code error, ignored;
  fs::rename(staged.temporary, staged.target, error);
  if (!error) return std::nullopt;
  fs::remove(staged.temporary, ignored);
  return Error{cat("cannot be written: ", error.message()), staged.path};
}

}  // namespace

std::optional<Error> write_file(const std::string& path, std::string_view text) {
  std::error_code ignored;
  const fs::file_status status = fs::status(path, ignored);
  if (fs::is_directory(status)) return Error{"is a directory", path};
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    const int error = write_whole(path, "wb", text);
    return error && error != EPIPE ? std::optional(cannot_write(path, error)) : std::nullopt;
  }
  const auto staged = stage(path, text);
  return staged ? put_in_place(*staged) : std::optional(staged.error());
}

ProgressLine::ProgressLine(std::string_view text) {
  if (!is_terminal(stderr)) return;
  thread_ = std::thread([this, line = std::string(text)] {
    std::unique_lock lock(mutex_);
    if (over_changed_.wait_for(lock, std::chrono::seconds(1), [this] { return over_; })) return;
    std::fprintf(stderr, "%s", line.c_str());
    std::fflush(stderr);
    over_changed_.wait(lock, [this] { return over_; });
    std::fprintf(stderr, "\r%*s\r", static_cast<int>(line.size()), "");
    std::fflush(stderr);
  });
}

ProgressLine::~ProgressLine() {
  if (!thread_.joinable()) return;
  {
    const std::scoped_lock lock(mutex_);
    over_ = true;
  }
  over_changed_.notify_one();
  thread_.join();
}

ProgressMeter::ProgressMeter()
    : watched_(is_terminal(stderr)),
      begun_(std::chrono::steady_clock::now()),
      next_(begun_ + std::chrono::seconds(1)) {}

ProgressMeter::~ProgressMeter() {
  if (width_ == 0) return;
  std::fprintf(stderr, "\r%*s\r", static_cast<int>(width_), "");
  std::fflush(stderr);
}

bool ProgressMeter::due() { return watched_ && std::chrono::steady_clock::now() >= next_; }

void ProgressMeter::show(std::string_view text) {
  std::string line = printable(text);
  const std::size_t width = display_width(line);
  if (width < width_) line.append(width_ - width, ' ');
  std::fprintf(stderr, "\r%s", line.c_str());
  std::fflush(stderr);
  width_ = width;
  next_ = std::chrono::steady_clock::now() + std::chrono::milliseconds(200);
}

std::chrono::duration<double> ProgressMeter::elapsed() const {
  return std::chrono::steady_clock::now() - begun_;
}

}  // namespace migguard::cli
