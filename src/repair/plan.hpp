// What is to be done so that a history is whole again: for people, as changes of files, and as SQL
// for databases that are there already.
#pragma once

#include <cstdint>
#include <map>
#include <migguard/project.hpp>
#include <repair/changes.hpp>
#include <schema/snapshot.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace migguard::repair {

// One thing that is mended.
struct Repair {
  std::string rule;  // whose finding it answers
  std::string what;  // `0003_add_quote_lines gets the number 0004`
  std::string why;   // one sentence
};

// One thing that is left as it is.
struct Refusal {
  std::string rule;
  std::string path;
  std::uint32_t line = 0;  // 0: the whole file
  std::string what;
  std::string why;   // why it cannot be mended from here
  std::string help;  // what to do instead; may have lines to paste
};

// SQL that is printed and never run.
struct DatabaseStep {
  std::string when;  // which databases it is for
  std::string sql;
};

// What is planned for one history.
struct HistoryPlan {
  std::string folder;
  Tool tool = Tool::plain;
  Dialect dialect = Dialect::postgresql;
  std::vector<Repair> repairs;
  std::vector<Refusal> refusals;
  std::vector<DatabaseStep> database;
  std::vector<std::string> unknown;  // what cannot be known from here, one sentence each
  std::vector<FileChange> changes;   // sorted by path
};

// A migration that stays out of the journal: it cannot run where it would come.
struct LeftOut {
  std::string reason;  // `it makes the table users, which is there by then`
};

struct Wishes {
  std::map<std::string, LeftOut, std::less<>> left_out;  // by tag
  bool remove_missing = false;        // take entries without a file out of Drizzle's journal
  std::vector<std::string> renumber;  // files or ids that may get new numbers although they ran
  std::int64_t now = 0;               // milliseconds since 1970
  const schema::Snapshot* live = nullptr;  // the schema of the database asked
};

// Gathers changes of one history: a file that is moved and edited is one change.
class ChangeList {
 public:
  void add(std::string path, std::string text);
  void edit(const SourceFile& file, std::string text);
  void move(const SourceFile& file, std::string new_path);
  void remove(const SourceFile& file);
  // Where the file will be.
  std::string path_of(const SourceFile& file) const;
  const std::vector<FileChange>& so_far() const { return changes_; }
  std::vector<FileChange> take();

 private:
  FileChange& of(const SourceFile& file);
  std::vector<FileChange> changes_;
};

// Drizzle before 1.0: the journal and the names of the files, without snapshots. Also of a folder
// whose journal is broken or missing.
//
// Gives the tags that entries had before, by the tags they have in the plan.
using OldTags = std::map<std::string, std::string, std::less<>>;
OldTags plan_drizzle_journal(const Project& project, const History& history, const Wishes& wishes,
                             HistoryPlan& plan, ChangeList& changes);

// The snapshots that a Drizzle history lacks or whose chain is broken. `history` is the planned
// one, parsed and numbered.
void plan_drizzle_snapshots(const History& history, const OldTags& old_tags, HistoryPlan& plan,
                            ChangeList& changes);

// Numbers that two migrations share, for tools that order by number.
void plan_numbers(const Project& project, const History& history, const Wishes& wishes,
                  HistoryPlan& plan, ChangeList& changes);

// Rollback scripts that lie where the tool runs migrations.
void plan_rollbacks(const History& history, HistoryPlan& plan, ChangeList& changes);

}  // namespace migguard::repair
