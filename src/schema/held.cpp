#include <migguard/held.hpp>

namespace migguard {
namespace {

// By what the operation is; a lock that only concerns other DDL is none.
struct Holding {
  template <class Other>
  Held operator()(const Other&) const {
    return {};
  }
  template <class Alter>
  static Held all(const Alter& op) {
    return {op.table, Grip::all};
  }
  Held operator()(const DropTable& op) const { return all(op); }
  Held operator()(const RenameTable& op) const { return all(op); }
  Held operator()(const AddColumn& op) const { return all(op); }
  Held operator()(const DropColumn& op) const { return all(op); }
  Held operator()(const RenameColumn& op) const { return all(op); }
  Held operator()(const SetDefault& op) const { return all(op); }
  Held operator()(const SetNotNull& op) const { return all(op); }
  Held operator()(const DropNotNull& op) const { return all(op); }
  Held operator()(const ChangeType& op) const { return all(op); }
  Held operator()(const SetIdentity& op) const { return all(op); }
  Held operator()(const SetGeneration& op) const { return all(op); }
  Held operator()(const DropConstraint& op) const { return all(op); }
  Held operator()(const AlterConstraint& op) const { return all(op); }
  Held operator()(const SetRowSecurity& op) const { return all(op); }
  Held operator()(const SetLogged& op) const { return all(op); }
  Held operator()(const SetAccessMethod& op) const { return all(op); }
  Held operator()(const SetReplicaIdentity& op) const { return all(op); }
  Held operator()(const SetInheritance& op) const { return all(op); }
  Held operator()(const CreatePolicy& op) const { return all(op); }
  Held operator()(const CreateRule& op) const { return all(op); }
  Held operator()(const DropTableObject& op) const { return all(op); }
  Held operator()(const Truncate& op) const { return all(op); }
  Held operator()(const AddConstraint& op) const {
    return {op.table, op.constraint.kind == ConstraintKind::foreign_key ? Grip::writes : Grip::all};
  }
  Held operator()(const AttachPartition& op) const { return {op.partition, Grip::all}; }
  Held operator()(const DetachPartition& op) const {
    return {op.table, op.concurrently ? Grip::none : Grip::all};
  }
  Held operator()(const SetTriggerState& op) const { return {op.table, Grip::writes}; }
  Held operator()(const CreateTrigger& op) const { return {op.table, Grip::writes}; }
  Held operator()(const CreateIndex& op) const {
    return {op.table, op.concurrently ? Grip::none : Grip::writes};
  }
  Held operator()(const SetSchema& op) const {
    return {op.name, op.object == ObjectKind::table ? Grip::all : Grip::none};
  }
  Held operator()(const SetOwner& op) const {
    return {op.name, op.object == ObjectKind::table ? Grip::all : Grip::none};
  }
  Held operator()(const SetTablespace& op) const {
    return {op.name, op.object == ObjectKind::table ? Grip::all : Grip::none};
  }
  Held operator()(const RefreshMaterializedView& op) const {
    return {op.view, op.concurrently ? Grip::none : Grip::all};
  }
  Held operator()(const LockTable& op) const {
    if (op.mode == "AccessExclusiveLock") return {op.table, Grip::all};
    const bool writes =
        op.mode == "ShareLock" || op.mode == "ShareRowExclusiveLock" || op.mode == "ExclusiveLock";
    return {op.table, writes ? Grip::writes : Grip::none};
  }
  Held operator()(const AlterTableOther& op) const {
    const bool mild = op.object != ObjectKind::table || op.clause == "set_statistics" ||
                      op.clause == "cluster_on" || op.clause == "set_without_cluster";
    return {op.table, mild ? Grip::none : Grip::all};
  }
};

}  // namespace

Held held_by(const Op& op) { return std::visit(Holding(), op); }

}  // namespace migguard
