// Walks the folders and asks each reader for its evidence.
#include <algorithm>
#include <project/detect.hpp>
#include <project/names.hpp>
#include <project/tools/sql_files.hpp>

namespace migguard::project {
namespace {

// Deeper than any project; a guard against trees made to hurt.
constexpr std::size_t max_depth = 200;

constexpr std::size_t numbered_files_that_prove = 2;

std::size_t numbered_files(const Folder& folder) {
  return static_cast<std::size_t>(std::count_if(
      folder.files.begin(), folder.files.end(),
      [](const std::string& name) { return is_sql(name) && !leading_digits(name).empty(); }));
}

bool has_sql(const Folder& folder) {
  return std::any_of(folder.files.begin(), folder.files.end(),
                     [](const std::string& name) { return is_sql(name); });
}

// A part of the history around it: rollback scripts, Drizzle's `meta/`.
bool belongs_to_parent(std::string_view folder) {
  const std::string_view name = file_name(folder);
  return name == "meta" || is_rollback_folder(name);
}

// `0001_init.sql`
bool has_drizzle_names(const Folder& folder) {
  return std::any_of(folder.files.begin(), folder.files.end(), [](const std::string& name) {
    const std::size_t digits = leading_digits(name).size();
    return is_sql(name) && digits > 0 && name.substr(digits).starts_with('_');
  });
}

// A folder that a configuration names as Drizzle's, although its journal is not there.
std::optional<Recognized> recognize_out(Tree& tree, const Folder& folder, const Hints& hints) {
  const auto config = hints.drizzle_outs.find(folder.path);
  if (config == hints.drizzle_outs.end() || !has_drizzle_names(folder)) return std::nullopt;
  const std::string journal = join_path(folder.path, "meta/_journal.json");
  if (tree.ignored_here_or_above(journal, false)) return std::nullopt;
  return Recognized{&drizzle_reader, folder.path, cat("`out` of ", config->second->path),
                    false,           false,       config->second};
}

// The histories around the folder at hand, in a walk from parents to children.
class Claims {
 public:
  void claim(const Recognized& found) {
    around_.push_back({found.folder, found.reader->owns_subfolders});
  }
  bool hold(const std::string& folder) {
    while (!around_.empty() && !is_below(folder, around_.back().folder)) around_.pop_back();
    return std::any_of(around_.begin(), around_.end(), [&](const Claim& claim) {
      return claim.whole || (parent_path(folder) == claim.folder && belongs_to_parent(folder));
    });
  }

 private:
  struct Claim {
    std::string folder;
    bool whole;
  };
  std::vector<Claim> around_;
};

}  // namespace

std::vector<std::string> folders_below(Tree& tree, const std::string& root) {
  struct Pending {
    std::string path;
    std::size_t depth;
  };
  std::vector<std::string> found;
  std::vector<Pending> pending{{root, 0}};
  while (!pending.empty()) {
    Pending next = std::move(pending.back());
    pending.pop_back();
    const Folder& folder = tree.folder(next.path);
    if (next.depth < max_depth) {
      for (auto name = folder.folders.rbegin(); name != folder.folders.rend(); ++name) {
        pending.push_back({join_path(next.path, *name), next.depth + 1});
      }
    }
    found.push_back(std::move(next.path));
  }
  return found;
}

std::optional<Recognized> recognize(Tree& tree, const Folder& folder, const Hints& hints) {
  const std::string name = tree.name_of(folder.path);
  const bool docker_init =
      hints.mounted.count(folder.path) != 0 || name == "docker-entrypoint-initdb.d";
  for (const ToolReader* reader : tool_readers()) {
    if (auto evidence = reader->evidence(tree, folder)) {
      const bool plain = reader->tool == Tool::plain;
      if (plain) {
        if (auto out = recognize_out(tree, folder, hints)) return out;
      }
      return Recognized{reader, folder.path, *std::move(evidence), plain && docker_init, false};
    }
  }
  if (auto out = recognize_out(tree, folder, hints)) return out;
  if (docker_init && numbered_files(folder) >= numbered_files_that_prove) {
    return Recognized{&plain_reader, folder.path, "mounted as docker-entrypoint-initdb.d", true,
                      false};
  }
  if (has_sql(folder) && (docker_init || is_migrations_name(name))) {
    return Recognized{&plain_reader, folder.path, cat("SQL files in a folder named ", name),
                      docker_init, true};
  }
  return std::nullopt;
}

std::vector<Recognized> recognize_all(Tree& tree, const std::vector<std::string>& folders,
                                      const Hints& hints) {
  std::vector<Recognized> all;
  Claims claims;
  for (const std::string& path : folders) {
    if (claims.hold(path)) continue;
    auto found = recognize(tree, tree.folder(path), hints);
    if (!found) continue;
    claims.claim(*found);
    all.push_back(*std::move(found));
  }
  return all;
}

std::vector<Recognized> recognize_as(Tree& tree, const std::vector<std::string>& folders,
                                     const ToolReader& reader) {
  std::vector<Recognized> all;
  for (const std::string& path : folders) {
    if (!all.empty() && is_below(path, all.back().folder)) continue;
    if (!all.empty() && belongs_to_parent(path)) continue;
    if (!reader.fits(tree, tree.folder(path))) continue;
    all.push_back({&reader, path, "--tool", false, false});
  }
  return all;
}

}  // namespace migguard::project
