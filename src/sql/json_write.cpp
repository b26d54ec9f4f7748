// What is written to JSON: constants, builders, jsonb_set, concatenations, rows turned to JSON, text put together.
#include <sql/json_walk.hpp>
//
#include <algorithm>
#include <sql/json_path.hpp>
#include <sql/scan.hpp>

namespace migguard::sql {
namespace {

constexpr json::Options literal_options{.comments = false, .trailing_commas = false, .max_depth = 200};

JsonValueKind kind_of_json(const json::Value& value) {
  switch (value.kind) {
    case json::Kind::null: return JsonValueKind::null;
    case json::Kind::boolean: return JsonValueKind::boolean;
    case json::Kind::number: return JsonValueKind::number;
    case json::Kind::string: return JsonValueKind::text;
    case json::Kind::array: return JsonValueKind::array;
    case json::Kind::object: return JsonValueKind::object;
  }
  return JsonValueKind::unknown;
}

bool has_currency(const json::Value& value) {
  return value.is_object() && std::any_of(value.members.begin(), value.members.end(),
                                          [](const json::Member& member) { return names_currency(member.key); });
}

// {"amount": 10, "currency": "EUR"}: few members, an amount among them.
bool has_money_shape(const json::Value& value) {
  constexpr std::size_t largest = 6;
  return has_currency(value) && value.members.size() <= largest &&
         std::any_of(value.members.begin(), value.members.end(), [](const json::Member& member) {
           return (member.value.is_number() || member.value.is_string()) && names_amount(member.key);
         });
}

bool is_builder(std::string_view name) { return name == "jsonb_build_object" || name == "json_build_object"; }

// `price => 3, "unit cost" => 4`: the keys of an hstore constant.
std::vector<std::string> hstore_keys(std::string_view text) {
  std::vector<std::string> keys;
  std::size_t at = 0;
  while (at < text.size()) {
    while (at < text.size() && (text[at] == ' ' || text[at] == ',')) ++at;
    std::string key;
    if (at < text.size() && text[at] == '"') {
      for (++at; at < text.size() && text[at] != '"'; ++at) {
        if (text[at] == '\\' && at + 1 < text.size()) ++at;
        key += text[at];
      }
      ++at;
    } else {
      while (at < text.size() && text[at] != '=' && text[at] != ' ' && text[at] != ',') key += text[at++];
    }
    while (at < text.size() && text[at] == ' ') ++at;
    if (text.substr(std::min(at, text.size()), 2) != "=>") return keys;
    keys.push_back(std::move(key));
    at += 2;
    while (at < text.size() && text[at] == ' ') ++at;
    const bool quoted = at < text.size() && text[at] == '"';
    if (quoted) ++at;
    while (at < text.size() && text[at] != (quoted ? '"' : ',')) at += text[at] == '\\' ? 2 : 1;
    if (quoted) ++at;
  }
  return keys;
}

// The text of constants joined by || or format(), with 0 for what is not constant.
bool assemble(const ::Node* node, std::string& text, bool& constant, unsigned depth) {
  constexpr unsigned deepest_text = 128;
  if (depth > deepest_text) return false;
  if (const std::optional<std::string> piece = constant_text(node)) {
    text += *piece;
    return true;
  }
  if (const auto* cast = as<TypeCast>(node)) return assemble(cast->arg, text, constant, depth + 1);
  if (const auto* expression = as<A_Expr>(node);
      expression && expression->kind == AEXPR_OP && expression->lexpr && operator_name(*expression) == "||") {
    return assemble(expression->lexpr, text, constant, depth + 1) &&
           assemble(expression->rexpr, text, constant, depth + 1);
  }
  if (const auto* call = as<FuncCall>(node); call && function_name(*call) == "format") {
    const std::optional<std::string> pattern = constant_text(items(call->args).front());
    if (!pattern) return false;
    for (std::size_t i = 0; i < pattern->size(); ++i) {
      if ((*pattern)[i] != '%') {
        text += (*pattern)[i];
      } else if (++i < pattern->size()) {
        text += (*pattern)[i] == '%' ? '%' : '0';
      }
    }
    constant = false;
    return true;
  }
  if (const auto* call = as<FuncCall>(node); call && function_name(*call) == "concat") {
    for (const ::Node* argument : items(call->args)) {
      if (!assemble(argument, text, constant, depth + 1)) return false;
    }
    return true;
  }
  constant = false;
  text += '0';
  return true;
}

}  // namespace

JsonWalk::Value JsonWalk::value_of(const ::Node* node) const {
  Value value;
  if (const auto* cast = as<TypeCast>(node)) {
    const std::string_view type = type_name_of(*cast);
    if (is_json_type_name(type)) return json_value_of(cast->arg);
    value = value_of(cast->arg);
    if (type == "bool") value.kind = JsonValueKind::boolean;
    else if (is_number_type_name(type)) value.kind = JsonValueKind::number;
    else if (type == "date" || type == "timestamp" || type == "timestamptz" || type == "uuid") {
      value.kind = JsonValueKind::boolean;  // whatever it is, it is no amount
    }
    return value;
  }
  if (const auto* constant = as<A_Const>(node)) {
    if (constant->isnull) {
      value.kind = JsonValueKind::null;
      return value;
    }
    switch (kind_of(*constant)) {
      case T_Integer:
        value.kind = JsonValueKind::number;
        value.text = std::to_string(constant->val.ival.ival);
        break;
      case T_Float:
        value.kind = JsonValueKind::number;
        value.text = constant->val.fval.fval;
        break;
      case T_Boolean: value.kind = JsonValueKind::boolean; break;
      case T_String:
        value.kind = JsonValueKind::text;
        value.text = constant->val.sval.sval;
        break;
      default: break;
    }
    return value;
  }
  if (as<A_ArrayExpr>(node)) {
    value.kind = JsonValueKind::array;
    if (const ::Node* first = items(as<A_ArrayExpr>(node)->elements).front()) value.element = value_of(first).kind;
    return value;
  }
  if (const auto* call = as<FuncCall>(node)) {
    const std::string_view name = function_name(*call);
    const Items<::Node> arguments(call->args);
    if (is_builder(name)) {
      value.kind = JsonValueKind::object;
      bool currency = false;
      bool amount = false;
      for (std::size_t i = 0; i < arguments.size(); i += 2) {
        const std::optional<std::string> key = constant_text(arguments[i]);
        if (!key) continue;
        currency = currency || names_currency(*key);
        amount = amount || names_amount(*key);
      }
      constexpr std::size_t largest = 12;
      value.money_shape = currency && amount && arguments.size() <= largest;
    } else if ((name == "to_jsonb" || name == "to_json") && arguments.size() == 1) {
      return value_of(arguments[0]);
    } else if (name == "now" || name == "gen_random_uuid" || name == "count" || name == "to_char") {
      value.kind = JsonValueKind::boolean;
    } else if (name.ends_with("_agg") || name.ends_with("build_array")) {
      value.kind = name.find("object") == std::string_view::npos ? JsonValueKind::array : JsonValueKind::object;
    }
    return value;
  }
  if (as<BoolExpr>(node) || as<NullTest>(node) || as<BooleanTest>(node)) value.kind = JsonValueKind::boolean;
  if (node && node->type == T_JsonObjectConstructor) value.kind = JsonValueKind::object;
  return value;
}

// Of an argument that is JSON: a constant is a document, not a text.
JsonWalk::Value JsonWalk::json_value_of(const ::Node* node) const {
  const A_Const* constant = constant_of(node);
  if (!constant || kind_of(*constant) != T_String) return value_of(node);
  Value value;
  auto parsed = json::parse(constant->val.sval.sval, literal_options);
  if (const auto* document = std::get_if<json::Value>(&parsed)) {
    value.kind = kind_of_json(*document);
    if (document->is_string() || document->is_number()) value.text = document->text;
    if (document->is_array()) {
      value.element = document->items.empty() ? JsonValueKind::null : kind_of_json(document->items.front());
    }
    value.money_shape = has_money_shape(*document);
  }
  return value;
}

void JsonWalk::write_json(const json::Value& value, const JsonPlace& target, std::string& path, JsonAccess access,
                          const LiteralPlace& where, bool known_values) {
  const std::size_t size = path.size();
  if (value.is_object()) {
    const bool currency = has_currency(value);
    for (const json::Member& member : value.members) {
      append_member(path, member.key);
      Value facts;
      facts.kind = kind_of_json(member.value);
      if (member.value.is_string() || member.value.is_number()) facts.text = member.value.text;
      if (member.value.is_array()) {
        facts.element = member.value.items.empty() ? JsonValueKind::null : kind_of_json(member.value.items.front());
      }
      facts.money_shape = has_money_shape(member.value);
      facts.sibling_currency = currency && !names_currency(member.key);
      if (!known_values && (facts.text == "0" || facts.text.find('0') != std::string::npos)) {
        facts.kind = JsonValueKind::unknown;
        facts.text.clear();
      }
      JsonPlace place = target;
      place.path = path;
      emit(place, access, facts, false, where.inside(member.key_span));
      write_json(member.value, target, path, access, where, known_values);
      path.resize(size);
    }
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.items.size(); ++i) {
      append_index(path, static_cast<std::int64_t>(i));
      write_json(value.items[i], target, path, access, where, known_values);
      path.resize(size);
    }
  }
}

