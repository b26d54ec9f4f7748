// A migration in the pieces that reach the server: its statements, and what could not be read as
// one, in the order of the file.
#pragma once

#include <migguard/project.hpp>
#include <optional>
#include <string>
#include <vector>

namespace migguard::database {

struct Piece {
  Span span;                             // in the file
  const Statement* statement = nullptr;  // null: it could not be read, so the server decides
  std::size_t index = 0;                 // among the statements of the script, from 1; 0: none
  std::string sql;                       // as it is sent
  std::size_t shift = 0;                 // bytes of `sql` before the first of `span`
  std::optional<std::string> data;       // what follows a COPY ... FROM STDIN
  std::string unsendable;                // why nobody can send it, in a clause; empty: it can be
};

// `with_data`: whoever sends the file sends the data of COPY behind it, as psql does.
std::vector<Piece> pieces_of(const SourceFile& source, const Script& script, bool with_data);

template <class Operation>
const Operation* only(const Piece& piece) {
  return piece.statement && piece.statement->ops.size() == 1
             ? std::get_if<Operation>(&piece.statement->ops.front())
             : nullptr;
}

}  // namespace migguard::database
