// Reads calls of pgTable, sqliteTable and their relatives.
#include <algorithm>
#include <optional>
#include <project/config_value.hpp>
#include <project/drizzle/tables.hpp>
#include <util/text.hpp>

namespace migguard::project {
namespace {

using typescript::Node;

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

std::optional<Dialect> dialect_of(std::string_view function) {
  if (function.starts_with("pg")) return Dialect::postgresql;
  if (function.starts_with("sqlite")) return Dialect::sqlite;
  if (function.starts_with("mysql") || function.starts_with("singlestore")) return Dialect::mysql;
  return std::nullopt;
}

Node first_argument(const Node& call) {
  const std::vector<Node> arguments = call.field("arguments").children();
  return arguments.empty() ? Node() : arguments.front();
}

std::string_view called(const Node& call) {
  const Node function = call.field("function");
  return function.is("member_expression") ? function.field("property").text() : function.text();
}

// What an arrow function gives, where it is written as an expression or a lone `return`.
Node result_of(Node function) {
  function = typescript::bare(function);
  if (!function.is("arrow_function") && !function.is("function_expression") &&
      !function.is("function")) {
    return function;
  }
  const Node body = typescript::bare(function.field("body"));
  if (!body.is("statement_block")) return body;
  const std::vector<Node> returns = body.all("return_statement");
  const std::vector<Node> value =
      returns.size() == 1 ? returns.front().children() : std::vector<Node>();
  return value.empty() ? Node() : typescript::bare(value.front());
}

// A call that makes a table or an enum.
struct Maker {
  enum class Kind : std::uint8_t { none, table, enumeration };
  Kind kind = Kind::none;
  Dialect dialect = Dialect::postgresql;
  Node creator;  // of `pgTableCreator((name) => ...)`, where the table is made through one
  const Module* creator_module = nullptr;
};

class Reader {
 public:
  Reader(Modules& modules, const Module& module, Dialect dialect, std::string_view casing)
      : modules_(modules), module_(module), dialect_(dialect), casing_(casing) {}

  Maker maker(const Node& value) {
    const Node call = typescript::bare(value);
    if (!call.is("call_expression")) return {};
    const Node function = call.field("function");
    if (function.is("member_expression")) {
      // app.table('quotes', {...}) where app is pgSchema('app'); pgTable.withRLS('quotes', {...})
      const std::string_view name = function.field("property").text();
      const Node object = typescript::bare(function.field("object"));
      if (name == "withRLS") return by_name(object.text());
      // pgTable('quotes', {...}).enableRLS()
      if (object.is("call_expression")) return maker(object);
      if (name != "table" && name != "enum") return {};
      const Meaning owner = modules_.follow({&module_, object});
      const auto dialect = dialect_of(called(owner.value));
      if (!dialect || !called(owner.value).ends_with("Schema")) return {};
      return {name == "table" ? Maker::Kind::table : Maker::Kind::enumeration, *dialect};
    }
    return by_name(function.text());
  }

  std::optional<DrizzleTable> table(std::string_view variable, const Node& value) {
    const Maker made = maker(value);
    if (made.kind != Maker::Kind::table || made.dialect != dialect_) return std::nullopt;
    Node call = typescript::bare(value);
    while (called(call) != "table" && called(call) != "withRLS" &&
           call.field("function").is("member_expression")) {
      call = typescript::bare(call.field("function").field("object"));
    }
    const std::vector<Node> arguments = call.field("arguments").children();
    DrizzleTable out;
    out.variable = variable;
    out.source = module_.source;
    if (arguments.empty()) return std::nullopt;
    out.span = table_ = arguments[0].span();
    name_table(made, arguments[0], out);
    if (arguments.size() < 2) {
      out.complete = false;
    } else {
      read_columns({&module_, result_of(arguments[1])}, out, 0);
    }
    if (arguments.size() > 2) read_constraints(arguments[2], out);
    return out;
  }

