// What a relation answers about its own parts.
#include <migguard/schema.hpp>
#include <schema/facts.hpp>

namespace migguard {
namespace {

template <class Part>
const Part* part_named(const std::vector<Part>& parts, std::string_view name) {
  for (const Part& part : parts)
    if (schema::same_text(part.name, name)) return &part;
  return nullptr;
}

}  // namespace

const Column* Relation::column(std::string_view column_name) const {
  return part_named(columns, column_name);
}

const Constraint* Relation::constraint(std::string_view constraint_name) const {
  return part_named(constraints, constraint_name);
}

const Index* Relation::index(std::string_view index_name) const {
  return part_named(indexes, index_name);
}

const Column* Relation::not_null_column(std::string_view constraint_name) const {
  if (constraint_name.empty()) return nullptr;
  for (const Column& each : columns)
    if (schema::not_null_is_called(*this, each, constraint_name)) return &each;
  return nullptr;
}

}  // namespace migguard