void JsonWalk::write_text(std::string_view text, const ::Node* origin, const JsonPlace& target, JsonAccess access) {
  if (text.find_first_of("{[=") == std::string_view::npos) return;
  const A_Const* constant = constant_of(origin);
  auto parsed = json::parse(text, literal_options);
  const LiteralPlace where = literal_place(constant, text);
  if (const auto* document = std::get_if<json::Value>(&parsed)) {
    std::string path = target.path;
    write_json(*document, target, path, access, where, constant != nullptr);
  } else if (text.find("=>") != std::string_view::npos) {
    for (const std::string& key : hstore_keys(text)) {
      JsonPlace place = target;
      append_member(place.path, key);
      emit(place, access, {}, false, where.whole);
    }
  }
}

bool JsonWalk::write_assembled(const ::Node* node, const JsonPlace& target) {
  std::string text;
  bool constant = true;
  if (!assemble(node, text, constant, 0)) return false;
  if (text.find('{') == std::string::npos) return false;
  auto parsed = json::parse(text, literal_options);
  const auto* document = std::get_if<json::Value>(&parsed);
  if (!document) return false;
  JsonPlace place = target;
  place.indirect = true;
  std::string path = place.path;
  LiteralPlace where;
  where.whole = span_at(node);
  write_json(*document, place, path, JsonAccess::write, where, constant);
  return true;
}

