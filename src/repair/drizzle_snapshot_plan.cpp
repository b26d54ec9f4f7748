// Mends the line of Drizzle's snapshots: writes those that are missing or cannot be read, links
// them by `prevId`, and takes those out that belong to no entry.
#include <repair/drizzle_snapshot.hpp>
#include <repair/plan.hpp>

#include <algorithm>
#include <lint/replay.hpp>
#include <migguard/history.hpp>
#include <set>
#include <util/json.hpp>

namespace migguard::repair {
namespace {

// An entry's place in the line.
struct Link {
  const DrizzleEntry* entry = nullptr;
  const DrizzleSnapshot* snapshot = nullptr;  // that is its own; null: none
  std::string id, parent;
  bool readable() const { return snapshot && !snapshot->invalid; }
};

class Silence : public lint::ReplayListener {
 public:
  void operation(const Op&, bool) override {}
};

std::set<std::string> keys_of(const json::Value* object) {
  std::set<std::string> keys;
  if (object)
    for (const json::Member& each : object->members) keys.insert(each.key);
  return keys;
}

// Whether a snapshot has the tables and columns of another.
bool has_same_tables(std::string_view one, std::string_view other) {
  const auto parsed_one = json::parse(one), parsed_other = json::parse(other);
  const auto* left = std::get_if<json::Value>(&parsed_one);
  const auto* right = std::get_if<json::Value>(&parsed_other);
  if (!left || !right) return false;
  const json::Value* left_tables = left->get("tables");
  const json::Value* right_tables = right->get("tables");
  if (keys_of(left_tables) != keys_of(right_tables) || !left_tables) return false;
  return std::all_of(left_tables->members.begin(), left_tables->members.end(),
                     [&](const json::Member& table) {
                       const json::Value* same = right_tables->get(table.key);
                       return keys_of(table.value.get("columns")) ==
                              keys_of(same ? same->get("columns") : nullptr);
                     });
}

class SnapshotPlan {
 public:
  SnapshotPlan(const History& history, const OldTags& old_tags, HistoryPlan& plan,
               ChangeList& changes)
      : history_(history),
        journal_(*history.drizzle),
        old_tags_(old_tags),
        plan_(plan),
        changes_(changes),
        folder_(folder_of(journal_.source->path)) {}

  void make() {
    assign();
    name_ids();
    write();
    remove_others();
  }

 private:
  // ---- Whose snapshot is whose

  void assign() {
    std::set<std::string_view> prefixes;
    for (const DrizzleEntry& each : journal_.entries) {
      // `_name` has no prefix: drizzle-kit finds no snapshot of it.
      if (tag_prefix(each.tag).empty() || !prefixes.insert(tag_prefix(each.tag)).second) continue;
      links_.push_back({&each});
    }
    for (Link& each : links_) take(each, tag_prefix(old_tag(*each.entry)));
    for (Link& each : links_)
      if (!each.snapshot) take(each, tag_prefix(each.entry->tag));
  }

  std::string_view old_tag(const DrizzleEntry& entry) const {
    const auto found = old_tags_.find(entry.tag);
    return found == old_tags_.end() ? std::string_view(entry.tag) : found->second;
  }

  void take(Link& link, std::string_view prefix) {
    for (const DrizzleSnapshot& each : journal_.snapshots) {
      if (each.prefix != prefix || !taken_.insert(&each).second) continue;
      link.snapshot = &each;
      return;
    }
  }

  void name_ids() {
    std::set<std::string_view> known;
    for (const DrizzleSnapshot& each : journal_.snapshots) known.insert(each.id);
    std::set<std::string> used;
    std::string parent(no_parent);
    for (std::size_t at = 0; at < links_.size(); ++at) {
      Link& link = links_[at];
      link.parent = parent;
      // drizzle-kit pull writes a first one that is the root itself.
      const bool pulled = at == 0 && link.readable() && link.snapshot->id == no_parent;
      if (pulled) link.parent = link.snapshot->prev_id;
      const Link* next = at + 1 < links_.size() ? &links_[at + 1] : nullptr;
      if (link.readable() && !used.count(link.snapshot->id)) {
        link.id = link.snapshot->id;
      } else if (next && next->readable() && next->snapshot->prev_id != no_parent &&
                 !known.count(next->snapshot->prev_id) && !used.count(next->snapshot->prev_id)) {
        // The next one still names the snapshot that was lost.
        link.id = next->snapshot->prev_id;
      } else {
        link.id = snapshot_id(cat(parent, " ", link.entry->tag));
      }
      used.insert(link.id);
      parent = link.id;
    }
  }

  // ---- Writing

  // Replays the history as far as each entry, and settles its snapshot there.
  void write() {
    if (std::all_of(links_.begin(), links_.end(), [](const Link& each) { return in_line(each); }))
      return rename_all();
    struct Settle final : Silence {
      SnapshotPlan& plan;
      schema::Catalog& catalog;
      Settle(SnapshotPlan& owner, schema::Catalog& made) : plan(owner), catalog(made) {}
      void migration_end(const Migration& migration) override {
        for (Link& each : plan.links_)
          if (each.entry->tag == migration.id && migration.listed) plan.settle(each, catalog);
      }
    };
    schema::Catalog catalog;
    Settle settle(*this, catalog);
    lint::replay(history_, false, catalog, settle);
    rename_all();
    if (!written_) return;
    for (const std::string& each : left_out_) unknown(cat("the snapshots leave out ", each));
    unknown(
        "whether the schema files declare all that the SQL makes: what they lack, the next "
        "drizzle-kit generate drops");
    if (catalog.opaque())
      unknown("what SQL that could not be read does to the schema: the snapshots lack it");
  }

