// Drizzle 1.0: a directory `YYYYMMDDHHMMSS_name` with `migration.sql` and `snapshot.json` per
// migration.
#include <algorithm>
#include <project/drizzle/history.hpp>
#include <project/json_defect.hpp>
#include <project/json_skim.hpp>
#include <project/names.hpp>
#include <project/tools/sql_files.hpp>
#include <project/tools/tools.hpp>
#include <util/json.hpp>

namespace migguard::project {

bool has_drizzle_v1_layout(Tree& tree, const Folder& parent, const std::string& name) {
  const Folder& folder = tree.folder(join_path(parent.path, name));
  if (!folder.has_file("migration.sql")) return false;
  const std::size_t digits = leading_digits(name).size();
  return folder.has_file("snapshot.json") ||
         (digits == 14 && name.size() > digits && name[digits] == '_');
}

namespace {

void prepare(Migration& migration) { migration.transaction = TransactionMode::all_pending; }

std::optional<std::string> evidence(Tree& tree, const Folder& folder) {
  for (const std::string& name : folder.folders) {
    const std::size_t digits = leading_digits(name).size();
    if (digits != 14 || name.size() == digits || name[digits] != '_') continue;
    const Folder& below = tree.folder(join_path(folder.path, name));
    if (below.has_file("migration.sql") && below.has_file("snapshot.json")) {
      return cat("migration.sql and snapshot.json in ", below.path);
    }
  }
  return std::nullopt;
}

bool fits(Tree& tree, const Folder& folder) {
  return std::any_of(folder.folders.begin(), folder.folders.end(), [&](const std::string& name) {
    return tree.folder(join_path(folder.path, name)).has_file("migration.sql");
  });
}

// The ids that a snapshot names as its parents; none where the value is no list of strings.
std::optional<std::vector<std::string>> read_ids(std::string_view text, Span span) {
  const auto parsed = json::parse(text.substr(span.begin, span.end - span.begin));
  const auto* list = std::get_if<json::Value>(&parsed);
  if (!list || !list->is_array()) return std::nullopt;
  std::vector<std::string> ids;
  for (const json::Value& item : list->items) {
    if (!item.is_string()) return std::nullopt;
    ids.push_back(item.text);
  }
  return ids;
}

std::optional<Defect> read_snapshot_text(DrizzleV1Folder& out) {
  const std::string& text = out.snapshot->text;
  const auto read = snapshot_members(text);
  if (const auto* defect = std::get_if<Defect>(&read)) return *defect;
  const auto& members = std::get<std::vector<SkimmedMember>>(read);
  bool has_id = false;
  bool has_parents = false;
  for (const SkimmedMember& member : members) {
    const auto key = string_at(text, member.key);
    if (key == "id") {
      const auto value = string_at(text, member.value);
      has_id = value.has_value();
      out.id = value.value_or("");
      out.id_span = member.value;
    } else if (key == "prevIds") {
      auto value = read_ids(text, member.value);
      has_parents = value.has_value();
      if (value) out.prev_ids = *std::move(value);
      out.prev_ids_span = member.value;
    } else if (key == "type") {
      out.base = string_at(text, member.value) == "base";
      out.type_span = member.value;
    }
  }
  if (!has_id) return Defect{span_at(text, 0), "the snapshot has no \"id\""};
  if (!has_parents) return Defect{span_at(text, 0), "the snapshot has no list \"prevIds\""};
  return std::nullopt;
}

DrizzleV1 read_folders(Tree& tree, const Folder& folder) {
  DrizzleV1 found;
  for (const std::string& name : folder.folders) {
    const Folder& below = tree.folder(join_path(folder.path, name));
    const bool has_sql = below.has_file("migration.sql");
    const bool has_snapshot = below.has_file("snapshot.json");
    if (!has_sql && !has_snapshot) continue;
    DrizzleV1Folder& out = found.folders.emplace_back();
    out.name = name;
    if (has_sql) {
      const std::string path = join_path(below.path, "migration.sql");
      out.sql = tree.read(path);
      if (!out.sql) out.sql = tree.name_only(path);
    }
    if (!has_snapshot) continue;
    const std::string path = join_path(below.path, "snapshot.json");
    std::string failure;
    out.snapshot = tree.read(path, &failure);
    if (out.snapshot) {
      out.invalid = read_snapshot_text(out);
    } else {
      out.snapshot = tree.name_only(path);
      out.invalid = Defect{{}, cat("the snapshot cannot be read: ", failure)};
    }
  }
  return found;
}

// The dialect that the first readable snapshot names.
Dialect dialect_of(Tree& tree, const Folder& folder) {
  for (const std::string& name : folder.folders) {
    const auto text = tree.peek(join_path(join_path(folder.path, name), "snapshot.json"));
    const auto members = text ? skim_object(*text) : std::nullopt;
    if (!members) continue;
    for (const SkimmedMember& member : *members) {
      if (string_at(*text, member.key) != "dialect") continue;
      return drizzle_dialect(string_at(*text, member.value).value_or(""));
    }
  }
  return Dialect::postgresql;
}

void load(Tree& tree, const Folder& folder, History& history) {
  history.complete = true;
  history.dialect = dialect_of(tree, folder);
  history.drizzle_v1 = read_folders(tree, folder);
  std::vector<std::string> names = folder.folders;
  std::sort(names.begin(), names.end(), locale_before);
  for (const std::string& name : names) {
    const Folder& below = tree.folder(join_path(folder.path, name));
    for (const std::string& file : sql_files(below)) {
      const std::string path = join_path(below.path, file);
      if (file == "migration.sql") {
        Migration migration = read_migration(tree, path, name);
        prepare(migration);
        history.migrations.push_back(std::move(migration));
      } else if (is_rollback_name(file) || is_rollback_folder(name)) {
        add_rollback(tree, path, name, history);
      }
    }
  }
  add_unlisted(tree, folder, sql_files(folder), history);
}

}  // namespace

const ToolReader drizzle_v1_reader{Tool::drizzle_v1, evidence, fits, load, prepare, true};

}  // namespace migguard::project
