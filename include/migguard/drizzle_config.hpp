// What `drizzle.config.*` and the schema sources it names say, read as text and never executed.
// Only literals count: what is computed is not known.
#pragma once

#include <migguard/source.hpp>
#include <migguard/tool.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migguard {

// A column of a table in a schema source.
struct DrizzleColumn {
  std::string name;  // in the database; the text of an expression where the name is computed
  Span span;         // of the property
  bool not_null = false;
  bool not_null_known = true;  // false where a helper that is not read may have said so
  std::string references;      // the variable of the table it refers to; empty: none
};

// A `pgTable(...)`, `sqliteTable(...)` or `schema.table(...)`.
struct DrizzleTable {
  std::string variable;   // what the source calls it
  std::string name;       // in the database; the text of an expression where the name is computed
  bool computed = false;  // `name` is an expression
  const SourceFile* source = nullptr;
  Span span;  // of the call's name argument
  std::vector<DrizzleColumn> columns;
  bool complete = true;  // false: a spread or a computed key hides columns
};

// An element of `schema`.
struct DrizzleSchemaPath {
  std::string text;  // as written
  Span span;
  std::vector<std::string> files;  // that it leads to, through the source a build folder is made of
  bool ignored_by_git = false;     // leads to nothing here, and is git-ignored: a build makes it
  bool compiled = false;           // leads into a build folder, or to `.js` beside its `.ts`
  bool directory = false;
  std::vector<std::string> deeper;  // files with tables in folders below, which are not read
};

// A password that stands in a config.
struct DrizzleSecret {
  Span span;              // of the literal
  std::string masked;     // `postgresql://app:****@localhost:5432/app`
  bool fallback = false;  // of `process.env.X ?? '...'`
  bool local = false;     // the host is this machine
};

// The server and database that a URL names.
struct DatabaseAddress {
  std::string host;
  std::string port;      // empty where the URL has none
  std::string database;  // empty where the URL has none
  const SourceFile* source = nullptr;
  Span span;
  std::string place;  // in words: `DATABASE_URL`, `service "db"`
};

struct DrizzleConfig {
  const SourceFile* source = nullptr;
  std::string base;     // the folder that its relative paths are taken from
  std::string package;  // nearest directory with a package manifest
  std::string dialect;  // as written; empty where it is not a literal
  Span dialect_span;    // of the key, as all that follow
  std::string out;      // as written; the default where there is none; empty where it is computed
  Span out_span;
  bool out_written = false;  // `out` stands in the config as a literal
  std::string out_folder;    // as the tree knows it; empty where it is not known
  bool out_exists = false;
  bool out_ignored = false;  // not there, and git-ignored
  std::string prefix;        // of `migrations`: how new files are numbered; empty: not said
  Span prefix_span;
  RecordTable record;        // of `migrations`: `schema` and `table`; what is not said is empty
  Span schema_span;
  bool schema_known = false;   // every element of `schema` is a literal
  bool schema_listed = false;  // files are named one by one: a list, or one file
  std::vector<DrizzleSchemaPath> schema;
  std::vector<std::string> unlisted;  // files with tables beside the listed ones
  std::vector<DrizzleSecret> secrets;
  std::optional<DatabaseAddress> address;  // of the literal or fallback URL
  std::vector<DrizzleTable> tables;        // of every schema source that was found
  bool tables_complete = false;            // every table and every column of the sources is known
};

}  // namespace migguard
