// Drizzle's JSON columns and the TypeScript types behind them.
#include <algorithm>
#include <map>
#include <memory>
#include <typescript/syntax.hpp>
#include <util/file_system.hpp>
#include <util/member_path.hpp>
#include <util/text.hpp>

#include <jsonb/declared.hpp>
#include <jsonb/value.hpp>

namespace migguard::jsonb {
namespace {

using typescript::Node;

constexpr unsigned deepest_type = 12;
constexpr std::size_t most_keys = 5000;

// A source with its tree.
struct Module {
  const SourceFile* source = nullptr;
  std::uint32_t offset = 0;  // of the tree's text in the source
  std::string text;          // what was parsed, where it is not the source's own
  std::optional<typescript::Tree> tree;
};

class Reader {
 public:
  Reader(const Project& project, std::vector<Declared>& out) : project_(project), out_(out) {}

  void read_tables(const SourceFile& source) {
    const Module* module = open(source);
    if (!module || !module->tree) return;
    for (const Node& call : module->tree->root().all("call_expression")) read_table(*module, call);
  }

  void read_text(const SourceFile& source, std::string_view type, std::uint32_t offset,
                 const Declared& column) {
    constexpr std::string_view head = "type T = ";
    Module module;
    module.source = &source;
    module.text = cat(head, type);
    module.offset = offset - static_cast<std::uint32_t>(head.size());
    module.tree = typescript::parse(module.text);
    if (!module.tree) return;
    const std::vector<Node> aliases = module.tree->root().all("type_alias_declaration");
    if (!aliases.empty()) read_type(module, aliases.front().field("value"), column, 0);
  }

 private:
  const Module* open(const SourceFile& source) {
    auto& module = modules_[source.path];
    if (!module) {
      module = std::make_unique<Module>();
      module->source = &source;
      module->tree = typescript::parse(source.text);
    }
    return module.get();
  }

  const SourceFile* file_of(const std::string& path) const {
    for (const SourceFile& each : project_.files) {
      if (each.path == path) return &each;
    }
    return nullptr;
  }

  const Module* imported(const Module& from, std::string_view module) {
    if (!module.starts_with('.')) return nullptr;
    std::string path =
        normalize_path(join_path(parent_path(from.source->path), std::string(module)));
    const SourceFile* file = file_of(path);
    for (const std::string_view ending : {".js", ".mjs"}) {
      if (path.ends_with(ending)) path.erase(path.size() - ending.size());
    }
    for (const std::string_view ending : {".ts", ".mts", "/index.ts", ".js", ".mjs", ".d.ts"}) {
      if (!file) file = file_of(cat(path, ending));
    }
    return file ? open(*file) : nullptr;
  }

  struct Found {
    const Module* module = nullptr;
    Node node;
  };

  // The type alias, interface or constant of a name, here or where it is imported from.
  Found find(const Module& module, std::string_view name, unsigned hops = 0) {
    constexpr unsigned most_hops = 8;
    if (!module.tree || hops == most_hops) return {};
    const Node root = module.tree->root();
    for (const std::string_view kind : {"type_alias_declaration", "interface_declaration",
                                        "variable_declarator", "enum_declaration"}) {
      for (const Node& each : root.all(kind)) {
        if (each.field("name").text() == name) return {&module, each};
      }
    }
    for (const Node& specifier : root.all("import_specifier")) {
      const Node alias = specifier.field("alias");
      if ((alias ? alias : specifier.field("name")).text() != name) continue;
      Node statement = specifier;
      while (statement && !statement.is("import_statement")) statement = statement.parent();
      const auto source = typescript::string_value(statement.field("source"));
      const Module* other = source ? imported(module, *source) : nullptr;
      return other ? find(*other, specifier.field("name").text(), hops + 1) : Found{};
    }
    for (const Node& statement : root.all("export_statement")) {
      const auto source = typescript::string_value(statement.field("source"));
      const Module* other = source ? imported(module, *source) : nullptr;
      if (!other) continue;
      if (const Found found = find(*other, name, hops + 1); found.node) return found;
    }
    return {};
  }