void JsonWalk::write_member(const ::Node* key, const ::Node* value, const JsonScope& scope, const JsonPlace& target,
                            bool sibling_currency) {
  const std::optional<std::string> name = constant_text(key);
  if (!name) {
    read(key, scope, {});
    if (value) read(value, scope, {});
    return;
  }
  JsonPlace place = target;
  append_member(place.path, *name);
  if (!constant_of(key)) place.indirect = true;  // 'pri' || 'ce'
  Value facts = value_of(value);
  facts.sibling_currency = sibling_currency && !names_currency(*name);
  emit(place, JsonAccess::write, facts, false, span_at(key));
  if (value) write_value(value, scope, place);
}

void JsonWalk::write_pairs(const ::List* arguments, bool variadic, const JsonScope& scope, const JsonPlace& target) {
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
  if (const auto* cast = as<TypeCast>(node)) {
    if (is_json_type_name(type_name_of(*cast))) return write(node, scope, target);
    return write_value(cast->arg, scope, target);
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
    case T_JsonArrayQueryConstructor: return write(node, scope, target);
    default: return read(node, scope, {});
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
    const char* alias = fields.size() == 1 || (star && fields.size() == 2) ? string_of(fields.front()) : nullptr;
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
          emit(place, JsonAccess::write, value_of(output_column->val), false, span_at(argument));
          write_value(output_column->val, inner, place);
        }
      }
      return;
    }
  }
  write_value(argument, scope, target);
}

