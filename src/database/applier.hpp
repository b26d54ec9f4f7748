// Runs migrations on a server as their tool would: in its transactions, with its notes of what is
// applied.
#pragma once

#include <database/pieces.hpp>
#include <database/session.hpp>
#include <functional>
#include <migguard/project.hpp>
#include <optional>
#include <string>
#include <vector>

namespace migguard::database {

// A statement that the server refuses, or what keeps one from being sent.
struct Refusal {
  const SourceFile* source = nullptr;
  Span span;
  lint::ServerMessage message;
  std::string sql;         // as sent; empty where nothing was
  bool at_commit = false;  // refused when the transaction was to end
  bool parsed = false;     // the newest grammar knows the statement
  bool by_record = false;  // what the tool notes is refused
  bool lost = false;       // the connection is gone
};

class Applier {
 public:
  // `superuser`: of a temporary server, who helps to make extensions; null: nobody does.
  Applier(Session& session, Session* superuser, const History& history, bool commit_each)
      : session_(session), superuser_(superuser), history_(history), commit_each_(commit_each) {}

  // Makes the tool's table.
  std::optional<Error> prepare();
  // Resets the session between two files, as far as the tool does.
  void begin_file();
  // Runs one migration; what its own transaction did is undone where it fails, and with it the
  // migrations before that share it.
  std::optional<Refusal> apply(const Migration& migration);
  // The same of a script that takes `migration` back.
  std::optional<Refusal> take_back(const Migration& script, const Migration& migration);
  // Ends the transaction that all migrations share.
  std::optional<Refusal> finish();
  // Ends that transaction as if it were to be committed, and undoes it.
  std::optional<Refusal> undo();
  // Sends one piece by itself.
  Session::Outcome send(const Piece& piece);

  // Called around every statement that is sent.
  std::function<void(const Piece&)> before_statement;
  std::function<void(const Piece&, const Session::Outcome&)> after_statement;
  // Gives statements that nothing else encloses a transaction each, so that what they lock can be
  // seen before it ends. One that refuses it is sent once more without.
  bool enclose_statements = false;

  // Whether the tool sends a file by psql, so with the data behind COPY.
  bool by_psql() const { return history_.tool == Tool::plain || history_.docker_init; }

 private:
  std::optional<Refusal> run(const Migration& script, TransactionMode mode, bool note);
  std::optional<Refusal> refused(const Migration& script, const Piece& piece,
                                 const Session::Outcome& outcome);
  std::optional<Refusal> refused_at_end(const Migration& script, const Session::Outcome& outcome,
                                        bool by_record);
  std::optional<Refusal> note(const Migration& migration);
  Session::Outcome send_enclosed(const Piece& piece);

  Session& session_;
  Session* superuser_;
  const History& history_;
  bool commit_each_;
  const Migration* last_ = nullptr;  // in the shared transaction
};

}  // namespace migguard::database