  static bool in_line(const Link& link) {
    return link.readable() && link.snapshot->id == link.id && link.snapshot->prev_id == link.parent;
  }

  void settle(const Link& link, const schema::Catalog& catalog) {
    if (in_line(link)) {
      earlier_ = link.snapshot->source->text;
      return;
    }
    const std::string path = path_of(link);
    if (const DrizzleEntry* lost = missing_before(link); lost && !link.readable()) {
      if (&link == &links_.back())
        plan_.refusals.push_back({"drizzle-snapshot-missing", journal_.source->path, 0,
                                  cat(link.entry->tag, " has no snapshot"),
                                  cat("the schema cannot be replayed without ", lost->tag, ".sql"),
                                  cat("restore ", lost->tag, ".sql first, or take its entry out")});
      return;
    }
    const Definitions definitions(history_);
    const std::string_view hint = link.readable() ? std::string_view(link.snapshot->source->text)
                                                  : std::string_view(earlier_);
    const SnapshotText made = drizzle_snapshot(catalog, definitions, link.id, link.parent, hint);
    left_out_ = made.left_out;
    // generate reads the last one alone: of the others only the line matters.
    const bool last = &link == &links_.back();
    const bool fits = link.readable() && (!last || missing_before(link) ||
                                          has_same_tables(link.snapshot->source->text, made.text));
    if (fits) {
      relink(link);
      return;
    }
    written_ = true;
    earlier_ = made.text;
    if (!link.snapshot) {
      repair("drizzle-snapshot-missing", cat(base_name(path), " is written"),
             "drizzle-kit compares the schema files with the last snapshot, and writes once more "
             "what it does not find there");
      changes_.add(path, made.text);
    } else if (!link.readable()) {
      repair("drizzle-snapshot-invalid", cat(base_name(path), " is written anew"),
             "drizzle-kit check fails on a snapshot that it cannot read");
      changes_.edit(*link.snapshot->source, made.text);
    } else {
      repair("drizzle-snapshot-collision",
             cat(base_name(path), " is written anew, as a child of the one before"),
             "it was made on a branch and lacks what the others had made by then: generate would "
             "write that once more");
      changes_.edit(*link.snapshot->source, made.text);
    }
  }

  const DrizzleEntry* missing_before(const Link& link) const {
    for (const DrizzleEntry& each : journal_.entries) {
      if (!each.sql) return &each;
      if (&each == link.entry) break;
    }
    return nullptr;
  }

  void relink(const Link& link) {
    const std::string& text = link.snapshot->source->text;
    std::string changed = text;
    const Span span = link.snapshot->prev_id_span;
    changed.replace(span.begin, span.end - span.begin, cat("\"", link.parent, "\""));
    if (link.id != link.snapshot->id) {
      const std::size_t at = changed.find(cat("\"", link.snapshot->id, "\""));
      if (at != std::string::npos) changed.replace(at + 1, link.snapshot->id.size(), link.id);
    }
    repair("drizzle-snapshot-chain-broken",
           cat(base_name(path_of(link)), " gets the one before it as its parent"),
           "the snapshots are a line, by which drizzle-kit check finds branches and Drizzle 1.0 "
           "goes on");
    earlier_ = changed;
    changes_.edit(*link.snapshot->source, std::move(changed));
  }

  std::string path_of(const Link& link) const {
    return in_folder(folder_, cat(tag_prefix(link.entry->tag), "_snapshot.json"));
  }

  void rename_all() {
    for (const Link& each : links_) {
      if (!each.snapshot || each.snapshot->source->path == path_of(each)) continue;
      repair("drizzle-snapshot-orphan",
             cat(base_name(each.snapshot->source->path), " becomes ", base_name(path_of(each))),
             "a snapshot is found by the number of its migration");
      changes_.move(*each.snapshot->source, path_of(each));
    }
  }

  void remove_others() {
    for (const DrizzleSnapshot& each : journal_.snapshots) {
      if (taken_.count(&each)) continue;
      repair("drizzle-snapshot-orphan", cat(base_name(each.source->path), " is deleted"),
             "it belongs to no entry of the journal, and generate compares with the last snapshot "
             "it finds");
      changes_.remove(*each.source);
    }
  }

  void repair(std::string_view rule, std::string what, std::string why) {
    plan_.repairs.push_back({std::string(rule), std::move(what), std::move(why)});
  }
  void unknown(std::string what) { plan_.unknown.push_back(std::move(what)); }

  const History& history_;
  const DrizzleJournal& journal_;
  const OldTags& old_tags_;
  HistoryPlan& plan_;
  ChangeList& changes_;
  std::string folder_;
  std::vector<Link> links_;
  std::set<const DrizzleSnapshot*> taken_;
  std::string earlier_;
  std::vector<std::string> left_out_;
  bool written_ = false;
};

}  // namespace

void plan_drizzle_snapshots(const History& history, const OldTags& old_tags, HistoryPlan& plan,
                            ChangeList& changes) {
  if (!history.drizzle || history.drizzle->invalid || history.drizzle->entries.empty() ||
      history.dialect != Dialect::postgresql)
    return;
  SnapshotPlan(history, old_tags, plan, changes).make();
}

}  // namespace migguard::repair
