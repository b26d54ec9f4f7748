// Projects made to hang, crash or fool migguard, on a real file system: nothing outside of the
// paths given is read, nothing blocks, nothing is passed over in silence. What one file alone can
// hold is in fixtures/cli/ and fixtures/formats/hostile.json.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <migguard/text.hpp>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <test_paths.hpp>
#include <thread>
#include <vector>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MIGGUARD_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define MIGGUARD_SANITIZED 1
#endif
#endif
#ifndef MIGGUARD_SANITIZED
#define MIGGUARD_SANITIZED 0
#endif

namespace migguard {
namespace {

namespace fs = std::filesystem;

struct Outcome {
  int status = -1;  // of a process ended by a signal: -1
  std::string out, err;
};

class HostileProject : public testing::Test {
 protected:
  HostileProject() {
    std::string name = (fs::temp_directory_path() / "migguard-hostile-XXXXXX").string();
    top_ = mkdtemp(name.data());
    project_ = top_ / "project";
    fs::create_directories(project_ / "migrations");
  }
  ~HostileProject() override {
    std::error_code ignored;
    fs::permissions(project_, fs::perms::owner_all, ignored);
    fs::remove_all(top_, ignored);
  }

  void write(const fs::path& path, std::string_view text) const {
    fs::create_directories((project_ / path).parent_path());
    std::ofstream(project_ / path, std::ios::binary) << text;
  }

  // One run in the project, which may take a minute of CPU time, and no terminal.
  Outcome run(std::vector<std::string> arguments) const {
    std::vector<char*> argv;
    std::string program = program_.string();
    argv.push_back(program.data());
    for (std::string& each : arguments) argv.push_back(each.data());
    argv.push_back(nullptr);
    const fs::path out = top_ / "out", err = top_ / "err";
    const pid_t child = fork();
    if (child == 0) {
      const rlimit seconds{60, 60};
      setrlimit(RLIMIT_CPU, &seconds);
      const rlimit memory{memory_, memory_};
      if (memory_ > 0) setrlimit(RLIMIT_AS, &memory);
      if (chdir(project_.c_str()) != 0 || !freopen("/dev/null", "r", stdin) ||
          !freopen(out.c_str(), "w", stdout) || !freopen(err.c_str(), "w", stderr)) {
        _exit(127);
      }
      if (as_nobody_ && (setgid(nobody) != 0 || setuid(nobody) != 0)) _exit(127);
      execv(argv[0], argv.data());
      _exit(127);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read(out), read(err)};
  }

