// The replayed schema as text, for `migguard dump` and for tests.
#pragma once

#include <schema/catalog.hpp>
#include <string>

namespace migguard::schema {

// Every object on a line of its own, sorted by kind, schema and name; what belongs to a relation is
// indented below it, columns in their order, all else sorted. The same for equal schemas, however
// they came about.
std::string canonical(const Catalog& catalog);

// One of its lines: `column total numeric(10,2) not null`, `index orders_idx btree (id)`.
std::string describe(const Column& column);
std::string describe(const Constraint& constraint);
std::string describe(const Index& index);

}  // namespace migguard::schema
