// Files that migguard itself keeps: configuration, baseline, table sizes.
#include <fuzz/harness.hpp>

#include <cli/baseline.hpp>
#include <cli/config.hpp>
#include <cli/table_stats.hpp>

namespace migguard::fuzz {
namespace {

constexpr std::string_view seeds[] = {"fixtures/projects/**/migguard.json"};

void run(std::string_view input) {
  const std::string text(input);
  const auto read = cli::read_config("migguard.json", text);
  require(read || !read.error().message.empty(), "an error says something");
  (void)cli::read_baseline("migguard-baseline.json", text);
  (void)cli::read_table_stats("migguard-stats.json", text);
  Memory files;
  files.add("migguard.json", text);
  files.add("migguard-baseline.json", text);
  files.add("migguard-stats.json", text);
  files.add("migrations/0001_a.sql",
            "CREATE TABLE a (id int, metadata jsonb);\nDROP TABLE b;\n"
            "UPDATE a SET metadata = jsonb_set(metadata, '{price}', '1') WHERE id = 1;");
  const auto report = check_answers(files, input);
  require(bool(report) <= bool(read), "a configuration that cannot be read is an error");
}

}  // namespace

extern const Harness config_harness{.name = "config",
                                    .summary = "configuration, baseline, table sizes",
                                    .seeds = seeds,
                                    .run = run};

}  // namespace migguard::fuzz
