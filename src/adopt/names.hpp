// What became of the names that the history's SQL uses: which were renamed later, and how a text of
// it reads today. A server keeps views, checks and triggers by what they refer to; we have their
// text.
#pragma once

#include <map>
#include <migguard/schema.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migguard::adopt {

inline bool before(const Origin& one, const Origin& other) {
  return one.migration != other.migration ? one.migration < other.migration
                                          : one.statement < other.statement;
}

class Renames {
 public:
  // A relation, or a type, function or any other object, by its full name.
  void relation(const Name& old_name, const Name& new_name, Origin when);
  void object(const Name& old_name, const Name& new_name, Origin when);
  // A column, by the name that its table has at that moment.
  void column(const Name& table, Text old_name, Text new_name, Origin when);

  // What is called `name` at `since`, under its name of today.
  Name today(const Name& name, Origin since) const;

  // What is called `name` today, under its name at `since`.
  Name then(const Name& name, Origin since) const;

  // A column of what was called `table` then, under its name of today.
  std::string column_today(const Name& table, Text column, Origin since) const;

  // An expression over the columns of one table (by its name of today), written at `since`, as it
  // reads today.
  std::string expression(std::string_view text, const Name& table, Origin since) const;

  // A statement written at `since`, as it reads today. `tables`: the relations it names, as they
  // were called then. None where a column of theirs was renamed and it cannot be told which of the
  // words are that column; `output` tells that its words also name what it gives (a view).
  std::optional<std::string> statement(std::string_view text, const std::vector<Name>& tables,
                                       Origin since, bool output) const;

 private:
  struct Rename {
    Name table;  // of a column; else empty
    Name from, to;
    Origin when;
    bool relation = false;
  };
  // Whether what was called `table` at `since` is what that renamed.
  bool passes(const Name& table, Origin since, const Rename& rename) const;
  // Those of columns of a table (known by its name at `since`), in order.
  std::vector<const Rename*> of_columns(const Name& table, Origin since) const;

  std::vector<Rename> all_;
  std::map<Name, std::vector<std::size_t>> objects_;  // by the old name, in order
  std::map<Name, std::vector<std::size_t>> made_;     // by the new name, in order
  std::map<Name, std::vector<std::size_t>> columns_;  // by the table's name then, in order
};

// `invoices`, `billing.invoices`, `"Order"`: a name as it is written where the schema `public` is
// the first of search_path.
std::string written(const Name& name);

}  // namespace migguard::adopt
