// What is read from JSON: operators, functions, jsonpath and SQL/JSON queries, each reduced to a
// column and a path.
#include <sql/json_walk.hpp>
//
#include <algorithm>
#include <sql/json_path.hpp>

namespace migguard::sql {
namespace {

bool is_arrow(std::string_view name) { return name == "->" || name == "->>"; }
bool is_path_arrow(std::string_view name) { return name == "#>" || name == "#>>"; }
bool is_comparison(std::string_view name) {
  return name == "<" || name == ">" || name == "<=" || name == ">=";
}
bool is_arithmetic(std::string_view name) {
  return name == "*" || name == "/" || name == "+" || name == "%";
}
bool is_extract(std::string_view name) {
  return name.starts_with("jsonb_extract_path") || name.starts_with("json_extract_path");
}
bool is_sum(std::string_view name) {
  return name == "sum" || name == "avg" || name == "round" || name == "to_number";
}

}  // namespace

// One step into a document (`a -> 'b'`, `a #> '{b,c}'`, `a['b']`, jsonb_extract_path(a, 'b')):
// where it leads.
std::optional<JsonPlace> JsonWalk::step(const ::Node* node, const JsonScope& scope) {
  const Deeper deeper(*this);
  if (!node || deeper.too_deep()) return {};
  if (const auto* expression = as<A_Expr>(node)) {
    if (expression->kind != AEXPR_OP || !expression->lexpr) return {};
    const std::string_view name = operator_name(*expression);
    if (!is_arrow(name) && !is_path_arrow(name)) return {};
    std::optional<JsonPlace> place = resolve(expression->lexpr, scope);
    if (!place) return {};
    if (is_path_arrow(name)) {
      const std::optional<std::vector<std::string>> steps = text_array(expression->rexpr);
      if (!steps) return {};
      for (const std::string& each : *steps) append_step(place->path, each);
    } else if (const std::optional<std::string> key = constant_text(expression->rexpr)) {
      append_member(place->path, *key);
    } else if (const std::optional<std::int64_t> index = integer_constant(expression->rexpr)) {
      append_index(place->path, *index);
    } else {
      append_any(place->path);
    }
    return place;
  }
  if (const auto* subscripted = as<A_Indirection>(node)) {
    std::optional<JsonPlace> place = resolve(subscripted->arg, scope);
    if (!place) return {};
    for (const ::Node* each : items(subscripted->indirection)) {
      const auto* subscript = as<A_Indices>(each);
      if (!subscript || subscript->is_slice) return {};
      if (const std::optional<std::string> key = constant_text(subscript->uidx))
        append_member(place->path, *key);
      else if (const std::optional<std::int64_t> index = integer_constant(subscript->uidx))
        append_index(place->path, *index);
      else
        append_any(place->path);
    }
    return place;
  }
  if (const auto* call = as<FuncCall>(node)) {
    if (!is_extract(function_name(*call))) return {};
    const Items<::Node> arguments(call->args);
    if (arguments.size() < 2) return {};
    std::optional<JsonPlace> place = resolve(arguments[0], scope);
    if (!place) return {};
    for (std::size_t i = 1; i < arguments.size(); ++i) {
      if (call->func_variadic && i + 1 == arguments.size()) {
        const std::optional<std::vector<std::string>> steps = text_array(arguments[i]);
        if (!steps) return {};
        for (const std::string& each : *steps) append_step(place->path, each);
      } else if (const std::optional<std::string> key = constant_text(arguments[i])) {
        append_step(place->path, *key);
      } else {
        append_any(place->path);
      }
    }
    return place;
  }
  return {};
}

void JsonWalk::read_list(const ::List* list, const JsonScope& scope, Use use) {
  for (const ::Node* node : items(list)) read(node, scope, use);
}

// The document that a step was taken from: its own steps are parents and no reads.
void JsonWalk::read_base(const ::Node* node, const JsonScope& scope) {
  const Deeper deeper(*this);
  if (!node || deeper.too_deep()) return;
  if (const auto* cast = as<TypeCast>(node)) return read_base(cast->arg, scope);
  if (const auto* expression = as<A_Expr>(node)) {
    const std::string_view name = operator_name(*expression);
    if (expression->kind == AEXPR_OP && expression->lexpr &&
        (is_arrow(name) || is_path_arrow(name))) {
      read_base(expression->lexpr, scope);
      if (!constant_of(expression->rexpr)) read(expression->rexpr, scope, {});
      return;
    }
  }
  if (const auto* subscripted = as<A_Indirection>(node)) return read_base(subscripted->arg, scope);
  if (const auto* coalesce = tagged<CoalesceExpr>(node, T_CoalesceExpr)) {
    for (const ::Node* argument : items(coalesce->args)) read_base(argument, scope);
    return;
  }
  if (as<ColumnRef>(node) || as<A_Const>(node)) return;
  read(node, scope, {});
}

void JsonWalk::existence(const ::Node* document, const std::vector<std::string>& keys,
                         const ::Node* literal, const JsonScope& scope, Use use) {
  if (use.condition && !use.positive) return;  // a guard: the key must not be there
  const std::optional<JsonPlace> place = resolve(document, scope);
  if (place) {
    for (const std::string& key : keys) {
      JsonPlace at = *place;
      append_member(at.path, key);
      emit(at, access_, {}, false, span_at(literal));
    }
  }
  read_base(document, scope);
}

void JsonWalk::read_jsonpath(const ::Node* document, const ::Node* path, const JsonScope& scope,
                             Use use) {
  if (use.condition && !use.positive) return;
  const std::optional<JsonPlace> place = resolve(document, scope);
  const std::optional<std::string> text = constant_text(path);
  if (place && text) {
    for (const JsonPathMember& member : parse_jsonpath(*text, place->path)) {
      JsonPlace at = *place;
      at.path = member.path;
      emit(at, access_, {}, member.compared || use.numeric, span_at(path));
    }
  }
  read_base(document, scope);
}

void JsonWalk::read_contained(const ::Node* document, const ::Node* literal, const JsonScope& scope,
                              Use use) {
  if (use.condition && !use.positive) return;
  const std::optional<JsonPlace> place = resolve(document, scope);
  if (!place) return;
  if (const std::optional<std::string> text = constant_text(literal)) {
    write_text(*text, literal, *place, access_);
  } else if (const auto* call = as<FuncCall>(literal)) {
    const JsonAccess before = access_;
    if (function_name(*call).ends_with("build_object")) {
      const Items<::Node> arguments(call->args);
      for (std::size_t i = 0; i < arguments.size(); i += 2) {
        if (const std::optional<std::string> key = constant_text(arguments[i])) {
          JsonPlace at = *place;
          append_member(at.path, *key);
          emit(at, before, i + 1 < arguments.size() ? value_of(arguments[i + 1]) : Value{}, false,
               span_at(arguments[i]));
        }
      }
    }
  }
  read_base(document, scope);
}

std::vector<std::string> JsonWalk::removed_paths(const A_Expr& expression,
                                                 const std::string& base) {
  std::vector<std::string> paths;
  if (operator_name(expression) == "#-") {
    if (const std::optional<std::vector<std::string>> steps = text_array(expression.rexpr)) {
      paths.push_back(base);
      for (const std::string& each : *steps) append_step(paths.back(), each);
    }
  } else if (const std::optional<std::vector<std::string>> keys = text_array(expression.rexpr)) {
    for (const std::string& key : *keys) append_member(paths.emplace_back(base), key);
  } else if (const std::optional<std::string> key = constant_text(expression.rexpr)) {
    append_member(paths.emplace_back(base), *key);
  }
  return paths;
}

bool JsonWalk::read_operator(const A_Expr& expression, const JsonScope& scope, Use use) {
  const std::string_view name = operator_name(expression);
  const ::Node* left = expression.lexpr;
  const ::Node* right = expression.rexpr;
  if (expression.kind == AEXPR_OP && left) {
    if (name == "?") {
      if (const std::optional<std::string> key = constant_text(right))
        existence(left, {*key}, right, scope, use);
      else
        read_base(left, scope);
      return true;
    }
    if (name == "?|" || name == "?&") {
      existence(left, text_array(right).value_or(std::vector<std::string>{}), right, scope, use);
      return true;
    }
    if (name == "@?" || name == "@@") {
      if (!constant_of(right)) return false;
      read_jsonpath(left, right, scope, use);
      return true;
    }
    if (name == "@>") {
      read_contained(left, right, scope, use);
      return true;
    }
    if (name == "<@") {
      read_contained(right, left, scope, use);
      return true;
    }
    if (name == "-" || name == "#-") {
      // Removing a key is the remedy, and what a statement removes it may also look for.
      if (const std::optional<JsonPlace> place = resolve(left, scope)) {
        std::vector<std::string> paths = removed_paths(expression, place->path);
        for (std::string& path : paths) handled_.push_back({place->column, std::move(path), {}});
        if (!paths.empty()) {
          read_base(left, scope);
          return true;
        }
      }
    }
    if (name == "=" || name == "<>" || name == "!=") {
      // (m ? 'k') = false turns a test around.
      for (const auto& [test, constant] : {std::pair{left, right}, std::pair{right, left}}) {
        const std::optional<bool> value = boolean_constant(constant);
        if (!value) continue;
        Use inner = use;
        if (*value == (name != "=")) inner.positive = !use.positive;
        read(test, scope, inner);
        return true;
      }
      // jsonb_each(...) kv WHERE kv.key = 'amount'
      const auto* ref = as<ColumnRef>(left);
      const std::optional<std::string> key = constant_text(right);
      if (ref && key) {
        const Items<::Node> fields(ref->fields);
        const char* column = string_of(fields.back());
        if (column && std::string_view(column) == "key") {
          for (const JsonScope* level = &scope; level; level = level->outer) {
            for (const JsonRelation& relation : level->relations) {
              const auto* call = as<FuncCall>(relation.function);
              if (!call || !(function_name(*call).starts_with("jsonb_each") ||
                             function_name(*call).starts_with("json_each")))
                continue;
              if (fields.size() >= 2 && (!string_of(fields[fields.size() - 2]) ||
                                         relation.alias != string_of(fields[fields.size() - 2])))
                continue;
              std::optional<JsonPlace> place = resolve(items(call->args).front(), *level);
              if (!place) continue;
              append_member(place->path, *key);
              emit(*place, access_, {}, false, span_at(right));
              return true;
            }
          }
        }
      }
    }
  }
  Use inner;
  inner.numeric = false;
  inner.condition = use.condition;
  inner.positive = use.positive;
  const bool constant_number =
      integer_constant(right).has_value() || integer_constant(left).has_value();
  const auto is_number = [](const ::Node* node) {
    const A_Const* constant = constant_of(node);
    return constant && kind_of(*constant) == T_Float;
  };
  if ((is_comparison(name) || is_arithmetic(name)) &&
      (constant_number || is_number(left) || is_number(right))) {
    inner.numeric = true;
  }
  read(left, scope, inner);
  read(right, scope, inner);
  return true;
}

bool JsonWalk::read_function(const FuncCall& call, const JsonScope& scope, Use use) {
  const std::string_view name = function_name(call);
  const Items<::Node> arguments(call.args);
  if (arguments.size() >= 2 && (name.starts_with("jsonb_path_"))) {
    read_jsonpath(arguments[0], arguments[1], scope, use);
    return true;
  }
  if (arguments.size() == 2 && (name == "jsonb_exists" || name == "exist")) {
    if (const std::optional<std::string> key = constant_text(arguments[1]))
      existence(arguments[0], {*key}, arguments[1], scope, use);
    return true;
  }
  if (arguments.size() == 2 && (name == "jsonb_exists_any" || name == "jsonb_exists_all")) {
    existence(arguments[0], text_array(arguments[1]).value_or(std::vector<std::string>{}),
              arguments[1], scope, use);
    return true;
  }
  Use inner;
  inner.condition = use.condition;
  inner.positive = use.positive;
  inner.numeric = is_sum(name);
  read_list(call.args, scope, inner);
  read_list(call.agg_order, scope, {});
  read(call.agg_filter, scope, {});
  read(as_node(call.over), scope, {});
  return true;
}

void JsonWalk::read_json_function(const JsonFuncExpr& call, const JsonScope& scope, Use use) {
  if (!call.context_item) return;
  read_jsonpath(as_node(call.context_item->raw_expr), call.pathspec, scope, use);
}

void JsonWalk::read_json_table_columns(const ::List* columns, const JsonPlace& place,
                                       const std::string& path, unsigned depth) {
  if (depth > 16) return;
  for (const ::Node* node : items(columns)) {
    const auto* column = tagged<JsonTableColumn>(node, T_JsonTableColumn);
    if (!column || column->coltype == JTC_FOR_ORDINALITY) continue;
    const std::optional<std::string> text =
        column->pathspec ? constant_text(column->pathspec->string) : std::nullopt;
    if (column->coltype == JTC_NESTED) {
      std::string nested = path;
      if (text) {
        const std::vector<JsonPathMember> members = parse_jsonpath(*text, path);
        if (!members.empty())
          nested = members.front().path;
        else if (text->find("[*]") != std::string::npos)
          append_any(nested);
      }
      read_json_table_columns(column->columns, place, nested, depth + 1);
      continue;
    }
    std::vector<JsonPathMember> members;
    if (text) {
      members = parse_jsonpath(*text, path);
    } else if (column->name) {
      members.push_back({path, false});
      append_member(members.back().path, column->name);
    }
    for (const JsonPathMember& member : members) {
      JsonPlace at = place;
      at.path = member.path;
      emit(at, access_, {}, member.compared, span_at(node));
    }
  }
}

void JsonWalk::read_json_table(const JsonTable& table, const JsonScope& scope) {
  if (!table.context_item) return;
  std::optional<JsonPlace> place = resolve(as_node(table.context_item->raw_expr), scope);
  if (!place) return;
  std::string path = place->path;
  if (table.pathspec) {
    if (const std::optional<std::string> text = constant_text(table.pathspec->string)) {
      const std::vector<JsonPathMember> members = parse_jsonpath(*text, path);
      if (!members.empty())
        path = members.front().path;
      else if (text->find("[*]") != std::string::npos)
        append_any(path);
    }
  }
  read_json_table_columns(table.columns, *place, path, 0);
}

void JsonWalk::read_range_function(const RangeFunction& function, const JsonScope& scope) {
  for (const ::Node* each : items(function.functions)) {
    const auto* pair = as<::List>(each);
    const ::Node* node = pair ? items(pair).front() : each;
    const auto* call = as<FuncCall>(node);
    const ::List* columns = function.coldeflist;
    if (pair && items(pair).size() > 1 && as<::List>(items(pair)[1]))
      columns = as<::List>(items(pair)[1]);
    if (call && columns) {
      // jsonb_to_record(doc) AS x(price numeric): its columns are keys.
      const std::string_view name = function_name(*call);
      const bool set = name.ends_with("_to_recordset");
      if (set || name.ends_with("_to_record")) {
        if (std::optional<JsonPlace> place = resolve(items(call->args).front(), scope)) {
          if (set) append_any(place->path);
          for (const ColumnDef* column : items<ColumnDef>(columns)) {
            if (!column->colname) continue;
            JsonPlace at = *place;
            append_member(at.path, column->colname);
            emit(at, access_, {}, false, span_at(as_node(column)));
          }
        }
        read_base(items(call->args).front(), scope);
        continue;
      }
    }
    if (call && (function_name(*call).find("array_elements") != std::string_view::npos ||
                 function_name(*call).find("_each") != std::string_view::npos ||
                 function_name(*call).find("object_keys") != std::string_view::npos)) {
      read_base(items(call->args).front(), scope);
      continue;
    }
    read(node, scope, {});
  }
}

void JsonWalk::read_from_item(const ::Node* node, const JsonScope& scope) {
  const Deeper deeper(*this);
  if (!node || deeper.too_deep()) return;
  if (const auto* join = as<JoinExpr>(node)) {
    read_from_item(join->larg, scope);
    read_from_item(join->rarg, scope);
    read(join->quals, scope, {});
  } else if (const auto* select = as<RangeSubselect>(node)) {
    read_query(select->subquery, &scope);
  } else if (const auto* function = as<RangeFunction>(node)) {
    read_range_function(*function, scope);
  } else if (const auto* table = as<JsonTable>(node)) {
    read_json_table(*table, scope);
  } else if (const auto* sample = as<RangeTableSample>(node)) {
    read_from_item(sample->relation, scope);
  }
}

void JsonWalk::read_from(const ::List* from, const JsonScope& scope) {
  for (const ::Node* node : items(from)) read_from_item(node, scope);
}

void JsonWalk::read_with(const JsonScope& scope) {
  for (const JsonRelation& query : scope.with) read_query(query.query, query.query_scope);
}

void JsonWalk::read_query(const ::Node* query, const JsonScope* outer) {
  const Deeper deeper(*this);
  if (!query || deeper.too_deep()) return;
  if (const auto* select = as<SelectStmt>(query))
    read_select(*select, outer);
  else if (const auto* insertion = as<InsertStmt>(query))
    insert(*insertion, outer);
  else if (const auto* change = as<UpdateStmt>(query))
    update(*change, outer);
  else if (const auto* removal = as<DeleteStmt>(query))
    remove(*removal, outer);
  else if (const auto* merging = as<MergeStmt>(query))
    merge(*merging, outer);
}

void JsonWalk::read_select(const SelectStmt& select, const JsonScope* outer) {
  const JsonScope& scope = scope_of(select, outer);
  read_with(scope);
  if (select.op != SETOP_NONE) {
    read_query(as_node(select.larg), &scope);
    read_query(as_node(select.rarg), &scope);
    return;
  }
  for (const ::Node* row : items(select.valuesLists)) {
    if (const auto* list = as<::List>(row)) read_list(list, scope, {});
  }
  for (const ::Node* node : items(select.targetList)) {
    if (const auto* target = as<ResTarget>(node)) read(target->val, scope, {});
  }
  read_from(select.fromClause, scope);
  read(select.whereClause, scope, {});
  read_list(select.groupClause, scope, {});
  read(select.havingClause, scope, {});
  read_list(select.windowClause, scope, {});
  read_list(select.sortClause, scope, {});
  read_list(select.distinctClause, scope, {});
}

void JsonWalk::read(const ::Node* node, const JsonScope& scope, Use use) {
  const Deeper deeper(*this);
  if (!node || deeper.too_deep()) return;
  const InTree tree(*this, scope.shift);
  if (const std::optional<JsonPlace> place = step(node, scope)) {
    emit(*place, access_, {}, use.numeric, span_at(node));
    return read_base(node, scope);
  }
  switch (node->type) {
    case T_A_Expr:
      read_operator(*reinterpret_cast<const A_Expr*>(node), scope, use);
      return;
    case T_FuncCall:
      read_function(*reinterpret_cast<const FuncCall*>(node), scope, use);
      return;
    case T_TypeCast: {
      const auto* cast = as<TypeCast>(node);
      use.numeric = use.numeric || is_number_type_name(type_name_of(*cast));
      return read(cast->arg, scope, use);
    }
    case T_CollateClause:
      return read(as<CollateClause>(node)->arg, scope, use);
    case T_BoolExpr: {
      const auto* expression = as<BoolExpr>(node);
      if (expression->boolop == NOT_EXPR) use.positive = !use.positive;
      return read_list(expression->args, scope, use);
    }
    case T_NullTest: {
      // m->'k' IS NULL holds where the key is not there: a guard.
      const auto* test = as<NullTest>(node);
      const bool wants_key = (test->nulltesttype == IS_NOT_NULL) == use.positive;
      const ::Node* tested = as_node(test->arg);
      if (use.condition && !wants_key && step(tested, scope)) return read_base(tested, scope);
      use.positive = true;
      return read(tested, scope, use);
    }
    case T_BooleanTest: {
      const auto* test = as<BooleanTest>(node);
      if (test->booltesttype == IS_FALSE || test->booltesttype == IS_NOT_TRUE)
        use.positive = !use.positive;
      return read(as_node(test->arg), scope, use);
    }
    case T_CoalesceExpr:
      return read_list(tagged<CoalesceExpr>(node, T_CoalesceExpr)->args, scope, use);
    case T_MinMaxExpr:
      return read_list(tagged<MinMaxExpr>(node, T_MinMaxExpr)->args, scope, use);
    case T_CaseExpr: {
      const auto* choice = tagged<CaseExpr>(node, T_CaseExpr);
      read(as_node(choice->arg), scope, {});
      for (const CaseWhen* when : items<CaseWhen>(choice->args)) {
        Use condition = use;
        condition.numeric = false;
        // CASE WHEN m ? 'k' THEN false: a guard.
        if (const std::optional<bool> result = boolean_constant(as_node(when->result));
            result && !*result) {
          condition.positive = !use.positive;
        }
        read(as_node(when->expr), scope, condition);
        read(as_node(when->result), scope, use);
      }
      return read(as_node(choice->defresult), scope, use);
    }
    case T_A_ArrayExpr:
      return read_list(as<A_ArrayExpr>(node)->elements, scope, {});
    case T_RowExpr:
      return read_list(tagged<RowExpr>(node, T_RowExpr)->args, scope, {});
    case T_List:
      return read_list(as<::List>(node), scope, {});
    case T_NamedArgExpr:
      return read(as_node(tagged<NamedArgExpr>(node, T_NamedArgExpr)->arg), scope, use);
    case T_A_Indirection: {
      const auto* indirection = as<A_Indirection>(node);
      return read(indirection->arg, scope, {});
    }
    case T_SubLink: {
      const auto* link = as<SubLink>(node);
      read(link->testexpr, scope, {});
      return read_query(link->subselect, &scope);
    }
    case T_ResTarget:
      return read(as<ResTarget>(node)->val, scope, use);
    case T_SortBy:
      return read(tagged<SortBy>(node, T_SortBy)->node, scope, {});
    case T_WindowDef: {
      const auto* window = tagged<WindowDef>(node, T_WindowDef);
      read_list(window->partitionClause, scope, {});
      return read_list(window->orderClause, scope, {});
    }
    case T_MultiAssignRef:
      return read(tagged<MultiAssignRef>(node, T_MultiAssignRef)->source, scope, use);
    case T_SelectStmt:
      return read_select(*as<SelectStmt>(node), &scope);
    case T_JsonFuncExpr:
      return read_json_function(*as<JsonFuncExpr>(node), scope, use);
    case T_JsonValueExpr:
      return read(as_node(tagged<JsonValueExpr>(node, T_JsonValueExpr)->raw_expr), scope, use);
    case T_JsonObjectConstructor:
      for (const ::Node* pair :
           items(tagged<JsonObjectConstructor>(node, T_JsonObjectConstructor)->exprs)) {
        const auto* entry = tagged<JsonKeyValue>(pair, T_JsonKeyValue);
        if (entry && entry->value) read(as_node(entry->value), scope, {});
      }
      return;
    case T_JsonArrayConstructor:
      return read_list(tagged<JsonArrayConstructor>(node, T_JsonArrayConstructor)->exprs, scope,
                       {});
    case T_JsonParseExpr:
      return read(as_node(tagged<JsonParseExpr>(node, T_JsonParseExpr)->expr), scope, {});
    case T_JsonScalarExpr:
      return read(as_node(tagged<JsonScalarExpr>(node, T_JsonScalarExpr)->expr), scope, {});
    default:
      return;
  }
}

}  // namespace migguard::sql
