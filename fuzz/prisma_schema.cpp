// Prisma: its schema and its lock file.
#include <fuzz/harness.hpp>

#include <project/prisma/schema.hpp>

namespace migguard::fuzz {
namespace {

constexpr std::string_view seeds[] = {"fixtures/projects/*/prisma/schema.prisma",
                                      "fixtures/projects/*/prisma/migrations/migration_lock.toml"};

void run(std::string_view input) {
  if (const auto found = project::find_datasource(input)) {
    const Span span = found->provider_span;
    require(span.begin <= span.end && span.end <= input.size(), "a provider lies in its text");
  }
  Memory files;
  files.add("package.json", R"({"dependencies": {"prisma": "6.0.0", "@prisma/client": "6.0.0"}})");
  files.add("prisma/schema.prisma", std::string(input));
  files.add("prisma/migrations/migration_lock.toml", std::string(input));
  files.add("prisma/migrations/20250101000000_a/migration.sql",
            "CREATE TABLE quotes (id int, metadata jsonb);\n"
            "UPDATE quotes SET metadata = jsonb_build_object('price', 1) WHERE id = 1;");
  require(check_answers(files, input) != nullptr, "no schema keeps lint from doing its job");
}

}  // namespace

extern const Harness prisma_schema_harness{.name = "prisma_schema",
                                           .summary = "Prisma's schema and lock file",
                                           .seeds = seeds,
                                           .run = run};

}  // namespace migguard::fuzz
