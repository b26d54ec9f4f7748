// Writes several new files at once: all of them or none, and never over one that is there.
#pragma once

#include <util/result.hpp>

#include <optional>
#include <string>
#include <vector>

namespace migguard::cli {

struct NewFile {
  std::string path;
  std::string text;
};

// The first of the paths at which something is already (a file, a folder, a link that leads
// nowhere), or nothing.
std::optional<std::string> first_existing(const std::vector<NewFile>& files);

// Makes missing folders. A folder that is new comes into being with all its files at once; what was
// written is taken away again where a later file cannot be.
std::optional<Error> write_new_files(const std::vector<NewFile>& files);

}  // namespace migguard::cli
