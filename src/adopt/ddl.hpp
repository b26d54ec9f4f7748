// Parts of the replayed schema as SQL that makes them again on an empty database.
#pragma once

#include <adopt/history_text.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace migguard::adopt {

class Ddl {
 public:
  Ddl(const schema::Catalog& catalog, const HistoryText& text);

  // Statements end without a semicolon.
  std::string enum_type(const Type& type);
  // The table with its columns, and with the constraints that need no other table.
  std::string table(const Relation& table);
  // What cannot stand in CREATE TABLE: foreign keys, and what does not hold for every row.
  static bool added_later(const Relation& table, const Constraint& constraint);
  // ALTER TABLE ... ADD CONSTRAINT.
  std::string add_constraint(const Relation& table, const Constraint& constraint);
  std::string index(const Relation& table, const Index& index);
  // CREATE SEQUENCE of one that its table does not make by itself, which serial and identity
  // columns do; none where it does. `written`: the history's CREATE SEQUENCE, or null.
  std::optional<std::string> sequence(const Relation& sequence, const Kept* made);

  // What could not be written, and why.
  std::vector<Remark> refused;

 private:
  std::string type(const ColumnType& type, bool known, const Relation& table, Origin made);
  std::string column(const Relation& table, const Column& column);
  std::string default_value(const Relation& table, const Column& column);
  std::string constraint(const Relation& table, const Constraint& constraint);
  std::string foreign_key(const Relation& table, const Constraint& constraint);
  std::string identity(const Relation& table, const Column& column);
  // What stands behind the columns of CREATE TABLE: PARTITION BY, WITH ...
  std::string tail(const Relation& table, const CreateTable& made);
  std::string behind_bound(const Relation& table);
  std::string exclusion(const Relation& table, const Constraint& constraint);
  std::string index_parameters(const Relation& table, const Constraint& constraint,
                               const ConstraintDefinition* made);
  std::string as_written(const CreateIndex& made, std::size_t column, Text name,
                         const Index& index);
  void refuse(Origin made, std::string why);
  // Whether `serial` makes the column as it is.
  bool plain_serial(const Relation& table, const Column& column) const;
  // The sequence of a serial or identity column, or null.
  const Relation* sequence_of(const Relation& table, const Column& column) const;

  const schema::Catalog& catalog_;
  const HistoryText& text_;
  std::map<std::pair<std::string, std::string>, const Relation*> sequences_;  // by table and column
};

// The relation that the schema calls `invoices` or `app.quotes`, without quotes.
Name named_plainly(const schema::Catalog& catalog, Text text);
// `a, "B"`
std::string column_list(List<Text> columns);

}  // namespace migguard::adopt
