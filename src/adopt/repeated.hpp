// What a baseline repeats as the history wrote it: functions, views, triggers and all that the
// replayed schema knows by name only, as far as it is still there, under the names of today.
#pragma once

#include <adopt/history_text.hpp>
#include <schema/catalog.hpp>

#include <map>
#include <string>
#include <vector>

namespace migguard::adopt {

struct Repeated {
  struct FunctionText {
    std::string text;
    const CreateFunction* op = nullptr;
  };
  std::vector<std::string> first;  // collations, languages, servers, default privileges
  std::vector<std::string> extensions;
  std::map<Name, std::string> types;    // domains, composite and range types, by their full names
  std::vector<FunctionText> functions;  // in the order they were first made
  std::map<Name, std::string> views;
  std::map<Name, const Kept*> sequences;
  std::map<Name, std::string> attached;  // ALTER TABLE ... ATTACH PARTITION, by the partition
  std::vector<std::string> late;         // what needs tables, functions and views, in order
  std::vector<Remark> refused;
  std::vector<Remark> notes;
};

Repeated repeat(const schema::Catalog& schema, const HistoryText& history);

}  // namespace migguard::adopt
