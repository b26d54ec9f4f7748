// What rules of several families ask and say alike: how a remedy can be carried out in the runner
// at hand, and which locks the transaction holds already.
#pragma once

#include <migguard/rule.hpp>

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace migguard::rules {

// The clause or statement at hand as the reader wrote it, on one line.
std::string source_of(const Context& ctx, const Node& op);
// The same of a whole statement.
std::string source_of(const Context& ctx, const Statement& statement);

// The whole statement as the reader wrote it, with a word put behind the first occurrence of
// another: CONCURRENTLY behind INDEX.
std::string with_word(const Context& ctx, const Node& op, std::string_view behind,
                      std::string_view word);

// When a statement has its turn that the tool at hand cannot run by itself.
enum class Turn : std::uint8_t {
  first,        // before the deployment
  after,        // behind it: it needs what this migration makes
  before_code,  // behind this migration, but before code that counts on it: a unique index, which
                // INSERT ... ON CONFLICT may name
};

// An imperative and SQL: how a statement that refuses transaction blocks can be run by the tool at
// hand.
std::string outside_transaction(const Context& ctx, std::string_view sql, Turn turn = Turn::first);

// Whether the table has no column of that name before this migration.
bool is_new_column(const Context& ctx, const Name& table, std::string_view column);
// The line before what uses the result of such a statement and is no such statement itself.
std::string_view behind_by_hand(const Context& ctx);

// When an index can be built: it may need what this migration makes, which is its table, one of its
// columns, or rows without duplicates.
Turn turn_of_index(const Context& ctx, const Name& table, List<Text> columns, bool unique);
Turn turn_of_index(const Context& ctx, const CreateIndex& op);
// What an index is called: the reader's name, else what it is on.
std::string index_name(const CreateIndex& op);

// What tells a row of the table apart, for batches: `id`, `(a, b)` as its primary key says, else
// `ctid`.
std::string row_key(const Context& ctx, const Name& table);

// An imperative and SQL: two steps that must not share a transaction.
std::string in_two_transactions(const Context& ctx, std::string_view imperative,
                                std::string_view first, std::string_view second);

// The primary key or unique constraint over the same columns that this migration dropped before, or
// null: renaming it would have done.
const Index* dropped_twin(const Context& ctx, const Name& table, List<Text> columns);
// An imperative and SQL: how to do without that. The names are as SQL writes them.
std::string keep_twin(const Index& twin, std::string_view table, std::string_view constraint);

// The name of a constraint: the reader's, else one as PostgreSQL would make it.
std::string constraint_name(const Name& table, const ConstraintDefinition& constraint);

// A list of names in brackets, quoted where needed: `(a, "B")`.
std::string column_list(List<Text> columns);

// Whether the table may have been made by this migration: CREATE TABLE IF NOT EXISTS of a table
// whose history is not known.
bool may_be_new(const Context& ctx, const Name& table);

// Whether the history shows every column there is, and none of the type.
bool no_column_uses(const Context& ctx, const Name& type);

// The partitioned table of that name, or null where the history shows none.
const Relation* partitioned(const Context& ctx, const Name& table);

// Whether ADD COLUMN IF NOT EXISTS finds the column, and so does nothing.
bool already_there(const Context& ctx, const AddColumn& op);

// The statements before the one at hand that are part of the same transaction block.
std::span<const Statement> earlier_in_transaction(Context& ctx);

// The first operation of the transaction before the statement at hand that holds a lock of at least
// that grip on a table that was there before the migration, or null. `table`: on that table only.
const Op* holder(Context& ctx, Grip grip, const Name* table = nullptr);

// The same of ACCESS EXCLUSIVE, unless the table is gone by now: nobody can use it any more.
const Op* standing_holder(Context& ctx);

// Whether the transaction keeps readers of the table out already, also by what an earlier statement
// did to another one: dropping a foreign key locks both of its tables.
bool readers_wait(Context& ctx, const Name& table);

// An ACCESS EXCLUSIVE lock that the transaction holds on a table which is there: on this one, else
// on any; or null. Good while the statement is at hand.
const Effects::Lock* exclusive_lock(Context& ctx, const Name& table);

// Whether a statement of the same transaction soon after the one at hand takes ACCESS EXCLUSIVE on
// the table.
bool locked_later(const Context& ctx, const Name& table);

// Some operations of the migration that follow the statement at hand: those of the next statements,
// not all of them, so that long files stay linear. Stops where `take` answers true, and says so.
bool any_soon_after(const Context& ctx, const std::function<bool(const Op&)>& take);

// Whether a DO block before the statement at hand is about the table, says all of the words, in any
// case, and raises an exception: the migration looks for itself whether it may go on.
bool stops_itself(const Context& ctx, const Name& table,
                  const std::vector<std::string_view>& words);

// Whether a BEGIN of the same file is still open before the statement at hand.
bool begun(Context& ctx);
// COMMIT, ROLLBACK, PREPARE TRANSACTION.
bool ends_transaction(const TransactionControl& op);

// Whether a setting is a limit on time: set, and not 0.
bool is_time_limit(std::string_view value);
// The first operation of the file that locks a table that was there before, when the statement at
// hand holds it: its table; else an empty name.
Name first_locked(const Context& ctx, const Statement& statement);

// What to call a relation that an operation of this migration made as `written`, behind the
// migration: as written where that still finds it.
Name name_by_now(const Context& ctx, const Relation& relation, const Name& written);

}  // namespace migguard::rules
