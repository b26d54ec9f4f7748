#include <libpq-fe.h>

#include <database/connection.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>

#ifndef _WIN32
#include <poll.h>
#endif

namespace migguard::database {
namespace {

struct Clear {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Answer = std::unique_ptr<PGresult, Clear>;

constexpr int oldest_version = 12;

// The first line of libpq's message without its severity; what follows repeats or hints.
std::string first_line(std::string_view message) {
  std::string_view line = trim(message.substr(0, message.find('\n')));
  for (const std::string_view severity : {"FATAL:  ", "ERROR:  "}) {
    const std::size_t at = line.find(severity);
    if (at != std::string_view::npos) line.remove_prefix(at + severity.size());
  }
  return std::string(line);
}

// What a failure to connect means, in words; libpq's own stand behind.
std::string reason_of(std::string_view message, const Address& address, int timeout) {
  const auto says = [&](std::string_view text) {
    return message.find(text) != std::string_view::npos;
  };
  const std::string place = address.place();
  if (says("Connection refused") || says("No such file or directory"))
    return cat("no server listens at ", place);
  if (says("could not translate host name"))
    return cat("the host ", address.value("host"), " is not known");
  if (says("password authentication failed"))
    return cat("the server at ", place, " refuses the password of ", address.value("user"));
  if (says("no password supplied"))
    return cat("the server at ", place,
               " asks for a password, and none is given: put it into PGPASSWORD or ~/.pgpass");
  if (says("invalid response to SSL negotiation") || says("expected authentication request"))
    return cat("what answers at ", place, " is no PostgreSQL server");
  if (says("timeout expired"))
    return cat("nothing answers at ", place, " within ", timeout,
               timeout == 1 ? " second" : " seconds");
  if (says("server closed the connection unexpectedly"))
    return cat("what answers at ", place,
               " closes the connection at once: it is no PostgreSQL server, or one that is being "
               "stopped");
  return cat("cannot connect to ", address.shown());
}

int timeout_of(const Address& address, const Limits& limits) {
  const std::string asked = address.value("connect_timeout");
  int seconds = limits.connect_seconds;
  std::from_chars(asked.data(), asked.data() + asked.size(), seconds);
  return seconds;
}

void keep_quiet(void*, const PGresult*) {}

// A server ends a query by itself where its limit is reached; this much later it is taken for dead.
constexpr int patience_seconds = 10;

// Waits until the answer is there or the connection is lost. False where the server stays silent
// for longer than its own limit for a query: then it, or the way to it, is dead.
bool wait_for_answer([[maybe_unused]] PGconn* connection, [[maybe_unused]] int limit) {
#ifndef _WIN32
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::seconds(limit + patience_seconds);
  while (PQisBusy(connection)) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
    if (left.count() <= 0) return false;
    pollfd wanted{PQsocket(connection), POLLIN, 0};
    if (::poll(&wanted, 1, static_cast<int>(left.count())) > 0 && !PQconsumeInput(connection))
      return true;
  }
#endif
  return true;
}

// The last of the answers to what was sent, as PQexec gives it; none where the server is silent.
std::optional<Answer> last_answer(PGconn* connection, int limit) {
  Answer last;
  while (wait_for_answer(connection, limit)) {
    Answer next(PQgetResult(connection));
    if (!next) return last;
    last = std::move(next);
  }
  return std::nullopt;
}

}  // namespace

const std::string& Rows::text(std::size_t row, std::size_t column) const {
  static const std::string none;
  const auto& value = rows[row][column];
  return value ? *value : none;
}

std::int64_t Rows::number(std::size_t row, std::size_t column) const {
  const std::string& digits = text(row, column);
  std::int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

Rows rows_of(const pg_result& answer) {
  Rows out;
  const int columns = PQnfields(&answer);
  for (int column = 0; column < columns; ++column)
    out.columns.emplace_back(PQfname(&answer, column));
  const int rows = PQntuples(&answer);
  out.rows.reserve(static_cast<std::size_t>(rows));
  for (int row = 0; row < rows; ++row) {
    auto& values_of_row = out.rows.emplace_back(static_cast<std::size_t>(columns));
    for (int column = 0; column < columns; ++column) {
      if (PQgetisnull(&answer, row, column)) continue;
      values_of_row[static_cast<std::size_t>(column)].emplace(
          PQgetvalue(&answer, row, column),
          static_cast<std::size_t>(PQgetlength(&answer, row, column)));
    }
  }
  return out;
}

void Connection::Close::operator()(pg_conn* connection) const { PQfinish(connection); }

Connection::Connection(std::unique_ptr<pg_conn, Close> connection, Address address)
    : connection_(std::move(connection)), address_(std::move(address)) {
  version_ = PQserverVersion(connection_.get()) / 10000;
  const char* version = PQparameterStatus(connection_.get(), "server_version");
  version_text_ = version ? version : std::to_string(version_);
  version_text_ = version_text_.substr(0, version_text_.find(' '));
}

Result<Connection> Connection::open(const Address& address, const Limits& limits) {
  const int timeout = timeout_of(address, limits);
  const std::string timeout_text = std::to_string(timeout);
  std::vector<const char*> names, values;
  const auto give = [&](const char* name, const char* value) {
    names.push_back(name);
    values.push_back(value);
  };
  give("connect_timeout", timeout_text.c_str());
  give("application_name", "migguard");
  // A way that dies in silence is noticed within a minute, not within the system's two hours.
  give("keepalives_idle", "30");
  give("keepalives_interval", "10");
  give("keepalives_count", "3");
  for (const auto& [name, value] : address.parameters) {
    if (name != "connect_timeout") give(name.c_str(), value.c_str());
  }
  give("client_encoding", "UTF8");
  names.push_back(nullptr);
  values.push_back(nullptr);
  std::unique_ptr<pg_conn, Close> opened(PQconnectdbParams(names.data(), values.data(), 0));
  if (!opened) return Error{"there is no memory for a connection"};
  if (PQstatus(opened.get()) != CONNECTION_OK) {
    const std::string message = without_password(PQerrorMessage(opened.get()), address);
    std::string detail = message;
    // `connection to server at "..." failed: reason`
    const std::size_t failed = detail.find(" failed: ");
    if (failed != std::string::npos) detail.erase(0, failed + 9);
    return Error{cat(reason_of(message, address, timeout), " (", first_line(detail), ")")};
  }

  // Else libpq prints what the server remarks, among migguard's own words.
  PQsetNoticeReceiver(opened.get(), &keep_quiet, nullptr);
  Connection connection(std::move(opened), address);
  connection.statement_seconds_ = limits.statement_seconds;
  // Poolers and forks that speak the protocol may answer with another server_version, or none.
  if (connection.version_ < oldest_version) {
    return Error{cat(address.shown(), " is PostgreSQL ", connection.version_text_,
                     "; migguard reads ", oldest_version, " and newer")};
  }
  // All in one message, so that no query ever runs outside. SET LOCAL ends with the transaction,
  // which matters where a pooler hands the server on.
  std::string begin =
      cat("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ", "SET LOCAL statement_timeout = '",
          limits.statement_seconds, "s'; ", "SET LOCAL lock_timeout = '", limits.lock_seconds,
          "s'; ", "SET LOCAL idle_in_transaction_session_timeout = '600s'; ",
          "SET LOCAL search_path = pg_catalog; SET LOCAL bytea_output = 'hex'");
  // So that a query stops when its client is killed.
  if (connection.version_ >= 14) begin += "; SET LOCAL client_connection_check_interval = '1s'";
  PGconn* const server = connection.connection_.get();
  if (PQsendQuery(server, begin.c_str()) != 1) return connection.failure("cannot begin to read");
  const auto begun = last_answer(server, limits.statement_seconds);
  if (!begun) return connection.silence();
  if (PQresultStatus(begun->get()) != PGRES_COMMAND_OK)
    return connection.failure("cannot begin to read");
  return connection;
}

Error Connection::silence() const { return {cat(shown(), " answers no more")}; }

Error Connection::failure(std::string_view what) const {
  const std::string message = without_password(PQerrorMessage(connection_.get()), address_);
  if (PQstatus(connection_.get()) != CONNECTION_OK)
    return {cat("the connection to ", shown(), " was lost: ", first_line(message))};
  return {cat(what, " in ", shown(), ": ", first_line(message))};
}

Result<Rows> Connection::query(const std::string& sql, const std::vector<std::string>& parameters) {
  std::vector<const char*> values;
  values.reserve(parameters.size());
  for (const std::string& each : parameters) values.push_back(each.c_str());
  if (PQsendQueryParams(connection_.get(), sql.c_str(), static_cast<int>(values.size()), nullptr,
                        values.data(), nullptr, nullptr, 0) != 1)
    return failure("a query failed");
  const auto given = last_answer(connection_.get(), statement_seconds_);
  if (!given) return silence();
  const Answer& answer = *given;
  if (PQresultStatus(answer.get()) != PGRES_TUPLES_OK) {
    const char* state = PQresultErrorField(answer.get(), PG_DIAG_SQLSTATE);
    const std::string_view code = state ? state : "";
    if (code == "57014") return failure("a query took too long and was given up");
    if (code == "55P03")
      return failure("a table is locked by somebody else, and waiting was given up");
    return failure("a query failed");
  }
  return rows_of(*answer);
}

std::optional<Error> Connection::copy(const std::string& sql,
                                      const std::function<bool(std::string_view)>& take) {
  {
    const Answer begun(PQexec(connection_.get(), sql.c_str()));
    if (PQresultStatus(begun.get()) != PGRES_COPY_OUT) return failure("a table cannot be read");
  }
  while (true) {
    char* buffer = nullptr;
    const int length = PQgetCopyData(connection_.get(), &buffer, 0);
    if (length > 0) {
      const bool more = take({buffer, static_cast<std::size_t>(length)});
      PQfreemem(buffer);
      if (more) continue;
      // Closing alone would leave the server reading until its next write fails.
      char complaint[256];
      if (PGcancel* cancel = PQgetCancel(connection_.get())) {
        PQcancel(cancel, complaint, sizeof complaint);
        PQfreeCancel(cancel);
      }
      connection_.reset();
      return std::nullopt;
    }
    if (length == -2) return failure("reading a table failed");
    break;
  }
  while (const Answer last = Answer(PQgetResult(connection_.get()))) {
    if (PQresultStatus(last.get()) != PGRES_COMMAND_OK) return failure("reading a table failed");
  }
  return std::nullopt;
}

std::string Connection::literal(std::string_view text) const {
  char* quoted = PQescapeLiteral(connection_.get(), text.data(), text.size());
  std::string out = quoted ? quoted : "''";
  PQfreemem(quoted);
  return out;
}

}  // namespace migguard::database
