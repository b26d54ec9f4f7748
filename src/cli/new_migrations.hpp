// New migrations for a history, as the files its tool needs: Drizzle's journal and snapshots,
// Prisma's folders, numbered SQL files.
#pragma once

#include <migguard/project.hpp>
#include <repair/changes.hpp>
#include <repair/journal_text.hpp>
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
  // `history` null: plain files in the working directory. `now`: milliseconds since 1970.
  NewMigrations(const History* history, std::int64_t now) : history_(history), now_(now) {}

  // `name` as `move_price_expand`; statements without their semicolons, `comment` above them.
  // Errors: the journal or the snapshot cannot be extended.
  std::optional<Error> add(std::string_view name, std::string_view comment,
                           const std::vector<std::string>& statements,
                           const std::optional<AddedColumn>& column);
  // A file that is no migration.
  void add_file(std::string path, std::string text) {
    changes_.push_back({std::move(path), std::nullopt, std::move(text)});
  }

  const std::vector<repair::FileChange>& changes() const { return changes_; }
  const History* history() const { return history_; }

 private:
  std::optional<Error> add_drizzle(std::string_view name, std::string text,
                                   const std::optional<AddedColumn>& column);

  const History* history_;
  std::int64_t now_;
  std::vector<repair::FileChange> changes_;
  std::vector<repair::JournalEntry> entries_;  // of Drizzle's journal, those added at the end
  std::int64_t added_ = 0;
};

}  // namespace migguard::cli
