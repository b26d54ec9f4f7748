// Numbers that two migrations share, for tools that note numbers in the database; and rollback
// scripts that lie where the tool would run them.
#include <repair/plan.hpp>

#include <algorithm>
#include <map>
#include <migguard/history.hpp>
#include <project/names.hpp>
#include <set>
#include <util/text.hpp>

namespace migguard::repair {
namespace {

bool is_named(const Migration& migration, const std::vector<std::string>& names) {
  return std::any_of(names.begin(), names.end(), [&](const std::string& each) {
    const std::string_view base = base_name(migration.source->path);
    return base_name(each) == base || base_name(each) == migration.id ||
           base.starts_with(cat(base_name(each), "."));
  });
}

// Digits plus one, as wide as before.
std::string one_more(std::string digits) {
  for (std::size_t at = digits.size(); at-- > 0;) {
    if (digits[at] != '9') {
      ++digits[at];
      return digits;
    }
    digits[at] = '0';
  }
  return cat("1", digits);
}

// Why a migration may get another number: nothing has run it under the one it has. Empty where it
// may not.
std::string why_it_may(const Project& project, const History& history, const Migration& migration,
                       const Wishes& wishes) {
  if (is_named(migration, wishes.renumber)) return "it was named";
  if (migration.applied) return {};
  if (migration.novelty == Novelty::added) return "it is new against the commit compared with";
  if (applied_table(project.database, history)) return "the database has not run it";
  return {};
}

// What becomes of two migrations with one number.
std::string of_one_number(Tool tool) {
  if (tool == Tool::plain) return "nothing else says which of the two comes first";
  return cat(display_name(tool), " fails on a number twice, or passes one of the two by");
}

struct Renumbered {
  const Migration* migration = nullptr;
  std::string number;
};

std::string with_number(std::string_view name, std::string_view old_number,
                        std::string_view number) {
  const std::size_t at = name.find(old_number);
  if (at == std::string_view::npos) return {};
  return cat(name.substr(0, at), number, name.substr(at + old_number.size()));
}

}  // namespace

void plan_numbers(const Project& project, const History& history, const Wishes& wishes,
                  HistoryPlan& plan, ChangeList& changes) {
  if (!judges_order(history) || !orders_by_number(history.tool) || history.tool == Tool::drizzle)
    return;
  std::map<std::string, std::vector<const Migration*>> groups;
  std::string greatest;
  for (const Migration* each : by_path(history.migrations)) {
    if (each->number.empty() || !each->listed) continue;
    groups[cat(folder_of(each->source->path), std::string(1, '\0'),
               number_key(history.tool, each->number))]
        .push_back(each);
    const bool plain = each->number.find_first_not_of("0123456789") == std::string::npos;
    if (plain && (greatest.empty() || number_less(greatest, each->number))) greatest = each->number;
  }
  for (const auto& [key, group] : groups) {
    if (group.size() < 2) continue;
    // One keeps the number: one that may have run under it, else the first.
    std::vector<Renumbered> renumbered;
    bool kept = false;
    for (const Migration* each : group) kept |= why_it_may(project, history, *each, wishes).empty();
    for (const Migration* each : group) {
      const std::string why = why_it_may(project, history, *each, wishes);
      if (why.empty()) continue;
      if (!kept) {
        kept = true;
        continue;
      }
      renumbered.push_back({each, {}});
      greatest = one_more(greatest);
      const std::string_view name = base_name(each->source->path);
      const std::string renamed = with_number(name, each->number, greatest);
      changes.move(*each->source, in_folder(folder_of(each->source->path), renamed));
      plan.repairs.push_back({"duplicate-migration-number", cat(name, " becomes ", renamed),
                              cat(why, ", and ", of_one_number(history.tool))});
      // `0004_x.down.sql` goes with `0004_x.up.sql`.
      const std::string_view stem = name.substr(0, name.find('.'));
      for (const Migration& rollback : history.rollbacks) {
        const std::string_view down = base_name(rollback.source->path);
        if (rollback.source == each->source || !down.starts_with(stem) ||
            (down.size() > stem.size() && down[stem.size()] != '.' && down[stem.size()] != '_'))
          continue;
        changes.move(*rollback.source, in_folder(folder_of(rollback.source->path),
                                                 with_number(down, each->number, greatest)));
      }
    }
    if (!renumbered.empty()) continue;
    for (std::size_t at = 1; at < group.size(); ++at) {
      const Migration& migration = *group[at];
      plan.refusals.push_back(
          {"duplicate-migration-number", migration.source->path, 0,
           cat(base_name(migration.source->path), " and ", base_name(group.front()->source->path),
               " have one number"),
           cat("which of them a database has run under it is not known, and ",
               history.tool == Tool::plain ? std::string_view("whoever runs the files")
                                           : display_name(history.tool),
               " would run a renamed one again"),
           cat("name the one that no database has run, or compare with the main branch, or ask a "
               "database:\nmigguard repair --renumber ",
               shell_word(base_name(migration.source->path)),
               "\nmigguard repair --since main\nmigguard repair --database-url env")});
    }
  }
}

void plan_rollbacks(const History& history, HistoryPlan& plan, ChangeList& changes) {
  const bool no_down = history.tool == Tool::drizzle || history.tool == Tool::supabase ||
                       history.tool == Tool::atlas || history.tool == Tool::plain;
  if (!no_down || history.loose) return;
  std::string aside = in_folder(history.folder, "rollback");
  for (const Migration& each : history.rollbacks) {
    const std::string_view folder = folder_of(each.source->path);
    if (folder != history.folder) aside = folder;
  }
  std::set<std::string> taken;
  for (const Migration& each : history.rollbacks) taken.insert(changes.path_of(*each.source));
  for (const Migration& each : history.rollbacks) {
    if (folder_of(each.source->path) != history.folder) continue;
    const std::string name(base_name(changes.path_of(*each.source)));
    const std::string path = in_folder(aside, name);
    if (!taken.insert(path).second) {
      plan.refusals.push_back({"rollback-in-migrations-dir", each.source->path, 0,
                               cat(name, " lies among the migrations"),
                               cat(path, " is there already"), "give one of them another name"});
      continue;
    }
    changes.move(*each.source, path);
    plan.repairs.push_back(
        {"rollback-in-migrations-dir", cat(name, " moves to ", aside, "/"),
         cat(history.tool == Tool::drizzle && !history.also_run_by_another
                 ? "Drizzle has no rollbacks: the next hand that lists it, runs it"
                 : "whatever runs the folder would run it as a migration")});
  }
}

}  // namespace migguard::repair
