// Where a guard or a move takes effect: the column as the project's migrations leave it, and the
// folder that new migrations go to.
#pragma once

#include <cli/command.hpp>
#include <cli/new_migrations.hpp>
#include <jsonb/enforce.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migguard::cli {

struct JsonPlace {
  struct TableColumn {
    std::string name;
    std::string type;   // as type_spelling writes it; empty where it is not known
    std::string bound;  // `part of the primary key`: why nothing may be moved into it; else empty
  };

  std::unique_ptr<Project> project;
  const History* history = nullptr;  // that new migrations go to; null: its folder is new
  Tool tool = Tool::plain;
  std::string folder;
  jsonb::ColumnPlace column;
  bool table_known = false;  // migrations here make the table
  bool every_column_known = false;
  std::vector<TableColumn> columns;
  std::vector<std::string> row_key;  // the primary key, else a unique key without nulls
  std::vector<std::string> constraints, triggers, functions;  // their names
  std::vector<std::string> function_bodies;                   // of `functions`
  std::vector<std::string> validated;                         // of `constraints`
  std::vector<std::string> notices;                           // what was not checked

  const TableColumn* find(std::string_view name) const;
};

// The column that `--table` and `--column` name. Errors: the migrations show that there is no such
// table or column, that it is a view, or that the column is no JSON; several histories could take
// the files.
Result<JsonPlace> find_json_place(const Options& options, const Environment& environment);

// `order_items_metadata` of any names.
std::string snake(std::string_view name);

// A key of `column` as it leads through objects: `pricing.total`, `["a.b"].total`. Errors: it leads
// through an array, or nowhere; it is written as another language writes it (`$.price`, `/price`),
// or begins with the column.
Result<jsonb::KeyPath> object_key(const std::string& key, std::string_view column,
                                  std::string_view otherwise);

// A phase of a guard or a move as a migration of the place's tool.
MigrationText migration_text(const JsonPlace& place, const std::string& name,
                             const jsonb::Phase& phase);
// Its statements as that tool runs them: SET LOCAL says nothing outside a transaction.
std::vector<std::string> statements_for(const JsonPlace& place,
                                        std::vector<std::string> statements);

// The answer of both: files written or shown, or everything as JSON. `shown`: text where nothing is
// written; empty: the files as a diff.
Result<Answer> answer_with(const NewMigrations& files, const JsonPlace& place,
                           const std::vector<jsonb::Phase>& phases, const std::string& shown,
                           const Options& options, const Environment& environment,
                           std::vector<std::string> notices);

}  // namespace migguard::cli
