// What names stand for: aliases, sub-selects, WITH queries and functions in FROM, traced back to
// the column of a table that a JSON document lies in; and small questions about nodes.
#include <sql/json_walk.hpp>
//
#include <algorithm>
#include <migguard/text.hpp>
#include <sql/json_path.hpp>
#include <util/text.hpp>

namespace migguard::sql {

// ---------------------------------------------------------------- nodes

const A_Const* constant_of(const ::Node* node) {
  for (unsigned depth = 0; node && depth < 16; ++depth) {
    if (const auto* cast = as<TypeCast>(node))
      node = cast->arg;
    else if (const auto* collate = as<CollateClause>(node))
      node = collate->arg;
    else
      return as<A_Const>(node);
  }
  return nullptr;
}

namespace {

void fold_constants(const ::Node* node, std::optional<std::string>& text, unsigned depth) {
  constexpr unsigned deepest_fold = 64;
  if (!text || depth > deepest_fold) {
    text.reset();
    return;
  }
  if (const A_Const* constant = constant_of(node)) {
    if (kind_of(*constant) == T_String) {
      *text += constant->val.sval.sval;
      return;
    }
  }
  const auto* expression = as<A_Expr>(node);
  if (!expression || expression->kind != AEXPR_OP || operator_name(*expression) != "||" ||
      !expression->lexpr) {
    text.reset();
    return;
  }
  fold_constants(expression->lexpr, text, depth + 1);
  fold_constants(expression->rexpr, text, depth + 1);
}

}  // namespace

std::optional<std::string> constant_text(const ::Node* node) {
  std::optional<std::string> text{std::in_place};
  fold_constants(node, text, 0);
  return text;
}

bool is_null_constant(const ::Node* node) {
  const A_Const* constant = constant_of(node);
  return constant && constant->isnull;
}

std::optional<bool> boolean_constant(const ::Node* node) {
  const A_Const* constant = constant_of(node);
  if (!constant || kind_of(*constant) != T_Boolean) return {};
  return constant->val.boolval.boolval;
}

std::optional<std::int64_t> integer_constant(const ::Node* node) {
  if (const auto* negated = as<A_Expr>(node);
      negated && negated->kind == AEXPR_OP && !negated->lexpr && operator_name(*negated) == "-") {
    const std::optional<std::int64_t> value = integer_constant(negated->rexpr);
    return value ? std::optional(-*value) : value;
  }
  const A_Const* constant = constant_of(node);
  if (!constant || kind_of(*constant) != T_Integer) return {};
  return constant->val.ival.ival;
}

std::string_view function_name(const FuncCall& call) {
  const char* name = string_of(items(call.funcname).back());
  return name ? name : "";
}

bool is_json_builder(std::string_view function) {
  return function == "jsonb_build_object" || function == "json_build_object";
}

std::string_view operator_name(const A_Expr& expression) {
  const char* name = string_of(items(expression.name).back());
  return name ? name : "";
}

std::string_view type_name_of(const TypeCast& cast) {
  if (!cast.typeName) return {};
  const char* name = string_of(items(cast.typeName->names).back());
  return name ? name : "";
}

bool is_json_type_name(std::string_view type) { return type == "jsonb" || type == "json"; }

bool is_number_type_name(std::string_view type) {
  constexpr std::string_view numbers[] = {"numeric", "decimal", "money",  "int2",
                                          "int4",    "int8",    "float4", "float8"};
  return std::find(std::begin(numbers), std::end(numbers), type) != std::end(numbers);
}

std::optional<std::vector<std::string>> text_array(const ::Node* node) {
  for (unsigned depth = 0; depth < 16; ++depth) {
    const auto* cast = as<TypeCast>(node);
    if (!cast) break;
    node = cast->arg;
  }
  if (const auto* array = as<A_ArrayExpr>(node)) {
    std::vector<std::string> steps;
    for (const ::Node* element : items(array->elements)) {
      if (const std::optional<std::string> text = constant_text(element))
        steps.push_back(*text);
      else if (const std::optional<std::int64_t> index = integer_constant(element))
        steps.push_back(std::to_string(*index));
      else
        return {};
    }
    return steps;
  }
  const std::optional<std::string> text = constant_text(node);
  return text ? parse_array_literal(*text) : std::nullopt;
}

Name name_of(const RangeVar& table) {
  return {table.schemaname ? Text(table.schemaname) : Text(),
          table.relname ? Text(table.relname) : Text()};
}

bool names_currency(std::string_view key) {
  const std::string lower = to_lower(key);
  return lower == "ccy" || lower.ends_with("currency") || lower.ends_with("currencycode") ||
         lower.ends_with("currency_code");
}

bool names_amount(std::string_view key) {
  const std::string lower = to_lower(key);
  constexpr std::string_view ends[] = {"amount", "value", "amt",   "units",
                                       "cents",  "minor", "price", "total"};
  return std::any_of(std::begin(ends), std::end(ends),
                     [&](std::string_view end) { return lower.ends_with(end); });
}

// ---------------------------------------------------------------- scopes

JsonScope& JsonWalk::new_scope(const JsonScope* outer) {
  JsonScope& scope = scopes_.emplace_back();
  scope.outer = outer;
  scope.shift = shift_;
  return scope;
}

JsonScope& JsonWalk::table_scope(const RangeVar* table) {
  JsonScope& scope = new_scope(nullptr);
  add_table(table, scope);
  return scope;
}

void JsonWalk::add_with(const WithClause* with, JsonScope& scope) {
  if (!with) return;
  // A WITH query sees the others and what is around the statement, but none of its tables.
  JsonScope& sight = new_scope(scope.outer);
  for (const CommonTableExpr* query : items<CommonTableExpr>(with->ctes)) {
    JsonRelation relation;
    relation.alias = query->ctename;
    relation.query = query->ctequery;
    relation.query_scope = &sight;
    relation.shift = shift_;
    relation.column_names = query->aliascolnames;
    sight.with.push_back(relation);
  }
  scope.with = sight.with;
}

void JsonWalk::add_table(const RangeVar* table, JsonScope& scope, std::string_view fallback_alias) {
  if (!table || !table->relname) return;
  JsonRelation relation;
  if (!table->schemaname) {
    for (const JsonScope* level = &scope; level; level = level->outer) {
      const auto with =
          std::find_if(level->with.begin(), level->with.end(),
                       [&](const JsonRelation& each) { return each.alias == table->relname; });
      if (with == level->with.end()) continue;
      relation = *with;
      break;
    }
  }
  relation.alias = table->alias ? table->alias->aliasname : table->relname;
  if (!relation.query) relation.table = name_of(*table);
  if (table->alias && table->alias->colnames) relation.column_names = table->alias->colnames;
  scope.relations.push_back(relation);
  if (!fallback_alias.empty()) {
    relation.alias = fallback_alias;
    scope.relations.push_back(relation);
  }
}

void JsonWalk::add_from(const ::List* from, JsonScope& scope, unsigned depth) {
  for (const ::Node* item : items(from)) add_from_item(item, scope, depth);
}

void JsonWalk::add_from_item(const ::Node* node, JsonScope& scope, unsigned depth) {
  if (!node || depth > deepest) return;
  if (const auto* table = as<RangeVar>(node)) {
    add_table(table, scope);
  } else if (const auto* join = as<JoinExpr>(node)) {
    add_from_item(join->larg, scope, depth + 1);
    add_from_item(join->rarg, scope, depth + 1);
  } else if (const auto* select = as<RangeSubselect>(node)) {
    JsonRelation relation;
    if (select->alias) {
      relation.alias = select->alias->aliasname;
      relation.column_names = select->alias->colnames;
    }
    relation.query = select->subquery;
    // LATERAL sees its neighbours; without it a name is looked for here all the same, which does no
    // harm.
    relation.query_scope = &scope;
    relation.shift = shift_;
    scope.relations.push_back(relation);
  } else if (const auto* function = as<RangeFunction>(node)) {
    const ::List* first = as<::List>(items(function->functions).front());
    const ::Node* call = first ? items(first).front() : nullptr;
    JsonRelation relation;
    relation.function = call;
    relation.query_scope = &scope;
    if (function->alias) {
      relation.alias = function->alias->aliasname;
      relation.column_names = function->alias->colnames;
    } else if (const auto* named = as<FuncCall>(call)) {
      relation.alias = function_name(*named);
    }
    scope.relations.push_back(relation);
  } else if (const auto* sample = as<RangeTableSample>(node)) {
    add_from_item(sample->relation, scope, depth + 1);
  }
}

const JsonScope& JsonWalk::scope_of(const SelectStmt& query, const JsonScope* outer) {
  if (const auto known = select_scopes_.find(&query); known != select_scopes_.end())
    return *known->second;
  JsonScope& scope = new_scope(outer);
  select_scopes_.emplace(&query, &scope);
  add_with(query.withClause, scope);
  add_from(query.fromClause, scope);
  return scope;
}

void JsonWalk::declare(JsonRelation variable) {
  variable.query_scope = around_;
  variable.shift = shift_;
  variable.variable = true;
  JsonScope& scope = new_scope(around_);
  scope.relations.push_back(variable);
  around_ = &scope;
}

const JsonRelation* JsonWalk::variable(std::string_view name) const {
  return around_ ? find_relation(name, *around_) : nullptr;
}

// ---------------------------------------------------------------- resolving

const JsonScope& JsonWalk::scope_of_change(const ::Node* query, const JsonScope* outer) {
  if (const auto known = select_scopes_.find(query); known != select_scopes_.end())
    return *known->second;
  JsonScope& scope = new_scope(outer);
  select_scopes_.emplace(query, &scope);
  if (const auto* insertion = as<InsertStmt>(query)) {
    add_table(insertion->relation, scope);
  } else if (const auto* change = as<UpdateStmt>(query)) {
    add_with(change->withClause, scope);
    add_table(change->relation, scope);
    add_from(change->fromClause, scope);
  } else if (const auto* removal = as<DeleteStmt>(query)) {
    add_with(removal->withClause, scope);
    add_table(removal->relation, scope);
    add_from(removal->usingClause, scope);
  } else if (const auto* merging = tagged<MergeStmt>(query, T_MergeStmt)) {
    add_with(merging->withClause, scope);
    add_table(merging->relation, scope);
    add_from_item(merging->sourceRelation, scope, 0);
  }
  return scope;
}

// The lists of output columns: of the arms of a UNION, the rows of VALUES, RETURNING.
void JsonWalk::add_arms(const ::Node* query, const JsonScope* outer,
                        std::vector<std::pair<const ::List*, const JsonScope*>>& arms,
                        unsigned depth) {
  constexpr std::size_t most_arms = 200;
  if (!query || depth > deepest || arms.size() >= most_arms) return;
  if (const auto* select = as<SelectStmt>(query)) {
    const JsonScope& scope = scope_of(*select, outer);
    if (select->op != SETOP_NONE) {
      add_arms(as_node(select->larg), &scope, arms, depth + 1);
      add_arms(as_node(select->rarg), &scope, arms, depth + 1);
      return;
    }
    for (const ::Node* row : items(select->valuesLists)) {
      if (const auto* list = as<::List>(row); list && arms.size() < most_arms)
        arms.emplace_back(list, &scope);
    }
    if (!select->valuesLists && select->targetList) arms.emplace_back(select->targetList, &scope);
    return;
  }
  const ReturningClause* returning = nullptr;
  if (const auto* insertion = as<InsertStmt>(query))
    returning = insertion->returningClause;
  else if (const auto* change = as<UpdateStmt>(query))
    returning = change->returningClause;
  else if (const auto* removal = as<DeleteStmt>(query))
    returning = removal->returningClause;
  else if (const auto* merging = tagged<MergeStmt>(query, T_MergeStmt))
    returning = merging->returningClause;
  if (returning && returning->exprs)
    arms.emplace_back(returning->exprs, &scope_of_change(query, outer));
}

std::vector<JsonWalk::Placed> JsonWalk::outputs(const JsonRelation& relation,
                                                std::string_view column, bool& star) {
  if (relation.output >= 0 && column != relation.alias) return {};
  const InTree tree(*this, relation.shift);
  std::vector<std::pair<const ::List*, const JsonScope*>> arms;
  add_arms(relation.query, relation.query_scope, arms, 0);
  std::vector<Placed> found;
  if (arms.empty()) return found;
  std::optional<std::size_t> wanted;
  if (relation.output >= 0) wanted = static_cast<std::size_t>(relation.output);
  const Items<::Node> names(relation.column_names);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const char* name = string_of(names[i]);
    if (name && column == name) wanted = i;
  }
  // The first arm gives the names, and the place is the same in all.
  std::size_t place = 0;
  for (const ::Node* item : items(arms.front().first)) {
    if (wanted) break;
    const auto* target = as<ResTarget>(item);
    const ::Node* value = target ? target->val : item;
    const ::Node* named = value;
    while (const auto* cast = as<TypeCast>(named)) named = cast->arg;
    std::string_view name;
    std::string values_name;
    if (target && target->name) {
      name = target->name;
    } else if (const auto* ref = as<ColumnRef>(named)) {
      const ::Node* last = items(ref->fields).back();
      if (const char* text = string_of(last))
        name = text;
      else if (as<A_Star>(last))
        star = true;
    } else if (const auto* call = as<FuncCall>(named)) {
      name = function_name(*call);
    } else if (!target) {
      values_name = cat("column", place + 1);  // of VALUES
      name = values_name;
    }
    if (name == column && !name.empty()) wanted = place;
    ++place;
  }
  if (!wanted) {
    if (star) found.push_back({nullptr, arms.front().second});
    return found;
  }
  for (const auto& [list, scope] : arms) {
    const Items<::Node> columns(list);
    if (*wanted >= columns.size()) continue;
    const auto* target = as<ResTarget>(columns[*wanted]);
    const ::Node* value = target ? target->val : columns[*wanted];
    const auto* ref = as<ColumnRef>(value);
    if (ref && as<A_Star>(items(ref->fields).back())) continue;
    found.push_back({value, scope});
  }
  if (relation.earlier) {
    const JsonRelation* before = find_relation(relation.alias, *relation.earlier);
    if (before && before->query) {
      bool other_star = false;
      for (const Placed& each : outputs(*before, column, other_star)) {
        if (each.node) found.push_back(each);
      }
    }
  }
  return found;
}

