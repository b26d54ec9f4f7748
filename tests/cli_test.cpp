// fixtures/cli/*.case: the program as a user runs it. One readable text a case:
//   $ migguard lint --color never .         the command (run in a folder of its own)
//   --- file migrations/0001_a.sql          files made beforehand; `--- file NAME escaped` reads
//   \xNN as a byte
//   --- stdin                               what it reads
//   --- exit 1
//   --- stdout                              what it prints, whole (no section: not compared)
//   --- stderr
// MIGGUARD_UPDATE=1 rewrites exit, stdout and stderr of every case.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>
#include <migguard/text.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <test_paths.hpp>
#include <vector>

namespace migguard {
namespace {

namespace fs = std::filesystem;

struct Section {
  std::string head;  // `file migrations/0001_a.sql`, `exit 1`, `stdout`
  std::string body;
};

struct Case {
  std::string comment;  // lines before the command
  std::string command;
  std::vector<Section> sections;
};

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// What a diff has in its output is none.
bool is_head(const std::string& line) {
  for (const char* head : {"--- file ", "--- stdin", "--- exit ", "--- stdout", "--- stderr"})
    if (line.starts_with(head)) return true;
  return false;
}

Case read_case(const fs::path& path) {
  Case result;
  std::istringstream lines(read_file(path));
  for (std::string line; std::getline(lines, line);) {
    if (is_head(line)) {
      result.sections.push_back({line.substr(4), {}});
    } else if (!result.sections.empty()) {
      result.sections.back().body += line + "\n";
    } else if (line.starts_with("$ ")) {
      result.command = line.substr(2);
    } else {
      result.comment += line + "\n";
    }
  }
  return result;
}

void write_case(const fs::path& path, const Case& value) {
  std::ofstream out(path, std::ios::binary);
  out << value.comment << "$ " << value.command << "\n";
  for (const Section& section : value.sections)
    out << "--- " << section.head << "\n" << section.body;
}

// A folder of its own, gone afterwards.
struct Folder {
  fs::path path;
  Folder() {
    std::string name = (fs::temp_directory_path() / "migguard-cli-XXXXXX").string();
    path = mkdtemp(name.data());
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
};

std::string unescape(const std::string& text) {  // \xNN and \\ in files marked `escaped`
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\' && at + 3 < text.size() && text[at + 1] == 'x') {
      out += static_cast<char>(std::stoi(text.substr(at + 2, 2), nullptr, 16));
      at += 3;
    } else if (text[at] == '\\' && at + 1 < text.size() && text[at + 1] == '\\') {
      out += '\\';
      ++at;
    } else {
      out += text[at];
    }
  }
  return out;
}

std::vector<std::string> cases() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(MIGGUARD_SOURCE_DIR "/fixtures/cli")) {
    if (entry.path().extension() == ".case") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class CliCase : public testing::TestWithParam<std::string> {};

TEST_P(CliCase, DoesWhatItSays) {
  const fs::path file = fs::path(MIGGUARD_SOURCE_DIR) / "fixtures/cli" / (GetParam() + ".case");
  Case value = read_case(file);
  ASSERT_TRUE(value.command.starts_with("migguard")) << "a case runs migguard";
  Folder folder;
  const fs::path work = folder.path / "work";
  fs::create_directory(work);
  std::string input;
  for (const Section& section : value.sections) {
    std::istringstream head(section.head);
    std::string kind, name, mark;
    head >> kind >> name >> mark;
    if (kind == "stdin") input = name == "escaped" ? unescape(section.body) : section.body;
    if (kind == "directory") fs::create_directories(work / name);
    if (kind != "file") continue;
    fs::create_directories((work / name).parent_path());
    std::ofstream(work / name, std::ios::binary)
        << (mark == "escaped" ? unescape(section.body) : section.body);
  }
  std::ofstream(folder.path / "in", std::ios::binary) << input;
  const std::string program =
      std::getenv("MIGGUARD_PROGRAM") ? std::getenv("MIGGUARD_PROGRAM") : MIGGUARD_BINARY;
  const std::string command =
      cat("cd '", work.string(), "' && migguard() { '", program, "' \"$@\"; } && { ", value.command,
          "; } <'", (folder.path / "in").string(), "' >'", (folder.path / "out").string(), "' 2>'",
          (folder.path / "err").string(), "'");
  setenv("NO_COLOR", "1", 1);
  setenv("COLUMNS", "100", 1);
  const int status = std::system(command.c_str());
  ASSERT_TRUE(WIFEXITED(status)) << "ended by a signal";
  const std::string exit_text = std::to_string(WEXITSTATUS(status));
  const std::string out = read_file(folder.path / "out");
  const std::string err = read_file(folder.path / "err");

  const bool update = std::getenv("MIGGUARD_UPDATE") != nullptr;
  bool exit_seen = false;
  for (Section& section : value.sections) {
    if (section.head.starts_with("exit ")) {
      exit_seen = true;
      if (update) section.head = "exit " + exit_text;
      EXPECT_EQ(section.head, "exit " + exit_text) << out << err;
    } else if (section.head == "stdout") {
      if (update) section.body = out;
      EXPECT_EQ(section.body, out);
    } else if (section.head == "stderr") {
      if (update) section.body = err;
      EXPECT_EQ(section.body, err);
    }
  }
  EXPECT_TRUE(exit_seen) << "a case says how the program exits";
  if (update) write_case(file, value);
}

INSTANTIATE_TEST_SUITE_P(All, CliCase, testing::ValuesIn(cases()), [](const auto& parameter) {
  std::string name = parameter.param;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); },
      '_');
  return name;
});

}  // namespace
}  // namespace migguard
