// Mends Drizzle's journal: what it does not list, lists twice or without a file, in an order or
// with times that make the migrator skip it, under numbers that are taken.
//
// drizzle-orm reads the newest `created_at` of its table once and runs the entries whose `when` is
// greater, in the order of the list (PgDialect.migrate in drizzle-orm/src/pg-core/dialect.ts). It
// keeps no names: files may get others at any time, as long as the journal follows.
#include <repair/journal_text.hpp>
#include <repair/plan.hpp>

#include <algorithm>
#include <map>
#include <migguard/history.hpp>
#include <project/names.hpp>
#include <set>
#include <sql/scan.hpp>
#include <util/sha256.hpp>
#include <util/text.hpp>

namespace migguard::repair {
namespace {

constexpr std::int64_t day = 86'400'000;
constexpr std::int64_t year_2020 = 1'577'836'800'000;

std::string hash_of(const SourceFile& file) {
  Sha256 sum;
  sum.add(file.text);
  return sum.hexadecimal();
}

// An entry on its way into the mended journal.
struct Item {
  const DrizzleEntry* written = nullptr;
  const Migration* migration = nullptr;  // null: its file is missing
  std::string old_tag, tag;
  std::int64_t old_when = 0, when = 0;
  std::int64_t idx = 0;
  bool added = false;  // to the journal
  bool moved = false;  // to the end
};

class JournalPlan {
 public:
  JournalPlan(const Project& project, const History& history, const Wishes& wishes,
              HistoryPlan& plan, ChangeList& changes)
      : history_(history),
        wishes_(wishes),
        plan_(plan),
        changes_(changes),
        applied_(applied_table(project.database, history)),
        asked_(project.database.has_value()) {
    if (history.drizzle) journal_ = &*history.drizzle;
  }

  OldTags make() {
    if (!collect()) return {};
    drop_repeated_tags();
    drop_missing_files();
    add_unlisted();
    mend_units();
    mend_times();
    mend_numbers();
    write();
    OldTags old_tags;
    for (const Item& each : items_) old_tags.emplace(each.tag, each.old_tag);
    return old_tags;
  }

 private:
  // ---- What is there

  bool collect() {
    if (journal_ && journal_->v1_migration) {
      refuse("drizzle-mixed-layout", *journal_->source, "the folder has both layouts of Drizzle",
             "which of them the databases follow cannot be told from the files",
             "finish the upgrade to Drizzle 1.0 (npx drizzle-kit up), or take its folders out");
      return false;
    }
    if (!journal_) {
      const bool any = !history_.migrations.empty();
      if (any) journal_path_ = in_folder(in_folder(history_.folder, "meta"), "_journal.json");
      if (any) {
        repair("drizzle-journal-missing", cat(journal_path_, " is written anew"),
               "without it the migrator throws, and the next generate starts over at 0000");
        unknown(
            "the times that a lost journal gave to its entries: git may have it (git log "
            "--diff-filter=D -- " +
            shell_word(journal_path_) + "), and a database that ran them does (--database-url)");
      }
      return any;
    }
    journal_path_ = journal_->source->path;
    if (!journal_->invalid) {
      for (const DrizzleEntry& each : journal_->entries) {
        Item item{&each, migration_of(each.tag), each.tag, each.tag};
        item.when = item.old_when = each.when.value_or(0);
        item.idx = each.idx.value_or(-1);
        items_.push_back(std::move(item));
      }
      return true;
    }
    const auto entries = entries_of_conflict(journal_->source->text);
    if (!entries) {
      refuse("drizzle-journal-invalid", *journal_->source,
             cat("the journal cannot be read: ", journal_->invalid->message),
             "what it said before is nowhere in the files",
             cat("restore it from git:\ngit log --oneline -- ", shell_word(journal_path_)));
      return false;
    }
    repair("drizzle-journal-invalid", "the journal keeps the entries of both sides of the merge",
           "merge markers are no JSON, and nothing runs at all");
    for (const JournalEntry& each : *entries) {
      Item item{nullptr, migration_of(each.tag), each.tag, each.tag};
      item.when = item.old_when = each.when;
      item.idx = each.idx;
      if (item.migration) {
        items_.push_back(std::move(item));
      } else {
        repair("drizzle-journal-invalid", cat("the entry of ", each.tag, " is left out"),
               "there is no such file, so it is the other branch's, or was dropped");
        unknown(cat("whether ", each.tag,
                    " was to be a part of the merge: its file would have to come with it"));
      }
    }
    return true;
  }