bool JsonWalk::write_function(const FuncCall& call, const JsonScope& scope, const JsonPlace& target) {
  const std::string_view name = function_name(call);
  const Items<::Node> arguments(call.args);
  if (is_builder(name)) {
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
  if (name == "jsonb_set" || name == "jsonb_set_lax" || name == "jsonb_insert") {
    write(arguments[0], scope, target);
    if (arguments.size() < 3) return true;
    JsonPlace place = target;
    const std::optional<std::vector<std::string>> steps = text_array(arguments[1]);
    if (!steps) {
      read(arguments[2], scope, {});
      return true;
    }
    for (const std::string& step_text : *steps) append_step(place.path, step_text);
    Value facts = json_value_of(arguments[2]);
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
  if (name == "format" || name == "concat") return write_assembled(reinterpret_cast<const ::Node*>(&call), target);
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
  if (const auto* first = as<ResTarget>(items(select->targetList).front())) write(first->val, scope, target);
  read_with(select->withClause, scope);
  read_from(select->fromClause, scope);
  read(select->whereClause, scope, {});
}

void JsonWalk::write(const ::Node* node, const JsonScope& scope, const JsonPlace& target) {
  const Deeper deeper(*this);
  if (!node || deeper.too_deep()) return;
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
    case T_CollateClause: return write(as<CollateClause>(node)->arg, scope, target);
    case T_A_Expr: {
      const auto* expression = as<A_Expr>(node);
      const std::string_view name = operator_name(*expression);
      if (expression->kind == AEXPR_NULLIF) return write(expression->lexpr, scope, target);
      if (expression->kind == AEXPR_OP && expression->lexpr) {
        if (name == "||") {
          write(expression->lexpr, scope, target);
          return write(expression->rexpr, scope, target);
        }
        if (name == "-" || name == "#-") write(expression->lexpr, scope, target);
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
      if (const Placed found = behind(*ref, scope); found.node) return write(found.node, *found.scope, target);
      const char* name = items(ref->fields).size() == 1 ? string_of(items(ref->fields).front()) : nullptr;
      if (!name || !variables_) return;
      if (const auto variable = variables_->find(name); variable != variables_->end()) {
        JsonPlace place = target;
        place.indirect = true;
        write_text(variable->second, nullptr, place, JsonAccess::write);
      }
      return;
    }
    case T_JsonObjectConstructor: {
      const auto* object = tagged<JsonObjectConstructor>(node, T_JsonObjectConstructor);
      for (const ::Node* pair : items(object->exprs)) {
        const auto* entry = tagged<JsonKeyValue>(pair, T_JsonKeyValue);
        if (entry) write_member(as_node(entry->key), entry->value ? as_node(entry->value->raw_expr) : nullptr, scope, target, false);
      }
      return;
    }
    case T_JsonObjectAgg: {
      const auto* object = tagged<JsonObjectAgg>(node, T_JsonObjectAgg);
      if (!object->arg) return;
      return write_member(as_node(object->arg->key), object->arg->value ? as_node(object->arg->value->raw_expr) : nullptr, scope, target, false);
    }
    case T_JsonArrayConstructor: {
      std::int64_t index = 0;
      for (const ::Node* element : items(tagged<JsonArrayConstructor>(node, T_JsonArrayConstructor)->exprs)) {
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
      return write_query(tagged<JsonArrayQueryConstructor>(node, T_JsonArrayQueryConstructor)->query, scope, place);
    }
    case T_JsonParseExpr: {
      const auto* parse = tagged<JsonParseExpr>(node, T_JsonParseExpr);
      if (parse->expr) write(as_node(parse->expr->raw_expr), scope, target);
      return;
    }
    case T_JsonValueExpr: return write(as_node(tagged<JsonValueExpr>(node, T_JsonValueExpr)->raw_expr), scope, target);
    default: return read(node, scope, {});
  }
}

}  // namespace migguard::sql
