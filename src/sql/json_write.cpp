// What is written to JSON: constants, builders, jsonb_set, concatenations, rows turned to JSON.
#include <sql/json_walk.hpp>
//
#include <algorithm>
#include <sql/json_path.hpp>

namespace migguard::sql {

void JsonWalk::write_member(const ::Node* key, const ::Node* value, const JsonScope& scope,
                            const JsonPlace& target, bool sibling_currency) {
  const std::optional<std::string> name = constant_text(key);
  if (!name) {
    emit_unknown(target, key);
    read(key, scope, {});
    JsonPlace any = target;
    append_any(any.path);
    if (value) write_value(value, scope, any);
    return;
  }
  JsonPlace place = target;
  append_member(place.path, *name);
  if (!constant_of(key)) place.indirect = true;  // 'pri' || 'ce'
  Value facts = value_in(value, scope);
  facts.sibling_currency = sibling_currency && !names_currency(*name);
  emit(place, JsonAccess::write, facts, false, span_at(key));
  if (value) write_value(value, scope, place);
}

void JsonWalk::write_pairs(const ::List* arguments, bool variadic, const JsonScope& scope,
                           const JsonPlace& target) {
  Items<::Node> pairs(arguments);
  if (variadic && pairs.size() == 1) {
    const ::Node* last = pairs.front();
    if (const auto* array = as<A_ArrayExpr>(last)) {
      pairs = Items<::Node>(array->elements);
    } else {
      if (const std::optional<std::vector<std::string>> steps = text_array(last)) {
        for (std::size_t i = 0; i < steps->size(); i += 2) {
          JsonPlace place = target;
          append_member(place.path, (*steps)[i]);
          emit(place, JsonAccess::write, {}, false, span_at(last));
        }
      } else {
        emit_unknown(target, last);
      }
      return;
    }
  }
  bool currency = false;
  for (std::size_t i = 0; i < pairs.size(); i += 2) {
    const std::optional<std::string> key = constant_text(pairs[i]);
    currency = currency || (key && names_currency(*key));
  }
  for (std::size_t i = 0; i < pairs.size(); i += 2) {
    write_member(pairs[i], i + 1 < pairs.size() ? pairs[i + 1] : nullptr, scope, target, currency);
  }
}

void JsonWalk::write_value(const ::Node* node, const JsonScope& scope, const JsonPlace& target) {
  const Deeper deeper(*this);
  if (!node || deeper.too_deep()) return;
  const InTree tree(*this, scope.shift);
  if (const auto* cast = as<TypeCast>(node)) {
    if (is_json_type_name(type_name_of(*cast))) return write(node, scope, target);
    return write_value(cast->arg, scope, target);
  }
  if (const auto* ref = as<ColumnRef>(node)) {
    for (const Placed& each : behind(*ref, scope)) {
      const Following one(*this, each.node);
      if (!one.again && follows(each.node)) write_value(each.node, *each.scope, target);
    }
    return;
  }
  if (as<A_Const>(node)) return;  // a text of SQL becomes a string, whatever it holds
  switch (node->type) {
    case T_FuncCall:
    case T_CoalesceExpr:
    case T_CaseExpr:
    case T_SubLink:
    case T_A_Expr:
    case T_JsonObjectConstructor:
    case T_JsonArrayConstructor:
    case T_JsonObjectAgg:
    case T_JsonArrayAgg:
    case T_JsonParseExpr:
    case T_JsonArrayQueryConstructor:
      return write(node, scope, target);
    default:
      return read(node, scope, {});
  }
}

void JsonWalk::write_row(const ::Node* argument, const JsonScope& scope, const JsonPlace& target) {
  const Deeper deeper(*this);
  if (!argument || deeper.too_deep()) return;
  if (const auto* cast = as<TypeCast>(argument)) {
    if (cast->arg && cast->arg->type == T_RowExpr && cast->typeName) {
      const Items<::Node> names(cast->typeName->names);
      Name type;
      if (const char* last = string_of(names.back())) type.name = last;
      if (names.size() > 1) {
        if (const char* schema = string_of(names[names.size() - 2])) type.schema = schema;
      }
      emit_row(target, type);
      return read(cast->arg, scope, {});
    }
    return write_value(argument, scope, target);
  }
  if (const auto* ref = as<ColumnRef>(argument)) {
    const Items<::Node> fields(ref->fields);
    const bool star = as<A_Star>(fields.back()) != nullptr;
    const char* alias =
        fields.size() == 1 || (star && fields.size() == 2) ? string_of(fields.front()) : nullptr;
    const JsonRelation* relation = alias ? find_relation(alias, scope) : nullptr;
    if (relation) {
      if (!relation->table.name.empty()) {
        emit_row(target, relation->table);
      } else if (const auto* select = as<SelectStmt>(relation->query)) {
        const JsonScope& inner = scope_of(*select, relation->query_scope);
        for (const ::Node* item : items(select->targetList)) {
          const auto* output_column = as<ResTarget>(item);
          const auto* column = output_column ? as<ColumnRef>(output_column->val) : nullptr;
          const char* name = output_column ? output_column->name : nullptr;
          if (!name && column) name = string_of(items(column->fields).back());
          if (!name) continue;
          JsonPlace place = target;
          place.indirect = true;
          append_member(place.path, name);
          emit(place, JsonAccess::write, value_in(output_column->val, inner), false,
               span_at(argument));
          write_value(output_column->val, inner, place);
        }
      }
      return;
    }
  }
  write_value(argument, scope, target);
}

bool JsonWalk::write_function(const FuncCall& call, const JsonScope& scope,
                              const JsonPlace& target) {
  const std::string_view name = function_name(call);
  const Items<::Node> arguments(call.args);
  if (is_json_builder(name)) {
    write_pairs(call.args, call.func_variadic, scope, target);
    return true;
  }
  if (arguments.empty()) return false;
  if (name == "jsonb_build_array" || name == "json_build_array") {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      JsonPlace place = target;
      append_index(place.path, static_cast<std::int64_t>(i));
      write_value(arguments[i], scope, place);
    }
    return true;
  }
  if (name == "jsonb_object" || name == "json_object") {
    const std::optional<std::vector<std::string>> keys = text_array(arguments[0]);
    const std::size_t stride = arguments.size() == 1 ? 2 : 1;
    if (!keys) emit_unknown(target, arguments[0]);
    for (std::size_t i = 0; keys && i < keys->size(); i += stride) {
      JsonPlace place = target;
      append_member(place.path, (*keys)[i]);
      emit(place, JsonAccess::write, {}, false, span_at(arguments[0]));
    }
    return true;
  }
  if (name == "hstore" && arguments.size() == 2) {
    write_member(arguments[0], arguments[1], scope, target, false);
    return true;
  }
  if (name.starts_with("jsonb_object_agg") || name.starts_with("json_object_agg")) {
    write_member(arguments[0], arguments.size() > 1 ? arguments[1] : nullptr, scope, target, false);
    read(call.agg_filter, scope, {});
    return true;
  }
  if (name.starts_with("jsonb_agg") || name.starts_with("json_agg") || name == "array_to_json") {
    JsonPlace place = target;
    append_any(place.path);
    write_row(arguments[0], scope, place);
    read(call.agg_filter, scope, {});
    return true;
  }
  if (name.starts_with("hstore_to_json")) {
    write(arguments[0], scope, target);
    return true;
  }
  if (name == "jsonb_set" || name == "jsonb_set_lax" || name == "jsonb_insert") {
    write(arguments[0], scope, target);
    if (name == "jsonb_set_lax" && arguments.size() > 4 && is_null_constant(arguments[2]) &&
        constant_text(arguments[4]) == "delete_key")
      return true;
    if (arguments.size() < 3) return true;
    JsonPlace place = target;
    const std::optional<std::vector<std::string>> steps = text_array(arguments[1]);
    if (!steps) {
      emit_unknown(target, arguments[1]);
      read(arguments[2], scope, {});
      return true;
    }
    for (const std::string& step_text : *steps) append_step(place.path, step_text);
    Value facts = json_value_in(arguments[2], scope);
    emit(place, JsonAccess::write, facts, false, span_at(arguments[1]));
    write(arguments[2], scope, place);
    return true;
  }
  if (name == "to_jsonb" || name == "to_json" || name == "row_to_json") {
    write_row(arguments[0], scope, target);
    return true;
  }
  if (name == "jsonb_strip_nulls" || name == "json_strip_nulls" || name == "jsonb_pretty") {
    write(arguments[0], scope, target);
    return true;
  }
  if (name == "jsonb_concat" && arguments.size() == 2) {
    write(arguments[0], scope, target);
    write(arguments[1], scope, target);
    return true;
  }
  if (name == "format" || name == "concat")
    return write_assembled(reinterpret_cast<const ::Node*>(&call), target);
  return false;
}

