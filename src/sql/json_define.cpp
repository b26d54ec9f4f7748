// Definitions that cement JSON: defaults, generated columns, CHECKs, indexes, views, policies,
// triggers, rules. A CHECK that forbids a key is a guard and no finding: conditions are read with
// their polarity.
#include <sql/json_walk.hpp>
//
#include <sql/json_path.hpp>

namespace migguard::sql {

void JsonWalk::define(const ::Node* node, const JsonScope& scope, bool condition) {
  const JsonAccess before = access_;
  access_ = JsonAccess::define;
  Use use;
  use.condition = condition;
  read(node, scope, use);
  access_ = before;
}

void JsonWalk::define_query(const ::Node* query) {
  const JsonAccess before = access_;
  access_ = JsonAccess::define;
  read_query(query, nullptr);
  access_ = before;
}

void JsonWalk::write_default(const ::Node* value, const Name& table, std::string_view column,
                             const JsonScope& scope) {
  JsonPlace target;
  target.tables = {table};
  target.column = column;
  row_ = new_document();
  defining_ = true;
  write(value, scope, target);
  defining_ = false;
}

void JsonWalk::constraint(const ::Constraint& constraint, const Name& table,
                          std::string_view column, const JsonScope& scope) {
  switch (constraint.contype) {
    case CONSTR_DEFAULT:
      return write_default(constraint.raw_expr, table, column, scope);
    case CONSTR_GENERATED:
      return define(constraint.raw_expr, scope, false);
    case CONSTR_CHECK:
      return define(constraint.raw_expr, scope, true);
    case CONSTR_EXCLUSION:
      for (const ::Node* pair : items(constraint.exclusions)) {
        const auto* list = as<::List>(pair);
        const auto* element = list ? as<IndexElem>(items(list).front()) : nullptr;
        if (element) define(element->expr, scope, false);
      }
      return define(constraint.where_clause, scope, false);
    default:
      return;
  }
}

void JsonWalk::constraints(const ::List* list, const Name& table, std::string_view column,
                           const JsonScope& scope) {
  for (const ::Node* node : items(list)) {
    if (const auto* each = as<::Constraint>(node)) constraint(*each, table, column, scope);
  }
}

void JsonWalk::column(const ColumnDef& column, const Name& table, const JsonScope& scope) {
  const std::string_view name = column.colname ? column.colname : "";
  constraints(column.constraints, table, name, scope);
  if (column.raw_default) write_default(column.raw_default, table, name, scope);
}

void JsonWalk::create_table(const CreateStmt& statement) {
  if (!statement.relation) return;
  const JsonScope& scope = table_scope(statement.relation);
  const Name table = name_of(*statement.relation);
  for (const ::Node* element : items(statement.tableElts)) {
    if (const auto* definition = as<ColumnDef>(element))
      column(*definition, table, scope);
    else if (const auto* each = as<::Constraint>(element))
      constraint(*each, table, {}, scope);
  }
  constraints(statement.constraints, table, {}, scope);
}

void JsonWalk::alter_table(const AlterTableStmt& statement) {
  if (!statement.relation) return;
  const JsonScope& scope = table_scope(statement.relation);
  const Name table = name_of(*statement.relation);
  for (const AlterTableCmd* command : items<AlterTableCmd>(statement.cmds)) {
    JsonPlace target;
    target.tables = {table};
    target.column = command->name ? command->name : "";
    switch (command->subtype) {
      case AT_AddColumn:
        if (const auto* definition = as<ColumnDef>(command->def)) column(*definition, table, scope);
        break;
      case AT_ColumnDefault:
      case AT_CookedColumnDefault:
        write_default(command->def, table, target.column, scope);
        break;
      case AT_SetExpression:
        define(command->def, scope, false);
        break;
      case AT_AddConstraint:
        if (const auto* each = as<::Constraint>(command->def)) constraint(*each, table, {}, scope);
        break;
      case AT_AlterColumnType:
        if (const auto* definition = as<ColumnDef>(command->def);
            definition && definition->raw_default) {
          insert_item(definition->raw_default, scope, target);
        }
        break;
      default:
        break;
    }
  }
}

void JsonWalk::create_index(const IndexStmt& statement) {
  const JsonScope& scope = table_scope(statement.relation);
  for (const ::Node* node : items(statement.indexParams)) {
    if (const auto* element = as<IndexElem>(node)) define(element->expr, scope, false);
  }
  define(statement.whereClause, scope, false);
}

JsonScope& JsonWalk::new_scope_of_rows(const RangeVar& table) {
  JsonScope& scope = new_scope(nullptr);
  for (const std::string_view row : {"old", "new"}) {
    JsonRelation relation;
    relation.alias = row;
    relation.table = name_of(table);
    scope.relations.push_back(relation);
  }
  return scope;
}

void JsonWalk::create_trigger(const CreateTrigStmt& statement) {
  if (!statement.relation) return;
  JsonScope& scope = new_scope_of_rows(*statement.relation);
  define(statement.whenClause, scope, false);
}

void JsonWalk::create_rule(const RuleStmt& statement) {
  if (!statement.relation) return;
  JsonScope& scope = new_scope_of_rows(*statement.relation);
  define(statement.whereClause, scope, false);
  for (const ::Node* action : items(statement.actions)) read_query(action, &scope);
}

// CREATE TABLE AS and SELECT INTO: the output names are the columns.
void JsonWalk::create_as_query(const IntoClause& into, const ::Node* query) {
  const auto* select = as<SelectStmt>(query);
  if (!select || !into.rel) return read_query(query, nullptr);
  const SelectStmt* first = select;
  for (unsigned depth = 0; first->op != SETOP_NONE && first->larg && depth < deepest; ++depth)
    first = first->larg;
  std::vector<JsonPlace> targets;
  const Items<::Node> names(into.colNames);
  for (const ::Node* node : items(first->targetList)) {
    JsonPlace place;
    place.tables = {name_of(*into.rel)};
    const auto* item = as<ResTarget>(node);
    const auto* ref = item ? as<ColumnRef>(item->val) : nullptr;
    const char* name = targets.size() < names.size() ? string_of(names[targets.size()])
                       : item && item->name          ? item->name
                       : ref                         ? string_of(items(ref->fields).back())
                                                     : nullptr;
    if (name) place.column = name;
    targets.push_back(std::move(place));
  }
  as_created_ = true;
  insert_query(*select, nullptr, targets, false, {});
  as_created_ = false;
}

void JsonWalk::create_function(const CreateFunctionStmt& statement) {
  if (statement.sql_body) {
    // BEGIN ATOMIC gives a list of lists of statements, RETURN gives a ReturnStmt.
    for (const ::Node* block : items(as<::List>(statement.sql_body))) {
      if (const auto* list = as<::List>(block)) {
        for (const ::Node* each : items(list)) this->statement(each);
      }
    }
    if (const auto* answer = tagged<ReturnStmt>(statement.sql_body, T_ReturnStmt)) {
      read(answer->returnval, new_scope(nullptr), {});
    }
  }
  json_keys_of_body(statement, out_);
}

}  // namespace migguard::sql
