// What a real server made of a history: asked for by `migguard verify`, found out by the room
// `database`, shown by the room `report`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <migguard/database.hpp>
#include <migguard/effects.hpp>
#include <migguard/project.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migguard::lint {

struct VerifySettings {
  std::string database_url;     // of an empty database; empty: a temporary server
  std::string server_programs;  // the folder of `initdb` and `postgres`; empty: looked for
  int pg_version = 0;           // preferred where several servers are installed; 0: the newest
  std::vector<const SourceFile*> data;  // SQL files with rows
  // The migration with which a run begins: those before it are applied beforehand. Empty: the
  // first.
  std::string from;
};

// What a server says when it refuses a statement (docs, "Error and Notice Message Fields").
struct ServerMessage {
  std::string sqlstate;
  std::string text;
  std::string detail;
  std::string hint;
  std::string context;
  std::size_t offset = 0;  // of the byte in the statement that it speaks of
  bool placed = false;     // whether it speaks of one
};

// The lock of a relation that was there before the statement: as taken, and as `migguard locks`
// says.
struct LockSeen {
  RelationName relation;
  std::optional<LockMode> taken;
  std::optional<LockMode> predicted;
  // Predicted for what did not happen this time: no row was touched, a foreign key was NULL, a
  // branch of a DO block was not taken or was undone.
  bool conditional = false;
};

struct VerifiedStatement {
  Span span;
  std::size_t index = 0;  // among the statements of its migration, from 1
  double milliseconds = 0;
  // Locks and rewrites were watched; otherwise `unwatched` says why not, in a few words.
  bool watched = false;
  std::string unwatched;
  std::vector<LockSeen> locks;
  std::vector<RelationName> rewritten;            // as seen
  std::vector<RelationName> rewritten_predicted;  // as `migguard locks` says
  bool known = true;  // false: the prediction is the worst case, as the files tell too little
  // In words, each one clause: where the server did something else than `migguard locks` says.
  std::vector<std::string> mistakes;
};

// applied: begun and ended well. undone: its transaction was rolled back with a later one's.
enum class Verdict : std::uint8_t { applied, failed, undone, not_reached };

// What a rollback script did: it brought back what was there before its migration, did not, or
// could not run. untried: there is a script, and it was not run.
enum class TakenBack : std::uint8_t { no_script, whole, not_whole, refused, untried };

struct VerifiedMigration {
  const Migration* migration = nullptr;
  Verdict verdict = Verdict::not_reached;
  bool beforehand = false;  // before `--from`
  TakenBack taken_back = TakenBack::no_script;
  double milliseconds = 0;
  std::vector<VerifiedStatement> statements;
};

// What is wrong with a history by the word of a server.
struct VerifyFinding {
  enum class Kind : std::uint8_t {
    fails,                // a statement is refused
    data_refused,         // a statement of `--data` is refused
    repeat_fails,         // a second run is refused
    rollback_fails,       // a rollback script is refused
    rollback_incomplete,  // what was there before is not there after going back
    rollback_loses,       // rows or values do not come back
  };
  Kind kind = Kind::fails;
  bool fatal = true;                     // counts for the exit status; else it is told alone
  const Migration* migration = nullptr;  // null: a file with data
  const SourceFile* source = nullptr;
  Span span;
  std::string message;  // one clause
  std::string why;      // one sentence; may be empty
  std::string help;     // how to go on
  std::optional<ServerMessage> server;
};
std::string_view to_string(VerifyFinding::Kind kind);  // `rollback-fails`
bool is_of_rollback(VerifyFinding::Kind kind);

struct VerifiedHistory {
  const History* history = nullptr;
  std::string skipped;                        // why it was not run; empty: it was
  std::vector<VerifiedMigration> migrations;  // those that the tool would run
  std::vector<VerifyFinding> findings;
  std::string unwatched;              // why no statement's locks were watched; empty: some were
  std::size_t rollbacks = 0;          // scripts that were tried
  std::size_t untried_rollbacks = 0;  // scripts that were not
  std::string untried_because;        // why not, a clause
  std::string second_run;             // what a second run does, one clause; empty: it was not tried
  std::string left;                   // what stays in a database that the user named, one clause
  // The replayed schema against the server's; without a value it was not compared.
  std::optional<std::vector<SchemaDifference>> differences;
  bool completed() const;  // every migration is applied, and there is one
};

struct Verification {
  std::string server;  // `PostgreSQL 15.18, a temporary server`
  int server_version = 0;
  std::vector<VerifiedHistory> histories;
  double milliseconds = 0;

  bool clean() const;  // no finding is fatal
  // Of all histories.
  std::size_t migrations() const;
  std::size_t applied() const;
  std::size_t fatal_findings() const;
};

// Told while it runs.
struct VerifyEvents {
  void (*step)(void* whom, std::string_view what) = nullptr;
  void* whom = nullptr;
  void operator()(std::string_view what) const {
    if (step) step(whom, what);
  }
};

}  // namespace migguard::lint
