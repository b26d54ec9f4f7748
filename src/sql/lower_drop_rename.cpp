// What is said in the same way of every kind of object: DROP, RENAME, SET SCHEMA, OWNER TO,
// COMMENT, GRANT.
#include <sql/lower_parts.hpp>

namespace migguard::sql {
namespace {

// What every DROP has.
template <class Operation>
Operation& emit_drop(Site& site, const DropStmt& statement) {
  auto& op = emit<Operation>(site);
  op.if_exists = statement.missing_ok;
  op.cascade = statement.behavior == DROP_CASCADE;
  return op;
}

// Of what belongs to a table: the name in front of its own.
Name table_of(Site& site, const ::List* names) {
  Name table;
  const auto parts = items(names);
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    table.schema = table.name;
    table.name = text_of(site, parts[i]);
  }
  return table;
}

List<OptionValue> keep_one(Site& site, OptionValue value) {
  ListBuilder<OptionValue> list(site);
  list.add(value);
  return list.list();
}

// TRIGGER, POLICY and RULE: the table's name, then the object's.
void drop_table_object(Site& site, const DropStmt& statement, const ::Node* object) {
  auto& op = emit_drop<DropTableObject>(site, statement);
  op.object = object_kind(statement.removeType);
  const auto* names = as<::List>(object);
  op.table = table_of(site, names);
  op.name = text_of(site, items(names).back());
}

void drop_object(Site& site, const DropStmt& statement, const ::Node* object) {
  const Name name = object_name(site, statement.removeType, object);
  switch (statement.removeType) {
    case OBJECT_TABLE:
    case OBJECT_FOREIGN_TABLE: {
      auto& op = emit_drop<DropTable>(site, statement);
      op.table = name;
      op.foreign = statement.removeType == OBJECT_FOREIGN_TABLE;
      break;
    }
    case OBJECT_INDEX: {
      auto& op = emit_drop<DropIndex>(site, statement);
      op.index = name;
      op.concurrently = statement.concurrent;
      break;
    }
    case OBJECT_VIEW:
    case OBJECT_MATVIEW: {
      auto& op = emit_drop<DropView>(site, statement);
      op.view = name;
      op.materialized = statement.removeType == OBJECT_MATVIEW;
      break;
    }
    case OBJECT_TYPE:
    case OBJECT_DOMAIN: {
      auto& op = emit_drop<DropType>(site, statement);
      op.type = name;
      op.domain = statement.removeType == OBJECT_DOMAIN;
      break;
    }
    case OBJECT_SEQUENCE:
      emit_drop<DropSequence>(site, statement).sequence = name;
      break;
    case OBJECT_SCHEMA:
      emit_drop<DropSchema>(site, statement).schema = name.name;
      break;
    case OBJECT_EXTENSION:
      emit_drop<DropExtension>(site, statement).extension = name.name;
      break;
    case OBJECT_FUNCTION:
    case OBJECT_PROCEDURE:
    case OBJECT_ROUTINE:
    case OBJECT_AGGREGATE: {
      auto& op = emit_drop<DropFunction>(site, statement);
      op.object = object_kind(statement.removeType);
      op.function = name;
      if (const auto* routine = as<ObjectWithArgs>(object)) {
        op.with_arguments = !routine->args_unspecified;
        op.argument_types = each<TypeName, ::TypeName>(
            site, routine->objargs,
            [&](const ::TypeName& argument) { return type_name(site, &argument); });
      }
      break;
    }
    case OBJECT_TRIGGER:
    case OBJECT_POLICY:
    case OBJECT_RULE:
      drop_table_object(site, statement, object);
      break;
    default: {
      auto& op = emit_drop<DropObject>(site, statement);
      op.object = object_kind(statement.removeType);
      op.name = name;
      break;
    }
  }
}

// ALTER ... RENAME of what lies in a table, view or type.
void rename_inside(Site& site, const RenameStmt& statement) {
  auto& op = emit<RenameObject>(site);
  op.object = object_kind(statement.renameType);
  op.name = {{}, keep(site, statement.subname)};
  op.table = statement.relation ? name(site, statement.relation)
                                : object_name(site, OBJECT_TYPE, statement.object);
  op.new_name = keep(site, statement.newname);
}

void rename_object(Site& site, const RenameStmt& statement) {
  auto& op = emit<RenameObject>(site);
  op.object = object_kind(statement.renameType);
  // Roles, databases and tablespaces have no node of their own.
  op.name = statement.object ? object_name(site, statement.renameType, statement.object)
                             : Name{{}, keep(site, statement.subname)};
  op.new_name = keep(site, statement.newname);
}

List<Name> granted_objects(Site& site, const GrantStmt& statement) {
  ListBuilder<Name> objects(site);
  for (const ::Node* object : items(statement.objects)) {
    Name found = object_name(site, statement.objtype, object);
    // ALL TABLES IN SCHEMA s: any name in s.
    if (statement.targtype == ACL_TARGET_ALL_IN_SCHEMA) found = {found.name, {}};
    objects.add(found);
  }
  return objects.list();
}

}  // namespace

void lower(const DropStmt& statement, Site& site) {
  for (const ::Node* object : items(statement.objects)) drop_object(site, statement, object);
}

void lower(const DropRoleStmt& statement, Site& site) {
  for (const auto* each_role : items<RoleSpec>(statement.roles)) {
    auto& op = emit<DropObject>(site);
    op.object = ObjectKind::role;
    op.name = {{}, role(site, each_role)};
    op.if_exists = statement.missing_ok;
  }
}

void lower(const DropUserMappingStmt& statement, Site& site) {
  auto& op = emit<DropObject>(site);
  op.name = {keep(site, statement.servername), role(site, statement.user)};
  op.if_exists = statement.missing_ok;
}

