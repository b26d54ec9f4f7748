// What operations do to a live server, worked out on the replayed schema.
#pragma once

#include <migguard/effects.hpp>
#include <migguard/op.hpp>
#include <schema/catalog.hpp>
#include <span>
#include <vector>

namespace migguard::schema {

// The effects of each of a statement's operations, on the schema as it stands before the first of
// them. Clauses of one ALTER TABLE, and the objects of one DROP or TRUNCATE, are seen together.
std::vector<Effects> effects(const Catalog& before, List<Op> ops, int pg_version);

// Whether any of them fails (Effects::fails): a small part of the work.
bool may_fail(const Catalog& before, List<Op> ops, int pg_version);

// Whether operations must be seen together before the first takes effect: what each does depends on
// the others.
bool depend_on_each_other(List<Op> ops);

// Several as one: the strongest lock of each relation, everything else once.
Effects together(std::span<const Effects> each);

// Without what concerns relations that nobody else can see: made by the migration being replayed,
// or temporary.
void leave_out_new(Effects& effects, const Catalog& catalog);

}  // namespace migguard::schema
