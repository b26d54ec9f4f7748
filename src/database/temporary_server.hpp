// A PostgreSQL server of our own for one run: made in a temporary folder, reached by a socket in
// there alone, run as an ordinary user, and gone afterwards whatever happens to us.
#pragma once

#include <database/address.hpp>
#include <string>
#include <string_view>
#include <util/result.hpp>

namespace migguard::database {

// The folder that holds `initdb` and `postgres`: `asked` where it is given, else by PATH, by
// `pg_config --bindir`, or where packages of common systems put them; there the major version
// `wanted` is preferred (0: the newest). Errors: none is found, or `asked` lacks a program.
Result<std::string> find_server_programs(const std::string& asked, int wanted = 0);

// Two roles can log in. `postgres` owns the databases; it may make roles and databases, but is no
// superuser, so that no SQL can start programs or read files of this machine. `migguard` is the
// superuser, for ourselves.
//
// A process of its own keeps the server. It ends it and removes the folder when its pipe to us
// closes, and so also after SIGKILL. Nothing is synced to disk.
class TemporaryServer {
 public:
  // Returns when the server answers. `programs` as find_server_programs gives it. Errors: where it
  // cannot be made, with what the server says.
  static Result<TemporaryServer> start(const std::string& programs);

  TemporaryServer(TemporaryServer&& other) noexcept { *this = std::move(other); }
  TemporaryServer& operator=(TemporaryServer&& other) noexcept;
  ~TemporaryServer() { stop(); }

  // Returns when server and folder are gone.
  void stop();

  // How the owner of the databases, respectively the superuser, connects to one.
  Address owner(std::string_view database) const { return address("postgres", database); }
  Address superuser(std::string_view database) const { return address("migguard", database); }
  // What makes the role `postgres` what it is, for CREATE ROLE and ALTER ROLE.
  std::string owner_attributes() const;
  const std::string& folder() const { return folder_; }

 private:
  TemporaryServer() = default;
  Address address(std::string_view role, std::string_view database) const;

  int life_ = -1;  // our end of the pipe to the keeper
  int news_ = -1;  // what the keeper has to say
  int keeper_ = -1;
  std::string folder_;
  std::string password_;  // of both roles
};

}  // namespace migguard::database
