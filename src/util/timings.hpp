// Where the time of a run goes, for `--timings`: only measured where somebody asks.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace migguard {

// Nanoseconds by stage. Threads that parse add up.
struct Timings {
  using Total = std::atomic<std::int64_t>;
  Total read{0};    // finding histories, reading files and journals
  Total parse{0};   // PostgreSQL's parser, and recovery from what it refuses
  Total lower{0};   // its trees to operations
  Total wait{0};    // of the thread that replays: for scripts, or parsing some itself
  Total replay{0};  // all of the judging, with what it waits for and the rules
  Total rules{0};
  Total report{0};  // the answer's text
};

// Adds the time it lives for to a total.
class Stopwatch {
 public:
  explicit Stopwatch(Timings::Total* total) : total_(total) {
    if (total_) begun_ = std::chrono::steady_clock::now();
  }
  Stopwatch(Timings* timings, Timings::Total Timings::*stage)
      : Stopwatch(timings ? &(timings->*stage) : nullptr) {}
  ~Stopwatch() {
    if (!total_) return;
    const auto passed = std::chrono::steady_clock::now() - begun_;
    *total_ += std::chrono::duration_cast<std::chrono::nanoseconds>(passed).count();
  }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

 private:
  Timings::Total* total_;
  std::chrono::steady_clock::time_point begun_;
};

}  // namespace migguard
