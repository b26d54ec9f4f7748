// Projects written down as a list of files, for the tests of src/project.
#pragma once

#include <gtest/gtest.h>
#include <initializer_list>
#include <memory>
#include <project/load.hpp>
#include <string>
#include <utility>
#include <vector>

namespace migguard::project {

using Files = std::vector<std::pair<std::string, std::string>>;

inline Memory file_system(const Files& files) {
  Memory memory;
  for (const auto& [path, text] : files) memory.add(path, text);
  return memory;
}

// The project below some paths; a test failure and an empty project where it cannot be loaded.
inline std::unique_ptr<Project> load_files(const Files& files,
                                           std::vector<std::string> paths = {"."},
                                           std::optional<Tool> tool = std::nullopt) {
  LoadSettings settings;
  settings.paths = std::move(paths);
  settings.tool = tool;
  auto project = load(settings, file_system(files));
  EXPECT_TRUE(project) << (project ? "" : project.error().message);
  return project ? *std::move(project) : std::make_unique<Project>();
}

// The ids of migrations in their order; `!` before those the tool never runs, `-` before unselected
// ones.
inline std::string ids(const std::vector<Migration>& migrations) {
  std::string text;
  for (const Migration& each : migrations) {
    if (!text.empty()) text += ' ';
    if (!each.listed) text += '!';
    if (!each.selected) text += '-';
    text += each.id;
  }
  return text;
}

// `tool folder` of each history.
inline std::string histories(const Project& project) {
  std::string text;
  for (const History& each : project.histories) {
    if (!text.empty()) text += ", ";
    text += cat(to_string(each.tool), " ", each.folder, each.loose ? " loose" : "");
  }
  return text;
}

inline std::string journal(const std::vector<std::string>& tags,
                           const std::string& dialect = "postgresql") {
  std::string entries;
  for (std::size_t i = 0; i < tags.size(); ++i) {
    entries += cat(i == 0 ? "" : ",\n", "{\"idx\": ", i, ", \"when\": ", 1700000000000 + i,
                   ", \"tag\": \"", tags[i], "\"}");
  }
  return cat("{\"dialect\": \"", dialect, "\", \"entries\": [", entries, "]}");
}

}  // namespace migguard::project
