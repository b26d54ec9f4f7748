// From paths to histories: directories, files given by name, folders of the configuration.
#include <algorithm>
#include <array>
#include <map>
#include <project/commands.hpp>
#include <project/detect.hpp>
#include <project/drizzle/config.hpp>
#include <project/load.hpp>
#include <project/names.hpp>
#include <project/prisma/sources.hpp>
#include <project/record_tables.hpp>
#include <project/servers.hpp>
#include <project/tools/atlas_sum.hpp>
#include <project/tools/code_tools.hpp>
#include <project/tools/sql_files.hpp>
#include <set>
#include <tuple>
#include <util/text.hpp>

namespace migguard::project {
namespace {

// How far above a file its history may begin: `migrations/<name>/migration.sql`, Flyway's nested
// folders.
constexpr unsigned levels_above_file = 6;

bool has_sql_ending(std::string_view path) {
  return is_sql(path) || path.ends_with(".pgsql") || path.ends_with(".psql") ||
         path.ends_with(".ddl");
}

bool starts_repository(const FileSystem& files, const std::string& directory) {
  return files.exists(join_path(directory, ".git"));
}

// The part of a path below a root: what lies above says nothing about the project.
std::string_view below_root(std::string_view path, std::string_view root) {
  if (root == "." || path == root) return path == root ? file_name(path) : path;
  return is_below(path, root) ? path.substr(root.size()) : path;
}

bool speaks_of(const History& history, const std::string& path) {
  const auto is_it = [&](const SourceFile* source) { return source && source->path == path; };
  if (is_it(history.marker)) return true;
  if (history.atlas && (is_it(history.atlas->source) || is_it(history.atlas->named_by)))
    return true;
  if (history.dump && is_it(history.dump->source)) return true;
  if (history.drizzle_v1 &&
      std::any_of(history.drizzle_v1->folders.begin(), history.drizzle_v1->folders.end(),
                  [&](const DrizzleV1Folder& each) { return is_it(each.snapshot); })) {
    return true;
  }
  if (history.drizzle) {
    const DrizzleJournal& journal = *history.drizzle;
    if (is_it(journal.source)) return true;
    if (std::any_of(journal.snapshots.begin(), journal.snapshots.end(),
                    [&](const DrizzleSnapshot& each) { return is_it(each.source); }) ||
        std::any_of(journal.stray_files.begin(), journal.stray_files.end(), is_it)) {
      return true;
    }
  }
  if (!history.prisma) return false;
  const PrismaFolder& prisma = *history.prisma;
  return is_it(prisma.lock) || is_it(prisma.schema) ||
         std::any_of(prisma.missing_script.begin(), prisma.missing_script.end(), is_it) ||
         std::any_of(prisma.stray_sql.begin(), prisma.stray_sql.end(), is_it);
}

// Marks what a file given by name selects. False where the history does not know the file.
bool select(History& history, const std::string& path) {
  bool found = false;
  for (auto* list : {&history.migrations, &history.rollbacks}) {
    for (Migration& migration : *list) {
      if (migration.source->path != path) continue;
      migration.selected = true;
      found = true;
    }
  }
  if (speaks_of(history, path)) {
    history.selected = true;
    found = true;
  }
  return found;
}

void deselect(History& history) {
  history.selected = false;
  for (auto* list : {&history.migrations, &history.rollbacks}) {
    for (Migration& migration : *list) migration.selected = false;
  }
}

class Loader {
 public:
  Loader(const LoadSettings& settings, const FileSystem& files, Project& project)
      : settings_(settings),
        files_(files),
        project_(project),
        tree_(files, settings.size_limit, settings.ignore, project.files),
        modules_(tree_) {}

  std::optional<Error> run() {
    std::vector<std::string> directories;
    std::vector<std::string> single_files;
    for (const std::string& given : settings_.paths) {
      const std::string path = normalize_path(given);
      if (files_.is_directory(path)) {
        directories.push_back(path);
      } else if (files_.is_file(path)) {
        single_files.push_back(path);
        tree_.name(path);
      } else {
        // What there is, a FIFO say, is no file: reading it says so.
        const auto text = files_.read(given);
        if (!text && text.error().message != "no such file") return text.error();
        return Error{"no such file or directory", given};
      }
    }
    project_.root = settings_.paths.size() == 1 ? normalize_path(settings_.paths.front()) : ".";
    for (const std::string& directory : directories) tree_.open(directory);
    for (const std::string& directory : directories) {
      if (auto error = tree_.unreadable(directory)) return error;
    }
    for (const std::string& directory : directories) {
      if (auto error = add_directory(directory)) return error;
    }
    read_configured_schemas(directories);
    read_prisma_schemas(tree_, project_.histories);
    std::vector<std::string> all;
    for (const std::string& directory : directories) {
      for (std::string& each : folders_to_read(directory)) all.push_back(std::move(each));
    }
    read_record_tables(tree_, all, project_);
    for (const std::string& file : single_files) {
      if (auto error = add_file(file)) return error;
    }
    finish();
    return std::nullopt;
  }

