// What runs migrations: scripts of a package, Dockerfiles, Makefiles, shell scripts, environments.
#include <fuzz/harness.hpp>

namespace migguard::fuzz {
namespace {

constexpr std::string_view seeds[] = {"fixtures/projects/*/package.json", "Dockerfile",
                                      "fixtures/projects/**/Dockerfile",
                                      "fixtures/projects/*/.env*"};

void run(std::string_view input) {
  const std::string text(input);
  Memory files;
  files.add("package.json", text);
  for (const char* each : {"Dockerfile", "Makefile", "Procfile", "fly.toml", ".env.example",
                           "scripts/deploy.sh", "atlas.hcl", "sqlx-data.json", "dbconfig.yml"}) {
    files.add(each, text);
  }
  files.add("migrations/0001_a.sql", "CREATE TABLE a (id int);");
  files.add("migrations/atlas.sum", text);
  require(check_answers(files, input) != nullptr, "no file keeps lint from doing its job");
}

}  // namespace

extern const Harness commands_harness{.name = "commands",
                                      .summary = "package scripts, Dockerfiles, shell, checksums",
                                      .seeds = seeds,
                                      .run = run};

}  // namespace migguard::fuzz
