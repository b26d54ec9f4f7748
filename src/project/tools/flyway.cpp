// Flyway: `V<version>__name.sql`, then `R__name.sql`, in its location and all folders below.
#include <algorithm>
#include <array>
#include <project/names.hpp>
#include <project/tools/sql_files.hpp>
#include <project/tools/tools.hpp>
#include <util/text.hpp>

namespace migguard::project {
namespace {

constexpr unsigned max_depth = 8;

struct Named {
  char kind = '\0';     // V, U, B, R; NUL for a name that Flyway passes by
  std::string version;  // numbers with dots; empty for R
};

// `^(V|U|B)(\d+(?:[._]\d+)*)__(.+)\.sql$` and `^R__(.+)\.sql$`.
Named parse_name(std::string_view name) {
  constexpr std::string_view kinds = "VUB";
  if (!name.ends_with(".sql")) return {};
  if (name.starts_with("R__") && name.size() > 7) return {'R', {}};
  const std::size_t separator = name.find("__");
  if (separator == std::string_view::npos || separator < 2 || name.size() <= separator + 6 ||
      kinds.find(name[0]) == std::string_view::npos) {
    return {};
  }
  Named named{name[0], std::string(name.substr(1, separator - 1))};
  std::replace(named.version.begin(), named.version.end(), '_', '.');
  for (std::string_view part : split(named.version, '.')) {
    if (part.empty() || leading_digits(part).size() != part.size()) return {};
  }
  return named;
}

// By the numbers; a missing one is zero, so that 1 = 1.0.
int compare_versions(std::string_view a, std::string_view b) {
  const auto left = split(a, '.');
  const auto right = split(b, '.');
  for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    const int order =
        compare_numbers(i < left.size() ? left[i] : "0", i < right.size() ? right[i] : "0");
    if (order != 0) return order;
  }
  return 0;
}

// Statements that PostgreSQL runs outside transactions only, as Flyway recognizes them
// (PostgreSQLParser.detectCanExecuteInTransaction).
bool forbids_transaction(std::string_view statement) {
  std::string text = to_lower(statement);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  const std::string_view words = trim(text);
  constexpr std::array<std::string_view, 7> prefixes = {
      "create database ", "create tablespace ", "create subscription ", "alter system ",
      "drop database ",   "drop tablespace ",   "discard all"};
  if (std::any_of(prefixes.begin(), prefixes.end(),
                  [&](std::string_view prefix) { return words.starts_with(prefix); })) {
    return true;
  }
  if (begins_with_word(words, "vacuum")) return true;
  const bool index = words.starts_with("create index ") ||
                     words.starts_with("create unique index ") ||
                     words.starts_with("drop index ") || words.starts_with("reindex ");
  return index && words.substr(0, 60).find(" concurrently ") != std::string_view::npos;
}

// Whether a script holds such statements alone: Flyway then opens no transaction.
bool runs_outside_transaction(std::string_view text) {
  std::string code;
  for (std::string_view line : split(text, '\n')) {
    const std::size_t comment = line.find("--");
    code += line.substr(0, comment);
    code += '\n';
  }
  bool any = false;
  for (std::string_view statement : split(code, ';')) {
    if (trim(statement).empty()) continue;
    if (!forbids_transaction(statement)) return false;
    any = true;
  }
  return any;
}

void prepare(Migration& migration) {
  migration.transaction = runs_outside_transaction(migration.source->text)
                              ? TransactionMode::autocommit
                              : TransactionMode::per_file;
}

bool has_versions(const Folder& folder) {
  return std::any_of(folder.files.begin(), folder.files.end(), [](const std::string& name) {
    const Named named = parse_name(name);
    return named.kind == 'V' || named.kind == 'B';
  });
}

bool any_below(Tree& tree, const Folder& folder, unsigned depth = 0) {
  if (has_versions(folder)) return true;
  if (depth == max_depth) return false;
  return std::any_of(folder.folders.begin(), folder.folders.end(), [&](const std::string& name) {
    return any_below(tree, tree.folder(join_path(folder.path, name)), depth + 1);
  });
}

// `db/migration/{postgresql,mysql,h2}`: one history per database.
bool is_vendor(std::string_view name) {
  constexpr std::array<std::string_view, 14> vendors = {
      "common", "db2",    "derby",    "h2",         "hsqldb", "mariadb",   "mssql",
      "mysql",  "oracle", "postgres", "postgresql", "sqlite", "sqlserver", "vendor"};
  return std::binary_search(vendors.begin(), vendors.end(), to_lower(name));
}

// The default location, with a folder for each release perhaps.
bool is_default_location(Tree& tree, const std::string& path) {
  if (file_name(path) != "migration" || file_name(parent_path(path)) != "db") return false;
  const Folder& folder = tree.folder(path);
  return std::none_of(folder.folders.begin(), folder.folders.end(), is_vendor);
}

bool holds_versions_of_its_own(Tree& tree, const Folder& folder) {
  if (!has_versions(folder)) {
    return is_default_location(tree, folder.path) && any_below(tree, folder);
  }
  // A release's folder below the default location is a part of that.
  std::string above = folder.path;
  for (unsigned depth = 0; depth < max_depth && parent_path(above) != above; ++depth) {
    above = parent_path(above);
    if (!tree.inside(above)) break;
    if (is_default_location(tree, above)) return false;
  }
  return true;
}

// The configuration beside the location or above it.
std::string config_above(Tree& tree, const Folder& folder) {
  for (std::string directory = folder.path; tree.inside(directory);) {
    for (const char* name : {"flyway.conf", "flyway.toml"}) {
      if (tree.folder(directory).has_file(name)) return join_path(directory, name);
    }
    const std::string parent = parent_path(directory);
    if (parent == directory) break;
    directory = parent;
  }
  return {};
}

std::optional<std::string> evidence(Tree& tree, const Folder& folder) {
  if (!holds_versions_of_its_own(tree, folder)) return std::nullopt;
  const std::string config = config_above(tree, folder);
  return config.empty() ? std::string("files named V<version>__<name>.sql")
                        : cat("its configuration ", config);
}

bool fits(Tree& tree, const Folder& folder) { return any_below(tree, folder); }

struct Found {
  std::string path;
  std::string name;
  Named named;
};

void collect(Tree& tree, const Folder& folder, unsigned depth, std::vector<Found>& found) {
  for (const std::string& name : sql_files(folder)) {
    found.push_back({join_path(folder.path, name), name, parse_name(name)});
  }
  if (depth == max_depth) return;
  for (const std::string& name : folder.folders) {
    collect(tree, tree.folder(join_path(folder.path, name)), depth + 1, found);
  }
}

// Versions first (B before V of the same version), then repeatables, then what Flyway passes by.
int group(const Named& named) { return named.kind == '\0' ? 2 : named.kind == 'R' ? 1 : 0; }

bool runs_before(const Found& a, const Found& b) {
  if (group(a.named) != group(b.named)) return group(a.named) < group(b.named);
  const int order = compare_versions(a.named.version, b.named.version);
  if (order != 0) return order < 0;
  return group(a.named) == 1 ? a.name < b.name : a.path < b.path;
}

// `<file>.conf` beside it with `executeInTransaction=false`.
bool opts_out(Tree& tree, const std::string& path) {
  if (!tree.has_file(path + ".conf")) return false;
  const auto text = tree.peek(path + ".conf");
  return text && contains_ignoring_case(*text, "executeInTransaction=false");
}

void load(Tree& tree, const Folder& folder, History& history) {
  const std::string config = config_above(tree, folder);
  if (!config.empty()) history.marker = tree.read(config);
  std::vector<Found> found;
  collect(tree, folder, 0, found);
  std::sort(found.begin(), found.end(), runs_before);
  for (const Found& each : found) {
    const char kind = each.named.kind;
    if (kind == 'U' || (kind == '\0' && is_rollback_name(each.name))) {
      add_rollback(tree, each.path, each.name, history);
      history.rollbacks.back().number = each.named.version;
      history.rollbacks.back().by_convention |= kind == 'U';
      continue;
    }
    if (kind == '\0' && is_dump_or_seed(each.name)) continue;
    Migration migration = read_migration(tree, each.path, each.name);
    migration.number = each.named.version;
    migration.listed = kind != '\0';
    prepare(migration);
    if (opts_out(tree, each.path)) migration.transaction = TransactionMode::autocommit;
    history.migrations.push_back(std::move(migration));
  }
  // With a baseline, Flyway begins where a database already is.
  history.complete = true;
  if (history.marker && contains_ignoring_case(history.marker->text, "baselineOnMigrate=true")) {
    history.complete = false;
  }
}

}  // namespace

const ToolReader flyway_reader{Tool::flyway, evidence, fits, load, prepare, true};

}  // namespace migguard::project