const JsonRelation* JsonWalk::find_relation(std::string_view alias, const JsonScope& scope) const {
  for (const JsonScope* level = &scope; level; level = level->outer) {
    for (const JsonRelation& relation : level->relations) {
      if (relation.alias == alias) return &relation;
    }
  }
  return nullptr;
}

std::vector<JsonWalk::Placed> JsonWalk::behind(const ColumnRef& ref, const JsonScope& scope,
                                               bool* variable) {
  const Items<::Node> fields(ref.fields);
  const char* last = string_of(fields.back());
  if (!last) return {};
  bool star = false;
  const auto known = [&](const JsonRelation& relation) {
    std::vector<Placed> found = outputs(relation, last, star);
    std::erase_if(found, [](const Placed& each) { return !each.node; });
    if (variable && !found.empty()) *variable = relation.variable;
    return found;
  };
  if (fields.size() >= 2) {
    const char* alias = string_of(fields[fields.size() - 2]);
    const JsonRelation* relation = alias ? find_relation(alias, scope) : nullptr;
    return relation && relation->query ? known(*relation) : std::vector<Placed>{};
  }
  for (const JsonScope* level = &scope; level; level = level->outer) {
    for (const JsonRelation& relation : level->relations) {
      if (!relation.query || relation.record) continue;
      if (std::vector<Placed> found = known(relation); !found.empty()) return found;
    }
  }
  return {};
}