void JsonWalk::write_query(const ::Node* query, const JsonScope& outer, const JsonPlace& target) {
  const Deeper deeper(*this);
  const auto* select = as<SelectStmt>(query);
  if (!select || deeper.too_deep()) return;
  const JsonScope& scope = scope_of(*select, &outer);
  if (select->op != SETOP_NONE) {
    write_query(as_node(select->larg), scope, target);
    write_query(as_node(select->rarg), scope, target);
    return;
  }
  for (const ::Node* row : items(select->valuesLists)) {
    if (const auto* list = as<::List>(row)) write(items(list).front(), scope, target);
  }
  if (const auto* first = as<ResTarget>(items(select->targetList).front()))
    write(first->val, scope, target);
  read_with(scope);
  read_from(select->fromClause, scope);
  read(select->whereClause, scope, {});
}

void JsonWalk::write(const ::Node* node, const JsonScope& scope, const JsonPlace& target) {
  const Deeper deeper(*this);
  if (!node || deeper.too_deep()) return;
  const InTree tree(*this, scope.shift);
  switch (node->type) {
    case T_A_Const:
      if (const auto* constant = as<A_Const>(node); kind_of(*constant) == T_String) {
        write_text(constant->val.sval.sval, node, target, JsonAccess::write);
      }
      return;
    case T_TypeCast: {
      const auto* cast = as<TypeCast>(node);
      if (const ::Node* argument = cast->arg; argument && argument->type == T_A_Expr) {
        if (is_json_type_name(type_name_of(*cast)) && write_assembled(argument, target)) return;
      }
      return write(cast->arg, scope, target);
    }
    case T_CollateClause:
      return write(as<CollateClause>(node)->arg, scope, target);
    case T_A_Expr: {
      const auto* expression = as<A_Expr>(node);
      const std::string_view name = operator_name(*expression);
      if (expression->kind == AEXPR_NULLIF) return write(expression->lexpr, scope, target);
      if (expression->kind == AEXPR_OP && expression->lexpr) {
        if (name == "||") {
          write(expression->lexpr, scope, target);
          return write(expression->rexpr, scope, target);
        }
        if (name == "-" || name == "#-") {
          const std::size_t before = removed_.size();
          for (std::string& path : removed_paths(*expression, target.path))
            removed_.push_back(std::move(path));
          write(expression->lexpr, scope, target);
          removed_.resize(before);
        }
      }
      return read(node, scope, {});
    }
    case T_FuncCall:
      if (!write_function(*as<FuncCall>(node), scope, target)) read(node, scope, {});
      return;
    case T_CoalesceExpr:
      for (const ::Node* argument : items(tagged<CoalesceExpr>(node, T_CoalesceExpr)->args)) {
        write(argument, scope, target);
      }
      return;
    case T_CaseExpr: {
      const auto* choice = tagged<CaseExpr>(node, T_CaseExpr);
      read(as_node(choice->arg), scope, {});
      for (const CaseWhen* when : items<CaseWhen>(choice->args)) {
        read(as_node(when->expr), scope, {});
        write(as_node(when->result), scope, target);
      }
      return write(as_node(choice->defresult), scope, target);
    }
    case T_SubLink: {
      const auto* link = as<SubLink>(node);
      JsonPlace place = target;
      if (link->subLinkType == ARRAY_SUBLINK) append_any(place.path);
      return write_query(link->subselect, scope, place);
    }
    case T_ColumnRef: {
      const auto* ref = as<ColumnRef>(node);
      bool variable = false;
      for (const Placed& each : behind(*ref, scope, &variable)) {
        const Following one(*this, each.node);
        if (one.again || !follows(each.node)) continue;
        JsonPlace place = target;
        place.indirect = place.indirect || variable;
        write(each.node, *each.scope, place);
      }
      return;
    }
    case T_JsonObjectConstructor: {
      const auto* object = tagged<JsonObjectConstructor>(node, T_JsonObjectConstructor);
      for (const ::Node* pair : items(object->exprs)) {
        const auto* entry = tagged<JsonKeyValue>(pair, T_JsonKeyValue);
        if (entry)
          write_member(as_node(entry->key),
                       entry->value ? as_node(entry->value->raw_expr) : nullptr, scope, target,
                       false);
      }
      return;
    }
    case T_JsonObjectAgg: {
      const auto* object = tagged<JsonObjectAgg>(node, T_JsonObjectAgg);
      if (!object->arg) return;
      return write_member(as_node(object->arg->key),
                          object->arg->value ? as_node(object->arg->value->raw_expr) : nullptr,
                          scope, target, false);
    }
    case T_JsonArrayConstructor: {
      std::int64_t index = 0;
      for (const ::Node* element :
           items(tagged<JsonArrayConstructor>(node, T_JsonArrayConstructor)->exprs)) {
        JsonPlace place = target;
        append_index(place.path, index++);
        const auto* value = tagged<JsonValueExpr>(element, T_JsonValueExpr);
        write_value(value ? as_node(value->raw_expr) : element, scope, place);
      }
      return;
    }
    case T_JsonArrayAgg: {
      const auto* array = tagged<JsonArrayAgg>(node, T_JsonArrayAgg);
      JsonPlace place = target;
      append_any(place.path);
      if (array->arg) write_row(as_node(array->arg->raw_expr), scope, place);
      return;
    }
    case T_JsonArrayQueryConstructor: {
      JsonPlace place = target;
      append_any(place.path);
      return write_query(
          tagged<JsonArrayQueryConstructor>(node, T_JsonArrayQueryConstructor)->query, scope,
          place);
    }
    case T_JsonParseExpr: {
      const auto* parse = tagged<JsonParseExpr>(node, T_JsonParseExpr);
      if (parse->expr) write(as_node(parse->expr->raw_expr), scope, target);
      return;
    }
    case T_JsonValueExpr:
      return write(as_node(tagged<JsonValueExpr>(node, T_JsonValueExpr)->raw_expr), scope, target);
    default:
      return read(node, scope, {});
  }
}

}  // namespace migguard::sql
