// ADD COLUMN that writes every row: what the rules about its reasons say alike.
#pragma once

#include <migguard/rule.hpp>

#include <string>

#include "wording.hpp"

namespace migguard::rules {

inline Finding& report_rewriting_column(Context& ctx, const AddColumn& op) {
  Finding& finding = ctx.report(op, cat("nobody can read or write ", to_string(op.table),
                                        " while every row and index of it is written anew"))
                         .with("table", plain(op.table))
                         .with("column", std::string(op.column.name));
  if (may_be_new(ctx, op.table)) finding.as(Severity::note);
  return finding;
}

// Lines that close the column again, where the reader's is NOT NULL, behind the batches that fill
// it; else empty.
inline std::string closed_when_full(const AddColumn& op) {
  if (!op.column.not_null) return {};
  const std::string alter = cat("\nALTER TABLE ", to_string(op.table), " ");
  const std::string name = quote_identifier(op.column.name);
  const std::string check = quote_identifier(cat(op.table.name, "_", op.column.name, "_not_null"));
  return cat("\n-- when every row has a value", alter, "ADD CONSTRAINT ", check, " CHECK (", name,
             " IS NOT NULL) NOT VALID;", alter, "VALIDATE CONSTRAINT ", check, ";", alter,
             "ALTER COLUMN ", name, " SET NOT NULL;", alter, "DROP CONSTRAINT ", check, ";");
}

// How the rows get numbers without that: an imperative and SQL.
inline std::string number_in_batches(const AddColumn& op) {
  const std::string table = to_string(op.table);
  const std::string name = quote_identifier(op.column.name);
  const std::string sequence = quote_identifier(cat(op.table.name, "_", op.column.name, "_seq"));
  return cat(
      "add a plain column, number new rows from a sequence, and the old ones in batches:\n"
      "CREATE SEQUENCE ",
      sequence, ";\nALTER TABLE ", table, " ADD COLUMN ", name, " ", op.column.type.text,
      ";\nALTER TABLE ", table, " ALTER COLUMN ", name, " SET DEFAULT nextval('", sequence,
      "');\n-- then in batches\nUPDATE ", table, " SET ", name, " = DEFAULT WHERE ", name,
      " IS NULL AND ...;", closed_when_full(op));
}

}  // namespace migguard::rules
