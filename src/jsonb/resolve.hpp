// The column of a JSON key, resolved through the schema and weighed by its name.
#pragma once

#include <migguard/jsonb.hpp>
#include <migguard/schema.hpp>
#include <optional>
#include <string>

namespace migguard::jsonb {

struct GuardedColumn {
  std::string text;                    // `quotes.metadata`
  Name table;                          // as the operation names it
  const Relation* relation = nullptr;  // where the history shows it
  Level level = Level::high;           // by the column's tier
  std::string money_name;              // the column's, where that is money: what is in it is, too
  Level attribution = Level::high;     // how sure it is that this is the column
};

// None where the column is not guarded, is no JSON, or cannot be told.
std::optional<GuardedColumn> guarded_column(const Context& ctx, const JsonKey& key);

// What is to be said of a value below a guarded column.
std::optional<JsonVerdict> judge_value(const Context& ctx, const GuardedColumn& column,
                                       std::string_view key, std::string_view path,
                                       const ValueFacts& facts);

}  // namespace migguard::jsonb
