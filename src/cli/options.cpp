// Reads the command line and explains it: the help of flags, and what was probably meant by a wrong
// one.
#include <istream>
#include <ostream>
#if defined(__GLIBCXX__)
// CLI11 includes <iostream>, which has every start of the program make eight streams and a locale:
// a tenth of a run on one file. Nothing is written by them; the declarations do.
#define _GLIBCXX_IOSTREAM 1
namespace std {
extern ostream cout, cerr;
}
#endif

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cli/command.hpp>
#include <cli/flags.hpp>
#include <cli/options.hpp>
#include <cli/terminal.hpp>
#include <migguard/version.hpp>
#include <report/style.hpp>
#include <sql/script.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

namespace migguard::cli {
namespace {

using Values = std::vector<std::string>;

std::string padded(std::string_view text, std::size_t width) {
  std::string out(text);
  out.resize(std::max(width, out.size() + 2), ' ');
  return out;
}

std::string indented(std::string_view text) {
  std::string out;
  for (const std::string_view line : split(trim(text), '\n')) out += cat("  ", line, "\n");
  return out;
}

std::string folded(std::string_view text) {
  return report::paragraph("", 0, text, 0, std::min<std::size_t>(text_width(), 88),
                           report::Painter(false));
}

// A name and what it is about, beside each other or, where that leaves little room, below.
std::string entry(std::string_view name, std::size_t column, std::string_view text) {
  constexpr std::size_t least = 40;
  constexpr std::size_t step = 6;
  const std::size_t width = text_width();
  const report::Painter plain(false);
  if (column + 2 + least > width)
    return cat("  ", name, "\n",
               report::paragraph(std::string(step, ' '), step, text, step, width, plain));
  const std::string head = cat("  ", padded(name, column));
  return report::paragraph(head, head.size(), text, column + 2, width, plain);
}

std::string help() {
  std::string out =
      cat(folded(cat("migguard ", version,
                     ": finds what a PostgreSQL migration would break, block or lose, before it "
                     "runs.")),
          "\nUsage: migguard COMMAND [FLAG...] [ARGUMENT...]\n\nCommands:\n");
  for (const Command* each : commands()) {
    out += entry(cat(each->name, " ", each->arguments), 20, each->summary);
  }
  return out + cat("\nExamples:\n", indented(R"(
migguard lint                          the project in this folder
migguard lint db/migrations            one folder of migrations
migguard lint 0042_add_total.sql       one migration, judged by the history before it
pg_dump -s | migguard lint -           SQL from standard input
migguard lint --format json            for programs
migguard explain drop-table            why a rule exists and what to do instead
)"),
                   "\n`migguard COMMAND --help` tells the flags of a command.\n",
                   "Exit status: 0 nothing found, 1 findings, 2 migguard could not do its job.\n");
}

// Of the subcommand, if one is named.
std::string help(const Command& command, const Subcommand* subcommand) {
  const std::string_view description = subcommand ? subcommand->description : command.description;
  std::string out = cat(folded(description), "\nUsage: migguard ", command.name, " ",
                        subcommand ? cat(subcommand->name, " ") : "", "[FLAG...] ",
                        subcommand ? subcommand->arguments : command.arguments, "\n");
  if (!subcommand && !command.subcommands.empty()) {
    out += cat("\nCommands (`migguard ", command.name, " COMMAND --help` tells more):\n");
    for (const Subcommand& each : command.subcommands) out += entry(each.name, 20, each.summary);
  }
  out += "\nFlags:\n";
  for (const Flag& flag : all_flags()) {
    if (!takes(command, flag) || (subcommand && !takes(*subcommand, flag))) continue;
    out += entry(cat(flag.name, flag.value.empty() ? "" : " ", flag.value), 28,
                 subcommand ? help_for(*subcommand, flag) : flag.help);
  }
  out += entry("--help", 28, "this text");
  if (!command.formats.empty()) {
    out += "\nFormats: ";
    for (const std::string_view each : command.formats) {
      out += cat(each == command.formats.front() ? "" : ", ", each);
    }
    out += '\n';
  }
  if (command.flags & flags_project) {
    std::string names = "Tools: ";
    for (const std::string_view each : tool_names()) {
      names += cat(each == tool_names().front() ? "" : ", ", each);
    }
    out += cat("\n", folded(names));
  }
  return out + cat("\nExamples:\n", indented(subcommand ? subcommand->examples : command.examples));
}

// The subcommand that the first argument names, if any.
const Subcommand* named_subcommand(const Command& command, const Values& arguments) {
  const auto found = std::find_if(
      command.subcommands.begin(), command.subcommands.end(),
      [&](const Subcommand& each) { return !arguments.empty() && each.name == arguments.front(); });
  return found == command.subcommands.end() ? nullptr : &*found;
}

std::vector<std::string_view> flag_names(const Command& command) {
  std::vector<std::string_view> names;
  for (const Flag& flag : all_flags()) {
    if (takes(command, flag)) names.push_back(flag.name);
  }
  names.push_back("--help");
  return names;
}

Ending wrong(std::string message) { return {exit_failure, cat("migguard: ", message, "\n")}; }

// What stands where a command should: a flag too early, a path, or a misspelt command.
Ending no_command(const std::string& word) {
  if (word.starts_with("-") && word.size() > 1) {
    constexpr std::string_view names[] = {"--help", "--version"};
    const auto meant = closest(word, names);
    return wrong(meant ? cat("there is no flag `", word, "`; did you mean `", *meant, "`?")
                       : cat("flags stand behind a command: `migguard lint ", word, "`"));
  }
  std::vector<std::string_view> names;
  for (const Command* each : commands()) names.push_back(each->name);
  const bool path = word.find_first_of("/.\\") != std::string::npos || word == "-";
  const auto meant = closest(word, names);
  if (meant && !path)
    return wrong(cat("there is no command `", word, "`; did you mean `", *meant, "`?"));
  return wrong(cat("`", word, "` is no command; to lint it: `migguard lint ", word,
                   "` (`migguard --help` tells the commands)"));
}

Ending unknown_flag(const Command& command, const std::string& word) {
  const std::string name = word.substr(0, word.find('='));
  const auto names = flag_names(command);
  const auto meant = closest(name, names);
  for (const Flag& flag : all_flags()) {
    if (flag.name == name) return wrong(cat("`migguard ", command.name, "` takes no `", name, "`"));
  }
  return wrong(cat("there is no flag `", name, "`",
                   meant ? cat("; did you mean `", *meant, "`?")
                         : cat("; `migguard ", command.name, " --help` tells the flags")));
}

// What CLI11 made of the flags of one command.
struct Raw {
  std::map<std::string_view, Values> values;
  std::map<std::string_view, bool> switches;
  Values arguments;
  bool help = false;
};

// Whether a word of the command line may be the flag, alone or with its value behind `=`.
bool mentioned(std::string_view flag, std::span<const char* const> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    return word.starts_with(flag) && (word.size() == flag.size() || word[flag.size()] == '=');
  });
}

