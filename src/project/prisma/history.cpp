// Prisma Migrate up to 7: a directory with `migration.sql` per migration, and
// `migration_lock.toml`.
#include <algorithm>
#include <array>
#include <project/names.hpp>
#include <project/prisma/schema.hpp>
#include <project/tools/sql_files.hpp>
#include <project/tools/tools.hpp>
#include <util/text.hpp>

namespace migguard::project {
namespace {

// The whole script is one simple query (prisma-engines, schema-engine's apply_script).
void prepare(Migration& migration) { migration.transaction = TransactionMode::simple_query; }

// Prisma 8 keeps migrations as `migration.json` and `ops.json`: another system, not read here.
bool is_prisma_8(Tree& tree, const Folder& folder) {
  return std::any_of(folder.folders.begin(), folder.folders.end(), [&](const std::string& name) {
    const Folder& below = tree.folder(join_path(folder.path, name));
    return below.has_file("migration.json") && below.has_file("ops.json");
  });
}

bool fits(Tree& tree, const Folder& folder) {
  return std::any_of(folder.folders.begin(), folder.folders.end(), [&](const std::string& name) {
    return tree.folder(join_path(folder.path, name)).has_file("migration.sql");
  });
}

std::optional<std::string> evidence(Tree& tree, const Folder& folder) {
  if (is_prisma_8(tree, folder)) return std::nullopt;
  if (folder.has_file("migration_lock.toml")) {
    return cat("its lock file ", join_path(folder.path, "migration_lock.toml"));
  }
  for (const std::string& name : folder.folders) {
    const Folder& below = tree.folder(join_path(folder.path, name));
    if (below.has_file("migration.sql") && !below.has_file("snapshot.json")) {
      return cat("migration.sql in ", below.path);
    }
  }
  return std::nullopt;
}

bool is_known_provider(std::string_view word) {
  constexpr std::array<std::string_view, 6> known = {"cockroachdb", "mongodb", "mysql",
                                                     "postgresql",  "sqlite",  "sqlserver"};
  return std::binary_search(known.begin(), known.end(), word);
}

std::optional<Dialect> dialect_of(std::string_view provider) {
  if (provider == "postgresql" || provider == "postgres") return Dialect::postgresql;
  if (provider == "sqlite") return Dialect::sqlite;
  if (provider == "mysql") return Dialect::mysql;
  if (is_known_provider(provider)) return Dialect::other;
  return std::nullopt;
}

// As Prisma reads its lock file, which is not as TOML (schema-connector's migrations_directory.rs):
// the first line that begins with `provider`, without `provider = ` and without quotes.
void read_lock(PrismaFolder& prisma) {
  const std::string_view text = prisma.lock->text;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t newline = std::min(text.find('\n', begin), text.size());
    std::string_view line = text.substr(begin, newline - begin);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with("provider")) {
      prisma.lock_provider_span = {static_cast<std::uint32_t>(begin),
                                   static_cast<std::uint32_t>(begin + line.size())};
      constexpr std::string_view prefix = "provider = ";
      while (line.starts_with(prefix)) line.remove_prefix(prefix.size());
      while (line.starts_with('"')) line.remove_prefix(1);
      while (line.ends_with('"')) line.remove_suffix(1);
      if (is_known_provider(line)) prisma.lock_provider = line;
      return;
    }
    begin = newline + 1;
  }
}

// A lock file that Prisma cannot read still tells people which database it is about.
std::optional<Dialect> dialect_in_lock(const PrismaFolder& prisma) {
  const std::string_view line =
      std::string_view(prisma.lock->text)
          .substr(prisma.lock_provider_span.begin,
                  prisma.lock_provider_span.end - prisma.lock_provider_span.begin);
  for (std::string_view provider : {"postgres", "cockroachdb", "mysql", "sqlite", "sqlserver"}) {
    if (line.find(provider) != std::string_view::npos) return dialect_of(provider);
  }
  return std::nullopt;
}

