// TypeScript: Drizzle's configuration and schema, as one file imported by the other.
#include <fuzz/harness.hpp>

#include <typescript/syntax.hpp>

namespace migguard::fuzz {
namespace {

constexpr std::string_view seeds[] = {"fixtures/projects/**/drizzle.config.*",
                                      "fixtures/projects/**/*.ts"};

void run(std::string_view input) {
  if (const auto tree = typescript::parse(input)) {
    for (const char* kind : {"string", "identifier", "ERROR"}) {
      for (const typescript::Node& each : tree->root().all(kind)) {
        const Span span = each.span();
        require(span.begin <= span.end && span.end <= input.size(), "a node lies in its text");
        typescript::string_value(each);
      }
    }
  }
  Memory files;
  files.add("package.json",
            R"({"dependencies": {"drizzle-orm": "0.44.0", "drizzle-kit": "0.31.0"}})");
  files.add("drizzle.config.ts", std::string(input));
  files.add("apps/one/package.json", R"({"dependencies": {"drizzle-orm": "0.44.0"}})");
  files.add("apps/one/drizzle.config.ts",
            "import { defineConfig } from 'drizzle-kit';\nimport * as them from './src/schema';\n"
            "export default defineConfig({dialect: 'postgresql', schema: './src/schema.ts', "
            "out: './drizzle', ...them});\n");
  files.add("apps/one/src/schema.ts", std::string(input));
  files.add("apps/one/drizzle/meta/_journal.json",
            R"({"version": "7", "dialect": "postgresql", "entries": []})");
  // The types that the schema gives JSON columns are read where money is put into one.
  files.add("apps/one/drizzle/0000_a.sql",
            "UPDATE quotes SET metadata = jsonb_build_object('price', 1) WHERE id = 1;");
  require(check_answers(files, input) != nullptr, "no source keeps lint from doing its job");
}

}  // namespace

extern const Harness typescript_harness{.name = "typescript",
                                        .summary = "Drizzle's configuration and schema",
                                        .seeds = seeds,
                                        .run = run};

}  // namespace migguard::fuzz
