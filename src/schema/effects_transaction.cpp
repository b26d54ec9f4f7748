// What fails because of what the same transaction did before: enum labels that it added cannot be
// used (EnumUncommitted in src/backend/catalog/pg_enum.c), and a table whose deferred triggers have
// yet to fire cannot be altered (CheckTableNotInUse in src/backend/commands/tablecmds.c).
#include <schema/effects_parts.hpp>

#include <algorithm>

namespace migguard::schema {
namespace {

// A label that the transaction at hand has added, and that it may not use yet.
struct FreshLabel {
  const Type* type;
  std::string_view label;
};

std::vector<FreshLabel> fresh_labels(const Evaluation& at) {
  std::vector<FreshLabel> labels;
  for (const auto& [key, label] : at.facts().fresh_labels) {
    const Type* type = at.facts().types.find(key);
    if (!type) continue;
    // From PostgreSQL 17 on, the labels of a type that the transaction made itself can be used.
    const bool own = type->created.migration == at.replay.now.migration && type->create_seen;
    if (own && at.version >= 17) continue;
    labels.push_back({type, label});
  }
  return labels;
}

bool is_type(const Type& type, const ColumnType& other) {
  return other.schema == type.schema && other.lookup_name().name == type.name;
}

bool has_type(const Evaluation& at, const Type& type, List<TypeName> names) {
  return std::any_of(names.begin(), names.end(),
                     [&](const TypeName& each) { return is_type(type, at.replay.resolve(each)); });
}

bool among(List<Text> constants, std::string_view label) {
  return std::find(constants.begin(), constants.end(), label) != constants.end();
}

// Whether one of the columns, or of all columns where none are given, is of the type.
bool any_column_of(const Record* table, const Type& type, List<Text> columns) {
  return table && std::any_of(table->facts.columns.begin(), table->facts.columns.end(),
                              [&](const Column& each) {
                                return is_type(type, each.type) &&
                                       (columns.empty() || among(columns, each.name));
                              });
}

bool names_label(const Expression& expression, std::string_view label) {
  return expression.value == label ||
         expression.text.find(cat('\'', label, '\'')) != std::string_view::npos;
}

// Whether an expression on the columns of a table uses the label.
bool uses(const Evaluation& at, const Expression& expression, const Record* table,
          const FreshLabel& fresh) {
  if (!expression || !names_label(expression, fresh.label)) return false;
  if (has_type(at, *fresh.type, expression.casts)) return true;
  return !expression.columns.empty() && any_column_of(table, *fresh.type, expression.columns);
}

bool uses(const Evaluation& at, const ColumnDefinition& column, const FreshLabel& fresh) {
  if (!column.default_value || !names_label(column.default_value, fresh.label)) return false;
  return is_type(*fresh.type, at.replay.resolve(column.type)) ||
         has_type(at, *fresh.type, column.default_value->casts);
}

bool uses(const Evaluation& at, const Op& op, const FreshLabel& fresh) {
  const Type& type = *fresh.type;
  if (const auto* insert = std::get_if<Insert>(&op))
    return among(insert->constants, fresh.label) &&
           any_column_of(at.find(insert->table), type, insert->columns);
  if (const auto* update = std::get_if<Update>(&op)) {
    const Record* table = at.find(update->table);
    return (among(update->constants, fresh.label) && any_column_of(table, type, update->columns)) ||
           uses(at, update->where, table, fresh);
  }
  if (const auto* remove = std::get_if<Delete>(&op))
    return uses(at, remove->where, at.find(remove->table), fresh);
  const auto in_query = [&](const QueryParts& query, List<Name> reads, List<Text> columns) {
    if (!among(query.constants, fresh.label)) return false;
    return has_type(at, type, query.casts) ||
           std::any_of(reads.begin(), reads.end(), [&](const Name& name) {
             return !columns.empty() && any_column_of(at.find(name), type, columns);
           });
  };
  if (const auto* view = std::get_if<CreateView>(&op))
    return in_query(view->query, view->reads, view->reads_columns);
  if (const auto* view = std::get_if<CreateMaterializedView>(&op))
    return in_query(view->query, view->reads, view->reads_columns);
  if (const auto* table = std::get_if<CreateTableAs>(&op))
    return in_query(table->query, table->reads, table->reads_columns);
  if (const auto* policy = std::get_if<CreatePolicy>(&op)) {
    const Record* table = at.find(policy->table);
    return uses(at, policy->using_, table, fresh) || uses(at, policy->with_check, table, fresh);
  }
  if (const auto* trigger = std::get_if<CreateTrigger>(&op))
    return uses(at, trigger->when, at.find(trigger->table), fresh);
  if (const auto* query = std::get_if<Select>(&op)) {
    if (!among(query->constants, fresh.label)) return false;
    return has_type(at, type, query->casts) ||
           std::any_of(query->reads.begin(), query->reads.end(), [&](const Name& name) {
             return !query->filter_columns.empty() &&
                    any_column_of(at.find(name), type, query->filter_columns);
           });
  }
  if (const auto* value = std::get_if<SetDefault>(&op)) {
    const Record* table = at.find(value->table);
    return value->value && names_label(value->value, fresh.label) &&
           (has_type(at, type, value->value.casts) ||
            any_column_of(table, type, {&value->column, 1}));
  }
  if (const auto* add = std::get_if<AddColumn>(&op)) return uses(at, add->column, fresh);
  if (const auto* table = std::get_if<CreateTable>(&op))
    return std::any_of(table->columns.begin(), table->columns.end(),
                       [&](const ColumnDefinition& each) { return uses(at, each, fresh); });
  if (const auto* add = std::get_if<AddConstraint>(&op))
    return uses(at, add->constraint.check, at.find(add->table), fresh);
  if (const auto* index = std::get_if<CreateIndex>(&op))
    return uses(at, index->where, at.find(index->table), fresh);
  if (const auto* function = std::get_if<CreateFunction>(&op))
    return function->language == "sql" &&
           function->body.find(cat('\'', fresh.label, '\'')) != Text::npos &&
           (is_type(type, at.replay.resolve(function->returns)) ||
            function->body.find(type.name) != Text::npos);
  if (const auto* change = std::get_if<ChangeType>(&op))
    return uses(at, change->using_, at.find(change->table), fresh);
  return false;
}

// The table that ALTER TABLE, DROP TABLE or TRUNCATE asks to have for itself.
Name table_in_use(const Op& op) {
  return std::visit(
      [](const auto& each) -> Name {
        using Each = std::decay_t<decltype(each)>;
        if constexpr (std::is_same_v<Each, RenameTable> || std::is_same_v<Each, RenameColumn> ||
                      std::is_same_v<Each, RenameConstraint> || std::is_same_v<Each, LockTable> ||
                      std::is_same_v<Each, Insert> || std::is_same_v<Each, Update> ||
                      std::is_same_v<Each, Delete> || std::is_same_v<Each, Merge> ||
                      std::is_same_v<Each, Copy> || std::is_same_v<Each, CreateTrigger> ||
                      std::is_same_v<Each, CreatePolicy> || std::is_same_v<Each, CreateRule> ||
                      std::is_same_v<Each, Vacuum> || std::is_same_v<Each, Comment> ||
                      std::is_same_v<Each, RenameObject> || std::is_same_v<Each, DropTableObject> ||
                      std::is_same_v<Each, CreateTable> || std::is_same_v<Each, CreateTableAs>)
          return {};
        else if constexpr (requires { Name(each.table); })
          return each.table;
        else
          return {};
      },
      op);
}

}  // namespace

void work_out_transaction(Evaluation& at, const Op& op) {
  Effects& now = *at.now;
  if (now.fails_in_transaction) return;
  if (!at.facts().fresh_labels.empty())
    for (const FreshLabel& fresh : fresh_labels(at))
      if (uses(at, op, fresh)) {
        now.fails_in_transaction = true;
        now.fails_in_transaction_because =
            cat("the label ", fresh.label, " of ", fresh.type->name,
                " cannot be used before the transaction that added it has ended");
        return;
      }
  if (at.facts().pending_events.empty()) return;
  const Name name = table_in_use(op);
  const Record* table = name.name.empty() ? nullptr : at.find(name);
  if (!table || !at.facts().pending_events.contains(table->key())) return;
  now.fails_in_transaction = true;
  now.fails_in_transaction_because =
      cat("deferred triggers of ", printed(*table), " wait for the end of the transaction");
}

}  // namespace migguard::schema
