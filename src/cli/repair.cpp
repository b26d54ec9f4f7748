// `migguard repair`: makes a history whole again, as a plan first.
#include <cli/command.hpp>
#include <cli/settings.hpp>
#include <git/repository.hpp>
#include <lint/live.hpp>
#include <lint/novelty.hpp>
#include <lint/replay.hpp>
#include <project/load.hpp>
#include <repair/plan_text.hpp>
#include <repair/repair.hpp>
#include <repair/write.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <array>
#include <optional>

namespace migguard::cli {
namespace {

constexpr std::array<std::string_view, 3> formats{"text", "diff", "json"};

std::string without_carriage_returns(std::string text) {
  std::erase(text, '\r');
  return text;
}

// Git must be able to bring back whatever is changed: the files are in HEAD as they are on disk.
std::optional<Error> refuse_dirty(const std::vector<repair::FileChange>& changes,
                                  const FileSystem& disk) {
  constexpr std::string_view told = "; --allow-dirty writes all the same";
  const auto first = std::find_if(changes.begin(), changes.end(),
                                  [](const auto& each) { return each.before.has_value(); });
  if (first == changes.end()) return std::nullopt;
  const auto repository = git::open(first->old_path(), disk);
  if (!repository)
    return Error{cat("no git repository could bring back what is changed", told),
                 first->old_path()};
  const auto head = git::head(*repository);
  if (!head) return head.error();
  const auto committed = git::files_of(*repository, *head, disk);
  if (!committed) return committed.error();
  for (const repair::FileChange& each : changes) {
    if (!each.before) continue;
    const auto text = (*committed)->read(each.old_path());
    if (text && without_carriage_returns(*text) == without_carriage_returns(*each.before)) continue;
    return Error{cat(text ? "has changes that are not committed" : "is not committed",
                     ": git could not bring it back", told),
                 each.old_path()};
  }
  return std::nullopt;
}

// What counts as there already, for `--since`.
std::optional<Error> compare_with_base(const lint::Settings& settings, Project& project) {
  if (!settings.base) return std::nullopt;
  project::LoadSettings load = load_settings(settings);
  std::erase_if(load.paths, [&](const std::string& path) { return !settings.base->exists(path); });
  std::vector<std::unique_ptr<Project>> earlier;
  if (load.paths.empty()) {
    earlier.push_back(std::make_unique<Project>());
  } else {
    auto loaded = project::load(load, *settings.base);
    if (!loaded) return loaded.error();
    earlier.push_back(*std::move(loaded));
  }
  lint::compare_with(std::move(earlier), project);
  return std::nullopt;
}

Result<Answer> run_repair(const Options& options, const Environment& environment) {
  auto run = prepare(options, environment);
  if (!run) return run.error();
  if (run->standard_input) return Error{"`migguard repair` mends files, not standard input"};
  std::optional<lint::LiveDatabase> live;
  if (!options.database_url.empty()) {
    auto read = environment.database->look(options.database_url);
    if (!read) return read.error();
    live = *std::move(read);
  }
  auto loaded = project::load(load_settings(run->settings), environment.files);
  if (!loaded) return loaded.error();
  const auto unfinished = unfinished_writes(**loaded, environment.files);
  for (const std::string& note : unfinished) {
    if (!options.write) return Error{std::string(repair::write_was_cut_short), note};
    if (auto error = repair::undo_write(note, environment.files)) return *std::move(error);
    run->notices.push_back(cat(note, ": a write was cut short here; the files are back"));
  }
  if (!unfinished.empty()) loaded = project::load(load_settings(run->settings), environment.files);
  if (!loaded) return loaded.error();
  Project& project = **loaded;
  if (auto error = compare_with_base(run->settings, project)) return *std::move(error);
  project::parse(project, options.jobs);
  lint::number_migrations(project);
  if (live) lint::consult(project, *live);

  repair::Wishes wishes;
  wishes.remove_missing = options.remove_missing;
  wishes.renumber = options.renumber;
  wishes.now = environment.now;
  if (live && live->schema_known) wishes.live = &live->schema;
  const auto plans = repair::plan_repairs(project, run->settings, wishes, environment.files);
  if (!plans) return plans.error();

  std::vector<repair::FileChange> changes;
  std::vector<std::string> folders;
  bool left = false;
  for (const repair::HistoryPlan& each : *plans) {
    changes.insert(changes.end(), each.changes.begin(), each.changes.end());
    folders.push_back(each.folder);
    left |= !each.refusals.empty();
  }
  const bool written = options.write && !changes.empty();
  if (written) {
    if (!options.allow_dirty)
      if (auto error = refuse_dirty(changes, environment.files)) return *std::move(error);
    if (auto error = repair::write_changes(changes, folders, environment.files))
      return *std::move(error);
  }
  Answer answer;
  answer.notices = run->notices;
  answer.status = left || (!written && !changes.empty()) ? exit_findings : exit_clean;
  for (const Output& output : outputs_of(options)) {
    const bool shown = output.file.empty();
    std::string text;
    if (output.format == "diff") {
      text = repair::plan_diff(*plans);
    } else if (output.format == "json") {
      text = repair::plan_json(*plans, written);
    } else {
      text = repair::plan_text(*plans, {.color = shown && environment.color,
                                        .width = shown ? environment.width : 100,
                                        .written = written});
    }
    answer.documents.push_back({std::move(text), output.file});
  }
  return answer;
}

}  // namespace

const Command repair_command{
    .name = "repair",
    .arguments = "[PATH]",
    .max_arguments = 1,
    .summary = "mend a history: journal, numbers, snapshots; as a diff, or written",
    .description =
        "Plans how a history becomes whole again and prints the plan as a unified diff: files that "
        "Drizzle's journal does not list, times and numbers for which its migrator skips a file, "
        "duplicate numbers, rollback scripts among migrations, missing and broken snapshots. "
        "`--write` makes all changes or none. SQL for databases that are there already is printed, "
        "never run. Exit status 0: nothing to do, or all done; 1: there is a plan, or something "
        "that only you can decide.",
    .examples = R"(
migguard repair                          the plan for the project in this folder
migguard repair db/migrations --write    make the changes
migguard repair --database-url env       let what DATABASE_URL holds decide
migguard repair --since main             give numbers only to what is new on this branch
migguard repair --format diff | git apply
)",
    .flags = flags_output | flags_project | flags_since | flags_database | flags_repair,
    .formats = formats,
    .run = run_repair,
};

}  // namespace migguard::cli