 private:
  // Once every configuration is known: what one lists, another need not.
  void read_configured_schemas(const std::vector<std::string>& directories) {
    auto& configs = project_.drizzle_configs;
    if (configs.empty()) return;
    read_schema_paths(modules_, configs);
    read_both_dialects(modules_, configs);
    const auto has_address = [](const DrizzleConfig& each) { return each.address.has_value(); };
    if (std::none_of(configs.begin(), configs.end(), has_address)) return;
    for (const std::string& directory : directories) {
      for (DatabaseAddress& each : read_addresses(tree_, folders_to_read(directory)))
        project_.addresses.push_back(std::move(each));
    }
  }

  // The configurations below a directory, and the folders that they name.
  void add_configs(const std::vector<std::string>& folders, const std::string& root) {
    auto& configs = project_.drizzle_configs;
    for (DrizzleConfig& config : read_drizzle_configs(modules_, folders, root)) {
      const auto known = [&](const DrizzleConfig& each) { return each.source == config.source; };
      if (std::any_of(configs.begin(), configs.end(), known)) continue;
      if (!config.out_folder.empty()) {
        hints_.drizzle_outs.emplace(config.out_folder, config.source);
      }
      configs.push_back(std::move(config));
    }
    std::sort(configs.begin(), configs.end(),
              [](const auto& a, const auto& b) { return a.source->path < b.source->path; });
  }

  // Parents before children.
  std::vector<std::string> folders_to_read(const std::string& root) {
    std::vector<std::string> folders = folders_below(tree_, root);
    if (settings_.nested_repositories) return folders;
    std::string nested;
    std::erase_if(folders, [&](const std::string& folder) {
      if (!nested.empty() && is_below(folder, nested)) return true;
      if (folder == root || !starts_repository(files_, folder)) return false;
      nested = folder;
      return true;
    });
    return folders;
  }

  // The histories below a directory, and the commands that run them.
  std::optional<Error> add_directory(const std::string& root) {
    const std::vector<std::string> folders = folders_to_read(root);
    project_.continuous_integration |= std::any_of(
        folders.begin(), folders.end(),
        [](const std::string& folder) { return folder.ends_with(".github/workflows"); });
    add_configs(folders, root);
    read_server_version(tree_, folders, project_);
    for (RunnerCommand& command : find_commands(tree_, folders)) {
      project_.commands.push_back(std::move(command));
    }
    for (Tool tool : find_code_tools(tree_, folders)) {
      auto& known = project_.code_tools;
      if (std::find(known.begin(), known.end(), tool) == known.end()) known.push_back(tool);
    }
    for (History& history : find_code_histories(tree_, folders)) {
      add_code(std::move(history), root);
    }
    for (const std::string& folder : folders) {
      if (tree_.folder(folder).has_file(configuration_name))
        project_.configurations.push_back(join_path(folder, configuration_name));
    }
    if (!settings_.folders.empty()) return add_configured(root);
    if (settings_.tool && reader_of(*settings_.tool)) {
      for (const Recognized& found : recognize_as(tree_, folders, *reader_of(*settings_.tool))) {
        add(found, root);
      }
      return std::nullopt;
    }
    const std::size_t before = loaded_.size();
    hints_.mounted = find_init_mounts(tree_, folders);
    std::vector<std::string> detected;
    std::map<const ToolReader*, std::vector<std::string>> overridden;
    for (const std::string& folder : folders) {
      const ToolReader* reader = overriding_reader(folder);
      (reader ? overridden[reader] : detected).push_back(folder);
    }
    for (const auto& [reader, below] : overridden) {
      for (const Recognized& found : recognize_as(tree_, below, *reader)) add(found, root);
    }
    for (const Recognized& found : recognize_all(tree_, detected, hints_)) {
      add(found, root);
    }
    // A folder named on the command line is linted whatever it is called.
    if (loaded_.size() == before) {
      add({&plain_reader, root, "SQL files in the folder given", false, true}, root);
    }
    return std::nullopt;
  }

