#include <cli/hand_over.hpp>
#include <util/file_system.hpp>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#ifndef _WIN32
#include <unistd.h>
#endif
#ifdef __APPLE__
#include <mach-o/dyld.h>
#endif

namespace migguard::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view flag = "--database-url";

// The folder of the running program, links resolved; empty where the system does not tell.
fs::path own_folder() {
  std::error_code error;
#ifdef __APPLE__
  std::array<char, 4096> path{};
  auto size = static_cast<std::uint32_t>(path.size());
  if (_NSGetExecutablePath(path.data(), &size) != 0) return {};
  const fs::path own = fs::canonical(path.data(), error);
#else
  const fs::path own = fs::read_symlink("/proc/self/exe", error);
#endif
  return error ? fs::path() : own.parent_path();
}

}  // namespace

Error hand_over(int argc, const char* const* argv) {
#ifdef _WIN32
  static_cast<void>(argc);
  static_cast<void>(argv);
  return {"this build cannot ask a database: migguard-db is not built for Windows"};
#else
  std::vector<std::string> arguments{"migguard-db"};
  for (int index = 1; index < argc; ++index) {
    const std::string_view argument = argv[index];
    const bool joined =
        argument.starts_with(flag) && argument.size() > flag.size() && argument[flag.size()] == '=';
    const bool apart = argument == flag && index + 1 < argc;
    if (!joined && !apart) {
      arguments.emplace_back(argument);
      continue;
    }
    const std::string_view url = apart ? argv[++index] : argument.substr(flag.size() + 1);
    if (url != "env") setenv("DATABASE_URL", std::string(url).c_str(), 1);
    arguments.emplace_back("--database-url=env");
  }
  std::vector<char*> pointers;
  pointers.reserve(arguments.size() + 1);
  for (std::string& each : arguments) pointers.push_back(each.data());
  pointers.push_back(nullptr);

  const fs::path folder = own_folder();
  for (const std::string_view place : {"", "../libexec/migguard", "../libexec"}) {
    const std::string program = (folder / place / "migguard-db").lexically_normal().string();
    if (folder.empty() || access(program.c_str(), F_OK) != 0) continue;
    execv(program.c_str(), pointers.data());
    return {cat("cannot be started: ", std::generic_category().message(errno)), program};
  }
  return {
      cat("to ask a database, the program migguard-db is needed, and it is not installed beside "
          "migguard (in ",
          folder.string(), ") nor in libexec")};
#endif
}

}  // namespace migguard::cli
