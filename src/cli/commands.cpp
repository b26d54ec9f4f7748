// The table of commands. A new one is a file beside this, a declaration in command.hpp and a line
// below.
#include <cli/command.hpp>

#include <array>

namespace migguard::cli {

std::span<const Command* const> commands() {
  static constexpr std::array table{
      &lint_command,  &audit_command, &baseline_command, &init_command,        &explain_command,
      &rules_command, &dump_command,  &locks_command,    &verify_command,      &repair_command,
      &adopt_command, &jsonb_command, &stats_command,    &completions_command, &manual_command};
  return table;
}

}  // namespace migguard::cli
