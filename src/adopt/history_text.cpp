#include <adopt/history_text.hpp>
#include <sql/script.hpp>

#include <algorithm>

namespace migguard::adopt {
namespace {

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

std::vector<Name> resolved(const schema::Catalog& catalog, List<Name> names) {
  std::vector<Name> out;
  for (const Name& each : names) out.push_back(catalog.resolve(each));
  return out;
}

// A type's or function's full name: resolve() knows relations only.
Name full(const schema::Catalog& catalog, const Name& name) {
  if (!name.schema.empty()) return name;
  if (const Type* type = catalog.type(name).known()) return {type->schema, type->name};
  if (const Function* function = catalog.function(name).known())
    return {function->schema, function->name};
  return catalog.resolve(name);
}

// Whether it does more than to read and write rows.
bool changes_schema(const Op& op) {
  return std::visit(
      Overloaded{[](const DoBlock&) { return false; }, [](const JsonKey&) { return false; },
                 [](const Insert&) { return false; }, [](const Update&) { return false; },
                 [](const Delete&) { return false; }, [](const Merge&) { return false; },
                 [](const Select&) { return false; }, [](const SetVariable&) { return false; },
                 [](const OtherStatement&) { return false; }, [](const auto&) { return true; }},
      op);
}

bool is_relation(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::table:
    case ObjectKind::view:
    case ObjectKind::materialized_view:
    case ObjectKind::foreign_table:
    case ObjectKind::sequence:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::string_view Kept::text() const {
  const Span span = statement->span;
  return std::string_view(migration->source->text).substr(span.begin, span.end - span.begin);
}

void HistoryText::migration(const Migration& migration) {
  migration_ = &migration;
  now_ = {migration.position, -1};
  migrations_[migration.position] = &migration;
  for (const Problem& each : migration.script.problems)
    unknown.push_back({migration.source, each.span, cat("cannot be read: ", each.message)});
}

void HistoryText::statement(const Statement& statement, bool) {
  statement_ = &statement;
  ++now_.statement;
}

void HistoryText::remark(std::vector<Remark>& list, const Op& op, std::string text) const {
  const Span span = sql::locate(migration_->source->text, *statement_, op);
  if (!list.empty() && list.back().source == migration_->source && list.back().span == span) return;
  list.push_back({migration_->source, span, std::move(text)});
}

void HistoryText::keep(const Op& op, const Name& name, const Name& table,
                       std::vector<Name> tables) {
  kept.push_back({now_, migration_, statement_, &op, name, table, std::move(tables),
                  std::string(catalog_.setting("search_path"))});
}

void HistoryText::note(const ColumnDefinition& column) {
  columns_.try_emplace(column.name.data(), &column);
  texts_.try_emplace(column.default_value->text.data(), now_);
  texts_.try_emplace(column.name.data(), now_);
  for (const ConstraintDefinition& each : column.constraints) {
    note(each);
    constraints_.try_emplace({column.name.data(), each.kind}, &each);
  }
}

void HistoryText::note(const ConstraintDefinition& constraint) {
  const auto add = [&](Text text) {
    if (!text.empty()) constraints_.try_emplace({text.data(), constraint.kind}, &constraint);
  };
  add(constraint.name);
  add(constraint.check->text);
  for (const Text each : constraint.check->columns) add(each);
  for (const Text each : constraint.columns) add(each);
  for (const Text each : constraint.referenced_columns) add(each);
  texts_.try_emplace(constraint.check->text.data(), now_);
}

void HistoryText::note_rename(const Op& op) {
  const auto relation = [&](const Name& name, std::string_view new_name) {
    const Name old_name = catalog_.resolve(name);
    renames.relation(old_name, {old_name.schema, new_name}, now_);
  };
  std::visit(
      Overloaded{[&](const RenameTable& each) { relation(each.table, each.new_name); },
                 [&](const RenameView& each) { relation(each.view, each.new_name); },
                 [&](const RenameSequence& each) { relation(each.sequence, each.new_name); },
                 [&](const RenameIndex& each) { relation(each.index, each.new_name); },
                 [&](const RenameColumn& each) {
                   renames.column(catalog_.resolve(each.table), each.column, each.new_name, now_);
                 },
                 [&](const RenameType& each) {
                   const Name old_name = full(catalog_, each.type);
                   renames.object(old_name, {old_name.schema, each.new_name}, now_);
                 },
                 [&](const RenameObject& each) {
                   const Name old_name = full(catalog_, each.name);
                   if (each.table.name.empty())
                     renames.object(old_name, {old_name.schema, each.new_name}, now_);
                   else
                     keep(op, each.name, catalog_.resolve(each.table), {});
                 },
                 [&](const SetSchema& each) {
                   const bool of_relation = is_relation(each.object);
                   const Name old_name =
                       of_relation ? catalog_.resolve(each.name) : full(catalog_, each.name);
                   const Name new_name{each.new_schema, old_name.name};
                   if (of_relation)
                     renames.relation(old_name, new_name, now_);
                   else
                     renames.object(old_name, new_name, now_);
                 },
                 [&](const RenameSchema& each) {
                   for (const Relation* one : catalog_.relations())
                     if (one->schema == each.schema)
                       renames.relation(one->full_name(), {each.new_name, one->name}, now_);
                   for (const Type* one : catalog_.types())
                     if (one->schema == each.schema)
                       renames.object({one->schema, one->name}, {each.new_name, one->name}, now_);
                   for (const Function* one : catalog_.functions())
                     if (one->schema == each.schema)
                       renames.object({one->schema, one->name}, {each.new_name, one->name}, now_);
                 },
                 [](const auto&) {}},
      op);
}

void HistoryText::operation(const Op& op, bool) {
  note_rename(op);
  const auto relation = [&](const Name& name) { return catalog_.resolve(name); };
  const auto add_rows = [&](const Op& adding, const Name& table) {
    rows.push_back({now_, migration_, statement_, &adding, {}, relation(table), {}, {}});
  };
  // What belongs to one table.
  const auto of_table = [&](const Name& name, const Name& table) {
    const Name full_table = relation(table);
    keep(op, name, full_table, {full_table});
  };
  std::visit(
      Overloaded{
          [&](const CreateTable& each) {
            for (const ColumnDefinition& column : each.columns) note(column);
            for (const ConstraintDefinition& one : each.constraints) note(one);
          },
          [&](const AddColumn& each) { note(each.column); },
          [&](const AddConstraint& each) { note(each.constraint); },
          [&](const SetDefault& each) { texts_.try_emplace(each.value.text.data(), now_); },
          [&](const CreateIndex& each) {
            indexes_.try_emplace(each.index.data(), &each);
            for (const IndexColumn& column : each.columns) {
              if (!column.name.empty()) indexes_.try_emplace(column.name.data(), &each);
              for (const Text one : column.expression->columns)
                indexes_.try_emplace(one.data(), &each);
              texts_.try_emplace(column.expression->text.data(), now_);
            }
            texts_.try_emplace(each.where.text.data(), now_);
          },
          [&](const CreateExtension& each) {
            keep(op, {{}, each.extension}, {}, {});
          },
          [&](const DropExtension& each) {
            keep(op, {{}, each.extension}, {}, {});
          },
          [&](const CreateFunction& each) {
            Name name = each.function;
            if (name.schema.empty()) name = full(catalog_, name);
            keep(op, name, {}, {});
          },
          [&](const DropFunction& each) { keep(op, full(catalog_, each.function), {}, {}); },
          [&](const CreateView& each) {
            const Name name = relation(each.view);
            keep(op, name, name, resolved(catalog_, each.reads));
          },
          [&](const CreateMaterializedView& each) {
            const Name name = relation(each.view);
            keep(op, name, name, resolved(catalog_, each.reads));
          },
          [&](const CreateSequence& each) {
            const Name name = relation(each.sequence);
            keep(op, name, name, {});
          },
          [&](const AlterSequence& each) {
            const Name name = relation(each.sequence);
            keep(op, name, name, {name});
          },
          [&](const CreateDomain& each) { keep(op, full(catalog_, each.domain), {}, {}); },
          [&](const AlterDomain& each) { keep(op, full(catalog_, each.domain), {}, {}); },
          [&](const CreateType& each) { keep(op, full(catalog_, each.type), {}, {}); },
          [&](const CreateTrigger& each) {
            const Name table = relation(each.table);
            std::vector<Name> tables{table};
            if (!each.from->name.empty()) tables.push_back(relation(each.from));
            keep(op, {{}, each.trigger}, table, std::move(tables));
          },
          [&](const CreatePolicy& each) {
            of_table({{}, each.policy}, each.table);
          },
          [&](const CreateRule& each) {
            of_table({{}, each.rule}, each.table);
          },
          [&](const DropTableObject& each) {
            of_table({{}, each.name}, each.table);
          },
          [&](const SetTriggerState& each) {
            of_table({{}, each.trigger}, each.table);
          },
          [&](const SetRowSecurity& each) { of_table({}, each.table); },
          [&](const SetReplicaIdentity& each) { of_table({}, each.table); },
          [&](const SetAccessMethod& each) { of_table({}, each.table); },
          [&](const AttachPartition& each) { of_table(relation(each.partition), each.table); },
          [&](const SetOptions& each) { of_table({}, each.name); },
          [&](const SetOwner& each) {
            if (is_relation(each.object))
              of_table({}, each.name);
            else
              keep(op, full(catalog_, each.name), {}, {});
          },
          [&](const AlterTableOther& each) {
            if (each.object == ObjectKind::type)
              keep(op, full(catalog_, each.table), {}, {});
            else
              of_table({}, each.table);
          },
          [&](const Comment& each) {
            if (!each.table.name.empty())
              of_table(each.name, each.table);
            else if (is_relation(each.object) || each.object == ObjectKind::index)
              keep(op, relation(each.name), relation(each.name), {relation(each.name)});
            else
              keep(op, full(catalog_, each.name), {}, {});
          },
          [&](const Grant& each) {
            const bool relations = is_relation(each.object);
            if (!each.objects.empty())
              keep(op, relations ? Name{} : full(catalog_, each.objects.front()), {},
                   relations ? resolved(catalog_, each.objects) : std::vector<Name>());
          },
          [&](const CreateObject& each) { keep(op, full(catalog_, each.name), {}, {}); },
          [&](const DropObject& each) { keep(op, full(catalog_, each.name), {}, {}); },
          [&](const AlterObject& each) { keep(op, full(catalog_, each.name), {}, {}); },
          [&](const Insert& each) { add_rows(op, each.table); },
          [&](const Merge& each) {
            if (each.inserts) add_rows(op, each.table);
          },
          [&](const Copy& each) {
            if (each.from) add_rows(op, each.table);
          },
          [&](const SetGeneration&) {
            remark(unknown, op, "changes how a column is generated, which is not followed");
          },
          [&](const DoBlock& each) {
            if (std::any_of(statement_->ops.begin(), statement_->ops.end(), changes_schema))
              remark(blocks, op, {});
            const bool told =
                std::any_of(statement_->ops.begin(), statement_->ops.end(),
                            [](const Op& one) { return std::holds_alternative<Opaque>(one); });
            if (each.opaque && !told)
              remark(unknown, op, "runs code that cannot be read, so what it made is not known");
          },
          [&](const Opaque& each) {
            if (each.may_change_schema)
              remark(unknown, op, cat("may have changed anything: ", each.reason));
          },
          [](const auto&) {}},
      op);
}

const ColumnDefinition* HistoryText::definition(const Column& column) const {
  const auto found = columns_.find(column.created_as.data());
  return found == columns_.end() ? nullptr : found->second;
}

const ConstraintDefinition* HistoryText::definition(const Constraint& constraint) const {
  const auto look = [&](Text text) -> const ConstraintDefinition* {
    if (text.empty()) return nullptr;
    const auto found = constraints_.find({text.data(), constraint.kind});
    return found == constraints_.end() ? nullptr : found->second;
  };
  if (const auto* found = look(constraint.name)) return found;
  if (const auto* found = look(constraint.check)) return found;
  for (const Text each : constraint.columns)
    if (const auto* found = look(each)) return found;
  for (const Text each : constraint.referenced_columns)
    if (const auto* found = look(each)) return found;
  return nullptr;
}

const CreateIndex* HistoryText::definition(const Index& index) const {
  const auto look = [&](Text text) -> const CreateIndex* {
    const auto found = indexes_.find(text.data());
    return text.empty() || found == indexes_.end() ? nullptr : found->second;
  };
  if (const auto* found = look(index.name)) return found;
  for (const Text each : index.columns)
    if (const auto* found = look(each)) return found;
  for (const Text each : index.mentioned)
    if (const auto* found = look(each)) return found;
  // Renamed, with all its columns: the only index that its statement made.
  const Statement* made_by = statement_of(index.created);
  const CreateIndex* only = nullptr;
  if (made_by) {
    for (const Op& op : made_by->ops) {
      const auto* create = std::get_if<CreateIndex>(&op);
      if (!create) continue;
      if (only) return nullptr;
      only = create;
    }
  }
  return only;
}

const CreateTable* HistoryText::definition(const Relation& table) const {
  const Statement* made_by = statement_of(table.created);
  if (!made_by) return nullptr;
  for (const Op& op : made_by->ops) {
    const auto* create = std::get_if<CreateTable>(&op);
    if (create && (table.created_as == create->table.name ||
                   table.created_as.ends_with(cat('.', create->table.name))))
      return create;
  }
  return nullptr;
}

const Migration* HistoryText::migration_of(Origin origin) const {
  const auto found = migrations_.find(origin.migration);
  return found == migrations_.end() ? nullptr : found->second;
}

const Statement* HistoryText::statement_of(Origin origin) const {
  const Migration* made_in = migration_of(origin);
  if (!made_in || origin.statement < 0 ||
      static_cast<std::size_t>(origin.statement) >= made_in->script.statements.size())
    return nullptr;
  return &made_in->script.statements[static_cast<std::size_t>(origin.statement)];
}

Origin HistoryText::written_at(Text text, Origin otherwise) const {
  const auto found = texts_.find(text.data());
  return text.empty() || found == texts_.end() ? otherwise : found->second;
}

}  // namespace migguard::adopt
