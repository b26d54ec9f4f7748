// The stages of a lint over folders of .sql files, and the checking of JSON, measured.
//
//   bench/generate 1000 /tmp/thousand
//   cmake --build build/release --target benchmarks && build/release/benchmarks /tmp/thousand
//
// Arguments that begin with --benchmark_ are Google Benchmark's own.
#include "benchmarks.hpp"

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  for (int at = 1; at < argc; ++at) {
    if (!migguard::bench::add_stages_of(argv[at])) return 2;
  }
  migguard::bench::add_json_check();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
