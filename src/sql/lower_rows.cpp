// INSERT, UPDATE, DELETE, MERGE and COPY: what changes rows, and whether anything limits which.
#include <sql/lower_parts.hpp>
//

#include <set>

namespace migguard::sql {
namespace {

// The names by which a statement speaks of its target and of the relations in FROM or USING.
class Ties {
 public:
  Ties(const RangeVar* target, const ::List* from) {
    if (target) target_ = target->alias ? target->alias->aliasname : target->relname;
    Walk walk(from);
    while (const ::Node* node = walk.next()) {
      if (const auto* relation = as<RangeVar>(node)) {
        add(relation->alias, relation->relname);
      } else if (const auto* query = as<RangeSubselect>(node)) {
        add(query->alias, nullptr);
        correlated_ |= query->lateral && mentions_target(query->subquery);
        walk.skip();
      } else if (const auto* function = as<RangeFunction>(node)) {
        add(function->alias, function_name(*function));
        walk.skip();
      } else if (const auto* xml = as<RangeTableFunc>(node)) {
        add(xml->alias, nullptr);
        walk.skip();
      } else if (const auto* json = as<JsonTable>(node)) {
        add(json->alias, nullptr);
        walk.skip();
      } else if (const auto* join = as<JoinExpr>(node)) {
        add(join->alias, nullptr);
        add(join->join_using_alias, nullptr);
        add_predicate(join->quals);
      } else if (!as<RangeTableSample>(node)) {
        walk.skip();
      }
    }
  }

  void add_predicate(const ::Node* predicate) {
    // AND is flat in the raw tree but for brackets.
    std::vector<const ::Node*> open{predicate};
    while (!open.empty()) {
      const ::Node* node = open.back();
      open.pop_back();
      const auto* logic = as<BoolExpr>(node);
      if (logic && logic->boolop == AND_EXPR) {
        for (const ::Node* arm : items(logic->args)) open.push_back(arm);
      } else if (node) {
        predicates_.push_back(node);
      }
    }
  }

  // Whether some predicate speaks of the target and of another relation.
  bool joined() const {
    if (correlated_) return true;
    if (sources_.empty()) return false;
    return std::any_of(predicates_.begin(), predicates_.end(),
                       [&](const ::Node* predicate) { return ties(predicate); });
  }

 private:
  void add(const Alias* alias, const char* relation) {
    if (alias)
      sources_.insert(alias->aliasname);
    else if (relation)
      sources_.insert(relation);
  }

  // A function in FROM goes by its own name where it has no alias.
  static const char* function_name(const RangeFunction& function) {
    const auto* first = items<::List>(function.functions).front();
    const auto* call = first ? as<FuncCall>(items(first).front()) : nullptr;
    return call ? string_of(items(call->funcname).back()) : nullptr;
  }

  bool mentions_target(const ::Node* query) const {
    Walk walk(query);
    while (const ::Node* node = walk.next()) {
      const auto* column = as<ColumnRef>(node);
      const char* const table =
          column && items(column->fields).size() > 1
              ? string_of(items(column->fields)[items(column->fields).size() - 2])
              : nullptr;
      if (table && table == target_) return true;
    }
    return false;
  }

  bool ties(const ::Node* predicate) const {
    bool of_target = false;
    bool of_source = false;
    unsigned of_either = 0;  // without a table in front: nobody can tell without the schema
    Walk outer(predicate);
    while (const ::Node* node = outer.next()) {
      if (const auto* sublink = as<SubLink>(node)) {
        // Unqualified columns of a subquery are most likely its own.
        outer.skip();
        if (sublink->testexpr) look(sublink->testexpr, true, of_target, of_source, of_either);
        look(sublink->subselect, false, of_target, of_source, of_either);
      } else if (const auto* column = as<ColumnRef>(node)) {
        look_at(*column, true, of_target, of_source, of_either);
      }
    }
    // Two columns that name no table are given the benefit of the doubt.
    return (of_target && of_source) || ((of_target || of_source) && of_either > 0) || of_either > 1;
  }

  void look(const ::Node* root, bool unqualified, bool& of_target, bool& of_source,
            unsigned& of_either) const {
    Walk walk(root);
    while (const ::Node* node = walk.next()) {
      if (const auto* column = as<ColumnRef>(node)) {
        look_at(*column, unqualified, of_target, of_source, of_either);
      }
    }
  }

