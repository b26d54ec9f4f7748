// Expressions: what can be asked of one without evaluating it.
#include <sql/lower_parts.hpp>
//
#include <string>

namespace migguard::sql {
namespace {

// How deep AND, OR and NOT are followed inside each other; no person writes more.
constexpr unsigned deepest_logic = 1000;

// What a predicate is for every row, as far as its text tells.
enum class Truth : std::uint8_t { unknown, yes, no };

Truth opposite(Truth truth) {
  switch (truth) {
    case Truth::yes:
      return Truth::no;
    case Truth::no:
      return Truth::yes;
    case Truth::unknown:
      break;
  }
  return Truth::unknown;
}

Truth truth(bool value) { return value ? Truth::yes : Truth::no; }

const A_Const* constant_beneath_casts(const void* node) {
  for (unsigned depth = 0; depth < deepest_logic; ++depth) {
    const auto* cast = as<TypeCast>(node);
    if (!cast) break;
    node = cast->arg;
  }
  return as<A_Const>(node);
}

// As boolin reads it (parse_bool_with_len in src/backend/utils/adt/bool.c): any unambiguous
// beginning will do.
Truth boolean_text(std::string_view text) {
  std::string lower;
  for (const char c : text) {
    if (c == ' ' || c == '\t' || c == '\n') continue;
    lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  if (lower.empty()) return Truth::unknown;
  const auto begins = [&](std::string_view word, std::size_t at_least) {
    return lower.size() >= at_least && word.starts_with(lower);
  };
  if (lower == "1" || begins("true", 1) || begins("yes", 1) || begins("on", 2)) return Truth::yes;
  if (lower == "0" || begins("false", 1) || begins("no", 1) || begins("off", 2)) return Truth::no;
  return Truth::unknown;
}

Truth constant_truth(const A_Const& constant, bool cast_to_boolean) {
  if (constant.isnull) return Truth::unknown;
  if (const auto* boolean = as<Boolean>(&constant.val.node)) return truth(boolean->boolval);
  if (const char* const text = string_of(&constant.val.node)) return boolean_text(text);
  const auto* number = as<Integer>(&constant.val.node);
  if (number && cast_to_boolean) return truth(number->ival != 0);
  return Truth::unknown;
}

bool same_constant(const A_Const& left, const A_Const& right) {
  if (left.isnull || right.isnull || left.val.node.type != right.val.node.type) return false;
  switch (left.val.node.type) {
    case T_Integer:
      return left.val.ival.ival == right.val.ival.ival;
    case T_Float:
      return std::string_view(left.val.fval.fval) == right.val.fval.fval;
    case T_Boolean:
      return left.val.boolval.boolval == right.val.boolval.boolval;
    case T_String:
      return std::string_view(left.val.sval.sval) == right.val.sval.sval;
    default:
      return false;
  }
}

// `own`: what the statement calls the table whose rows it filters; then `a` and `t.a` are the same
// column of t. In PL/pgSQL any other name before the dot may be a variable's.
bool same_column(const ColumnRef& left, const ColumnRef& right, std::string_view own) {
  const auto first = items(left.fields);
  const auto second = items(right.fields);
  const std::size_t common = std::min(first.size(), second.size());
  for (std::size_t i = 1; i <= common; ++i) {
    const char* const one = string_of(first[first.size() - i]);
    const char* const other = string_of(second[second.size() - i]);
    if (!one || !other || std::string_view(one) != other) return false;
  }
  if (common == 0 || first.size() == second.size()) return common > 0;
  const auto& longer = first.size() > second.size() ? first : second;
  const char* const table = string_of(longer[longer.size() - 2]);
  return table && common <= 2 && own == table;
}

Truth comparison_truth(const A_Expr& comparison, std::string_view own) {
  const char* const written = string_of(items(comparison.name).back());
  if (comparison.kind != AEXPR_OP || !written || !comparison.lexpr || !comparison.rexpr)
    return Truth::unknown;
  const std::string_view operation = written;
  const bool holds_for_equals = operation == "=" || operation == "<=" || operation == ">=";
  const bool fails_for_equals = operation == "<>" || operation == "<" || operation == ">";
  if (!holds_for_equals && !fails_for_equals) return Truth::unknown;

  const auto* left_column = as<ColumnRef>(comparison.lexpr);
  const auto* right_column = as<ColumnRef>(comparison.rexpr);
  if (left_column && right_column && same_column(*left_column, *right_column, own))
    return truth(holds_for_equals);

  const auto* left = constant_beneath_casts(comparison.lexpr);
  const auto* right = constant_beneath_casts(comparison.rexpr);
  if (!left || !right || left->isnull || right->isnull) return Truth::unknown;
  if (same_constant(*left, *right)) return truth(holds_for_equals);
  const auto* left_number = as<Integer>(&left->val.node);
  const auto* right_number = as<Integer>(&right->val.node);
  if (!left_number || !right_number) return Truth::unknown;
  if (operation == "=") return Truth::no;
  if (operation == "<>") return Truth::yes;
  const bool less = left_number->ival < right_number->ival;
  return truth(operation.front() == '<' ? less : !less);
}

Truth predicate_truth(const ::Node* node, std::string_view own, unsigned depth) {
  if (!node || depth > deepest_logic) return Truth::unknown;
  if (const auto* constant = as<A_Const>(node)) return constant_truth(*constant, false);
  if (const auto* cast = as<TypeCast>(node)) {
    const auto* constant = constant_beneath_casts(cast);
    const char* const type =
        cast->typeName ? string_of(items(cast->typeName->names).back()) : nullptr;
    if (!constant || !type || std::string_view(type) != "bool") return Truth::unknown;
    return constant_truth(*constant, true);
  }
  if (const auto* comparison = as<A_Expr>(node)) return comparison_truth(*comparison, own);
  if (const auto* test = as<BooleanTest>(node)) {
    const Truth argument =
        predicate_truth(reinterpret_cast<const ::Node*>(test->arg), own, depth + 1);
    if (argument == Truth::unknown) return argument;
    switch (test->booltesttype) {
      case IS_TRUE:
      case IS_NOT_FALSE:
        return argument;
      case IS_FALSE:
      case IS_NOT_TRUE:
        return opposite(argument);
      default:
        return truth(test->booltesttype == IS_NOT_UNKNOWN);
    }
  }
  if (const auto* test = as<NullTest>(node)) {
    const auto* constant = constant_beneath_casts(test->arg);
    return constant ? truth(bool(constant->isnull) == (test->nulltesttype == IS_NULL))
                    : Truth::unknown;
  }
  const auto* logic = as<BoolExpr>(node);
  if (!logic) return Truth::unknown;
  if (logic->boolop == NOT_EXPR)
    return opposite(predicate_truth(items(logic->args).front(), own, depth + 1));
  const Truth decisive = logic->boolop == OR_EXPR ? Truth::yes : Truth::no;
  bool all_known = true;
  for (const ::Node* arm : items(logic->args)) {
    const Truth each_arm = predicate_truth(arm, own, depth + 1);
    if (each_arm == decisive) return decisive;
    if (each_arm == Truth::unknown) all_known = false;
  }
  return all_known ? opposite(decisive) : Truth::unknown;
}

// Columns that cannot be null where the predicate is true (as predicate_implied_by would prove of a
// CHECK).
void collect_not_null(Site& site, const ::Node* node, bool negated, unsigned depth,
                      ListBuilder<Text>& columns) {
  if (!node || depth > deepest_logic) return;
  if (const auto* test = as<NullTest>(node)) {
    const auto* column = as<ColumnRef>(test->arg);
    if (!column || (test->nulltesttype == IS_NOT_NULL) == negated) return;
    if (const Text name = last_part(site, column->fields); !name.empty()) columns.add(name);
    return;
  }
  const auto* logic = as<BoolExpr>(node);
  if (!logic) return;
  if (logic->boolop == NOT_EXPR) {
    collect_not_null(site, items(logic->args).front(), !negated, depth + 1, columns);
  } else if ((logic->boolop == AND_EXPR) != negated) {
    for (const ::Node* arm : items(logic->args))
      collect_not_null(site, arm, negated, depth + 1, columns);
  }
}

ExpressionKind kind_of(const ::Node* node) {
  if (const auto* constant = constant_beneath_casts(node)) {
    return constant->isnull ? ExpressionKind::null : ExpressionKind::constant;
  }
  switch (node->type) {
    case T_ColumnRef:
      return ExpressionKind::column;
    case T_FuncCall:
    case T_SQLValueFunction:
      return ExpressionKind::call;
    default:
      return ExpressionKind::other;
  }
}

// Whether nothing stands in the brackets of a call, nor behind them.
bool is_bare(const FuncCall& call) {
  return !call.args && !call.agg_order && !call.agg_filter && !call.over;
}

}  // namespace

std::string_view spelling(SQLValueFunctionOp operation) {
  switch (operation) {
    case SVFOP_CURRENT_DATE:
      return "current_date";
    case SVFOP_CURRENT_TIME:
    case SVFOP_CURRENT_TIME_N:
      return "current_time";
    case SVFOP_CURRENT_TIMESTAMP:
    case SVFOP_CURRENT_TIMESTAMP_N:
      return "current_timestamp";
    case SVFOP_LOCALTIME:
    case SVFOP_LOCALTIME_N:
      return "localtime";
    case SVFOP_LOCALTIMESTAMP:
    case SVFOP_LOCALTIMESTAMP_N:
      return "localtimestamp";
    case SVFOP_CURRENT_ROLE:
      return "current_role";
    case SVFOP_CURRENT_USER:
      return "current_user";
    case SVFOP_USER:
      return "user";
    case SVFOP_SESSION_USER:
      return "session_user";
    case SVFOP_CURRENT_CATALOG:
      return "current_catalog";
    case SVFOP_CURRENT_SCHEMA:
      return "current_schema";
  }
  return {};
}

Text constant_text(Site& site, const A_Const& constant) {
  if (constant.isnull) return {};
  switch (constant.val.node.type) {
    case T_Integer:
      return keep(site, std::string_view(std::to_string(constant.val.ival.ival)));
    case T_Float:
      return keep(site, constant.val.fval.fval);
    case T_Boolean:
      return constant.val.boolval.boolval ? "true" : "false";
    case T_String:
      return keep(site, constant.val.sval.sval);
    case T_BitString:
      return keep(site, constant.val.bsval.bsval);
    default:
      return {};
  }
}

FunctionCall function_call(Site& site, const FuncCall& call) {
  const auto arguments = items(call.args);
  FunctionCall result;
  result.name = name(site, call.funcname);
  result.arguments = static_cast<std::uint16_t>(std::min<std::size_t>(arguments.size(), 65535));
  const ::Node* first = arguments.front();
  while (const auto* cast = as<TypeCast>(first)) first = cast->arg;
  const auto* constant = as<A_Const>(first);
  if (constant && !constant->isnull) result.literal = keep(site, string_of(&constant->val.node));
  return result;
}

Expression expression(Site& site, const ::Node* node, Span text, std::string_view own) {
  Expression result;
  if (!node) return result;
  result.kind = kind_of(node);
  const Span place = without_space(site.text(), text, site.may_hold_comment());
  result.text = keep(site, slice(site.text(), place));
  if (const auto* constant = constant_beneath_casts(node))
    result.value = constant_text(site, *constant);
  result.always_true = predicate_truth(node, own, 0) == Truth::yes;

  // Most defaults are a constant or a call without arguments: there is nothing below.
  if (as<A_Const>(node)) return result;
  if (const auto* call = as<FuncCall>(node); call && is_bare(*call)) {
    ListInPlace<FunctionCall> itself(site, 1);
    itself.add([&] { return function_call(site, *call); });
    result.functions = rarely(site.out, itself.list());
    return result;
  }

  ListBuilder<Text> columns(site);
  ListBuilder<FunctionCall> functions(site);
  ListBuilder<TypeName> casts(site);
  Walk walk(node);
  while (const ::Node* each_node = walk.next()) {
    if (const auto* column = as<ColumnRef>(each_node)) {
      if (const Text name = last_part(site, column->fields); !name.empty()) columns.add(name);
    } else if (const auto* call = as<FuncCall>(each_node)) {
      functions.add(function_call(site, *call));
    } else if (const auto* value = as<SQLValueFunction>(each_node)) {
      functions.add({{{}, spelling(value->op)}, 0});
    } else if (const auto* cast = as<TypeCast>(each_node)) {
      casts.add(type_name(site, cast->typeName));
    }
  }
  ListBuilder<Text> not_null(site);
  collect_not_null(site, node, false, 0, not_null);
  result.columns = columns.list();
  result.functions = rarely(site.out, functions.list());
  result.casts = rarely(site.out, casts.list());
  result.not_null_columns = rarely(site.out, not_null.list());
  return result;
}

Rarely<Expression> kept_expression(Site& site, const ::Node* node, Span text) {
  if (!node) return {};
  return rarely(site.out, expression(site, node, text));
}

}  // namespace migguard::sql