  const Migration* migration_of(std::string_view tag) const {
    for (const Migration& each : history_.migrations)
      if (each.id == tag) return &each;
    return nullptr;
  }

  const AppliedRow* row_of(const Migration& migration) const {
    if (!applied_) return nullptr;
    const std::string hash = hash_of(*migration.source);
    for (const AppliedRow& each : applied_->rows)
      if (each.checksum == hash) return &each;
    return nullptr;
  }

  std::string table() const {
    return applied_ ? applied_->name : record_name(history_);
  }

  // ---- Entries that go

  void drop_repeated_tags() {
    std::set<std::string> seen;
    std::erase_if(items_, [&](const Item& each) {
      if (seen.insert(each.tag).second) return false;
      repair("drizzle-duplicate-tag", cat("the second entry of ", each.tag, " is taken out"),
             "an empty database would run the file twice");
      unknown(cat("whether a database has run ", each.tag,
                  " twice: what it did there twice is not undone"));
      return true;
    });
  }

  void drop_missing_files() {
    std::erase_if(items_, [&](const Item& each) {
      if (each.migration || (each.written && each.written->ignored_by_git)) return false;
      const std::string file = in_folder(history_.folder, cat(each.tag, ".sql"));
      if (wishes_.remove_missing) {
        repair("drizzle-missing-sql", cat("the entry of ", each.tag, " is taken out, as told"),
               "its file is not there, and for that nothing runs at all");
        unknown(cat("what ", each.tag,
                    ".sql did: databases that ran it keep it, new ones will not have it"));
        return true;
      }
      refuse("drizzle-missing-sql", *journal_->source,
             cat("the journal lists ", each.tag, ", and ", file, " is not there"),
             "its SQL is nowhere in the files: a snapshot tells a schema, not what happened to the "
             "rows",
             cat("restore it from git; or, where no database needs it any more, take the entry "
                 "out:\ngit log --all -- ",
                 shell_word(file), "\nmigguard repair --remove-missing"),
             each.written ? each.written->span : Span{});
      return false;
    });
  }

  // ---- Entries that come

  void add_unlisted() {
    std::set<std::string> known;
    for (const Item& each : items_) known.insert(each.old_tag);
    std::vector<const Migration*> unlisted;
    for (const Migration& each : history_.migrations) {
      if (known.count(each.id) || !is_direct(each)) continue;
      const auto left_out = wishes_.left_out.find(each.id);
      if (left_out == wishes_.left_out.end()) {
        unlisted.push_back(&each);
      } else {
        refuse("drizzle-orphan-sql", *each.source,
               cat(each.id, " is not in the journal, and would fail at its end"),
               left_out->second.reason,
               "delete it, if the journal went on without it on purpose; else write a migration "
               "for what is still lacking");
      }
    }
    if (unlisted.empty()) return;
    if (history_.also_run_by_another) {
      for (const Migration* each : unlisted)
        refuse("drizzle-orphan-sql", *each->source, cat(each->id, " is not in Drizzle's journal"),
               "another tool runs the files of this folder, this one too",
               "leave it, or write migrations with drizzle-kit generate alone");
      return;
    }
    std::sort(unlisted.begin(), unlisted.end(), [](const Migration* one, const Migration* other) {
      return project::numbered_before(one->id, other->id);
    });
    // The mark that a new entry must be above: of the journal, and of the database asked.
    std::int64_t mark = 0;
    for (const Item& each : items_)
      if (each.when <= wishes_.now + day) mark = std::max(mark, each.when);
    if (applied_)
      for (const AppliedRow& each : applied_->rows)
        mark = std::max(mark, each.created_at.value_or(0));
    if (mark == 0) mark = wishes_.now - static_cast<std::int64_t>(unlisted.size()) * 1000;
    std::vector<std::string> by_hand;
    for (const Migration* each : unlisted) {
      Item item{nullptr, each, each->id, each->id};
      item.added = true;
      item.idx = -1;
      const AppliedRow* row = row_of(*each);
      item.when = item.old_when = row && row->created_at ? *row->created_at : ++mark;
      if (row) {
        repair(
            "drizzle-orphan-sql",
            cat(each->id, " is put back into the journal, with the `when` of the database's row"),
            "the database has run it, and the journal does not list it");
        const auto later = std::find_if(items_.begin(), items_.end(),
                                        [&](const Item& other) { return other.when > item.when; });
        items_.insert(later, std::move(item));
        continue;
      }
      repair("drizzle-orphan-sql", cat(each->id, " is put into the journal"),
             "the migrator passes by what the journal does not list");
      items_.push_back(std::move(item));
    }
    if (std::any_of(items_.begin(), items_.end(), [&](const Item& each) {
          return each.added && each.migration && !row_of(*each.migration);
        }))
      unknown(
          "whether a database has got these files by hand already: there the migrator would run "
          "them once more, unless the rows below are inserted first. A row stands for every entry "
          "above "
          "it, too: the migrator goes by the newest alone");
  }

