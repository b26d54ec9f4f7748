// New migrations for a project, as the files its tool needs: Drizzle's journal and snapshots,
// Prisma's folders, Atlas's sum, Flyway's versions, both ways where the tool wants both.
#pragma once

#include <cli/migration_files.hpp>
#include <migguard/project.hpp>
#include <repair/changes.hpp>
#include <repair/journal_text.hpp>
#include <util/file_system.hpp>
#include <util/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migguard::cli {

// A column that a migration adds, for Drizzle's snapshot.
struct AddedColumn {
  std::string schema, table, column, type;
};

class NewMigrations {
 public:
  // `history` null: files of `tool` in `folder`, which need not be there. `now`: milliseconds since
  // 1970. `files` must outlive it.
  NewMigrations(const History* history, Tool tool, std::string folder, const FileSystem& files,
                std::int64_t now);

  // Errors: the journal or the snapshot cannot be extended, the next number would not come next.
  std::optional<Error> add(const MigrationText& text, const std::optional<AddedColumn>& column);
  // A file that is no migration.
  void add_file(std::string path, std::string text) {
    changes_.push_back({std::move(path), std::nullopt, std::move(text)});
  }

  const std::vector<repair::FileChange>& changes() const { return changes_; }
  const std::string& folder() const { return folder_.folder; }

 private:
  std::optional<Error> add_to_journal(const MigrationText& text,
                                      const std::optional<AddedColumn>& column);
  std::optional<Error> add_snapshot(const std::string& folder,
                                    const std::optional<AddedColumn>& column);
  void change(repair::FileChange change);
  std::optional<Error> renew_atlas_sum();

  const FileSystem& files_;
  MigrationFolder folder_;
  std::int64_t now_;
  std::vector<repair::FileChange> changes_;
  std::vector<repair::JournalEntry> entries_;  // of Drizzle's journal, those added at the end
  std::int64_t added_ = 0;
};

}  // namespace migguard::cli
