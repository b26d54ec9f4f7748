// `migguard completions`: what a shell needs to complete commands, flags, their values and the
// names of rules, made of the same tables as `--help`.
#include <cli/command.hpp>
#include <migguard/rule.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace migguard::cli {
namespace {

constexpr std::array<std::string_view, 3> shells{"bash", "zsh", "fish"};

// What stands behind a flag or a command.
enum class Kind { nothing, file, folder_or_file, rule, choice, free };

Kind kind_of(const FlagHelp& flag) {
  if (flag.value.empty()) return Kind::nothing;
  if (!flag.choices.empty()) return Kind::choice;
  return flag.value == "FILE" ? Kind::file : Kind::free;
}

Kind arguments_of(const Command& command) {
  if (command.arguments.find("RULE") != std::string_view::npos) return Kind::rule;
  if (command.arguments.find("PATH") != std::string_view::npos) return Kind::folder_or_file;
  return command.max_arguments == 0 ? Kind::nothing : Kind::free;
}

std::string words(std::span<const std::string_view> all) {
  std::string out;
  for (const std::string_view each : all) out += cat(out.empty() ? "" : " ", each);
  return out;
}

std::string rule_names() {
  std::string out;
  for (const RegisteredRule& each : all_rules()) out += cat(out.empty() ? "" : " ", each.name);
  return out;
}

// The words a command takes where its arguments name them: `bash|zsh|fish`.
std::vector<std::string_view> choices_of(const Command& command) {
  const std::string_view first = command.arguments.substr(0, command.arguments.find(' '));
  if (first.find('|') == std::string_view::npos) return {};
  return split(first, '|');
}

// `--help` text without what a shell would act on.
std::string harmless(std::string_view text) {
  std::string out;
  for (const char each : text) {
    if (each == '`' || each == '\'' || each == '"' || each == '$' || each == '\\') continue;
    out += each;
  }
  return out;
}

// ---- bash ------------------------------------------------------------------------------------

std::string bash() {
  std::vector<std::string_view> names;
  for (const Command* each : commands()) names.push_back(each->name);
  std::string flags, values, arguments;
  for (const Command* each : commands()) {
    std::vector<std::string_view> known;
    for (const FlagHelp& flag : flags_of(*each)) {
      known.push_back(flag.name);
      const std::string head = cat("    ", each->name, ":", flag.name, ") ");
      switch (kind_of(flag)) {
        case Kind::choice:
          values += cat(head, "reply=\"", words(flag.choices), "\" ;;\n");
          break;
        case Kind::file:
          values += cat(head, "files=yes ;;\n");
          break;
        case Kind::free:
          values += cat(head, "return ;;\n");
          break;
        default:
          break;
      }
    }
    known.emplace_back("--help");
    flags += cat("    ", each->name, ") reply=\"", words(known), "\" ;;\n");
    const Kind kind = arguments_of(*each);
    const auto choices = choices_of(*each);
    if (kind == Kind::rule) {
      arguments += cat("    ", each->name, ") reply=\"", rule_names(), "\" ;;\n");
    } else if (kind == Kind::folder_or_file) {
      arguments += cat("    ", each->name, ") files=yes ;;\n");
    } else if (!choices.empty()) {
      arguments += cat("    ", each->name, ") reply=\"", words(choices), "\" ;;\n");
    }
  }
  return cat(R"(# bash completion for migguard, written by `migguard completions bash`.
_migguard() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
  local command='' each reply='' files=no
  for each in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $each in -*) ;; *) command=$each; break ;; esac
  done
  COMPREPLY=()
  # Readline takes `=` for a word of its own: --format=json.
  if [[ $word == '=' ]]; then word=''; elif [[ $before == '=' ]]; then before=${COMP_WORDS[COMP_CWORD-2]}; fi
  if [[ -z $command ]]; then
    COMPREPLY=($(compgen -W ")",
             words(names), R"( --help --version" -- "$word"))
    return
  fi
  case $command:$before in
)",
             values, R"(    *) case $word in
    -*) case $command in
)",
             flags, R"(    esac ;;
    *) case $command in
)",
             arguments, R"(    esac ;;
    esac ;;
  esac
  if [[ $files == yes ]]; then
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -f -- "$word"))
  else
    COMPREPLY=($(compgen -W "$reply" -- "$word"))
  fi
}
complete -F _migguard migguard
)");
}

// ---- zsh -------------------------------------------------------------------------------------

