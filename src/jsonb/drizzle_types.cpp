// Drizzle's JSON columns and the TypeScript types behind them.
#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <typescript/syntax.hpp>
#include <util/file_system.hpp>
#include <util/member_path.hpp>
#include <util/module_aliases.hpp>
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
    if (!aliases.empty()) read_type({&module, aliases.front().field("value")}, column, 0);
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
    const std::string folder = parent_path(from.source->path);
    if (module.starts_with('.'))
      return module_at(normalize_path(join_path(folder, std::string(module))));
    for (const std::string& path : paths_of(aliases_of(folder), module)) {
      if (const Module* found = module_at(path)) return found;
    }
    return nullptr;
  }

  const Module* module_at(std::string path) {
    const SourceFile* file = file_of(path);
    for (const std::string_view ending : {".js", ".mjs"}) {
      if (path.ends_with(ending)) path.erase(path.size() - ending.size());
    }
    for (const std::string_view ending : {".ts", ".mts", "/index.ts", ".js", ".mjs", ".d.ts"}) {
      if (!file) file = file_of(cat(path, ending));
    }
    return file ? open(*file) : nullptr;
  }

  // Of the nearest tsconfig.json that was read, and what it extends.
  const ModuleAliases& aliases_of(const std::string& folder) {
    const auto known = aliases_.find(folder);
    if (known != aliases_.end()) return known->second;
    ModuleAliases aliases;
    const SourceFile* file = file_of(join_path(folder, "tsconfig.json"));
    const std::string above = parent_path(folder);
    if (!file && above != folder) aliases = aliases_of(above);
    constexpr int most_files = 4;
    for (int files = 0; file && files < most_files; ++files) {
      aliases = read_module_aliases(file->text, parent_path(file->path));
      if (!aliases.paths.empty() || !aliases.base.empty()) break;
      file = aliases.extends.empty() ? nullptr : file_of(aliases.extends);
    }
    return aliases_[folder] = std::move(aliases);
  }

  struct Bindings;
  struct Found {
    const Module* module = nullptr;
    Node node;
    const Bindings* bindings = nullptr;  // what the type parameters around it stand for
  };
  struct Bindings {
    std::vector<std::pair<std::string_view, Found>> types;
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
      const Module* other = imported_by(module, specifier);
      return other ? find(*other, specifier.field("name").text(), hops + 1) : Found{};
    }
    for (const Node& clause : root.all("import_clause")) {
      const Node own = clause.child("identifier");  // import Meta from './meta'
      if (!own || own.text() != name) continue;
      const Module* other = imported_by(module, clause);
      return other ? find_default(*other, hops + 1) : Found{};
    }
    for (const Node& statement : root.all("export_statement")) {
      const auto source = typescript::string_value(statement.field("source"));
      const Module* other = source ? imported(module, *source) : &module;
      if (!other) continue;
      std::string_view there = source ? name : std::string_view();
      for (const Node& specifier : statement.all("export_specifier")) {
        const Node alias = specifier.field("alias");
        if (alias && alias.text() == name) there = specifier.field("name").text();
      }
      if (there.empty() || (other == &module && there == name)) continue;
      if (const Found found = find(*other, there, hops + 1); found.node) return found;
    }
    return {};
  }

  const Module* imported_by(const Module& module, Node node) {
    while (node && !node.is("import_statement")) node = node.parent();
    const auto source = typescript::string_value(node.field("source"));
    return source ? imported(module, *source) : nullptr;
  }

  // `export default Meta`, `export default interface Meta {}`
  Found find_default(const Module& module, unsigned hops) {
    if (!module.tree) return {};
    for (const Node& statement : module.tree->root().all("export_statement")) {
      if (statement.text().find("default") == std::string_view::npos) continue;
      const Node value = statement.field("value");
      if (value.is("identifier")) return find(module, value.text(), hops);
      if (const Node declaration = statement.field("declaration"))
        return find(module, declaration.field("name").text(), hops);
    }
    return {};
  }

  // types.Meta, where `import * as types`
  Found find_member(const Module& module, Node nested) {
    const std::string_view owner = nested.field("module").text();
    if (!module.tree) return {};
    for (const Node& import : module.tree->root().all("namespace_import")) {
      const Node name = import.child("identifier");
      if (name.text() != owner) continue;
      const Module* other = imported_by(module, import);
      return other ? find(*other, nested.field("name").text(), 1) : Found{};
    }
    return {};
  }

  // The types of prisma-json-types-generator are global: in any source of the project.
  Found find_global(std::string_view name) {
    for (const SourceFile& each : project_.files) {
      const std::string_view path = each.path;
      if (!path.ends_with("ts") || each.text.find("PrismaJson") == std::string::npos) continue;
      const Module* module = open(each);
      const Found found = module ? find(*module, name) : Found{};
      if (found.node) return found;
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
      if (method == "default" || method == "$default" || method == "$defaultFn")
        initial = call.field("arguments");
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
      read_type({&module, types.front()}, column, 0);
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
        if (!names.empty()) return constant({type.module, names.back()});
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

  Found declaration_of(const Found& type, Node name) {
    const Found found = name.is("nested_type_identifier") ? find_member(*type.module, name)
                                                          : find(*type.module, name.text());
    if (!found.node && !type.module->text.empty()) return find_global(name.text());
    const bool declares =
        found.node.is("type_alias_declaration") || found.node.is("interface_declaration");
    return declares ? found : Found{};
  }

  // A declaration with its type parameters bound to the arguments, or to their defaults.
  Found instance(const Found& declared, const Found& use, const std::vector<Node>& arguments,
                 unsigned depth) {
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
    if (declared.node.is("interface_declaration"))
      return {declared.module, declared.node, bindings};
    return plain({declared.module, declared.node.field("value"), bindings}, depth + 1);
  }

  // All['quote']
  Found member_of(const Found& type, unsigned depth) {
    const std::vector<Node> parts = type.node.children();
    if (parts.size() < 2) return type;
    const Found owner = plain({type.module, parts[0], type.bindings}, depth + 1);
    const std::vector<Node> names = parts[1].all("string");
    if (names.empty()) {
      const Node item = item_of(owner.node);  // Lines[number]
      return item ? plain({owner.module, item, owner.bindings}, depth + 1) : type;
    }
    const auto wanted = typescript::string_value(names.front());
    const Node body =
        owner.node.is("interface_declaration") ? owner.node.field("body") : owner.node;
    for (const Node& member : body.children()) {
      if (member.is("property_signature") && typescript::property_name(member) == wanted)
        return plain({owner.module, member.field("type"), owner.bindings}, depth + 1);
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

  // The members that Pick and Omit leave of a type.
  struct Filter {
    bool keep = true;
    std::vector<std::string> names;
    const Filter* outer = nullptr;
    static bool passes(const Filter* filter, const std::string& name) {
      for (; filter; filter = filter->outer) {
        const bool named =
            std::find(filter->names.begin(), filter->names.end(), name) != filter->names.end();
        if (named != filter->keep) return false;
      }
      return true;
    }
  };

  static std::vector<std::string> names_in(Node type) {
    std::vector<std::string> names;
    for (const Node& each : type.all("string"))
      names.push_back(typescript::string_value(each).value_or(""));
    return names;
  }

  static bool is_filter(Node type) {
    const std::string_view name = type.field("name").text();
    return type.is("generic_type") && (name == "Pick" || name == "Omit" || name == "Except");
  }

  void read_type(const Found& written, const Declared& column, unsigned depth,
                 const Filter* filter = nullptr) {
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
      const Found value = constant({type.module, names.back()});
      if (!value.node.is("identifier")) read_value(*value.module, value.node, column, depth + 1);
      return;
    }
    const std::vector<Node> arguments = type.node.field("type_arguments").children();
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

  // Record<'price' | 'note', number>, { [K in 'price']: number }, { [plan: string]: T }
  void read_record(const Found& type, Node names, Node value, const Declared& column,
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

  void read_members(const Found& type, const std::vector<Node>& members, const Declared& column,
                    unsigned depth, const Filter* filter) {
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

  void read_zod(const Found& expression, const Declared& column, unsigned depth,
                const Filter* filter = nullptr) {
    if (depth > deepest_type || out_.size() > most_keys) return;
    Found at{expression.module, typescript::bare(expression.node)};
    if (at.node.is("identifier")) at = constant(at);
    if (at.node.is("arrow_function")) at.node = typescript::bare(at.node.field("body"));
    const Node function = at.node.field("function");
    if (!at.node.is("call_expression") || !function.is("member_expression")) return;
    const std::string_view method = function.field("property").text();
    const std::vector<Node> arguments = at.node.field("arguments").children();
    const Node first = arguments.empty() ? Node() : typescript::bare(arguments.front());
    const auto inside = [&](Node node) { return Found{at.module, node}; };
    const Node object = typescript::bare(function.field("object"));
    const Found owner = object.is("identifier") ? constant(inside(object)) : inside(object);
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
  void read_zod_method(const Found& call, const Found& owner, std::string_view method, Node first,
                       const Declared& column, unsigned depth, const Filter* filter) {
    if (method == "array") {
      Declared items = column;
      items.path += "[*]";
      return read_zod(owner, items, depth + 1);
    }
    if ((method == "pick" || method == "omit") && first.is("object")) {
      Filter own{method == "pick", {}, filter};
      for (const Node& each : first.children())
        own.names.push_back(typescript::property_name(each));
      return read_zod(owner, column, depth + 1, &own);
    }
    read_zod(owner, column, depth + 1, filter);
    if (method == "extend" || method == "safeExtend" || method == "augment") {
      if (first.is("object")) read_members(call, first.children(), column, depth, filter);
    } else if (method == "merge" || method == "and" || method == "or") {
      read_zod({call.module, first}, column, depth + 1, filter);
    }
  }

  // ---- Values

  void read_value(const Module& module, Node node, const Declared& column, unsigned depth) {
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
  std::deque<Bindings> bindings_;
  std::map<std::string, ModuleAliases> aliases_;  // by folder
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
