#include <libpq-fe.h>

#include <database/session.hpp>
#include <util/text.hpp>

#include <chrono>
#include <vector>

namespace migguard::database {
namespace {

struct Clear {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Answer = std::unique_ptr<PGresult, Clear>;

// The byte offset of a character, both from 0.
std::size_t byte_offset(std::string_view text, std::size_t characters) {
  std::size_t at = 0;
  while (at < text.size() && characters > 0) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) ++at;
    --characters;
  }
  return at;
}

lint::ServerMessage message_of(const PGresult* result, std::string_view sql) {
  const auto field = [&](int code) {
    const char* value = PQresultErrorField(result, code);
    return std::string(value ? value : "");
  };
  lint::ServerMessage message;
  message.sqlstate = field(PG_DIAG_SQLSTATE);
  message.text = field(PG_DIAG_MESSAGE_PRIMARY);
  message.detail = field(PG_DIAG_MESSAGE_DETAIL);
  message.hint = field(PG_DIAG_MESSAGE_HINT);
  message.context = field(PG_DIAG_CONTEXT);
  if (message.text.empty()) message.text = trim(PQresultErrorMessage(result));
  const std::string position = field(PG_DIAG_STATEMENT_POSITION);
  if (!position.empty()) {
    const unsigned long character = std::strtoul(position.c_str(), nullptr, 10);
    message.placed = character > 0;
    if (message.placed) message.offset = byte_offset(sql, character - 1);
  }
  return message;
}

void keep_quiet(void*, const PGresult*) {}

bool is_copy(ExecStatusType status) {
  return status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH;
}

// Ends a COPY that a statement has begun: with the data, or refused where there is none. Rows that
// the server sends are let go.
void finish_copy(pg_conn* connection, ExecStatusType status, const std::string* data) {
  if (status == PGRES_COPY_OUT) {
    char* row = nullptr;
    while (PQgetCopyData(connection, &row, 0) > 0) PQfreemem(row);
    return;
  }
  const bool sent =
      data && PQputCopyData(connection, data->data(), static_cast<int>(data->size())) > 0;
  PQputCopyEnd(connection, sent ? nullptr : "no data is sent");
}

}  // namespace

void Session::Close::operator()(pg_conn* connection) const { PQfinish(connection); }

Result<Session> Session::open(const Address& address) {
  std::vector<const char*> names, values;
  for (const auto& [name, value] : address.parameters) {
    names.push_back(name.c_str());
    values.push_back(value.c_str());
  }
  for (const auto& [name, value] :
       {std::pair("application_name", "migguard"), std::pair("client_encoding", "UTF8"),
        std::pair<const char*, const char*>(nullptr, nullptr)}) {
    names.push_back(name);
    values.push_back(value);
  }
  std::unique_ptr<pg_conn, Close> opened(PQconnectdbParams(names.data(), values.data(), 0));
  if (!opened) return Error{"there is no memory for a connection"};
  if (PQstatus(opened.get()) != CONNECTION_OK) {
    return Error{cat("cannot connect to ", address.shown(), ": ",
                     trim(without_password(PQerrorMessage(opened.get()), address)))};
  }
  PQsetNoticeReceiver(opened.get(), &keep_quiet, nullptr);
  return Session(std::move(opened), address);
}

Session::Outcome Session::run(const std::string& sql, const std::string* data) {
  const auto begun = std::chrono::steady_clock::now();
  Outcome outcome;
  if (PQsendQuery(connection_.get(), sql.c_str()) == 1) {
    // All results must be taken, else the next query cannot be sent. After an error the server
    // passes the rest of a simple query by.
    while (true) {
      const Answer answer(PQgetResult(connection_.get()));
      if (!answer) break;
      const ExecStatusType status = PQresultStatus(answer.get());
      if (is_copy(status)) {
        finish_copy(connection_.get(), status, data);
        if (PQstatus(connection_.get()) != CONNECTION_OK) break;
      } else if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK &&
                 status != PGRES_EMPTY_QUERY && !outcome.refused) {
        outcome.refused = message_of(answer.get(), sql);
      } else if (status == PGRES_COMMAND_OK) {
        outcome.rows += std::strtoll(PQcmdTuples(answer.get()), nullptr, 10);
      }
    }
  } else {
    outcome.refused.emplace().text = trim(PQerrorMessage(connection_.get()));
  }
  outcome.milliseconds =
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begun).count();
  if (PQstatus(connection_.get()) != CONNECTION_OK) {
    outcome.lost = true;
    if (!outcome.refused) {
      outcome.refused.emplace().text =
          trim(without_password(PQerrorMessage(connection_.get()), address_));
    }
  }
  return outcome;
}

Result<Rows> Session::query(const std::string& sql, const std::vector<std::string>& parameters) {
  std::vector<const char*> values;
  values.reserve(parameters.size());
  for (const std::string& each : parameters) values.push_back(each.c_str());
  const Answer answer(PQexecParams(connection_.get(), sql.c_str(), static_cast<int>(values.size()),
                                   nullptr, values.data(), nullptr, nullptr, 0));
  const ExecStatusType status = PQresultStatus(answer.get());
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
    return Error{cat("a query of migguard's own failed in ", address_.shown(), ": ",
                     trim(without_password(PQerrorMessage(connection_.get()), address_)))};
  }
  return rows_of(*answer);
}

int Session::process() const { return PQbackendPID(connection_.get()); }

bool Session::in_transaction() const {
  const PGTransactionStatusType status = PQtransactionStatus(connection_.get());
  return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

bool Session::failed_transaction() const {
  return PQtransactionStatus(connection_.get()) == PQTRANS_INERROR;
}

int Session::server_version() const { return PQserverVersion(connection_.get()) / 10000; }

std::string Session::server_version_text() const {
  const char* version = PQparameterStatus(connection_.get(), "server_version");
  const std::string text = version ? version : std::to_string(server_version());
  return text.substr(0, text.find(' '));
}

std::string Session::literal(std::string_view text) const {
  char* quoted = PQescapeLiteral(connection_.get(), text.data(), text.size());
  std::string out = quoted ? quoted : "''";
  PQfreemem(quoted);
  return out;
}

}  // namespace migguard::database
