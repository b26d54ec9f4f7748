// Many files on one thread and on eight: the same bytes.
#include <fuzz/harness.hpp>

#include <util/text.hpp>

namespace migguard::fuzz {
namespace {

constexpr std::string_view seeds[] = {"fixtures/schema/c*.sql"};

// From so many files on, lint starts threads.
constexpr int many_files = 210;

std::string answer_of(const Memory& files, std::string_view jobs) {
  const auto answer = run_program(
      {"lint", "--preset", "all", "--verbose", "--jobs", std::string(jobs), "--format", "json"},
      files);
  require(bool(answer), "no SQL keeps lint from doing its job");
  return answer->documents.front().whole();
}

void run(std::string_view input) {
  Memory files;
  std::string_view rest = input;
  for (int i = 0; i < many_files; ++i) {
    // Statement by statement, and the whole for the last one.
    const std::size_t cut = i + 1 < many_files ? rest.find(';') : std::string_view::npos;
    files.add(cat("migrations/", 1000 + i, "_a.sql"), std::string(rest.substr(0, cut)));
    rest.remove_prefix(cut == std::string_view::npos ? rest.size() : cut + 1);
    if (rest.empty()) rest = input;
    if (input.size() > 4096 && i > 20) rest = "SELECT 1";
  }
  require(answer_of(files, "1") == answer_of(files, "8"), "threads do not change an answer");
}

}  // namespace

extern const Harness threads_harness{.name = "threads",
                                     .summary = "many files on one thread and on eight",
                                     .seeds = seeds,
                                     .run = run};

}  // namespace migguard::fuzz
