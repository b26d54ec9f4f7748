// Parses what was loaded, on as many threads as help.
#include <algorithm>
#include <atomic>
#include <project/load.hpp>
#include <sql/script.hpp>
#include <system_error>
#include <thread>

namespace migguard::project {
namespace {

// Below this, starting threads costs more than they save.
constexpr std::size_t few_files = 200;
constexpr std::size_t few_bytes = std::size_t{2} << 20;

struct Task {
  Migration* migration;
  bool drizzle_breakpoints;
};

std::vector<Task> tasks_of(Project& project) {
  std::vector<Task> tasks;
  for (History& history : project.histories) {
    if (history.dialect != Dialect::postgresql) continue;
    const bool drizzle = history.tool == Tool::drizzle || history.tool == Tool::drizzle_v1;
    for (auto* list : {&history.migrations, &history.rollbacks}) {
      for (Migration& migration : *list) {
        // A problem at this point: the file could not even be read.
        if (migration.script.problems.empty()) tasks.push_back({&migration, drizzle});
      }
    }
  }
  return tasks;
}

void run(const Task& task) {
  sql::ParseOptions options;
  options.drizzle_breakpoints = task.drizzle_breakpoints;
  options.ranges = task.migration->ranges;
  task.migration->script = sql::parse(*task.migration->source, options);
}

unsigned thread_count(const std::vector<Task>& tasks, unsigned jobs) {
  std::size_t bytes = 0;
  for (const Task& task : tasks) bytes += task.migration->source->text.size();
  if (tasks.size() < few_files && bytes < few_bytes) return 1;
  if (jobs == 0) jobs = std::max(1U, std::thread::hardware_concurrency());
  return static_cast<unsigned>(std::min<std::size_t>(jobs, std::max<std::size_t>(tasks.size(), 1)));
}

}  // namespace

void parse(Project& project, unsigned jobs) {
  const std::vector<Task> tasks = tasks_of(project);
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < tasks.size(); i = next++) run(tasks[i]);
  };
  std::vector<std::thread> threads;
  for (unsigned i = 1; i < thread_count(tasks, jobs); ++i) {
    try {
      threads.emplace_back(work);
    } catch (const std::system_error&) {
      break;  // no more threads to be had: those there are do the work
    }
  }
  work();
  for (std::thread& thread : threads) thread.join();
}

}  // namespace migguard::project
