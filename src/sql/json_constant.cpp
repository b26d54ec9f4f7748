// Constants that are JSON: their keys with their places in the source, and what they say of a
// value. Text put together from constants counts as one.
#include <sql/json_walk.hpp>
//
#include <algorithm>
#include <sql/json_path.hpp>

namespace migguard::sql {
namespace {

constexpr json::Options literal_options{
    .comments = false, .trailing_commas = false, .max_depth = 200};

JsonValueKind kind_of_json(const json::Value& value) {
  switch (value.kind) {
    case json::Kind::null:
      return JsonValueKind::null;
    case json::Kind::boolean:
      return JsonValueKind::boolean;
    case json::Kind::number:
      return JsonValueKind::number;
    case json::Kind::string:
      return JsonValueKind::text;
    case json::Kind::array:
      return JsonValueKind::array;
    case json::Kind::object:
      return JsonValueKind::object;
  }
  return JsonValueKind::unknown;
}

bool has_currency(const json::Value& value) {
  return value.is_object() &&
         std::any_of(value.members.begin(), value.members.end(),
                     [](const json::Member& member) { return names_currency(member.key); });
}

// {"amount": 10, "currency": "EUR"}: few members, an amount among them.
bool has_money_shape(const json::Value& value) {
  constexpr std::size_t largest = 6;
  return has_currency(value) && value.members.size() <= largest &&
         std::any_of(value.members.begin(), value.members.end(), [](const json::Member& member) {
           return (member.value.is_number() || member.value.is_string()) &&
                  names_amount(member.key);
         });
}

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
      while (at < text.size() && text[at] != '=' && text[at] != ' ' && text[at] != ',')
        key += text[at++];
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
  if (const auto* expression = as<A_Expr>(node); expression && expression->kind == AEXPR_OP &&
                                                 expression->lexpr &&
                                                 operator_name(*expression) == "||") {
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
    if (type == "bool")
      value.kind = JsonValueKind::boolean;
    else if (is_number_type_name(type))
      value.kind = JsonValueKind::number;
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
      case T_Boolean:
        value.kind = JsonValueKind::boolean;
        break;
      case T_String:
        value.kind = JsonValueKind::text;
        value.text = constant->val.sval.sval;
        break;
      default:
        break;
    }
    return value;
  }
  if (as<A_ArrayExpr>(node)) {
    value.kind = JsonValueKind::array;
    if (const ::Node* first = items(as<A_ArrayExpr>(node)->elements).front())
      value.element = value_of(first).kind;
    return value;
  }
  if (const auto* call = as<FuncCall>(node)) {
    const std::string_view name = function_name(*call);
    const Items<::Node> arguments(call->args);
    if (is_json_builder(name)) {
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
      value.kind = name.find("object") == std::string_view::npos ? JsonValueKind::array
                                                                 : JsonValueKind::object;
    }
    return value;
  }
  if (as<BoolExpr>(node) || as<NullTest>(node) || as<BooleanTest>(node))
    value.kind = JsonValueKind::boolean;
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
      value.element =
          document->items.empty() ? JsonValueKind::null : kind_of_json(document->items.front());
    }
    value.money_shape = has_money_shape(*document);
  }
  return value;
}

JsonWalk::Value JsonWalk::value_in(const ::Node* node, const JsonScope& scope) {
  Value value = value_of(node);
  if (value.kind == JsonValueKind::unknown && is_number(node, scope))
    value.kind = JsonValueKind::number;
  return value;
}

JsonWalk::Value JsonWalk::json_value_in(const ::Node* node, const JsonScope& scope) {
  Value value = json_value_of(node);
  if (value.kind == JsonValueKind::unknown && is_number(node, scope))
    value.kind = JsonValueKind::number;
  return value;
}

bool JsonWalk::is_number(const ::Node* node, const JsonScope& scope) {
  const Deeper deeper(*this);
  if (!node || deeper.too_deep()) return false;
  const InTree tree(*this, scope.shift);
  const auto any_number = [&](const ::List* list) {
    for (const ::Node* each : items(list)) {
      if (is_number(each, scope)) return true;
    }
    return false;
  };
  if (const auto* cast = as<TypeCast>(node)) return is_number_type_name(type_name_of(*cast));
  if (const auto* constant = as<A_Const>(node))
    return kind_of(*constant) == T_Integer || kind_of(*constant) == T_Float;
  if (const auto* ref = as<ColumnRef>(node)) {
    for (const Placed& each : behind(*ref, scope)) {
      const Following one(*this, each.node);
      if (!one.again && is_number(each.node, *each.scope)) return true;
    }
    return false;
  }
  if (const auto* expression = as<A_Expr>(node)) {
    if (expression->kind == AEXPR_NULLIF) return is_number(expression->lexpr, scope);
    const std::string_view name = operator_name(*expression);
    if (expression->kind != AEXPR_OP) return false;
    if (name == "*" || name == "/" || name == "%") return true;
    return (name == "+" || name == "-") &&
           (is_number(expression->lexpr, scope) || is_number(expression->rexpr, scope));
  }
  if (const auto* call = as<FuncCall>(node)) {
    const std::string_view name = function_name(*call);
    for (const std::string_view each : {"sum", "avg", "round", "ceil", "ceiling", "floor", "trunc",
                                        "abs", "to_number", "div", "mod", "power"}) {
      if (name == each) return true;
    }
    const bool passes_on = name == "to_jsonb" || name == "to_json" || name == "max" ||
                           name == "min" || name == "first_value" || name == "last_value";
    return passes_on && is_number(items(call->args).front(), scope);
  }
  if (const auto* coalesce = tagged<CoalesceExpr>(node, T_CoalesceExpr))
    return any_number(coalesce->args);
  if (const auto* choice = tagged<MinMaxExpr>(node, T_MinMaxExpr)) return any_number(choice->args);
  if (const auto* choice = tagged<CaseExpr>(node, T_CaseExpr)) {
    for (const CaseWhen* when : items<CaseWhen>(choice->args)) {
      if (is_number(as_node(when->result), scope)) return true;
    }
    return is_number(as_node(choice->defresult), scope);
  }
  if (const auto* link = as<SubLink>(node); link && link->subLinkType == EXPR_SUBLINK) {
    const auto* select = as<SelectStmt>(link->subselect);
    const auto* first = select ? as<ResTarget>(items(select->targetList).front()) : nullptr;
    return first && is_number(first->val, scope_of(*select, &scope));
  }
  return false;
}

void JsonWalk::write_json(const json::Value& value, const JsonPlace& target, std::string& path,
                          JsonAccess access, const LiteralPlace& where, bool known_values) {
  const std::size_t size = path.size();
  if (value.is_object()) {
    const bool currency = has_currency(value);
    for (const json::Member& member : value.members) {
      append_member(path, member.key);
      Value facts;
      facts.kind = kind_of_json(member.value);
      if (member.value.is_string() || member.value.is_number()) facts.text = member.value.text;
      if (member.value.is_array()) {
        facts.element = member.value.items.empty() ? JsonValueKind::null
                                                   : kind_of_json(member.value.items.front());
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

void JsonWalk::write_text(std::string_view text, const ::Node* origin, const JsonPlace& target,
                          JsonAccess access) {
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
  if (!document) {
    emit_unknown(target, node);
    return false;
  }
  JsonPlace place = target;
  place.indirect = true;
  std::string path = place.path;
  LiteralPlace where;
  where.whole = span_at(node);
  write_json(*document, place, path, JsonAccess::write, where, constant);
  return true;
}

}  // namespace migguard::sql
