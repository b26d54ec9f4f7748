// The replayed schema as text, for `migguard dump` and for tests.
#pragma once

#include <schema/catalog.hpp>
#include <string>

namespace migguard::schema {

// Every object on a line of its own, sorted by kind, schema and name; what belongs to a relation is
// indented below it, columns in their order, all else sorted. The same for equal schemas, however
// they came about.
std::string canonical(const Catalog& catalog);

}  // namespace migguard::schema
