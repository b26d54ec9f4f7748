// Changes to the parts of relations: columns, constraints, indexes; and to types and functions.
#include <schema/facts.hpp>
#include <schema/generated_names.hpp>

#include <algorithm>

namespace migguard::schema {
namespace {

bool holds(List<Text> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<Text> renamed(List<Text> names, Text name, Text new_name) {
  std::vector<Text> all(names.begin(), names.end());
  std::replace(all.begin(), all.end(), name, new_name);
  return all;
}

void rename_in(Store& store, List<Text>& names, Text name, Text new_name) {
  if (holds(names, name)) names = store.keep(renamed(names, name, new_name));
}

void rename_in(Store& store, Rarely<List<Text>>& names, Text name, Text new_name) {
  if (holds(names, name)) names = store.rarely(renamed(names, name, new_name));
}

void rename_in(Store& store, List<PredicateNode>& predicate, Text name, Text new_name) {
  const auto named = [&](const PredicateNode& node) { return node.column == name; };
  if (std::none_of(predicate.begin(), predicate.end(), named)) return;
  std::vector<PredicateNode> renamed(predicate.begin(), predicate.end());
  for (PredicateNode& node : renamed)
    if (named(node)) node.column = new_name;
  predicate = store.keep(renamed);
}

bool mentions(const Index& index, std::string_view column) {
  return holds(index.columns, column) || holds(index.mentioned, column) ||
         holds(index.include, column);
}

}  // namespace

// ---------------------------------------------------------------- columns

Column& Facts::add_column(Record& record, Column&& column) {
  record.facts.columns.push_back(std::move(column));
  return add_last_column(record);
}

Column& Facts::add_last_column(Record& record) {
  tie_column(record, record.facts.columns.back());
  return record.facts.columns.back();
}

void Facts::set_type(Record& record, Column& column, ColumnType type) {
  untie_column(record, column);
  column.type = std::move(type);
  column.type_known = true;
  if (column.has_default) add_default_type(column, column.type);  // the default is cast once more
  tie_column(record, column);
}

void Facts::set_default(Record& record, Column& column, bool exists, Text text,
                        List<ColumnType> casts) {
  untie_column(record, column);
  column.has_default = exists;
  column.default_text = exists ? text : std::string_view();
  column.default_types = {};
  if (!exists) column.serial = false;
  if (exists) add_default_type(column, column.type);
  for (const ColumnType& type : casts)
    if (exists) add_default_type(column, type);
  tie_column(record, column);
}

void Facts::set_not_null(Record& record, Column& column, std::string_view constraint_name,
                         bool valid) {
  if (column.not_null == Known::yes) {
    column.not_null_valid = column.not_null_valid || valid;
    return;
  }
  column.not_null = Known::yes;
  column.not_null_valid = valid;
  if (!constraint_name.empty()) {
    column.not_null_constraint = constraint_name;
    take_constraint_name(record.facts.schema, constraint_name);
    return;
  }
  const Text table = record.facts.name;
  // A name that had to be cut does not tell what it was made of.
  const bool whole = table.size() + 1 + column.name.size() + not_null_label.size() <= longest_name;
  const auto& [of, shorter, longer] = relatives(record);
  // Nearly always nothing else can have the name, and nobody needs its text.
  if (whole && !shorter && !longer && !any_not_null_name_) return;
  const std::size_t from = whole && !shorter ? table.size() + 1 : 0;
  const std::string_view schema = record.facts.schema;
  make_object_name(made_name_, table, column.name, "not_null");
  const bool taken = (any_not_null_name_ && constraint_names_.contains({schema, made_name_})) ||
                     is_made_for_another(record, made_name_, from);
  if (!taken && whole) return;
  column.not_null_constraint =
      taken ? numbered_not_null_name(schema, table, column.name) : store->keep(made_name_);
  take_constraint_name(schema, column.not_null_constraint);
}

// `t_a_b_not_null` is made of `t` and `a_b`, and of `t_a` and `b`. No other table is looked for
// whose name is shorter than `from`.
bool Facts::is_made_for_another(const Record& record, Text not_null_name, std::size_t from) const {
  const Text both = not_null_name.substr(0, not_null_name.size() - not_null_label.size());
  for (std::size_t at = both.find('_', from); at != Text::npos; at = both.find('_', at + 1)) {
    const Text table = both.substr(0, at);
    if (table == record.facts.name) continue;
    const Record* other = relations.find({record.facts.schema, table});
    const Column* column = other ? other->facts.column(both.substr(at + 1)) : nullptr;
    if (column && not_null_is_called(other->facts, *column, not_null_name)) return true;
  }
  return false;
}

const Facts::Relatives& Facts::relatives(const Record& record) const {
  const Name name = record.name();
  if (same_text(name.name, relatives_.of.name) && same_text(name.schema, relatives_.of.schema))
    return relatives_;
  relatives_ = {.of = name, .longer = beginnings_.contains(name)};
  for (std::size_t at = name.name.find('_'); at != Text::npos && !relatives_.shorter;
       at = name.name.find('_', at + 1))
    relatives_.shorter = relations.contains({name.schema, name.name.substr(0, at)});
  return relatives_;
}

void Facts::note_beginnings(const Name& name) {
  for (std::size_t at = name.name.find('_'); at != Text::npos; at = name.name.find('_', at + 1))
    beginnings_.add({name.schema, name.name.substr(0, at)});
  const Text of = relatives_.of.name;
  if (of.starts_with(name.name) || name.name.starts_with(of)) relatives_ = {};
}

void Facts::spell_not_null(const Record& record, Column& column) {
  if (column.not_null != Known::yes || !column.not_null_constraint.empty()) return;
  column.not_null_constraint =
      store->keep(make_object_name(record.facts.name, column.name, "not_null"));
  take_constraint_name(record.facts.schema, column.not_null_constraint);
}

bool not_null_is_called(const Relation& table, const Column& column, std::string_view name) {
  if (column.not_null != Known::yes) return false;
  if (!column.not_null_constraint.empty()) return column.not_null_constraint == name;
  return name.ends_with(not_null_label) &&
         name == make_object_name(table.name, column.name, "not_null");
}

void Facts::drop_not_null(Record& record, Column& column) {
  passes_.clear();
  release_constraint_name(record.facts.schema, column.not_null_constraint);
  column.not_null = Known::no;
  column.filled = false;
  column.not_null_valid = true;
  column.not_null_constraint = {};
}

void Facts::drop_column(Record& record, std::string_view name, bool cascade) {
  std::vector<Text> pending{name};
  while (!pending.empty()) {
    const Text column_name = pending.back();
    pending.pop_back();
    Column* column = record.column(column_name);
    if (!column) continue;
    const Key key = record.key();

    for (std::size_t at = record.facts.constraints.size(); at-- > 0;)
      if (holds(record.facts.constraints[at].columns, column_name)) erase_constraint(record, at);
    for (std::size_t at = record.facts.indexes.size(); at-- > 0;) {
      const Index& index = record.facts.indexes[at];
      if (!mentions(index, column_name)) continue;
      const Text backed = index.constraint;  // an INCLUDE column of a constraint, say
      erase_index(record, at);
      for (std::size_t other = record.facts.constraints.size(); !backed.empty() && other-- > 0;)
        if (record.facts.constraints[other].name == backed) erase_constraint(record, other);
    }
    for (const Key& source : referencing(key, column_name)) {
      Record* other = find(source);
      if (!other) continue;
      for (std::size_t at = other->facts.constraints.size(); at-- > 0;) {
        const Constraint& each = other->facts.constraints[at];
        if (each.kind == ConstraintKind::foreign_key &&
            holds(each.referenced_columns, column_name) &&
            Key{each.references_schema, each.references_table} == key)
          erase_constraint(*other, at);
      }
    }
    const std::vector<Key> owned = record.owned.all();
    for (const Key& sequence : owned)
      if (const Record* each = find(sequence); each && each->facts.owned_by_column == column_name)
        drop(sequence, cascade);
    if (cascade) {
      for (const Column& each : record.facts.columns)
        if (each.name != column_name && holds(each.generated_from, column_name))
          pending.push_back(each.name);
      for (const Key& view : reading(key))
        if (const Record* each = find(view); each && holds(each->facts.reads_columns, column_name))
          drop(view, true);
      if (find(key) != &record) return;  // a view that reads itself went with its column
      const std::vector<ColumnUser> users = record.facts.column_users.all();
      for (const ColumnUser& each : users) {
        if (!holds(each.columns, column_name)) continue;
        if (each.kind == ObjectKind::trigger) drop_trigger(record, each.name);
        erase(record.facts.policies, each.name);
        forget_user(record.facts, each.kind, each.name);
      }
    }
    if (find(key) != &record) return;  // views that read each other took it along
    auto& columns = record.facts.columns;
    const auto found = std::find_if(columns.begin(), columns.end(),
                                    [&](const Column& each) { return each.name == column_name; });
    if (found == columns.end()) continue;
    untie_column(record, *found);
    columns.erase(found);
  }
}

void Facts::rename_column(Record& record, std::string_view name, std::string_view new_name) {
  Column* column = record.column(name);
  if (!column) return;
  spell_not_null(record, *column);
  column->name = new_name;
  const Key key = record.key();
  const auto rename = [&](auto& names) { rename_in(*store, names, name, new_name); };
  for (Column& each : record.facts.columns) rename(each.generated_from);
  for (Constraint& each : record.facts.constraints) {
    rename(each.columns);
    rename(each.not_null_columns);
    rename_in(*store, each.predicate, name, new_name);
  }
  if (const auto found = rare.find(key); found != rare.end())
    rename(found->second.partition_columns);
  for (ColumnUser& each : record.facts.column_users) rename(each.columns);
  for (Index& each : record.facts.indexes) {
    rename(each.columns);
    rename(each.mentioned);
    rename(each.include);
  }
  for (const Key& sequence : record.owned)
    if (Record* each = find(sequence); each && each->facts.owned_by_column == name)
      each->facts.owned_by_column = new_name;
  if (referenced_columns_.contains(name)) {
    referenced_columns_.insert(new_name);
    for (const Key& source : foreign_keys_.sources(key)) {
      Record* other = find(source);
      if (!other) continue;
      for (Constraint& each : other->facts.constraints)
        if (each.kind == ConstraintKind::foreign_key &&
            Key{each.references_schema, each.references_table} == key)
          rename(each.referenced_columns);
    }
  }
  for (const Key& view : reading(key)) {
    Record* each = find(view);
    if (!each || !holds(each->facts.reads_columns, name) ||
        holds(each->facts.reads_columns, new_name))
      continue;
    // The name may also be a column of another relation that the view reads.
    if (each->reads.size() == 1)
      each->facts.reads_columns = renamed(each->facts.reads_columns, name, new_name);
    else
      each->facts.reads_columns.emplace_back(new_name);
  }
}

// ---------------------------------------------------------------- constraints and indexes

Constraint& Facts::add_constraint(Record& record, Constraint&& constraint) {
  tie_constraint(record, constraint);
  return record.facts.constraints.emplace_back(std::move(constraint));
}

Index& Facts::add_index(Record& record, Index&& index) {
  const Name name{record.facts.schema, index.name};
  gone.erase(name);
  index_tables_[name] = record.facts.name;
  return record.facts.indexes.emplace_back(std::move(index));
}

void Facts::erase_index(Record& record, std::size_t at) {
  const Name name{record.facts.schema, record.facts.indexes[at].name};
  index_tables_.erase(name);
  passes_.clear();
  if (record.facts.schema != temporary_schema) gone.add(name);
  record.facts.indexes.erase(record.facts.indexes.begin() + static_cast<std::ptrdiff_t>(at));
}

void Facts::erase_constraint(Record& record, std::size_t at) {
  auto& constraints = record.facts.constraints;
  untie_constraint(record, constraints[at]);
  const Text index = constraints[at].index;
  constraints.erase(constraints.begin() + static_cast<std::ptrdiff_t>(at));
  if (index.empty()) return;
  for (std::size_t other = record.facts.indexes.size(); other-- > 0;)
    if (record.facts.indexes[other].name == index) erase_index(record, other);
}

void Facts::drop_index(Record& record, std::string_view name) {
  // Pairs of table and index, the indexes of partitions behind the one they are attached to.
  std::vector<std::pair<Key, Text>> pending{{record.key(), name}};
  for (std::size_t done = 0; done < pending.size(); ++done) {
    const Text index = pending[done].second;
    Record* each = find(pending[done].first);
    if (!each || !each->index(index)) continue;
    for (const Key& child : each->children) {
      const Record* partition = find(child);
      if (!partition) continue;
      for (const Index& below : partition->facts.indexes)
        if (below.parent == index) pending.emplace_back(child, below.name);
    }
    auto& indexes = each->facts.indexes;
    const auto found = std::find_if(indexes.begin(), indexes.end(),
                                    [&](const Index& one) { return one.name == index; });
    const Text constraint = found->constraint;
    erase_index(*each, static_cast<std::size_t>(found - indexes.begin()));
    auto& constraints = each->facts.constraints;
    for (std::size_t at = constraints.size(); !constraint.empty() && at-- > 0;)
      if (constraints[at].name == constraint) erase_constraint(*each, at);
  }
}

void Facts::drop_constraint(Record& record, std::string_view name, bool cascade) {
  Constraint* constraint = record.constraint(name);
  if (!constraint) return;
  const List<Text> columns = constraint->columns;
  const Text index = constraint->index;
  const bool unique =
      constraint->kind == ConstraintKind::primary_key || constraint->kind == ConstraintKind::unique;
  const Key key = record.key();
  if (index.empty())
    erase_constraint(record,
                     static_cast<std::size_t>(constraint - record.facts.constraints.data()));
  else
    drop_index(record, index);
  if (Constraint* left = record.constraint(name))
    erase_constraint(record, static_cast<std::size_t>(left - record.facts.constraints.data()));
  if (!unique || !cascade) return;
  for (const Key& source : foreign_keys_.sources(key)) {
    Record* other = find(source);
    if (!other) continue;
    for (std::size_t at = other->facts.constraints.size(); at-- > 0;) {
      const Constraint& each = other->facts.constraints[at];
      if (each.kind == ConstraintKind::foreign_key && same(each.referenced_columns, columns) &&
          Key{each.references_schema, each.references_table} == key)
        erase_constraint(*other, at);
    }
  }
}

void Facts::rename_index(Record& record, std::string_view name, std::string_view new_name) {
  Index* index = record.index(name);
  if (!index) return;
  index_tables_.erase({record.facts.schema, name});
  passes_.clear();
  gone.add({record.facts.schema, name});
  index->name = new_name;
  if (const auto found = rare.find(record.key());
      found != rare.end() && found->second.clustered_on == name)
    found->second.clustered_on = new_name;
  index_tables_[{record.facts.schema, new_name}] = record.facts.name;
  gone.erase({record.facts.schema, new_name});
  for (const Key& child : record.children)
    if (Record* partition = find(child))
      for (Index& below : partition->facts.indexes)
        if (below.parent == name) below.parent = new_name;
  if (index->constraint.empty()) return;
  if (Constraint* constraint = record.constraint(index->constraint)) {
    release_constraint_name(record.facts.schema, constraint->name);
    constraint->name = new_name;
    constraint->index = new_name;
    take_constraint_name(record.facts.schema, constraint->name);
  }
  index->constraint = new_name;
}

void Facts::rename_constraint(Record& record, std::string_view name, std::string_view new_name) {
  if (Constraint* constraint = record.constraint(name)) {
    if (!constraint->index.empty() && record.index(constraint->index)) {
      rename_index(record, constraint->index, new_name);
      return;
    }
    release_constraint_name(record.facts.schema, constraint->name);
    constraint->name = new_name;
    take_constraint_name(record.facts.schema, constraint->name);
    return;
  }
  for (Column& column : record.facts.columns) {
    if (!not_null_is_called(record.facts, column, name)) continue;
    release_constraint_name(record.facts.schema, column.not_null_constraint);
    column.not_null_constraint = new_name;
    take_constraint_name(record.facts.schema, column.not_null_constraint);
    return;
  }
}

// ---------------------------------------------------------------- types and functions

void Facts::drop_type(const Key& first, bool cascade) {
  std::vector<Key> pending{first};
  while (!pending.empty()) {
    const Key key = pending.back();
    pending.pop_back();
    if (cascade) {
      for (const Type* other : types.all())
        if (other->kind == TypeKind::domain && !other->base.schema.empty() &&
            type_key(other->base) == key && Key{other->schema, other->name} != key)
          pending.push_back({other->schema, other->name});
      for (const Key& user : using_type(key)) {
        Record* record = find(user);
        if (!record) continue;
        std::vector<Text> columns;
        for (const Column& column : record->facts.columns)
          if (!column.type.schema.empty() && type_key(column.type) == key)
            columns.push_back(column.name);
        for (const Text column : columns)
          if (Record* still = find(user)) drop_column(*still, column, true);
        Record* left = find(user);
        if (!left) continue;
        for (Column& column : left->facts.columns)
          if (std::any_of(column.default_types.begin(), column.default_types.end(),
                          [&](const ColumnType& each) { return type_key(each) == key; }))
            set_default(*left, column, false, {}, {});
      }
    }
    types.erase(key);
    if (key.schema != temporary_schema) gone_types.add(key);
  }
}

// A type that columns go on having under another name.
void Facts::rename(ColumnType& type, Text schema, Text name) const {
  const bool qualified = type.text.find('.') != std::string_view::npos;  // as it was written
  std::string text = to_string(qualified ? Name{schema, name} : Name{{}, name});
  for (int each = 0; each < type.array_dimensions; ++each) text += "[]";
  type.text = store->keep(text);
  give_name(type, schema, name);
}

void Facts::move_type(const Key& key, std::string_view new_schema, std::string_view new_name) {
  const Key new_key = Key{new_schema, new_name};
  if (new_key == key) return;
  Type* moved = types.move(key, new_key);
  if (!moved) return;
  moved->schema = new_schema;
  moved->name = new_name;
  gone_types.add(key);
  gone_types.erase(new_key);
  for (const Key& user : using_type(key)) {
    Record* record = find(user);
    if (!record) continue;
    for (Column& column : record->facts.columns) {
      untie_column(*record, column);
      if (!column.type.schema.empty() && type_key(column.type) == key)
        rename(column.type, new_schema, new_name);
      std::vector<ColumnType> casts(column.default_types.begin(), column.default_types.end());
      for (ColumnType& each : casts)
        if (type_key(each) == key) rename(each, new_schema, new_name);
      column.default_types = store->rarely(casts);
      tie_column(*record, column);
    }
  }
  for (const Key& other : types.keys()) {
    Type& type = *types.find(other);
    if (!type.base.schema.empty() && type_key(type.base) == key)
      rename(type.base, new_schema, new_name);
    for (Column& column : type.columns)
      if (!column.type.schema.empty() && type_key(column.type) == key)
        rename(column.type, new_schema, new_name);
  }
}

void Facts::move_function(const Key& key, std::string_view new_schema, std::string_view new_name) {
  const Key new_key = Key{new_schema, new_name};
  if (new_key == key) return;
  Function* moved = functions.move(key, new_key);
  if (!moved) return;
  moved->schema = new_schema;
  moved->name = new_name;
  gone_functions.add(key);
  gone_functions.erase(new_key);
  for (const Key& table : calling(key)) {
    Record* record = find(table);
    if (!record) continue;
    for (auto& [trigger, function] : record->trigger_functions) {
      if (function != key) continue;
      trigger_functions_.remove(key, table);
      function = new_key;
      trigger_functions_.add(new_key, table);
    }
  }
}

}  // namespace migguard::schema
