#include <lint/renames.hpp>
#include <migguard/history.hpp>
#include <util/file_system.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <functional>
#include <set>
#include <unordered_map>
#include <vector>

namespace migguard::lint {
namespace {

using Files = std::vector<const SourceFile*>;

// `20250102_users/migration.sql`: what a file is called where its folder moved.
std::string_view short_path(std::string_view path) {
  const std::size_t name = path.rfind('/');
  if (name == path.npos || name == 0) return path;
  const std::size_t folder = path.rfind('/', name - 1);
  return folder == path.npos ? path : path.substr(folder + 1);
}

class Matching {
 public:
  Matching(const Project& then, const Project& now) {
    std::set<std::string_view> old_paths, new_paths;
    for (const SourceFile& each : then.files) old_paths.insert(each.path);
    for (const SourceFile& each : now.files) new_paths.insert(each.path);
    for (const SourceFile& each : then.files) {
      if (!new_paths.contains(each.path) && !each.text.empty()) gone_.push_back(&each);
    }
    for (const SourceFile& each : now.files) {
      if (!old_paths.contains(each.path) && !each.text.empty()) added_.push_back(&each);
    }
  }

  std::map<std::string, std::string> run() {
    // Of equal files the one of the same name, so that a moved folder keeps its order.
    by([](const SourceFile& each) { return cat(file_name(each.path), '\0', each.text); }, false);
    by([](const SourceFile& each) { return each.text; }, false);
    by([](const SourceFile& each) { return std::string(short_path(each.path)); }, true);
    by([](const SourceFile& each) { return std::string(file_name(each.path)); }, true);
    by_shared_lines();
    return std::move(renamed_);
  }

 private:
  void match(const SourceFile& old_file, const SourceFile& new_file) {
    renamed_.emplace(old_file.path, new_file.path);
    matched_.insert(&old_file);
    matched_.insert(&new_file);
  }

  Files unmatched(const Files& files) const {
    Files rest;
    for (const SourceFile* each : files) {
      if (!matched_.contains(each)) rest.push_back(each);
    }
    return rest;
  }

  // Pairs files with one key, in their order; `unique`: only where no other file has it.
  void by(const std::function<std::string(const SourceFile&)>& key, bool unique) {
    std::unordered_map<std::string, std::pair<Files, Files>> groups;
    for (const SourceFile* each : unmatched(gone_)) groups[key(*each)].first.push_back(each);
    if (groups.empty()) return;
    for (const SourceFile* each : unmatched(added_)) {
      const auto group = groups.find(key(*each));
      if (group != groups.end()) group->second.second.push_back(each);
    }
    for (const auto& [text, group] : groups) {
      const auto& [olds, news] = group;
      if (unique && (olds.size() != 1 || news.size() != 1)) continue;
      for (std::size_t index = 0; index < std::min(olds.size(), news.size()); ++index)
        match(*olds[index], *news[index]);
    }
  }

  void by_shared_lines() {
    // Lines that more files have say nothing, and would make the work quadratic.
    constexpr std::size_t most_files = 16;
    std::unordered_map<std::string_view, Files> files_with;
    for (const SourceFile* each : unmatched(gone_)) {
      for (const std::string_view line : split(each->text, '\n')) {
        if (trim(line).empty()) continue;
        Files& files = files_with[line];
        if (files.size() <= most_files && (files.empty() || files.back() != each))
          files.push_back(each);
      }
    }
    if (files_with.empty()) return;
    struct Pair {
      std::size_t shared;
      const SourceFile* then;
      const SourceFile* now;
    };
    std::vector<Pair> pairs;
    for (const SourceFile* each : unmatched(added_)) {
      std::map<std::string_view, Pair> shared;  // by path
      std::set<std::string_view> seen;
      for (const std::string_view line : split(each->text, '\n')) {
        const auto found = files_with.find(line);
        if (found == files_with.end() || found->second.size() > most_files) continue;
        if (!seen.insert(line).second) continue;
        for (const SourceFile* old_file : found->second) {
          auto [pair, is_new] = shared.try_emplace(old_file->path, Pair{0, old_file, each});
          pair->second.shared += line.size() + 1;
        }
      }
      for (const auto& [path, pair] : shared) {
        const std::size_t larger = std::max(pair.then->text.size(), each->text.size());
        if (pair.shared * 2 >= larger) pairs.push_back(pair);
      }
    }
    std::stable_sort(pairs.begin(), pairs.end(),
                     [](const Pair& a, const Pair& b) { return a.shared > b.shared; });
    for (const Pair& each : pairs) {
      if (!matched_.contains(each.then) && !matched_.contains(each.now))
        match(*each.then, *each.now);
    }
  }

  Files gone_, added_;
  std::set<const SourceFile*> matched_;
  std::map<std::string, std::string> renamed_;
};

}  // namespace

std::map<std::string, std::string> renamed_files(const Project& then, const Project& now) {
  return Matching(then, now).run();
}

}  // namespace migguard::lint
