// Runs a program with an argument vector: no shell, no name turned into a command.
#pragma once

#include <chrono>
#include <string>
#include <util/result.hpp>
#include <vector>

namespace migguard::git {

struct Output {
  int status = 0;  // exit status; 128 and the signal where one ended it
  std::string out;
  std::string err;
  bool timed_out = false;  // it was ended because it took longer than allowed
};

// The program's absolute path by PATH. Entries of PATH that are not absolute are passed by: they
// would run what lies in the linted tree. Empty where there is none.
std::string find_program(const std::string& name);

// Runs a program to its end with `input` on its standard input. `environment` is added to ours, a
// name without `=` is taken out of it. Errors: it cannot be started. `limit`: how long it may take;
// none where zero.
Result<Output> run(const std::vector<std::string>& arguments,
                   const std::vector<std::string>& environment, const std::string& input = {},
                   std::chrono::milliseconds limit = {});

}  // namespace migguard::git