 private:
  Maker by_name(std::string_view name) {
    if (const auto dialect = dialect_of(name)) {
      if (name.ends_with("Table")) return {Maker::Kind::table, *dialect};
      if (name == "pgEnum") return {Maker::Kind::enumeration, *dialect};
    }
    if (name.find("able") == std::string_view::npos) return {};
    const Meaning creator = modules_.find(module_, name);
    const std::string_view function = called(creator.value);
    const auto dialect = dialect_of(function);
    if (!dialect || !function.ends_with("TableCreator")) return {};
    return {Maker::Kind::table, *dialect, first_argument(creator.value), creator.module};
  }

  void name_table(const Maker& made, const Node& argument, DrizzleTable& out) {
    const ConfigValue written = evaluate(modules_, {&module_, argument});
    out.computed = !written.is_text();
    out.name = written.is_text() ? written.text : std::string(argument.text());
    if (!made.creator || out.computed) return;
    // (name) => `project_${name}`
    const Node body = result_of(made.creator);
    const std::string_view parameter =
        typescript::bare(made.creator).field("parameter").text().empty()
            ? trim_brackets(typescript::bare(made.creator).field("parameters").text())
            : typescript::bare(made.creator).field("parameter").text();
    if (body.is("identifier") && body.text() == parameter) return;
    const std::string hole = cat("${", parameter, "}");
    const std::string_view text = body.text();
    const std::size_t at = text.find(hole);
    const bool plain = body.is("template_string") && at != std::string_view::npos &&
                       text.find("${") == at && text.find("${", at + 2) == std::string_view::npos;
    if (!plain) {
      out.computed = true;
      return;
    }
    out.name = cat(text.substr(1, at - 1), out.name,
                   text.substr(at + hole.size(), text.size() - at - hole.size() - 1));
  }

  static std::string_view trim_brackets(std::string_view text) {
    if (text.starts_with('(') && text.ends_with(')')) text = text.substr(1, text.size() - 2);
    return trim(text.substr(0, text.find(':')));
  }

  void read_columns(Meaning columns, DrizzleTable& out, unsigned depth) {
    constexpr unsigned deepest = 8;
    columns = modules_.follow(columns);
    if (depth == deepest || !columns.value.is("object")) {
      out.complete = false;
      return;
    }
    for (const Node& each : columns.value.children()) {
      if (each.is("pair")) {
        const Node key = each.field("key");
        if (key.is("computed_property_name")) {
          out.complete = false;
        } else {
          out.columns.push_back(column(columns.module, each));
        }
      } else if (each.is("spread_element")) {
        const std::vector<Node> inner = each.children();
        read_columns({columns.module, inner.empty() ? Node() : result_of(inner.front())}, out,
                     depth + 1);
      } else if (each.is("shorthand_property_identifier")) {
        const Meaning value = modules_.follow({columns.module, each});
        out.columns.push_back(column(columns.module, std::string(each.text()), each, value));
      } else {
        out.complete = false;
      }
    }
  }

  DrizzleColumn column(const Module* module, const Node& pair) {
    return column(module, typescript::property_name(pair), pair,
                  {module, typescript::bare(pair.field("value"))});
  }

  // text('name').notNull().references(() => users.id)
  DrizzleColumn column(const Module* module, const std::string& property, const Node& place,
                       Meaning value) {
    DrizzleColumn out;
    // A column that is spread from another module stands for nothing in this one.
    out.span = module != &module_ ? table_
               : place.is("pair") ? place.field("key").span()
                                  : place.span();
    out.name = cased(property);
    value = modules_.follow(value);
    Node call = value.value;
    while (call.is("call_expression")) {
      const Node function = call.field("function");
      if (!function.is("member_expression")) break;
      const std::string_view method = function.field("property").text();
      const Node object = typescript::bare(function.field("object"));
      if (!object.is("call_expression")) break;  // t.text('name')
      if (method == "notNull" || method == "primaryKey") out.not_null = true;
      if (method == "references") out.references = referenced(first_argument(call));
      call = object;
    }
    if (!call.is("call_expression")) {
      out.not_null_known = false;
      return out;
    }
    const std::string_view kind = called(call);
    // serial columns are NOT NULL by themselves (drizzle-orm, pg-core/columns/serial.ts).
    if (kind == "serial" || kind == "bigserial" || kind == "smallserial") out.not_null = true;
    if (!is_builder(*value.module, call)) out.not_null_known = false;
    const Node name = first_argument(call);
    if (name && !name.is("object")) {
      const ConfigValue written = evaluate(modules_, {value.module, name});
      out.name = written.is_text() ? written.text : std::string(name.text());
    }
    return out;
  }

