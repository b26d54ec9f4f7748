// The way of a key out of a JSON column into a typed one, as SQL: nothing lost, nobody blocked for
// long, and the key refused afterwards.
#pragma once

#include <jsonb/enforce.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace migguard::jsonb {

struct Move {
  ColumnPlace place;
  std::vector<std::string> key;  // `pricing`, `total`
  std::string to;                // the typed column
  std::string type;              // `numeric(12,2)`, `bigint`, `char(3)`
  bool to_exists = false;        // the column is there already
  std::vector<std::string> primary_key = {"id"};
};

// Whether values of a type can be told from texts that would not fit: `movable_types`.
bool can_move_to(std::string_view type);
inline constexpr std::string_view movable_types =
    "numeric(precision,scale), bigint, integer, smallint, text, varchar(n), char(n), boolean or "
    "uuid";

// One spelling of each type: `numeric(12,2)` of `DECIMAL( 12, 2 )`, `bigint` of `int8`.
std::string type_spelling(std::string_view type);

// Three migrations, and between the first and the second two scripts for psql, which commit as they
// go and so can stand in no migration.
struct MovePlan {
  Phase expand;    // the column, a trigger that fills it, a view of what would not fit
  Phase backfill;  // a script: fills the column in batches, and proves it
  Phase strip;     // a script, once nothing reads the key: removes it in batches
  Phase contract;  // refuses the key
  Phase validate;  // proves that no row holds it, takes the helpers away
};
MovePlan move_sql(const Move& move);

// How a history shows where a move stands: its trigger and the functions of `expand`, the
// constraint of `contract`. Names are without their schema.
struct MoveMarks {
  std::string trigger;
  std::string key_function, key_path;   // its body holds this literal: which key is moved
  std::string sync_function, document;  // its body holds this text: out of which column
  std::string constraint;
};
MoveMarks marks_of(const Move& move);

}  // namespace migguard::jsonb
