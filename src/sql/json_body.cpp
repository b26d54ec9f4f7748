// JSON keys in the bodies of functions and DO blocks. What a function does is only defined, so of
// its operations nothing but the keys is kept.
#include <algorithm>
#include <sql/json_plpgsql.hpp>
#include <sql/json_walk.hpp>
#include <sql/plpgsql.hpp>
#include <sql/raw_parse.hpp>
#include <sql/reading.hpp>
#include <unordered_set>
#include <util/text.hpp>

namespace migguard::sql {
namespace {

// Appends the keys among the operations that are not there yet.
void keep_new_keys(const std::vector<Op>& ops, Lowering& out) {
  std::unordered_set<std::string> known;
  const auto identity = [](const JsonKey& key) {
    std::string text =
        cat(key.path, "\n", key.column, "\n", static_cast<int>(key.access), key.feeds ? 'f' : '-');
    for (const Name& table : key.tables) text += cat("\n", table.schema, ".", table.name);
    return text;
  };
  for (const Op& op : out.ops) {
    if (const auto* key = std::get_if<JsonKey>(&op)) known.insert(identity(*key));
  }
  for (const Op& op : ops) {
    const auto* key = std::get_if<JsonKey>(&op);
    if (key && !known.contains(identity(*key))) out.ops.push_back(op);
  }
}

std::string_view language_of(const ::List* options) {
  for (const DefElem* option : items<DefElem>(options)) {
    if (std::string_view(option->defname) != "language") continue;
    const char* name = string_of(option->arg);
    return name ? name : "";
  }
  return {};
}

std::vector<RowVariable> row_parameters(const CreateFunctionStmt& statement) {
  std::vector<RowVariable> rows;
  for (const auto* parameter : items<FunctionParameter>(statement.parameters)) {
    if (!parameter->name || !parameter->argType || parameter->argType->arrayBounds) continue;
    const Items<::Node> names(parameter->argType->names);
    const char* last = string_of(names.back());
    const char* schema = names.size() > 1 ? string_of(names[names.size() - 2]) : nullptr;
    const bool built_in = schema && std::string_view(schema) == "pg_catalog";
    if (last && !built_in) rows.push_back({parameter->name, Name{schema ? schema : "", last}});
  }
  return rows;
}

void read_body(const BodyText& body, const CreateFunctionStmt& statement, bool trigger,
               const Name& function, Lowering& out) {
  const std::string_view language = language_of(statement.options);
  std::vector<Op> ops;
  Lowering inner{.text = out.text,
                 .base = out.base,
                 .statement = out.statement,
                 .within = out.within,
                 .exact_positions = out.exact_positions,
                 .arena = out.arena,
                 .ops = ops,
                 .depth = out.depth + 1};
  const std::vector<RowVariable> rows = row_parameters(statement);
  if (language == "sql") {
    const std::string sql(body.text);
    const RawParse tree(sql);
    if (!tree.good()) return;
    inner.text = sql;
    inner.base = body.offset.value_or(0);
    inner.exact_positions = body.offset.has_value();
    for (std::size_t i = 0; i < tree.size(); ++i) {
      JsonWalk keys(inner);
      for (const RowVariable& row : rows) {
        JsonRelation relation;
        relation.alias = row.name;
        relation.table = row.type;
        relation.record = true;
        keys.declare(relation);
      }
      keys.statement(tree[i].stmt);
    }
  } else if (language == "plpgsql") {
    lower_body(body.text, body.offset, inner);  // for its dynamic SQL
    if (may_hold_json_keys(body.text))
      plpgsql_json_keys(body, rows, trigger ? function : Name{}, inner);
  }
  for (Op& op : ops) {
    if (auto* key = std::get_if<JsonKey>(&op)) key->defined = true;
  }
  keep_new_keys(ops, out);
}

}  // namespace

void json_keys_of_body(const CreateFunctionStmt& statement, Lowering& out) {
  if (out.depth >= deepest_body) return;
  const auto last = std::find_if(out.ops.rbegin(), out.ops.rend(), [](const Op& op) {
    return std::holds_alternative<CreateFunction>(op);
  });
  if (last == out.ops.rend()) return;
  const CreateFunction function = std::get<CreateFunction>(*last);
  if (function.body.empty()) return;
  BodyText body{function.body, {}};
  if (out.exact_positions && function.body_span.begin < function.body_span.end)
    body.offset = function.body_span.begin;
  read_body(body, statement, function.returns.name.name == "trigger", function.function, out);
}

void json_keys_of_body(const DoStmt& statement, Lowering& out) {
  if (out.depth >= deepest_body) return;
  const std::string_view language = language_of(statement.args);
  if (!language.empty() && language != "plpgsql") return;
  for (const DefElem* option : items<DefElem>(statement.args)) {
    const char* text = std::string_view(option->defname) == "as" ? string_of(option->arg) : nullptr;
    if (!text) continue;
    BodyText body{text, {}};
    if (out.exact_positions && out.statement.begin >= out.base) {
      const std::size_t at = out.text.find(body.text, out.statement.begin - out.base);
      if (at != std::string_view::npos) body.offset = out.base + static_cast<std::uint32_t>(at);
    }
    // The keys are the statement's own: not in a block that is only defined.
    Lowering inner{.text = out.text,
                   .base = out.base,
                   .statement = out.statement,
                   .within = Within::do_block,
                   .exact_positions = out.exact_positions,
                   .arena = out.arena,
                   .ops = out.ops,
                   .depth = out.depth};
    if (out.within != Within::dynamic_sql && may_hold_json_keys(body.text))
      plpgsql_json_keys(body, {}, {}, inner);
  }
}

}  // namespace migguard::sql
