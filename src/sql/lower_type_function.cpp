// Types, sequences, functions, and the bodies of DO.
#include <sql/lower_parts.hpp>
//
#include <optional>
#include <sql/raw_parse.hpp>
#include <string>

namespace migguard::sql {
namespace {

// OWNED BY table.column; NONE names neither.
void owned_by(Site& site, const ::List* list, Name& table, Text& column) {
  const DefElem* element = option(list, "owned_by");
  const auto parts = items(element ? as<::List>(element->arg) : nullptr);
  if (parts.size() < 2) return;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    table.schema = table.name;
    table.name = text_of(site, parts[i]);
  }
  column = text_of(site, parts.back());
}

// Where the text of a string constant stands verbatim in the source: a dollar-quoted one always
// does, one in quotes where nothing in it is escaped.
std::optional<Span> verbatim(const Site& site, ParseLoc location, std::string_view content) {
  const std::string_view text = site.text();
  if (location < 0 || static_cast<std::size_t>(location) >= text.size()) return std::nullopt;
  const std::string_view rest = text.substr(static_cast<std::size_t>(location));
  std::size_t begin = 0;
  if (rest.front() == '$') {
    begin = rest.find('$', 1);
    if (begin == std::string_view::npos) return std::nullopt;
    ++begin;
  } else {
    begin = rest.substr(0, 4).find('\'');
    if (begin == std::string_view::npos) return std::nullopt;
    ++begin;
    if (rest.size() <= begin + content.size() || rest[begin + content.size()] != '\'')
      return std::nullopt;
  }
  if (rest.substr(begin, content.size()) != content) return std::nullopt;
  const auto first = static_cast<std::uint32_t>(static_cast<std::size_t>(location) + begin);
  return Span{first, first + static_cast<std::uint32_t>(content.size())};
}

// `AS 'body'` of a function, `AS 'file', 'symbol'` of a C function (the body is then no text of
// ours).
const char* body_of(const DefElem& element) {
  if (const char* const body = string_of(element.arg)) return body;
  const auto parts = items(as<::List>(element.arg));
  return parts.size() == 1 ? string_of(parts.front()) : nullptr;
}

bool is_input(FunctionParameterMode mode) {
  return mode == FUNC_PARAM_IN || mode == FUNC_PARAM_INOUT || mode == FUNC_PARAM_VARIADIC ||
         mode == FUNC_PARAM_DEFAULT;
}

Text joined(Site& site, List<Text> values) {
  std::string text;
  for (const Text value : values) {
    if (!text.empty()) text += ", ";
    text += value;
  }
  return keep(site, std::string_view(text));
}

void function_options(Site& site, const ::List* list, CreateFunction& op) {
  ListBuilder<OptionValue> settings(site);
  for (const auto* element : items<DefElem>(list)) {
    const std::string_view what = element->defname ? element->defname : "";
    if (what == "language") {
      op.language = option_value(site, element->arg);
    } else if (what == "security") {
      op.security_definer = option_on(list, "security");
    } else if (what == "volatility") {
      const Text volatility = option_value(site, element->arg);
      if (volatility == "immutable") op.volatility = Volatility::immutable;
      if (volatility == "stable") op.volatility = Volatility::stable;
    } else if (what == "set") {
      if (const auto* set = as<VariableSetStmt>(element->arg)) {
        settings.add({keep(site, set->name), joined(site, variable_values(site, *set))});
      }
    } else if (what == "as") {
      const char* const body = body_of(*element);
      if (!body) continue;
      op.body = keep(site, body);
      const auto place = verbatim(site, element->arg_location, op.body);
      if (place && site.out.exact_positions) op.body_span = site.in_source(*place);
    }
  }
  op.settings = settings.list();
}

// The expression that a query is, or null: SELECT with one output and nothing else
// (inline_function in src/backend/optimizer/util/clauses.c).
const ::Node* only_expression(const ::Node* query) {
  const auto* select = as<SelectStmt>(query);
  if (!select || select->op != SETOP_NONE || select->distinctClause || select->intoClause ||
      select->fromClause || select->whereClause || select->groupClause || select->havingClause ||
      select->windowClause || select->valuesLists || select->sortClause || select->limitOffset ||
      select->limitCount || select->lockingClause || select->withClause ||
      items(select->targetList).size() != 1)
    return nullptr;
  const auto* target = items<ResTarget>(select->targetList).front();
  return target ? target->val : nullptr;
}

void note_expression(Site& site, const ::Node* value, CreateFunction& op) {
  if (!value) return;
  ListBuilder<FunctionCall> calls(site);
  Walk walk(value);
  while (const ::Node* node = walk.next()) {
    if (as<SubLink>(node)) return;
    if (const auto* call = as<FuncCall>(node)) calls.add(function_call(site, *call));
  }
  op.one_expression = true;
  op.calls = calls.list();
}

// A SQL function whose body is one expression. What it SETs or its owner's rights keep it from
// being inlined.
void look_for_expression(Site& site, const CreateFunctionStmt& statement, CreateFunction& op) {
  if (op.language != "sql" || op.procedure || op.security_definer || !op.settings.empty() ||
      (statement.returnType && statement.returnType->setof))
    return;
  if (statement.sql_body) {
    if (statement.sql_body->type == T_ReturnStmt)
      note_expression(site, reinterpret_cast<const ReturnStmt*>(statement.sql_body)->returnval, op);
    return;
  }
  constexpr std::size_t longest = 1000;
  if (op.body.empty() || op.body.size() > longest) return;
  const std::string text(op.body);
  const RawParse parsed(text);
  if (parsed.good() && parsed.size() == 1)
    note_expression(site, only_expression(parsed[0].stmt), op);
}

}  // namespace