  void look_at(const ColumnRef& column, bool unqualified, bool& of_target, bool& of_source,
               unsigned& of_either) const {
    const auto parts = items(column.fields);
    // `t.c`, and `t` alone for the whole row.
    const char* const table = string_of(parts.size() > 1 ? parts[parts.size() - 2] : parts.front());
    if (!table) return;
    const std::string_view written = table;
    if (written == target_) {
      of_target = true;
    } else if (sources_.contains(written)) {
      of_source = true;
    } else if (parts.size() == 1 && unqualified) {
      ++of_either;
    }
  }

  std::string_view target_;
  std::set<std::string_view> sources_;
  std::vector<const ::Node*> predicates_;
  bool correlated_ = false;  // a LATERAL query speaks of the target
};

// Whether some target of SET or INTO is an element of an array or a field of a composite column.
bool into_elements(const ::List* targets) {
  for (const auto* target : items<ResTarget>(targets))
    if (target->indirection) return true;
  return false;
}

// The relations of FROM or USING by name, those of joins included; queries and functions have none.
List<Name> from_names(Site& site, const ::List* from) {
  if (!from) return {};
  ListBuilder<Name> names(site);
  Walk walk(from);
  while (const ::Node* node = walk.next()) {
    if (const auto* relation = as<RangeVar>(node)) {
      names.add(written_name(site, relation));
    } else if (!as<JoinExpr>(node) && !as<RangeTableSample>(node)) {
      walk.skip();
    }
  }
  return names.list();
}

// Collects string constants.
class Constants {
 public:
  explicit Constants(Site& site) : site_(site) {}

  void add_below(const void* root) {
    if (!root || add(static_cast<const ::Node*>(root))) return;
    Walk walk(root);
    while (const ::Node* node = walk.next()) add(node);
  }
  // Rows of VALUES are many, and nearly all of their values are constants.
  void add_rows(const ::List* rows) {
    for (const auto* row : items<::List>(rows)) {
      for (const ::Node* value : items(row)) add_below(value);
    }
  }
  List<Text> kept() const { return sql::keep(site_.out, constants_); }

 private:
  bool add(const ::Node* node) {
    const auto* constant = as<A_Const>(node);
    if (!constant) return false;
    const char* const text = constant->isnull ? nullptr : string_of(&constant->val.node);
    if (text) constants_.push_back(keep(site_, text));
    return true;
  }

