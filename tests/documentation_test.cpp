// Nothing is undocumented: the pages in docs/rules/, the manual and the completions say what the
// program says of itself. MIGGUARD_UPDATE=1 rewrites the pages.
#include <gtest/gtest.h>
#include <cli/command.hpp>
#include <migguard/rule.hpp>
#include <report/rule_page.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <test_paths.hpp>

namespace migguard {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string printed(const std::string& arguments) {
  const std::string command = cat("'" MIGGUARD_BINARY "' ", arguments);
  std::FILE* pipe = popen(command.c_str(), "r");
  std::string output;
  std::array<char, 4096> buffer{};
  while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe))
    output.append(buffer.data(), count);
  EXPECT_EQ(pclose(pipe), 0) << command;
  return output;
}

TEST(RulePages, AreCurrent) {
  std::map<std::string, std::string> pages{{"README.md", report::rules_index()}};
  for (const RegisteredRule& each : all_rules())
    pages[cat(each.name, ".md")] = report::rule_page(each);
  const fs::path folder = fs::path(MIGGUARD_SOURCE_DIR) / "docs/rules";
  const bool update = std::getenv("MIGGUARD_UPDATE") != nullptr;
  fs::create_directories(folder);
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (pages.contains(entry.path().filename())) continue;
    if (update) {
      fs::remove(entry.path());
    } else {
      ADD_FAILURE() << entry.path() << " is of no rule; MIGGUARD_UPDATE=1 removes it";
    }
  }
  for (const auto& [name, text] : pages) {
    if (update) {
      std::ofstream(folder / name, std::ios::binary) << text;
    } else {
      // The whole page would drown what matters.
      EXPECT_TRUE(read(folder / name) == text)
          << "docs/rules/" << name << " is not current; MIGGUARD_UPDATE=1 writes it";
    }
  }
}

class Documentation : public testing::TestWithParam<const cli::Command*> {};

TEST_P(Documentation, HelpExplainsEveryFlagWithExamples) {
  const cli::Command& command = *GetParam();
  const std::string help = printed(cat(command.name, " --help"));
  for (const cli::FlagHelp& flag : cli::flags_of(command)) {
    EXPECT_NE(help.find(cat("  ", flag.name)), std::string::npos) << flag.name;
    EXPECT_FALSE(flag.help.empty()) << flag.name;
  }
  EXPECT_NE(help.find(cat("Examples:\n  ")), std::string::npos);
  EXPECT_NE(help.find(cat("migguard ", command.name)), std::string::npos);
}

TEST_P(Documentation, TheManualHasEveryFlag) {
  const cli::Command& command = *GetParam();
  static const std::string manual = printed("man");
  const std::size_t begin = manual.find(cat(".SS migguard ", command.name, " "));
  ASSERT_NE(begin, std::string::npos) << command.name;
  const std::string section = manual.substr(begin, manual.find("\n.SS ", begin) - begin);
  for (const cli::FlagHelp& flag : cli::flags_of(command)) {
    std::string name;
    for (const char each : flag.name) name += each == '-' ? "\\-" : std::string(1, each);
    EXPECT_NE(section.find(cat("\\fB", name, "\\fR")), std::string::npos) << flag.name;
  }
}

TEST_P(Documentation, EveryShellCompletesEveryFlag) {
  const cli::Command& command = *GetParam();
  static const std::map<std::string, std::string> scripts{{"bash", printed("completions bash")},
                                                          {"zsh", printed("completions zsh")},
                                                          {"fish", printed("completions fish")}};
  for (const cli::FlagHelp& flag : cli::flags_of(command)) {
    const std::string name(flag.name.substr(2));
    EXPECT_NE(scripts.at("bash").find(cat("--", name)), std::string::npos) << flag.name;
    EXPECT_NE(scripts.at("zsh").find(cat("--", name)), std::string::npos) << flag.name;
    EXPECT_NE(scripts.at("fish").find(
                  cat("__fish_seen_subcommand_from ", command.name, "' -l ", name, " ")),
              std::string::npos)
        << flag.name;
  }
}

INSTANTIATE_TEST_SUITE_P(Commands, Documentation,
                         testing::ValuesIn(cli::commands().begin(), cli::commands().end()),
                         [](const auto& each) { return std::string(each.param->name); });

// What complete -F would offer for a command line, one word a line.
std::string completed(const std::string& line) {
  const std::string script = cat(
      "source <('" MIGGUARD_BINARY "' completions bash); COMP_WORDS=(", line,
      "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _migguard; printf \"%s\\n\" \"${COMPREPLY[@]}\"");
  const std::string command = cat(
      "bash -c '",
      [&] {
        std::string quoted;
        for (const char each : script) quoted += each == '\'' ? "'\\''" : std::string(1, each);
        return quoted;
      }(),
      "'");
  std::FILE* pipe = popen(command.c_str(), "r");
  std::string output;
  std::array<char, 4096> buffer{};
  while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe))
    output.append(buffer.data(), count);
  pclose(pipe);
  return output;
}

TEST(Completions, OfferWhatFits) {
  EXPECT_EQ(completed("migguard exp"), "explain\n");
  EXPECT_EQ(completed("migguard explain drop-ta"), "drop-table\n");
  EXPECT_EQ(completed("migguard lint --fail-on w"), "warning\n");
  EXPECT_EQ(completed("migguard lint --fail-on = w"), "warning\n");
  EXPECT_EQ(completed("migguard lint --assume"), "--assume-in-transaction\n");
  EXPECT_EQ(completed("migguard completions z"), "zsh\n");
}

}  // namespace
}  // namespace migguard