std::optional<JsonPlace> JsonWalk::resolve_in(const JsonRelation& relation,
                                              std::string_view column) {
  if (relation.silent) return {};
  if (relation.query) {
    bool star = false;
    const std::vector<Placed> found = outputs(relation, column, star);
    for (const Placed& each : found) {
      if (!each.node) continue;
      const Following one(*this, each.node);
      if (one.again) continue;
      if (std::optional<JsonPlace> place = resolve(each.node, *each.scope)) return place;
    }
    if (!star || found.empty() || found.front().node) return {};
    JsonPlace place;
    for (const JsonRelation& inner : found.front().scope->relations) {
      if (std::optional<JsonPlace> deeper =
              inner.query || inner.function ? resolve_in(inner, column) : std::nullopt) {
        return deeper;
      }
      if (!inner.table.name.empty()) place.tables.push_back(inner.table);
    }
    if (place.tables.empty()) return {};
    place.column = column;
    return place;
  }
  if (relation.function) return resolve_function(relation, column);
  JsonPlace place;
  if (!relation.table.name.empty()) place.tables.push_back(relation.table);
  place.column = column;
  place.trigger_function = relation.trigger_function;
  return place;
}

std::optional<JsonPlace> JsonWalk::resolve_function(const JsonRelation& relation,
                                                    std::string_view column) {
  const auto* call = as<FuncCall>(relation.function);
  if (!call) return {};
  const std::string_view function = function_name(*call);
  const bool elements =
      function.starts_with("jsonb_array_elements") || function.starts_with("json_array_elements");
  const bool query = function.starts_with("jsonb_path_query");
  const bool each = function.starts_with("jsonb_each") || function.starts_with("json_each");
  const bool set = function.ends_with("_to_recordset");
  const bool record = set || function.ends_with("_to_record");
  if (!elements && !query && !each && !record) return {};
  const Items<::Node> arguments(call->args);
  if (arguments.empty() || !relation.query_scope) return {};
  if (record) {
    std::optional<JsonPlace> place = resolve(arguments[0], *relation.query_scope);
    if (!place) return {};
    if (set) append_any(place->path);
    append_member(place->path, column);
    return place;
  }
  const Items<::Node> names(relation.column_names);
  const char* value_renamed = names.size() > 1 ? string_of(names[1]) : nullptr;
  const char* renamed =
      relation.column_names ? string_of(items(relation.column_names).front()) : nullptr;
  const bool is_value =
      each ? column == "value" || (value_renamed && column == value_renamed)
           : column == "value" || column == relation.alias || (renamed && column == renamed);
  if (!is_value) return {};
  std::optional<JsonPlace> place = resolve(arguments[0], *relation.query_scope);
  if (!place) return {};
  if (query) {
    const std::optional<std::string> text =
        arguments.size() > 1 ? constant_text(arguments[1]) : std::nullopt;
    if (!text) return {};
    const std::vector<JsonPathMember> members = parse_jsonpath(*text, place->path);
    if (!members.empty()) place->path = members.front().path;
  } else {
    append_any(place->path);
  }
  return place;
}

