// What standard output and standard error are connected to, and how text gets there.
#pragma once

#include <cli/options.hpp>
#include <util/result.hpp>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace migguard::cli {

// Whether to colour standard output: `--color`, else NO_COLOR (no-color.org), CLICOLOR_FORCE and
// CLICOLOR (bixense.com/clicolors), else whether it is a terminal that can.
bool wants_color(Color asked);

// Columns for text: the terminal's, else COLUMNS, else 100. From 40 to 120: longer lines are hard
// to read.
std::size_t text_width();

// Standard input to its end; an error over 256 MB.
Result<std::string> read_standard_input_text();

// A closed pipe is no error: whoever read it has seen enough.
std::optional<Error> write_standard_output(std::string_view text);

// The same for one of many pieces; false where the pipe is closed, so that no more are made.
Result<bool> write_piece(std::string_view text);

// Written beside the file and renamed into its place, so that nobody sees half of it; devices and
// pipes are written to directly.
std::optional<Error> write_file(const std::string& path, std::string_view text);

// One line on standard error where a run takes longer than a second and somebody watches; gone when
// it is over.
class ProgressLine {
 public:
  explicit ProgressLine(std::string_view text);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

 private:
  std::mutex mutex_;
  std::condition_variable over_changed_;
  bool over_ = false;
  std::thread thread_;
};

// One line on standard error that follows a long run, where somebody watches: from its first second
// on, a few times a second.
class ProgressMeter {
 public:
  ProgressMeter();
  ~ProgressMeter();
  ProgressMeter(const ProgressMeter&) = delete;
  ProgressMeter& operator=(const ProgressMeter&) = delete;

  // Whether it is time for another line; cheap.
  bool due();
  void show(std::string_view text);
  std::chrono::duration<double> elapsed() const;

 private:
  bool watched_ = false;
  std::chrono::steady_clock::time_point begun_;
  std::chrono::steady_clock::time_point next_;
  std::size_t width_ = 0;  // of the line that stands there
};

}  // namespace migguard::cli