  // Whether a call makes a plain column: not by a function of the project's own, which may say NOT
  // NULL for itself.
  bool is_builder(const Module& module, const Node& call) {
    const Node function = call.field("function");
    if (function.is("member_expression")) return true;
    const auto imported = module.imports.find(function.text());
    return imported != module.imports.end() && imported->second.from.starts_with("drizzle-orm");
  }

  std::string cased(const std::string& property) const {
    return casing_ == "snake_case" ? to_snake_case(property) : property;
  }

  // `users` of `() => users.id` and of `(): AnyPgColumn => users.id`
  static std::string referenced(const Node& function) {
    const Node column = result_of(function);
    return std::string(typescript::bare(column.field("object")).text());
  }

  // What the third argument says: composite keys and foreign keys.
  void read_constraints(const Node& extra, DrizzleTable& out) {
    for (const Node& call : extra.all("call_expression")) {
      const std::string_view kind = called(call);
      if (kind != "foreignKey" && kind != "primaryKey") continue;
      const Node settings = first_argument(call);
      const Node columns = typescript::bare(typescript::property(settings, "columns"));
      const Node foreign = typescript::bare(typescript::property(settings, "foreignColumns"));
      const std::vector<Node> to = foreign.children();
      for (const Node& each : columns.children()) {
        const std::string name = cased(std::string(each.field("property").text()));
        for (DrizzleColumn& column : out.columns) {
          if (column.name != name && !written_as(column, each.field("property").text())) continue;
          if (kind == "primaryKey") column.not_null_known = false;
          if (kind != "foreignKey") continue;
          column.references =
              to.empty() ? std::string() : std::string(to.front().field("object").text());
        }
      }
    }
  }

  bool written_as(const DrizzleColumn& column, std::string_view property) const {
    return std::string_view(module_.source->text)
               .substr(column.span.begin, column.span.end - column.span.begin) == property;
  }

  Modules& modules_;
  const Module& module_;
  Dialect dialect_;
  std::string_view casing_;
  Span table_;  // the name of the table at hand
};

}  // namespace

std::string to_snake_case(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool begins =
        is_upper(name[i]) && i > 0 &&
        (is_lower_or_digit(name[i - 1]) ||
         (i + 1 < name.size() && is_upper(name[i - 1]) && is_lower_or_digit(name[i + 1])));
    if (begins) out += '_';
    out += to_lower(name.substr(i, 1));
  }
  return out;
}

bool exports_tables(Modules& modules, const Module& module, Dialect dialect) {
  Reader reader(modules, module, dialect, {});
  return std::any_of(module.exported.begin(), module.exported.end(), [&](const std::string& name) {
    const auto value = module.constants.find(name);
    if (value == module.constants.end()) return false;
    const Maker made = reader.maker(value->second);
    return made.kind != Maker::Kind::none && made.dialect == dialect;
  });
}

std::vector<DrizzleTable> read_drizzle_tables(Modules& modules, const Module& module,
                                              Dialect dialect, std::string_view casing) {
  Reader reader(modules, module, dialect, casing);
  std::vector<DrizzleTable> out;
  for (const std::string& name : module.exported) {
    const auto value = module.constants.find(name);
    if (value == module.constants.end()) continue;
    if (auto table = reader.table(name, value->second)) out.push_back(*std::move(table));
  }
  std::sort(out.begin(), out.end(), [](const DrizzleTable& a, const DrizzleTable& b) {
    return a.span.begin < b.span.begin;
  });
  return out;
}

void resolve_references(std::vector<DrizzleTable>& tables) {
  std::map<std::string, std::string, std::less<>> names;
  for (const DrizzleTable& table : tables) names.emplace(table.variable, table.name);
  for (DrizzleTable& table : tables) {
    for (DrizzleColumn& column : table.columns) {
      const auto name = names.find(column.references);
      if (name != names.end()) column.references = name->second;
    }
  }
}

}  // namespace migguard::project
