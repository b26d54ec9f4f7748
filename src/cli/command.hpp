// Commands: what each takes, and what it answers. Each is one file and one line of the table in
// commands.cpp.
#pragma once

#include <cli/options.hpp>
#include <jsonb/scan.hpp>
#include <lint/lint.hpp>
#include <lint/live.hpp>
#include <lint/statistics.hpp>
#include <lint/verification.hpp>
#include <util/file_system.hpp>
#include <util/result.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace migguard::cli {

// What commands ask of a live database. `migguard` is linked without a client library and starts
// `migguard-db`, the same program with one, where a command needs a server. `url` as
// `--database-url` takes it.
struct DatabaseAccess {
  Result<lint::LiveDatabase> (*look)(const std::string& url) = nullptr;
  Result<lint::Statistics> (*statistics)(const std::string& url) = nullptr;
  std::optional<Error> (*scan)(const std::string& url, const jsonb::ScanSettings& settings,
                               const jsonb::ScanEvents& events) = nullptr;
  Result<lint::Verification> (*verify)(Project& project, const lint::VerifySettings& settings,
                                       const lint::VerifyEvents& events) = nullptr;
};

// What a command may know of the world. Everything it does not answer is read through this.
struct Environment {
  const FileSystem& files;
  Result<std::string> (*read_standard_input)() = nullptr;
  // For answers too long to keep: writes to standard output at once. False where nobody reads it.
  Result<bool> (*write_standard_output)(std::string_view text) = nullptr;
  bool color = false;                        // whether text for standard output is coloured
  std::size_t width = 100;                   // columns of text
  std::int64_t now = 0;                      // milliseconds since 1970
  const DatabaseAccess* database = nullptr;  // null: this program has none
};

// Text for a file, or for standard output where `file` is empty.
struct Document {
  std::string text;
  std::string file = {};
  // Instead of a long text: makes it, and gives away what is ready of it until the rest is left.
  std::function<std::string(std::function<void(std::string_view)>)> make = {};

  std::string whole() const { return make ? make({}) : text; }
};

// Exit statuses: other programs rely on them.
enum Exit : int { exit_clean = 0, exit_findings = 1, exit_failure = 2 };

struct Answer {
  int status = exit_clean;
  std::vector<Document> documents = {};
  std::vector<std::string> notices = {};      // for standard error, one line each
  std::unique_ptr<lint::Report> report = {};  // what was judged, where anything was
};

// A command of a command: `migguard jsonb scan`.
struct Subcommand {
  std::string_view name;
  std::string_view arguments;
  std::string_view summary;
  std::string_view description;
  std::string_view examples;
  // Those of its command's flags that it takes.
  std::span<const std::string_view> flags = {};
  Result<Answer> (*run)(const Options& options, const Environment& environment) = nullptr;
};

struct Command {
  std::string_view name;
  std::string_view arguments;  // `[PATH...]`, as usage shows it
  std::size_t min_arguments = 0;
  std::size_t max_arguments = SIZE_MAX;
  std::string_view summary;                        // one line
  std::string_view description;                    // a paragraph
  std::string_view examples;                       // lines to paste
  std::uint32_t flags = 0;                         // groups of flags, see FlagGroup
  std::span<const std::string_view> formats = {};  // names that `--format` takes, the default first
  bool shows_progress = false;  // by itself; else a line says after a second what is done
  Result<Answer> (*run)(const Options& options, const Environment& environment) = nullptr;
  std::span<const Subcommand> subcommands = {};
  bool (*needs_database)(const Options& options) =
      nullptr;  // null: where `--database-url` is given
};

extern const Command lint_command;
extern const Command audit_command;
extern const Command baseline_command;
extern const Command init_command;
extern const Command adopt_command;
extern const Command explain_command;
extern const Command rules_command;
extern const Command dump_command;
extern const Command locks_command;
extern const Command repair_command;
extern const Command jsonb_command;
extern const Command stats_command;
extern const Command verify_command;
extern const Command completions_command;
extern const Command manual_command;

// Every command, in the order of `--help`.
std::span<const Command* const> commands();

// The program: reads the command line, runs the command, writes what it answers. The exit status.
// The answer is left to the caller, who alone knows whether it is worth freeing piece by piece.
int run(int argc, const char* const* argv, Answer& answer,
        const DatabaseAccess* database = nullptr);

}  // namespace migguard::cli