  // ---- Tables

  // `pgTable('quotes', {...})`, `app.table('quotes', {...})` where app is pgSchema('app').
  void read_table(const Module& module, Node call) {
    const Node function = call.field("function");
    const std::string_view name =
        function.is("member_expression") ? function.field("property").text() : function.text();
    std::string schema;
    if (function.is("member_expression")) {
      if (name != "table") return;
      const Found owner = find(module, function.field("object").text());
      const Node value = typescript::bare(owner.node.field("value"));
      if (value.field("function").text() != "pgSchema") return;
      const std::vector<Node> arguments = value.field("arguments").children();
      if (!arguments.empty()) schema = typescript::string_value(arguments.front()).value_or("");
    } else if (name != "pgTable" && !made_by_creator(module, name)) {
      return;
    }
    const std::vector<Node> arguments = call.field("arguments").children();
    if (arguments.size() < 2) return;
    const auto table = typescript::string_value(arguments[0]);
    if (!table) return;
    Declared column;
    column.table = schema.empty() || schema == "public" ? *table : cat(schema, ".", *table);
    Node columns = typescript::bare(arguments[1]);
    if (columns.is("arrow_function")) columns = typescript::bare(columns.field("body"));
    if (columns.is("identifier")) {
      columns = typescript::bare(find(module, columns.text()).node.field("value"));
    }
    for (const Node& pair : columns.children()) {
      if (pair.is("pair")) read_column(module, pair, column);
    }
  }

  bool made_by_creator(const Module& module, std::string_view name) {
    if (!name.ends_with("Table")) return false;
    const Node value = typescript::bare(find(module, name).node.field("value"));
    return value.field("function").text() == "pgTableCreator";
  }

  // jsonb('metadata').$type<T>().default({...}).notNull()
  void read_column(const Module& module, Node pair, Declared column) {
    Node type, initial;
    Node call = typescript::bare(pair.field("value"));
    for (Node next = call; next.is("call_expression");) {
      call = next;
      const Node function = call.field("function");
      if (!function.is("member_expression")) break;
      const std::string_view method = function.field("property").text();
      const Node object = function.field("object");
      if (method == "$type") type = call.field("type_arguments");
      if (method == "default") initial = call.field("arguments");
      next = typescript::bare(object);
    }
    const Node function = call.field("function");
    const std::string_view kind =
        function.is("member_expression") ? function.field("property").text() : function.text();
    if (kind != "jsonb" && kind != "json") return;
    const std::vector<Node> arguments = call.field("arguments").children();
    if (!arguments.empty()) column.column = typescript::string_value(arguments[0]).value_or("");
    if (column.column.empty()) column.column = typescript::property_name(pair);
    Declared itself = column;
    itself.source = module.source;
    itself.span = arguments.empty() || arguments[0].is("object") ? pair.field("key").span()
                                                                 : arguments[0].span();
    itself.path = "*";
    itself.key = column.column;
    out_.push_back(std::move(itself));
    if (!type) type = call.field("type_arguments");
    if (const std::vector<Node> types = type.children(); !types.empty())
      read_type(module, types.front(), column, 0);
    if (const std::vector<Node> values = initial.children(); !values.empty())
      read_value(module, values.front(), column, 0);
  }

  // ---- Types

  static bool is_nothing(Node type) {
    const std::string_view text = type.text();
    return text == "null" || text == "undefined" || text == "never";
  }

