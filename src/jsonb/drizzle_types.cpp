// Drizzle's JSON columns and the TypeScript types behind them.
#include <typescript/syntax.hpp>
#include <util/text.hpp>

#include <jsonb/declared.hpp>
#include <jsonb/type_reader.hpp>
#include <jsonb/type_sources.hpp>

namespace migguard::jsonb {
namespace {

class TableReader {
 public:
  TableReader(TypeSources& sources, std::vector<Declared>& out)
      : sources_(sources), types_(sources, out), out_(out) {}

  void read_tables(const SourceFile& source);

 private:
  void read_table(const Module& module, Node call);
  bool made_by_creator(const Module& module, std::string_view name);
  void read_column(const Module& module, Node pair, Declared column);

  TypeSources& sources_;
  TypeReader types_;
  std::vector<Declared>& out_;
};

void TableReader::read_tables(const SourceFile& source) {
  const Module* module = sources_.open(source);
  if (!module || !module->tree) return;
  for (const Node& call : module->tree->root().all("call_expression")) read_table(*module, call);
}

// `pgTable('quotes', {...})`, `app.table('quotes', {...})` where app is pgSchema('app').
void TableReader::read_table(const Module& module, Node call) {
  const Node function = call.field("function");
  const std::string_view name =
      function.is("member_expression") ? function.field("property").text() : function.text();
  std::string schema;
  if (function.is("member_expression")) {
    if (name != "table") return;
    const Found owner = sources_.find(module, function.field("object").text());
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
  const Found columns = types_.columns_of(module, arguments[1]);
  for (const Node& pair : columns.node.children()) {
    if (pair.is("pair")) read_column(module, pair, column);
  }
}

bool TableReader::made_by_creator(const Module& module, std::string_view name) {
  if (!name.ends_with("Table")) return false;
  const Node value = typescript::bare(sources_.find(module, name).node.field("value"));
  return value.field("function").text() == "pgTableCreator";
}

// jsonb('metadata').$type<T>().default({...}).notNull()
void TableReader::read_column(const Module& module, Node pair, Declared column) {
  const ColumnBuilder builder = column_builder(pair.field("value"));
  if (builder.kind != "jsonb" && builder.kind != "json") return;
  const std::vector<Node> arguments = builder.call.field("arguments").children();
  if (!arguments.empty()) column.column = typescript::string_value(arguments[0]).value_or("");
  if (column.column.empty()) column.column = typescript::property_name(pair);
  Declared itself = column;
  itself.source = module.source;
  itself.span = arguments.empty() || arguments[0].is("object") ? pair.field("key").span()
                                                               : arguments[0].span();
  itself.path = "*";
  itself.key = column.column;
  out_.push_back(std::move(itself));
  const Node type = builder.type ? builder.type : builder.call.field("type_arguments");
  if (const std::vector<Node> types = type.children(); !types.empty())
    types_.read_type({&module, types.front()}, column, 0);
  if (const std::vector<Node> values = builder.initial.children(); !values.empty())
    types_.read_value(module, values.front(), column, 0);
}

}  // namespace

void declared_in_drizzle(const Project& project, const SourceFile& source,
                         std::vector<Declared>& out) {
  TypeSources sources(project);
  TableReader(sources, out).read_tables(source);
}

void declared_in_type(const Project& project, const SourceFile& source, std::string_view type,
                      std::uint32_t offset, const Declared& column, std::vector<Declared>& out) {
  TypeSources sources(project);
  TypeReader(sources, out).read_text(source, type, offset, column);
}

}  // namespace migguard::jsonb
