// Follows a history statement by statement: which table was made where, and what was lost.
#include <sqlite/database.hpp>

#include <algorithm>
#include <map>
#include <migguard/text.hpp>

namespace migguard::sqlite {
namespace {

constexpr std::string_view breakpoint = "--> statement-breakpoint";

std::uint32_t offset(std::size_t at) { return static_cast<std::uint32_t>(at); }

// Blanks and comments before a statement, which are not to be pointed at.
std::size_t first_token(std::string_view sql) {
  std::size_t at = 0;
  for (;;) {
    at = std::min(sql.find_first_not_of(" \t\r\n;", at), sql.size());
    if (sql.substr(at, 2) == "--") {
      at = std::min(sql.find('\n', at), sql.size());
    } else if (sql.substr(at, 2) == "/*") {
      const std::size_t end = sql.find("*/", at + 2);
      at = end == std::string_view::npos ? sql.size() : end + 2;
    } else {
      return at;
    }
  }
}

// What SQLite says of statements that no database of this dialect runs, whatever is in it. Missing
// functions and modules come with extensions.
bool is_about_syntax(std::string_view error) {
  return error.starts_with("near ") || error.starts_with("unrecognized token") ||
         error.starts_with("incomplete input");
}
bool is_about_schema(std::string_view error) {
  return error.starts_with("no such table") || error.starts_with("no such column") ||
         error.starts_with("no such index") || error.starts_with("duplicate column name") ||
         error.find("already exists") != std::string_view::npos;
}

// libSQL's own: ALTER TABLE t ALTER COLUMN c TO ...
bool is_of_libsql(std::string_view statement) {
  return statement.find("ALTER COLUMN") != std::string_view::npos ||
         statement.find("alter column") != std::string_view::npos ||
         statement.find("libsql") != std::string_view::npos;
}

// The marker of a merge, which has a finding of its own.
bool is_conflict(std::string_view statement) {
  return statement.starts_with("<<<<<<<") || statement.starts_with("=======") ||
         statement.starts_with(">>>>>>>");
}

class Run {
 public:
  explicit Run(Replay& out) : out_(out) {}

  bool ready() const { return static_cast<bool>(database_); }
  bool over() const { return database_.exhausted(); }

  void script(std::size_t number, std::string_view text) {
    number_ = number;
    text_ = text;
    made_.clear();
    copied_.clear();
    folded_.clear();
    unread_.clear();
    dropped_.clear();
    for (std::size_t at = 0; at < text.size() && !over();) {
      const std::size_t end = std::min(text.find(breakpoint, at), text.size());
      statements(at, end);
      at = std::min(end + breakpoint.size(), text.size());
    }
    tell_drops();
    // What was copied out of a table that is still the same one stays moved: a later migration may
    // drop it. One that was made anew took everything along.
    for (const auto& read : copied_) {
      const auto of_table = [&](const Dropped& each) { return each.table == read.first; };
      if (std::none_of(dropped_.begin(), dropped_.end(), of_table)) moved_.insert(read);
    }
    began_with_tables_ = began_with_tables_ || !origins_.empty();
  }

  void finish() {
    for (const std::string& name : database_.tables()) {
      out_.tables.push_back({name, origins_[name], database_.columns(name)});
    }
    out_.complete = out_.complete && !over();
  }

 private:
  struct Dropped {
    std::string table;
    std::vector<Column> columns;
    Place place;
  };

  void statements(std::size_t begin, std::size_t end) {
    const std::string part(text_.substr(begin, end - begin));
    const std::size_t first = begin;
    while (begin < end && !over()) {
      const std::string_view rest = std::string_view(part).substr(begin - first);
      const std::size_t token = first_token(rest);
      if (token == rest.size()) return;
      Database::Prepared prepared = database_.prepare(rest.data());
      const std::size_t size = prepared.size == 0 ? rest.size() : prepared.size;
      const Place place{number_, {offset(begin + token), offset(begin + trimmed(rest, size))}};
      out_.statements.push_back(place);
      before(prepared.doings, place);
      const std::string error =
          prepared.error.empty() ? database_.run(prepared) : std::move(prepared.error);
      if (error.empty()) {
        after(prepared.doings, place);
      } else {
        refused(prepared.doings, place, error);
      }
      // What cannot be read has no known end: the next statement begins behind its semicolon.
      if (prepared.size == 0) {
        const std::size_t semicolon = rest.find(';', token);
        begin += semicolon == std::string_view::npos ? rest.size() : semicolon + 1;
      } else {
        begin += size;
      }
    }
  }

  // Without the semicolon and what is behind it.
  static std::size_t trimmed(std::string_view text, std::size_t size) {
    while (size > 0 && std::string_view(" \t\r\n;").find(text[size - 1]) != std::string_view::npos)
      --size;
    return size;
  }

  // While the tables are still there.
  void before(const Doings& doings, const Place& place) {
    for (const std::string& table : doings.drops) {
      if (made_.count(table) == 0) dropped_.push_back({table, database_.columns(table), place});
    }
  }

