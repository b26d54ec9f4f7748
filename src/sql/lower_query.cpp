// SELECT, and what a query reads and gives, wherever one stands: in views, CREATE TABLE AS, COPY.
#include <sql/lower_parts.hpp>
//
#include <memory_resource>
#include <set>
#include <string>

namespace migguard::sql {
namespace {

// Queries inside each other that name an output column; deeper ones are not asked.
constexpr unsigned deepest_column = 100;

// How sure FigureColname is of a name: a cast gives its type's name only where there is nothing
// better.
enum class Sureness : std::uint8_t { none, weak, good };
struct Figured {
  Sureness sureness = Sureness::none;
  Text name;
};

Figured good(Text name) { return {Sureness::good, name}; }

Text output_name(Site& site, const ResTarget& target, unsigned depth);

const SelectStmt* leftmost(const SelectStmt* select) {
  while (select && select->op != SETOP_NONE) select = select->larg;
  return select;
}

Figured figure_json(const ::Node& node) {
  switch (node.type) {
    case T_JsonParseExpr:
      return good("json");
    case T_JsonScalarExpr:
      return good("json_scalar");
    case T_JsonSerializeExpr:
      return good("json_serialize");
    case T_JsonObjectConstructor:
      return good("json_object");
    case T_JsonArrayConstructor:
    case T_JsonArrayQueryConstructor:
      return good("json_array");
    case T_JsonObjectAgg:
      return good("json_objectagg");
    case T_JsonArrayAgg:
      return good("json_arrayagg");
    case T_JsonFuncExpr:
      switch (as<JsonFuncExpr>(&node)->op) {
        case JSON_EXISTS_OP:
          return good("json_exists");
        case JSON_QUERY_OP:
          return good("json_query");
        case JSON_VALUE_OP:
          return good("json_value");
        default:
          return {};
      }
    default:
      return {};
  }
}

Figured figure_sublink(Site& site, const SubLink& sublink, unsigned depth) {
  switch (sublink.subLinkType) {
    case EXISTS_SUBLINK:
      return good("exists");
    case ARRAY_SUBLINK:
      return good("array");
    case EXPR_SUBLINK: {
      const auto* select = leftmost(as<SelectStmt>(sublink.subselect));
      const auto* target = select ? items<ResTarget>(select->targetList).front() : nullptr;
      return target ? good(output_name(site, *target, depth + 1)) : Figured{};
    }
    default:
      return {};
  }
}

// FigureColnameInternal of src/backend/parser/parse_target.c.
Figured figure(Site& site, const ::Node* node, unsigned depth) {
  if (!node || depth > deepest_column) return {};
  switch (node->type) {
    case T_ColumnRef:
      return good(last_part(site, as<ColumnRef>(node)->fields));
    case T_FuncCall:
      return good(last_part(site, reinterpret_cast<const FuncCall*>(node)->funcname));
    case T_A_Indirection: {
      const auto* indirection = as<A_Indirection>(node);
      Text last;
      for (const ::Node* step : items(indirection->indirection)) {
        if (string_of(step)) last = text_of(site, step);
      }
      return last.empty() ? figure(site, indirection->arg, depth + 1) : good(last);
    }
    case T_A_Expr:
      return as<A_Expr>(node)->kind == AEXPR_NULLIF ? good("nullif") : Figured{};
    case T_TypeCast: {
      const auto* cast = as<TypeCast>(node);
      const Figured argument = figure(site, cast->arg, depth + 1);
      if (argument.sureness == Sureness::good || !cast->typeName) return argument;
      return {Sureness::weak, last_part(site, cast->typeName->names)};
    }
    case T_CollateClause:
      return figure(site, as<CollateClause>(node)->arg, depth + 1);
    case T_SubLink:
      return figure_sublink(site, *as<SubLink>(node), depth);
    case T_CaseExpr: {
      const auto* otherwise = reinterpret_cast<const CaseExpr*>(node)->defresult;
      const Figured last = figure(site, reinterpret_cast<const ::Node*>(otherwise), depth + 1);
      return last.sureness == Sureness::good ? last : Figured{Sureness::weak, "case"};
    }
    case T_A_ArrayExpr:
      return good("array");
    case T_RowExpr:
      return good("row");
    case T_CoalesceExpr:
      return good("coalesce");
    case T_MinMaxExpr:
      return good(reinterpret_cast<const MinMaxExpr*>(node)->op == IS_GREATEST ? "greatest"
                                                                               : "least");
    case T_SQLValueFunction:
      return good(spelling(as<SQLValueFunction>(node)->op));
    case T_GroupingFunc:
      return good("grouping");
    case T_MergeSupportFunc:
      return good("merge_action");
    case T_XmlSerialize:
      return good("xmlserialize");
    case T_XmlExpr:
      switch (reinterpret_cast<const XmlExpr*>(node)->op) {
        case IS_XMLCONCAT:
          return good("xmlconcat");
        case IS_XMLELEMENT:
          return good("xmlelement");
        case IS_XMLFOREST:
          return good("xmlforest");
        case IS_XMLPARSE:
          return good("xmlparse");
        case IS_XMLPI:
          return good("xmlpi");
        case IS_XMLROOT:
          return good("xmlroot");
        case IS_XMLSERIALIZE:
          return good("xmlserialize");
        case IS_DOCUMENT:
          return {};
      }
      return {};
    default:
      return figure_json(*node);
  }
}

Text output_name(Site& site, const ResTarget& target, unsigned depth) {
  if (target.name) return keep(site, target.name);
  const auto* column = as<ColumnRef>(target.val);
  if (column && as<A_Star>(items(column->fields).back())) return {};
  const Figured figured = figure(site, target.val, depth);
  return figured.sureness == Sureness::none ? Text("?column?") : figured.name;
}

bool is_set_config(const FunctionCall& call) {
  return call.name.name == "set_config" && call.arguments == 3 &&
         (call.name.schema.empty() || call.name.schema == "pg_catalog");
}

const A_Const* constant_argument(const ::Node* node) {
  if (const auto* cast = as<TypeCast>(node)) node = cast->arg;
  return as<A_Const>(node);
}

// set_config('search_path', '', false) is how pg_dump writes SET.
void lower_set_config(const FuncCall& call, Site& site) {
  const auto arguments = items(call.args);
  const auto* variable = constant_argument(arguments[0]);
  const auto* value = constant_argument(arguments[1]);
  const auto* local = constant_argument(arguments[2]);
  if (!variable || !value || variable->isnull) return;
  auto& op = emit<SetVariable>(site);
  op.variable = constant_text(site, *variable);
  op.reset = value->isnull;
  const Text local_text = local ? constant_text(site, *local) : Text{};
  op.local = local_text == "true" || local_text == "t";
  if (value->isnull) return;
  const Text text = constant_text(site, *value);
  ListBuilder<Text> values(site);
  if (op.variable == "search_path") {
    for (const Span piece : split_list(text, {0, static_cast<std::uint32_t>(text.size())})) {
      Text schema = slice(text, piece);
      if (schema.size() >= 2 && schema.front() == '"') schema = schema.substr(1, schema.size() - 2);
      values.add(schema);
    }
  }
  if (values.empty()) values.add(text);
  op.values = values.list();
}

}  // namespace

QueryParts query_filter(Site& site, const SelectStmt& outermost) {
  // SELECT EXISTS (SELECT ...), SELECT (SELECT ...): the query inside reads.
  const SelectStmt* inner = &outermost;
  bool first_row = false;
  for (unsigned depth = 0; depth < deepest_column && !inner->fromClause && !inner->larg; ++depth) {
    const auto* target = items<ResTarget>(inner->targetList).front();
    const ::Node* value = target ? target->val : nullptr;
    if (const auto* logic = as<BoolExpr>(value); logic && logic->boolop == NOT_EXPR)
      value = items(logic->args).front();
    const auto* sublink = as<SubLink>(value);
    const auto* query = sublink ? as<SelectStmt>(sublink->subselect) : nullptr;
    if (!query || items(inner->targetList).size() > 1) break;
    first_row = sublink->subLinkType == EXISTS_SUBLINK;
    inner = query;
  }
  const SelectStmt& select = *inner;
  QueryParts parts;
  parts.filtered = select.whereClause != nullptr;
  parts.limited = select.limitCount != nullptr || (first_row && !select.whereClause);
  ListBuilder<Text> columns(site);
  Walk where(select.whereClause);
  while (const ::Node* node = where.next())
    if (const auto* column = as<ColumnRef>(node))
      if (const Text last = last_part(site, column->fields); !last.empty()) columns.add(last);
  parts.filter_columns = columns.list();
  return parts;
}

QueryParts query_parts(Site& site, const ::Node* query, List<FunctionCall> functions) {
  const auto* select = as<SelectStmt>(query);
  QueryParts parts = select ? query_filter(site, *select) : QueryParts{};
  parts.functions = functions;
  ListBuilder<TypeName> casts(site);
  ListBuilder<Text> constants(site);
  Walk walk(query);
  while (const ::Node* node = walk.next()) {
    if (const auto* cast = as<TypeCast>(node)) {
      casts.add(type_name(site, cast->typeName));
    } else if (const auto* constant = as<A_Const>(node)) {
      const char* const text = constant->isnull ? nullptr : string_of(&constant->val.node);
      if (text) constants.add(keep(site, text));
    }
  }
  parts.casts = casts.list();
  parts.constants = constants.list();
  return parts;
}

Reads reads(Site& site, const ::Node* query) {
  ListBuilder<Name> relations(site);
  ListBuilder<Text> columns(site);
  ListBuilder<FunctionCall> functions(site);
  std::byte first_nodes[2048];
  std::pmr::monotonic_buffer_resource memory(first_nodes, sizeof first_nodes);
  std::pmr::set<std::pair<std::string_view, std::string_view>> seen_relations(&memory);
  std::pmr::set<std::string_view> seen_columns(&memory);
  Reads result;
  Walk walk(query);
  while (const ::Node* node = walk.next()) {
    if (const auto* relation = as<RangeVar>(node)) {
      if (!relation->schemaname && walk.names_with_query(relation->relname)) continue;
      const Name found = written_name(site, relation);
      if (seen_relations.emplace(found.schema, found.name).second) relations.add(found);
    } else if (const auto* column = as<ColumnRef>(node)) {
      const char* const last = string_of(items(column->fields).back());
      if (!last || seen_columns.contains(last)) continue;
      seen_columns.insert(columns.add(keep(site, last)));
    } else if (const auto* call = as<FuncCall>(node)) {
      functions.add(function_call(site, *call));
    } else if (const auto* select = as<SelectStmt>(node)) {
      if (select->lockingClause) result.locking = true;
    }
  }
  result.relations = relations.list();
  result.columns = columns.list();
  result.functions = functions.list();
  return result;
}

List<Name> relations_below(Site& site, std::initializer_list<const void*> roots) {
  ListBuilder<Name> relations(site);
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const void* root : roots) {
    Walk walk(root);
    while (const ::Node* node = walk.next()) {
      const auto* relation = as<RangeVar>(node);
      if (!relation) continue;
      if (!relation->schemaname && walk.names_with_query(relation->relname)) continue;
      const Name found = written_name(site, relation);
      if (seen.emplace(found.schema, found.name).second) relations.add(found);
    }
  }
  return relations.list();
}

