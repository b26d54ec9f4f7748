#include <git/process.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>

#ifndef _WIN32
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
extern char** environ;  // NOLINT: POSIX declares it nowhere
#endif

namespace migguard::git {

#ifdef _WIN32

std::string find_program(const std::string&) { return {}; }
Result<Output> run(const std::vector<std::string>&, const std::vector<std::string>&,
                   const std::string&, std::chrono::milliseconds) {
  return Error{"programs cannot be started on Windows yet"};
}

#else

namespace {

class Pipe {
 public:
  Pipe() {
    if (::pipe(ends_.data()) != 0) ends_ = {-1, -1};
    for (const int end : ends_) {
      if (end >= 0) ::fcntl(end, F_SETFD, FD_CLOEXEC);
    }
  }
  ~Pipe() {
    close(0);
    close(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  int operator[](std::size_t end) const { return ends_[end]; }
  void close(std::size_t end) {
    if (ends_[end] >= 0) ::close(ends_[end]);
    ends_[end] = -1;
  }

 private:
  std::array<int, 2> ends_{-1, -1};
};

// Our environment with changes: `NAME=value` sets, `NAME` takes out.
std::vector<std::string> changed_environment(const std::vector<std::string>& changes) {
  std::vector<std::string> variables;
  const auto name_of = [](std::string_view text) { return text.substr(0, text.find('=')); };
  for (char** each = environ; *each; ++each) {
    const std::string_view variable = *each;
    if (std::none_of(changes.begin(), changes.end(), [&](const std::string& change) {
          return name_of(change) == name_of(variable);
        })) {
      variables.emplace_back(variable);
    }
  }
  for (const std::string& change : changes) {
    if (change.find('=') != std::string::npos) variables.push_back(change);
  }
  return variables;
}

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> all;
  all.reserve(texts.size() + 1);
  for (const std::string& each : texts) all.push_back(const_cast<char*>(each.c_str()));
  all.push_back(nullptr);
  return all;
}

// Appends what can be read. False at the end.
bool drain(int descriptor, std::string& text) {
  std::array<char, 1 << 16> buffer;
  const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
  if (count > 0) text.append(buffer.data(), static_cast<std::size_t>(count));
  return count > 0 || (count < 0 && (errno == EINTR || errno == EAGAIN));
}

// Feeds and reads all three pipes at once, so that neither side waits for the other for ever.
// False: the time is over.
bool exchange(Pipe& in, Pipe& out, Pipe& err, const std::string& input,
              std::chrono::milliseconds limit, Output& output) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + limit;
  std::size_t written = 0;
  ::fcntl(in[1], F_SETFL, O_NONBLOCK);
  if (input.empty()) in.close(1);
  while (in[1] >= 0 || out[0] >= 0 || err[0] >= 0) {
    std::array<pollfd, 3> watched{{{in[1], POLLOUT, 0}, {out[0], POLLIN, 0}, {err[0], POLLIN, 0}}};
    int wait = -1;
    if (limit.count() > 0) {
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
      if (left <= 0) return false;
      wait = static_cast<int>(left) + 1;
    }
    if (::poll(watched.data(), watched.size(), wait) < 0 && errno != EINTR) return true;
    if (watched[0].revents != 0) {
      const ssize_t count = ::write(in[1], input.data() + written, input.size() - written);
      if (count > 0) written += static_cast<std::size_t>(count);
      const bool failed = count < 0 && errno != EINTR && errno != EAGAIN;
      if (failed || written == input.size()) in.close(1);
    }
    if (watched[1].revents != 0 && !drain(out[0], output.out)) out.close(0);
    if (watched[2].revents != 0 && !drain(err[0], output.err)) err.close(0);
  }
  return true;
}

}  // namespace

std::string find_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  for (const std::string_view folder : split(path ? path : "/usr/local/bin:/usr/bin:/bin", ':')) {
    if (!folder.starts_with('/')) continue;
    std::string file = cat(folder, "/", name);
    if (::access(file.c_str(), X_OK) == 0) return file;
  }
  return {};
}

Result<Output> run(const std::vector<std::string>& arguments,
                   const std::vector<std::string>& environment, const std::string& input,
                   std::chrono::milliseconds limit) {
  Pipe in, out, err;
  if (in[0] < 0 || out[0] < 0 || err[0] < 0) return Error{"no pipe could be made"};
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, in[0], 0);
  ::posix_spawn_file_actions_adddup2(&actions, out[1], 1);
  ::posix_spawn_file_actions_adddup2(&actions, err[1], 2);
  // We ignore SIGPIPE, and a program inherits that.
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t defaults;
  ::sigemptyset(&defaults);
  ::sigaddset(&defaults, SIGPIPE);
  ::posix_spawnattr_setsigdefault(&attributes, &defaults);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  const auto variables = changed_environment(environment);
  pid_t child = -1;
  const int failed = ::posix_spawn(&child, arguments.front().c_str(), &actions, &attributes,
                                   pointers(arguments).data(), pointers(variables).data());
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  if (failed != 0) return Error{cat("`", arguments.front(), "` cannot be started")};
  in.close(0);
  out.close(1);
  err.close(1);

  Output output;
  if (!exchange(in, out, err, input, limit, output)) {
    output.timed_out = true;
    ::kill(child, SIGKILL);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  output.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return output;
}

#endif

}  // namespace migguard::git