void lower(const DropOwnedStmt& statement, Site& site) {
  auto& op = emit<DropOwned>(site);
  op.roles = roles(site, statement.roles);
  op.cascade = statement.behavior == DROP_CASCADE;
}

void lower(const ReassignOwnedStmt& statement, Site& site) {
  for (const auto* owner : items<RoleSpec>(statement.roles)) {
    auto& op = emit<AlterObject>(site);
    op.object = ObjectKind::role;
    op.name = {{}, role(site, owner)};
    op.action = "reassign_owned";
    op.options = keep_one(site, {"owner", role(site, statement.newrole)});
  }
}

void lower(const RenameStmt& statement, Site& site) {
  const Name relation = name(site, statement.relation);
  const Text new_name = keep(site, statement.newname);
  const auto renamed = [&]<class Operation>(Operation& op) -> Operation& {
    op.new_name = new_name;
    return op;
  };
  switch (statement.renameType) {
    case OBJECT_TABLE:
    case OBJECT_FOREIGN_TABLE: {
      auto& op = renamed(emit<RenameTable>(site));
      op.table = relation;
      op.if_exists = statement.missing_ok;
      break;
    }
    case OBJECT_VIEW:
    case OBJECT_MATVIEW: {
      auto& op = renamed(emit<RenameView>(site));
      op.view = relation;
      op.materialized = statement.renameType == OBJECT_MATVIEW;
      break;
    }
    case OBJECT_INDEX:
      renamed(emit<RenameIndex>(site)).index = relation;
      break;
    case OBJECT_SEQUENCE:
      renamed(emit<RenameSequence>(site)).sequence = relation;
      break;
    case OBJECT_COLUMN: {
      auto& op = renamed(emit<RenameColumn>(site));
      op.table = relation;
      op.column = keep(site, statement.subname);
      op.only = statement.relation && !statement.relation->inh;
      break;
    }
    case OBJECT_TABCONSTRAINT: {
      auto& op = renamed(emit<RenameConstraint>(site));
      op.table = relation;
      op.constraint = keep(site, statement.subname);
      break;
    }
    case OBJECT_TYPE:
    case OBJECT_DOMAIN: {
      auto& op = renamed(emit<RenameType>(site));
      op.type = object_name(site, statement.renameType, statement.object);
      op.domain = statement.renameType == OBJECT_DOMAIN;
      break;
    }
    case OBJECT_SCHEMA:
      renamed(emit<RenameSchema>(site)).schema = keep(site, statement.subname);
      break;
    case OBJECT_ATTRIBUTE:
    case OBJECT_DOMCONSTRAINT:
    case OBJECT_TRIGGER:
    case OBJECT_POLICY:
    case OBJECT_RULE:
      rename_inside(site, statement);
      break;
    default:
      rename_object(site, statement);
      break;
  }
}

void lower(const AlterObjectSchemaStmt& statement, Site& site) {
  auto& op = emit<SetSchema>(site);
  op.object = object_kind(statement.objectType);
  op.name = statement.relation ? name(site, statement.relation)
                               : object_name(site, statement.objectType, statement.object);
  op.new_schema = keep(site, statement.newschema);
  op.if_exists = statement.missing_ok;
}

void lower(const AlterOwnerStmt& statement, Site& site) {
  auto& op = emit<SetOwner>(site);
  op.object = object_kind(statement.objectType);
  op.name = statement.relation ? name(site, statement.relation)
                               : object_name(site, statement.objectType, statement.object);
  op.owner = role(site, statement.newowner);
}

void lower(const AlterObjectDependsStmt& statement, Site& site) {
  const Name found = statement.object ? object_name(site, statement.objectType, statement.object)
                                      : name(site, statement.relation);
  auto& op = emit<AlterObject>(site);
  op.object = object_kind(statement.objectType);
  op.name = found;
  op.action = "depends_on_extension";
  if (!statement.object || !statement.relation) return;
  ListBuilder<Name> table(site);
  table.add(name(site, statement.relation));
  op.tables = table.list();
}

void lower(const CommentStmt& statement, Site& site) {
  auto& op = emit<Comment>(site);
  op.object = object_kind(statement.objtype);
  op.name = object_name(site, statement.objtype, statement.object);
  op.text = keep(site, statement.comment);
  switch (statement.objtype) {
    case OBJECT_COLUMN:
    case OBJECT_TABCONSTRAINT:
    case OBJECT_TRIGGER:
    case OBJECT_POLICY:
    case OBJECT_RULE:
      op.table = table_of(site, as<::List>(statement.object));
      break;
    default:
      break;
  }
}

void lower(const GrantStmt& statement, Site& site) {
  auto& op = emit<Grant>(site);
  op.grant = statement.is_grant;
  op.object = object_kind(statement.objtype);
  op.objects = granted_objects(site, statement);
  op.privileges =
      each<Text, AccessPriv>(site, statement.privileges, [&](const AccessPriv& privilege) {
        return privilege.priv_name ? keep(site, privilege.priv_name) : Text("all");
      });
  static constexpr Text all[] = {"all"};
  if (!statement.privileges) op.privileges = all;
  op.roles = roles(site, statement.grantees);
}

// Membership in a role.
void lower(const GrantRoleStmt& statement, Site& site) {
  auto& op = emit<Grant>(site);
  op.grant = statement.is_grant;
  op.object = ObjectKind::role;
  op.objects =
      each<Name, AccessPriv>(site, statement.granted_roles, [&](const AccessPriv& granted) {
        return Name{{}, keep(site, granted.priv_name)};
      });
  op.roles = roles(site, statement.grantee_roles);
}

}  // namespace migguard::sql