List<Name> relations_read_whole(Site& site, std::initializer_list<const void*> roots) {
  ListBuilder<Name> relations(site);
  for (const void* root : roots) {
    // The source of a MERGE may be a table by itself.
    if (const auto* source = as<RangeVar>(static_cast<const ::Node*>(root)))
      relations.add(written_name(site, source));
    Walk walk(root);
    while (const ::Node* node = walk.next()) {
      const auto* select = as<SelectStmt>(node);
      if (!select || select->whereClause || select->limitCount) continue;
      const auto from = items(select->fromClause);
      const auto* relation = from.size() == 1 ? as<RangeVar>(from.front()) : nullptr;
      if (!relation) continue;
      if (!relation->schemaname && walk.names_with_query(relation->relname)) continue;
      relations.add(written_name(site, relation));
    }
  }
  return relations.list();
}

List<Text> output_columns(Site& site, const ::Node* query, const ::List* aliases) {
  std::vector<Text> columns;
  if (const auto* select = leftmost(as<SelectStmt>(query))) {
    for (const auto* target : items<ResTarget>(select->targetList)) {
      columns.push_back(output_name(site, *target, 0));
    }
    if (const auto* row = items<::List>(select->valuesLists).front()) {
      for (std::size_t i = 1; i <= items(row).size(); ++i) {
        columns.push_back(keep(site, std::string_view(cat("column", i))));
      }
    }
  }
  std::size_t place = 0;
  for (const ::Node* alias : items(aliases)) {
    if (place == columns.size()) columns.emplace_back();
    columns[place++] = text_of(site, alias);
  }
  return sql::keep(site.out, columns);
}

void lower(const SelectStmt& statement, Site& site) {
  const auto* query = reinterpret_cast<const ::Node*>(&statement);
  if (const IntoClause* into = leftmost(&statement)->intoClause) {
    create_table_as(site, query, into, false);
    return;
  }
  lower_with(statement.withClause, site);
  const Reads read = reads(site, query);
  auto& op = emit<Select>(site);
  op.reads = read.relations;
  op.functions = read.functions;
  op.locking = read.locking;
  const QueryParts parts = query_parts(site, query, {});
  op.filtered = parts.filtered;
  op.limited = parts.limited;
  op.filter_columns = parts.filter_columns;
  op.casts = parts.casts;
  op.constants = parts.constants;
  if (std::none_of(read.functions.begin(), read.functions.end(), is_set_config)) return;
  Walk walk(query);
  while (const ::Node* node = walk.next()) {
    const auto* call = as<FuncCall>(node);
    if (call && is_set_config(function_call(site, *call))) lower_set_config(*call, site);
  }
}

}  // namespace migguard::sql