  // A type without `| null`, `Readonly<>` and the like around it, and names followed.
  Found plain(Found type, unsigned depth = 0) {
    if (depth == deepest_type || !type.node) return type;
    const Node node = type.node;
    if (node.is("parenthesized_type") || node.is("readonly_type") || node.is("type_annotation")) {
      const std::vector<Node> inner = node.children();
      return inner.empty() ? type : plain({type.module, inner.front()}, depth + 1);
    }
    if (node.is("union_type")) {
      Node only;
      std::size_t kept = 0;
      for (const Node& each : node.children()) {
        if (is_nothing(each)) continue;
        only = each;
        ++kept;
      }
      return kept == 1 ? plain({type.module, only}, depth + 1) : type;
    }
    if (node.is("generic_type")) {
      const std::string_view name = node.field("name").text();
      const std::vector<Node> arguments = node.field("type_arguments").children();
      const bool same = name == "Partial" || name == "Required" || name == "Readonly" ||
                        name == "Pick" || name == "Omit" || name == "NonNullable";
      if (same && !arguments.empty()) return plain({type.module, arguments[0]}, depth + 1);
      if ((name == "z.infer" || name == "z.input" || name == "z.output") && !arguments.empty()) {
        const std::vector<Node> names = arguments[0].all("identifier");
        if (!names.empty()) return constant({type.module, names.back()});
      }
      return type;
    }
    if (node.is("type_identifier")) {
      const Found found = find(*type.module, node.text());
      if (found.node.is("type_alias_declaration"))
        return plain({found.module, found.node.field("value")}, depth + 1);
      if (found.node.is("interface_declaration")) return {found.module, found.node.field("body")};
    }
    return type;
  }

  Found constant(Found name) {
    const Found found = find(*name.module, name.node.text());
    const Node value = typescript::bare(found.node.field("value"));
    return value ? Found{found.module, value} : name;
  }

  // Prisma.JsonValue, JSONObject: any document, and said so.
  static bool is_any_json(std::string_view type) {
    const std::string name = to_lower(type.substr(type.rfind('.') + 1));
    return name.find("json") != std::string::npos || name == "object" || name == "date";
  }

  void read_type(const Module& module, Node node, const Declared& column, unsigned depth) {
    if (depth > deepest_type || out_.size() > most_keys) return;
    const Found type = plain({&module, node});
    if (!type.node) return;
    if (type.node.is("call_expression")) return read_zod(*type.module, type.node, column, depth);
    if (type.node.is("intersection_type") || type.node.is("union_type")) {
      for (const Node& each : type.node.children())
        read_type(*type.module, each, column, depth + 1);
      return;
    }
    if (const Node item = item_of(type.node)) {
      Declared items = column;
      items.path += "[*]";
      return read_type(*type.module, item, items, depth + 1);
    }
    if (type.node.is("type_identifier") || type.node.is("nested_type_identifier")) {
      // A type of another package or a global one: what it holds is not to be seen from here.
      if (is_any_json(type.node.text())) return;
      Declared unknown = below(*type.module, column, {}, type.node);
      unknown.path = column.path.empty() ? "?" : cat(column.path, ".?");
      out_.push_back(std::move(unknown));
      return;
    }
    if (!type.node.is("object_type") && !type.node.is("interface_body")) return;
    // A type that contains itself says nothing new further down.
    const std::pair at{type.module, type.node.span().begin};
    if (std::find(open_.begin(), open_.end(), at) != open_.end()) return;
    open_.push_back(at);
    read_members(type, type.node.children(), column, depth);
    open_.pop_back();
  }

  void read_members(const Found& type, const std::vector<Node>& members, const Declared& column,
                    unsigned depth) {
    const bool currency = std::any_of(members.begin(), members.end(), [](const Node& each) {
      return names_currency(typescript::property_name(each));
    });
    for (const Node& member : members) {
      if (!member.is("property_signature") && !member.is("pair")) continue;
      const Node name = member.is("pair") ? member.field("key") : member.field("name");
      Declared key = below(*type.module, column, typescript::property_name(member), name);
      const Node value = member.is("pair") ? member.field("value") : member.field("type");
      const Found of{type.module, value};
      key.facts = member.is("pair") ? zod_facts(of) : type_facts(plain(of));
      key.facts.sibling_currency = currency && !names_currency(key.key);
      out_.push_back(key);
      if (member.is("pair"))
        read_zod(*type.module, value, key, depth + 1);
      else
        read_type(*type.module, value, key, depth + 1);
    }
  }

