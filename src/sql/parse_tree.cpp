// The walk over expressions and queries of the raw parse tree. What the children of a node are
// follows raw_expression_tree_walker in src/backend/nodes/nodeFuncs.c.
#include <sql/parse_tree.hpp>
//
#include <algorithm>

namespace migguard::sql {
namespace {

template <class T>
const T& cast(const ::Node& node) {
  return reinterpret_cast<const T&>(node);
}

}  // namespace

const ::Node* Walk::next() {
  while (!steps_.empty()) {
    Step& step = steps_.back();
    const ::Node* node = step.node;
    if (!node) {
      if (!in_sight_) in_sight_.emplace();
      (*in_sight_)[step.name] += step.number;
      steps_.pop_back();
      continue;
    }
    if (const auto* list = as<::List>(node)) {
      if (step.number == list->length) {
        steps_.pop_back();
        continue;
      }
      node = static_cast<const ::Node*>(list->elements[step.number++].ptr_value);
      if (as<::List>(node)) push(node);
      if (!node || node->type == T_List) continue;
    } else {
      steps_.pop_back();
    }
    below_ = steps_.size();
    push_children(*node);
    std::reverse(steps_.begin() + static_cast<std::ptrdiff_t>(below_), steps_.end());
    return node;
  }
  return nullptr;
}

bool Walk::names_with_query(std::string_view name) const {
  if (!in_sight_) return false;
  const auto found = in_sight_->find(name);
  return found != in_sight_->end() && found->second > 0;
}

void Walk::push_sight(const ::List* queries, int change) {
  for (const auto* query : items<CommonTableExpr>(queries)) {
    steps_.push_back({nullptr, query->ctename, change});
  }
}

// Without RECURSIVE a query sees only those before it: `WITH users AS (SELECT * FROM users)` reads
// the table.
void Walk::push_with(const WithClause* with) {
  if (!with) return;
  if (with->recursive) push_sight(with->ctes, 1);
  for (const auto* query : items<CommonTableExpr>(with->ctes)) {
    push(query);
    if (!with->recursive) steps_.push_back({nullptr, query->ctename, 1});
  }
}

void Walk::push_children(const ::Node& node) {
  switch (node.type) {
    case T_A_Expr:
      push_all(cast<A_Expr>(node).lexpr, cast<A_Expr>(node).rexpr);
      break;
    case T_BoolExpr:
      push(cast<BoolExpr>(node).args);
      break;
    case T_TypeCast:
      push_all(cast<TypeCast>(node).arg, cast<TypeCast>(node).typeName);
      break;
    case T_FuncCall: {
      const auto& call = cast<FuncCall>(node);
      push_all(call.args, call.agg_order, call.agg_filter, call.over);
      break;
    }
    case T_NamedArgExpr:
      push(cast<NamedArgExpr>(node).arg);
      break;
    case T_A_Indices:
      push_all(cast<A_Indices>(node).lidx, cast<A_Indices>(node).uidx);
      break;
    case T_A_Indirection:
      push_all(cast<A_Indirection>(node).arg, cast<A_Indirection>(node).indirection);
      break;
    case T_A_ArrayExpr:
      push(cast<A_ArrayExpr>(node).elements);
      break;
    case T_CollateClause:
      push(cast<CollateClause>(node).arg);
      break;
    case T_NullTest:
      push(cast<NullTest>(node).arg);
      break;
    case T_BooleanTest:
      push(cast<BooleanTest>(node).arg);
      break;
    case T_CaseExpr: {
      const auto& choice = cast<CaseExpr>(node);
      push_all(choice.arg, choice.args, choice.defresult);
      break;
    }
    case T_CaseWhen:
      push_all(cast<CaseWhen>(node).expr, cast<CaseWhen>(node).result);
      break;
    case T_RowExpr:
      push(cast<RowExpr>(node).args);
      break;
    case T_CoalesceExpr:
      push(cast<CoalesceExpr>(node).args);
      break;
    case T_MinMaxExpr:
      push(cast<MinMaxExpr>(node).args);
      break;
    case T_GroupingFunc:
      push(cast<GroupingFunc>(node).args);
      break;
    case T_XmlExpr:
      push_all(cast<XmlExpr>(node).named_args, cast<XmlExpr>(node).args);
      break;
    case T_XmlSerialize:
      push_all(cast<XmlSerialize>(node).expr, cast<XmlSerialize>(node).typeName);
      break;
    case T_SubLink:
      push_all(cast<SubLink>(node).testexpr, cast<SubLink>(node).subselect);
      break;
    case T_ResTarget:
      push_all(cast<ResTarget>(node).indirection, cast<ResTarget>(node).val);
      break;
    case T_MultiAssignRef:
      // (a, b) = (row) hangs the same row below each of its columns.
      if (cast<MultiAssignRef>(node).colno == 1) push(cast<MultiAssignRef>(node).source);
      break;
    case T_SortBy:
      push(cast<SortBy>(node).node);
      break;
    case T_WindowDef: {
      const auto& window = cast<WindowDef>(node);
      push_all(window.partitionClause, window.orderClause, window.startOffset, window.endOffset);
      break;
    }
    case T_GroupingSet:
      push(cast<GroupingSet>(node).content);
      break;
    case T_IndexElem:
      push(cast<IndexElem>(node).expr);
      break;
    default:
      push_query_children(node);
      break;
  }
}

void Walk::push_query_children(const ::Node& node) {
  switch (node.type) {
    case T_SelectStmt: {
      const auto& select = cast<SelectStmt>(node);
      push_with(select.withClause);
      push_all(select.larg, select.rarg);
      // lcons(NIL, NIL) stands for a plain DISTINCT: its only item is null.
      push_all(select.distinctClause, select.targetList, select.valuesLists, select.fromClause,
               select.whereClause, select.groupClause, select.havingClause, select.windowClause,
               select.sortClause, select.limitOffset, select.limitCount);
      if (select.withClause) push_sight(select.withClause->ctes, -1);
      break;
    }
    case T_InsertStmt: {
      const auto& insert = cast<InsertStmt>(node);
      push_with(insert.withClause);
      push_all(insert.cols, insert.selectStmt, insert.onConflictClause, insert.returningClause);
      if (insert.withClause) push_sight(insert.withClause->ctes, -1);
      break;
    }
    case T_UpdateStmt: {
      const auto& update = cast<UpdateStmt>(node);
      push_with(update.withClause);
      push_all(update.targetList, update.fromClause, update.whereClause, update.returningClause);
      if (update.withClause) push_sight(update.withClause->ctes, -1);
      break;
    }
    case T_DeleteStmt: {
      const auto& removal = cast<DeleteStmt>(node);
      push_with(removal.withClause);
      push_all(removal.usingClause, removal.whereClause, removal.returningClause);
      if (removal.withClause) push_sight(removal.withClause->ctes, -1);
      break;
    }
    case T_MergeStmt: {
      const auto& merge = cast<MergeStmt>(node);
      push_with(merge.withClause);
      push_all(merge.sourceRelation, merge.joinCondition, merge.mergeWhenClauses,
               merge.returningClause);
      if (merge.withClause) push_sight(merge.withClause->ctes, -1);
      break;
    }
    case T_MergeWhenClause: {
      const auto& when = cast<MergeWhenClause>(node);
      push_all(when.condition, when.targetList, when.values);
      break;
    }
    case T_ReturningClause:
      push(cast<ReturningClause>(node).exprs);
      break;
    case T_OnConflictClause: {
      const auto& conflict = cast<OnConflictClause>(node);
      push_all(conflict.infer, conflict.targetList, conflict.whereClause);
      break;
    }
    case T_InferClause:
      push_all(cast<InferClause>(node).indexElems, cast<InferClause>(node).whereClause);
      break;
    case T_CommonTableExpr:
      push(cast<CommonTableExpr>(node).ctequery);
      break;
    case T_JoinExpr: {
      const auto& join = cast<JoinExpr>(node);
      push_all(join.larg, join.rarg, join.quals);
      break;
    }
    case T_RangeSubselect:
      push(cast<RangeSubselect>(node).subquery);
      break;
    case T_RangeFunction:
      push(cast<RangeFunction>(node).functions);
      break;
    case T_RangeTableSample: {
      const auto& sample = cast<RangeTableSample>(node);
      push_all(sample.relation, sample.args, sample.repeatable);
      break;
    }
    case T_RangeTableFunc: {
      const auto& table = cast<RangeTableFunc>(node);
      push_all(table.docexpr, table.rowexpr, table.namespaces, table.columns);
      break;
    }
    case T_RangeTableFuncCol:
      push_all(cast<RangeTableFuncCol>(node).colexpr, cast<RangeTableFuncCol>(node).coldefexpr);
      break;
    default:
      push_json_children(node);
      break;
  }
}

void Walk::push_json_children(const ::Node& node) {
  switch (node.type) {
    case T_JsonValueExpr:
      push(cast<JsonValueExpr>(node).raw_expr);
      break;
    case T_JsonKeyValue:
      push_all(cast<JsonKeyValue>(node).key, cast<JsonKeyValue>(node).value);
      break;
    case T_JsonArgument:
      push(cast<JsonArgument>(node).val);
      break;
    case T_JsonOutput:
      push(cast<JsonOutput>(node).typeName);
      break;
    case T_JsonBehavior:
      push(cast<JsonBehavior>(node).expr);
      break;
    case T_JsonIsPredicate:
      push(cast<JsonIsPredicate>(node).expr);
      break;
    case T_JsonParseExpr:
      push_all(cast<JsonParseExpr>(node).expr, cast<JsonParseExpr>(node).output);
      break;
    case T_JsonScalarExpr:
      push_all(cast<JsonScalarExpr>(node).expr, cast<JsonScalarExpr>(node).output);
      break;
    case T_JsonSerializeExpr:
      push_all(cast<JsonSerializeExpr>(node).expr, cast<JsonSerializeExpr>(node).output);
      break;
    case T_JsonObjectConstructor:
      push_all(cast<JsonObjectConstructor>(node).exprs, cast<JsonObjectConstructor>(node).output);
      break;
    case T_JsonArrayConstructor:
      push_all(cast<JsonArrayConstructor>(node).exprs, cast<JsonArrayConstructor>(node).output);
      break;
    case T_JsonArrayQueryConstructor:
      push_all(cast<JsonArrayQueryConstructor>(node).query,
               cast<JsonArrayQueryConstructor>(node).output);
      break;
    case T_JsonAggConstructor: {
      const auto& aggregate = cast<JsonAggConstructor>(node);
      push_all(aggregate.output, aggregate.agg_filter, aggregate.agg_order, aggregate.over);
      break;
    }
    case T_JsonObjectAgg:
      push_all(cast<JsonObjectAgg>(node).arg, cast<JsonObjectAgg>(node).constructor);
      break;
    case T_JsonArrayAgg:
      push_all(cast<JsonArrayAgg>(node).arg, cast<JsonArrayAgg>(node).constructor);
      break;
    case T_JsonFuncExpr: {
      const auto& function = cast<JsonFuncExpr>(node);
      push_all(function.context_item, function.pathspec, function.passing, function.output,
               function.on_empty, function.on_error);
      break;
    }
    case T_JsonTable: {
      const auto& table = cast<JsonTable>(node);
      push_all(table.context_item, table.pathspec, table.passing, table.columns, table.on_error);
      break;
    }
    case T_JsonTablePathSpec:
      push(cast<JsonTablePathSpec>(node).string);
      break;
    case T_JsonTableColumn: {
      const auto& column = cast<JsonTableColumn>(node);
      push_all(column.pathspec, column.columns, column.on_empty, column.on_error);
      break;
    }
    default:
      break;  // constants, columns, tables, type names: nothing below that anybody asks for
  }
}

}  // namespace migguard::sql