// The first schema file of a folder that holds a datasource; `schema.prisma` before the others.
bool find_schema_in(Tree& tree, const Folder& folder, PrismaFolder& prisma) {
  std::vector<std::string> names;
  if (folder.has_file("schema.prisma")) names.emplace_back("schema.prisma");
  for (const std::string& name : folder.files) {
    if (name.ends_with(".prisma") && name != "schema.prisma") names.push_back(name);
  }
  for (const std::string& name : names) {
    const SourceFile* source = tree.read(join_path(folder.path, name));
    const auto datasource = source ? find_datasource(source->text) : std::nullopt;
    if (!datasource) continue;
    prisma.schema = source;
    prisma.schema_provider = datasource->provider;
    prisma.schema_provider_span = datasource->provider_span;
    return true;
  }
  return false;
}

// Beside `migrations/`, or in the folder `schema/` beside it. Not above what was asked to be
// linted.
void find_schema(Tree& tree, const Folder& folder, PrismaFolder& prisma) {
  const std::string parent = parent_path(folder.path);
  if (parent == folder.path || !tree.inside(parent)) return;
  if (find_schema_in(tree, tree.folder(parent), prisma)) return;
  if (tree.folder(parent).has_folder("schema")) {
    find_schema_in(tree, tree.folder(join_path(parent, "schema")), prisma);
  }
}

// The first file in or below a folder, its own files first; empty where there is none.
std::string first_file(Tree& tree, const Folder& folder, unsigned depth = 0) {
  if (!folder.files.empty()) return join_path(folder.path, folder.files.front());
  if (depth == 8) return {};
  for (const std::string& name : folder.folders) {
    std::string found = first_file(tree, tree.folder(join_path(folder.path, name)), depth + 1);
    if (!found.empty()) return found;
  }
  return {};
}

void load_folder(Tree& tree, const Folder& below, const std::string& name, History& history) {
  if (!below.has_file("migration.sql")) {
    const std::string path = first_file(tree, below);
    if (!path.empty()) history.prisma->missing_script.push_back(tree.name_only(path));
    return;
  }
  for (const std::string& file : sql_files(below)) {
    const std::string path = join_path(below.path, file);
    if (file == "migration.sql") {
      Migration migration = read_migration(tree, path, name);
      prepare(migration);
      history.migrations.push_back(std::move(migration));
    } else if (is_rollback_name(file)) {
      add_rollback(tree, path, name, history);
    }
  }
}

void load(Tree& tree, const Folder& folder, History& history) {
  history.complete = true;
  PrismaFolder& prisma = history.prisma.emplace();
  if (folder.has_file("migration_lock.toml")) {
    prisma.lock = tree.read(join_path(folder.path, "migration_lock.toml"));
    history.marker = prisma.lock;
  }
  if (prisma.lock) read_lock(prisma);
  find_schema(tree, folder, prisma);

  std::optional<Dialect> dialect;
  // Where they differ, the schema decides which database Prisma talks to.
  if (prisma.schema_provider) dialect = dialect_of(*prisma.schema_provider);
  if (!dialect && prisma.lock_provider) dialect = dialect_of(*prisma.lock_provider);
  if (!dialect && prisma.lock) dialect = dialect_in_lock(prisma);
  if (dialect) history.dialect = *dialect;

  std::vector<std::string> names = folder.folders;
  std::sort(names.begin(), names.end(), locale_before);
  for (const std::string& name : names) {
    load_folder(tree, tree.folder(join_path(folder.path, name)), name, history);
  }
  for (const std::string& name : sql_files(folder)) {
    const std::string path = join_path(folder.path, name);
    if (is_rollback_name(name)) {
      add_rollback(tree, path, name, history);
    } else {
      prisma.stray_sql.push_back(tree.read(path));
    }
  }
  std::erase(prisma.stray_sql, nullptr);
}

}  // namespace

const ToolReader prisma_reader{Tool::prisma, evidence, fits, load, prepare, true};

}  // namespace migguard::project