  // Drizzle looks at no folder below its own.
  bool is_direct(const Migration& migration) const {
    return folder_of(migration.source->path) == history_.folder;
  }

  // ---- Times

  // `when` in seconds.
  void mend_units() {
    for (Item& each : items_) {
      const bool seconds = each.when >= 1'000'000'000 && each.when <= 9'999'999'999;
      if (each.added || each.when >= year_2020 || !seconds) continue;
      repair(
          "drizzle-when-implausible",
          cat(each.tag, " gets the `when` ", each.when * 1000, ": ", each.when, " counts seconds"),
          "a database that has run any other migration skips it");
      each.when *= 1000;
      note_new_time(each);
    }
  }

  void mend_times() {
    mend_future();
    std::int64_t mark = -1;
    for (std::size_t at = 0; at < items_.size();) {
      if (items_[at].when <= mark && !mend_regression(at, mark)) continue;
      mark = std::max(mark, items_[at++].when);
    }
  }

  void mend_future() {
    for (std::size_t at = 0; at < items_.size(); ++at) {
      Item& item = items_[at];
      if (item.when <= wishes_.now + day) continue;
      std::int64_t before = 0, after = wishes_.now;
      for (std::size_t other = 0; other < at; ++other)
        before = std::max(before, items_[other].when);
      for (std::size_t other = items_.size(); other-- > at + 1;)
        if (items_[other].when > before && items_[other].when <= wishes_.now + day)
          after = items_[other].when;
      item.when = before > 0 ? before + 1 : after - 1;
      repair("drizzle-when-in-future",
             cat(item.tag, " gets the `when` ", item.when, " instead of ", item.old_when, " (",
                 utc_date(item.old_when), ")"),
             "a database that runs it skips every later migration until that day");
      if (!item.added)
        database("on every database that has run " + item.tag +
                     ", before the next migration: its mark is in the future",
                 cat("UPDATE ", table(), " SET created_at = ", item.when,
                     " WHERE created_at = ", item.old_when, ";"));
    }
  }

