// The gate in git: repositories made for the purpose, and what `--since` and `--staged` say of
// them.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <migguard/text.hpp>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <test_paths.hpp>

namespace migguard {
namespace {

namespace fs = std::filesystem;

struct Said {
  int status = 0;
  std::string out;
  std::string err;
};

// A folder of its own, gone afterwards, in which shell lines run with `migguard` on their PATH.
class Sandbox {
 public:
  Sandbox() {
    std::string name = (fs::temp_directory_path() / "migguard-gate-XXXXXX").string();
    path_ = mkdtemp(name.data());
    fs::create_directory(path_ / "bin");
    fs::create_symlink(program(), path_ / "bin/migguard");
    fs::create_directory(path_ / "work");
  }
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;
  ~Sandbox() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }

  fs::path work() const { return path_ / "work"; }

  void write(const std::string& path, const std::string& text) const {
    fs::create_directories((work() / path).parent_path());
    std::ofstream(work() / path, std::ios::binary) << text;
  }

  Said run(const std::string& script) const {
    const std::string command =
        cat("cd '", work().string(), "' && export PATH='", (path_ / "bin").string(),
            "':\"$PATH\" NO_COLOR=1 COLUMNS=100 LC_ALL=C GIT_CONFIG_GLOBAL=/dev/null "
            "GIT_CONFIG_SYSTEM=/dev/null GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org "
            "GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org "
            "GIT_AUTHOR_DATE='2024-01-01T00:00:00Z' GIT_COMMITTER_DATE='2024-01-01T00:00:00Z'; { ",
            script, "\n} >'", (path_ / "out").string(), "' 2>'", (path_ / "err").string(), "'");
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128, text("out"), text("err")};
  }

  // The same, where everything must succeed.
  void git(const std::string& script) const {
    const Said said = run(cat("set -e\n", script));
    ASSERT_EQ(said.status, 0) << script << "\n" << said.out << said.err;
  }

 private:
  static std::string program() {
    return std::getenv("MIGGUARD_PROGRAM") ? std::getenv("MIGGUARD_PROGRAM") : MIGGUARD_BINARY;
  }
  std::string text(const char* name) const {
    std::ifstream in(path_ / name, std::ios::binary);
    std::ostringstream all;
    all << in.rdbuf();
    return all.str();
  }
  fs::path path_;
};