  void after(const Doings& doings, const Place& place) {
    for (const std::string& table : doings.creates) {
      made_.insert(table);
      origins_[table] = place;
    }
    if (doings.renames) {
      std::map<std::string, Place> known;
      for (const std::string& table : database_.tables()) {
        const auto origin = origins_.find(table);
        known[table] = origin == origins_.end() ? place : origin->second;
        if (origin == origins_.end()) made_.insert(table);
      }
      origins_ = std::move(known);
    }
    for (const std::string& table : doings.drops) origins_.erase(table);
    for (const auto& [table, column] : doings.drops_columns) {
      if (made_.count(table) == 0 && !is_kept(table, column))
        tell(Event::Kind::column_dropped, place, table, column);
    }
    const bool inserts = !doings.inserts_into.empty();
    for (const auto& read : doings.reads) {
      if (inserts && doings.inserts_into.count(read.first) == 0) copied_.insert(read);
      if (!doings.updates.empty()) folded_.insert(read);
    }
    if (!doings.drops.empty()) return;
    for (const std::string& table : doings.deletes_from) {
      const auto of_table = [&](const auto& read) { return read.first == table; };
      // A condition reads; without one every row goes.
      if (std::any_of(doings.reads.begin(), doings.reads.end(), of_table)) continue;
      if (std::any_of(copied_.begin(), copied_.end(), of_table) || is_unclear(table)) continue;
      if (made_.count(table) == 0) tell(Event::Kind::rows_deleted, place, table, {});
    }
  }

  void refused(const Doings& doings, const Place& place, const std::string& error) {
    // What was to be dropped is still there.
    for (const std::string& table : doings.drops)
      std::erase_if(dropped_, [&](const Dropped& each) { return each.table == table; });
    const std::string_view statement =
        text_.substr(place.span.begin, place.span.end - place.span.begin);
    unread_.push_back(statement);
    const bool certain =
        (is_about_syntax(error) || (is_about_schema(error) && began_with_tables_)) &&
        out_.complete && !doings.denied && !over() && !is_of_libsql(statement) &&
        !is_conflict(statement);
    out_.complete = false;
    if (!certain) return;
    Event event;
    event.place = place;
    event.message = error;
    // Of text that cannot be read the end is a guess: its first line is shown.
    if (is_about_syntax(error)) {
      const std::size_t line = statement.find('\n');
      if (line != std::string_view::npos) event.place.span.end = place.span.begin + offset(line);
    }
    out_.events.push_back(std::move(event));
  }

  // At the end of a script: a table made anew stands again under its name.
  void tell_drops() {
    for (const Dropped& each : dropped_) {
      const bool copied = std::any_of(copied_.begin(), copied_.end(),
                                      [&](const auto& read) { return read.first == each.table; });
      if (is_unclear(each.table)) continue;
      if (!copied) {
        tell(Event::Kind::table_dropped, each.place, each.table, {});
        continue;
      }
      if (origins_.count(each.table) == 0) continue;  // its rows are in another one
      const std::vector<Column> now = database_.columns(each.table);
      for (const Column& column : each.columns) {
        const bool kept = std::any_of(
            now.begin(), now.end(), [&](const Column& other) { return other.name == column.name; });
        if (!kept && !is_kept(each.table, column.name))
          tell(Event::Kind::column_dropped, each.place, each.table, column.name);
      }
    }
  }

  // Its values are in another table as well.
  bool is_kept(const std::string& table, const std::string& column) const {
    const std::pair<std::string, std::string> value{table, column};
    return copied_.count(value) != 0 || folded_.count(value) != 0 || moved_.count(value) != 0 ||
           is_unclear(table);
  }

  // A statement of the script that SQLite did not run speaks of the table: it may have copied it.
  bool is_unclear(const std::string& table) const {
    return std::any_of(unread_.begin(), unread_.end(), [&](std::string_view statement) {
      return statement.find(table) != std::string_view::npos;
    });
  }

  void tell(Event::Kind kind, const Place& place, std::string table, std::string column) {
    Event event;
    event.kind = kind;
    event.place = place;
    event.table = std::move(table);
    event.column = std::move(column);
    out_.events.push_back(std::move(event));
  }

  Replay& out_;
  Database database_;
  std::map<std::string, Place> origins_;
  bool began_with_tables_ = false;
  std::set<std::pair<std::string, std::string>> moved_;  // by earlier scripts, and still there
  // Of the script at hand.
  std::size_t number_ = 0;
  std::string_view text_;
  std::set<std::string> made_;
  std::set<std::pair<std::string, std::string>> copied_;  // table, column: read into another table
  std::set<std::pair<std::string, std::string>> folded_;  // table, column: read by an UPDATE
  std::vector<std::string_view> unread_;                  // statements that were refused
  std::vector<Dropped> dropped_;
};

}  // namespace

Replay replay(std::span<const std::string_view> scripts) {
  Replay out;
  Run run(out);
  if (!run.ready()) {
    out.complete = false;
    return out;
  }
  for (std::size_t script = 0; script < scripts.size() && !run.over(); ++script)
    run.script(script, scripts[script]);
  run.finish();
  std::stable_sort(out.events.begin(), out.events.end(), [](const Event& one, const Event& other) {
    return std::pair(one.place.script, one.place.span.begin) <
           std::pair(other.place.script, other.place.span.begin);
  });
  return out;
}

}  // namespace migguard::sqlite
