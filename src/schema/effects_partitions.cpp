// What partitions cost: attached, detached, made. Rows are read unless checks prove that they
// belong where they lie.
#include <schema/proof.hpp>

#include <algorithm>

namespace migguard::schema {
namespace {

constexpr LockMode full = LockMode::access_exclusive;
constexpr LockMode weak = LockMode::share_update_exclusive;
constexpr LockMode trigger_mode = LockMode::share_row_exclusive;

void lock_referenced(Evaluation& at, const Record& parent) {
  for (const Constraint& each : parent.facts.constraints)
    if (each.kind == ConstraintKind::foreign_key)
      if (const Record* target = at.find(each.references()))
        at.lock(*target, trigger_mode, "the foreign key references it");
}

// Reads every row of the table, and of the partitions below it, where nothing proves the predicate
// (QueuePartitionConstraintValidation).
void verify_rows(Evaluation& at, const Record& table, const Predicate& wanted,
                 std::string_view why) {
  if (proved(at, table, wanted)) return;
  if (!table.partitioned()) return at.scan(table, why);
  for (const Key& key : table.children)
    if (const Record* child = at.find(key)) verify_rows(at, *child, wanted, why);
}

// The default partition gives up what belongs into a new one.
void verify_default(Evaluation& at, const Record& parent, const PartitionBound& bound) {
  const Record* rest = default_partition(at, parent);
  if (!rest) return;
  for (const Record* each : at.tree(*rest)) at.lock(*each, full, "the default partition");
  if (bound.form != PartitionBound::Form::default_)
    verify_rows(at, *rest, negated(rows_of(at, parent, bound)),
                "to check that no row belongs into the new partition");
}

// What a partition must have to be one (MergeAttributesIntoExisting, MergeConstraintsIntoExisting).
void refuse_attach(Evaluation& at, const Record& parent, const Record& child) {
  const Relation& above = parent.facts;
  const Relation& below = child.facts;
  if (!below.partition_of.empty()) at.fails(cat(printed(child), " is a partition already"));
  if (!above.create_seen || !below.create_seen) return;
  for (const Column& each : below.columns)
    if (!above.column(each.name))
      at.fails(
          cat(printed(parent), " has no column ", each.name, ", and ", printed(child), " has"));
  for (const Column& each : above.columns) {
    const Column* own = below.column(each.name);
    if (!own) {
      at.fails(cat(printed(child), " has no column ", each.name));
      continue;
    }
    if (own->type_known && each.type_known &&
        (own->type.name != each.type.name || !same(own->type.modifiers, each.type.modifiers) ||
         (own->type.array_dimensions > 0) != (each.type.array_dimensions > 0)))
      at.fails(cat(each.name, " is ", own->type.text, " in ", printed(child), " and ",
                   each.type.text, " in ", printed(parent)));
    if (each.not_null == Known::yes && own->not_null == Known::no)
      at.fails(cat(each.name, " is not NOT NULL in ", printed(child)));
  }
  for (const Constraint& each : above.constraints)
    if (each.kind == ConstraintKind::check && !each.no_inherit && !below.constraint(each.name))
      at.fails(cat(printed(child), " has no check ", each.name));
}

// Indexes and foreign keys of the partitioned table that the new partition lacks are made
// (AttachPartitionEnsureIndexes, CloneForeignKeyConstraints).
void make_what_is_missing(Evaluation& at, const Record& parent, const Record& child) {
  for (const Index& wanted : parent.facts.indexes) {
    const bool there =
        std::any_of(child.facts.indexes.begin(), child.facts.indexes.end(), [&](const Index& own) {
          return own.valid && own.unique == wanted.unique && own.method == wanted.method &&
                 same(own.columns, wanted.columns) && same(own.include, wanted.include) &&
                 own.partial == wanted.partial &&
                 own.constraint.empty() == wanted.constraint.empty();
        });
    if (there) continue;
    for (const Record* each : at.tree(child))
      at.build_index(*each, cat(each->facts.name, "_idx"), "to build an index it lacks");
  }
  for (const Constraint& wanted : parent.facts.constraints) {
    if (wanted.kind != ConstraintKind::foreign_key || !wanted.enforced) continue;
    const bool there = std::any_of(
        child.facts.constraints.begin(), child.facts.constraints.end(), [&](const Constraint& own) {
          return own.kind == ConstraintKind::foreign_key && own.valid &&
                 same(own.columns, wanted.columns) && own.references() == wanted.references();
        });
    if (there) continue;
    for (const Record* each : at.tree(child)) at.scan(*each, "to look up every row's reference");
  }
}

void attach(Evaluation& at, const AttachPartition& op) {
  const Record* parent = at.lock_named(op.table, weak);
  const Record* child = at.lock_named(op.partition, full, "the table that is attached");
  if (!parent) return;
  if (child) {
    refuse_attach(at, *parent, *child);
    for (const Record* each : at.tree(*child)) at.lock(*each, full, "the table that is attached");
    verify_rows(at, *child, rows_of_all(at, *parent, op.values),
                "to check that every row belongs into the partition");
    make_what_is_missing(at, *parent, *child);
  }
  add_partition(at, *parent, op.partition, op.values);
  // What the partitions above demand is read (RelationGetPartitionQual).
  const Record* above = parent;
  for (unsigned depth = 0; above && depth < 32 && !above->parents.empty(); ++depth) {
    above = at.find(above->parents.front());
    if (above) at.lock(*above, LockMode::access_share, "partitioned above it");
  }
}

void detach(Evaluation& at, const DetachPartition& op) {
  at.now->fails_in_transaction = op.concurrently;
  const bool lightly = op.concurrently || op.finalize;
  const Record* parent = at.lock_named(op.table, lightly ? weak : full);
  const Record* child = at.lock_named(op.partition, full, "the partition that is detached");
  if (op.concurrently) at.waits(Effects::WaitsFor::table_users);
  if (!parent) return;
  if (child && std::find(parent->children.begin(), parent->children.end(), child->key()) ==
                   parent->children.end())
    at.fails(cat(printed(*child), " is not a partition of ", printed(*parent)));
  if (const Record* rest = default_partition(at, *parent)) {
    if (op.concurrently) at.fails("it has a default partition");
    if (!lightly) at.lock(*rest, full, "the default partition");
  }
  for (const Key& key : at.facts().referencing(parent->key()))
    if (const Record* other = at.find(key)) at.lock(*other, full, "its foreign key references it");
  if (lightly) return;
  lock_referenced(at, *parent);
}

}  // namespace

void add_partition(Evaluation& at, const Record& parent, const Name& partition,
                   const PartitionBound& bound) {
  if (is_empty(at, parent, bound)) at.fails("the range holds nothing");
  if (const Record* other = overlapped(at, parent, bound))
    at.fails(cat(partition.name, " would overlap the partition ", printed(*other)));
  verify_default(at, parent, bound);
  lock_referenced(at, parent);
}

bool work_out_partition(Evaluation& at, const Op& op) {
  if (const auto* each = std::get_if<AttachPartition>(&op)) {
    attach(at, *each);
  } else if (const auto* away = std::get_if<DetachPartition>(&op)) {
    detach(at, *away);
  } else {
    return false;
  }
  return true;
}

}  // namespace migguard::schema