std::optional<JsonPlace> JsonWalk::resolve_column(const ColumnRef& ref, const JsonScope& scope) {
  const Items<::Node> fields(ref.fields);
  const char* last = string_of(fields.back());
  if (!last) return {};
  if (fields.size() >= 2) {
    const char* alias = string_of(fields[fields.size() - 2]);
    if (!alias) return {};
    const JsonRelation* relation = find_relation(alias, scope);
    if (relation) return resolve_in(*relation, last);
    return {};
  }
  JsonPlace place;
  place.column = last;
  bool any_relation = false;
  for (const JsonScope* level = &scope; level; level = level->outer) {
    for (const JsonRelation& relation : level->relations) {
      if (relation.record) continue;
      any_relation = any_relation || !relation.variable;
      if (relation.query || relation.function) {
        if (std::optional<JsonPlace> found = resolve_in(relation, last)) return found;
        if (relation.query) {
          bool star = false;
          const std::vector<Placed> behind_it = outputs(relation, last, star);
          if (!behind_it.empty() && behind_it.front().node)
            return {};  // a column, but of no document
        }
      } else if (!relation.table.name.empty() && !relation.silent) {
        place.tables.push_back(relation.table);
      } else if (!relation.trigger_function.name.empty()) {
        continue;
      }
    }
  }
  if (place.tables.empty() && any_relation) return {};
  return place;
}

