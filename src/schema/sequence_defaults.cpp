// Which defaults take their values from which sequence.
#include <schema/facts.hpp>

namespace migguard::schema {

void SequenceDefaults::set(const Key& table, Text column, const Key& sequence) {
  erase(table, column);
  const Use use{table, column};
  sequences_[use] = sequence;
  uses_[sequence].insert(use);
}

void SequenceDefaults::erase(const Key& table, Text column) {
  if (sequences_.empty()) return;
  const auto found = sequences_.find({table, column});
  if (found == sequences_.end()) return;
  const auto uses = uses_.find(found->second);
  uses->second.erase(found->first);
  if (uses->second.empty()) uses_.erase(uses);
  sequences_.erase(found);
}

void SequenceDefaults::move_table(const Key& table, const Key& new_table) {
  std::vector<std::pair<Text, Key>> moved;
  for (auto at = sequences_.lower_bound({table, {}});
       at != sequences_.end() && at->first.first == table; ++at)
    moved.emplace_back(at->first.second, at->second);
  for (const auto& [column, sequence] : moved) {
    erase(table, column);
    set(new_table, column, sequence);
  }
}

void SequenceDefaults::move_sequence(const Key& sequence, const Key& new_sequence) {
  const auto found = uses_.find(sequence);
  if (found == uses_.end()) return;
  const std::set<Use> uses = found->second;
  for (const auto& [table, column] : uses) set(table, column, new_sequence);
}

void SequenceDefaults::rename_column(const Key& table, Text column, Text new_name) {
  const auto found = sequences_.find({table, column});
  if (found == sequences_.end()) return;
  const Key sequence = found->second;
  erase(table, column);
  set(table, new_name, sequence);
}

std::vector<SequenceDefaults::Use> SequenceDefaults::uses(const Key& sequence) const {
  const auto found = uses_.find(sequence);
  if (found == uses_.end()) return {};
  return {found->second.begin(), found->second.end()};
}

std::vector<SequenceDefaults::Use> Facts::defaults_from(const Key& sequence) const {
  std::vector<SequenceDefaults::Use> found;
  const auto add = [&](const Key& table, const Text& column_name) {
    const Record* record = find(table);
    const Column* column = record ? record->facts.column(column_name) : nullptr;
    if (column && column->has_default) found.emplace_back(table, column_name);
  };
  for (const auto& [table, column] : sequence_defaults.uses(sequence)) add(table, column);
  const Record* record = find(sequence);
  if (!record || record->owner.name.empty()) return found;
  const Record* table = find(record->owner);
  const Column* column = table ? table->facts.column(record->facts.owned_by_column) : nullptr;
  if (column && column->serial) add(record->owner, column->name);
  return found;
}

// As regclassin reads it (stringToQualifiedNameList in src/backend/utils/adt/regproc.c).
Name name_in(std::string_view name) {
  const auto bare = [](std::string_view part) {
    return part.size() > 1 && part.front() == '"' ? part.substr(1, part.size() - 2) : part;
  };
  std::size_t dot = name.find('.');
  if (!name.empty() && name.front() == '"') {
    const std::size_t quote = name.find('"', 1);
    dot = quote == name.npos ? name.npos : name.find('.', quote);
  }
  if (dot == name.npos) return {{}, bare(name)};
  return {bare(name.substr(0, dot)), bare(name.substr(dot + 1))};
}

}  // namespace migguard::schema
