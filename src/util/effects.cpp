// Lock modes by name, and questions that rules ask of effects.
#include <migguard/effects.hpp>

#include <algorithm>
#include <array>

namespace migguard {

std::string_view to_string(LockMode mode) {
  constexpr std::array<std::string_view, 8> names{
      "AccessShareLock", "RowShareLock",          "RowExclusiveLock", "ShareUpdateExclusiveLock",
      "ShareLock",       "ShareRowExclusiveLock", "ExclusiveLock",    "AccessExclusiveLock"};
  return names[static_cast<std::size_t>(mode)];
}

std::string_view sql_name(LockMode mode) {
  constexpr std::array<std::string_view, 8> names{
      "ACCESS SHARE", "ROW SHARE",           "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE",
      "SHARE",        "SHARE ROW EXCLUSIVE", "EXCLUSIVE",     "ACCESS EXCLUSIVE"};
  return names[static_cast<std::size_t>(mode)];
}

namespace {

bool on_table(const std::vector<Effects::Work>& work, const Name& table) {
  return std::any_of(work.begin(), work.end(),
                     [&](const Effects::Work& each) { return each.table.is(table); });
}

}  // namespace

const Effects::Lock* Effects::lock(const Name& relation) const {
  const auto found = std::find_if(locks.begin(), locks.end(),
                                  [&](const Lock& each) { return each.relation.is(relation); });
  return found == locks.end() ? nullptr : &*found;
}

bool Effects::rewrites_table(const Name& table) const { return on_table(rewrites, table); }
bool Effects::scans_table(const Name& table) const { return on_table(scans, table); }
bool Effects::builds_index_on(const Name& table) const {
  return on_table(index_builds, table) || on_table(index_rebuilds, table);
}

bool Effects::blocks_reads(const Name& table) const {
  return std::any_of(blocks.begin(), blocks.end(),
                     [&](const Blocked& each) { return each.reads && each.table.is(table); });
}

bool Effects::blocks_writes(const Name& table) const {
  return std::any_of(blocks.begin(), blocks.end(),
                     [&](const Blocked& each) { return each.writes && each.table.is(table); });
}

bool Effects::waits(WaitsFor what) const {
  return std::find(waits_for.begin(), waits_for.end(), what) != waits_for.end();
}

}  // namespace migguard