std::optional<JsonPlace> JsonWalk::resolve(const ::Node* node, const JsonScope& scope) {
  const Deeper deeper(*this);
  if (!node || deeper.too_deep()) return {};
  const InTree tree(*this, scope.shift);
  if (const auto* ref = as<ColumnRef>(node)) return resolve_column(*ref, scope);
  if (const auto* cast = as<TypeCast>(node)) return resolve(cast->arg, scope);
  if (const auto* collate = as<CollateClause>(node)) return resolve(collate->arg, scope);
  if (std::optional<JsonPlace> place = step(node, scope)) return place;
  if (const auto* expression = as<A_Expr>(node)) {
    const std::string_view name = operator_name(*expression);
    if (expression->kind == AEXPR_NULLIF) return resolve(expression->lexpr, scope);
    if (expression->kind != AEXPR_OP || !expression->lexpr) return {};
    if (name == "-" || name == "#-") return resolve(expression->lexpr, scope);
    if (name == "||") {
      std::optional<JsonPlace> place = resolve(expression->lexpr, scope);
      return place ? place : resolve(expression->rexpr, scope);
    }
    return {};
  }
  if (const auto* coalesce = tagged<CoalesceExpr>(node, T_CoalesceExpr)) {
    for (const ::Node* argument : items(coalesce->args)) {
      if (std::optional<JsonPlace> place = resolve(argument, scope)) return place;
    }
    return {};
  }
  if (const auto* choice = tagged<CaseExpr>(node, T_CaseExpr)) {
    for (const CaseWhen* when : items<CaseWhen>(choice->args)) {
      if (std::optional<JsonPlace> place = resolve(as_node(when->result), scope)) return place;
    }
    return resolve(as_node(choice->defresult), scope);
  }
  if (const auto* link = as<SubLink>(node)) {
    const auto* select = as<SelectStmt>(link->subselect);
    if (!select || link->subLinkType != EXPR_SUBLINK) return {};
    const auto* first = as<ResTarget>(items(select->targetList).front());
    return first ? resolve(first->val, scope_of(*select, &scope)) : std::nullopt;
  }
  if (const auto* call = as<FuncCall>(node)) {
    const std::string_view name = function_name(*call);
    const Items<::Node> arguments(call->args);
    if (arguments.empty()) return {};
    if (name.starts_with("jsonb_set") || name == "jsonb_insert" || name == "jsonb_strip_nulls" ||
        name == "json_strip_nulls" || name == "to_jsonb" || name == "to_json") {
      const auto* ref = as<ColumnRef>(arguments[0]);
      // to_jsonb(t) of a whole row is no document of a column.
      if (ref && name.starts_with("to_json") && items(ref->fields).size() == 1) {
        const char* alias = string_of(items(ref->fields).front());
        if (alias && find_relation(alias, scope)) return {};
      }
      return resolve(arguments[0], scope);
    }
    if (name.starts_with("jsonb_array_elements") || name.starts_with("json_array_elements")) {
      std::optional<JsonPlace> place = resolve(arguments[0], scope);
      if (place) append_any(place->path);
      return place;
    }
  }
  return {};
}

}  // namespace migguard::sql
