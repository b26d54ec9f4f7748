// SQL replayed into a catalog, for the tests of the schema.
#pragma once

#include <deque>
#include <functional>
#include <migguard/project.hpp>
#include <migguard/source.hpp>
#include <schema/catalog.hpp>
#include <sql/script.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace migguard::schema {

// Migrations replayed one after another. The last one stays open, so that its temporary tables and
// settings can be looked at.
class Replayed {
 public:
  explicit Replayed(const std::vector<std::string>& migrations, bool complete = false,
                    bool autocommit = true)
      : complete_(complete), autocommit_(autocommit) {
    for (const std::string& sql : migrations) add(sql);
  }

  // Called before each statement, without an operation, and before each of its operations.
  using Watch = std::function<void(const Catalog&, const Statement&, const Op*)>;

  void add(const std::string& sql, const Watch& watch = {}) {
    if (!migrations_.empty()) catalog.end_migration();
    files_.emplace_back("migration.sql", sql);
    Migration& migration = migrations_.emplace_back();
    migration.source = &files_.back();
    migration.position = static_cast<std::int32_t>(migrations_.size()) - 1;
    migration.script = sql::parse(files_.back(), {});
    for (const Problem& problem : migration.script.problems) problems += problem.message + "\n";
    catalog.begin_migration(migration, autocommit_, complete_);
    std::int32_t index = 0;
    for (const Statement& statement : migration.script.statements) {
      catalog.begin_statement(index++);
      if (watch) watch(catalog, statement, nullptr);
      for (const Op& op : statement.ops) {
        if (watch) watch(catalog, statement, &op);
        catalog.apply(op);
      }
      catalog.end_statement();
    }
  }

  const Relation* relation(std::string_view name, std::string_view schema = {}) const {
    return catalog.relation({schema, name}).known();
  }
  Known exists(std::string_view name, std::string_view schema = {}) const {
    return catalog.relation({schema, name}).exists();
  }
  bool is_new(std::string_view name) const {
    const Relation* known = relation(name);
    return known && catalog.is_new(*known);
  }

  Catalog catalog;
  std::string problems;  // of parsing

 private:
  bool complete_;
  bool autocommit_;
  std::deque<SourceFile> files_;
  std::deque<Migration> migrations_;
};

}  // namespace migguard::schema
