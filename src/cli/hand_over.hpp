// Starts `migguard-db`, which has a client library, in the place of this program.
#pragma once

#include <util/result.hpp>

namespace migguard::cli {

// Replaces this process by the `migguard-db` beside this program, in ../libexec/migguard or in
// ../libexec, with the same arguments. What `--database-url` says goes by the environment: a list
// of processes shows arguments to everybody. Returns only where that fails.
Error hand_over(int argc, const char* const* argv);

}  // namespace migguard::cli