  // False where the entry went to the end, so that another one stands in its place.
  bool mend_regression(std::size_t at, std::int64_t mark) {
    Item& item = items_[at];
    std::int64_t last = mark;
    bool later = false;
    for (std::size_t other = at + 1; other < items_.size(); ++other) {
      later |= !items_[other].added && items_[other].when > mark;
      last = std::max(last, items_[other].when);
    }
    if (applied_)
      for (const AppliedRow& each : applied_->rows)
        last = std::max(last, each.created_at.value_or(0));
    const bool known_applied = item.migration && row_of(*item.migration);
    const std::int64_t next = at + 1 < items_.size() ? items_[at + 1].when : INT64_MAX;
    const bool room = mark + 1 < next || next <= mark;
    const bool needed = later && later_ones_need(at);
    const char* const why =
        "databases that have run the entry before it skip it, and migrate reports success";
    if (later && !known_applied && !needed) {
      Item moved = item;
      moved.when = last + 1;
      moved.moved = true;
      repair("drizzle-when-not-increasing",
             cat(item.tag, " goes to the end of the journal, with the `when` ", moved.when), why);
      unknown(cat("whether what comes after ", item.tag,
                  " relies on it in a way that the SQL does not show"));
      note_new_time(moved);
      items_.erase(items_.begin() + static_cast<std::ptrdiff_t>(at));
      items_.push_back(std::move(moved));
      return false;
    }
    if (later && !room) {
      refuse("drizzle-when-not-increasing", *journal_->source,
             cat(item.tag, " has a `when` before that of the entry above it"),
             "later migrations need it, and between its neighbours no millisecond is free",
             "give the entries behind it greater times, too, and update the rows of every database "
             "that has run them");
      return true;
    }
    item.when = (later ? mark : std::max(mark, applied_ && !known_applied ? last : mark)) + 1;
    repair("drizzle-when-not-increasing",
           cat(item.tag, " gets the `when` ", item.when, " instead of ", item.old_when), why);
    if (later && !known_applied)
      unknown(cat("whether a database has run what comes after ", item.tag,
                  " and not this: there it stays skipped"));
    if (!later) note_new_time(item);
    return true;
  }

  // A database that has run the entry under its old time would run it again under one that is
  // greater than its mark.
  void note_new_time(const Item& item) {
    if (item.added || !item.migration) return;
    const AppliedRow* row = row_of(*item.migration);
    if (asked_ && !row) return;
    database(
        row ? cat("on this database, which has run ", item.old_tag, ", before the next migration")
            : cat("on databases that have run ", item.old_tag,
                  " (others are not touched), before the next migration"),
        cat("UPDATE ", table(), " SET created_at = ", item.when, " WHERE created_at = ",
            item.old_when, " AND hash = '", hash_of(*item.migration->source), "';"));
  }

  // Whether a later entry speaks of a name that this one makes.
  bool later_ones_need(std::size_t at) const {
    const Migration* migration = items_[at].migration;
    if (!migration) return true;
    std::set<std::string, std::less<>> made;
    for (const Statement& statement : migration->script.statements) {
      for (const Op& op : statement.ops) {
        if (const auto* table = std::get_if<CreateTable>(&op)) made.emplace(table->table.name);
        if (const auto* table = std::get_if<CreateTableAs>(&op)) made.emplace(table->table.name);
        if (const auto* column = std::get_if<AddColumn>(&op)) made.emplace(column->column.name);
        if (const auto* type = std::get_if<CreateEnum>(&op)) made.emplace(type->type.name);
        if (const auto* view = std::get_if<CreateView>(&op)) made.emplace(view->view.name);
        if (const auto* table = std::get_if<RenameTable>(&op)) made.emplace(table->new_name);
        if (const auto* column = std::get_if<RenameColumn>(&op)) made.emplace(column->new_name);
        if (const auto* schema = std::get_if<CreateSchema>(&op)) made.emplace(schema->schema);
        if (const auto* function = std::get_if<CreateFunction>(&op))
          made.emplace(function->function.name);
      }
    }
    for (std::size_t other = at + 1; other < items_.size(); ++other) {
      const Migration* later = items_[other].migration;
      if (!later) continue;
      sql::Scanner scanner(later->source->text);
      sql::Token token;
      while (scanner.next_word(token)) {
        const bool quoted = token.kind == sql::TokenKind::quoted_word;
        if (!quoted && token.kind != sql::TokenKind::word) continue;
        std::string name = later->source->text.substr(token.begin, token.end - token.begin);
        name = quoted && name.size() > 1 ? name.substr(1, name.size() - 2) : to_lower(name);
        if (made.count(name)) return true;
      }
    }
    return false;
  }

  // ---- Numbers

  static std::string padded(std::int64_t number, std::size_t width) {
    const std::string digits = std::to_string(number);
    return cat(std::string(width > digits.size() ? width - digits.size() : 0, '0'), digits);
  }

