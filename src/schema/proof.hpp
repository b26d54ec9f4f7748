// What the checks of a table prove of its rows: whether PostgreSQL must read them to know that they
// belong into a partition, or that a column holds no NULL (PartConstraintImpliedByRelConstraint and
// NotNullImpliedByRelConstraints in src/backend/commands/tablecmds.c; the rules of proof are those
// of src/backend/optimizer/util/predtest.c).
#pragma once

#include <schema/effects_parts.hpp>

#include <string>
#include <vector>

namespace migguard::schema {

// One tree of nodes.
using Predicate = std::vector<PredicateNode>;

// What is true of every row in a partition of `parent` with this bound, whatever partitions lie
// above; of the default partition beside those that are there. Empty where nothing has to hold.
Predicate rows_of(const Evaluation& at, const Record& parent, const PartitionBound& bound);
// The same with what the partitions above demand: `parent` may be a partition itself.
Predicate rows_of_all(const Evaluation& at, const Record& parent, const PartitionBound& bound);
Predicate negated(Predicate predicate);
Predicate not_null(std::string_view column);

// Whether the validated checks of the table and its NOT NULL columns prove that the predicate is
// false for none of its rows.
bool proved(const Evaluation& at, const Record& table, const Predicate& wanted);

// The partition of `parent` that has room for some of the same rows, or null; what cannot be told
// is taken for disjoint.
const Record* overlapped(const Evaluation& at, const Record& parent, const PartitionBound& bound);

// To be told of every bound that a partition of `parent` gets: partitions by ranges are mostly made
// one behind the other, and need not be compared with all before then.
void note_bound(Replay& replay, const Record& parent, const PartitionBound& bound);

// Whether a range ends where it begins, or before.
bool is_empty(const Evaluation& at, const Record& parent, const PartitionBound& bound);

}  // namespace migguard::schema
