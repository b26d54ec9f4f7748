// zod schemas, as far as a type is inferred from them, and values.
#include <util/text.hpp>

#include <jsonb/type_reader.hpp>

namespace migguard::jsonb {

// The innermost call of a chain and its method: z.number of z.number().min(0).optional().
Found TypeReader::zod_base(const Found& expression, std::string& method) {
  Found at = expression;
  at.node = typescript::bare(at.node);
  if (at.node.is("identifier")) at = sources_.constant(at);
  constexpr unsigned longest_chain = 100;  // constants may name each other in a circle
  for (unsigned link = 0; link < longest_chain && at.node.is("call_expression"); ++link) {
    const Node function = at.node.field("function");
    if (!function.is("member_expression")) break;
    const Node object = typescript::bare(function.field("object"));
    method = function.field("property").text();
    const Found owner =
        object.is("identifier") ? sources_.constant({at.module, object}) : Found{at.module, object};
    if (!owner.node.is("call_expression")) break;
    at = owner;
  }
  return at;
}

ValueFacts TypeReader::zod_facts(const Found& expression) {
  std::string method;
  zod_base(expression, method);
  ValueFacts facts;
  if (method == "number" || method == "bigint" || method == "int")
    facts.kind = JsonValueKind::number;
  if (method == "boolean" || method == "date") facts.kind = JsonValueKind::boolean;
  if (method == "object" || method == "strictObject") facts.kind = JsonValueKind::object;
  if (method == "array") {
    facts.kind = JsonValueKind::array;
    facts.element = JsonValueKind::unknown;
  }
  return facts;
}

void TypeReader::read_zod(const Found& expression, const Declared& column, unsigned depth,
                          const Filter* filter) {
  if (depth > deepest_type || out_.size() > most_keys) return;
  Found at{expression.module, typescript::bare(expression.node)};
  if (at.node.is("identifier")) at = sources_.constant(at);
  if (at.node.is("arrow_function")) at.node = typescript::bare(at.node.field("body"));
  const Node function = at.node.field("function");
  if (!at.node.is("call_expression") || !function.is("member_expression")) return;
  const std::string_view method = function.field("property").text();
  const std::vector<Node> arguments = at.node.field("arguments").children();
  const Node first = arguments.empty() ? Node() : typescript::bare(arguments.front());
  const auto inside = [&](Node node) { return Found{at.module, node}; };
  const Node object = typescript::bare(function.field("object"));
  const Found owner = object.is("identifier") ? sources_.constant(inside(object)) : inside(object);
  if (owner.node.is("call_expression")) {
    read_zod_method(at, owner, method, first, column, depth, filter);
    return;
  }
  Declared items = column;
  items.path += "[*]";
  if (method == "object" || method == "strictObject" || method == "looseObject") {
    if (first.is("object")) read_members(at, first.children(), column, depth, filter);
  } else if (method == "array" || method == "set") {
    read_zod(inside(first), items, depth + 1);
  } else if (method == "record" || method == "map") {
    if (!arguments.empty()) read_zod(inside(arguments.back()), items, depth + 1);
  } else if (method == "union" || method == "discriminatedUnion") {
    const Node list = arguments.empty() ? Node() : typescript::bare(arguments.back());
    const Node choices = list.is("array") ? list : first;
    for (const Node& each : choices.children()) read_zod(inside(each), column, depth + 1, filter);
  } else if (method == "tuple") {
    std::size_t index = 0;
    for (const Node& each : first.children()) {
      Declared item = column;
      item.path += cat("[", index++, "]");
      read_zod(inside(each), item, depth + 1);
    }
  } else {  // optional(x), lazy(() => x), intersection(a, b)
    for (const Node& each : arguments) read_zod(inside(each), column, depth + 1, filter);
  }
}

// A method of a schema: what it makes of its owner.
void TypeReader::read_zod_method(const Found& call, const Found& owner, std::string_view method,
                                 Node first, const Declared& column, unsigned depth,
                                 const Filter* filter) {
  if (method == "array") {
    Declared items = column;
    items.path += "[*]";
    return read_zod(owner, items, depth + 1);
  }
  if ((method == "pick" || method == "omit") && first.is("object")) {
    Filter own{method == "pick", {}, filter};
    for (const Node& each : first.children()) own.names.push_back(typescript::property_name(each));
    return read_zod(owner, column, depth + 1, &own);
  }
  read_zod(owner, column, depth + 1, filter);
  if (method == "extend" || method == "safeExtend" || method == "augment") {
    if (first.is("object")) read_members(call, first.children(), column, depth, filter);
  } else if (method == "merge" || method == "and" || method == "or") {
    read_zod({call.module, first}, column, depth + 1, filter);
  }
}

void TypeReader::read_value(const Module& module, Node node, const Declared& column,
                            unsigned depth) {
  if (depth > deepest_type || out_.size() > most_keys) return;
  node = typescript::bare(node);
  if (node.is("arrow_function")) {  // $defaultFn(() => ({...}))
    const Node body = typescript::bare(node.field("body"));
    if (!body.is("statement_block")) return read_value(module, body, column, depth + 1);
    for (const Node& answer : body.all("return_statement")) {
      for (const Node& value : answer.children()) read_value(module, value, column, depth + 1);
    }
    return;
  }
  if (node.is("identifier")) {
    const Found found = sources_.constant({&module, node});
    if (found.node.is("identifier")) return;
    return read_value(*found.module, found.node, column, depth + 1);
  }
  if (node.is("array")) {
    std::size_t index = 0;
    for (const Node& item : node.children()) {
      Declared each = column;
      each.path += cat("[", index++, "]");
      read_value(module, item, each, depth + 1);
    }
    return;
  }
  if (!node.is("object")) return;
  for (const Node& pair : node.children()) {
    if (!pair.is("pair")) continue;
    const Node value = typescript::bare(pair.field("value"));
    Declared key = below(module, column, typescript::property_name(pair), pair.field("key"));
    if (value.is("number")) {
      key.facts.kind = JsonValueKind::number;
      key.facts.text = value.text();
    } else if (value.is("true") || value.is("false")) {
      key.facts.kind = JsonValueKind::boolean;
    } else if (value.is("null")) {
      key.facts.kind = JsonValueKind::null;
    } else if (value.is("object")) {
      key.facts.kind = JsonValueKind::object;
    } else if (value.is("string")) {
      key.facts.kind = JsonValueKind::text;
      key.facts.text = unquoted(module, value);
    }
    out_.push_back(key);
    read_value(module, value, key, depth + 1);
  }
}

}  // namespace migguard::jsonb