  // The folders of the configuration that lie below a path, or around it.
  std::optional<Error> add_configured(const std::string& root) {
    for (const LoadSettings::Folder& configured : settings_.folders) {
      const std::string path = normalize_path(configured.folder);
      const bool outside = !is_below(path, root);
      if (outside && !is_below(root, path)) continue;
      if (!files_.is_directory(path)) return Error{"no such folder of migrations", path};
      if (outside) tree_.open(path);
      add(recognize_configured(configured), root);
    }
    return std::nullopt;
  }

  // The reader that the first override of the configuration for a folder names; null where none
  // does.
  const ToolReader* overriding_reader(const std::string& folder) const {
    const std::string inside = join_path(folder, "0001.sql");
    for (const LoadSettings::Override& each : settings_.overrides) {
      const auto matches = [&](const std::string& glob) {
        return glob_match(glob, folder) || glob_match(glob, inside);
      };
      if (!std::any_of(each.paths.begin(), each.paths.end(), matches)) continue;
      return each.tool ? reader_of(*each.tool) : nullptr;
    }
    return nullptr;
  }

  const LoadSettings::Folder* configuration_of(const std::string& folder) const {
    for (const LoadSettings::Folder& configured : settings_.folders) {
      if (normalize_path(configured.folder) == folder) return &configured;
    }
    return nullptr;
  }

  Recognized recognize_configured(const LoadSettings::Folder& configured) {
    const std::string path = normalize_path(configured.folder);
    const std::optional<Tool> tool = configured.tool ? configured.tool : settings_.tool;
    if (tool && reader_of(*tool)) {
      return {reader_of(*tool), path, "the configuration", false, false};
    }
    if (auto found = recognize(tree_, tree_.folder(path), hints_)) return *std::move(found);
    return {&plain_reader, path, "the configuration", false, false};
  }

  // Loads a history, unless its folder is loaded already or holds nothing.
  History* add(const Recognized& found, const std::string& root) {
    if (!loaded_.insert(found.folder).second) return nullptr;
    History history;
    history.tool = found.reader->tool;
    history.folder = found.folder;
    history.evidence = found.evidence;
    history.docker_init = found.docker_init;
    history.loose = found.loose;
    history.dialect = dialect_of_path(below_root(found.folder, root));
    if (found.reader->tool == Tool::drizzle || found.reader->tool == Tool::prisma) {
      history.dialect = Dialect::postgresql;  // until their own files say otherwise
    }
    history.package = package_of(tree_, found.folder, root);
    found.reader->load(tree_, tree_.folder(found.folder), history);
    history.atlas = read_atlas_sum(tree_, tree_.folder(found.folder));
    if (found.marker) {
      history.marker = found.marker;
      history.dialect = dialect_of_config(found.folder);
    }
    const LoadSettings::Folder* configured = configuration_of(found.folder);
    if (configured && configured->dialect) history.dialect = *configured->dialect;
    const bool empty = history.migrations.empty() && history.rollbacks.empty();
    if (empty && !history.marker && !history.prisma) return nullptr;
    if (!history.marker) history.marker = first_in_byte_order(history);
    project_.histories.push_back(std::move(history));
    return &project_.histories.back();
  }

  // The dialect of the configuration whose `out` a folder is.
  Dialect dialect_of_config(const std::string& folder) const {
    for (const DrizzleConfig& config : project_.drizzle_configs) {
      if (config.out_folder == folder && !config.dialect.empty()) return dialect_of(config);
    }
    return Dialect::postgresql;
  }

  // Migrations in code stand beside what there is in SQL, also in the same folder.
  void add_code(History history, const std::string& root) {
    const auto known = [&](const History& other) {
      return other.folder == history.folder && !other.code.empty();
    };
    auto& histories = project_.histories;
    if (std::any_of(histories.begin(), histories.end(), known)) return;
    history.package = package_of(tree_, history.folder, root);
    histories.push_back(std::move(history));
  }

  static const SourceFile* first_in_byte_order(const History& history) {
    const SourceFile* first = nullptr;
    for (const Migration& each : history.migrations) {
      if (each.listed && (!first || each.source->path < first->path)) first = each.source;
    }
    return first;
  }

