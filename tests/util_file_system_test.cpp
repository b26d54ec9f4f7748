// Files on disk and in memory, and paths as text.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <util/file_system.hpp>
#ifndef _WIN32
#include <sys/stat.h>
#include <unistd.h>
#endif

namespace migguard {
namespace {

namespace fs = std::filesystem;

TEST(UtilPath, Join) {
  struct Case {
    std::string_view directory, name, joined;
  };
  const Case cases[] = {
      {"a/b", "c", "a/b/c"},   {".", "c", "c"},     {"", "c", "c"},          {"a/", "c", "a/c"},
      {"/", "c", "/c"},        {"/a", "b", "/a/b"}, {"a", "", "a"},          {"a", ".", "a"},
      {"./a", "./b", "a/b"},   {"", "", "."},       {"a", "../b", "a/../b"}, {"a", "/b", "/b"},
      {"a//b", "c/", "a/b/c"}, {"..", "a", "../a"},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(join_path(each.directory, each.name), each.joined)
        << each.directory << " and " << each.name;
  }
}

TEST(UtilPath, Parts) {
  struct Case {
    std::string_view path, parent, name, normalized;
  };
  const Case cases[] = {
      {"a/b/c.sql", "a/b", "c.sql", "a/b/c.sql"},
      {"a", ".", "a", "a"},
      {"./a", ".", "a", "a"},
      {"a/", ".", "a", "a"},
      {"a/b//", "a", "b", "a/b"},
      {"a//b", "a", "b", "a/b"},
      {"/a", "/", "a", "/a"},
      {"/", "/", "", "/"},
      {"//", "/", "", "/"},
      {"/a/b", "/a", "b", "/a/b"},
      {"", ".", "", "."},
      {".", ".", ".", "."},
      {"a/..", "a", "..", "."},
      {"a/../b", "a/..", "b", "b"},
      {"a/./b/../c", "a/./b/..", "c", "a/c"},
      {"../a", "..", "a", "../a"},
      {"a/../../b", "a/../..", "b", "../b"},
      {"../../a", "../..", "a", "../../a"},
      {"/../a", "/..", "a", "/a"},
      {"a/...", "a", "...", "a/..."},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(parent_path(each.path), each.parent) << each.path;
    EXPECT_EQ(file_name(each.path), each.name) << each.path;
    EXPECT_EQ(normalize_path(each.path), each.normalized) << each.path;
  }
}

std::string names(const Result<std::vector<DirectoryEntry>>& entries) {
  if (!entries) return "error: " + entries.error().message;
  std::string out;
  for (const DirectoryEntry& entry : *entries) {
    out += out.empty() ? "" : " ";
    out += entry.name;
    if (entry.kind == EntryKind::directory) out += '/';
    if (entry.kind == EntryKind::other) out += '?';
    if (entry.link) out += '@';
  }
  return out;
}

std::string text_or_error(const Result<std::string>& text) {
  return text ? *text : "error: " + text.error().message;
}

TEST(UtilMemory, BehavesLikeADisk) {
  Memory files;
  files.add("b/x.sql", "x");
  files.add("./b/y/z.sql", "z");
  files.add("b.sql", "b");
  files.add("B", "");
  files.add("b-c/a", "a");
  files.add("/abs/a", "absolute");
  files.add("../above", "above");
  EXPECT_EQ(names(files.list(".")), "B b/ b-c/ b.sql");
  EXPECT_EQ(names(files.list("b")), "x.sql y/");
  EXPECT_EQ(names(files.list("./b/y/")), "z.sql");
  EXPECT_EQ(names(files.list("/")), "abs/");
  EXPECT_EQ(names(files.list("..")), "above");
  EXPECT_EQ(names(files.list("none")), "error: no such directory");
  EXPECT_EQ(names(files.list("b.sql")), "error: is not a directory");
  EXPECT_EQ(names(Memory().list("")), "");

  const FileSystem& system = files;
  EXPECT_EQ(text_or_error(system.read("b/../b/x.sql")), "x");
  EXPECT_EQ(text_or_error(system.read("B")), "");
  EXPECT_EQ(text_or_error(system.read("b")), "error: is a directory");
  EXPECT_EQ(text_or_error(system.read("c")), "error: no such file");
  EXPECT_EQ(text_or_error(system.read("/abs/a", 8)), "absolute");
  EXPECT_EQ(text_or_error(system.read("/abs/a", 7)), "error: is larger than 7 bytes");
  EXPECT_EQ(system.read("c").error().path, "c");
  EXPECT_TRUE(files.is_file("./b/x.sql"));
  EXPECT_FALSE(files.is_file("b"));
  EXPECT_TRUE(files.is_directory("b/"));
  EXPECT_TRUE(files.is_directory("."));
  EXPECT_FALSE(files.is_directory("b.sql"));
  EXPECT_EQ(text_or_error(files.canonical("b/./y/../x.sql")), "b/x.sql");
  EXPECT_EQ(text_or_error(files.canonical("none")), "error: no such file or directory");
}

TEST(UtilMemory, SaysTheLimit) {
  EXPECT_EQ(too_large("a", FileSystem::default_limit).message, "is larger than 256 MB");
  EXPECT_EQ(too_large("a", 1000).message, "is larger than 1000 bytes");
  EXPECT_EQ(too_large("a", 0).message, "is larger than 0 bytes");
}

// A folder of its own that goes away with the test.
class UtilDisk : public testing::Test {
 protected:
  UtilDisk() {
    const auto stamp = std::chrono::steady_clock::now().time_since_epoch().count();
    folder_ = fs::temp_directory_path() / ("migguard_util_" + std::to_string(stamp));
    fs::create_directories(folder_);
  }
  ~UtilDisk() override {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  void write(const std::string& name, std::string_view text) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }
  std::string path(std::string_view name) const {
    return join_path(folder_.generic_string(), name);
  }
  std::string text(std::string_view name) const { return text_or_error(files_->read(path(name))); }

