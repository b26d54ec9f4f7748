// The linted project as the migration tools would read it: histories, their journals, and the
// commands that run them. What a rule of the history family sees.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <memory_resource>
#include <migguard/database.hpp>
#include <migguard/drizzle_config.hpp>
#include <migguard/migrated.hpp>
#include <migguard/op.hpp>
#include <migguard/source.hpp>
#include <migguard/tool.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migguard {

// How the runner sends a migration's statements to the server, when no explicit BEGIN says
// otherwise.
enum class TransactionMode : std::uint8_t {
  autocommit,    // statement by statement (psql)
  per_file,      // one transaction around the file
  simple_query,  // the whole file as one simple query: an implicit transaction when it holds
                 // several statements
  all_pending,   // one transaction around every pending migration (Drizzle)
};

// A comment, for ignore directives; found only in files that mention `migguard:`.
struct CommentToken {
  Span span;
  bool block = false;
};

struct Statement {
  Span span;     // from the first token to the last, without the semicolon
  List<Op> ops;  // what it does; a DO block's body follows the DoBlock itself
};

// What kept SQL from being read, or will keep a server or a tool from reading it.
enum class ProblemKind : std::uint8_t {
  syntax,        // PostgreSQL's grammar refuses it
  unterminated,  // a quote, comment or dollar quote that never ends
  nul_byte,
  invalid_utf8,
  utf16,
  template_,
  too_deep,
  too_large,
  binary,
  unreadable
};
struct Problem {
  ProblemKind kind = ProblemKind::syntax;
  Span span;            // where the parser stopped
  Span statement;       // the statement or range that could not be read
  std::string message;  // `syntax error at or near "TABEL"`
  std::string hint;     // what it looks like: MySQL's backtick, a template, ...
};

// A SQL file as parsed: statements with their operations, and what could not be read.
struct Script {
  // Holds what `statements` refers to; null where the project does.
  std::unique_ptr<std::pmr::monotonic_buffer_resource> memory;
  List<Statement> statements;
  std::vector<Problem> problems;
  std::vector<CommentToken> comments;
  std::vector<Span>
      breakpoints_in_literals;    // Drizzle's marker inside a string, body, identifier or comment
  std::uint32_t breakpoints = 0;  // Drizzle's markers in all
  bool has_bom = false;
  Span conflict_marker;  // the first line of merge conflict markers, when all three stand there
  bool parsed = false;   // false: another dialect, or not asked for
};

// Something wrong inside a file that keeps it from being read as what it should be.
struct Defect {
  Span span;
  std::string message;
};

// What has become of a migration since the commit that a run compares with (`--since`).
enum class Novelty : std::uint8_t {
  unknown,  // nothing to compare with
  old,      // it was there, and says the same
  changed,  // it was there, and said something else
  added,    // it was not there, or its tool did not run it: no database has it, so it is pending
};

// One migration, or one rollback script.
struct Migration {
  std::string id;      // as the tool knows it: tag, directory or file name
  std::string number;  // the digits the tool orders by; empty where it has none
  const SourceFile* source = nullptr;
  bool rollback = false;  // never replayed as a forward migration
  bool by_convention =
      false;  // a rollback that the tool or a naming convention expects (`down.sql`, `*.down.sql`)
  bool listed = true;  // false: the tool will never run it (an orphan of Drizzle's journal); linted
                       // all the same
  bool selected =
      true;  // false: read for the history around a file given by name; nothing in it is reported
  bool applied = false;        // the database asked holds it
  Novelty novelty = Novelty::unknown;
  const Migration* before = nullptr;  // the same one at the commit compared with
  std::int32_t position = -1;  // place in the replay of the whole run; -1 where it is not replayed
  TransactionMode transaction = TransactionMode::autocommit;
  std::vector<Span>
      ranges;  // the parts of the file that are this migration's (`-- +goose Up`); empty: all of it
  std::optional<Defect> bad_annotation;  // what makes the tool refuse the file's sections
  Script script;
};

struct DrizzleEntry {
  Span span;
  std::optional<std::int64_t> idx;
  Span idx_span;
  std::string tag;
  Span tag_span;
  std::optional<std::int64_t> when;
  Span when_span;
  const SourceFile* sql = nullptr;  // null where `<tag>.sql` is not there
  bool ignored_by_git = false;      // absent, and git-ignored: never reported
};

struct DrizzleSnapshot {
  const SourceFile* source = nullptr;
  std::string prefix;  // of `<prefix>_snapshot.json`
  std::string id;
  std::string prev_id;
  Span prev_id_span;
  std::string version;
  Span version_span;
  std::string dialect;
  std::optional<Defect> invalid;  // then nothing else of it is known
};

// Drizzle before 1.0: `meta/_journal.json`.
struct DrizzleJournal {
  const SourceFile* source = nullptr;
  std::string dialect;
  Span dialect_span;
  Span entries_span;                           // of the key "entries"
  std::vector<DrizzleEntry> entries;           // in array order, which is the order of execution
  std::vector<DrizzleSnapshot> snapshots;      // in byte order of their names
  std::vector<const SourceFile*> stray_files;  // in meta/, neither `_*` nor `*_snapshot.json`
  std::optional<Defect> invalid;               // then `entries` is empty
  const SourceFile* v1_migration = nullptr;    // a folder of the 1.0 layout beside it
};

