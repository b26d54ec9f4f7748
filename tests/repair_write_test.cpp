// Changes written to disk: all or none, whatever fails and whenever the process is killed.
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include <filesystem>
#include <fstream>
#include <functional>
#include <repair/write.hpp>
#include <sstream>
#include <util/text.hpp>

#ifdef __linux__
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <csignal>
#endif

namespace migguard::repair {
namespace {

namespace fs = std::filesystem;

struct Folder {
  fs::path path;
  Folder() {
    std::string name = (fs::temp_directory_path() / "migguard-write-XXXXXX").string();
    path = mkdtemp(name.data());
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  std::string operator/(const char* name) const { return (path / name).string(); }
  void write(const char* name, const char* text) const {
    fs::create_directories((path / name).parent_path());
    std::ofstream(path / name) << text;
  }
  // `path=text` of every file, sorted.
  std::string content() const {
    std::vector<std::string> files;
    for (const auto& each : fs::recursive_directory_iterator(path)) {
      if (!each.is_regular_file()) continue;
      std::ostringstream text;
      text << std::ifstream(each.path()).rdbuf();
      files.push_back(cat(each.path().lexically_relative(path).string(), "=", text.str()));
    }
    std::sort(files.begin(), files.end());
    std::string all;
    for (const std::string& each : files) all += cat(all.empty() ? "" : " ", each);
    return all;
  }
};

TEST(Write, WritesAllChangesTogether) {
  const Folder folder;
  folder.write("a", "1");
  folder.write("b", "2");
  folder.write("c", "3");
  // A chain of names, so that each is free only when all have left.
  const auto error = write_changes({{folder / "b", "1", "1", folder / "a"},
                                    {folder / "c", "2", "2x", folder / "b"},
                                    {folder / "d/e", "3", "3", folder / "c"},
                                    {folder / "f/g/h", std::nullopt, "new"}},
                                   {}, Disk());
  EXPECT_FALSE(error) << error->message;
  EXPECT_EQ(folder.content(), "b=1 c=2x d/e=3 f/g/h=new");
}

TEST(Write, WritesNothingWhereOneChangeFails) {
  const Folder folder;
  folder.write("a", "1");
  folder.write("b", "2");
  folder.write("blocked", "a file where a folder would have to be");
  const std::string before = folder.content();
  EXPECT_TRUE(write_changes({{folder / "a2", "1", "1", folder / "a"},
                             {folder / "b", "2", "2x"},
                             {folder / "blocked/x", std::nullopt, "new"}},
                            {}, Disk()));
  EXPECT_EQ(folder.content(), before);
  EXPECT_TRUE(
      write_changes({{folder / "a", "1", "1x"}, {folder / "b", "other", "2x"}}, {}, Disk()));
  EXPECT_EQ(folder.content(), before);
  EXPECT_TRUE(
      write_changes({{folder / "a", "1", "1x"}, {folder / "b", std::nullopt, "2x"}}, {}, Disk()));
  EXPECT_EQ(folder.content(), before);
}

TEST(Write, RefusesWhereAWriteWasCutShort) {
  const Folder folder;
  folder.write("a", "1");
  folder.write(".migguard-write.changing", "{}");
  const auto error = write_changes({{folder / "a", "1", "2"}}, {}, Disk());
  ASSERT_TRUE(error);
  EXPECT_EQ(error->message, write_was_cut_short);
  EXPECT_EQ(folder.content(), ".migguard-write.changing={} a=1");
}

TEST(Write, OneProcessAtATime) {
  const Folder folder;
  folder.write("a", "1");
  const int held = open(folder.path.c_str(), O_RDONLY | O_DIRECTORY);
  ASSERT_EQ(flock(held, LOCK_EX), 0);
  EXPECT_TRUE(write_changes({{folder / "a", "1", "2"}}, {}, Disk()));
  EXPECT_TRUE(undo_write(folder / ".migguard-write.begun", Disk()));
  EXPECT_EQ(folder.content(), "a=1");
  close(held);
  EXPECT_FALSE(write_changes({{folder / "a", "1", "2"}}, {}, Disk()));
  EXPECT_EQ(folder.content(), "a=2");
}

TEST(Write, FindsANoteInTheFolderAndAroundIt) {
  const Folder folder;
  folder.write("db/migrations/a", "1");
  EXPECT_TRUE(unfinished_writes({folder / "db/migrations", folder / "db"}, Disk()).empty());
  folder.write("db/.migguard-write.done", "{}");
  EXPECT_EQ(unfinished_writes({folder / "db/migrations", folder / "db"}, Disk()),
            std::vector<std::string>{folder / "db/.migguard-write.done"});
}

TEST(Write, TakesNoNoteThatLeadsOutOfItsFolder) {
  const Folder folder;
  folder.write("outside", "1");
  folder.write("project/a", "1");
  fs::create_directory_symlink("..", folder / "project/link");
  const std::string before = folder.content();
  const std::string note = folder / "project/.migguard-write.changing";
  // "1"
  constexpr std::string_view sum =
      "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b";
  for (const std::string_view path : {"../outside", "link/outside", "/etc/passwd", "", ".", ".."}) {
    std::ofstream(note) << R"({"format": "migguard-write", "version": 1, "changes": [{"path": ")"
                        << path << R"(", "from": ")" << path << R"(", "before": "", "after": ")"
                        << sum << R"("}], "folders": []})";
    EXPECT_TRUE(undo_write(note, Disk())) << path;
    fs::remove(note);
    EXPECT_EQ(folder.content(), before) << path;
  }
}

