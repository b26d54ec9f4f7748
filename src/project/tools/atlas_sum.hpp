// `atlas.sum`: what Atlas refuses to run a folder without.
#pragma once

#include <migguard/project.hpp>
#include <optional>
#include <project/tree.hpp>

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

}  // namespace migguard::project
