// A schema as a live database holds it, in the terms of the replayed one.
#pragma once

#include <migguard/schema.hpp>
#include <string>
#include <vector>

namespace migguard::schema {

struct Snapshot {
  std::vector<std::string> schemas;
  std::vector<Type> types;
  std::vector<Relation> relations;
  std::vector<Function> functions;
};

}  // namespace migguard::schema