void lower(const CreateEnumStmt& statement, Site& site) {
  auto& op = emit<CreateEnum>(site);
  op.type = name(site, statement.typeName);
  op.labels = texts(site, statement.vals);
}

void lower(const AlterEnumStmt& statement, Site& site) {
  const Name type = name(site, statement.typeName);
  if (statement.oldVal) {
    auto& op = emit<RenameEnumValue>(site);
    op.type = type;
    op.value = keep(site, statement.oldVal);
    op.new_value = keep(site, statement.newVal);
    return;
  }
  auto& op = emit<AddEnumValue>(site);
  op.type = type;
  op.value = keep(site, statement.newVal);
  op.neighbour = keep(site, statement.newValNeighbor);
  op.after = statement.newValIsAfter;
  op.if_not_exists = statement.skipIfNewValExists;
}

void lower(const CreateDomainStmt& statement, Site& site) {
  auto& op = emit<CreateDomain>(site);
  op.domain = name(site, statement.domainname);
  op.type = type_name(site, statement.typeName);
  const auto constraints = items<::Constraint>(statement.constraints);
  for (std::size_t i = 0; i < constraints.size(); ++i) {
    if (constraints[i]->type != T_Constraint) continue;
    if (constraints[i]->contype == CONSTR_NOTNULL) op.not_null = true;
    if (constraints[i]->contype != CONSTR_DEFAULT) continue;
    const Span range = column_constraint_range(constraints, i, site.range);
    op.default_value =
        expression(site, constraints[i]->raw_expr, after_word(site.text(), range, "default"));
  }
  op.constraints = column_constraints(site, statement.constraints, {}, site.range);
}