  Site& site_;
  std::vector<Text> constants_;
};

// WHERE and RETURNING are reserved: the first WHERE behind the table is the statement's own.
Expression where_clause(Site& site, const RangeVar* table, const ::Node* where,
                        const ReturningClause* returning) {
  if (!where) return {};
  const std::string_view text = site.text();
  Span range = after_word(text, site.from(table ? table->location : -1), "where");
  if (returning) range = before_word(text, range, "returning");
  const char* const own = !table         ? nullptr
                          : table->alias ? table->alias->aliasname
                                         : table->relname;
  // That of a WITH query ends at its bracket.
  if (site.depth > 0) range = trimmed(text, range);
  return expression(site, where, range, own ? own : "");
}

// Whether rows come from a relation: VALUES and SELECT without FROM give as many as are written.
bool selects_from(const SelectStmt* query) {
  std::vector<const SelectStmt*> open{query};
  while (!open.empty()) {
    const SelectStmt* select = open.back();
    open.pop_back();
    if (!select) continue;
    if (select->fromClause) return true;
    open.push_back(select->larg);
    open.push_back(select->rarg);
  }
  return false;
}

const ::List* queries(const WithClause* with) { return with ? with->ctes : nullptr; }

// Whether any value of VALUES is more than a constant or a cast of one.
bool any_computed(const ::List* rows) {
  for (const auto* row : items<::List>(rows)) {
    for (const auto* value : items(row)) {
      if (const auto* cast = as<TypeCast>(value)) value = cast->arg;
      if (value && !as<A_Const>(value) && value->type != T_SetToDefault) return true;
    }
  }
  return false;
}

}  // namespace

void lower(const InsertStmt& statement, Site& site) {
  lower_with(statement.withClause, site);
  auto& op = emit<Insert>(site);
  op.table = name(site, statement.relation);
  op.columns = result_names(site, statement.cols);
  op.into_elements = into_elements(statement.cols);
  if (const OnConflictClause* conflict = statement.onConflictClause) {
    op.on_conflict_update = conflict->action == ONCONFLICT_UPDATE;
    op.on_conflict_nothing = conflict->action == ONCONFLICT_NOTHING;
  }
  const auto* query = as<SelectStmt>(statement.selectStmt);
  if (!query) {
    op.rows = 1;  // DEFAULT VALUES
    return;
  }
  op.rows = static_cast<std::uint32_t>(items(query->valuesLists).size());
  op.from_query = selects_from(query);
  // Rows of constants read nothing, and there may be very many of them.
  const void* source = query->valuesLists && !any_computed(query->valuesLists) ? nullptr : query;
  if (source || statement.onConflictClause || statement.withClause) {
    op.reads =
        relations_below(site, {source, statement.onConflictClause, queries(statement.withClause)});
  }
  if (op.from_query) op.query = query_filter(site, *query);
  Constants constants(site);
  if (query->valuesLists) {
    constants.add_rows(query->valuesLists);
  } else {
    constants.add_below(query);
  }
  constants.add_below(statement.onConflictClause);
  op.constants = constants.kept();
}

void lower(const UpdateStmt& statement, Site& site, bool in_cte) {
  lower_with(statement.withClause, site);
  auto& op = emit<Update>(site);
  op.table = name(site, statement.relation);
  op.only = statement.relation && !statement.relation->inh;
  if (statement.relation && statement.relation->alias) {
    op.alias = keep(site, statement.relation->alias->aliasname);
  }
  op.columns = result_names(site, statement.targetList);
  op.into_elements = into_elements(statement.targetList);
  op.where =
      where_clause(site, statement.relation, statement.whereClause, statement.returningClause);
  op.from = from_names(site, statement.fromClause);
  if (statement.fromClause) {
    Ties ties(statement.relation, statement.fromClause);
    ties.add_predicate(statement.whereClause);
    op.joined = ties.joined();
  }
  op.in_cte = in_cte;
  op.reads = relations_below(
      site, {statement.targetList, statement.whereClause, queries(statement.withClause)});
  if (!op.reads.empty())
    op.reads_whole = relations_read_whole(site, {statement.targetList, statement.whereClause});
  Constants constants(site);
  constants.add_below(statement.targetList);
  constants.add_below(statement.fromClause);
  constants.add_below(statement.whereClause);
  op.constants = constants.kept();
}

void lower(const DeleteStmt& statement, Site& site, bool in_cte) {
  lower_with(statement.withClause, site);
  auto& op = emit<Delete>(site);
  op.table = name(site, statement.relation);
  op.only = statement.relation && !statement.relation->inh;
  if (statement.relation && statement.relation->alias) {
    op.alias = keep(site, statement.relation->alias->aliasname);
  }
  op.where =
      where_clause(site, statement.relation, statement.whereClause, statement.returningClause);
  op.using_ = from_names(site, statement.usingClause);
  if (statement.usingClause) {
    Ties ties(statement.relation, statement.usingClause);
    ties.add_predicate(statement.whereClause);
    op.joined = ties.joined();
  }
  op.in_cte = in_cte;
  op.reads = relations_below(site, {statement.whereClause, queries(statement.withClause)});
  if (!op.reads.empty()) op.reads_whole = relations_read_whole(site, {statement.whereClause});
}

void lower(const MergeStmt& statement, Site& site) {
  lower_with(statement.withClause, site);
  auto& op = emit<Merge>(site);
  op.table = name(site, statement.relation);
  op.only = statement.relation && !statement.relation->inh;
  op.reads = relations_below(site, {statement.sourceRelation, queries(statement.withClause)});
  op.reads_whole = relations_read_whole(site, {statement.sourceRelation});
  for (const auto* when : items<MergeWhenClause>(statement.mergeWhenClauses)) {
    op.deletes |= when->commandType == CMD_DELETE;
    op.updates |= when->commandType == CMD_UPDATE;
    op.inserts |= when->commandType == CMD_INSERT;
  }
}

// COPY (query) TO does what the query does.
void lower(const CopyStmt& statement, Site& site) {
  if (statement.query) lower_inner(statement.query, site);
  auto& op = emit<Copy>(site);
  op.table = name(site, statement.relation);
  op.columns = texts(site, statement.attlist);
  op.from = statement.is_from;
}

}  // namespace migguard::sql
