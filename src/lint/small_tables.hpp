// Tables on which nothing takes long: what grows with the table is advice there.
#pragma once

#include <lint/lint.hpp>
#include <migguard/effects.hpp>
#include <string_view>

namespace migguard::lint {

// Below both a statement that reads every row holds its lock for some ten milliseconds.
inline constexpr std::int64_t small_rows = 10'000;
inline constexpr std::int64_t small_bytes = std::int64_t{16} << 20;

class SmallTables {
 public:
  // The settings must outlive it.
  explicit SmallTables(const Settings& settings) : settings_(settings) {}

  bool any() const { return !settings_.small_tables.empty() || !settings_.stats.empty(); }
  // Whether the configuration names the table (by itself or with its schema), or its size is known
  // and small. An empty schema is `public`.
  bool contains(std::string_view schema, std::string_view table) const;
  // The same of a name as findings' data spell it: `plans`, `app.plans`.
  bool contains(std::string_view name) const;
  // Whether there is work that grows with a table, and all of it on small ones.
  bool all_work_on_small(const Effects& effects) const;

 private:
  const Settings& settings_;
};

}  // namespace migguard::lint
