// ALTER TABLE, and what ALTER INDEX, VIEW, SEQUENCE, FOREIGN TABLE and TYPE share with it: one
// operation for each clause, in order, so that `part` is the place of the clause.
#include <sql/lower_parts.hpp>
//
#include <string>

namespace migguard::sql {
namespace {

// The statement that the clauses belong to.
struct Alter {
  const AlterTableStmt& statement;
  Site& site;
  Name relation;
  ObjectKind object;
  // Clauses of views, indexes, sequences and types are named like those of tables and do other
  // things.
  bool is_table;
};

template <class Operation>
Operation& emit_for_table(const Alter& alter) {
  auto& op = emit<Operation>(alter.site);
  op.table = alter.relation;
  op.only = alter.statement.relation && !alter.statement.relation->inh;
  return op;
}

template <class Operation>
Operation& emit_for_column(const Alter& alter, const AlterTableCmd& clause) {
  auto& op = emit_for_table<Operation>(alter);
  op.column = keep(alter.site, clause.name);
  return op;
}

AlterTableOther& emit_other(const Alter& alter, const AlterTableCmd& clause,
                            std::string_view what) {
  auto& op = emit_for_table<AlterTableOther>(alter);
  op.object = alter.object;
  op.clause = what;
  op.column = keep(alter.site, clause.name);
  return op;
}

// A clause whose name is not a column's but its value.
void emit_other_named(const Alter& alter, const AlterTableCmd& clause, std::string_view what) {
  auto& op = emit_other(alter, clause, what);
  op.value = std::exchange(op.column, {});
}

void emit_options(const Alter& alter, const AlterTableCmd& clause, bool reset) {
  auto& op = emit<SetOptions>(alter.site);
  op.object = alter.object;
  op.name = alter.relation;
  op.column = keep(alter.site, clause.name);
  op.options = options(alter.site, as<::List>(clause.def));
  op.reset = reset;
}

void emit_trigger_state(const Alter& alter, const AlterTableCmd& clause, std::string_view state,
                        bool rule = false) {
  auto& op = emit_for_table<SetTriggerState>(alter);
  op.trigger = keep(alter.site, clause.name);
  op.state = state;
  op.rule = rule;
}

void emit_trigger_states(const Alter& alter, std::string_view state, bool user) {
  auto& op = emit_for_table<SetTriggerState>(alter);
  op.state = state;
  (user ? op.user : op.all) = true;
}

void emit_row_security(const Alter& alter, std::string_view state) {
  emit_for_table<SetRowSecurity>(alter).state = state;
}

void emit_logged(const Alter& alter, const AlterTableCmd& clause, bool logged) {
  if (alter.is_table) {
    emit_for_table<SetLogged>(alter).logged = logged;
  } else {
    emit_other(alter, clause, logged ? "set_logged" : "set_unlogged");
  }
}

void emit_inheritance(const Alter& alter, const AlterTableCmd& clause, bool inherit) {
  auto& op = emit_for_table<SetInheritance>(alter);
  op.parent = name(alter.site, as<RangeVar>(clause.def));
  op.inherit = inherit;
}

void emit_replica_identity(const Alter& alter, const AlterTableCmd& clause) {
  auto& op = emit_for_table<SetReplicaIdentity>(alter);
  const auto* definition = as<ReplicaIdentityStmt>(clause.def);
  if (!definition) return;
  // REPLICA_IDENTITY_* of src/include/catalog/pg_class.h.
  switch (definition->identity_type) {
    case REPLICA_IDENTITY_FULL:
      op.identity = "full";
      break;
    case REPLICA_IDENTITY_NOTHING:
      op.identity = "nothing";
      break;
    case REPLICA_IDENTITY_INDEX:
      op.identity = "index";
      op.index = keep(alter.site, definition->name);
      break;
    default:
      op.identity = "default";
      break;
  }
}

void emit_attach(const Alter& alter, const AlterTableCmd& clause) {
  const auto* partition = as<PartitionCmd>(clause.def);
  const Name partition_name = name(alter.site, partition ? partition->name : nullptr);
  if (alter.object == ObjectKind::index) {
    auto& op = emit<AttachIndexPartition>(alter.site);
    op.index = alter.relation;
    op.partition = partition_name;
    return;
  }
  auto& op = emit_for_table<AttachPartition>(alter);
  op.partition = partition_name;
  if (!partition) return;
  op.bound = partition_bound(alter.site, partition->bound);
  op.values = partition_values(alter.site, partition->bound);
}

void emit_detach(const Alter& alter, const AlterTableCmd& clause, bool finalize) {
  auto& op = emit_for_table<DetachPartition>(alter);
  if (const auto* partition = as<PartitionCmd>(clause.def)) {
    op.partition = name(alter.site, partition->name);
    op.concurrently = partition->concurrent;
  }
  op.finalize = finalize;
}

void emit_change_type(const Alter& alter, const AlterTableCmd& clause, Span range) {
  auto& op = emit_for_column<ChangeType>(alter, clause);
  const auto* column = as<ColumnDef>(clause.def);
  if (!column) return;
  op.type = type_name(alter.site, column->typeName);
  if (column->collClause) op.collation = last_part(alter.site, column->collClause->collname);
  op.using_ =
      expression(alter.site, column->raw_default, after_word(alter.site.text(), range, "using"));
}

void emit_add_identity(const Alter& alter, const AlterTableCmd& clause) {
  auto& op = emit_for_column<SetIdentity>(alter, clause);
  op.add = true;
  const auto* constraint = as<::Constraint>(clause.def);
  op.identity =
      constraint && constraint->generated_when == 'a' ? Identity::always : Identity::by_default;
}

void emit_set_identity(const Alter& alter, const AlterTableCmd& clause) {
  const auto* list = as<::List>(clause.def);
  const DefElem* generated = option(list, "generated");
  const auto* when = generated ? as<Integer>(generated->arg) : nullptr;
  if (!when) {
    emit_other(alter, clause, "set_identity_options");
    return;
  }
  emit_for_column<SetIdentity>(alter, clause).identity =
      when->ival == 'a' ? Identity::always : Identity::by_default;
}

void emit_alter_constraint(const Alter& alter, const AlterTableCmd& clause) {
  auto& op = emit_for_table<AlterConstraint>(alter);
  const auto* change = as<ATAlterConstraint>(clause.def);
  if (!change) return;
  op.constraint = keep(alter.site, change->conname);
  if (change->alterDeferrability) {
    op.deferrable = change->deferrable;
    op.initially_deferred = change->initdeferred;
  }
  if (change->alterEnforceability) op.enforced = change->is_enforced;
  if (change->alterInheritability) op.inherit = !change->noinherit;
}

void emit_add_column(const Alter& alter, const AlterTableCmd& clause, Span range) {
  const auto* column = as<ColumnDef>(clause.def);
  if (!column) {
    emit_other(alter, clause, "other");
    return;
  }
  if (!alter.is_table) {
    auto& op = emit_other(alter, clause, "add_attribute");
    op.column = keep(alter.site, column->colname);
    op.type = type_name(alter.site, column->typeName);
    op.value = op.type.text;
    op.cascade = clause.behavior == DROP_CASCADE;
    return;
  }
  auto& op = emit_for_table<AddColumn>(alter);
  op.if_not_exists = clause.missing_ok;
  const auto begin = static_cast<std::uint32_t>(std::max(column->location, 0));
  if (begin > range.begin && begin < range.end) range.begin = begin;
  op.column = column_definition(alter.site, *column, range);
}

void emit_of(const Alter& alter, const AlterTableCmd& clause) {
  auto& op = emit_other(alter, clause, "of");
  op.type = type_name(alter.site, as<::TypeName>(clause.def));
  op.value = op.type.text;
}

void emit_drop_column(const Alter& alter, const AlterTableCmd& clause) {
  if (!alter.is_table) {
    auto& op = emit_other(alter, clause, "drop_attribute");
    op.if_exists = clause.missing_ok;
    op.cascade = clause.behavior == DROP_CASCADE;
    return;
  }
  auto& op = emit_for_column<DropColumn>(alter, clause);
  op.if_exists = clause.missing_ok;
  op.cascade = clause.behavior == DROP_CASCADE;
}

// Clauses that name a column.
bool lower_column_clause(const Alter& alter, const AlterTableCmd& clause, Span range) {
  Site& site = alter.site;
  const std::string_view text = site.text();
  switch (clause.subtype) {
    case AT_AddColumn:
      emit_add_column(alter, clause, range);
      break;
    case AT_DropColumn:
      emit_drop_column(alter, clause);
      break;
    case AT_ColumnDefault:
      if (!alter.is_table) {
        emit_other(alter, clause, clause.def ? "set_default" : "drop_default");
      } else {
        emit_for_column<SetDefault>(alter, clause).value =
            expression(site, clause.def, after_word(text, range, "default"));
      }
      break;
    case AT_SetNotNull:
      emit_for_column<SetNotNull>(alter, clause);
      break;
    case AT_DropNotNull:
      emit_for_column<DropNotNull>(alter, clause);
      break;
    case AT_SetExpression:
      emit_for_column<SetGeneration>(alter, clause).expression =
          expression(site, clause.def, inside_brackets(text, range));
      break;
    case AT_DropExpression:
      emit_for_column<SetGeneration>(alter, clause);
      break;
    case AT_AlterColumnType:
      if (alter.is_table) {
        emit_change_type(alter, clause, range);
      } else {
        const auto* column = as<ColumnDef>(clause.def);
        auto& op = emit_other(alter, clause, "alter_attribute_type");
        op.type = type_name(site, column ? column->typeName : nullptr);
        op.value = op.type.text;
        op.cascade = clause.behavior == DROP_CASCADE;
      }
      break;
    case AT_AddIdentity:
      emit_add_identity(alter, clause);
      break;
    case AT_SetIdentity:
      emit_set_identity(alter, clause);
      break;
    case AT_DropIdentity:
      // IF EXISTS lets a column be that is no identity column.
      if (clause.missing_ok)
        emit_other(alter, clause, "drop_identity_if_exists");
      else
        emit_for_column<SetIdentity>(alter, clause);
      break;
    case AT_SetOptions:
      emit_options(alter, clause, false);
      break;
    case AT_ResetOptions:
      emit_options(alter, clause, true);
      break;
    case AT_SetStatistics: {
      auto& op = emit_other(alter, clause, "set_statistics");
      op.value = option_value(site, clause.def);
      // ALTER INDEX knows its columns by number.
      if (!clause.name && clause.num > 0)
        op.column = keep(site, std::string_view(std::to_string(clause.num)));
      break;
    }
    case AT_SetStorage:
      emit_other(alter, clause, "set_storage").value = option_value(site, clause.def);
      break;
    case AT_SetCompression:
      emit_other(alter, clause, "set_compression").value = option_value(site, clause.def);
      break;
    case AT_AlterColumnGenericOptions:
      emit_other(alter, clause, "column_options");
      break;
    default:
      return false;
  }
  return true;
}

bool lower_constraint_clause(const Alter& alter, const AlterTableCmd& clause, Span range) {
  switch (clause.subtype) {
    case AT_AddConstraint: {
      const auto* constraint = as<::Constraint>(clause.def);
      if (!constraint) return false;
      auto& op = emit_for_table<AddConstraint>(alter);
      op.constraint = constraint_definition(alter.site, *constraint, range);
      break;
    }
    case AT_AlterConstraint:
      emit_alter_constraint(alter, clause);
      break;
    case AT_ValidateConstraint:
      emit_for_table<ValidateConstraint>(alter).constraint = keep(alter.site, clause.name);
      break;
    case AT_DropConstraint: {
      auto& op = emit_for_table<DropConstraint>(alter);
      op.constraint = keep(alter.site, clause.name);
      op.if_exists = clause.missing_ok;
      op.cascade = clause.behavior == DROP_CASCADE;
      break;
    }
    default:
      return false;
  }
  return true;
}

bool lower_trigger_clause(const Alter& alter, const AlterTableCmd& clause) {
  switch (clause.subtype) {
    case AT_EnableTrig:
      emit_trigger_state(alter, clause, "enable");
      break;
    case AT_EnableAlwaysTrig:
      emit_trigger_state(alter, clause, "enable_always");
      break;
    case AT_EnableReplicaTrig:
      emit_trigger_state(alter, clause, "enable_replica");
      break;
    case AT_DisableTrig:
      emit_trigger_state(alter, clause, "disable");
      break;
    case AT_EnableTrigAll:
      emit_trigger_states(alter, "enable", false);
      break;
    case AT_DisableTrigAll:
      emit_trigger_states(alter, "disable", false);
      break;
    case AT_EnableTrigUser:
      emit_trigger_states(alter, "enable", true);
      break;
    case AT_DisableTrigUser:
      emit_trigger_states(alter, "disable", true);
      break;
    case AT_EnableRule:
      emit_trigger_state(alter, clause, "enable", true);
      break;
    case AT_EnableAlwaysRule:
      emit_trigger_state(alter, clause, "enable_always", true);
      break;
    case AT_EnableReplicaRule:
      emit_trigger_state(alter, clause, "enable_replica", true);
      break;
    case AT_DisableRule:
      emit_trigger_state(alter, clause, "disable", true);
      break;
    case AT_EnableRowSecurity:
      emit_row_security(alter, "enable");
      break;
    case AT_DisableRowSecurity:
      emit_row_security(alter, "disable");
      break;
    case AT_ForceRowSecurity:
      emit_row_security(alter, "force");
      break;
    case AT_NoForceRowSecurity:
      emit_row_security(alter, "no_force");
      break;
    default:
      return false;
  }
  return true;
}

void lower_table_clause(const Alter& alter, const AlterTableCmd& clause) {
  Site& site = alter.site;
  switch (clause.subtype) {
    case AT_SetRelOptions:
      emit_options(alter, clause, false);
      break;
    case AT_ResetRelOptions:
      emit_options(alter, clause, true);
      break;
    case AT_ChangeOwner: {
      auto& op = emit<SetOwner>(site);
      op.object = alter.object;
      op.name = alter.relation;
      op.owner = role(site, clause.newowner);
      break;
    }
    case AT_SetTableSpace: {
      auto& op = emit<SetTablespace>(site);
      op.object = alter.object;
      op.name = alter.relation;
      op.tablespace = keep(site, clause.name);
      break;
    }
    case AT_SetAccessMethod:
      emit_for_table<SetAccessMethod>(alter).method = keep(site, clause.name);
      break;
    case AT_SetLogged:
      emit_logged(alter, clause, true);
      break;
    case AT_SetUnLogged:
      emit_logged(alter, clause, false);
      break;
    case AT_AddInherit:
      emit_inheritance(alter, clause, true);
      break;
    case AT_DropInherit:
      emit_inheritance(alter, clause, false);
      break;
    case AT_ReplicaIdentity:
      emit_replica_identity(alter, clause);
      break;
    case AT_AttachPartition:
      emit_attach(alter, clause);
      break;
    case AT_DetachPartition:
      emit_detach(alter, clause, false);
      break;
    case AT_DetachPartitionFinalize:
      emit_detach(alter, clause, true);
      break;
    case AT_ClusterOn:
      emit_other_named(alter, clause, "cluster_on");
      break;
    case AT_DropCluster:
      emit_other(alter, clause, "set_without_cluster");
      break;
    case AT_DropOids:
      emit_other(alter, clause, "set_without_oids");
      break;
    case AT_AddOf:
      emit_of(alter, clause);
      break;
    case AT_DropOf:
      emit_other(alter, clause, "not_of");
      break;
    case AT_GenericOptions:
      emit_other(alter, clause, "options");
      break;
    default:
      emit_other(alter, clause, "other");
      break;  // what only the server itself makes
  }
}

}  // namespace

void lower(const AlterTableStmt& statement, Site& site) {
  const ObjectKind object = object_kind(statement.objtype);
  const bool is_table = object == ObjectKind::table || object == ObjectKind::foreign_table ||
                        object == ObjectKind::materialized_view;
  const Alter alter{statement, site, name(site, statement.relation), object, is_table};
  const auto clauses = items<AlterTableCmd>(statement.cmds);
  // Commas outside brackets part the clauses, and nothing else. What stands before the first one is
  // the table.
  const Span rest = site.from(statement.relation ? statement.relation->location : -1);
  std::vector<Span> ranges;
  if (clauses.size() == 1) {
    ranges.push_back(without_space(site.text(), rest, site.may_hold_comment()));
  } else {
    ranges = split_list(site.text(), rest);
  }
  if (ranges.size() != clauses.size()) ranges.assign(clauses.size(), site.range);
  std::size_t place = 0;
  for (const AlterTableCmd* clause : clauses) {
    const Span range = ranges[place++];
    if (!lower_column_clause(alter, *clause, range) &&
        !lower_constraint_clause(alter, *clause, range) && !lower_trigger_clause(alter, *clause)) {
      lower_table_clause(alter, *clause);
    }
  }
}

void lower(const AlterTableMoveAllStmt& statement, Site& site) {
  auto& op = emit<SetTablespace>(site);
  op.object = object_kind(statement.objtype);
  op.tablespace = keep(site, statement.new_tablespacename);
  op.from = keep(site, statement.orig_tablespacename);
  op.owned_by = roles(site, statement.roles);
}

}  // namespace migguard::sql