// A sub-directory of Drizzle 1.0's layout.
struct DrizzleV1Folder {
  std::string name;
  const SourceFile* sql = nullptr;       // migration.sql
  const SourceFile* snapshot = nullptr;  // snapshot.json
  std::optional<Defect> invalid;         // of the snapshot; then nothing else of it is known
  std::string id;
  Span id_span;
  std::vector<std::string> prev_ids;
  Span prev_ids_span;
  bool base = false;  // `"type": "base"`: it stands for everything before it
  Span type_span;
};

// Drizzle since 1.0: no journal, a graph of snapshots.
struct DrizzleV1 {
  std::vector<DrizzleV1Folder> folders;  // with a migration.sql or a snapshot.json, in byte order
};

// What `atlas.sum` says against what the files of its folder give.
struct AtlasSum {
  enum class Difference : std::uint8_t { none, edited, added, removed, total, unreadable };
  const SourceFile* source = nullptr;        // null where there is none
  Difference difference = Difference::none;  // the first one
  const SourceFile* file = nullptr;          // edited or added
  Span span;                                 // otherwise: of the line of atlas.sum
  std::string name;                          // of the file that was edited, added or removed
  // Where atlas.sum is missing: the line that says this folder is Atlas's.
  const SourceFile* named_by = nullptr;
  Span named_span;
};

// The versions that a dump of the schema lists at its end: `structure.sql`, dbmate's `schema.sql`.
struct SchemaDump {
  struct Version {
    std::string text;
    Span span;
  };
  const SourceFile* source = nullptr;
  Span insert_span;  // of `INSERT INTO ... schema_migrations`
  std::vector<Version> versions;
};

struct PrismaFolder {
  const SourceFile* lock = nullptr;          // migration_lock.toml
  std::optional<std::string> lock_provider;  // as Prisma reads it; none where it cannot
  Span lock_provider_span;                   // of the line
  const SourceFile* schema = nullptr;        // the file that holds the datasource
  std::optional<std::string> schema_provider;
  Span schema_provider_span;
  std::vector<const SourceFile*>
      missing_script;                        // the first file of each folder without migration.sql
  std::vector<const SourceFile*> stray_sql;  // directly in migrations/
};

// One folder of migrations, as one tool runs it.
struct History {
  Tool tool = Tool::plain;
  Dialect dialect = Dialect::postgresql;
  std::string folder;   // relative to the working directory; `.` for itself
  std::string package;  // nearest directory with a package manifest, else the path linted
  const SourceFile* marker = nullptr;  // the file that proves the tool
  std::string evidence;                // in words, for --verbose
  std::vector<Migration>
      migrations;  // forward, in the order of execution; files the tool never runs at the end
  std::vector<Migration> rollbacks;
  std::optional<DrizzleJournal> drizzle;
  std::optional<PrismaFolder> prisma;
  std::optional<DrizzleV1> drizzle_v1;
  std::optional<AtlasSum> atlas;
  std::optional<SchemaDump> dump;
  RecordTable record;  // as files of the project name it; what they leave to the tool is empty
  std::vector<const SourceFile*>
      code;  // migrations written in a programming language, in byte order; known by name only
  bool selected =
      true;  // false: read for the sake of a file given by name; only that file is judged
  const History* before = nullptr;  // the same one at the commit compared with
  // What it had then and lacks now, in the order of execution; empty where all was replaced at once.
  std::vector<const Migration*> gone;
  bool squashed = false;  // one new migration stands for the oldest ones
  bool also_run_by_another = false;  // e.g. Supabase applies what Drizzle generates
  bool docker_init =
      false;  // run by the postgres image's entrypoint, on an empty data directory only
  bool loose =
      false;  // SQL files that no tool's evidence ties together: linted, but no history checks
  // Whether the history begins with an empty database, so that what it never made was never there.
  bool complete = false;
  // Of an SQLite history, and of a PostgreSQL one beside it in the same package; good for rules
  // that listen to histories and to the project.
  std::optional<MigratedSchema> migrated;
};

// A command of a migration tool in a script, compose file, Dockerfile or workflow.
enum class RunnerAction : std::uint8_t { migrate, push, dev, generate, other };
struct RunnerCommand {
  Tool tool = Tool::prisma;
  RunnerAction action = RunnerAction::migrate;
  const SourceFile* source = nullptr;
  Span span;
  std::string text;   // as written, array elements joined by spaces
  std::string place;  // `script "db:migrate:prod"`, `service "migrator"`, `RUN`
  bool production = false;
  bool accepts_data_loss = false;
};

struct Project {
  // Holds what the scripts refer to.
  std::vector<std::unique_ptr<std::pmr::monotonic_buffer_resource>> memory;
  std::string root;                     // the path linted
  std::deque<SourceFile> files;         // every file read, at a stable address
  std::vector<History> histories;       // sorted by folder
  std::vector<RunnerCommand> commands;  // sorted by path and place; one per line, tool and action
  // As it stood at the commits compared with; empty without `--since`.
  std::vector<std::unique_ptr<Project>> earlier;
  std::string earlier_commit;  // the first of them
  std::vector<std::string> configurations;  // every `migguard.json` below the paths linted
  std::vector<Tool> code_tools;  // tools whose migrations are code (Knex, TypeORM, Sequelize) that
                                 // packages depend on
  std::vector<DrizzleConfig> drizzle_configs;  // sorted by path
  // Where example environments and compose files say that the database is.
  std::vector<DatabaseAddress> addresses;
  // The server's major version that compose files or workflows name, where they name only one.
  std::optional<int> server_version;
  bool continuous_integration = false;  // there are workflows
  std::optional<Database> database;     // what the database asked says; none: none was asked
};

}  // namespace migguard
