#include <database/server_keeper.hpp>
#include <database/session.hpp>
#include <database/temporary_server.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <sys/wait.h>
#include <unistd.h>

namespace migguard::database {
namespace {

namespace fs = std::filesystem;

// How long a server may take until it answers: initdb on a busy machine.
constexpr std::chrono::seconds patience{120};

bool has_programs(const fs::path& folder) {
  return ::access((folder / "postgres").c_str(), X_OK) == 0 &&
         ::access((folder / "initdb").c_str(), X_OK) == 0;
}

// A program's real folder by PATH, past entries that are not absolute: they would run what lies in
// the project.
fs::path folder_by_path(const char* program) {
  const char* path = std::getenv("PATH");
  for (const std::string_view folder : split(path ? path : "/usr/local/bin:/usr/bin:/bin", ':')) {
    if (!folder.starts_with('/')) continue;
    const fs::path file = fs::path(folder) / program;
    if (::access(file.c_str(), X_OK) != 0) continue;
    std::error_code error;
    const fs::path real = fs::canonical(file, error);
    return error ? fs::path(folder) : real.parent_path();
  }
  return {};
}

fs::path folder_by_pg_config() {
  const fs::path folder = folder_by_path("pg_config");
  if (folder.empty()) return {};
  std::string command = "'";
  for (const char each : (folder / "pg_config").string())
    command += each == '\'' ? std::string("'\\''") : std::string(1, each);
  std::FILE* pipe = ::popen((command + "' --bindir 2>/dev/null").c_str(), "r");
  if (!pipe) return {};
  std::array<char, 4096> line{};
  const bool read = std::fgets(line.data(), static_cast<int>(line.size()), pipe) != nullptr;
  ::pclose(pipe);
  return read ? fs::path(trim(line.data())) : fs::path();
}

// Folders as packages make them, with the major version in their names; the newest first.
std::vector<std::pair<int, fs::path>> packaged() {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> places{
      {{"/usr/lib/postgresql", ""},           // Debian, Ubuntu, Alpine's postgresqlNN
       {"/usr", "pgsql-"},                    // Red Hat
       {"/usr/libexec", "postgresql"},        // Alpine
       {"/opt/homebrew/opt", "postgresql@"},  // macOS
       {"/usr/local/opt", "postgresql@"}}};
  std::vector<std::pair<int, fs::path>> found;
  for (const auto& [place, prefix] : places) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(place, error)) {
      const std::string name = entry.path().filename();
      if (!name.starts_with(prefix)) continue;
      const int version = std::atoi(name.c_str() + prefix.size());
      for (const fs::path& folder : {entry.path() / "bin", entry.path()}) {
        if (version > 0 && has_programs(folder)) found.emplace_back(version, folder);
      }
    }
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  });
  return found;
}

std::string random_password() {
  std::array<unsigned char, 24> bytes{};
  const int file = ::open("/dev/urandom", O_RDONLY | O_CLOEXEC);
  const bool read =
      file >= 0 && ::read(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
  if (file >= 0) ::close(file);
  if (!read) return {};
  std::string text;
  for (const unsigned char each : bytes) {
    text += "0123456789abcdef"[each >> 4U];
    text += "0123456789abcdef"[each & 15U];
  }
  return text;
}

// Whether a user may pass through a folder and all above it, as far as it is open to everybody.
bool open_to_all(fs::path folder) {
  std::error_code error;
  folder = fs::canonical(folder, error);
  if (error) return false;
  for (; !folder.empty(); folder = folder.parent_path()) {
    const auto permissions = fs::status(folder, error).permissions();
    if (error || (permissions & fs::perms::others_exec) == fs::perms::none) return false;
    if (folder == folder.root_path()) break;
  }
  return true;
}

// Where the server's folder is made. The path of a socket has room for little more than a hundred
// bytes (sun_path).
std::string place_for(const KeeperOrders& orders) {
  const char* asked = std::getenv("TMPDIR");
  std::error_code error;
  const bool fits = asked && *asked == '/' && std::string_view(asked).size() < 60 &&
                    fs::is_directory(asked, error) && (orders.user == 0 || open_to_all(asked));
  return fits ? asked : "/tmp";
}

// PostgreSQL refuses to run as root: then `nobody` does it, who owns nothing. (An existing user
// `postgres` may own a real database.)
std::optional<Error> choose_user(KeeperOrders& orders) {
  if (::geteuid() != 0) return std::nullopt;
  passwd entry{};
  passwd* user = nullptr;
  std::vector<char> texts(1 << 14);
  ::getpwnam_r("nobody", &entry, texts.data(), texts.size(), &user);
  if (!user || user->pw_uid == 0) {
    return Error{
        "PostgreSQL does not run as root, and there is no user `nobody` to run it: start migguard "
        "as an ordinary user"};
  }
  orders.user = user->pw_uid;
  orders.group = user->pw_gid;
  return std::nullopt;
}

}  // namespace

