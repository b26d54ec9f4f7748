// Runs one harness over inputs: the fuzzer where libFuzzer is linked, else the files given, which
// is how a crash is looked at in a debugger.
//
//   migguard_fuzz HARNESS [FILE...]
//   MIGGUARD_HARNESS=HARNESS migguard_fuzz [FLAG...]   as libFuzzer, with its flags
//   migguard_fuzz --list
//   migguard_fuzz --seeds HARNESS                      globs on the files to begin with
//   migguard_fuzz --write-examples FOLDER              the SQL of the rules' examples, as files
#include <fuzz/harness.hpp>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <migguard/rule.hpp>
#include <string>
#include <util/text.hpp>

using migguard::fuzz::Harness;

namespace {

const Harness* chosen = nullptr;

int write_examples(const std::string& folder) {
  std::size_t count = 0;
  for (const migguard::RegisteredRule& rule : migguard::all_rules()) {
    for (const auto list : {rule.rule->bad, rule.rule->good}) {
      for (const migguard::Example& each : list) {
        if (each.sql.empty()) continue;
        std::ofstream out(migguard::cat(folder, "/example-", ++count, ".sql"), std::ios::binary);
        if (!each.before.empty()) out << each.before << '\f';
        out << each.sql;
      }
    }
  }
  return 0;
}

int answer(int argc, char** argv) {
  const std::string_view first = argc > 1 ? argv[1] : "";
  if (first == "--list") {
    for (const Harness* each : migguard::fuzz::harnesses()) {
      std::printf("%s%s\t%s\n", std::string(each->name).c_str(), each->takes_sql ? "\tsql" : "\t",
                  std::string(each->summary).c_str());
    }
    return 0;
  }
  const Harness* named = argc > 2 ? migguard::fuzz::harness_named(argv[2]) : nullptr;
  if (first == "--seeds" && named) {
    for (const std::string_view each : named->seeds) std::printf("%s\n", std::string(each).c_str());
    return 0;
  }
  if (first == "--write-examples" && argc == 3) return write_examples(argv[2]);
  return -1;
}

}  // namespace

#ifdef MIGGUARD_LIBFUZZER

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  const int status = answer(*argc, *argv);
  if (status >= 0) std::exit(status);
  const char* name = std::getenv("MIGGUARD_HARNESS");
  chosen = migguard::fuzz::harness_named(name ? name : "");
  if (chosen) return 0;
  std::fprintf(stderr, "MIGGUARD_HARNESS names no harness: --list shows them\n");
  std::exit(2);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  chosen->run({reinterpret_cast<const char*>(data), size});
  return 0;
}

#else

int main(int argc, char** argv) {
  const int status = answer(argc, argv);
  if (status >= 0) return status;
  chosen = argc > 1 ? migguard::fuzz::harness_named(argv[1]) : nullptr;
  if (!chosen) {
    std::fprintf(stderr, "usage: migguard_fuzz HARNESS FILE...; --list shows the harnesses\n");
    return 2;
  }
  for (int i = 2; i < argc; ++i) {
    std::ifstream in(argv[i], std::ios::binary);
    if (!in) {
      std::fprintf(stderr, "migguard_fuzz: %s cannot be read\n", argv[i]);
      return 2;
    }
    chosen->run(std::string(std::istreambuf_iterator<char>(in), {}));
  }
  return 0;
}

#endif
