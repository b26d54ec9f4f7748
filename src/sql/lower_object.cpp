// Schemas, extensions, triggers, policies, rules, and the objects without an operation of their
// own.
#include <sql/lower_parts.hpp>
//
#include <string>

namespace migguard::sql {

void alter_object(Site& site, ObjectKind kind, Name name, List<OptionValue> options) {
  auto& op = emit<AlterObject>(site);
  op.object = kind;
  op.name = name;
  op.options = options;
}

void create_object(Site& site, ObjectKind kind, Name name, bool if_not_exists, bool or_replace,
                   List<OptionValue> options) {
  auto& op = emit<CreateObject>(site);
  op.object = kind;
  op.name = name;
  op.if_not_exists = if_not_exists;
  op.or_replace = or_replace;
  op.options = options;
}

void other_statement(Site& site, std::string_view command) {
  emit<OtherStatement>(site).command = command;
}

void non_transactional(Site& site, std::string_view command) {
  emit<NonTransactional>(site).command = command;
}

void opaque(Site& site, std::string_view reason, bool may_change_schema) {
  auto& op = emit<Opaque>(site);
  op.reason = reason;
  op.may_change_schema = may_change_schema;
}

void lower(const CreateSchemaStmt& statement, Site& site) {
  auto& op = emit<CreateSchema>(site);
  // CREATE SCHEMA AUTHORIZATION joe is named after the role.
  const Text schema =
      statement.schemaname ? keep(site, statement.schemaname) : role(site, statement.authrole);
  op.schema = schema;
  op.if_not_exists = statement.if_not_exists;
  const Text around = std::exchange(site.schema, schema);
  for (const ::Node* element : items(statement.schemaElts)) lower_inner(element, site);
  site.schema = around;
}

void lower(const CreateExtensionStmt& statement, Site& site) {
  auto& op = emit<CreateExtension>(site);
  op.extension = keep(site, statement.extname);
  op.if_not_exists = statement.if_not_exists;
  op.cascade = option_on(statement.options, "cascade");
  if (const DefElem* schema = option(statement.options, "schema"))
    op.schema = option_value(site, schema->arg);
}

void lower(const CreateTrigStmt& statement, Site& site) {
  auto& op = emit<CreateTrigger>(site);
  op.trigger = keep(site, statement.trigname);
  op.table = name(site, statement.relation);
  op.function = name(site, statement.funcname);
  op.or_replace = statement.replace;
  op.constraint = statement.isconstraint;
  op.row = statement.row;
  op.columns = texts(site, statement.columns);
  if (statement.constrrel) op.from = rarely(site.out, name(site, statement.constrrel));
  op.initially_deferred = statement.initdeferred;
  const Span rest = after_word(site.text(), site.from(statement.relation->location), "when");
  op.when = expression(site, statement.whenClause, inside_brackets(site.text(), rest));
}

namespace {

CreatePolicy& emit_policy(Site& site, const char* policy, const RangeVar* table,
                          const ::Node* using_, const ::Node* check) {
  const std::string_view text = site.text();
  const Span rest = site.from(table ? table->location : -1);
  auto& op = emit<CreatePolicy>(site);
  op.policy = keep(site, policy);
  op.table = name(site, table);
  op.using_ = kept_expression(site, using_, inside_brackets(text, after_word(text, rest, "using")));
  op.with_check =
      kept_expression(site, check, inside_brackets(text, after_word(text, rest, "check")));
  op.reads = relations_below(site, {using_, check});
  return op;
}

}  // namespace

void lower(const CreatePolicyStmt& statement, Site& site) {
  auto& op = emit_policy(site, statement.policy_name, statement.table, statement.qual,
                         statement.with_check);
  op.command = keep(site, statement.cmd_name);
}

void lower(const AlterPolicyStmt& statement, Site& site) {
  emit_policy(site, statement.policy_name, statement.table, statement.qual, statement.with_check)
      .alter = true;
}

void lower(const RuleStmt& statement, Site& site) {
  auto& op = emit<CreateRule>(site);
  op.rule = keep(site, statement.rulename);
  op.table = name(site, statement.relation);
  op.or_replace = statement.replace;
  op.instead = statement.instead;
  ListBuilder<Text> columns(site);
  ListBuilder<Name> writes(site);
  ListBuilder<FunctionCall> functions(site);
  for (const void* root : {static_cast<const void*>(statement.whereClause),
                           static_cast<const void*>(statement.actions)}) {
    Walk walk(root);
    while (const ::Node* node = walk.next()) {
      if (const auto* column = as<ColumnRef>(node)) {
        if (const Text last = last_part(site, column->fields); !last.empty()) columns.add(last);
      } else if (const auto* call = as<FuncCall>(node)) {
        functions.add(function_call(site, *call));
      } else if (const auto* insert = as<InsertStmt>(node)) {
        writes.add(written_name(site, insert->relation));
      } else if (const auto* update = as<UpdateStmt>(node)) {
        writes.add(written_name(site, update->relation));
      } else if (const auto* remove = as<DeleteStmt>(node)) {
        writes.add(written_name(site, remove->relation));
      }
    }
  }
  op.columns = columns.list();
  op.writes = writes.list();
  op.functions = functions.list();
  op.reads = relations_below(site, {statement.whereClause, statement.actions});
}

void lower(const CreateStatsStmt& statement, Site& site) {
  auto& op = emit<CreateObject>(site);
  op.object = ObjectKind::statistics;
  op.name = name(site, statement.defnames);
  op.if_not_exists = statement.if_not_exists;
  // The grammar takes any FROM list; the server refuses what is no table (CreateStatistics in
  // src/backend/commands/statscmds.c).
  ListBuilder<Name> tables(site);
  for (const ::Node* item : items(statement.relations)) {
    if (const auto* relation = as<RangeVar>(item)) tables.add(name(site, relation));
  }
  op.tables = tables.list();
}

namespace {

// FOR TABLE a, b; not FOR TABLES IN SCHEMA.
List<Name> published_tables(Site& site, const ::List* objects) {
  ListBuilder<Name> tables(site);
  for (const ::Node* object : items(objects)) {
    if (object->type != T_PublicationObjSpec) continue;
    const auto* table = reinterpret_cast<const PublicationObjSpec*>(object)->pubtable;
    if (table) tables.add(name(site, table->relation));
  }
  return tables.list();
}

}  // namespace

void lower(const CreatePublicationStmt& statement, Site& site) {
  auto& op = emit<CreateObject>(site);
  op.object = ObjectKind::publication;
  op.name = {{}, keep(site, statement.pubname)};
  op.tables = published_tables(site, statement.pubobjects);
  for (const ::Node* object : items(statement.pubobjects)) {
    if (object->type != T_PublicationObjSpec) continue;
    const auto* table = reinterpret_cast<const PublicationObjSpec*>(object)->pubtable;
    if (table && table->relation && !table->relation->inh) op.only = true;
  }
}

void lower(const AlterPublicationStmt& statement, Site& site) {
  auto& op = emit<AlterObject>(site);
  op.object = ObjectKind::publication;
  op.name = {{}, keep(site, statement.pubname)};
  op.tables = published_tables(site, statement.pubobjects);
  op.action = statement.action == AP_AddObjects    ? Text("add")
              : statement.action == AP_DropObjects ? Text("drop")
                                                   : Text("set");
}

void lower(const CreatePLangStmt& statement, Site& site) {
  create_object(site, ObjectKind::language, {{}, keep(site, statement.plname)}, false,
                statement.replace);
}

void lower(const CreateTransformStmt& statement, Site& site) {
  const Name type = statement.type_name ? name(site, statement.type_name->names) : Name{};
  create_object(site, ObjectKind::transform, type, false, statement.replace);
}

void lower(const CreateForeignServerStmt& statement, Site& site) {
  create_object(site, ObjectKind::foreign_server, {{}, keep(site, statement.servername)},
                statement.if_not_exists);
}

// A user mapping is known by its server and its role.
void lower(const CreateUserMappingStmt& statement, Site& site) {
  create_object(site, ObjectKind::other,
                {keep(site, statement.servername), role(site, statement.user)},
                statement.if_not_exists);
}

void lower(const CreateCastStmt& statement, Site& site) {
  const Text source = type_name(site, statement.sourcetype).text;
  const Text target = type_name(site, statement.targettype).text;
  create_object(site, ObjectKind::cast,
                {{}, keep(site, std::string_view(cat(source, " AS ", target)))});
}

// CREATE SUBSCRIPTION makes a replication slot unless told otherwise, and then refuses a
// transaction block (CreateSubscription in src/backend/commands/subscriptioncmds.c).
void lower(const CreateSubscriptionStmt& statement, Site& site) {
  const bool without_slot =
      (option(statement.options, "connect") && !option_on(statement.options, "connect")) ||
      (option(statement.options, "create_slot") && !option_on(statement.options, "create_slot"));
  if (without_slot) {
    create_object(site, ObjectKind::subscription, {{}, keep(site, statement.subname)});
  } else {
    non_transactional(site, "CREATE SUBSCRIPTION");
  }
}

// REFRESH PUBLICATION, and the changes of publications that refresh, refuse a transaction block.
void lower(const AlterSubscriptionStmt& statement, Site& site) {
  switch (statement.kind) {
    case ALTER_SUBSCRIPTION_SET_PUBLICATION:
    case ALTER_SUBSCRIPTION_ADD_PUBLICATION:
    case ALTER_SUBSCRIPTION_DROP_PUBLICATION:
      if (option(statement.options, "refresh") && !option_on(statement.options, "refresh")) break;
      [[fallthrough]];
    case ALTER_SUBSCRIPTION_REFRESH:
      non_transactional(site, "ALTER SUBSCRIPTION");
      return;
    default:
      break;
  }
  alter_object(site, ObjectKind::subscription, {{}, keep(site, statement.subname)});
}

// Of all that ALTER DATABASE can do, SET TABLESPACE alone refuses a transaction block
// (AlterDatabase in src/backend/commands/dbcommands.c).
void lower(const AlterDatabaseStmt& statement, Site& site) {
  if (option(statement.options, "tablespace")) {
    non_transactional(site, "ALTER DATABASE SET TABLESPACE");
  } else {
    alter_object(site, ObjectKind::database, {{}, keep(site, statement.dbname)});
  }
}

}  // namespace migguard::sql
