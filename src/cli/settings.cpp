// Merges flags, configuration and defaults.
#include <cli/baseline.hpp>
#include <cli/config.hpp>
#include <cli/settings.hpp>
#include <cli/table_stats.hpp>
#include <git/repository.hpp>
#include <repair/write.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <span>

namespace migguard::cli {
namespace {

// Paths below the working directory are shown relative to it, however they were written.
std::string shown_path(const std::string& path, std::string_view here) {
  std::string normal = path;
#ifdef _WIN32
  std::replace(normal.begin(), normal.end(), '\\', '/');
#endif
  normal = normalize_path(normal);
  if (normal == here) return ".";
  if (here.size() > 1 && normal.starts_with(cat(here, "/"))) return normal.substr(here.size() + 1);
  return normal;
}

Result<std::string> nearest_config(const std::vector<std::string>& paths, const FileSystem& files) {
  const std::string config = find_config(paths.front(), files);
  for (const std::string& path : std::span(paths).subspan(1)) {
    const std::string other = find_config(path, files);
    if (other == config) continue;
    const auto described = [](const std::string& file) {
      return file.empty() ? "none" : cat("`", file, "`");
    };
    return Error{cat("`", paths.front(), "` and `", path, "` have different configurations (",
                     described(config), ", ", described(other),
                     "): lint them apart, or name one with --config")};
  }
  return config;
}

// The configuration's folder, in the style of the paths to lint: globs are matched against them.
std::string folder_of(const std::string& config, const std::vector<std::string>& paths,
                      const FileSystem& files) {
  std::string folder = normalize_path(parent_path(config));
  const bool absolute = paths.front().starts_with('/');
  if (absolute == folder.starts_with('/') || !absolute) return folder;
  const auto real = files.canonical(folder);
  return real ? *real : folder;
}

void apply(Config config, const std::string& folder, const std::string& here,
           lint::Settings& settings) {
  const auto rebase = [&](const std::vector<std::string>& globs) {
    std::vector<std::string> out;
    for (const std::string& glob : globs) {
      out.push_back(rebase_glob(glob, folder, here));
      // A folder by its name alone: everything in it.
      if (!out.back().ends_with("**")) out.push_back(cat(out.back(), "/**"));
    }
    return out;
  };
  settings.ignore = rebase(config.ignore);
  settings.rules = std::move(config.rules);
  settings.families = std::move(config.families);
  settings.small_tables = std::move(config.small_tables);
  settings.applied_through = std::move(config.applied_through);
  settings.jsonb = std::move(config.jsonb);
  settings.pattern_rules = std::move(config.pattern_rules);
  settings.folders = std::move(config.migrations);
  for (auto& each : settings.folders) each.folder = rebase_path(each.folder, folder, here);
  settings.accept = std::move(config.accept);
  for (lint::Accepted& each : settings.accept) each.path = rebase_glob(each.path, folder, here);
  settings.overrides = std::move(config.overrides);
  for (lint::Override& each : settings.overrides) each.paths = rebase(each.paths);
}

// Opens what `--since` and `--staged` compare.
std::optional<Error> open_commits(const Options& options, const FileSystem& disk, Run& run) {
  if (options.since.empty() && !options.staged) return std::nullopt;
  if (run.standard_input) {
    return Error{"standard input has no history in git: lint it without `--since` and `--staged`"};
  }
  const auto repository = git::open(run.settings.paths.front(), disk);
  if (!repository) return repository.error();
  for (const std::string& path : std::span(run.settings.paths).subspan(1)) {
    const auto other = git::open(path, disk);
    if (!other) return other.error();
    if (other->root == repository->root) continue;
    return Error{cat("`", run.settings.paths.front(), "` and `", path,
                     "` lie in different repositories: lint them apart")};
  }
  const auto base =
      options.since.empty() ? git::head(*repository) : git::merge_base(*repository, options.since);
  if (!base) return base.error();
  lint::Settings& settings = run.settings;
  const auto open = [&](const git::Base& commit, std::unique_ptr<FileSystem>& files,
                        const FileSystem*& used) -> std::optional<Error> {
    auto opened = git::files_of(*repository, commit, disk);
    if (!opened) return opened.error();
    files = *std::move(opened);
    used = files.get();
    return std::nullopt;
  };
  if (auto error = open(*base, run.base, settings.base)) return error;
  settings.base_name = base->name;
  settings.base_commit = base->commit;
  if (!options.staged) return std::nullopt;
  if (options.since.empty()) {
    const auto merging = git::merging(*repository);
    if (!merging) return merging.error();
    if (*merging) {
      if (auto error = open(**merging, run.merging, settings.merging)) return error;
      settings.base_name += cat(" and ", (*merging)->name);
    }
    const auto published = git::published(*repository);
    if (!published) return published.error();
    if (*published) {
      if (auto error = open(**published, run.published, settings.published)) return error;
      settings.base_commit = (*published)->commit;
    }
  }
  auto staged = git::files_of_index(*repository, disk);
  if (!staged) return staged.error();
  run.staged = *std::move(staged);
  return std::nullopt;
}

}  // namespace

Result<Run> prepare(const Options& options, const Environment& environment) {
  Run run;
  lint::Settings& settings = run.settings;
  const auto canonical = environment.files.canonical(".");
  const std::string here = canonical ? *canonical : std::string();

  run.notices = options.notices;
  const auto dash = std::find(options.arguments.begin(), options.arguments.end(), "-");
  run.standard_input = dash != options.arguments.end();
  if (run.standard_input && options.arguments.size() > 1) {
    return Error{"`-` reads standard input and goes with no other path"};
  }
  if (!options.stdin_filename.empty() && !run.standard_input) {
    return Error{"`--stdin-filename` names what `-` reads; there is no `-`"};
  }
  if (run.standard_input) {
    settings.paths = {
        shown_path(options.stdin_filename.empty() ? "." : options.stdin_filename, here)};
  } else if (!options.arguments.empty()) {
    settings.paths.clear();
    for (const std::string& path : options.arguments)
      settings.paths.push_back(shown_path(path, here));
  }

  if (auto error = open_commits(options, environment.files, run)) return *std::move(error);
  const FileSystem& files = run.staged ? *run.staged : environment.files;

  std::string config_path =
      options.config.empty() ? std::string() : shown_path(options.config, here);
  if (config_path.empty()) {
    auto found = nearest_config(settings.paths, files);
    if (!found) return found.error();
    config_path = *std::move(found);
    if (!run.standard_input) settings.configuration = config_path;
  }
  std::string config_baseline, stats;
  if (!config_path.empty()) {
    auto text = files.read(config_path);
    if (!text) return text.error();
    auto config = read_config(config_path, *std::move(text));
    if (!config) return config.error();
    config_baseline = config->baseline;
    if (!config->stats.empty()) stats = join_path(parent_path(config_path), config->stats);
    settings.preset_all = config->preset_all.value_or(false);
    if (config->pg_version) settings.pg_version = *config->pg_version;
    settings.pg_version_given = config->pg_version.has_value();
    if (config->fail_on) run.fail_on = *config->fail_on;
    // A flag says it better: then nobody needs to hear of the configuration's version.
    if (!options.pg_version) {
      run.notices.insert(run.notices.end(), config->notices.begin(), config->notices.end());
    }
    apply(*std::move(config), folder_of(config_path, settings.paths, files), here, settings);
  }

  run.baseline = join_path(config_path.empty() ? "." : parent_path(config_path),
                           config_baseline.empty() ? baseline_name : config_baseline);
  if (!options.baseline.empty()) run.baseline = shown_path(options.baseline, here);
  run.has_baseline = files.exists(run.baseline);
  const bool named = !options.baseline.empty() || !config_baseline.empty();
  const bool writes = options.command->name == "baseline";
  if (run.has_baseline || (named && !writes)) {
    auto text = files.read(run.baseline);
    if (!text) return text.error();
    auto entries = read_baseline(run.baseline, *std::move(text));
    if (!entries) return entries.error();
    settings.baseline = *std::move(entries);
    for (auto& each : settings.baseline)
      each.path = rebase_path(each.path, parent_path(run.baseline), here);
  }

  if (!options.stats.empty()) stats = shown_path(options.stats, here);
  if (!stats.empty()) {
    auto text = files.read(stats);
    if (!text) return text.error();
    auto sizes = read_table_stats(stats, *std::move(text));
    if (!sizes) return sizes.error();
    settings.stats = *std::move(sizes);
  }

  if (options.pg_version) settings.pg_version = *options.pg_version;
  settings.pg_version_given |= options.pg_version.has_value();
  if (options.fail_on) run.fail_on = *options.fail_on;
  settings.tool = options.tool;
  if (options.preset_all) settings.preset_all = *options.preset_all;
  settings.assume_in_transaction = options.assume_in_transaction;
  settings.jobs = options.jobs;
  settings.now = environment.now;
  return run;
}

Result<std::vector<lint::PatternRule>> pattern_rules(const Options& options,
                                                     const Environment& environment) {
  const std::string path =
      options.config.empty() ? find_config(".", environment.files) : options.config;
  if (path.empty()) return std::vector<lint::PatternRule>{};
  auto text = environment.files.read(path);
  if (!text) return text.error();
  auto config = read_config(path, *std::move(text));
  if (!config) return config.error();
  return std::move(config->pattern_rules);
}

project::LoadSettings load_settings(const lint::Settings& settings) {
  project::LoadSettings load;
  load.paths = settings.paths;
  load.ignore = settings.ignore;
  load.tool = settings.tool;
  load.folders = settings.folders;
  for (const auto& each : settings.overrides) load.overrides.push_back({each.paths, each.tool});
  return load;
}

std::vector<std::string> unfinished_writes(const Project& project, const FileSystem& files) {
  std::vector<std::string> folders{project.root};
  for (const History& each : project.histories) folders.push_back(each.folder);
  return repair::unfinished_writes(folders, files);
}

Result<std::unique_ptr<Project>> read_standard_input(const Options& options,
                                                     const Environment& environment) {
  auto text = environment.read_standard_input();
  if (!text) return text.error();
  const std::string name = options.stdin_filename.empty() ? "<stdin>" : options.stdin_filename;
  return project::load_text(name, *std::move(text), options.tool);
}

std::vector<Output> outputs_of(const Options& options) {
  std::vector<Output> outputs = options.outputs;
  const bool taken = std::any_of(outputs.begin(), outputs.end(),
                                 [](const Output& each) { return each.file.empty(); });
  if (!taken) outputs.insert(outputs.begin(), {std::string(options.command->formats.front())});
  return outputs;
}

}  // namespace migguard::cli
