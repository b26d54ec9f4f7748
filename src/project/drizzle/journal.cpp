// Reads Drizzle's `meta/_journal.json` and snapshots, with the place of everything a rule may
// blame.
#include <algorithm>
#include <project/drizzle/history.hpp>
#include <project/json_defect.hpp>
#include <project/json_skim.hpp>
#include <project/names.hpp>
#include <util/json.hpp>
#include <util/text.hpp>

namespace migguard::project {
namespace {

// A number as drizzle-orm takes it: an integer, or a string of digits (which PostgreSQL reads as a
// bigint too).
std::optional<std::int64_t> whole_number(const json::Value& value) {
  if (value.is_number()) return value.integer();
  if (!value.is_string() || value.text.empty() || value.text.size() > 18 ||
      leading_digits(value.text).size() != value.text.size()) {
    return std::nullopt;
  }
  return std::stoll(value.text);
}

std::optional<Defect> tag_defect(const json::Value& value, const json::Value* tag) {
  if (!tag) return Defect{value.span, "this entry has no \"tag\""};
  if (!tag->is_string()) return Defect{tag->span, "this \"tag\" is not a string"};
  if (tag->text.find('/') != std::string::npos || tag->text == "..") {
    return Defect{tag->span, "this tag is a path; a tag names a file of the folder"};
  }
  if (tag->text.ends_with(".sql")) {
    return Defect{tag->span, "this tag ends in .sql; Drizzle appends that itself"};
  }
  return std::nullopt;
}

std::optional<Defect> when_defect(const json::Value& value, const json::Value* when) {
  if (!when) return Defect{value.span, "this entry has no \"when\""};
  const std::optional<std::int64_t> number = whole_number(*when);
  if (!number) return Defect{when->span, "this \"when\" is not a whole number of milliseconds"};
  if (*number < 0) return Defect{when->span, "this \"when\" is negative"};
  return std::nullopt;
}

std::optional<Defect> read_entry(const json::Value& value, DrizzleEntry& entry) {
  entry.span = value.span;
  if (!value.is_object()) return Defect{value.span, "this entry is not an object"};
  const json::Value* tag = value.get("tag");
  const json::Value* when = value.get("when");
  auto bad_tag = tag_defect(value, tag);
  auto bad_when = when_defect(value, when);
  if (bad_tag && bad_when) {
    return bad_tag->span.begin <= bad_when->span.begin ? bad_tag : bad_when;
  }
  if (bad_tag) return bad_tag;
  if (bad_when) return bad_when;
  entry.tag = tag->text;
  entry.tag_span = tag->span;
  entry.when = whole_number(*when);
  entry.when_span = when->span;
  if (const json::Value* idx = value.get("idx")) {
    entry.idx = idx->integer();
    entry.idx_span = idx->span;
  }
  return std::nullopt;
}

// The dialect of a journal that is no JSON, so that its SQL is not taken for PostgreSQL's.
std::string dialect_in_ruins(std::string_view text) {
  constexpr std::string_view key = "\"dialect\"";
  std::size_t at = text.find(key);
  if (at == std::string_view::npos) return {};
  at = text.find_first_not_of(" \t\r\n:", at + key.size());
  if (at == std::string_view::npos || text[at] != '"') return {};
  const std::size_t end = text.find('"', at + 1);
  return end == std::string_view::npos ? std::string()
                                       : std::string(text.substr(at + 1, end - at - 1));
}

std::optional<Defect> read_entries(const json::Value& journal, DrizzleJournal& out) {
  if (!journal.is_object()) return Defect{journal.span, "the journal is not an object"};
  if (const json::Value* dialect = journal.get("dialect"); dialect && dialect->is_string()) {
    out.dialect = dialect->text;
    out.dialect_span = dialect->span;
  }
  const json::Member* entries = journal.find("entries");
  if (!entries) return Defect{journal.span, "the journal has no \"entries\""};
  out.entries_span = entries->key_span;
  if (!entries->value.is_array()) return Defect{entries->key_span, "\"entries\" is not a list"};
  for (const json::Value& item : entries->value.items) {
    if (auto defect = read_entry(item, out.entries.emplace_back())) return defect;
  }
  return std::nullopt;
}

void read_journal_text(DrizzleJournal& journal) {
  const std::string& text = journal.source->text;
  const auto parsed = json::parse(text);
  if (const auto* failure = std::get_if<json::Failure>(&parsed)) {
    journal.dialect = dialect_in_ruins(text);
    journal.invalid = json_defect(text, *failure);
    return;
  }
  journal.invalid = read_entries(std::get<json::Value>(parsed), journal);
  if (journal.invalid) journal.entries.clear();
}

std::optional<Defect> read_snapshot_text(DrizzleSnapshot& snapshot) {
  const std::string& text = snapshot.source->text;
  const auto read = snapshot_members(text);
  if (const auto* defect = std::get_if<Defect>(&read)) return *defect;
  const auto& members = std::get<std::vector<SkimmedMember>>(read);
  bool has_id = false;
  bool has_prev_id = false;
  for (const SkimmedMember& member : members) {
    const auto key = string_at(text, member.key);
    if (key == "id") {
      const auto value = string_at(text, member.value);
      has_id = value.has_value();
      snapshot.id = value.value_or("");
    } else if (key == "prevId") {
      const auto value = string_at(text, member.value);
      has_prev_id = value.has_value();
      snapshot.prev_id = value.value_or("");
      snapshot.prev_id_span = member.value;
    } else if (key == "version") {
      snapshot.version =
          string_at(text, member.value)
              .value_or(text.substr(member.value.begin, member.value.end - member.value.begin));
      snapshot.version_span = member.value;
    } else if (key == "dialect") {
      snapshot.dialect = string_at(text, member.value).value_or("");
    }
  }
  if (!has_id) return Defect{span_at(text, 0), "the snapshot has no \"id\""};
  if (!has_prev_id) return Defect{span_at(text, 0), "the snapshot has no \"prevId\""};
  return std::nullopt;
}

DrizzleSnapshot read_snapshot(Tree& tree, const std::string& path, std::string prefix) {
  DrizzleSnapshot snapshot;
  snapshot.prefix = std::move(prefix);
  std::string failure;
  snapshot.source = tree.read(path, &failure);
  if (snapshot.source) {
    snapshot.invalid = read_snapshot_text(snapshot);
  } else {
    snapshot.source = tree.name_only(path);
    snapshot.invalid = Defect{{}, cat("the snapshot cannot be read: ", failure)};
  }
  return snapshot;
}

void read_meta_folder(Tree& tree, const Folder& meta, DrizzleJournal& journal) {
  for (const std::string& name : meta.files) {
    if (name.starts_with('_')) continue;
    const std::string path = join_path(meta.path, name);
    constexpr std::string_view ending = "_snapshot.json";
    if (name.ends_with(ending)) {
      journal.snapshots.push_back(
          read_snapshot(tree, path, name.substr(0, name.size() - ending.size())));
    } else if (name.find("_snapshot") != std::string::npos && name.ends_with(".json")) {
      // `0000_snapshot copy.json`: Drizzle takes it for a snapshot of its own.
      journal.snapshots.push_back(read_snapshot(tree, path, name.substr(0, name.size() - 5)));
    } else {
      journal.stray_files.push_back(tree.name_only(path));
    }
  }
}

}  // namespace

std::variant<std::vector<SkimmedMember>, Defect> snapshot_members(const std::string& text) {
  if (auto members = skim_object(text)) return *std::move(members);
  const auto parsed = json::parse(text);
  if (const auto* failure = std::get_if<json::Failure>(&parsed)) return json_defect(text, *failure);
  return Defect{span_at(text, 0), "the snapshot is not an object"};
}

DrizzleJournal read_drizzle_journal(Tree& tree, const Folder& out) {
  DrizzleJournal journal;
  const Folder& meta = tree.folder(join_path(out.path, "meta"));
  const std::string path = join_path(meta.path, "_journal.json");
  std::string failure;
  journal.source = tree.read(path, &failure);
  if (journal.source) {
    read_journal_text(journal);
  } else {
    journal.source = tree.name_only(path);
    journal.invalid = Defect{{}, cat("the journal cannot be read: ", failure)};
  }
  for (DrizzleEntry& entry : journal.entries) {
    const std::string name = entry.tag + ".sql";
    const std::string sql = join_path(out.path, name);
    if (out.has_file(name)) {
      entry.sql = tree.read(sql);
      if (!entry.sql) entry.sql = tree.name_only(sql);
    } else {
      entry.ignored_by_git = tree.ignored(sql, false);
    }
  }
  read_meta_folder(tree, meta, journal);
  for (const std::string& name : out.folders) {
    if (!has_drizzle_v1_layout(tree, out, name)) continue;
    journal.v1_migration = tree.read(join_path(join_path(out.path, name), "migration.sql"));
    break;
  }
  return journal;
}

Dialect drizzle_dialect(std::string_view name) {
  if (name.empty() || name == "pg" || name == "postgres" || name == "postgresql") {
    return Dialect::postgresql;
  }
  if (name == "sqlite" || name == "turso") return Dialect::sqlite;
  if (name == "mysql" || name == "singlestore") return Dialect::mysql;
  return Dialect::other;
}

}  // namespace migguard::project