Result<std::string> find_server_programs(const std::string& asked, int wanted) {
  if (!asked.empty()) {
    std::error_code error;
    const fs::path folder = fs::canonical(asked, error);
    if (error || !has_programs(folder)) {
      return Error{"`--server-bin` names a folder that does not hold `postgres` and `initdb`",
                   asked};
    }
    return folder.string();
  }
  const auto known = packaged();
  for (const auto& [version, folder] : known) {
    if (version == wanted) return folder.string();
  }
  for (const fs::path& folder : {folder_by_path("postgres"), folder_by_pg_config()}) {
    if (!folder.empty() && has_programs(folder)) return folder.string();
  }
  if (!known.empty()) return known.front().second.string();
  return Error{
      "no PostgreSQL server is installed here (`postgres` and `initdb` are neither in PATH nor "
      "where packages put them): install one (Debian: apt install postgresql), name its folder "
      "with `--server-bin`, or name an empty database with `--database-url`"};
}

TemporaryServer& TemporaryServer::operator=(TemporaryServer&& other) noexcept {
  std::swap(life_, other.life_);
  std::swap(news_, other.news_);
  std::swap(keeper_, other.keeper_);
  std::swap(folder_, other.folder_);
  std::swap(password_, other.password_);
  return *this;
}

Address TemporaryServer::address(std::string_view role, std::string_view database) const {
  Address address;
  address.password = password_;
  address.parameters = {{"host", folder_},
                        {"port", "5432"},
                        {"user", std::string(role)},
                        {"password", password_},
                        {"dbname", std::string(database)},
                        {"sslmode", "disable"},
                        {"gssencmode", "disable"},
                        // Without an end, what waits for itself would wait for ever.
                        {"options", "-c statement_timeout=600s"}};
  return address;
}

std::string TemporaryServer::owner_attributes() const {
  return cat("LOGIN NOSUPERUSER CREATEROLE CREATEDB PASSWORD '", password_, "'");
}

Result<TemporaryServer> TemporaryServer::start(const std::string& programs) {
  KeeperOrders orders;
  orders.programs = programs;
  if (auto error = choose_user(orders)) return *std::move(error);
  orders.place = place_for(orders);
  TemporaryServer server;
  server.password_ = random_password();
  if (server.password_.empty()) return Error{"no random numbers can be read from /dev/urandom"};
  orders.password = server.password_;

  std::array<int, 2> life{-1, -1}, news{-1, -1};
  if (::pipe(life.data()) != 0 || ::pipe(news.data()) != 0)
    return Error{cat("no pipe can be made: ", std::generic_category().message(errno))};
  for (const int end : {life[0], life[1], news[0], news[1]}) ::fcntl(end, F_SETFD, FD_CLOEXEC);
  orders.life = life[0];
  orders.news = news[1];
  std::fflush(nullptr);
  const pid_t keeper = ::fork();
  if (keeper < 0)
    return Error{cat("no process can be started: ", std::generic_category().message(errno))};
  if (keeper == 0) {
    ::close(life[1]);
    ::close(news[0]);
    keep_server(orders);  // does not return
  }
  ::close(life[0]);
  ::close(news[1]);
  server.life_ = life[1];
  server.news_ = news[0];
  server.keeper_ = keeper;

  // The keeper tells the folder on the first line, and on the second that postgres runs; or the
  // reason why not, behind an exclamation mark.
  const auto end = std::chrono::steady_clock::now() + patience;
  std::string told;
  bool running = false;
  while (std::chrono::steady_clock::now() < end) {
    pollfd watched{server.news_, POLLIN, 0};
    const int ready = ::poll(&watched, 1, running ? 5 : 100);
    if (ready > 0) {
      std::array<char, 4096> buffer{};
      const ssize_t length = ::read(server.news_, buffer.data(), buffer.size());
      if (length > 0) told.append(buffer.data(), static_cast<std::size_t>(length));
      if (length == 0) {
        const std::size_t mark = told.starts_with('!') ? 0 : told.find("\n!") + 1;
        const std::string reason = mark < told.size() && told[mark] == '!' ? told.substr(mark + 1)
                                                                           : "its keeper has ended";
        return Error{cat("the temporary PostgreSQL server cannot be started: ", trim(reason))};
      }
      const std::size_t line = told.find('\n');
      if (line != std::string::npos) server.folder_ = told.substr(0, line);
      running = line != std::string::npos && told.find("runs\n", line) != std::string::npos;
    }
    if (!running) continue;
    auto session = Session::open(server.superuser("postgres"));
    if (!session) continue;
    // PostgreSQL before 16 lets a role that may make roles join these three, with which a server
    // starts programs and reads files; only a superuser may give away a superuser.
    const auto guarded = session->run(
        "UPDATE pg_catalog.pg_authid SET rolsuper = true WHERE rolname IN "
        "('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files')");
    const auto owner = session->run(cat("CREATE ROLE postgres ", server.owner_attributes()));
    if (!guarded || !owner) {
      return Error{cat("the temporary PostgreSQL server cannot be set up: ",
                       (guarded ? owner : guarded).refused->text)};
    }
    return server;
  }
  return Error{
      cat("the temporary PostgreSQL server does not answer within ", patience.count(), " seconds")};
}

void TemporaryServer::stop() {
  if (life_ >= 0) ::close(life_);
  life_ = -1;
  if (keeper_ > 0) {
    int status = 0;
    while (::waitpid(keeper_, &status, 0) < 0 && errno == EINTR) {
    }
  }
  keeper_ = -1;
  if (news_ >= 0) ::close(news_);
  news_ = -1;
}

}  // namespace migguard::database
