#include <database/data_loader.hpp>
#include <migguard/history.hpp>
#include <sql/script.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <set>

namespace migguard::database {
namespace {

constexpr std::string_view directive = "migguard: after ";

struct Mark {
  std::size_t begin;  // of its line
  std::string after;
};

// The lines `-- migguard: after MIGRATION`.
std::vector<Mark> marks_of(std::string_view text) {
  std::vector<Mark> marks;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    std::string_view line = trim(text.substr(begin, end - begin));
    if (line.starts_with("--")) {
      line = trim(line.substr(2));
      if (line.starts_with(directive))
        marks.push_back({begin, std::string(trim(line.substr(directive.size())))});
    }
    begin = end + 1;
  }
  return marks;
}

std::string table_of(const Piece& piece) {
  if (const auto* insert = only<Insert>(piece)) return to_string(insert->table);
  if (const auto* copy = only<Copy>(piece)) return to_string(copy->table);
  return {};
}

}  // namespace

bool is_named(const Migration& migration, std::string_view name) {
  const std::string_view path = migration.source->path;
  const std::string_view file = base_name(path);
  const auto without = [](std::string_view text, std::string_view ending) {
    return text.ends_with(ending) ? text.substr(0, text.size() - ending.size()) : text;
  };
  return name == migration.id || name == path || name == file || name == without(file, ".sql") ||
         name == without(file, ".up.sql") ||
         (!migration.number.empty() &&
          without_leading_zeros(name) == without_leading_zeros(migration.number));
}

Result<DataFiles> DataFiles::read(const std::vector<const SourceFile*>& files) {
  DataFiles read;
  for (const SourceFile* file : files) {
    const Script& script = read.scripts_.emplace_back(sql::parse(*file, {}));
    const auto marks = marks_of(file->text);
    for (Piece& piece : pieces_of(*file, script, true)) {
      if (!piece.unsendable.empty()) {
        const Position at = file->position(piece.span.begin);
        return Error{piece.unsendable, file->path, at.line, at.column};
      }
      DataStatement statement{file, std::move(piece), {}};
      for (const Mark& mark : marks) {
        if (mark.begin < statement.piece.span.begin) statement.after = mark.after;
      }
      read.statements_.push_back(std::move(statement));
    }
  }
  return read;
}

DataLoader::DataLoader(const DataFiles& files, Session& session, Applier& applier)
    : files_(files), session_(session), applier_(applier), states_(files.statements().size()) {
  for (std::size_t index = 0; index < states_.size(); ++index)
    states_[index].table = table_of(files.statements()[index].piece);
}

void DataLoader::load(const Migration* migration, std::vector<lint::VerifyFinding>& findings) {
  std::set<std::string> full;  // tables that refused a row just now
  for (std::size_t index = 0; index < states_.size(); ++index) {
    const DataStatement& statement = files_.statements()[index];
    State& state = states_[index];
    if (state.done) continue;
    if (!statement.after.empty() && !(migration && is_named(*migration, statement.after))) continue;
    if (!state.table.empty() && full.contains(state.table)) continue;
    const bool inside = session_.in_transaction();
    if (inside) session_.run("SAVEPOINT migguard_data");
    const auto outcome = applier_.send(statement.piece);
    if (inside)
      session_.run(outcome ? "RELEASE migguard_data"
                           : "ROLLBACK TO migguard_data; RELEASE migguard_data");
    if (outcome) {
      state.done = true;
      continue;
    }
    state.refused = *outcome.refused;
    if (!state.table.empty()) full.insert(state.table);
    if (statement.after.empty()) continue;
    state.done = true;
    findings.push_back({.kind = lint::VerifyFinding::Kind::data_refused,
                        .source = statement.source,
                        .span = statement.piece.span,
                        .message = cat("behind ", statement.after,
                                       ", the server refuses these rows: ", outcome.refused->text),
                        .help = "correct the statement, or name another migration to put it behind",
                        .server = *outcome.refused});
  }
}

void DataLoader::finish(std::vector<lint::VerifyFinding>& findings) const {
  std::set<std::string> said;  // one finding for a table
  for (std::size_t index = 0; index < states_.size(); ++index) {
    const DataStatement& statement = files_.statements()[index];
    const State& state = states_[index];
    if (state.done || !statement.after.empty() || !state.refused) continue;
    if (!state.table.empty() && !said.insert(state.table).second) continue;
    findings.push_back({.kind = lint::VerifyFinding::Kind::data_refused,
                        .source = statement.source,
                        .span = statement.piece.span,
                        .message = cat("no migration makes room for these rows; at the end the "
                                       "server says: ",
                                       state.refused->text),
                        .why = "so what comes behind was verified without them",
                        .help = "correct the statement, or put it behind a migration: "
                                "-- migguard: after MIGRATION",
                        .server = state.refused});
  }
}

}  // namespace migguard::database
