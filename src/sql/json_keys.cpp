// Finds the JSON keys of a statement: which of its parts write, read or depend on a document, and
// the emission itself.
#include <sql/json_walk.hpp>
//
#include <algorithm>
#include <sql/json_path.hpp>
#include <sql/scan.hpp>

namespace migguard::sql {

// ---------------------------------------------------------------- emission

Span LiteralPlace::inside(Span decoded) const {
  if (!exact) return whole;
  const auto place = [this](std::uint32_t offset) {
    const auto before = std::lower_bound(doubled.begin(), doubled.end(), offset) - doubled.begin();
    return begin + offset + static_cast<std::uint32_t>(before);
  };
  return {place(decoded.begin), place(decoded.end)};
}

LiteralPlace JsonWalk::literal_place(const A_Const* constant, std::string_view decoded) const {
  LiteralPlace place;
  place.whole = out_.statement;
  if (!out_.exact_positions || !constant || constant->location < 0) return place;
  if (constant->location + shift_ < 0) return place;
  const std::size_t at = static_cast<std::size_t>(constant->location + shift_);
  Scanner scanner(out_.text, at);
  Token token;
  if (at >= out_.text.size() || !scanner.next(token) || token.begin != at) return place;
  place.whole = {out_.base + token.begin, out_.base + token.end};
  std::size_t first = at + 1;
  if (token.kind == TokenKind::dollar_string)
    first = out_.text.find('$', at + 1) + 1;
  else if (out_.text[at] != '\'')
    return place;
  const bool plain = token.kind != TokenKind::dollar_string;
  std::size_t source = first;
  for (std::size_t i = 0; i < decoded.size(); ++i, ++source) {
    if (source >= token.end || out_.text[source] != decoded[i]) return place;
    if (plain && decoded[i] == '\'') {
      place.doubled.push_back(static_cast<std::uint32_t>(i));
      ++source;
    }
  }
  place.exact = true;
  place.begin = out_.base + static_cast<std::uint32_t>(first);
  return place;
}

Span JsonWalk::span_at(const ::Node* node) const {
  int location = -1;
  for (unsigned depth = 0; node && depth < 64 && location < 0; ++depth) {
    if (const auto* constant = as<A_Const>(node)) {
      location = constant->location;
      break;
    }
    if (const auto* cast = as<TypeCast>(node))
      node = cast->arg;
    else if (const auto* array = as<A_ArrayExpr>(node))
      node = items(array->elements).front();
    else if (const auto* call = as<FuncCall>(node))
      node = items(call->args).back();
    else if (const auto* subscripted = as<A_Indirection>(node)) {
      const auto* subscript = as<A_Indices>(items(subscripted->indirection).back());
      node = subscript ? subscript->uidx : nullptr;
    } else if (const auto* expression = as<A_Expr>(node)) {
      node = expression->rexpr;
    } else if (const auto* ref = as<ColumnRef>(node)) {
      location = ref->location;
    } else if (const auto* column = as<ColumnDef>(node)) {
      location = column->location;
    } else if (const auto* table_column = tagged<JsonTableColumn>(node, T_JsonTableColumn)) {
      location = table_column->location;
    } else {
      break;
    }
  }
  if (!out_.exact_positions || location < 0 || location + shift_ < 0) return out_.statement;
  const std::size_t at = static_cast<std::size_t>(location + shift_);
  Scanner scanner(out_.text, at);
  Token token;
  if (at >= out_.text.size() || !scanner.next(token) || token.begin != at) return out_.statement;
  return {out_.base + token.begin, out_.base + token.end};
}

JsonKey& JsonWalk::add_key(const JsonPlace& place) {
  JsonKey& op = std::get<JsonKey>(out_.ops.emplace_back(std::in_place_type<JsonKey>));
  op.within = out_.within;
  std::vector<Name> tables;
  for (const Name& table : place.tables)
    tables.push_back({keep(out_, table.schema), keep(out_, table.name)});
  op.tables = keep(out_, tables);
  op.column = keep(out_, place.column);
  op.position = place.position;
  op.path = keep(out_, place.path);
  if (const Name& function = place.trigger_function; !function.name.empty())
    op.trigger_function =
        rarely(out_, Name{keep(out_, function.schema), keep(out_, function.name)});
  return op;
}

void JsonWalk::emit(const JsonPlace& place, JsonAccess access, const Value& value, bool numeric,
                    Span span) {
  if (place.column.empty() && place.position < 0) return;
  const std::string key = last_member(place.path);
  if (key.empty() || emitted_ >= most_keys) return;
  if (access == JsonAccess::write &&
      std::find(removed_.begin(), removed_.end(), place.path) != removed_.end())
    return;

  std::optional<Feed> feed = access == JsonAccess::read ? feed_ : std::nullopt;
  if (access == JsonAccess::read) {
    if (feed) {
      handled_.push_back({place.column, place.path, feed});
    } else if (after_handled_) {
      for (const Handled& each : handled_) {
        if (each.column != place.column || each.path != place.path) continue;
        if (!each.feed) return;  // looked for in order to be removed
        feed = each.feed;
      }
    }
  }

  // The same key in a thousand rows is one finding; another kind of value under it may be judged
  // differently.
  std::string identity;
  for (const Name& table : place.tables) {
    identity += table.schema;
    identity += '.';
    identity += table.name;
    identity += ',';
  }
  identity += place.column;
  identity += '\n';
  identity += std::to_string(place.position);
  identity += static_cast<char>('a' + static_cast<int>(access));
  identity += place.path;
  const bool repeated = !seen_paths_.insert(identity).second;
  const bool has_digit = value.text.find_first_of("0123456789") != std::string::npos;
  identity += '\n';
  identity += static_cast<char>('a' + static_cast<int>(value.kind));
  identity += static_cast<char>('a' + static_cast<int>(value.element));
  identity += has_digit ? '1' : '0';
  identity += numeric ? '1' : '0';
  if (feed) identity += cat(feed->table.name, ".", feed->column, feed->position);
  if (!seen_.insert(identity).second) return;
  ++emitted_;

  JsonKey& op = add_key(place);
  op.span = span;
  const bool unknown = place.path == "?" || place.path.ends_with(".?");
  op.key = unknown ? Text() : keep(out_, key);
  op.access = access;
  op.part = access == JsonAccess::write ? row_ : query_;
  op.value_kind = value.kind;
  op.value = keep(out_, value.text);
  op.element_kind = value.element;
  op.money_shape = value.money_shape;
  op.sibling_currency = value.sibling_currency;
  op.numeric_use = numeric;
  op.indirect = place.indirect;
  op.repeated = repeated;
  op.defined = defining_;
  if (feed) {
    op.feeds = true;
    op.feeds_table = {keep(out_, feed->table.schema), keep(out_, feed->table.name)};
    op.feeds_column = keep(out_, feed->column);
    op.feeds_position = feed->position;
  }
}

void JsonWalk::emit_unknown(JsonPlace place, const ::Node* origin) {
  place.path += place.path.empty() ? "?" : ".?";
  emit(place, JsonAccess::write, {}, false, span_at(origin));
}

void JsonWalk::emit_row(const JsonPlace& place, const Name& row) {
  if (place.column.empty() && place.position < 0) return;
  JsonKey& op = add_key(place);
  op.span = out_.statement;
  op.row = {keep(out_, row.schema), keep(out_, row.name)};
  std::string without;
  for (const std::string& path : removed_) without += cat(path, "\n");
  op.value = keep(out_, without);
  op.part = row_;
  op.indirect = true;
}

// ---------------------------------------------------------------- rows

// One value on its way to a column: JSON written, or read and put into a typed column. Which of the
// two the column is, the schema tells later.
void JsonWalk::insert_item(const ::Node* node, const JsonScope& scope, const JsonPlace& target) {
  if (!node || node->type == T_SetToDefault) return;
  const std::optional<Feed> before = feed_;
  row_ = new_document();
  followed_.clear();
  if (!as_created_)
    feed_ = Feed{target.tables.empty() ? Name{} : target.tables.front(), target.column,
                 target.position};
  write(node, scope, target);
  // `SET total = s.amount FROM (SELECT metadata->>'amount' AS amount ...) s` moves the value all
  // the same.
  if (const auto* ref = as<ColumnRef>(node)) {
    for (const Placed& each : behind(*ref, scope)) {
      const Following one(*this, each.node);
      if (!one.again) read(each.node, *each.scope, {});
    }
  }
  feed_ = before;
}

void JsonWalk::insert_query(const SelectStmt& query, const JsonScope* outer,
                            const std::vector<JsonPlace>& targets, bool by_position,
                            const JsonPlace& base) {
  const Deeper deeper(*this);
  if (deeper.too_deep()) return;
  const JsonScope& scope = scope_of(query, outer);
  if (query.op != SETOP_NONE) {
    if (query.larg) insert_query(*query.larg, &scope, targets, by_position, base);
    if (query.rarg) insert_query(*query.rarg, &scope, targets, by_position, base);
    read_with(scope);
    return;
  }
  const auto target_at = [&](std::size_t i) -> std::optional<JsonPlace> {
    if (!by_position) return i < targets.size() ? std::optional(targets[i]) : std::nullopt;
    JsonPlace place = base;
    place.position = static_cast<std::int32_t>(i);
    return place;
  };
  for (const ::Node* row : items(query.valuesLists)) {
    const auto* list = as<::List>(row);
    if (!list) continue;
    std::size_t i = 0;
    for (const ::Node* value : items(list)) {
      if (const std::optional<JsonPlace> target = target_at(i++))
        insert_item(value, scope, *target);
    }
  }
  std::size_t i = 0;
  for (const ::Node* node : items(query.targetList)) {
    const auto* item = as<ResTarget>(node);
    if (!item) continue;
    const auto* ref = as<ColumnRef>(item->val);
    if (ref && as<A_Star>(items(ref->fields).back()))
      break;  // how many columns it stands for is not known here
    if (const std::optional<JsonPlace> target = target_at(i++))
      insert_item(item->val, scope, *target);
  }
  const bool before = after_handled_;
  after_handled_ = true;
  read_with(scope);
  read_from(query.fromClause, scope);
  read(query.whereClause, scope, {});
  after_handled_ = before;
}

void JsonWalk::insert(const InsertStmt& statement, const JsonScope* outer) {
  if (!statement.relation) return;
  JsonScope& scope = new_scope(outer);
  add_with(statement.withClause, scope);
  JsonPlace base;
  base.tables = {name_of(*statement.relation)};
  std::vector<JsonPlace> targets;
  for (const ResTarget* column : items<ResTarget>(statement.cols)) {
    JsonPlace place = base;
    place.column = column->name ? column->name : "";
    for (const ::Node* each : items(column->indirection)) {
      const auto* subscript = as<A_Indices>(each);
      if (!subscript) continue;
      if (const std::optional<std::string> key = constant_text(subscript->uidx))
        append_member(place.path, *key);
      else if (const std::optional<std::int64_t> index = integer_constant(subscript->uidx))
        append_index(place.path, *index);
    }
    if (!place.path.empty()) emit(place, JsonAccess::write, {}, false, span_at(as_node(column)));
    targets.push_back(std::move(place));
  }
  if (const auto* query = as<SelectStmt>(statement.selectStmt)) {
    insert_query(*query, &scope, targets, targets.empty(), base);
  }
  const bool before = after_handled_;
  after_handled_ = true;
  read_with(scope);
  after_handled_ = before;
  if (const OnConflictClause* conflict = statement.onConflictClause) {
    JsonScope& inner = new_scope(&scope);
    add_table(statement.relation, inner);
    JsonRelation excluded;
    excluded.alias = "excluded";
    excluded.silent = true;
    inner.relations.push_back(excluded);
    set_items(conflict->targetList, inner, base.tables.front());
    after_handled_ = true;
    read(conflict->whereClause, inner, {});
    after_handled_ = before;
  }
  if (statement.returningClause) {
    JsonScope& inner = new_scope(&scope);
    add_table(statement.relation, inner);
    read_list(statement.returningClause->exprs, inner, {});
  }
}

void JsonWalk::assignment(const ::Node* update, const Name& table, const Name& trigger_function) {
  const auto* statement = as<UpdateStmt>(update);
  if (statement) set_items(statement->targetList, new_scope(around_), table, trigger_function);
}

void JsonWalk::read_for_variables(const ::Node* query, bool guard) {
  const bool before = after_handled_;
  after_handled_ = true;
  query_ = new_document();
  const auto* select = as<SelectStmt>(query);
  if (guard && select && select->targetList) {
    Use use;
    use.condition = true;
    use.positive = false;
    const JsonScope& scope = scope_of(*select, around_);
    for (const ResTarget* target : items<ResTarget>(select->targetList))
      read(target->val, scope, use);
    read_from(select->fromClause, scope);
    read(select->whereClause, scope, {});
  } else {
    read_query(query, around_);
  }
  after_handled_ = before;
}

void JsonWalk::set_items(const ::List* list, const JsonScope& scope, const Name& table,
                         const Name& trigger_function) {
  for (const ResTarget* item : items<ResTarget>(list)) {
    if (!item->name) continue;
    JsonPlace target;
    if (!table.name.empty()) target.tables = {table};
    target.trigger_function = trigger_function;
    target.column = item->name;
    for (const ::Node* each : items(item->indirection)) {
      const auto* subscript = as<A_Indices>(each);
      if (!subscript) continue;
      if (const std::optional<std::string> key = constant_text(subscript->uidx))
        append_member(target.path, *key);
      else if (const std::optional<std::int64_t> index = integer_constant(subscript->uidx))
        append_index(target.path, *index);
      else
        append_any(target.path);
    }
    const ::Node* value = item->val;
    if (const auto* multiple = tagged<MultiAssignRef>(value, T_MultiAssignRef)) {
      const std::size_t place =
          multiple->colno > 0 ? static_cast<std::size_t>(multiple->colno - 1) : 0;
      if (const auto* row = tagged<RowExpr>(multiple->source, T_RowExpr)) {
        const Items<::Node> values(row->args);
        value = place < values.size() ? values[place] : nullptr;
      } else if (const auto* link = as<SubLink>(multiple->source)) {
        const auto* select = as<SelectStmt>(link->subselect);
        if (!select) continue;
        const JsonScope& inner = scope_of(*select, &scope);
        const Items<ResTarget> outputs(select->targetList);
        if (place < outputs.size()) insert_item(outputs[place]->val, inner, target);
        if (place == 0) {
          const bool before = after_handled_;
          after_handled_ = true;
          read_from(select->fromClause, inner);
          read(select->whereClause, inner, {});
          after_handled_ = before;
        }
        continue;
      }
    }
    if (!target.path.empty()) {
      const auto* last = as<A_Indices>(items(item->indirection).back());
      emit(target, JsonAccess::write, json_value_in(value, scope), false,
           span_at(last ? last->uidx : nullptr));
    }
    insert_item(value, scope, target);
  }
}

void JsonWalk::update(const UpdateStmt& statement, const JsonScope* outer) {
  if (!statement.relation) return;
  JsonScope& scope = new_scope(outer);
  add_with(statement.withClause, scope);
  add_table(statement.relation, scope);
  add_from(statement.fromClause, scope);
  set_items(statement.targetList, scope, name_of(*statement.relation));
  const bool before = after_handled_;
  after_handled_ = true;
  read_with(scope);
  read_from(statement.fromClause, scope);
  read(statement.whereClause, scope, {});
  after_handled_ = before;
  if (statement.returningClause) read_list(statement.returningClause->exprs, scope, {});
}

void JsonWalk::remove(const DeleteStmt& statement, const JsonScope* outer) {
  JsonScope& scope = new_scope(outer);
  add_with(statement.withClause, scope);
  add_table(statement.relation, scope);
  add_from(statement.usingClause, scope);
  read_with(scope);
  read_from(statement.usingClause, scope);
  read(statement.whereClause, scope, {});
  if (statement.returningClause) read_list(statement.returningClause->exprs, scope, {});
}

void JsonWalk::merge(const MergeStmt& statement, const JsonScope* outer) {
  if (!statement.relation) return;
  JsonScope& scope = new_scope(outer);
  add_with(statement.withClause, scope);
  add_table(statement.relation, scope);
  add_from_item(statement.sourceRelation, scope, 0);
  const Name table = name_of(*statement.relation);
  for (const MergeWhenClause* when : items<MergeWhenClause>(statement.mergeWhenClauses)) {
    if (when->commandType == CMD_UPDATE) {
      set_items(when->targetList, scope, table);
    } else if (when->commandType == CMD_INSERT) {
      const Items<ResTarget> columns(when->targetList);
      std::size_t i = 0;
      for (const ::Node* value : items(when->values)) {
        JsonPlace target;
        target.tables = {table};
        if (columns.empty())
          target.position = static_cast<std::int32_t>(i);
        else if (i < columns.size() && columns[i]->name)
          target.column = columns[i]->name;
        ++i;
        insert_item(value, scope, target);
      }
    }
  }
  const bool before = after_handled_;
  after_handled_ = true;
  for (const MergeWhenClause* when : items<MergeWhenClause>(statement.mergeWhenClauses)) {
    read(when->condition, scope, {});
  }
  read(statement.joinCondition, scope, {});
  read_with(scope);
  read_from_item(statement.sourceRelation, scope);
  after_handled_ = before;
}

// ---------------------------------------------------------------- definitions: see json_define.cpp

void JsonWalk::statement(const ::Node* node) {
  const Deeper deeper(*this);
  if (!node || deeper.too_deep()) return;
  query_ = new_document();
  switch (node->type) {
    case T_InsertStmt:
    case T_UpdateStmt:
    case T_DeleteStmt:
    case T_MergeStmt:
      return read_query(node, around_);
    case T_SelectStmt: {
      const auto* select = as<SelectStmt>(node);
      if (select->intoClause && select->intoClause->rel)
        return create_as_query(*select->intoClause, node);
      return read_query(node, around_);
    }
    case T_CreateStmt:
      return create_table(*tagged<CreateStmt>(node, T_CreateStmt));
    case T_AlterTableStmt:
      return alter_table(*tagged<AlterTableStmt>(node, T_AlterTableStmt));
    case T_IndexStmt:
      return create_index(*tagged<IndexStmt>(node, T_IndexStmt));
    case T_CreateTrigStmt:
      return create_trigger(*tagged<CreateTrigStmt>(node, T_CreateTrigStmt));
    case T_RuleStmt:
      return create_rule(*tagged<RuleStmt>(node, T_RuleStmt));
    case T_CreateFunctionStmt:
      return create_function(*tagged<CreateFunctionStmt>(node, T_CreateFunctionStmt));
    case T_DoStmt:
      return json_keys_of_body(*tagged<DoStmt>(node, T_DoStmt), out_);
    case T_CreateTableAsStmt: {
      const auto* create = tagged<CreateTableAsStmt>(node, T_CreateTableAsStmt);
      if (create->objtype == OBJECT_MATVIEW) return define_query(create->query);
      if (create->into) create_as_query(*create->into, create->query);
      return;
    }
    case T_ViewStmt:
      return define_query(tagged<ViewStmt>(node, T_ViewStmt)->query);
    case T_CreatePolicyStmt: {
      const auto* policy = tagged<CreatePolicyStmt>(node, T_CreatePolicyStmt);
      const JsonScope& scope = table_scope(policy->table);
      define(policy->qual, scope, true);
      return define(policy->with_check, scope, true);
    }
    case T_AlterPolicyStmt: {
      const auto* policy = tagged<AlterPolicyStmt>(node, T_AlterPolicyStmt);
      const JsonScope& scope = table_scope(policy->table);
      define(policy->qual, scope, true);
      return define(policy->with_check, scope, true);
    }
    case T_CreateStatsStmt: {
      const auto* statistics = tagged<CreateStatsStmt>(node, T_CreateStatsStmt);
      JsonScope& scope = new_scope(nullptr);
      add_from(statistics->relations, scope);
      for (const StatsElem* element : items<StatsElem>(statistics->exprs))
        define(element->expr, scope, false);
      return;
    }
    case T_CopyStmt:
      return read_query(tagged<CopyStmt>(node, T_CopyStmt)->query, nullptr);
    case T_DeclareCursorStmt:
      return statement(tagged<DeclareCursorStmt>(node, T_DeclareCursorStmt)->query);
    case T_PrepareStmt:
      return statement(tagged<PrepareStmt>(node, T_PrepareStmt)->query);
    case T_ExplainStmt:
      return statement(tagged<ExplainStmt>(node, T_ExplainStmt)->query);
    case T_CreateSchemaStmt:
      for (const ::Node* element :
           items(tagged<CreateSchemaStmt>(node, T_CreateSchemaStmt)->schemaElts))
        statement(element);
      return;
    default:
      return;
  }
}

void lower_json_keys(const RawStmt& raw, Lowering& out) {
  JsonWalk walk(out);
  walk.statement(raw.stmt);
}

}  // namespace migguard::sql