  // A file given by name, with the history around it.
  std::optional<Error> add_file(const std::string& path) {
    for (History& history : project_.histories) {
      if (select(history, path)) return std::nullopt;
    }
    const std::string directory = parent_path(path);
    std::vector<std::string> above{directory};
    while (above.size() < levels_above_file && has_parent(above.back()) &&
           !starts_repository(files_, above.back())) {
      above.push_back(parent_path(above.back()));
    }
    tree_.open(above.back());
    for (const std::string& folder : above) {
      const auto found = recognize_around(folder);
      if (!found || found->loose) continue;
      // A history may stand around a file and yet not be its own.
      if (loaded_.count(found->folder) != 0) continue;
      History* history = add(*found, above.back());
      if (!history) continue;
      deselect(*history);
      if (select(*history, path)) return std::nullopt;
      project_.histories.pop_back();
      loaded_.erase(found->folder);
    }
    return has_sql_ending(path) ? add_alone(path) : std::nullopt;
  }

  std::optional<Recognized> recognize_around(const std::string& path) {
    if (const auto* configured = configuration_of(path)) return recognize_configured(*configured);
    const Folder& folder = tree_.folder(path);
    const ToolReader* reader = settings_.tool ? reader_of(*settings_.tool) : nullptr;
    if (!reader) reader = overriding_reader(path);
    if (!reader) return recognize(tree_, folder, hints_);
    if (!reader->fits(tree_, folder)) return std::nullopt;
    return Recognized{reader, path, "--tool", false, false};
  }

  // A SQL file that belongs to no history.
  std::optional<Error> add_alone(const std::string& path) {
    std::string failure;
    const SourceFile* source = tree_.read(path, &failure);
    if (!source) return Error{failure, path};
    const ToolReader* reader = settings_.tool ? reader_of(*settings_.tool) : nullptr;
    if (!reader) reader = &plain_reader;
    History history;
    history.tool = reader->tool;
    history.folder = parent_path(path);
    history.package = history.folder;
    history.marker = source;
    history.evidence = "a file given by name";
    history.loose = true;
    Migration migration = read_migration(tree_, path, std::string(file_name(path)));
    reader->prepare(migration);
    migration.rollback =
        is_rollback_name(file_name(path)) || is_rollback_folder(file_name(history.folder));
    migration.by_convention = migration.rollback && is_conventional_rollback(file_name(path));
    auto& list = migration.rollback ? history.rollbacks : history.migrations;
    list.push_back(std::move(migration));
    project_.histories.push_back(std::move(history));
    return std::nullopt;
  }

  void finish() {
    const auto place = [](const History& history) {
      return std::tuple(std::string_view(history.folder), history.migrations.empty());
    };
    std::stable_sort(project_.histories.begin(), project_.histories.end(),
                     [&](const History& a, const History& b) { return place(a) < place(b); });
    const auto key = [](const RunnerCommand& command) {
      return std::tie(command.source->path, command.span.begin, command.tool, command.action);
    };
    auto& commands = project_.commands;
    std::stable_sort(
        commands.begin(), commands.end(),
        [&](const RunnerCommand& a, const RunnerCommand& b) { return key(a) < key(b); });
    // Paths that overlap find the same command twice.
    commands.erase(std::unique(commands.begin(), commands.end(),
                               [&](const RunnerCommand& a, const RunnerCommand& b) {
                                 return key(a) == key(b);
                               }),
                   commands.end());
  }

  const LoadSettings& settings_;
  const FileSystem& files_;
  Project& project_;
  Tree tree_;
  Modules modules_;
  Hints hints_;
  std::set<std::string> loaded_;  // folders
};

}  // namespace

Result<std::unique_ptr<Project>> load(const LoadSettings& settings, const FileSystem& files) {
  auto project = std::make_unique<Project>();
  if (auto error = Loader(settings, files, *project).run()) return *std::move(error);
  return project;
}

std::unique_ptr<Project> load_text(std::string name, std::string text, std::optional<Tool> tool) {
  auto project = std::make_unique<Project>();
  const SourceFile& source = project->files.emplace_back(std::move(name), std::move(text));
  project->root = source.path;
  const ToolReader* reader = tool ? reader_of(*tool) : nullptr;
  if (!reader) reader = &plain_reader;

  History& history = project->histories.emplace_back();
  history.tool = reader->tool;
  history.folder = ".";
  history.package = ".";
  history.marker = &source;
  history.evidence = "a text given";
  history.loose = true;
  Migration& migration = history.migrations.emplace_back();
  migration.id = source.path;
  migration.number = leading_digits(file_name(source.path));
  migration.source = &source;
  reader->prepare(migration);
  return project;
}

}  // namespace migguard::project