  static std::string read(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  static constexpr unsigned nobody = 65534;
  fs::path top_, project_;
  fs::path program_ =
      std::getenv("MIGGUARD_PROGRAM") ? std::getenv("MIGGUARD_PROGRAM") : MIGGUARD_BINARY;
  bool as_nobody_ = false;  // the program runs as that user
  rlim_t memory_ = 0;       // the bytes that the program may have; 0: all
};

TEST_F(HostileProject, LinksThatLeadOutAreNotFollowedAndNotPassedOver) {
  std::ofstream(top_ / "outside.sql") << "DROP TABLE outside_secret;\n";
  write("migrations/0001_a.sql", "CREATE TABLE a (id int PRIMARY KEY);\n");
  write("b.sql", "CREATE TABLE b (id int PRIMARY KEY);\n");
  fs::create_symlink("../../outside.sql", project_ / "migrations/0002_out.sql");
  fs::create_symlink("/etc/passwd", project_ / "migrations/0003_passwd.sql");
  fs::create_symlink("../b.sql", project_ / "migrations/0004_inside.sql");
  fs::create_directory_symlink("..", project_ / "migrations/loop");
  fs::create_directory_symlink("loop", project_ / "migrations/loop_of_loop");
  fs::create_symlink("circle.sql", project_ / "migrations/circle.sql");
  const Outcome outcome = run({"lint", "--quiet"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.out,
            "migrations/0002_out.sql: error: this file cannot be read: it is a link that leads out "
            "of the paths linted [syntax-error]\n"
            "migrations/0003_passwd.sql: error: this file cannot be read: it is a link that leads "
            "out of the paths linted [syntax-error]\n");
  for (const char* format : {"json", "html", "sarif"}) {
    const std::string text = run({"audit", "--format", format}).out;
    EXPECT_EQ(text.find("outside_secret"), std::string::npos) << format;
    EXPECT_EQ(text.find("root:"), std::string::npos) << format;
  }
  // Who names a file wants it read.
  EXPECT_NE(run({"lint", "--quiet", "migrations/0002_out.sql"}).out.find("outside_secret"),
            std::string::npos);
}

TEST_F(HostileProject, PipesAndDevicesNeitherBlockNorPassForNothing) {
  write("migrations/0001_a.sql", "CREATE TABLE a (id int PRIMARY KEY);\n");
  ASSERT_EQ(mkfifo((project_ / "migrations/0002_pipe.sql").c_str(), 0600), 0);
  fs::create_symlink("/dev/zero", project_ / "migrations/0003_zero.sql");
  ASSERT_EQ(mkfifo((project_ / "migguard-baseline.json").c_str(), 0600), 0);
  const Outcome outcome = run({"lint", "--quiet"});
  EXPECT_NE(outcome.status, -1);
  EXPECT_NE(outcome.status, 0) << outcome.err;
  fs::remove(project_ / "migguard-baseline.json");
  EXPECT_EQ(run({"lint", "--quiet"}).out,
            "migrations/0002_pipe.sql: error: this file cannot be read: it is not a regular file "
            "[syntax-error]\n");
  for (const char* name : {"migrations/0002_pipe.sql", "migrations/0003_zero.sql", "/dev/zero"}) {
    const Outcome named = run({"lint", name});
    EXPECT_EQ(named.status, 2) << name;
    EXPECT_NE(named.err.find("is not a regular file"), std::string::npos) << named.err;
  }
}

TEST_F(HostileProject, NamesAreMereText) {
  const char* names[] = {
      "0001_new\nline.sql", "0002_\"quote'`$(touch x).sql", "0003_\x1b[31mred.sql", "-rf.sql",
      "0004_\xff\xfe.sql",  "0005_\xe2\x80\xae.sql",        "0006_ %s%n.sql"};
  for (const char* name : names) write(fs::path("migrations") / name, "DROP TABLE gone;\n");
  for (const char* format :
       {"text", "json", "github", "gitlab", "sarif", "junit", "checkstyle", "markdown", "html"}) {
    const Outcome outcome = run({"lint", "--format", format});
    EXPECT_EQ(outcome.status, 1) << format;
    for (const char* raw : {"\x1b", "\xff", "\xe2\x80\xae"})
      EXPECT_EQ(outcome.out.find(raw), std::string::npos) << format;
    // A line end is but a space in HTML.
    if (format != std::string_view("html")) {
      EXPECT_EQ(outcome.out.find("0001_new\nline"), std::string::npos) << format;
    }
    EXPECT_NE(outcome.out.find("rf.sql"), std::string::npos) << format;
  }
  EXPECT_FALSE(fs::exists(project_ / "x"));
  // A dash begins a flag, so a name that does is written behind `--` or `./`.
  EXPECT_EQ(run({"lint", "--quiet", "./migrations/-rf.sql"}).status, 1);
}

TEST_F(HostileProject, UnreadableFilesDoNotPass) {
  if (geteuid() == 0) {  // who may read anything
    fs::permissions(top_, fs::perms::all);
    as_nobody_ = true;
    if (run({"--version"}).status != 0) {  // nobody may not look into the folder it lies in
      fs::copy_file(program_, top_ / "migguard");
      program_ = top_ / "migguard";
    }
    ASSERT_EQ(run({"--version"}).status, 0);
  }
  write("migrations/0001_a.sql", "CREATE TABLE a (id int PRIMARY KEY);\n");
  write("migrations/0002_b.sql", "DROP TABLE a;\n");
  fs::permissions(project_ / "migrations/0002_b.sql", fs::perms::none);
  EXPECT_EQ(run({"lint", "--quiet"}).out,
            "migrations/0002_b.sql: error: this file cannot be read: permission denied "
            "[syntax-error]\n");
  fs::permissions(project_ / "migrations", fs::perms::none);
  const Outcome outcome = run({"lint", "migrations"});
  fs::permissions(project_ / "migrations", fs::perms::owner_all);
  EXPECT_EQ(outcome.status, 2) << outcome.out;
}

TEST_F(HostileProject, FilesMayComeAndGoMeanwhile) {
  write("migrations/0001_a.sql", "CREATE TABLE a (id int PRIMARY KEY);\n");
  std::atomic<bool> over = false;
  std::thread other([&] {
    while (!over) {
      write("migrations/0002_b.sql", "DROP TABLE a;\n");
      fs::remove(project_ / "migrations/0002_b.sql");
    }
  });
  for (int round = 0; round < 20; ++round) {
    const Outcome outcome = run({"lint", "--quiet"});
    // Gone, half-written or whole: it is told as it was found.
    EXPECT_TRUE(outcome.status == 0 || outcome.status == 1) << outcome.err;
    EXPECT_TRUE(outcome.out.empty() || outcome.out.starts_with("migrations/0002_b.sql"))
        << outcome.out;
  }
  over = true;
  other.join();
}

TEST_F(HostileProject, FilesOverTheLimitAreRefused) {
  write("migrations/0001_a.sql", "CREATE TABLE a (id int PRIMARY KEY);\n");
  write("migrations/0002_huge.sql", "");
  fs::resize_file(project_ / "migrations/0002_huge.sql", std::uintmax_t{300} << 20);  // sparse
  const Outcome outcome = run({"lint", "--quiet"});
  EXPECT_EQ(outcome.status, 1) << outcome.err;
  EXPECT_NE(outcome.out.find("is larger than 256 MB"), std::string::npos) << outcome.out;
}

#if !MIGGUARD_SANITIZED  // sanitizers reserve terabytes

// Never a crash, and never the status that says "findings", wherever memory ends: in the parser, in
// a thread, in a rule.
TEST_F(HostileProject, WithoutMemoryNothingIsJudged) {
  std::string sql;
  for (int i = 0; i < 100'000; ++i) sql += "INSERT INTO a VALUES (1, 'xxxxxxxxxxxxxxxxxxxxx');\n";
  for (const char* path : {"migrations/0001_a.sql", "migrations/0002_b.sql"}) write(path, sql);
  int refused = 0;
  for (rlim_t megabytes = 30; megabytes < 300; megabytes += megabytes / 5) {
    memory_ = megabytes << 20;
    const Outcome outcome = run({"lint", "--jobs", "2"});
    // Below some size the loader does not start a program.
    if (outcome.status == 127) continue;
    EXPECT_TRUE(outcome.status == 0 || outcome.status == 2)
        << megabytes << " MB: " << outcome.status << outcome.err;
    if (outcome.status != 2) continue;
    EXPECT_TRUE(outcome.err.ends_with("migguard: there is not enough memory\n") ||
                outcome.err.find("migguard: it cannot go on") != std::string::npos)
        << outcome.err;
    // libpg_query's own last words, where it is the parser that asks in vain.
    if (outcome.out != "Terminating process due to FATAL error\n") {
      EXPECT_EQ(outcome.out, "");
    }
    ++refused;
  }
  EXPECT_GT(refused, 3);
}

#endif

TEST_F(HostileProject, JournalsLeadNowhere) {
  std::ofstream(top_ / "passwd.sql") << "DROP TABLE outside_secret;\n";
  write("package.json", R"({"dependencies": {"drizzle-orm": "0.44.0"}})");
  write("drizzle/0000_a.sql", "CREATE TABLE a (id int PRIMARY KEY);\n");
  const std::string entry = R"("version": "7", "breakpoints": true)";
  write(
      "drizzle/meta/_journal.json",
      cat(R"({"version": "7", "dialect": "postgresql", "entries": [{"idx": 0, "when": 1, "tag": )",
          R"("0000_a", )", entry, R"(}, {"idx": 1, "when": 2, "tag": "../../passwd", )", entry,
          R"(}, {"idx": 99999999999999999999999, "when": -9223372036854775809, "tag": "..", )",
          entry, R"(}, {"idx": 3, "when": 9223372036854775807, "tag": ")", std::string(5000, 'x'),
          R"(", )", entry, "}]}"));
  const Outcome outcome = run({"audit", "--format", "json"});
  EXPECT_NE(outcome.status, -1);
  EXPECT_EQ(outcome.err, "");
  EXPECT_EQ(outcome.out.find("outside_secret"), std::string::npos);
}

struct Bomb {
  std::string path;
  std::string text;
};

// Each is one small file that would take some program hours or gigabytes.
std::vector<Bomb> bombs() {
  const auto repeated = [](std::string_view text, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i) out += text;
    return out;
  };
  std::string aliases = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 40; ++i) {
    append(aliases, "a", i, ": &a", i, " [", repeated(cat("*a", i - 1, ", "), 9), "x]\n");
  }
  std::string members;  // many keys, and one of them often
  for (int i = 0; i < 50'000; ++i) append(members, "\"key", i, "\": {}, \"tag\": 1, ");
  return {
      {"docker-compose.yml", aliases + "services:\n  x: *a39\n"},
      {"docker-compose.yml", std::string(200'000, '[')},
      {"docker-compose.yml", repeated("- ", 100'000)},
      {"migguard.json", repeated("{\"a\":", 200'000)},
      {"migguard.json", cat(R"({"ignore": [")", std::string(16'000, '['), "\"]}")},
      {"migguard.json", cat(R"({"ignore": [")", repeated("**/", 5'000), "x\"]}")},
      {"migguard.json", cat(R"({"ignore": [")", repeated("{a,b}", 3'000), "\"]}")},
      {"migguard.json", R"({"jsonb": {"deny": ["/((a{0,1000}){0,1000}){0,1000}/"]}})"},
      {"migguard.json", R"({"jsonb": {"deny": ["/(a*)*(a|a)*$/"]}})"},
      {".gitignore", repeated(repeated("*a", 100) + "\n", 500)},
      {"drizzle/meta/_journal.json", std::string(1'000'000, '[')},
      {"drizzle/meta/_journal.json", cat("{", members, "\"entries\": []}")},
      {"drizzle/meta/0000_snapshot.json", cat("{", members, "\"id\": \"\"}")},
      {"package.json", cat(R"({"scripts": {)", members, "\"x\": \"drizzle-kit push\"}}")},
      {"drizzle.config.ts", cat("export default ", std::string(50'000, '('))},
      {"drizzle.config.ts", repeated("const a = `${", 20'000)},
      {"drizzle.config.ts", cat("const a = 'x' ", repeated("+ a ", 20'000))},
      {"prisma/schema.prisma", repeated("datasource db {\n", 50'000)},
      {"migrations/0002_b.sql", std::string(100'000, '(')},
      {"migrations/0002_b.sql", repeated("/*", 100'000)},
      {"migrations/0002_b.sql", cat("SELECT ", repeated("1+", 200'000), "1;")},
      {"migrations/0002_b.sql", cat("SELECT 1 ", std::string(500'000, '+'), " 2;")},
      {"migrations/0002_b.sql", repeated("$a$ ; ", 50'000)},
      {"migrations/0002_b.sql", repeated("' ;\nSELECT ", 50'000)},
      {"migrations/0002_b.sql", repeated("DO $$ BEGIN ", 20'000)},
      {"migrations/0002_b.sql", cat("CREATE TABLE b (id int", repeated(", c int", 100'000), ");")},
      {"Makefile", repeated("x: $(", 50'000)},
      {"Dockerfile", repeated("RUN a && \\\n", 100'000)},
  };
}

TEST_F(HostileProject, BombsDoNotGoOff) {
  for (const Bomb& bomb : bombs()) {
    SCOPED_TRACE(cat(bomb.path, ": ", bomb.text.substr(0, 60)));
    fs::remove_all(project_);
    write("migrations/0001_a.sql",
          "UPDATE a SET metadata = '{\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\": 1}';\n");
    write("drizzle/0000_a.sql", "CREATE TABLE a (id int PRIMARY KEY);\n");
    write("prisma/migrations/20250101000000_a/migration.sql", "SELECT 1;\n");
    if (bomb.path.ends_with("snapshot.json"))
      write("drizzle/meta/_journal.json", R"({"dialect": "postgresql", "entries": []})");
    write(bomb.path, bomb.text);
    const Outcome outcome = run({"audit"});
    EXPECT_NE(outcome.status, -1) << "crashed, or took more than a minute";
    EXPECT_EQ(outcome.status == 2, !outcome.err.empty());
  }
}

// Keys that fall into one bucket of std::hash where a table grows without salt, and keys of one
// length: reading is linear all the same.
TEST_F(HostileProject, ManyKeysAndPayloadsAreReadInLinearTime) {
  std::string json = "{";
  for (std::int64_t i = 0; i < 200'000; ++i) append(json, "\"", i * 126'271, "\": 1, ");
  json += "\"end\": {\"price\": 1}}";
  write("payload.json", json);
  const Outcome outcome = run({"jsonb", "check", "payload.json"});
  EXPECT_EQ(outcome.status, 1) << outcome.err;
  EXPECT_NE(outcome.out.find("end.price"), std::string::npos);
  std::string sql =
      "CREATE TABLE a (id int PRIMARY KEY, metadata jsonb);\nUPDATE a SET metadata = '";
  write("migrations/0001_a.sql", cat(sql, json, "' WHERE id = 1;\n"));
  EXPECT_NE(run({"lint", "--quiet"}).status, -1) << "took more than a minute";
}

}  // namespace
}  // namespace migguard
