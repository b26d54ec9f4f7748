#include <algorithm>
#include <array>
#include <util/member_path.hpp>
#include <util/text.hpp>

#include <jsonb/type_reader.hpp>
#include <jsonb/value.hpp>

namespace migguard::jsonb {
namespace {

bool is_table(Node call) {
  const std::string_view name = call.field("function").text();
  return call.is("call_expression") && (name.ends_with("Table") || name.ends_with(".table"));
}

// What a column of a table is in a row that became JSON.
ValueFacts column_facts(std::string_view kind) {
  constexpr std::array numbers = {"integer",   "smallint",   "bigint",  "serial",
                                  "real",      "numeric",    "decimal", "doublePrecision",
                                  "bigserial", "smallserial"};
  ValueFacts facts;
  if (std::find(numbers.begin(), numbers.end(), kind) != numbers.end())
    facts.kind = JsonValueKind::number;
  else if (kind == "boolean" || kind == "timestamp" || kind == "date" || kind == "time")
    facts.kind = JsonValueKind::boolean;
  else if (kind == "jsonb" || kind == "json")
    facts.kind = JsonValueKind::object;
  return facts;
}

}  // namespace

ColumnBuilder column_builder(Node value) {
  ColumnBuilder found;
  found.call = typescript::bare(value);
  for (Node next = found.call; next.is("call_expression");) {
    found.call = next;
    const Node function = found.call.field("function");
    if (!function.is("member_expression")) break;
    const std::string_view method = function.field("property").text();
    if (method == "$type") found.type = found.call.field("type_arguments");
    if (method == "default" || method == "$default" || method == "$defaultFn")
      found.initial = found.call.field("arguments");
    next = typescript::bare(function.field("object"));
  }
  const Node function = found.call.field("function");
  found.kind =
      function.is("member_expression") ? function.field("property").text() : function.text();
  return found;
}

void TypeReader::read_text(const SourceFile& source, std::string_view type, std::uint32_t offset,
                           const Declared& column) {
  constexpr std::string_view head = "type T = ";
  Module module;
  module.source = &source;
  module.text = cat(head, type);
  module.offset = offset - static_cast<std::uint32_t>(head.size());
  module.tree = typescript::parse(module.text);
  if (!module.tree) return;
  const std::vector<Node> aliases = module.tree->root().all("type_alias_declaration");
  if (!aliases.empty()) read_type({&module, aliases.front().field("value")}, column, 0);
}

bool TypeReader::is_nothing(Node type) {
  const std::string_view text = type.text();
  return text == "null" || text == "undefined" || text == "never";
}

// A type without `| null`, `Readonly<>` and the like around it, and names followed.
Found TypeReader::plain(Found type, unsigned depth) {
  if (depth == deepest_type || !type.node) return type;
  const Node node = type.node;
  const auto inside = [&](Node inner) {
    return plain({type.module, inner, type.bindings}, depth + 1);
  };
  if (node.is("parenthesized_type") || node.is("readonly_type") || node.is("type_annotation")) {
    const std::vector<Node> inner = node.children();
    return inner.empty() ? type : inside(inner.front());
  }
  if (node.is("union_type")) {
    Node only;
    std::size_t kept = 0;
    for (const Node& each : node.children()) {
      if (is_nothing(each)) continue;
      only = each;
      ++kept;
    }
    return kept == 1 ? inside(only) : type;
  }
  if (node.is("lookup_type")) return member_of(type, depth);
  if (node.is("generic_type")) {
    const std::string_view name = node.field("name").text();
    const std::vector<Node> arguments = node.field("type_arguments").children();
    const bool same = name == "Partial" || name == "Required" || name == "Readonly" ||
                      name == "NonNullable" || name == "DeepPartial" || name == "Simplify" ||
                      name == "Prettify";
    if (same && !arguments.empty()) return inside(arguments[0]);
    if ((name == "z.infer" || name == "z.input" || name == "z.output" || name == "TypeOf" ||
         name == "Infer") &&
        !arguments.empty()) {
      const std::vector<Node> names = arguments[0].all("identifier");
      if (!names.empty()) return sources_.constant({type.module, names.back()});
    }
    const Found declared = declaration_of(type, node.field("name"));
    return declared.node ? instance(declared, type, arguments, depth) : type;
  }
  if (node.is("type_identifier") || node.is("nested_type_identifier")) {
    if (type.bindings) {
      for (const auto& [name, bound] : type.bindings->types) {
        if (name == node.text()) return plain(bound, depth + 1);
      }
    }
    const Found declared = declaration_of(type, node);
    if (declared.node) return instance(declared, type, {}, depth);
  }
  return type;
}

Found TypeReader::declaration_of(const Found& type, Node name) {
  const Found found = name.is("nested_type_identifier") ? sources_.find_member(*type.module, name)
                                                        : sources_.find(*type.module, name.text());
  if (!found.node && !type.module->text.empty()) return sources_.find_global(name.text());
  const bool declares =
      found.node.is("type_alias_declaration") || found.node.is("interface_declaration");
  return declares ? found : Found{};
}

// A declaration with its type parameters bound to the arguments, or to their defaults.
Found TypeReader::instance(const Found& declared, const Found& use,
                           const std::vector<Node>& arguments, unsigned depth) {
  const Bindings* bindings = nullptr;
  if (const Node parameters = declared.node.field("type_parameters")) {
    Bindings& bound = bindings_.emplace_back();
    std::size_t place = 0;
    for (const Node& parameter : parameters.children()) {
      const std::string_view name = parameter.field("name").text();
      if (place < arguments.size()) {
        bound.types.push_back({name, {use.module, arguments[place], use.bindings}});
      } else if (const Node value = parameter.field("value")) {
        const std::vector<Node> inner = value.children();
        bound.types.push_back(
            {name,
             {declared.module,
              value.is("default_type") && !inner.empty() ? inner.front() : value}});
      }
      ++place;
    }
    bindings = &bound;
  }
  if (declared.node.is("interface_declaration")) return {declared.module, declared.node, bindings};
  return plain({declared.module, declared.node.field("value"), bindings}, depth + 1);
}

// All['quote']
Found TypeReader::member_of(const Found& type, unsigned depth) {
  const std::vector<Node> parts = type.node.children();
  if (parts.size() < 2) return type;
  const Found owner = plain({type.module, parts[0], type.bindings}, depth + 1);
  const std::vector<Node> names = parts[1].all("string");
  if (names.empty()) {
    const Node item = item_of(owner.node);  // Lines[number]
    return item ? plain({owner.module, item, owner.bindings}, depth + 1) : type;
  }
  const auto wanted = typescript::string_value(names.front());
  const Node body = owner.node.is("interface_declaration") ? owner.node.field("body") : owner.node;
  for (const Node& member : body.children()) {
    if (member.is("property_signature") && typescript::property_name(member) == wanted)
      return plain({owner.module, member.field("type"), owner.bindings}, depth + 1);
  }
  return type;
}

// Prisma.JsonValue, JSONObject: any document, and said so.
bool TypeReader::is_any_json(std::string_view type) {
  const std::string name = to_lower(type.substr(type.rfind('.') + 1));
  return name.find("json") != std::string::npos || name == "object" || name == "date";
}

std::vector<std::string> TypeReader::names_in(Node type) {
  std::vector<std::string> names;
  for (const Node& each : type.all("string"))
    names.push_back(typescript::string_value(each).value_or(""));
  return names;
}

bool TypeReader::is_filter(Node type) {
  const std::string_view name = type.field("name").text();
  return type.is("generic_type") && (name == "Pick" || name == "Omit" || name == "Except");
}

void TypeReader::read_type(const Found& written, const Declared& column, unsigned depth,
                           const Filter* filter) {
  if (depth > deepest_type || out_.size() > most_keys) return;
  const Found type = plain(written);
  if (!type.node) return;
  const auto inside = [&](Node node) { return Found{type.module, node, type.bindings}; };
  if (type.node.is("call_expression")) return read_zod(type, column, depth, filter);
  if (type.node.is("intersection_type") || type.node.is("union_type")) {
    for (const Node& each : type.node.children())
      read_type(inside(each), column, depth + 1, filter);
    return;
  }
  if (const Node item = item_of(type.node)) {
    Declared items = column;
    items.path += "[*]";
    return read_type(inside(item), items, depth + 1);
  }
  if (type.node.is("tuple_type")) {
    std::size_t index = 0;
    for (const Node& each : type.node.children()) {
      Declared item = column;
      item.path += cat("[", index++, "]");
      read_type(inside(each), item, depth + 1);
    }
    return;
  }
  if (type.node.is("type_query")) {  // typeof initial
    const std::vector<Node> names = type.node.all("identifier");
    if (names.empty()) return;
    const Found value = sources_.constant({type.module, names.back()});
    // typeof orders.$inferSelect: the JSON holds a row.
    if (is_table(value.node)) return read_row(value, column, depth + 1, filter);
    if (!value.node.is("identifier")) read_value(*value.module, value.node, column, depth + 1);
    return;
  }
  const std::vector<Node> arguments = type.node.field("type_arguments").children();
  if (const std::string_view name = type.node.field("name").text();
      (name == "InferSelectModel" || name == "InferInsertModel") && !arguments.empty())
    return read_type(inside(arguments[0]), column, depth + 1, filter);
  if (is_filter(type.node) && arguments.size() > 1) {
    const Filter own{type.node.field("name").text() == "Pick", names_in(arguments[1]), filter};
    if (!own.names.empty()) return read_type(inside(arguments[0]), column, depth + 1, &own);
    return read_type(inside(arguments[0]), column, depth + 1, filter);
  }
  if (type.node.field("name").text() == "Record" && arguments.size() > 1)
    return read_record(type, arguments[0], arguments[1], column, depth);
  if (type.node.is("type_identifier") || type.node.is("nested_type_identifier")) {
    // A type of another package or a global one: what it holds is not to be seen from here.
    if (is_any_json(type.node.text())) return;
    Declared unknown = below(*type.module, column, {}, type.node);
    unknown.path = column.path.empty() ? "?" : cat(column.path, ".?");
    unknown.untold = type.node.text();
    out_.push_back(std::move(unknown));
    return;
  }
  const bool interface = type.node.is("interface_declaration");
  if (!type.node.is("object_type") && !interface) return;
  // A type that contains itself says nothing new further down.
  const std::pair at{type.module, type.node.span().begin};
  if (std::find(open_.begin(), open_.end(), at) != open_.end()) return;
  open_.push_back(at);
  const Node body = interface ? type.node.field("body") : type.node;
  read_members(type, body.children(), column, depth, filter);
  for (const Node& base : type.node.child("extends_type_clause").children())
    read_type(inside(base), column, depth + 1, filter);
  open_.pop_back();
}

Found TypeReader::columns_of(const Module& module, Node argument) {
  Node columns = typescript::bare(argument);
  if (columns.is("arrow_function")) columns = typescript::bare(columns.field("body"));
  if (!columns.is("identifier")) return {&module, columns};
  const Found named = sources_.find(module, columns.text());
  return {named.module, typescript::bare(named.node.field("value"))};
}

// The columns of a table under the names that its rows have in TypeScript.
void TypeReader::read_row(const Found& table, const Declared& column, unsigned depth,
                          const Filter* filter) {
  if (depth > deepest_type || out_.size() > most_keys) return;
  const std::vector<Node> arguments = table.node.field("arguments").children();
  if (arguments.size() < 2) return;
  const Found columns = columns_of(*table.module, arguments[1]);
  const std::pair at{table.module, table.node.span().begin};
  if (!columns.module || std::find(open_.begin(), open_.end(), at) != open_.end()) return;
  open_.push_back(at);
  for (const Node& pair : columns.node.children()) {
    const std::string name = pair.is("pair") ? typescript::property_name(pair) : std::string();
    if (name.empty() || !Filter::passes(filter, name)) continue;
    const ColumnBuilder builder = column_builder(pair.field("value"));
    Declared key = below(*columns.module, column, name, pair.field("key"));
    key.facts = column_facts(builder.kind);
    out_.push_back(key);
    if (const std::vector<Node> types = builder.type.children(); !types.empty())
      read_type({columns.module, types.front()}, key, depth + 1);
  }
  open_.pop_back();
}

// Record<'price' | 'note', number>, { [K in 'price']: number }, { [plan: string]: T }
void TypeReader::read_record(const Found& type, Node names, Node value, const Declared& column,
                             unsigned depth) {
  const Found of{type.module, value, type.bindings};
  const Found keys = plain({type.module, names, type.bindings});
  const std::vector<Node> literals = keys.node.all("string");
  for (const Node& literal : literals) {
    Declared key =
        below(*keys.module, column, typescript::string_value(literal).value_or(""), literal);
    key.facts = type_facts(plain(of));
    out_.push_back(key);
    read_type(of, key, depth + 1);
  }
  if (!literals.empty()) return;
  Declared any = column;
  any.path += "[*]";
  const Found each = plain(of);
  if (!each.node.is("type_identifier") && !each.node.is("nested_type_identifier"))
    read_type(of, any, depth + 1);
}

void TypeReader::read_members(const Found& type, const std::vector<Node>& members,
                              const Declared& column, unsigned depth, const Filter* filter) {
  const bool currency = std::any_of(members.begin(), members.end(), [](const Node& each) {
    return names_currency(typescript::property_name(each));
  });
  for (const Node& member : members) {
    if (member.is("index_signature")) {
      const Node mapped = member.child("mapped_type_clause");
      const Node names = mapped ? mapped.field("type") : member.field("index_type");
      read_record(type, names, member.field("type"), column, depth);
      continue;
    }
    if (!member.is("property_signature") && !member.is("pair")) continue;
    if (!Filter::passes(filter, typescript::property_name(member))) continue;
    const Node name = member.is("pair") ? member.field("key") : member.field("name");
    Declared key = below(*type.module, column, typescript::property_name(member), name);
    const Node value = member.is("pair") ? member.field("value") : member.field("type");
    const Found of{type.module, value, type.bindings};
    key.facts = member.is("pair") ? zod_facts(of) : type_facts(plain(of));
    key.facts.sibling_currency = currency && !names_currency(key.key);
    out_.push_back(key);
    if (member.is("pair"))
      read_zod(of, key, depth + 1);
    else
      read_type(of, key, depth + 1);
  }
}

// T[] and Array<T>.
Node TypeReader::item_of(Node type) {
  if (type.is("array_type")) {
    const std::vector<Node> inner = type.children();
    return inner.empty() ? Node() : inner.front();
  }
  const std::string_view name = type.field("name").text();
  if (type.is("generic_type") && (name == "Array" || name == "ReadonlyArray")) {
    const std::vector<Node> inner = type.field("type_arguments").children();
    return inner.empty() ? Node() : inner.front();
  }
  return {};
}

ValueFacts TypeReader::type_facts(const Found& type) {
  ValueFacts facts;
  const std::string_view text = type.node.text();
  if (type.node.is("object_type") || type.node.is("interface_declaration") ||
      is_filter(type.node) || type.node.field("name").text() == "Record") {
    facts.kind = JsonValueKind::object;
  } else if (text == "number" || text == "bigint") {
    facts.kind = JsonValueKind::number;
  } else if (text == "boolean" || text == "true" || text == "false" || text == "Date") {
    facts.kind = JsonValueKind::boolean;
  } else if (type.node.is("literal_type") || type.node.is("union_type")) {
    // 'low' | 'high': the first of the choices speaks for all.
    const std::vector<Node> texts = type.node.all("string");
    if (!texts.empty()) {
      facts.kind = JsonValueKind::text;
      facts.text = unquoted(*type.module, texts.front());
    }
  } else if (const Node item = item_of(type.node)) {
    facts.kind = JsonValueKind::array;
    facts.element = type_facts(plain({type.module, item, type.bindings})).kind;
  }
  return facts;
}

// The characters of a string literal, as a view into the source, which outlives the tree.
std::string_view TypeReader::unquoted(const Module& module, Node literal) {
  const Span span = literal.span();
  if (span.end - span.begin < 2) return {};
  return std::string_view(module.source->text)
      .substr(span.begin + module.offset + 1, span.end - span.begin - 2);
}

Declared TypeReader::below(const Module& module, const Declared& column, std::string key,
                           Node name) const {
  Declared out = column;
  out.source = module.source;
  out.span = {name.span().begin + module.offset, name.span().end + module.offset};
  out.path = column.path;
  json::append_member(out.path, key);
  out.key = std::move(key);
  out.facts = {};
  return out;
}

}  // namespace migguard::jsonb
