#include <repair/definitions.hpp>

#include <algorithm>

namespace migguard::repair {
namespace {

template <class Definition>
Written<Definition> written(const Definition& op, const Migration& migration,
                            const Statement& statement) {
  return {&op, migration.source->text, statement.span};
}

// A constraint that no definition stands for is written in another way: PRIMARY KEY at its column.
struct Candidate {
  const ConstraintDefinition* definition = nullptr;
  List<Text> columns;
};

void collect(List<ColumnDefinition> columns, ConstraintKind kind,
             std::vector<Candidate>& candidates) {
  for (const ColumnDefinition& column : columns) {
    for (const ConstraintDefinition& each : column.constraints) {
      if (each.kind != kind) continue;
      candidates.push_back(
          {&each, each.columns.empty() ? List<Text>(&column.name, 1) : each.columns});
    }
  }
}

void collect(List<ConstraintDefinition> constraints, ConstraintKind kind,
             std::vector<Candidate>& candidates) {
  for (const ConstraintDefinition& each : constraints)
    if (each.kind == kind) candidates.push_back({&each, each.columns});
}

}  // namespace

bool named(const Relation& table, const Name& name) {
  return name.name == table.name || name.name == table.created_as;
}

Definitions::Place Definitions::at(const Origin& origin) const {
  if (history_.migrations.empty() || origin.migration < 0 || origin.statement < 0) return {};
  const std::int32_t index = origin.migration - history_.migrations.front().position;
  if (index < 0 || index >= static_cast<std::int32_t>(history_.migrations.size())) return {};
  const Migration& migration = history_.migrations[static_cast<std::size_t>(index)];
  const auto& statements = migration.script.statements;
  if (origin.statement >= static_cast<std::int32_t>(statements.size())) return {};
  return {&migration, &statements[static_cast<std::size_t>(origin.statement)]};
}

template <class Operation, class Fits>
Written<Operation> Definitions::last(std::int32_t up_to, Fits fits) const {
  for (auto migration = history_.migrations.rbegin(); migration != history_.migrations.rend();
       ++migration) {
    if (migration->position > up_to) continue;
    const auto& statements = migration->script.statements;
    for (std::size_t index = statements.size(); index-- > 0;) {
      const Statement& statement = statements[index];
      for (std::size_t part = statement.ops.size(); part-- > 0;) {
        const auto* op = std::get_if<Operation>(&statement.ops[part]);
        if (op && fits(*op)) return written(*op, *migration, statement);
      }
    }
  }
  return {};
}

Written<CreateIndex> Definitions::index(const Relation& table, const Index& index) const {
  const Place place = at(index.created);
  if (!place.statement) return {};
  Written<CreateIndex> found;
  for (const Op& op : place.statement->ops) {
    const auto* create = std::get_if<CreateIndex>(&op);
    if (!create || !named(table, create->table)) continue;
    // A block may make several; the name decides then.
    if (!found || create->index == index.name)
      found = written(*create, *place.migration, *place.statement);
  }
  return found;
}

Written<ConstraintDefinition> Definitions::constraint(const Relation& table,
                                                      const Constraint& constraint) const {
  const Place place = at(constraint.created);
  if (!place.statement) return {};
  std::vector<Candidate> candidates;
  for (const Op& op : place.statement->ops) {
    if (const auto* create = std::get_if<CreateTable>(&op)) {
      if (!named(table, create->table)) continue;
      collect(create->columns, constraint.kind, candidates);
      collect(create->constraints, constraint.kind, candidates);
    } else if (const auto* column = std::get_if<AddColumn>(&op)) {
      if (!named(table, column->table)) continue;
      collect(List<ColumnDefinition>(&column->column, 1), constraint.kind, candidates);
    } else if (const auto* add = std::get_if<AddConstraint>(&op)) {
      if (!named(table, add->table)) continue;
      collect(List<ConstraintDefinition>(&add->constraint, 1), constraint.kind, candidates);
    }
  }
  const auto best = [&](auto fits) -> const ConstraintDefinition* {
    const auto found = std::find_if(candidates.begin(), candidates.end(), fits);
    return found == candidates.end() ? nullptr : found->definition;
  };
  const ConstraintDefinition* definition =
      best([&](const Candidate& each) { return each.definition->name == constraint.name; });
  if (!definition) {
    definition =
        best([&](const Candidate& each) { return same(each.columns, constraint.columns); });
  }
  if (!definition && candidates.size() == 1) definition = candidates.front().definition;
  if (!definition) return {};
  return written(*definition, *place.migration, *place.statement);
}

Written<ColumnDefinition> Definitions::column(const Relation& table, const Column& column) const {
  const Place place = at(column.created);
  if (!place.statement) return {};
  const Text name = column.created_as.empty() ? column.name : column.created_as;
  for (const Op& op : place.statement->ops) {
    if (const auto* create = std::get_if<CreateTable>(&op)) {
      if (!named(table, create->table)) continue;
      for (const ColumnDefinition& each : create->columns)
        if (each.name == name) return written(each, *place.migration, *place.statement);
    } else if (const auto* add = std::get_if<AddColumn>(&op)) {
      if (named(table, add->table) && add->column.name == name)
        return written(add->column, *place.migration, *place.statement);
    }
  }
  return {};
}

Written<CreateSequence> Definitions::sequence(const Relation& sequence) const {
  const Place place = at(sequence.created);
  if (!place.statement) return {};
  for (const Op& op : place.statement->ops)
    if (const auto* create = std::get_if<CreateSequence>(&op))
      return written(*create, *place.migration, *place.statement);
  return {};
}

Written<Statement> Definitions::view(const Relation& view, std::int32_t up_to) const {
  for (auto migration = history_.migrations.rbegin(); migration != history_.migrations.rend();
       ++migration) {
    if (migration->position > up_to) continue;
    const auto& statements = migration->script.statements;
    for (std::size_t index = statements.size(); index-- > 0;) {
      for (const Op& op : statements[index].ops) {
        const auto* plain = std::get_if<CreateView>(&op);
        const auto* materialized = std::get_if<CreateMaterializedView>(&op);
        if ((plain && named(view, plain->view)) ||
            (materialized && named(view, materialized->view)))
          return written(statements[index], *migration, statements[index]);
      }
    }
  }
  return {};
}

Written<CreatePolicy> Definitions::policy(const Relation& table, std::string_view policy,
                                          std::int32_t up_to) const {
  return last<CreatePolicy>(up_to, [&](const CreatePolicy& op) {
    return !op.alter && op.policy == policy && named(table, op.table);
  });
}

Written<SetIdentity> Definitions::identity(const Relation& table, const Column& column,
                                           std::int32_t up_to) const {
  return last<SetIdentity>(up_to, [&](const SetIdentity& op) {
    return op.add && named(table, op.table) &&
           (op.column == column.name || op.column == column.created_as);
  });
}

}  // namespace migguard::repair
