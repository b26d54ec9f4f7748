// Views, sequences, functions, triggers, policies, and SQL that cannot be read.
#include <schema/replay.hpp>

#include <algorithm>
#include <array>

namespace migguard::schema {
namespace {

List<Text> joined(Store& store, List<Text> first, List<Text> second) {
  std::vector<Text> names(first.begin(), first.end());
  names.insert(names.end(), second.begin(), second.end());
  return store.keep(names);
}

void rename_user(Relation& table, ObjectKind kind, std::string_view name,
                 std::string_view new_name) {
  for (ColumnUser& each : table.column_users)
    if (each.kind == kind && each.name == name) each.name = new_name;
}

}  // namespace

// ---------------------------------------------------------------- views

void Replay::make_view(const Key& key, RelationKind kind, Known certain, List<Text> columns,
                       List<Name> reads, List<Text> reads_columns, Persistence persistence) {
  std::vector<Key> sources;
  for (const Name& read : reads) {
    const Key source = key_of_relation(read);
    if (source != key && std::find(sources.begin(), sources.end(), source) == sources.end())
      sources.push_back(source);
  }
  Record& record = make(key, kind, certain);
  if (persistence != Persistence::permanent) record.facts.persistence = persistence;
  record.facts.create_seen = !columns.empty();
  for (const Text& name : columns) {
    if (name.empty()) record.facts.create_seen = false;
    Column column;
    column.name = name;
    column.created_as = name;
    column.type_known = false;
    column.created = now;
    record.facts.columns.push_back(std::move(column));
  }
  record.facts.reads_columns = std::vector<Text>(reads_columns.begin(), reads_columns.end());
  facts.set_reads(record, std::move(sources));
}

void Replay::effect(const CreateView& op) {
  // A view of temporary relations is temporary itself (DefineView in src/backend/commands/view.c).
  Persistence persistence = op.persistence;
  for (const Name& read : op.reads)
    if (const Record* source = find(read); source && source->facts.schema == temporary_schema)
      persistence = Persistence::temporary;
  const Key key = key_to_create(op.view, persistence);
  const Known existed = relation_exists(key);
  if (existed == Known::yes && lenient(op, false) && !op.or_replace) return;
  const Record* before = op.or_replace ? facts.find(key) : nullptr;
  if (!before) {
    make_view(key, RelationKind::view,
              op.or_replace && existed == Known::unknown ? Known::unknown : Known::yes, op.columns,
              op.reads, op.reads_columns, persistence);
    note_calls(*facts.find(key), FunctionUse::Part::view, {}, op.query.functions);
    return;
  }
  // Replaced, not made: what depends on it stays, and so does its origin.
  Record* view = facts.find(key);
  std::vector<Column> columns;
  for (const Text& name : op.columns) {
    if (const Column* column = name.empty() ? nullptr : view->column(name)) {
      columns.push_back(*column);
      continue;
    }
    Column column;
    column.name = name;
    column.created_as = name;
    column.type_known = false;
    column.created = now;
    columns.push_back(std::move(column));
  }
  view->facts.create_seen =
      !columns.empty() && std::none_of(columns.begin(), columns.end(),
                                       [](const Column& each) { return each.name.empty(); });
  view->facts.columns = std::move(columns);
  view->facts.reads_columns = std::vector<Text>(op.reads_columns.begin(), op.reads_columns.end());
  std::vector<Key> sources;
  for (const Name& read : op.reads) {
    const Key source = key_of_relation(read);
    if (source != key && std::find(sources.begin(), sources.end(), source) == sources.end())
      sources.push_back(source);
  }
  facts.set_reads(*view, std::move(sources));
  facts.forget_calls(key);
  note_calls(*view, FunctionUse::Part::view, {}, op.query.functions);
}

void Replay::effect(const CreateMaterializedView& op) {
  const Key key = key_to_create(op.view);
  const Known existed = relation_exists(key);
  if (existed == Known::yes && lenient(op, op.if_not_exists)) return;
  make_view(key, RelationKind::materialized_view,
            op.if_not_exists && existed == Known::unknown ? Known::unknown : Known::yes, op.columns,
            op.reads, op.reads_columns, Persistence::permanent);
  note_calls(*facts.find(key), FunctionUse::Part::view, {}, op.query.functions);
  if (!op.tablespace.empty()) facts.rare[key].tablespace = op.tablespace;
}

void Replay::effect(const DropView& op) { drop_relation(op.view, op.cascade); }

// ---------------------------------------------------------------- sequences

void Replay::effect(const CreateSequence& op) {
  const Key key = key_to_create(op.sequence, op.persistence);
  const Known existed = relation_exists(key);
  if (existed == Known::yes && lenient(op, op.if_not_exists)) return;
  Record& sequence =
      make(key, RelationKind::sequence,
           op.if_not_exists && existed == Known::unknown ? Known::unknown : Known::yes);
  if (op.persistence != Persistence::permanent) sequence.facts.persistence = op.persistence;
  if (op.owned_by_table.name.empty()) return;
  Record* table = altered(op.owned_by_table);
  if (table && table != &sequence) facts.set_owner(sequence, table, op.owned_by_column);
}

void Replay::effect(const AlterSequence& op) {
  Record* sequence = altered(op.sequence, RelationKind::sequence);
  if (!sequence || sequence->facts.kind != RelationKind::sequence) return;
  if (op.owned_by_table.name.empty()) {  // OWNED BY NONE, or no word about it
    const bool none = std::any_of(op.options.begin(), op.options.end(),
                                  [](const OptionValue& each) { return each.name == "owned_by"; });
    if (none) facts.set_owner(*sequence, nullptr, {});
    return;
  }
  Record* table = altered(op.owned_by_table);
  if (table && table->facts.kind != RelationKind::sequence)
    facts.set_owner(*sequence, table, op.owned_by_column);
}

void Replay::effect(const DropSequence& op) {
  if (const Record* sequence = op.cascade ? find(op.sequence) : nullptr)
    for (const auto& [table, name] : facts.defaults_from(sequence->key()))
      if (Record* record = facts.find(table))
        if (Column* column = record->column(name))
          facts.set_default(*record, *column, false, {}, {});
  drop_relation(op.sequence, op.cascade);
}

// ---------------------------------------------------------------- functions, triggers, policies

bool Replay::is_volatile(const FunctionCall& call) const {
  if (const Function* function = find_function(call.name))
    return function->inlined == Volatility::volatile_;
  // Of the built-in functions that make sense in a default, and of well-known extensions
  // (pg_proc.provolatile = 'v').
  constexpr std::array<std::string_view, 23> changing{"random",
                                                      "gen_random_uuid",
                                                      "uuidv4",
                                                      "uuidv7",
                                                      "uuid_generate_v1",
                                                      "uuid_generate_v1mc",
                                                      "uuid_generate_v4",
                                                      "gen_random_bytes",
                                                      "gen_salt",
                                                      "clock_timestamp",
                                                      "timeofday",
                                                      "nextval",
                                                      "currval",
                                                      "lastval",
                                                      "setval",
                                                      "random_normal",
                                                      "setseed",
                                                      "pg_sleep",
                                                      "set_config",
                                                      "nanoid",
                                                      "gen_ulid",
                                                      "pg_notify",
                                                      "txid_current_if_assigned"};
  return std::find(changing.begin(), changing.end(), call.name.name) != changing.end();
}

bool Replay::is_volatile(const Expression& expression) const {
  return std::any_of(expression.functions.begin(), expression.functions.end(),
                     [&](const FunctionCall& call) { return is_volatile(call); });
}

namespace {

// What tells functions of one name apart.
std::string signature(List<TypeName> arguments) {
  std::string text;
  for (const TypeName& each : arguments) {
    text += cat(each.name.schema, '.', each.name.name, ',');
    if (each.array_dimensions > 0) text += "[]";
  }
  return text;
}

}  // namespace

void Replay::effect(const CreateFunction& op) {
  const Key key = key_to_create(op.function);
  facts.signatures[key].insert(signature(op.argument_types));
  const Function* before = facts.functions.find(key);
  Function function;
  if (before) {
    if (lenient(op, false) && !op.or_replace) return;
    function = *before;  // replaced, or another one of that name
  } else {
    function.schema = key.schema;
    function.name = key.name;
    function.created = now;
  }
  function.volatility = op.volatility;
  function.inlined = op.volatility;
  if (op.one_expression && op.volatility == Volatility::volatile_ &&
      std::none_of(op.calls.begin(), op.calls.end(),
                   [&](const FunctionCall& call) { return is_volatile(call); }))
    function.inlined = Volatility::stable;
  function.returns_trigger = op.returns.name.name == "trigger";
  function.language = op.language;
  function.body = op.body;
  note_temporary(key);
  facts.functions[key] = std::move(function);
  facts.gone_functions.erase(key);
}

void Replay::effect(const DropFunction& op) {
  const Key key = key_of_function(op.function);
  // Of several functions of one name the others stay.
  if (const auto found = facts.signatures.find(key); found != facts.signatures.end()) {
    if (op.with_arguments && found->second.erase(signature(op.argument_types)) > 0 &&
        !found->second.empty())
      return;
    facts.signatures.erase(found);
  }
  const std::vector<FunctionUse> uses =
      op.cascade ? facts.uses_of(key) : std::vector<FunctionUse>();
  for (const FunctionUse& use : uses) {
    Record* record = facts.find(use.relation);
    Column* column = record ? record->column(use.name) : nullptr;
    if (!record) continue;
    switch (use.part) {
      case FunctionUse::Part::default_:
        if (column) facts.set_default(*record, *column, false, {}, {});
        break;
      case FunctionUse::Part::generated:
        facts.drop_column(*record, use.name, true);
        break;
      case FunctionUse::Part::constraint:
        facts.drop_constraint(*record, use.name, true);
        break;
      case FunctionUse::Part::index:
        facts.drop_index(*record, use.name);
        break;
      case FunctionUse::Part::policy:
        erase(record->facts.policies, use.name);
        forget_user(record->facts, ObjectKind::policy, use.name);
        break;
      case FunctionUse::Part::view:
        facts.drop(use.relation, true);
        break;
      case FunctionUse::Part::rule:
        std::erase(facts.rare[use.relation].rules, use.name);
        forget_user(record->facts, ObjectKind::rule, use.name);
        break;
    }
  }
  facts.function_uses.erase(key);
  facts.functions.erase(key);
  if (key.schema != temporary_schema) facts.gone_functions.add(key);
  if (!op.cascade) return;
  for (const Key& table : facts.calling(key)) {
    Record* record = facts.find(table);
    if (!record) continue;
    std::vector<Text> triggers;
    for (const auto& [trigger, function] : record->trigger_functions)
      if (function == key) triggers.push_back(trigger);
    for (const Text trigger : triggers) facts.drop_trigger(*record, trigger);
  }
}

void Replay::effect(const CreateTrigger& op) {
  Record* table = altered(op.table);
  if (!table) return;
  const Key function = key_of_function(op.function);
  const List<Text> columns = joined(store, op.columns, op.when.columns);
  facts.add_trigger(*table, op.trigger, function, columns);
  if (op.initially_deferred) facts.rare[table->key()].deferred_trigger = true;
  if (!op.row || !table->partitioned()) return;
  for (const Key& key : facts.descendants(*table))
    if (Record* partition = facts.find(key))
      facts.add_trigger(*partition, op.trigger, function, columns);
}

void Replay::effect(const CreatePolicy& op) {
  Record* table = altered(op.table);
  if (!table) return;
  auto& policies = table->facts.policies;
  if (std::find(policies.begin(), policies.end(), op.policy) == policies.end())
    policies.emplace_back(op.policy);
  const List<Text> columns = joined(store, op.using_->columns, op.with_check->columns);
  if (!op.alter) forget_user(table->facts, ObjectKind::policy, op.policy);
  forget_calls(*table, FunctionUse::Part::policy, op.policy);
  note_calls(*table, FunctionUse::Part::policy, op.policy, op.using_);
  note_calls(*table, FunctionUse::Part::policy, op.policy, op.with_check);
  if (!columns.empty())
    table->facts.column_users.push_back({ObjectKind::policy, op.policy, columns});
}

void Replay::effect(const CreateRule& op) {
  Record* table = altered(op.table);
  if (!table) return;
  forget_user(table->facts, ObjectKind::rule, op.rule);
  std::vector<Text>& rules = facts.rare[table->key()].rules;
  std::erase(rules, op.rule);
  rules.push_back(op.rule);
  forget_calls(*table, FunctionUse::Part::rule, op.rule);
  note_calls(*table, FunctionUse::Part::rule, op.rule, op.functions);
  if (!op.columns.empty())
    table->facts.column_users.push_back({ObjectKind::rule, op.rule, op.columns});
}

void Replay::effect(const DropTableObject& op) {
  Record* table = op.if_exists ? find(op.table) : altered(op.table);
  if (!table) return;
  if (op.object == ObjectKind::policy) {
    erase(table->facts.policies, op.name);
    forget_user(table->facts, ObjectKind::policy, op.name);
  }
  if (op.object == ObjectKind::rule) {
    forget_user(table->facts, ObjectKind::rule, op.name);
    if (const auto found = facts.rare.find(table->key()); found != facts.rare.end())
      std::erase(found->second.rules, op.name);
  }
  if (op.object != ObjectKind::trigger) return;
  facts.drop_trigger(*table, op.name);
  if (!table->partitioned()) return;
  for (const Key& key : facts.descendants(*table))
    if (Record* partition = facts.find(key)) facts.drop_trigger(*partition, op.name);
}

void Replay::effect(const RenameObject& op) {
  switch (op.object) {
    case ObjectKind::policy:
      if (Record* table = altered(op.table)) {
        for (Text& policy : table->facts.policies)
          if (policy == op.name.name) policy = op.new_name;
        rename_user(table->facts, ObjectKind::policy, op.name.name, op.new_name);
      }
      break;
    case ObjectKind::trigger:
      if (Record* table = altered(op.table)) {
        for (Text& trigger : table->facts.triggers)
          if (trigger == op.name.name) trigger = op.new_name;
        for (auto& [trigger, function] : table->trigger_functions)
          if (trigger == op.name.name) trigger = op.new_name;
        rename_user(table->facts, ObjectKind::trigger, op.name.name, op.new_name);
      }
      break;
    case ObjectKind::column:
      rename_attribute(op.table, op.name.name, op.new_name);
      break;
    case ObjectKind::function:
    case ObjectKind::procedure:
    case ObjectKind::aggregate: {
      const Key key = key_of_function(op.name);
      facts.move_function(key, key.schema, op.new_name);
      break;
    }
    default:
      break;
  }
}

// ---------------------------------------------------------------- what cannot be told

void Replay::forget_absences() {
  facts.opaque = true;
  facts.gone.clear();
  facts.gone_types.clear();
  facts.gone_functions.clear();
  facts.known_schemas.clear();
}

void Replay::effect(const Opaque& op) {
  if (op.may_change_schema) forget_absences();
}

// A body in PL/pgSQL follows as operations, Opaque among them; one in another language does not.
void Replay::effect(const DoBlock& op) {
  if (op.opaque && op.language != "plpgsql") forget_absences();
}

}  // namespace migguard::schema
