#include <project/runner_files.hpp>
#include <util/file_system.hpp>

namespace migguard::project {
namespace {

bool is_yaml(std::string_view name) { return name.ends_with(".yml") || name.ends_with(".yaml"); }

}  // namespace

std::optional<RunnerFile> runner_file_of(std::string_view folder, std::string_view name) {
  if (name == "package.json") return RunnerFile::package;
  if (is_yaml(name)) {
    if (name.starts_with("docker-compose") || name.starts_with("compose")) {
      return RunnerFile::compose;
    }
    const std::string parent = parent_path(folder);
    if (file_name(folder) == "workflows" && file_name(parent) == ".github") {
      return RunnerFile::workflow;
    }
    return std::nullopt;
  }
  if (name.ends_with(".md") || name.ends_with(".mdx")) return std::nullopt;
  if (name.starts_with("Dockerfile") || name.ends_with(".Dockerfile") ||
      name.ends_with(".dockerfile")) {
    return RunnerFile::dockerfile;
  }
  if (name.starts_with("Procfile")) return RunnerFile::procfile;
  if (name.starts_with("fly.") && name.ends_with(".toml")) return RunnerFile::fly;
  if (name == "Makefile" || name == "makefile" || name == "GNUmakefile") {
    return RunnerFile::makefile;
  }
  if (name.ends_with(".sh")) return RunnerFile::shell;
  return std::nullopt;
}

}  // namespace migguard::project
