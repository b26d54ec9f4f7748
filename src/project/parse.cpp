// Parses what was loaded, on as many threads as help.
#include <algorithm>
#include <atomic>
#include <memory>
#include <memory_resource>
#include <project/load.hpp>
#include <sql/script.hpp>
#include <system_error>
#include <thread>
#include <util/pages.hpp>

namespace migguard::project {
namespace {

// Below this, starting threads costs more than they save.
constexpr std::size_t few_files = 200;
constexpr std::size_t few_bytes = std::size_t{2} << 20;
constexpr std::size_t operations_per_byte = 8;  // measured over generated files

struct Task {
  Migration* migration;
  bool drizzle_breakpoints;
};

// In the order in which they are replayed, what is never replayed last.
std::vector<Task> tasks_of(Project& project) {
  std::vector<Task> tasks;
  for (auto list : {&History::migrations, &History::rollbacks}) {
    for (History& history : project.histories) {
      if (history.dialect != Dialect::postgresql) continue;
      const bool drizzle = history.tool == Tool::drizzle || history.tool == Tool::drizzle_v1;
      for (Migration& migration : history.*list) {
        // A problem at this point: the file could not even be read.
        if (migration.script.problems.empty()) tasks.push_back({&migration, drizzle});
      }
    }
  }
  return tasks;
}

unsigned thread_count(std::size_t files, std::size_t bytes, unsigned jobs) {
  if (files < few_files && bytes < few_bytes) return 1;
  // Unasked, a second thread must be worth what its memory costs: below, it saves a tenth of the
  // time and takes a fifth more of the processors'.
  constexpr std::size_t worth_threads = std::size_t{16} << 20;
  if (jobs == 0 && bytes < worth_threads) return 1;
  if (jobs == 0) jobs = std::max(1U, std::thread::hardware_concurrency());
  return static_cast<unsigned>(std::min<std::size_t>(jobs, std::max<std::size_t>(files, 1)));
}

}  // namespace

struct Parsing::Work {
  std::vector<Task> tasks;
  std::unique_ptr<std::atomic<bool>[]> done;  // of each task: its script is there
  std::atomic<std::size_t> next = 0;          // the first task that nobody has begun
  std::vector<std::thread> threads;
  std::pmr::monotonic_buffer_resource* memory = nullptr;  // of the thread that waits
  std::size_t waited_for = 0;                             // how many tasks are known to be done
  Timings* timings = nullptr;

  // Does the next task. False: there is none.
  bool step(std::pmr::monotonic_buffer_resource& memory_of_thread) {
    const std::size_t place = next++;
    if (place >= tasks.size()) return false;
    const Task& task = tasks[place];
    sql::ParseOptions options;
    options.memory = &memory_of_thread;
    options.drizzle_breakpoints = task.drizzle_breakpoints;
    options.ranges = task.migration->ranges;
    options.timings = timings;
    task.migration->script = sql::parse(*task.migration->source, options);
    done[place] = true;
    done[place].notify_one();
    return true;
  }

  // Rather than only wait, the waiting thread parses, too.
  void wait(std::size_t place) {
    while (!done[place] && step(*memory)) {
    }
    done[place].wait(false);
  }
};

Parsing::Parsing(Project& project, unsigned jobs, Timings* timings)
    : work_(std::make_unique<Work>()) {
  Work& work = *work_;
  work.timings = timings;
  work.tasks = tasks_of(project);
  work.done = std::make_unique<std::atomic<bool>[]>(work.tasks.size());
  std::size_t bytes = 0;
  for (const Task& task : work.tasks) bytes += task.migration->source->text.size();
  const unsigned count = thread_count(work.tasks.size(), bytes, jobs);
  // Memory for each thread, and no lock between them. What a small run needs comes from its first
  // piece.
  const auto more_memory = [&] {
    constexpr std::size_t least = 1024, most = std::size_t{4} << 20;
    const std::size_t first = std::clamp(bytes * operations_per_byte / count, least, most);
    return project.memory
        .emplace_back(std::make_unique<std::pmr::monotonic_buffer_resource>(first, large_pages()))
        .get();
  };
  work.memory = more_memory();
  for (unsigned i = 1; i < count; ++i) {
    try {
      work.threads.emplace_back([&work, memory = more_memory()] {
        while (work.step(*memory)) {
        }
      });
    } catch (const std::system_error&) {
      break;  // no more threads to be had: those there are do the work
    }
  }
}

Parsing::~Parsing() {
  work_->next = work_->tasks.size();
  for (std::thread& thread : work_->threads) thread.join();
}

void Parsing::wait_for(const Migration& migration) {
  Work& work = *work_;
  const bool has_task =
      work.waited_for < work.tasks.size() && work.tasks[work.waited_for].migration == &migration;
  if (has_task) work.wait(work.waited_for++);
}

void Parsing::finish() {
  for (std::size_t place = 0; place < work_->tasks.size(); ++place) work_->wait(place);
}

void parse(Project& project, unsigned jobs) { Parsing(project, jobs).finish(); }

}  // namespace migguard::project