  // Numbers as drizzle-kit counts them; else the files begin with times.
  bool counts() const {
    return std::all_of(items_.begin(), items_.end(), [](const Item& each) {
      const auto number = sequence_number(tag_prefix(each.old_tag));
      return number.has_value() || project::leading_digits(each.old_tag).empty();
    });
  }

  bool named(const Item& item) const {
    return std::any_of(wishes_.renumber.begin(), wishes_.renumber.end(),
                       [&](const std::string& wish) {
                         const std::string_view base = base_name(wish);
                         return base == item.old_tag || base == cat(item.old_tag, ".sql");
                       });
  }

  bool may_get_number(const Item& item) const {
    if (item.added || item.moved || named(item) || !item.migration) return true;
    return item.migration->novelty != Novelty::old;
  }

  void mend_numbers() {
    const bool counting = counts();
    std::int64_t last_number = -1, last_idx = -1;
    std::set<std::string> taken;
    std::string last;  // the greatest number so far, as digits
    for (Item& item : items_) {
      const std::string prefix(project::leading_digits(item.old_tag));
      const bool fresh = item.added || item.moved;
      const bool clash = prefix.empty() ? item.added : taken.count(prefix) > 0;
      // generate takes the last snapshot by name: what comes last must be called so.
      const bool behind = fresh && !prefix.empty() && !number_less(last, prefix);
      const bool repeated_idx = !item.added && item.idx <= last_idx && item.idx >= 0;
      if (clash && !behind && !may_get_number(item)) {
        refuse("duplicate-migration-number", *item.migration->source,
               cat(item.old_tag, " has a number that is taken"),
               "it is not new against the commit compared with",
               cat("to give it another all the same:\nmigguard repair --renumber ", item.old_tag));
      } else if (clash || behind) {
        renumber(item, counting, last_number, fresh ? last : prefix);
      }
      if (number_less(last, project::leading_digits(item.tag)))
        last = project::leading_digits(item.tag);
      taken.insert(std::string(project::leading_digits(item.tag)));
      const auto now = sequence_number(project::leading_digits(item.tag));
      if (counting && now) last_number = std::max(last_number, *now);
      if (item.added || item.moved || repeated_idx) {
        const bool in_step = counting && now && *now > last_idx && tag_prefix(item.tag).size() == 4;
        const std::int64_t idx = in_step ? *now : last_idx + 1;
        if (repeated_idx && !item.added)
          repair("drizzle-duplicate-idx",
                 cat(item.tag, " gets the idx ", idx, " instead of ", item.idx),
                 "the next generate counts on from the last idx, to a number that is in use");
        item.idx = idx;
      } else if (item.tag != item.old_tag && counting && now && *now > last_idx) {
        item.idx = *now;
      }
      last_idx = std::max(last_idx, item.idx);
    }
  }

  void renumber(Item& item, bool counting, std::int64_t last_number, const std::string& prefix) {
    std::string digits;
    if (counting) {
      digits = padded(last_number + 1, std::max<std::size_t>(prefix.size(), 4));
    } else {
      digits = prefix;
      std::set<std::string> taken;
      for (const Item& each : items_)
        taken.insert(
            std::string(project::leading_digits(&each == &item ? each.old_tag : each.tag)));
      while (taken.count(digits)) digits = one_more(digits);
    }
    item.tag = cat(digits, "_", tag_name(item.old_tag));
    repair("duplicate-migration-number", cat(item.old_tag, " becomes ", item.tag),
           "snapshots are named after the number alone, and one would overwrite the other; Drizzle "
           "keeps no names in databases");
  }

  static std::string one_more(std::string digits) {
    for (std::size_t at = digits.size(); at-- > 0;) {
      if (digits[at] != '9') {
        ++digits[at];
        return digits;
      }
      digits[at] = '0';
    }
    return cat("1", digits);
  }

  // ---- The files

