// Drizzle before 1.0: `NNNN_tag.sql` files, run in the order of `meta/_journal.json`.
#include <algorithm>
#include <project/drizzle/history.hpp>
#include <project/names.hpp>
#include <project/tools/sql_files.hpp>
#include <project/tools/tools.hpp>
#include <set>

namespace migguard::project {
namespace {

// One transaction around everything pending (drizzle-orm, pg-core/dialect.ts).
void prepare(Migration& migration) { migration.transaction = TransactionMode::all_pending; }

std::optional<std::string> evidence(Tree& tree, const Folder& folder) {
  if (!folder.has_folder("meta")) return std::nullopt;
  const std::string meta = join_path(folder.path, "meta");
  if (!tree.folder(meta).has_file("_journal.json")) return std::nullopt;
  return cat("its journal ", join_path(meta, "_journal.json"));
}

bool fits(Tree& tree, const Folder& folder) {
  return evidence(tree, folder) ||
         std::any_of(folder.files.begin(), folder.files.end(), [](const std::string& name) {
           return is_sql(name) && !leading_digits(name).empty();
         });
}

// Another tool that applies the files Drizzle only writes.
bool run_by_another(Tree& tree, const Folder& folder) {
  if (folder.has_file("atlas.sum")) return true;
  return supabase_reader.evidence(tree, folder).has_value();
}

void load_listed(Tree& tree, const Folder& folder, const DrizzleJournal& journal,
                 History& history) {
  std::set<std::string_view> tags;
  for (const DrizzleEntry& entry : journal.entries) {
    if (!entry.sql || !tags.insert(entry.tag).second) continue;
    Migration migration = read_migration(tree, entry.sql->path, entry.tag);
    prepare(migration);
    history.migrations.push_back(std::move(migration));
  }
  for (const std::string& name : sql_files(folder)) {
    const std::string stem(sql_stem(name));
    if (tags.count(stem) && name == stem + ".sql") continue;
    const std::string path = join_path(folder.path, name);
    if (is_rollback_name(name)) {
      add_rollback(tree, path, stem, history);
      continue;
    }
    Migration orphan = read_migration(tree, path, stem);
    orphan.listed = false;
    prepare(orphan);
    history.migrations.push_back(std::move(orphan));
  }
}

void load(Tree& tree, const Folder& folder, History& history) {
  history.complete = true;
  if (evidence(tree, folder)) history.drizzle = read_drizzle_journal(tree, folder);
  history.also_run_by_another = run_by_another(tree, folder);
  if (history.drizzle) {
    history.marker = history.drizzle->source;
    history.dialect = drizzle_dialect(history.drizzle->dialect);
  }
  if (history.drizzle && !history.drizzle->invalid) {
    load_listed(tree, folder, *history.drizzle, history);
    // A journal that lists none of the files is left over: they are run by hand.
    const auto listed = [](const Migration& each) { return each.listed; };
    if (std::none_of(history.migrations.begin(), history.migrations.end(), listed)) {
      for (Migration& each : history.migrations) each.transaction = TransactionMode::autocommit;
    }
  } else {
    for (const std::string& name : sql_files(folder)) {
      const std::string path = join_path(folder.path, name);
      const std::string stem(sql_stem(name));
      if (is_rollback_name(name)) {
        add_rollback(tree, path, stem, history);
        continue;
      }
      Migration migration = read_migration(tree, path, stem);
      prepare(migration);
      history.migrations.push_back(std::move(migration));
    }
  }
  if (history.also_run_by_another) {
    // The other tool runs every file by name, each in a transaction of its own.
    std::stable_sort(
        history.migrations.begin(), history.migrations.end(),
        [](const Migration& a, const Migration& b) { return a.source->path < b.source->path; });
    for (Migration& each : history.migrations) each.transaction = TransactionMode::per_file;
    history.complete = false;
  }
  add_rollback_folders(tree, folder, history);
}

}  // namespace

const ToolReader drizzle_reader{Tool::drizzle, evidence, fits, load, prepare, false};

}  // namespace migguard::project
