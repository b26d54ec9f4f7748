// What a migration does, statement by statement: the operations that libpg_query's tree is lowered
// to. Rules, replay, lock effects, pattern rules and plugins all read these and never a parse tree.
//
// An operation owns nothing: its text and lists are views into the source file or into the arena of
// its migration. Names are as PostgreSQL sees them (folded to lower case unless quoted, quotes
// removed). One ALTER TABLE with three clauses is three operations; DROP TABLE a, b is two.
#pragma once

#include <migguard/op/objects.hpp>
#include <migguard/op/parts.hpp>
#include <migguard/op/statements.hpp>
#include <migguard/op/tables.hpp>
#include <variant>

namespace migguard {

#undef MIGGUARD_MEMBER

using Op = std::variant<
    CreateTable, CreateTableAs, DropTable, RenameTable, SetSchema, AddColumn, DropColumn,
    RenameColumn, SetDefault, SetNotNull, DropNotNull, ChangeType, SetIdentity, SetGeneration,
    AddConstraint, DropConstraint, ValidateConstraint, AlterConstraint, RenameConstraint,
    AttachPartition, DetachPartition, SetTriggerState, SetRowSecurity, SetOptions, SetLogged,
    SetAccessMethod, SetTablespace, SetReplicaIdentity, SetInheritance, SetOwner, AlterTableOther,
    CreateIndex, DropIndex, RenameIndex, AttachIndexPartition, Reindex, CreateView,
    CreateMaterializedView, DropView, RenameView, RefreshMaterializedView, CreateEnum, AddEnumValue,
    RenameEnumValue, CreateDomain, AlterDomain, CreateType, DropType, RenameType, CreateSequence,
    AlterSequence, DropSequence, RenameSequence, CreateFunction, DropFunction, CreateSchema,
    DropSchema, RenameSchema, CreateExtension, DropExtension, CreateTrigger, CreatePolicy,
    CreateRule, DropTableObject, RenameObject, CreateObject, DropObject, AlterObject,
    CreateDatabase, DropDatabase, DropOwned, Grant, Comment, Insert, Update, Delete, Merge,
    Truncate, Copy, Select, SetVariable, TransactionControl, LockTable, Vacuum, Cluster,
    NonTransactional, DoBlock, Opaque, OtherStatement, JsonKey>;

// What every operation has, and its public name.
const Node& node(const Op& op);
std::string_view kind(const Op& op);

}  // namespace migguard
