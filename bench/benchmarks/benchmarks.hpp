// Benchmarks of single stages, in one process, by Google Benchmark. bench/compare measures whole
// runs of the program.
#pragma once

#include <benchmark/benchmark.h>

#include <string>

namespace migguard::bench {

// Registers the stages of a lint over a folder of .sql files. False where it cannot be read: why is
// told on standard error.
bool add_stages_of(const std::string& folder);

// Registers the checking of JSON documents, a document a line: 16 MB of them.
void add_json_check();

}  // namespace migguard::bench
