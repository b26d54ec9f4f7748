// EXCLUDE on an existing table: nobody can use it while the index is built.
#include <migguard/rule.hpp>

#include "wording.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const AddConstraint& op) {
  if (op.constraint.kind != ConstraintKind::exclusion || ctx.is_new_or_temporary(op.table)) return;
  const std::string table = to_string(op.table);
  Finding& finding =
      ctx.report(op, cat("nobody can read or write ", table, " while the exclusion index is built"))
          .because(
              "ADD EXCLUDE builds its index under ACCESS EXCLUSIVE; it can be neither NOT VALID "
              "nor built concurrently")
          .try_(cat("for a large table, make a new one with the constraint, copy the rows, and "
                    "swap the names; else keep the wait for the lock short:\nSET lock_timeout = "
                    "'2s';\nALTER TABLE ",
                    table, " ", source_of(ctx, op), ";"))
          .with("table", plain(op.table));
  if (may_be_new(ctx, op.table)) finding.as(Severity::note);
}

constexpr Example bad[] = {
    {"ALTER TABLE bookings ADD CONSTRAINT no_overlap EXCLUDE USING gist (during WITH &&);"},
    {"ALTER TABLE bookings ADD EXCLUDE USING gist (room WITH =, during WITH &&);"}};
constexpr Example good[] = {
    {"CREATE TABLE bookings (during tsrange, EXCLUDE USING gist (during WITH &&));"},
    {"CREATE TABLE b (during tsrange); ALTER TABLE b ADD EXCLUDE USING gist (during WITH &&);"}};

}  // namespace

extern constexpr Rule add_exclusion_constraint{
    .severity = Severity::error,
    .grows_with_table = true,
    .summary =
        "An exclusion constraint on an existing table blocks reads and writes while it is built",
    .why =
        "There is no NOT VALID and no concurrent form for EXCLUDE: the index is built, and every "
        "row compared, under ACCESS EXCLUSIVE. A table made by the same migration, or a temporary "
        "one, is no finding.",
    .instead =
        "Make a new table with the constraint, copy the rows in batches, swap the names in one "
        "transaction.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