// To declare the flags that nobody speaks of costs more than to lint a file.
void declare(CLI::App& app, const Command& command, std::span<const char* const> words, Raw& raw) {
  app.set_help_flag();
  app.add_flag("-h,--help", raw.help);
  app.allow_extras();
  app.positionals_at_end(false);
  for (const Flag& flag : all_flags()) {
    if (!takes(command, flag) || !mentioned(flag.name, words)) continue;
    if (flag.value.empty()) {
      app.add_flag(std::string(flag.name), raw.switches[flag.name])
          ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    } else {
      app.add_option(std::string(flag.name), raw.values[flag.name])
          ->expected(1)
          ->take_all()
          ->allow_extra_args(false);
    }
  }
}

std::variant<Options, Ending> understand(const Command& command, const Raw& raw) {
  if (raw.help) return Ending{exit_clean, help(command, named_subcommand(command, raw.arguments))};
  Options options;
  options.command = &command;
  options.arguments = raw.arguments;
  for (const Flag& flag : all_flags()) {
    if (!takes(command, flag)) continue;
    const auto set = raw.switches.find(flag.name);
    if (set != raw.switches.end() && set->second) {
      flag.set(options, {});
      options.given.push_back(flag.name);
    }
    const auto given = raw.values.find(flag.name);
    if (given == raw.values.end()) continue;
    if (!given->second.empty()) options.given.push_back(flag.name);
    for (const std::string& value : given->second) {
      if (const Complaint complaint = flag.set(options, value)) return wrong(*complaint);
    }
  }
  if (options.arguments.size() < command.min_arguments) {
    return wrong(cat("`migguard ", command.name, "` needs ", command.arguments, "; `migguard ",
                     command.name, " --help` shows how"));
  }
  if (options.arguments.size() > command.max_arguments) {
    return wrong(cat("`migguard ", command.name, "` takes ",
                     command.max_arguments == 0 ? "no argument" : "one argument", ", not also `",
                     options.arguments[command.max_arguments], "`"));
  }
  for (const std::string& argument : options.arguments) {
    if (argument.empty()) return wrong("an argument is empty: was a variable not set?");
  }
  return options;
}

}  // namespace

