// Which files of a project run commands and servers: known by their names.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace migguard::project {

enum class RunnerFile : std::uint8_t {
  package,
  compose,
  dockerfile,
  workflow,
  procfile,
  fly,
  makefile,
  shell
};

std::optional<RunnerFile> runner_file_of(std::string_view folder, std::string_view name);

}  // namespace migguard::project
