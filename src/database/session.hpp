// A connection that runs what it is told, statement by statement, and says what became of it.
#pragma once

#include <database/connection.hpp>
#include <lint/verification.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <util/result.hpp>

namespace migguard::database {

class Session {
 public:
  static Result<Session> open(const Address& address);

  // What became of SQL that was sent as one simple query.
  struct Outcome {
    std::optional<lint::ServerMessage> refused;
    double milliseconds = 0;
    std::int64_t rows = 0;  // that INSERT, UPDATE, DELETE, MERGE or COPY say they have touched
    bool lost = false;      // the connection is gone; `refused` says why
    explicit operator bool() const { return !refused; }
  };
  // `data`: what follows a COPY ... FROM STDIN; without it such a COPY is refused, as by a client
  // that sends none.
  Outcome run(const std::string& sql, const std::string* data = nullptr);
  // One statement with parameters as text, for our own questions.
  Result<Rows> query(const std::string& sql, const std::vector<std::string>& parameters = {});

  int process() const;          // of the server, that pg_locks names
  bool in_transaction() const;  // a failed one, too
  bool failed_transaction() const;
  int server_version() const;               // major
  std::string server_version_text() const;  // `15.18`
  std::string literal(std::string_view text) const;

 private:
  struct Close {
    void operator()(pg_conn* connection) const;
  };
  Session(std::unique_ptr<pg_conn, Close> connection, Address address)
      : connection_(std::move(connection)), address_(std::move(address)) {}

  std::unique_ptr<pg_conn, Close> connection_;
  Address address_;
};

}  // namespace migguard::database
