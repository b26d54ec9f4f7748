// What an operation does to a live server: the locks it takes and who waits for them, what it
// rewrites, reads whole and builds, what it waits for itself, and what makes it fail.
//
// The answers were measured on PostgreSQL 15, 17 and 18; those for 12 to 14 and 16 follow their
// sources.
#pragma once

#include <cstdint>
#include <migguard/op.hpp>
#include <migguard/text.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace migguard {

// Table-level lock modes, weakest first (src/include/storage/lockdefs.h).
enum class LockMode : std::uint8_t {
  access_share,
  row_share,
  row_exclusive,
  share_update_exclusive,
  share,
  share_row_exclusive,
  exclusive,
  access_exclusive
};
// As pg_locks spells it: `AccessExclusiveLock`.
std::string_view to_string(LockMode mode);
// As LOCK TABLE spells it: `ACCESS EXCLUSIVE`.
std::string_view sql_name(LockMode mode);
// Whether SELECT, respectively INSERT, UPDATE and DELETE, wait until it is released.
constexpr bool blocks_reads(LockMode mode) { return mode == LockMode::access_exclusive; }
constexpr bool blocks_writes(LockMode mode) { return mode >= LockMode::share; }

// A relation by its own schema and name, which stay good when the schema moves on.
struct RelationName {
  std::string schema;
  std::string name;
  Name full_name() const { return {schema, name}; }
  friend bool operator==(const RelationName& a, const RelationName& b) = default;
  // Of a Relation, or of any name that is resolved.
  bool is(const Name& other) const { return other.schema == schema && other.name == name; }
};

struct Effects {
  struct Lock {
    RelationName relation;  // a table, view, sequence or index that was there before the statement
    LockMode mode = LockMode::access_exclusive;
    std::string why;     // a few words: `the referenced table`
    RelationName table;  // of an index: its table; of anything else: `relation`
  };
  struct Work {
    RelationName relation;  // a table or materialized view; for index work the index
    std::string why;        // a few words: `to find rows with NULL in amount`
    RelationName table;     // of an index: its table; of anything else: `relation`
  };
  // Statements of running code that wait. A reader waits for ACCESS EXCLUSIVE on an index of the
  // table too: the planner opens every index.
  struct Blocked {
    RelationName table;
    bool reads = false;
    bool writes = false;
  };
  // What must end before it can finish, beyond the locks it asks for.
  enum class WaitsFor : std::uint8_t {
    writers,        // transactions that write to the table
    table_users,    // transactions that use the table in any way
    old_snapshots,  // transactions anywhere in the database that took their snapshot before it
  };

  // What kind of reason makes it fail outright.
  enum class Failure : std::uint8_t {
    none,
    refused,    // the schema as it stands does not allow it
    depended,   // a view, key, policy or the like is built on what it drops or changes
    rows,       // only where the table has a row
    old_server  // a later major version allows it
  };

  std::vector<Lock> locks;           // the strongest of each relation, in the order they are taken
  std::vector<Work> rewrites;        // heaps written anew
  std::vector<Work> scans;           // tables of which every row is read
  std::vector<Work> index_builds;    // new indexes on rows that are there
  std::vector<Work> index_rebuilds;  // indexes that were there and are built again
  std::vector<Blocked> blocks;       // follows from `locks`
  std::vector<WaitsFor> waits_for;
  // It refuses to run in a transaction block, or in one with what the migration did before it;
  // then the second says why, in a few words.
  bool fails_in_transaction = false;
  std::string fails_in_transaction_because;
  std::string fails;  // why it cannot succeed at all; empty where it can, or may
  Failure failure = Failure::none;
  bool known = true;  // false: the files do not tell enough, and this is the worst case

  // By resolved name (Relation::full_name, Schema::resolve); null or false where there is none.
  const Lock* lock(const Name& relation) const;
  bool rewrites_table(const Name& table) const;
  bool scans_table(const Name& table) const;  // a rewrite reads every row, too
  bool builds_index_on(const Name& table) const;
  bool blocks_reads(const Name& table) const;
  bool blocks_writes(const Name& table) const;
  bool waits(WaitsFor what) const;
};

}  // namespace migguard
