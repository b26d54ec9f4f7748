#include <database/server_keeper.hpp>
#include <migguard/text.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

namespace migguard::database {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

// How long postgres may take to stop before it is killed. It waits five seconds itself before it
// kills its own children (SIGKILL_CHILDREN_AFTER_SECS in postmaster.c).
constexpr std::chrono::seconds patience{8};

class Keeper {
 public:
  explicit Keeper(const KeeperOrders& orders) : orders_(orders) {}

  // Whether everything went as ordered, until the end.
  bool keep() {
    if (over() || !make_folder()) return false;
    if (!initialize()) return false;
    return serve();
  }

  void clean_up() {
    if (child_ > 0) end_child();
    std::error_code error;
    // A backend that dies late may still write: once more, then.
    for (int attempt = 0; !folder_.empty() && attempt < 50; ++attempt) {
      fs::remove_all(folder_, error);
      if (!fs::exists(folder_, error)) break;
      ::usleep(20'000);
    }
  }

 private:
  // Whether the process we work for is gone, or has had enough.
  bool over(int milliseconds = 0) const {
    pollfd watched{orders_.life, POLLIN, 0};
    return ::poll(&watched, 1, milliseconds) > 0;
  }

  void say(std::string_view text) const {
    [[maybe_unused]] const ssize_t written = ::write(orders_.news, text.data(), text.size());
  }
  bool fail(std::string_view why) const {
    say(cat("!", why, "\n"));
    return false;
  }

  bool make_folder() {
    std::string name = cat(orders_.place, "/migguard-verify-XXXXXX");
    if (!::mkdtemp(name.data()))
      return fail(cat("no folder can be made in ", orders_.place, ": ",
                      std::generic_category().message(errno)));
    folder_ = name;
    if (orders_.user != 0 && ::chown(name.c_str(), orders_.user, orders_.group) != 0)
      return fail(
          cat(name, " cannot be given to another user: ", std::generic_category().message(errno)));
    say(cat(name, "\n"));
    return true;
  }

  std::string log() const {
    std::ifstream in(cat(folder_, "/log"), std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    std::string out = text.str();
    constexpr std::size_t most = 1500;
    if (out.size() > most) out.erase(0, out.size() - most);
    return out;
  }

  bool initialize() {
    const std::string password_file = cat(folder_, "/password");
    const int file = ::open(password_file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    const std::string line = cat(orders_.password, "\n");
    const bool written =
        file >= 0 && ::write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size());
    if (file >= 0 && orders_.user != 0 && ::fchown(file, orders_.user, orders_.group) != 0)
      return fail("initdb cannot be given a password");
    if (file >= 0) ::close(file);
    if (!written) return fail(cat(password_file, ": ", std::generic_category().message(errno)));
    start({cat(orders_.programs, "/initdb"), "--pgdata", cat(folder_, "/data"), "--username",
           "migguard", "--auth", "scram-sha-256", "--pwfile", password_file, "--encoding", "UTF8",
           "--locale", "C", "--no-sync", "--no-instructions"});
    if (child_ <= 0) return false;
    while (!child_ended(0)) {
      if (over(5)) return false;
    }
    ::unlink(password_file.c_str());
    return status_ == 0 || fail(cat("initdb fails: ", log()));
  }

  bool serve() {
    std::vector<std::string> command{cat(orders_.programs, "/postgres"), "-D",
                                     cat(folder_, "/data")};
    const std::string sockets = cat("unix_socket_directories=", folder_);
    for (const std::string_view setting :
         {std::string_view(sockets), std::string_view("listen_addresses="),
          std::string_view("port=5432"), std::string_view("fsync=off"),
          std::string_view("full_page_writes=off"), std::string_view("synchronous_commit=off"),
          std::string_view("wal_level=logical"), std::string_view("autovacuum=off"),
          std::string_view("max_connections=30"),
          // What a server leaves in /dev/shm when it is killed outlives its folder.
          std::string_view("dynamic_shared_memory_type=mmap"), std::string_view("timezone=UTC"),
          std::string_view("log_timezone=UTC"), std::string_view("log_min_messages=fatal"),
          std::string_view("log_min_error_statement=panic"),
          std::string_view("max_prepared_transactions=4"),
          std::string_view("max_locks_per_transaction=1024")}) {
      command.emplace_back("-c");
      command.emplace_back(setting);
    }
    start(command);
    if (child_ <= 0) return false;
    say("runs\n");
    while (!over(50)) {
      if (child_ended(0)) return fail(cat("postgres has ended: ", log()));
    }
    return true;
  }

  bool child_ended(int milliseconds) {
    const auto end = Clock::now() + std::chrono::milliseconds(milliseconds);
    while (true) {
      int status = 0;
      const pid_t ended = ::waitpid(child_, &status, WNOHANG);
      if (ended == child_ || (ended < 0 && errno == ECHILD)) {
        status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        child_ = -1;
        return true;
      }
      if (Clock::now() >= end) return false;
      ::usleep(2'000);
    }
  }

  void end_child() {
    // Immediate shutdown: nobody will want the data, and the server ends its children. initdb's
    // are in the group.
    ::kill(child_, SIGQUIT);
    const pid_t group = child_;
    if (!child_ended(static_cast<int>(std::chrono::milliseconds(patience).count()))) {
      ::kill(group, SIGKILL);
      child_ended(1'000);
    }
    ::kill(-group, SIGKILL);
  }

  void start(const std::vector<std::string>& command) {
    const std::string log_file = cat(folder_, "/log");
    std::vector<std::string> variables{"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C", "TZ=UTC",
                                       cat("HOME=", folder_)};
    // A server that was built by hand may need its libraries.
    for (const char* name : {"LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"}) {
      if (const char* value = std::getenv(name)) variables.push_back(cat(name, "=", value));
    }
    std::vector<char*> arguments, environment;
    for (const std::string& each : command) arguments.push_back(const_cast<char*>(each.c_str()));
    for (const std::string& each : variables)
      environment.push_back(const_cast<char*>(each.c_str()));
    arguments.push_back(nullptr);
    environment.push_back(nullptr);
    const pid_t keeper = ::getpid();
    child_ = ::fork();
    if (child_ < 0)
      fail(cat("no process can be started: ", std::generic_category().message(errno)));
    if (child_ != 0) return;

    // From here to execve only what may be called between fork and exec, and no memory is asked
    // for.
    ::setpgid(0, 0);
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) ::signal(number, SIG_DFL);
    if (orders_.user != 0 && (::setgroups(0, nullptr) != 0 || ::setgid(orders_.group) != 0 ||
                              ::setuid(orders_.user) != 0)) {
      ::_exit(126);
    }
    const int log = ::open(log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(log, 1);
    ::dup2(log, 2);
#ifdef __linux__
    // Should the keeper be killed. Changing the user has reset it, so it comes last.
    ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
    if (::getppid() != keeper) ::_exit(126);
#else
    static_cast<void>(keeper);
#endif
    ::execve(arguments.front(), arguments.data(), environment.data());
    constexpr std::string_view complaint = "the program cannot be started\n";
    [[maybe_unused]] const ssize_t written = ::write(2, complaint.data(), complaint.size());
    ::_exit(127);
  }

  const KeeperOrders& orders_;
  std::string folder_;
  pid_t child_ = -1;
  int status_ = 0;
};

}  // namespace

void keep_server(const KeeperOrders& orders) {
  // A session of its own: what ends a terminal or a group of processes does not end the keeper.
  ::setsid();
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGTTOU, SIGTTIN})
    ::signal(number, SIG_IGN);
  ::umask(077);
  // Whoever reads our standard output must not wait for the keeper.
  const int nothing = ::open("/dev/null", O_RDWR);
  for (const int descriptor : {0, 1, 2}) ::dup2(nothing, descriptor);
  const int most = static_cast<int>(::sysconf(_SC_OPEN_MAX));
  for (int descriptor = 3; descriptor < std::min(most, 4096); ++descriptor) {
    if (descriptor != orders.life && descriptor != orders.news) ::close(descriptor);
  }
  if (::chdir("/") != 0) ::_exit(1);
  Keeper keeper(orders);
  const bool kept = keeper.keep();
  keeper.clean_up();
  ::_exit(kept ? 0 : 1);
}

}  // namespace migguard::database
