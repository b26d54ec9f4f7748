// Indexes, and how those of a partitioned table reach its partitions.
#include <schema/generated_names.hpp>
#include <schema/replay.hpp>

#include <algorithm>

namespace migguard::schema {
namespace {

ConstraintKind kind_of_constraint(const Record& record, const Index& index) {
  const Constraint* constraint = record.facts.constraint(index.constraint);
  return constraint ? constraint->kind : ConstraintKind::check;
}

// What the columns of an index are called in it: mostly as in the table.
List<Text> attribute_names(Store& store, const CreateIndex& op, List<Text> columns) {
  if (columns.size() == 1 && !columns.front().empty() && op.include.empty()) return columns;
  std::vector<Text> names;
  for (const std::string& name : index_column_names(op.columns, op.include))
    names.push_back(store.keep(name));
  return store.keep(names);
}

}  // namespace

void Replay::effect(const CreateIndex& op) {
  Record* table = altered(op.table);
  if (!table) return;
  if (!op.index.empty() && facts.relation_name_taken({table->facts.schema, op.index})) {
    if (lenient(op, op.if_not_exists)) return;
    if (Record* other = facts.table_of_index({table->facts.schema, op.index}))
      facts.drop_index(*other, op.index);
  }
  Index index;
  index.method = op.method.empty() ? Text("btree") : op.method;
  std::vector<Text> names, mentioned;
  names.reserve(op.columns.size());
  for (const IndexColumn& column : op.columns) {
    names.push_back(column.name);
    mentioned.insert(mentioned.end(), column.expression->columns.begin(),
                     column.expression->columns.end());
    if (column.descending || column.nulls_first) index.default_order = false;
  }
  mentioned.insert(mentioned.end(), op.where.columns.begin(), op.where.columns.end());
  index.columns = store.keep(names);
  index.mentioned = store.keep(mentioned);
  index.include = op.include;
  index.attribute_names = attribute_names(store, op, index.columns);
  index.unique = op.unique;
  index.partial = static_cast<bool>(op.where);
  index.predicate = op.where.text;
  // An index of the partitioned table alone is not valid before every partition has one attached to
  // it.
  index.valid = !(op.only && table->partitioned() && !table->children.empty());
  index.created = now;
  index.name = op.index.empty()
                   ? facts.free_relation_name(table->facts.schema, table->facts.name,
                                              name_addition(index.attribute_names), "idx", false)
                   : op.index;
  const Index& added = facts.add_index(*table, std::move(index));
  for (const IndexColumn& column : op.columns)
    if (!column.operator_class.empty())
      facts.operator_classes[{table->facts.schema, added.name}].push_back(column.operator_class);
  forget_calls(*table, FunctionUse::Part::index, added.name);
  for (const IndexColumn& column : op.columns)
    note_calls(*table, FunctionUse::Part::index, added.name, column.expression);
  note_calls(*table, FunctionUse::Part::index, added.name, op.where);
  if (table->partitioned() && !op.only) spread_index(table->key(), added.name);
}

Text Replay::inherit_index(Record& child, const Index& index) {
  if (child.facts.kind == RelationKind::foreign_table || child.parents.empty()) return {};
  const Record* parent = facts.find(child.parents.front());
  const ConstraintKind kind = parent ? kind_of_constraint(*parent, index) : ConstraintKind::check;
  for (Index& own : child.facts.indexes) {
    if (!own.parent.empty() || !same(own.columns, index.columns) ||
        !same(own.include, index.include) || !same(own.mentioned, index.mentioned) ||
        own.unique != index.unique || own.partial != index.partial || own.method != index.method ||
        (!index.constraint.empty() && kind_of_constraint(child, own) != kind))
      continue;
    own.parent = index.name;
    if (Constraint* constraint = child.constraint(own.constraint)) constraint->inherited = true;
    return own.name;
  }
  Index copy = index;
  const bool constrained = !index.constraint.empty();
  const std::string_view label = !constrained                          ? "idx"
                                 : kind == ConstraintKind::primary_key ? "pkey"
                                 : kind == ConstraintKind::exclusion   ? "excl"
                                                                       : "key";
  copy.name = facts.free_relation_name(
      child.facts.schema, child.facts.name,
      kind == ConstraintKind::primary_key ? std::string() : name_addition(index.attribute_names),
      label, constrained);
  copy.parent = index.name;
  copy.constraint = constrained ? copy.name : Text();
  copy.created = now;
  const Text name = facts.add_index(child, std::move(copy)).name;
  if (!constrained) return name;
  Constraint constraint;
  constraint.kind = kind;
  constraint.name = name;
  constraint.index = name;
  constraint.columns = index.columns;
  constraint.inherited = true;
  constraint.created = now;
  facts.add_constraint(child, std::move(constraint));
  if (kind == ConstraintKind::primary_key)
    for (const Text column_name : index.columns)
      if (Column* column = child.column(column_name)) facts.set_not_null(child, *column);
  return name;
}

void Replay::spread_index(const Key& table, Text index) {
  std::vector<std::pair<Key, Text>> pending{{table, index}};
  for (std::size_t done = 0; done < pending.size(); ++done) {
    const auto [key, name] = pending[done];
    Record* parent = facts.find(key);
    const Index* spread = parent ? parent->index(name) : nullptr;
    if (!spread) continue;
    const Index shape = *spread;
    for (const Key& child_key : parent->children.all()) {
      Record* child = facts.find(child_key);
      if (!child || child == parent) continue;
      const Text below = inherit_index(*child, shape);
      if (!below.empty()) pending.emplace_back(child_key, below);
    }
  }
}

void Replay::copy_like_indexes(Record& record, const LikeClause& like) {
  const Record* source = like.indexes ? find(like.table) : nullptr;
  if (!source || source == &record) return;
  for (const Index& index : source->facts.indexes) {
    const ConstraintKind kind = kind_of_constraint(*source, index);
    const bool constrained = !index.constraint.empty();
    const bool primary_key = constrained && kind == ConstraintKind::primary_key;
    const std::string_view label = !constrained                        ? "idx"
                                   : primary_key                       ? "pkey"
                                   : kind == ConstraintKind::exclusion ? "excl"
                                                                       : "key";
    Index copy = index;
    copy.name = facts.free_relation_name(
        record.facts.schema, record.facts.name,
        primary_key ? std::string() : name_addition(index.attribute_names), label, constrained);
    copy.parent = {};
    copy.constraint = constrained ? copy.name : Text();
    copy.valid = true;
    copy.created = now;
    const Text name = facts.add_index(record, std::move(copy)).name;
    if (!constrained) continue;
    Constraint constraint;
    constraint.kind = kind;
    constraint.name = name;
    constraint.index = name;
    constraint.columns = index.columns;
    constraint.created = now;
    facts.add_constraint(record, std::move(constraint));
  }
}

void Replay::keep_key(Record& table, std::string_view index_name) {
  const Index* index = table.index(index_name);
  if (!index || !index->unique || !index->valid || index->columns.empty()) return;
  const Constraint* constraint = table.facts.constraint(index->constraint);
  if (constraint && constraint->deferrable) return;  // duplicates may be waiting for the commit
  // Those of earlier migrations prove nothing any more.
  erase_if(table.facts.lost_keys,
           [&](const Index& each) { return each.dropped.migration != now.migration; });
  table.facts.lost_keys.push_back(*index);
  table.facts.lost_keys.back().dropped = now;
}

void Replay::effect(const DropIndex& op) {
  if (Record* table = find_index(op.index)) {
    keep_key(*table, op.index.name);
    facts.drop_index(*table, op.index.name);
    return;
  }
  const Key key = key_to_create(op.index);
  if (key.schema != temporary_schema && !facts.find(key)) facts.gone.add(key);
}

void Replay::effect(const RenameIndex& op) {
  if (find_index(op.index) || find(op.index)) {
    rename_relation(op.index, op.new_name);
    return;
  }
  facts.gone.add(key_to_create(op.index));
}

void Replay::effect(const AttachIndexPartition& op) {
  Record* parent = find_index(op.index);
  Record* child = find_index(op.partition);
  Index* above = parent ? parent->index(op.index.name) : nullptr;
  Index* below = child ? child->index(op.partition.name) : nullptr;
  if (!above || !below) return;
  below->parent = above->name;
  above->valid = std::all_of(parent->children.begin(), parent->children.end(), [&](const Key& key) {
    const Record* partition = facts.find(key);
    return partition &&
           std::any_of(partition->facts.indexes.begin(), partition->facts.indexes.end(),
                       [&](const Index& each) { return each.parent == op.index.name; });
  });
}

}  // namespace migguard::schema
