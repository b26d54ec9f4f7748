// Finds the migration histories below a path and reads them as their tools would. One file per
// tool.
#pragma once

#include <memory>
#include <migguard/project.hpp>
#include <optional>
#include <string>
#include <util/file_system.hpp>
#include <util/result.hpp>
#include <util/timings.hpp>
#include <vector>

namespace migguard::project {

struct LoadSettings {
  // Paths to lint: projects, folders of migrations, SQL files. Never empty.
  std::vector<std::string> paths;
  std::vector<std::string> ignore;  // globs of the config, relative to its folder
  std::optional<Tool> tool;         // --tool: the layout below each path is this tool's
  struct Folder {                   // the config's `migrations`
    std::string folder;
    std::optional<Tool> tool;
    std::optional<Dialect> dialect;
  };
  std::vector<Folder> folders;
  struct Override {  // the config's `overrides`: the first that matches a folder decides
    std::vector<std::string> paths;  // globs
    std::optional<Tool> tool;        // none: as detected
  };
  std::vector<Override> overrides;
  // Submodules and worktrees inside the paths: their files are in no commit of the repository.
  bool nested_repositories = true;
  std::size_t size_limit = FileSystem::default_limit;
};

// What a configuration is called.
inline constexpr std::string_view configuration_name = "migguard.json";

// Reads every file that a rule may speak of; parses no SQL (see parse below). Each path yields the
// histories below it; a SQL file given by name brings the history around it. Nothing outside the
// given paths is read, except the history around a file given by name and the `.gitignore` files
// above. Errors: a path that does not exist or cannot be read, a size over the limit.
Result<std::unique_ptr<Project>> load(const LoadSettings& settings, const FileSystem& files);

// One SQL text (standard input) as a history of its own.
std::unique_ptr<Project> load_text(std::string name, std::string text, std::optional<Tool> tool);

// Parses every migration of PostgreSQL's dialect, on `jobs` threads (0: as many as there are cores;
// few files stay on one). Beyond this point no file is read.
void parse(Project& project, unsigned jobs);

// The same, ahead of a thread that looks at one migration after another. That thread parses, too,
// whenever it would have to wait. Until `finish`, only the scripts waited for may be looked at.
class Parsing {
 public:
  Parsing(Project& project, unsigned jobs, Timings* timings = nullptr);
  ~Parsing();
  Parsing(const Parsing&) = delete;
  Parsing& operator=(const Parsing&) = delete;

  // Returns when the script of the migration is there. Asked for in the order of the histories and
  // of the migrations in them.
  void wait_for(const Migration& migration);
  // Returns when all scripts are there, those of rollbacks, too.
  void finish();

 private:
  struct Work;
  std::unique_ptr<Work> work_;
};

}  // namespace migguard::project