  void write() {
    std::vector<JournalEntry> entries;
    for (const Item& each : items_) {
      entries.push_back({each.written, each.tag, each.when, each.idx});
      if (each.migration && each.tag != each.old_tag) {
        changes_.move(*each.migration->source, in_folder(history_.folder, cat(each.tag, ".sql")));
        rename_rollbacks(each);
      }
      if (each.added && each.migration && !row_of(*each.migration))
        database(database_of_unlisted(*each.migration),
                 cat("INSERT INTO ", table(), " (hash, created_at) VALUES ('",
                     hash_of(*each.migration->source), "', ", each.when, ");"));
    }
    const std::string text = journal_text(journal_, entries);
    if (!journal_) {
      changes_.add(journal_path_, text);
    } else if (text != journal_->source->text) {
      changes_.edit(*journal_->source, text);
    }
  }

  std::string database_of_unlisted(const Migration& migration) const {
    const std::string name = cat(migration.id, ".sql");
    if (makes_what_is_there(migration))
      return cat("on this database, which has the tables of ", name,
                 " already, before the next migration");
    return cat("only on databases that have what ", name, " makes, before the next migration");
  }

  bool makes_what_is_there(const Migration& migration) const {
    if (!wishes_.live) return false;
    bool any = false;
    for (const Statement& statement : migration.script.statements) {
      for (const Op& op : statement.ops) {
        const auto* create = std::get_if<CreateTable>(&op);
        if (!create) continue;
        any = true;
        const auto& live = wishes_.live->relations;
        const bool there = std::any_of(live.begin(), live.end(), [&](const Relation& each) {
          return each.name == create->table.name &&
                 (create->table.schema.empty() || each.schema == create->table.schema);
        });
        if (!there) return false;
      }
    }
    return any;
  }

  // `0004_quote_totals_rollback.sql` goes with `0004_quote_totals`.
  void rename_rollbacks(const Item& item) {
    const auto shares = std::count_if(items_.begin(), items_.end(), [&](const Item& each) {
      return tag_prefix(each.old_tag) == tag_prefix(item.old_tag);
    });
    for (const Migration& each : history_.rollbacks) {
      const std::string path = changes_.path_of(*each.source);
      const std::string_view name = base_name(path);
      const std::string_view old_prefix = tag_prefix(item.old_tag);
      std::string renamed;
      if (name.starts_with(item.old_tag)) {
        renamed = cat(item.tag, name.substr(item.old_tag.size()));
      } else if (shares == 1 && name.starts_with(cat(old_prefix, "_"))) {
        renamed = cat(tag_prefix(item.tag), name.substr(old_prefix.size()));
      } else {
        continue;
      }
      if (path != each.source->path) continue;
      changes_.move(*each.source, in_folder(folder_of(path), renamed));
      repair("duplicate-migration-number", cat(name, " becomes ", renamed),
             "a rollback is found by the number of its migration");
    }
  }

  // ---- Words

  void repair(std::string_view rule, std::string what, std::string why) {
    plan_.repairs.push_back({std::string(rule), std::move(what), std::move(why)});
  }
  void refuse(std::string_view rule, const SourceFile& source, std::string what, std::string why,
              std::string help, Span span = {}) {
    const bool placed = span.end > span.begin;
    plan_.refusals.push_back({std::string(rule), source.path,
                              placed ? source.position(span.begin).line : 0, std::move(what),
                              std::move(why), std::move(help)});
  }
  void unknown(std::string what) {
    auto& list = plan_.unknown;
    if (std::find(list.begin(), list.end(), what) == list.end()) list.push_back(std::move(what));
  }
  void database(std::string when, std::string sql) {
    plan_.database.push_back({std::move(when), std::move(sql)});
  }

  const History& history_;
  const Wishes& wishes_;
  HistoryPlan& plan_;
  ChangeList& changes_;
  const AppliedTable* applied_;
  bool asked_;
  const DrizzleJournal* journal_ = nullptr;
  std::string journal_path_;
  std::vector<Item> items_;
};

}  // namespace

OldTags plan_drizzle_journal(const Project& project, const History& history, const Wishes& wishes,
                             HistoryPlan& plan, ChangeList& changes) {
  return JournalPlan(project, history, wishes, plan, changes).make();
}

}  // namespace migguard::repair
