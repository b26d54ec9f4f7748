// SQL through the whole pipeline: parse, lower, replay, rules, report.
#include <fuzz/harness.hpp>

namespace migguard::fuzz {
namespace {

constexpr std::string_view seeds[] = {"fixtures/schema/*.sql", "fixtures/rules/*/*.sql",
                                      "fixtures/projects/*/drizzle/*.sql"};

void run(std::string_view input) {
  Memory files;
  // Text before a form feed is an earlier migration.
  const std::size_t cut = input.find('\f');
  if (cut != std::string_view::npos) {
    files.add("migrations/0001_before.sql", std::string(input.substr(0, cut)));
    input.remove_prefix(cut + 1);
  }
  files.add("migrations/0002_now.sql", std::string(input));
  require(check_answers(files, input) != nullptr, "no SQL keeps lint from doing its job");
}

}  // namespace

extern const Harness sql_harness{.name = "sql",
                                 .summary = "SQL through the whole pipeline",
                                 .seeds = seeds,
                                 .run = run,
                                 .takes_sql = true};

}  // namespace migguard::fuzz
