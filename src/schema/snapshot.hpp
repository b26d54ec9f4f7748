// A schema as a live database holds it, in the terms of the replayed one.
#pragma once

#include <memory>
#include <migguard/schema.hpp>
#include <schema/store.hpp>
#include <string>
#include <vector>

namespace migguard::schema {

struct Snapshot {
  std::unique_ptr<Store> store = std::make_unique<Store>();  // of all texts and lists below
  std::vector<std::string> schemas;
  std::vector<Type> types;
  std::vector<Relation> relations;
  std::vector<Function> functions;
};

}  // namespace migguard::schema