void lower(const AlterDomainStmt& statement, Site& site) {
  auto& op = emit<AlterDomain>(site);
  op.domain = name(site, statement.typeName);
  op.cascade = statement.behavior == DROP_CASCADE;
  op.if_exists = statement.missing_ok;
  switch (statement.subtype) {
    case 'T':
      op.action = "set_default";
      op.default_value =
          kept_expression(site, statement.def, after_word(site.text(), site.range, "default"));
      break;
    case 'N':
      op.action = "drop_not_null";
      break;
    case 'O':
      op.action = "set_not_null";
      break;
    case 'C':
      op.action = "add_constraint";
      if (const auto* constraint = as<::Constraint>(statement.def)) {
        op.constraint = rarely(site.out, constraint_definition(site, *constraint, site.range));
      }
      break;
    case 'X':
      op.action = "drop_constraint";
      op.constraint_name = keep(site, statement.name);
      break;
    case 'V':
      op.action = "validate_constraint";
      op.constraint_name = keep(site, statement.name);
      break;
    default:
      op.action = "other";
      break;
  }
}

void lower(const CreateRangeStmt& statement, Site& site) {
  auto& op = emit<CreateType>(site);
  op.type = name(site, statement.typeName);
  op.form = "range";
}

// CREATE TYPE, AGGREGATE, OPERATOR, COLLATION, TEXT SEARCH ...
void lower(const DefineStmt& statement, Site& site) {
  if (statement.kind == OBJECT_TYPE) {
    auto& op = emit<CreateType>(site);
    op.type = name(site, statement.defnames);
    op.form = "base";
    return;
  }
  create_object(site, object_kind(statement.kind), name(site, statement.defnames),
                statement.if_not_exists, statement.replace,
                statement.kind == OBJECT_COLLATION ? options(site, statement.definition)
                                                   : List<OptionValue>());
}

void lower(const CreateSeqStmt& statement, Site& site) {
  auto& op = emit<CreateSequence>(site);
  op.sequence = name(site, statement.sequence);
  op.if_not_exists = statement.if_not_exists;
  op.persistence = persistence(statement.sequence);
  owned_by(site, statement.options, op.owned_by_table, op.owned_by_column);
}

void lower(const AlterSeqStmt& statement, Site& site) {
  auto& op = emit<AlterSequence>(site);
  op.sequence = name(site, statement.sequence);
  op.options = options(site, statement.options);
  owned_by(site, statement.options, op.owned_by_table, op.owned_by_column);
}

void lower(const CreateFunctionStmt& statement, Site& site) {
  auto& op = emit<CreateFunction>(site);
  op.function = name(site, statement.funcname);
  op.procedure = statement.is_procedure;
  op.or_replace = statement.replace;
  ListBuilder<TypeName> arguments(site);
  for (const auto* parameter : items<FunctionParameter>(statement.parameters)) {
    if (is_input(parameter->mode)) arguments.add(type_name(site, parameter->argType));
  }
  op.argument_types = arguments.list();
  op.returns = type_name(site, statement.returnType);
  function_options(site, statement.options, op);
  if (op.language.empty() && statement.sql_body) op.language = "sql";
  look_for_expression(site, statement, op);
}

void lower(const AlterFunctionStmt& statement, Site& site) {
  const auto* function = reinterpret_cast<const ::Node*>(statement.func);
  CreateFunction changes;
  function_options(site, statement.actions, changes);
  ListBuilder<OptionValue> options(site);
  for (const OptionValue& setting : changes.settings) options.add(setting);
  if (option(statement.actions, "security"))
    options.add({"security", changes.security_definer ? Text("definer") : Text("invoker")});
  alter_object(site, object_kind(statement.objtype), object_name(site, statement.objtype, function),
               options.list());
}

void lower(const DoStmt& statement, Site& site) {
  const DefElem* language = option(statement.args, "language");
  const DefElem* code = option(statement.args, "as");
  const char* const body = code ? string_of(code->arg) : nullptr;
  auto& op = emit<DoBlock>(site);
  op.language = language ? option_value(site, language->arg) : Text("plpgsql");
  if (op.language != "plpgsql" || !body) {
    op.opaque = true;
    return;
  }
  const auto range = verbatim(site, code->arg_location, body);
  std::optional<std::uint32_t> offset;
  if (range && site.out.exact_positions) offset = site.in_source(*range).begin;
  lower_body(keep(site, body), offset, site.out);
}

}  // namespace migguard::sql
