// Every flag of every command: what it is called, what it takes, and what it sets.
#pragma once

#include <cli/command.hpp>
#include <cli/options.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace migguard::cli {

// A mistake in a value, or nothing.
using Complaint = std::optional<std::string>;

struct Flag {
  std::uint32_t group;  // of FlagGroup; 0: of all commands
  std::string_view name;
  std::string_view value;  // empty: a switch
  std::string_view help;
  Complaint (*set)(Options& options, const std::string& value);
};

// In the order `--help` shows them.
std::span<const Flag> all_flags();

bool takes(const Command& command, const Flag& flag);
bool takes(const Subcommand& subcommand, const Flag& flag);

// A flag's help without the names of the subcommands it is about: `guard, move: the table`. Where
// subcommands mean different things by it (`guard: ...; move: ...`), what this one does.
std::string help_for(const Subcommand& subcommand, const Flag& flag);

}  // namespace migguard::cli
