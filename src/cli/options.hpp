// The command line as read. CLI11 is heavy to compile: options.cpp alone sees it.
#pragma once

#include <migguard/finding.hpp>
#include <migguard/project.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace migguard::cli {

struct Command;

// The least grave finding that fails a run.
enum class FailOn : std::uint8_t { note, warning, error, never };
std::optional<FailOn> fail_on_named(std::string_view name);

enum class Color : std::uint8_t { automatic, always, never };

// `--format NAME[=FILE]`; an empty file is standard output.
struct Output {
  std::string format;
  std::string file = {};
};

// Flags that several commands share come in groups; `Command::flags` says which a command takes.
enum FlagGroup : std::uint32_t {
  flags_output = 1,   // --format
  flags_project = 2,  // how a project is read: --tool, --config, --stdin-filename, --jobs
  flags_verdict = 4,  // what is a finding, and how grave: --pg-version, --preset, --fail-on ...
  flags_verbose = 8,  // --verbose
  flags_quiet = 16,   // --quiet
  flags_gate = 32,    // only what is new: --since, --staged
  flags_config = 1 << 10,    // --config alone
  flags_jsonb = 1 << 11,     // what the subcommands of `jsonb` take, each its own
  flags_database = 1 << 14,  // --database-url
  flags_init = 1 << 15,      // --schema
  flags_verify = 1 << 18,    // --data, --from, --server-bin
  flags_plugin = 1 << 20,    // --plugin
  flags_test = 1 << 21,      // --test
  flags_timings = 1 << 22,   // --timings
  flags_repair = 1 << 24,    // --write, --allow-dirty, --renumber, --remove-missing
  flags_since = 1 << 25,     // --since alone
  flags_adopt = 1 << 26,     // --to TOOL, --out, --write
  flags_audit = 1 << 27,     // --verify, --verification
};

struct Options {
  const Command* command = nullptr;
  std::vector<std::string> arguments;
  std::vector<Output> outputs;
  std::optional<int> pg_version;
  std::optional<Tool> tool;
  std::optional<bool> preset_all;
  bool assume_in_transaction = false;
  std::string stdin_filename;
  std::optional<FailOn> fail_on;
  std::string since;
  std::string baseline;
  std::string stats;
  bool staged = false;
  bool schema = false;
  std::string config;
  std::vector<std::string> plugins;  // commands
  bool test = false;
  std::string database_url;       // as given: it may hold a password and is in no message
  std::vector<std::string> data;  // files, of `verify`
  std::string from;               // a migration
  bool verify = false;            // of `audit`: run the migrations, too
  std::string verification;       // of `audit`: a file that `verify` wrote
  std::string server_bin;         // a folder
  unsigned jobs = 0;
  bool verbose = false;
  bool timings = false;  // say on standard error where the time went
  bool quiet = false;
  Color color = Color::automatic;
  std::string column;                                  // of `jsonb`
  bool lines = false;                                  // a JSON document a line
  std::uint64_t max_bytes = std::uint64_t{256} << 20;  // of a JSON document
  unsigned max_depth = 1000;
  bool full = false;                    // read every row of a live database
  bool in_database = false;             // let the server walk
  std::string resume;                   // where a scan keeps what it has read
  std::vector<std::string_view> given;  // the flags on the command line
  std::vector<std::string> notices;     // what was understood in another way than written
  std::string table;                    // of `jsonb guard` and `jsonb move`
  std::vector<std::string> keys;
  std::string to, type;   // the typed column
  std::string form;       // of a guard: `flat`, `nested`, `trigger`
  std::string phase;      // of a move: `expand`, `contract`, `validate`
  unsigned revision = 1;  // of a guard's names
  bool write = false;
  bool allow_dirty = false;  // of `repair`
  bool remove_missing = false;
  std::vector<std::string> renumber;  // files
  std::string out;                    // the folder for what `adopt` makes
};

// What the command line asks for instead of a command: help or the version (`status` 0, `text` for
// standard output), or nothing that can be done (`status` 2, `text` for standard error).
struct Ending {
  int status = 0;
  std::string text;
};

std::variant<Options, Ending> read_options(int argc, const char* const* argv);

// A flag as help, manual and completions show it.
struct FlagHelp {
  std::string_view name;   // `--format`
  std::string_view value;  // `NAME[=FILE]`; empty where it takes none
  std::string_view help;
  std::vector<std::string_view> choices;  // where its value is one of a few words
};
// The flags a command takes beside `--help`, in the order of its help.
std::vector<FlagHelp> flags_of(const Command& command);

// PostgreSQL's major version as asked for: newer than measured is judged as the newest, with a
// notice; older than supported is none.
struct PgVersion {
  int version = 15;
  std::string notice = {};
};
std::optional<PgVersion> pg_version(std::int64_t asked);

// The names that `--tool` takes.
std::span<const std::string_view> tool_names();
// The tool of one of these names.
std::optional<Tool> linted_tool_named(std::string_view name);

// "; did you mean `x`?", or the names to choose from where none is close and they are few.
std::string suggestion(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace migguard::cli