std::size_t lines(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

std::string numbered(int number) {
  std::string digits = std::to_string(number);
  return std::string(4 - digits.size(), '0') + digits;
}

// 300 migrations, each of which drops and locks something, on main; a branch with a dangerous and a
// harmless one.
class OldHistory : public testing::Test {
 protected:
  void SetUp() override {
    for (int number = 1; number <= 300; ++number) {
      box.write(cat("db/migrations/", numbered(number), "_step.sql"),
                cat("CREATE TABLE t", number, " (id bigint PRIMARY KEY, a int, b int);\n",
                    "DROP TABLE old", number, ";\n", "CREATE INDEX i", number, " ON t",
                    (number + 1) / 2, " (a);\n"));
    }
    box.git("git init -qb main . && git add -A && git commit -qm old && git checkout -qb feature");
    box.write("db/migrations/0301_harmless.sql", "CREATE TABLE notes (id bigint PRIMARY KEY);\n");
    box.write("db/migrations/0302_dangerous.sql", "ALTER TABLE t7 DROP COLUMN b;\n");
  }
  void commit() const { box.git("git add -A && git commit -qm new"); }

  Sandbox box;
  const std::string the_one =
      "db/migrations/0302_dangerous.sql:1:16: error: this drops the column b of t7 and every value "
      "in it [drop-column]\n";
};

TEST_F(OldHistory, SinceReportsExactlyWhatTheBranchAdds) {
  EXPECT_GT(lines(box.run("migguard lint --quiet").out), 500u);
  commit();
  const Said said = box.run("migguard lint --quiet --since main");
  EXPECT_EQ(said.status, 1);
  EXPECT_EQ(said.out, the_one);
  EXPECT_EQ(said.err, "");
  EXPECT_EQ(box.run("migguard lint --quiet --since main --baseline none.json").status, 2);
}

TEST_F(OldHistory, SoDoesSarif) {
  commit();
  box.run("migguard lint --since main --format sarif=out.sarif --quiet");
  std::ifstream in(box.work() / "out.sarif");
  const auto results = nlohmann::json::parse(in).at("runs").at(0).at("results");
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(results[0].at("ruleId"), "drop-column");
  // A finding keeps its name, whatever else is reported beside it.
  const auto name = results[0].at("partialFingerprints");
  box.run("migguard lint --format sarif=all.sarif --quiet");
  std::ifstream all(box.work() / "all.sarif");
  const auto everything = nlohmann::json::parse(all).at("runs").at(0).at("results");
  bool found = false;
  for (const auto& each : everything) found |= each.at("partialFingerprints") == name;
  EXPECT_TRUE(found);
}

TEST_F(OldHistory, TheIndexIsWhatIsJudgedWhateverLiesInTheWorkingTree) {
  box.git("git add db/migrations/0301_harmless.sql");
  EXPECT_EQ(box.run("migguard lint --quiet --staged").out, "");
  box.git("git add -A && rm db/migrations/0302_dangerous.sql && echo junk >db/migrations/0303.sql");
  const Said said = box.run("migguard lint --quiet --staged");
  EXPECT_EQ(said.status, 1);
  EXPECT_EQ(said.out, the_one);
}

TEST_F(OldHistory, AnOldMigrationEditedDeletedOrSlippedInIsFound) {
  commit();
  box.write("db/migrations/0005_step.sql", "CREATE TABLE t5 (id bigint PRIMARY KEY);\n");
  box.git(
      "git rm -q db/migrations/0009_step.sql && "
      "git mv db/migrations/0301_harmless.sql db/migrations/0300_a.sql && git add -A");
  box.write("db/migrations/0299_late.sql", "CREATE TABLE late (id bigint PRIMARY KEY);\n");
  box.git("git mv db/migrations/0300_a.sql db/migrations/0301_harmless.sql && git add -A");
  for (const char* mode : {"--since main", "--staged --since main"}) {
    const std::string out = box.run(cat("migguard lint --quiet ", mode)).out;
    EXPECT_NE(out.find("db/migrations/0005_step.sql: warning: this edit of 0005_step.sql never "
                       "reaches a database that has run it [edited-applied-migration]"),
              std::string::npos)
        << out;
    EXPECT_NE(out.find("0009_step.sql did, which is gone [deleted-applied-migration]"),
              std::string::npos)
        << out;
    EXPECT_NE(out.find("db/migrations/0299_late.sql: warning: databases that have run "),
              std::string::npos)
        << out;
  }
}

TEST_F(OldHistory, ReformattingMovingAndRenamingBringNothingBack) {
  commit();
  box.git(R"(
    for file in db/migrations/00*.sql; do sed -i 's/^DROP TABLE /-- moved\ndrop   table\n  /' "$file"; done
    git mv db sql && git add -A && git commit -qm 'lay out anew')");
  EXPECT_EQ(box.run("migguard lint --quiet --since main").out, "sql" + the_one.substr(2));
}

TEST_F(OldHistory, ASubfolderAndOtherPackagesStayOut) {
  box.write("packages/other/migrations/0001_a.sql", "CREATE TABLE o (id int);\n");
  box.write("packages/other/migrations/0002_b.sql", "DROP TABLE gone;\n");
  commit();
  EXPECT_EQ(box.run("migguard lint --quiet --since main db").out, the_one);
  EXPECT_EQ(box.run("cd db && migguard lint --quiet --since main").out, the_one.substr(3));
  box.git("git checkout -q main && git merge -q feature && git checkout -qb next");
  box.write("db/migrations/0303_more.sql", "DROP TABLE t8;\n");
  const Said said = box.run("migguard lint --quiet --since main");
  EXPECT_EQ(lines(said.out), 1u) << said.out;
}

TEST_F(OldHistory, ADetachedHeadAndAMergeCommitAreComparedLikeBranches) {
  commit();
  box.git("git checkout -q --detach");
  EXPECT_EQ(box.run("migguard lint --quiet --since main").out, the_one);
  // What a code host checks out for a pull request: the merge of the branch into main.
  box.git(
      "git checkout -q main && echo text >notes.txt && git add notes.txt && git commit -qm text"
      " && git checkout -q --detach && git merge -q --no-ff --no-edit feature");
  EXPECT_EQ(box.run("migguard lint --quiet --since main").out, the_one);
  EXPECT_EQ(box.run("migguard lint --quiet --since HEAD^1").out, the_one);
}

TEST_F(OldHistory, WhatAMergeBringsInIsNotNew) {
  commit();
  box.git("git checkout -q main");
  box.write("db/migrations/0310_theirs.sql", "DROP TABLE t9;\n");
  box.git(
      "git add -A && git commit -qm theirs && git checkout -q feature && "
      "git merge -q --no-commit --no-ff main");
  const Said since = box.run("migguard lint --quiet --since main");
  EXPECT_EQ(since.out.find("0310_theirs.sql:"), std::string::npos) << since.out;
  EXPECT_NE(since.out.find(the_one), std::string::npos) << since.out;
  const Said staged = box.run("migguard lint --quiet --staged");
  EXPECT_EQ(staged.out, "");
  EXPECT_NE(box.run("migguard lint --staged").out.find(" and the merge of "), std::string::npos);
}

TEST_F(OldHistory, AMergeConflictInTheIndexIsSaid) {
  commit();
  box.git("git checkout -q main");
  box.write("db/migrations/0302_dangerous.sql", "SELECT 1;\n");
  box.git("git add -A && git commit -qm theirs && git checkout -q feature && ! git merge -q main");
  const Said said = box.run("migguard lint --staged");
  EXPECT_EQ(said.status, 2);
  EXPECT_EQ(said.err,
            "migguard: db/migrations/0302_dangerous.sql: has a merge conflict in the index: "
            "resolve it and `git add` the file\n");
}

TEST_F(OldHistory, AShallowCloneSaysWhatToFetch) {
  commit();
  box.git("git clone -q --depth 1 --branch feature --no-single-branch \"file://$PWD\" shallow");
  const Said said = box.run("cd shallow && migguard lint --since origin/main");
  EXPECT_EQ(said.status, 2);
  EXPECT_EQ(said.err,
            "migguard: the commit where this branch left `origin/main` is not in this shallow "
            "clone; fetch the history first: git fetch --unshallow origin\n");
  EXPECT_EQ(box.run("cd shallow && git fetch -q --unshallow origin && "
                    "migguard lint --quiet --since origin/main")
                .out,
            the_one);
}

TEST_F(OldHistory, AWorktreeAndASubmoduleAreRepositoriesOfTheirOwn) {
  commit();
  box.git("git worktree add -q tree feature~0 && git -C tree checkout -q --detach");
  EXPECT_EQ(box.run("cd tree && migguard lint --quiet --since main").out, the_one);
  EXPECT_EQ(box.run("migguard lint --quiet --since main tree").out, "tree/" + the_one);
  EXPECT_EQ(box.run("migguard lint --quiet --since main").out, the_one)
      << "a worktree inside is another working tree";
  box.git(
      "git worktree remove tree && git init -qb main outer && cd outer && "
      "git -c protocol.file.allow=always submodule --quiet add -b feature \"$PWD/..\" inner && "
      "git commit -qm outer");
  EXPECT_EQ(box.run("cd outer && migguard lint --quiet --since origin/main inner").out,
            "inner/" + the_one);
}

TEST(Gate, WithoutACommitOrARepositoryOrGitTheMessageSaysWhatToDo) {
  Sandbox box;
  box.write("migrations/0001_a.sql", "DROP TABLE a;\n");
  const Said none = box.run("migguard lint --since main");
  EXPECT_EQ(none.status, 2);
  EXPECT_EQ(none.err,
            "migguard: `.` is in no git repository; without one, lint it without `--since` and "
            "`--staged`\n");
  box.git("git init -qb main .");
  const Said unborn = box.run("migguard lint --since main");
  EXPECT_EQ(unborn.status, 2);
  EXPECT_EQ(unborn.err,
            "migguard: this branch has no commit yet, so there is nothing to compare with; commit "
            "first, or lint without `--since`\n");
  box.git("git add -A");
  const Said first = box.run("migguard lint --quiet --staged");
  EXPECT_EQ(first.status, 1);
  EXPECT_EQ(lines(first.out), 1u);
  const Said missing =
      box.run("program=$(command -v migguard); PATH=/nowhere \"$program\" lint --since main");
  EXPECT_EQ(missing.status, 2);
  EXPECT_EQ(missing.err,
            "migguard: git is not installed or not on PATH; `--since` and `--staged` ask it\n");
}

TEST(Gate, ABranchMayReworkItsOwnMigrations) {
  Sandbox box;
  box.write("migrations/0001_a.sql", "CREATE TABLE a (id bigint PRIMARY KEY);\n");
  box.git("git init -qb main . && git add -A && git commit -qm one && git clone -q . clone");
  const std::string own =
      "cd clone && git checkout -qb feature && "
      "echo 'CREATE TABLE b (id int PRIMARY KEY);' >migrations/0002_b.sql && git add -A && "
      "git commit -qm two && echo 'CREATE TABLE b (id bigint PRIMARY KEY);' >migrations/0002_b.sql"
      " && git add -A && ";
  EXPECT_EQ(box.run(own + "migguard lint --quiet --staged").out, "");
  const Said said = box.run(
      "cd clone && echo 'SELECT 1;' >>migrations/0001_a.sql && git add -A && "
      "migguard lint --quiet --staged");
  EXPECT_NE(said.out.find("[edited-applied-migration]"), std::string::npos) << said.out;
}

TEST(Gate, ABaselineHoldsWhereTheCloneIsRenamed) {
  Sandbox box;
  box.write("shop/db/migrations/0001_a.sql", "DROP TABLE a;\nUPDATE b SET x = 1;\n");
  box.git("cd shop && migguard baseline");
  EXPECT_EQ(box.run("mv shop store && cd store && migguard lint --quiet").out, "");
  EXPECT_EQ(box.run("migguard lint --quiet --baseline store/migguard-baseline.json").out, "");
  EXPECT_EQ(
      box.run("cd store/db && migguard lint --quiet --baseline ../migguard-baseline.json").out, "");
  const Said changed = box.run(
      "cd store && sed -i 's/1/2/' db/migrations/0001_a.sql && "
      "migguard lint --quiet");
  EXPECT_EQ(lines(changed.out), 1u) << changed.out;
}

}  // namespace
}  // namespace migguard