std::string suggestion(std::string_view word, std::span<const std::string_view> candidates) {
  if (const auto meant = closest(word, candidates)) return cat("; did you mean `", *meant, "`?");
  if (candidates.empty() || candidates.size() > 16) return {};
  std::string out;
  for (const std::string_view each : candidates) {
    out += cat(out.empty() ? "; choose from " : ", ", "`", each, "`");
  }
  return out;
}

namespace {

// The command that the first word names, where it is the only one and no word is a flag: then there
// is nothing to parse. A parser would take a tenth of a run on one file.
const Command* command_without_flags(std::span<const char* const> words) {
  const Command* found = nullptr;
  for (const std::string_view word : words) {
    if (word.starts_with('-')) return nullptr;
    const auto named = std::find_if(commands().begin(), commands().end(),
                                    [&](const Command* each) { return each->name == word; });
    const bool first = word.data() == words.front();
    if ((named != commands().end()) != first) return nullptr;
    if (first) found = *named;
  }
  return found;
}

}  // namespace

std::variant<Options, Ending> read_options(int argc, const char* const* argv) {
  const std::span<const char* const> words(argv + 1,
                                           argc > 0 ? static_cast<std::size_t>(argc - 1) : 0);
  if (const Command* const command = command_without_flags(words)) {
    Raw raw;
    raw.arguments.assign(words.begin() + 1, words.end());
    return understand(*command, raw);
  }
  CLI::App app;
  bool help_asked = false, version_asked = false;
  app.set_help_flag();
  app.add_flag("-h,--help", help_asked);
  app.add_flag("--version", version_asked);
  app.allow_extras();
  app.require_subcommand(0, 1);
  std::map<const Command*, std::pair<CLI::App*, Raw>> parsers;
  for (const Command* command : commands()) {
    if (std::find(argv, argv + argc, command->name) == argv + argc) continue;
    auto& [parser, raw] = parsers[command];
    parser = app.add_subcommand(std::string(command->name));
    declare(*parser, *command, {argv, static_cast<std::size_t>(argc)}, raw);
  }
  // What stands behind `--` is an argument, whatever it looks like. CLI11 would hand it to the
  // program itself.
  const char* const* const end = argv + argc;
  const char* const* const separator =
      std::find_if(argv, end, [](const char* word) { return std::string_view(word) == "--"; });
  const Values only_arguments(separator == end ? end : separator + 1, end);
  try {
    app.parse(static_cast<int>(separator - argv), argv);
  } catch (const CLI::ArgumentMismatch& error) {
    const std::string_view what = error.what();
    const std::string_view flag = what.substr(0, what.find_first_of(": "));
    return wrong(flag.starts_with("-") ? cat("`", flag, "` needs a value") : std::string(what));
  } catch (const CLI::ParseError& error) {
    return wrong(error.what());
  }
  if (version_asked) {
    return Ending{exit_clean, cat("migguard ", version, " (", sql::parser_version(), ")\n")};
  }
  const auto chosen = app.get_subcommands();
  if (chosen.empty()) {
    const auto extra = app.remaining();
    if (help_asked || (!extra.empty() && extra.front() == "help"))
      return Ending{exit_clean, help()};
    if (!extra.empty()) return no_command(extra.front());
    return Ending{exit_failure, help()};
  }
  for (auto& [command, entry] : parsers) {
    auto& [parser, raw] = entry;
    if (parser != chosen.front()) continue;
    if (help_asked) return Ending{exit_clean, help(*command, nullptr)};
    const auto before = app.remaining();
    if (!before.empty() && before.front() == "help")
      return Ending{exit_clean, help(*command, nullptr)};
    if (!before.empty()) return no_command(before.front());
    for (const std::string& word : parser->remaining()) {
      if (word.size() > 1 && word.starts_with('-')) return unknown_flag(*command, word);
      raw.arguments.push_back(word);
    }
    raw.arguments.insert(raw.arguments.end(), only_arguments.begin(), only_arguments.end());
    return understand(*command, raw);
  }
  return Ending{exit_failure, help()};
}

}  // namespace migguard::cli
