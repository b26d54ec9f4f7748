// The process that keeps a temporary server: it makes the folder, runs initdb and postgres as an
// ordinary user, and removes everything when the process it works for is gone.
#pragma once

#include <sys/types.h>
#include <string>

namespace migguard::database {

struct KeeperOrders {
  std::string programs;  // the folder of `initdb` and `postgres`
  std::string place;     // where the folder is made
  std::string password;  // of the superuser `migguard`
  uid_t user = 0;        // who runs the server; 0: who we are
  gid_t group = 0;
  int life = -1;  // closed at its other end when all is over
  int news = -1;  // where to say the folder, `runs`, or behind `!` what went wrong; a line each
};

// To be called in a process just forked. Never returns.
[[noreturn]] void keep_server(const KeeperOrders& orders);

}  // namespace migguard::database
