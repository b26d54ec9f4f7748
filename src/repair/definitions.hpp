// What the SQL of a history said of an object, where the replayed schema keeps only what rules ask
// for: operator classes, ON UPDATE, sequence options, the text of a view.
#pragma once

#include <migguard/project.hpp>
#include <migguard/schema.hpp>
#include <string>
#include <string_view>

namespace migguard::repair {

// A definition as written: its operation and the text of the statement. `op` is null where the
// history does not show it.
template <class Definition>
struct Written {
  const Definition* op = nullptr;
  std::string_view text;  // of the file
  Span statement = {};    // in the text
  explicit operator bool() const { return op != nullptr; }
};

// Finds definitions by their origin. Names in them are as they were when written. Refers to the
// history, whose scripts must be parsed and numbered (`lint::number_migrations`).
class Definitions {
 public:
  explicit Definitions(const History& history) : history_(history) {}

  Written<CreateIndex> index(const Relation& table, const Index& index) const;
  Written<ConstraintDefinition> constraint(const Relation& table,
                                           const Constraint& constraint) const;
  Written<ColumnDefinition> column(const Relation& table, const Column& column) const;
  Written<CreateSequence> sequence(const Relation& sequence) const;
  // CREATE VIEW or CREATE MATERIALIZED VIEW, by its text: the last one of that name.
  Written<Statement> view(const Relation& view, std::int32_t up_to) const;
  // The last CREATE POLICY or ALTER POLICY of that name for the table, among the migrations up to
  // the one at position `up_to`.
  Written<CreatePolicy> policy(const Relation& table, std::string_view policy,
                               std::int32_t up_to) const;
  // The last ALTER TABLE ... ADD GENERATED AS IDENTITY of the column.
  Written<SetIdentity> identity(const Relation& table, const Column& column,
                                std::int32_t up_to) const;

  const History& history() const { return history_; }

 private:
  struct Place {
    const Migration* migration = nullptr;
    const Statement* statement = nullptr;
  };
  Place at(const Origin& origin) const;
  template <class Operation, class Fits>
  Written<Operation> last(std::int32_t up_to, Fits fits) const;

  const History& history_;
};

// Whether a table that had this name when something was written is `table`.
bool named(const Relation& table, const Name& name);

}  // namespace migguard::repair
