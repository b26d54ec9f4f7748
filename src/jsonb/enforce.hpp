// SQL that keeps money out of a JSON column: the constraint or trigger that refuses it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace migguard::jsonb {

// A JSON column as SQL names it.
struct ColumnPlace {
  std::string schema = "public";
  std::string table;
  std::string column;
  bool cast = false;  // `json`, or not known to be `jsonb`: a cast stands before every operator
};

// How a key is refused, with what it costs a row (measured; docs/jsonb.md).
enum class GuardForm : std::uint8_t {
  flat,     // CHECK on the document's own keys
  nested,   // CHECK on keys at any depth
  trigger,  // the same, with an error of its own, and only where the column is written
};

// The names that lead to a key of nested objects: `pricing`, `total`.
using KeyPath = std::vector<std::string>;

// Statements that belong in one migration.
struct Phase {
  std::string name;                     // `guard`, `validate`
  std::string summary;                  // one line for people
  std::vector<std::string> statements;  // without their semicolons
  std::vector<std::string> undo = {};   // what takes them back
};

// The keys a guard refuses where the project names none: what hand-written lists of teams hold, as
// they are spelt in snake and in camel case.
const std::vector<KeyPath>& usual_money_keys();

// What an earlier revision of the guard left in the database.
struct EarlierGuard {
  unsigned revision = 0;
  bool constraint = true, trigger = true, function = true;
  bool certain = false;  // seen in migrations; else each is dropped where it is there
};

// `revision` ends the names of what is made: a changed list of keys is a new constraint, because
// PostgreSQL checks no old row again when a function changes. The earlier ones go in the same
// migration, behind the new one.
std::vector<Phase> guard_sql(const ColumnPlace& place, const std::vector<KeyPath>& keys,
                             GuardForm form, unsigned revision,
                             const std::vector<EarlierGuard>& earlier = {});

// Names of what a guard makes, without their schema.
std::string guard_constraint_name(const ColumnPlace& place, unsigned revision);
std::string guard_function_name(const ColumnPlace& place, unsigned revision);
std::string guard_trigger_name(const ColumnPlace& place, unsigned revision);

// `"public"."quotes"` as little quoted as PostgreSQL allows; always with its schema.
std::string qualified(const ColumnPlace& place);

// A name of at most 63 bytes from parts joined by `_`; of a longer one the first parts are cut.
std::string object_name(const std::vector<std::string>& parts);

// A phase as a script: each statement with a semicolon.
std::string to_script(const Phase& phase);
// The same for psql alone, which then stops at the first statement that fails.
std::string to_psql_script(const Phase& phase);

}  // namespace migguard::jsonb