  // T[] and Array<T>.
  static Node item_of(Node type) {
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

  ValueFacts type_facts(const Found& type) {
    ValueFacts facts;
    const std::string_view text = type.node.text();
    if (type.node.is("object_type") || type.node.is("interface_body")) {
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
      facts.element = type_facts(plain({type.module, item})).kind;
    }
    return facts;
  }

  // ---- zod, as far as a type is inferred from it

  // The innermost call of a chain and its method: z.number of z.number().min(0).optional().
  Found zod_base(const Found& expression, std::string& method) {
    Found at = expression;
    at.node = typescript::bare(at.node);
    if (at.node.is("identifier")) at = constant(at);
    constexpr unsigned longest_chain = 100;  // constants may name each other in a circle
    for (unsigned link = 0; link < longest_chain && at.node.is("call_expression"); ++link) {
      const Node function = at.node.field("function");
      if (!function.is("member_expression")) break;
      const Node object = typescript::bare(function.field("object"));
      method = function.field("property").text();
      const Found owner =
          object.is("identifier") ? constant({at.module, object}) : Found{at.module, object};
      if (!owner.node.is("call_expression")) break;
      at = owner;
    }
    return at;
  }

  ValueFacts zod_facts(const Found& expression) {
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

  void read_zod(const Module& module, Node expression, const Declared& column, unsigned depth) {
    if (depth > deepest_type || out_.size() > most_keys) return;
    std::string method;
    const Found base = zod_base({&module, expression}, method);
    const std::vector<Node> arguments = base.node.field("arguments").children();
    if (arguments.empty()) return;
    if (method == "object" || method == "strictObject" || method == "looseObject") {
      const Node object = typescript::bare(arguments.front());
      if (object.is("object")) read_members(base, object.children(), column, depth);
    } else if (method == "array") {
      Declared items = column;
      items.path += "[*]";
      read_zod(*base.module, arguments.front(), items, depth + 1);
    }
  }

  // ---- Values

  void read_value(const Module& module, Node node, const Declared& column, unsigned depth) {
    if (depth > deepest_type || out_.size() > most_keys) return;
    node = typescript::bare(node);
    if (node.is("identifier")) {
      const Found found = constant({&module, node});
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

  // The characters of a string literal, as a view into the source, which outlives the tree.
  static std::string_view unquoted(const Module& module, Node literal) {
    const Span span = literal.span();
    if (span.end - span.begin < 2) return {};
    return std::string_view(module.source->text)
        .substr(span.begin + module.offset + 1, span.end - span.begin - 2);
  }

  Declared below(const Module& module, const Declared& column, std::string key, Node name) const {
    Declared out = column;
    out.source = module.source;
    out.span = {name.span().begin + module.offset, name.span().end + module.offset};
    out.path = column.path;
    json::append_member(out.path, key);
    out.key = std::move(key);
    out.facts = {};
    return out;
  }

  const Project& project_;
  std::vector<Declared>& out_;
  std::map<std::string, std::unique_ptr<Module>> modules_;
  std::vector<std::pair<const Module*, std::uint32_t>> open_;  // the types being read
};

}  // namespace

void declared_in_drizzle(const Project& project, const SourceFile& source,
                         std::vector<Declared>& out) {
  Reader(project, out).read_tables(source);
}

void declared_in_type(const Project& project, const SourceFile& source, std::string_view type,
                      std::uint32_t offset, const Declared& column, std::vector<Declared>& out) {
  Reader(project, out).read_text(source, type, offset, column);
}

}  // namespace migguard::jsonb
