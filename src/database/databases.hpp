// Where a verification takes empty databases from: a temporary server makes as many as are wanted;
// an address that the user gave is one.
#pragma once

#include <database/session.hpp>
#include <database/temporary_server.hpp>
#include <memory>
#include <optional>
#include <string>
#include <util/result.hpp>

namespace migguard::database {

// An empty database with two connections.
struct Opened {
  Session session;  // runs the SQL of the project
  // Of our own: looks on; the superuser of a temporary server. None where the server of an address
  // allows no second connection; then `no_watcher` says why.
  std::optional<Session> watcher;
  std::string no_watcher;
  Address as_owner;
  Address as_watcher;
  bool temporary = false;
  // Who helps to make extensions; null: nobody does.
  Session* superuser() { return temporary ? &*watcher : nullptr; }
};

class Databases {
 public:
  explicit Databases(TemporaryServer& server) : server_(&server) {}
  explicit Databases(Address address) : address_(std::move(address)) {}

  // An empty database. The one before is gone with all its connections, and so are the roles that
  // were made. Errors: the database given is not empty, or was used already.
  Result<Opened> fresh();
  bool several() const { return server_ != nullptr; }

 private:
  Result<Opened> fresh_temporary();
  Result<Opened> given();

  TemporaryServer* server_ = nullptr;
  std::optional<Address> address_;
  std::string last_;  // name of the database that is there
  int made_ = 0;
};

}  // namespace migguard::database
