// Fuzz harnesses: each takes any bytes as one kind of input, and what must hold whatever the bytes
// are. One is a file of this folder and a line of the table in harnesses.cpp.
//
// scripts/fuzz drives them with libFuzzer under sanitizers. tests/fuzz_seeds_test.cpp gives each
// its seeds without either, so that a harness cannot rot.
#pragma once

#include <cli/command.hpp>
#include <migguard/project.hpp>
#include <span>
#include <string>
#include <string_view>
#include <util/file_system.hpp>
#include <vector>

namespace migguard::fuzz {

struct Harness {
  std::string_view name;
  std::string_view summary;
  // Files of the repository to begin with, as globs; those of `fixtures/fuzz/<name>/` besides.
  std::span<const std::string_view> seeds;
  void (*run)(std::string_view input);
  // The SQL of the rules' examples is a seed, too.
  bool takes_sql = false;
};

// Every harness, sorted by name.
std::span<const Harness* const> harnesses();
const Harness* harness_named(std::string_view name);

// A property that does not hold ends the process, which is a crash to a fuzzer.
void require(bool holds, std::string_view property);

// Gives the files to commands of the program, `migguard lint --preset all` and one that depends on
// the bytes of `input`, and checks what holds for every answer: places lie inside their files, each
// format is well-formed and holds no raw control characters. Returns what lint judged; null where
// it could not do its job.
std::unique_ptr<lint::Report> check_answers(const Memory& files, std::string_view input);

// Runs one command over files in memory, as the program would.
Result<cli::Answer> run_program(const std::vector<std::string>& arguments, const FileSystem& files);

// What the bytes decide that is no part of the input: the same for the same bytes.
std::uint64_t choice_of(std::string_view input);

}  // namespace migguard::fuzz
