// YAML: a compose file and a workflow beside a history.
#include <fuzz/harness.hpp>

#include <project/yaml.hpp>

namespace migguard::fuzz {
namespace {

constexpr std::string_view seeds[] = {"fixtures/projects/**/*compose*.yml",
                                      ".github/workflows/*.yml"};

void check_places(const project::YamlNode& node, std::size_t size) {
  require(node.span.begin <= node.span.end && node.span.end <= size, "a node lies in its text");
  for (const auto& each : node.items) check_places(each, size);
  for (const auto& each : node.members) {
    check_places(each.key, size);
    check_places(each.value, size);
  }
}

void run(std::string_view input) {
  if (const auto node = project::parse_yaml(input)) check_places(*node, input.size());
  Memory files;
  files.add("docker-compose.yml", std::string(input));
  files.add(".github/workflows/deploy.yml", std::string(input));
  files.add("migrations/0001_a.sql", "CREATE TABLE a (id int);");
  require(check_answers(files, input) != nullptr, "no YAML keeps lint from doing its job");
}

}  // namespace

extern const Harness compose_harness{
    .name = "compose", .summary = "compose files and workflows", .seeds = seeds, .run = run};

}  // namespace migguard::fuzz
