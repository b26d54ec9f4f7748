// A connection that can only read: every query runs in one read-only transaction with time limits,
// and nothing is left behind when it ends, however it ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <database/address.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <util/result.hpp>
#include <vector>

struct pg_conn;
struct pg_result;

namespace migguard::database {

// Text as PostgreSQL prints it; none: NULL.
struct Rows {
  std::vector<std::string> columns;
  std::vector<std::vector<std::optional<std::string>>> rows;

  // A value as text, NULL as an empty one.
  const std::string& text(std::size_t row, std::size_t column) const;
  bool is_true(std::size_t row, std::size_t column) const { return text(row, column) == "t"; }
  std::int64_t number(std::size_t row, std::size_t column) const;  // 0 where it is none
};

// Of an answer of libpq's that holds rows.
Rows rows_of(const pg_result& answer);

struct Limits {
  int statement_seconds = 30;
  int lock_seconds = 2;        // how long to wait behind somebody's ALTER TABLE
  int connect_seconds = 10;    // unless the address says otherwise
};

class Connection {
 public:
  // Connects and begins the transaction. Errors say what is wrong in a sentence: nothing listens,
  // the password is refused, what answers is no PostgreSQL, the server is older than 12.
  static Result<Connection> open(const Address& address, const Limits& limits = {});

  // One statement, with parameters as text. An error of the server's ends the transaction.
  Result<Rows> query(const std::string& sql, const std::vector<std::string>& parameters = {});
  // COPY (...) TO STDOUT, piece by piece; `take` says whether to go on, and where it does not, the
  // server is told to stop. The connection is good for nothing afterwards where it was stopped.
  std::optional<Error> copy(const std::string& sql,
                            const std::function<bool(std::string_view)>& take);
  // A name or a value as SQL takes it.
  std::string literal(std::string_view text) const;

  int server_version() const { return version_; }                           // major
  const std::string& server_version_text() const { return version_text_; }  // `15.18`
  const Address& address() const { return address_; }
  // `shop on db.example.org:5432`
  std::string shown() const { return address_.shown(); }

 private:
  struct Close {
    void operator()(pg_conn* connection) const;
  };
  Connection(std::unique_ptr<pg_conn, Close> connection, Address address);
  Error failure(std::string_view what) const;
  Error silence() const;

  std::unique_ptr<pg_conn, Close> connection_;
  Address address_;
  int version_ = 0;
  int statement_seconds_ = 0;
  std::string version_text_;
};

}  // namespace migguard::database