  fs::path folder_;
  const std::unique_ptr<FileSystem> files_ = std::make_unique<Disk>();
};

TEST_F(UtilDisk, ReadsBytesAsTheyAre) {
  using namespace std::string_view_literals;
  const std::string large(200'000, 'x');
  write("empty", "");
  write("bytes", "\xff\0\r\n"sv);
  write("large", large);
  write("größe", "name");
  EXPECT_EQ(text("empty"), "");
  EXPECT_EQ(text("bytes"), "\xff\0\r\n"sv);
  EXPECT_EQ(text("large"), large);
  EXPECT_EQ(text("größe"), "name");
  EXPECT_EQ(text_or_error(files_->read(path("large"), 200'000)), large);
  EXPECT_EQ(text_or_error(files_->read(path("large"), 199'999)),
            "error: is larger than 199999 bytes");
}

TEST_F(UtilDisk, RefusesWhatIsNoFile) {
  fs::create_directory(folder_ / "folder");
  write("file", "x");
  EXPECT_EQ(text("folder"), "error: is a directory");
  EXPECT_EQ(text("none"), "error: no such file");
  EXPECT_EQ(text("none/none"), "error: no such file");
  EXPECT_EQ(text("file/below"), "error: no such file");
  EXPECT_EQ(text_or_error(files_->read("")), "error: no such file");
  EXPECT_EQ(text_or_error(files_->read(path("file") + std::string("\0x", 2))),
            "error: no such file");
  EXPECT_EQ(files_->read(path("none")).error().path, path("none"));
  EXPECT_TRUE(files_->is_file(path("file")));
  EXPECT_FALSE(files_->is_file(path("folder")));
  EXPECT_FALSE(files_->is_file(path("none")));
  EXPECT_TRUE(files_->is_directory(path("folder")));
  EXPECT_FALSE(files_->is_directory(path("file")));
}

TEST_F(UtilDisk, ListsInByteOrder) {
  for (const char* name : {"b", "a", "B", "10", "9", "é", "a.sql", ".hidden", "d/x"}) {
    write(name, "");
  }
  EXPECT_EQ(names(files_->list(path(""))), ".hidden 10 9 B a a.sql b d/ é");
  EXPECT_EQ(names(files_->list(path("d"))), "x");
  EXPECT_EQ(names(files_->list(path("a"))), "error: is not a directory");
  EXPECT_EQ(names(files_->list(path("none"))), "error: no such directory");
  EXPECT_EQ(files_->list(path("none")).error().path, path("none"));
}

#ifndef _WIN32

TEST_F(UtilDisk, NeverBlocksOnPipesAndDevices) {
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(text("pipe"), "error: is not a regular file");
  EXPECT_EQ(text_or_error(files_->read("/dev/null")), "error: is not a regular file");
  EXPECT_FALSE(files_->is_file(path("pipe")));
  EXPECT_EQ(names(files_->list(path(""))), "pipe?");
}

TEST_F(UtilDisk, TellsLinksAndWhereTheyLead) {
  write("file", "x");
  fs::create_directory(folder_ / "folder");
  fs::create_symlink("file", folder_ / "to_file");
  fs::create_directory_symlink("folder", folder_ / "to_folder");
  fs::create_symlink("none", folder_ / "to_none");
  fs::create_symlink("circle", folder_ / "circle");
  EXPECT_EQ(names(files_->list(path(""))), "circle?@ file folder/ to_file@ to_folder/@ to_none?@");
  EXPECT_EQ(text("to_file"), "x");
  EXPECT_EQ(text("to_none"), "error: no such file");
  EXPECT_EQ(text("circle"), "error: the symbolic links go in circles");
  EXPECT_EQ(text("to_folder"), "error: is a directory");
  const std::string root = text_or_error(files_->canonical(path("")));
  EXPECT_EQ(text_or_error(files_->canonical(path("to_folder/../to_file"))), root + "/file");
  EXPECT_EQ(text_or_error(files_->canonical(path("to_none"))), "error: no such file or directory");
}

TEST_F(UtilDisk, SaysWhatMayNotBeRead) {
  write("file", "x");
  fs::create_directory(folder_ / "folder");
  fs::permissions(folder_, fs::perms::all);
  fs::permissions(folder_ / "file", fs::perms::none);
  fs::permissions(folder_ / "folder", fs::perms::none);
  // Root may read everything, so root asks as nobody.
  const bool root = ::geteuid() == 0;
  ASSERT_EQ(root ? ::seteuid(65534) : 0, 0);
  const std::string file = text("file");
  const std::string listed = names(files_->list(path("folder")));
  const std::string below = text("folder/x");
  ASSERT_EQ(root ? ::seteuid(0) : 0, 0);
  EXPECT_EQ(file, "error: permission denied");
  EXPECT_EQ(listed, "error: permission denied");
  EXPECT_EQ(below, "error: permission denied");
  fs::permissions(folder_ / "folder", fs::perms::owner_all);
}

#endif

}  // namespace
}  // namespace migguard
