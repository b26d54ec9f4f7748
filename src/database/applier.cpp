#include <database/applier.hpp>
#include <database/tool_record.hpp>

#include <algorithm>

namespace migguard::database {
namespace {

// Whether a statement does the same in a transaction of its own: not what begins or ends one, and
// not what means something in one alone (LOCK, SET LOCAL, DECLARE).
bool may_be_enclosed(const Piece& piece) {
  if (!piece.statement) return false;
  if (only<DoBlock>(piece)) return true;
  return std::none_of(piece.statement->ops.begin(), piece.statement->ops.end(), [](const Op& op) {
    const auto* set = std::get_if<SetVariable>(&op);
    return std::holds_alternative<TransactionControl>(op) ||
           std::holds_alternative<LockTable>(op) || std::holds_alternative<Opaque>(op) ||
           (set && set->local);
  });
}

}  // namespace

std::optional<Error> Applier::prepare() {
  const std::string table = record_table(history_);
  if (table.empty()) return std::nullopt;
  const auto made = session_.run(table);
  if (made) return std::nullopt;
  return Error{cat("the table in which ", display_name(history_.tool),
                   " notes what is applied cannot be made: ", made.refused->text)};
}

// Extensions that PostgreSQL does not trust need a superuser, which migrations must not be: so the
// role is one while it makes this one, named by us. The statement's own text is not sent then:
// settings of the session (standard_conforming_strings) decide where it ends.
Session::Outcome Applier::send(const Piece& piece) {
  const auto* extension = superuser_ ? only<CreateExtension>(piece) : nullptr;
  const bool inside = extension && session_.in_transaction();
  if (inside) session_.run("SAVEPOINT migguard_extension");
  auto outcome = session_.run(piece.sql, piece.data ? &*piece.data : nullptr);
  if (extension && !outcome && outcome.refused->sqlstate == "42501") {
    if (inside) session_.run("ROLLBACK TO migguard_extension");
    superuser_->run("ALTER ROLE postgres SUPERUSER");
    std::string sql = "CREATE EXTENSION ";
    if (extension->if_not_exists) sql += "IF NOT EXISTS ";
    sql += quote_identifier(extension->extension);
    if (!extension->schema.empty()) sql += cat(" SCHEMA ", quote_identifier(extension->schema));
    if (extension->cascade) sql += " CASCADE";
    outcome = session_.run(sql);
    superuser_->run("ALTER ROLE postgres NOSUPERUSER");
  }
  if (inside && outcome) session_.run("RELEASE migguard_extension");
  return outcome;
}

std::optional<Refusal> Applier::refused(const Migration& script, const Piece& piece,
                                        const Session::Outcome& outcome) {
  if (session_.in_transaction()) session_.run("ROLLBACK");
  Refusal refusal{script.source, piece.span, *outcome.refused, piece.sql};
  refusal.lost = outcome.lost;
  refusal.parsed = piece.statement != nullptr;
  if (refusal.message.placed && refusal.message.offset >= piece.shift)
    refusal.message.offset -= piece.shift;
  return refusal;
}

std::optional<Refusal> Applier::refused_at_end(const Migration& script,
                                               const Session::Outcome& outcome, bool by_record) {
  if (session_.in_transaction()) session_.run("ROLLBACK");
  Refusal refusal{script.source, {}, *outcome.refused, {}};
  refusal.at_commit = !by_record;
  refusal.by_record = by_record;
  refusal.lost = outcome.lost;
  refusal.message.placed = false;
  return refusal;
}

std::optional<Refusal> Applier::note(const Migration& migration) {
  const std::string sql = record_of(session_, history_, migration);
  if (sql.empty()) return std::nullopt;
  const auto noted = session_.run(sql);
  if (!noted) return refused_at_end(migration, noted, true);
  return std::nullopt;
}

// Files of psql's have a session each; the other two reset theirs.
void Applier::begin_file() {
  if (session_.in_transaction()) return;
  if (by_psql()) session_.run("DISCARD ALL");
  if (history_.tool == Tool::supabase || history_.tool == Tool::flyway) session_.run("RESET ALL");
}

Session::Outcome Applier::send_enclosed(const Piece& piece) {
  session_.run("BEGIN");
  if (before_statement) before_statement(piece);
  auto outcome = send(piece);
  if (outcome) {
    if (after_statement) after_statement(piece, outcome);
    auto ended = session_.run("COMMIT");
    return ended ? outcome : ended;
  }
  if (outcome.lost) return outcome;
  session_.run("ROLLBACK");
  if (before_statement) before_statement(piece);
  outcome = send(piece);
  if (outcome && after_statement) after_statement(piece, outcome);
  return outcome;
}

std::optional<Refusal> Applier::run(const Migration& script, TransactionMode mode, bool noted) {
  if (script.bad_annotation) {
    Refusal refusal{script.source, script.bad_annotation->span, {}, {}};
    refusal.message.text =
        cat(display_name(history_.tool), " refuses the file: ", script.bad_annotation->message);
    if (session_.in_transaction()) session_.run("ROLLBACK");
    return refusal;
  }
  begin_file();
  const auto pieces = pieces_of(*script.source, script.script, by_psql());
  const bool implicit = mode == TransactionMode::simple_query && pieces.size() > 1;
  if (mode == TransactionMode::per_file) session_.run("BEGIN");
  for (const Piece& piece : pieces) {
    if (!piece.unsendable.empty()) {
      Session::Outcome none;
      none.refused.emplace().text = piece.unsendable;
      return refused(script, piece, none);
    }
    // An implicit transaction goes on behind a COMMIT (exec_simple_query in postgres.c).
    if (implicit && !session_.in_transaction()) session_.run("BEGIN");
    if (enclose_statements && !session_.in_transaction() && may_be_enclosed(piece)) {
      const auto outcome = send_enclosed(piece);
      if (!outcome) return refused(script, piece, outcome);
      continue;
    }
    if (before_statement) before_statement(piece);
    const auto outcome = send(piece);
    if (!outcome) return refused(script, piece, outcome);
    if (after_statement) after_statement(piece, outcome);
  }
  const bool inside = mode == TransactionMode::per_file || mode == TransactionMode::all_pending;
  if (noted && inside) {
    if (auto refusal = note(script)) return refusal;
  }
  if (session_.in_transaction() && mode != TransactionMode::all_pending) {
    if (mode == TransactionMode::autocommit && by_psql()) {
      session_.run("ROLLBACK");
      Refusal refusal{script.source, pieces.empty() ? Span() : pieces.back().span, {}, {}};
      refusal.message.text =
          "the file ends inside the transaction that it began, so nothing of it stays";
      return refusal;
    }
    const auto ended = session_.run("COMMIT");
    if (!ended) return refused_at_end(script, ended, false);
  }
  if (noted && !inside) return note(script);
  return std::nullopt;
}

std::optional<Refusal> Applier::apply(const Migration& migration) {
  TransactionMode mode = migration.transaction;
  if (mode == TransactionMode::all_pending) {
    if (commit_each_) {
      mode = TransactionMode::per_file;
    } else if (!last_) {
      session_.run("BEGIN");
    }
    last_ = &migration;
  }
  return run(migration, mode, true);
}

std::optional<Refusal> Applier::take_back(const Migration& script, const Migration& migration) {
  TransactionMode mode = migration.transaction;
  if (mode == TransactionMode::all_pending) mode = TransactionMode::per_file;
  return run(script, mode, false);
}

std::optional<Refusal> Applier::finish() {
  const Migration* last = last_;
  last_ = nullptr;
  if (!last || !session_.in_transaction()) return std::nullopt;
  const auto ended = session_.run("COMMIT");
  if (!ended) return refused_at_end(*last, ended, false);
  return std::nullopt;
}

std::optional<Refusal> Applier::undo() {
  const Migration* last = last_;
  last_ = nullptr;
  if (!last || !session_.in_transaction()) return std::nullopt;
  // What COMMIT would check.
  const auto checked = session_.run("SET CONSTRAINTS ALL IMMEDIATE");
  if (!checked) return refused_at_end(*last, checked, false);
  session_.run("ROLLBACK");
  return std::nullopt;
}

}  // namespace migguard::database