// A description in a specification of _arguments, where colons and brackets have meaning.
std::string zsh_text(std::string_view text) {
  std::string out;
  for (const char each : harmless(text)) {
    if (each == '[' || each == ']' || each == ':') out += '\\';
    out += each;
  }
  return out;
}

std::string zsh() {
  std::string list, cases;
  for (const Command* each : commands()) {
    list += cat("    '", each->name, ":", zsh_text(each->summary), "'\n");
    cases += cat("    ", each->name, ")\n      _arguments -s \\\n");
    for (const FlagHelp& flag : flags_of(*each)) {
      const bool repeated = flag.name == "--format";
      cases += cat("        '", repeated ? "*" : "", flag.name, flag.value.empty() ? "" : "=", "[",
                   zsh_text(flag.help), "]");
      switch (kind_of(flag)) {
        case Kind::choice:
          cases += cat(":", zsh_text(flag.value), ":(", words(flag.choices), ")");
          break;
        case Kind::file:
          cases += ":file:_files";
          break;
        case Kind::free:
          cases += cat(":", zsh_text(flag.value), ":");
          break;
        default:
          break;
      }
      cases += "' \\\n";
    }
    cases += "        '--help[this text]' \\\n";
    const auto choices = choices_of(*each);
    switch (arguments_of(*each)) {
      case Kind::rule:
        cases += cat("        '*:rule:(", rule_names(), ")'");
        break;
      case Kind::folder_or_file:
        cases += "        '*:path:_files'";
        break;
      default:
        cases += choices.empty() ? "        '*: :'" : cat("        '1: :(", words(choices), ")'");
        break;
    }
    cases += "\n      ;;\n";
  }
  return cat(R"(#compdef migguard
# zsh completion for migguard, written by `migguard completions zsh`.
_migguard() {
  local -a list
  list=(
)",
             list, R"(  )
  if (( CURRENT == 2 )); then
    _describe command list
    _arguments '--help[this text]' '--version[the version]'
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
)",
             cases, R"(  esac
}
_migguard "$@"
)");
}

// ---- fish ------------------------------------------------------------------------------------

std::string fish() {
  std::string out =
      "# fish completion for migguard, written by `migguard completions fish`.\n"
      "complete -c migguard -f\n"
      "complete -c migguard -n __fish_use_subcommand -l help -d 'this text'\n"
      "complete -c migguard -n __fish_use_subcommand -l version -d 'the version'\n";
  for (const Command* each : commands()) {
    out += cat("complete -c migguard -n __fish_use_subcommand -a ", each->name, " -d '",
               harmless(each->summary), "'\n");
    const std::string head =
        cat("complete -c migguard -n '__fish_seen_subcommand_from ", each->name, "'");
    for (const FlagHelp& flag : flags_of(*each)) {
      out += cat(head, " -l ", flag.name.substr(2), " -d '", harmless(flag.help), "'");
      switch (kind_of(flag)) {
        case Kind::choice:
          out += cat(" -x -a '", words(flag.choices), "'");
          break;
        case Kind::file:
          out += " -r -F";
          break;
        case Kind::free:
          out += " -x";
          break;
        default:
          break;
      }
      out += '\n';
    }
    out += cat(head, " -l help -d 'this text'\n");
    const auto choices = choices_of(*each);
    if (arguments_of(*each) == Kind::rule) {
      out += cat(head, " -a '", rule_names(), "'\n");
    } else if (arguments_of(*each) == Kind::folder_or_file) {
      out += cat(head, " -F\n");
    } else if (!choices.empty()) {
      out += cat(head, " -a '", words(choices), "'\n");
    }
  }
  return out;
}

Result<Answer> run_completions(const Options& options, const Environment&) {
  const std::string& shell = options.arguments.front();
  if (std::find(shells.begin(), shells.end(), shell) == shells.end())
    return Error{cat("there are no completions for `", shell, "`", suggestion(shell, shells))};
  Answer answer;
  answer.documents.push_back({shell == "bash" ? bash() : shell == "zsh" ? zsh() : fish()});
  return answer;
}

}  // namespace

const Command completions_command{
    .name = "completions",
    .arguments = "bash|zsh|fish",
    .min_arguments = 1,
    .max_arguments = 1,
    .summary = "print what a shell needs to complete",
    .description =
        "Prints a script that lets a shell complete commands, flags, their values and the names "
        "of rules. The Debian package installs all three.",
    .examples = R"(
source <(migguard completions bash)
migguard completions zsh > "${fpath[1]}/_migguard"
migguard completions fish > ~/.config/fish/completions/migguard.fish
)",
    .run = run_completions,
};

}  // namespace migguard::cli
