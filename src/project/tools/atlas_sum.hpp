// `atlas.sum`: what Atlas refuses to run a folder without.
#pragma once

#include <migguard/project.hpp>
#include <optional>
#include <project/tree.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace migguard::project {

// The line of an `atlas.hcl` in the folder or above it that names the folder as its migrations.
struct AtlasPlace {
  const SourceFile* source = nullptr;
  Span span;
};
std::optional<AtlasPlace> atlas_place(Tree& tree, const Folder& folder);

// Whether the sum of the folder leaves out its `.down.sql` files: they are then another tool's
// (Atlas's `format = golang-migrate`), and rollbacks.
bool atlas_leaves_out_downs(Tree& tree, const Folder& folder);

// The sum of the folder, compared with its files; none where nothing says that Atlas runs it.
std::optional<AtlasSum> read_atlas_sum(Tree& tree, const Folder& folder);

// A file as the sum counts it.
struct SummedFile {
  std::string name;
  std::string text;
};
// `atlas.sum` of a folder with these files, in any order, as `atlas migrate hash` writes it.
std::string atlas_sum_text(std::vector<SummedFile> files);
// Whether a sum has lines, and none of a `.down.sql`.
bool atlas_sum_leaves_out_downs(std::string_view sum);

}  // namespace migguard::project