#ifdef __linux__

// ---- Killed at every system call

// Runs `work` in a process of its own and kills that at the `stop`th time it enters or leaves the
// system. False where it ended before; none where processes may not be traced here.
std::optional<bool> killed_at(int stop, const std::function<bool()>& work) {
  const pid_t child = fork();
  if (child == 0) {
    if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) _exit(100);
    raise(SIGSTOP);
    _exit(work() ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (!WIFSTOPPED(status)) return std::nullopt;
  for (int stops = 0; stops < stop; ++stops) {
    ptrace(PTRACE_SYSCALL, child, nullptr, nullptr);
    waitpid(child, &status, 0);
    if (WIFEXITED(status)) {
      EXPECT_EQ(WEXITSTATUS(status), 0);
      return false;
    }
  }
  kill(child, SIGKILL);
  waitpid(child, &status, 0);
  return true;
}

class Killed : public testing::Test {
 protected:
  static void fill(const Folder& folder) {
    folder.write("a", "1");
    folder.write("b", "2");
    folder.write("c", "3");
    folder.write("meta/journal", "4");
    folder.write("gone", "5");
  }
  static bool write(const Folder& folder) {
    return !write_changes({{folder / "b", "1", "1", folder / "a"},
                           {folder / "c", "2", "2x", folder / "b"},
                           {folder / "d/e", "3", "3", folder / "c"},
                           {folder / "meta/journal", "4", "4x"},
                           {folder / "gone", "5", std::nullopt},
                           {folder / "f/g/h", std::nullopt, "new"}},
                          {}, Disk());
  }
  static bool recover(const Folder& folder) {
    for (const std::string& note : unfinished_writes({folder.path.string()}, Disk()))
      if (undo_write(note, Disk())) return false;
    return true;
  }
  static constexpr std::string_view before = "a=1 b=2 c=3 gone=5 meta/journal=4";
  static constexpr std::string_view after = "b=1 c=2x d/e=3 f/g/h=new meta/journal=4x";
};

TEST_F(Killed, AtAnyMomentTheNextRunPutsAllBackOrKeepsAll) {
  std::string_view expected = before;
  int undone = 0;
  // Between two calls nothing changes: what holds when one is left, holds when the next is entered.
  for (int stop = 2;; stop += 2) {
    const Folder folder;
    fill(folder);
    const auto killed = killed_at(stop, [&] { return write(folder); });
    if (!killed) GTEST_SKIP() << "processes may not be traced here";
    // What is changed in its place is there all the time.
    EXPECT_TRUE(fs::exists(folder / "meta/journal")) << stop;
    EXPECT_TRUE(recover(folder)) << stop;
    const std::string content = folder.content();
    if (content == after) expected = after;
    EXPECT_EQ(content, expected) << stop;
    EXPECT_EQ(fs::exists(folder / "f"), expected == after) << stop;
    if (HasFailure()) return;
    if (!*killed) break;
    undone += content == before;
  }
  EXPECT_EQ(expected, after);
  EXPECT_GT(undone, 25);
}

TEST_F(Killed, PuttingBackMayBeKilledToo) {
  // Half of what is to be changed is, at this stop.
  int middle = 0;
  for (int stop = 100;; stop += 2) {
    const Folder folder;
    fill(folder);
    const auto killed = killed_at(stop, [&] { return write(folder); });
    if (!killed) GTEST_SKIP() << "processes may not be traced here";
    ASSERT_TRUE(*killed);
    if (fs::exists(folder / ".migguard-write.changing") && fs::exists(folder / "d/e")) {
      middle = stop;
      break;
    }
  }
  for (int stop = 2;; stop += 6) {
    const Folder folder;
    fill(folder);
    killed_at(middle, [&] { return write(folder); });
    const auto killed = killed_at(stop, [&] { return recover(folder); });
    EXPECT_TRUE(recover(folder)) << stop;
    EXPECT_EQ(folder.content(), before) << stop;
    if (HasFailure() || !*killed) return;
  }
}

TEST_F(Killed, WhatWasEditedSinceIsLeftAlone) {
  for (int stop = 100;; stop += 2) {
    const Folder folder;
    fill(folder);
    const auto killed = killed_at(stop, [&] { return write(folder); });
    if (!killed) GTEST_SKIP() << "processes may not be traced here";
    ASSERT_TRUE(*killed);
    if (!fs::exists(folder / "d/e")) continue;
    folder.write("meta/journal", "mine");
    const std::string content = folder.content();
    EXPECT_FALSE(recover(folder));
    EXPECT_EQ(folder.content(), content);
    return;
  }
}

#endif

}  // namespace
}  // namespace migguard::repair
