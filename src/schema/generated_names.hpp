// The names PostgreSQL makes up for what a migration leaves unnamed: `t_pkey`, `t_a_b_idx`,
// `t_check1`.
#pragma once

#include <migguard/op.hpp>
#include <migguard/text.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace migguard::schema {

inline constexpr std::size_t longest_name = 63;  // NAMEDATALEN - 1

// makeObjectName in src/backend/commands/indexcmds.c: `name1_name2_label` in at most 63 bytes, the
// longer of the two names cut first and never inside a character. No `name2`: `name1_label`.
std::string make_object_name(std::string_view name1, std::string_view name2,
                             std::string_view label);
// The same into a text that there is already: nearly every column and table has such names.
void make_object_name(std::string& name, std::string_view name1, std::string_view name2,
                      std::string_view label);

// ChooseIndexNameAddition: the column names joined by `_`.
std::string name_addition(List<Text> columns);

// ChooseIndexColumnNames: what the columns of an index are called in it, expressions after their
// outermost function, column or type, else `expr`; made unique by numbers. INCLUDE columns take
// part.
std::vector<std::string> index_column_names(List<IndexColumn> columns, List<Text> include);

// ChooseRelationName and ChooseConstraintName: `t_a_key`, `t_a_key1`, ... until one is not taken.
// `pass`: the number to begin with, and the one found.
template <class Taken>
std::string choose_name(std::string_view name1, std::string_view name2, std::string_view label,
                        unsigned& pass, Taken taken) {
  while (true) {
    std::string name =
        make_object_name(name1, name2, pass == 0 ? std::string(label) : cat(label, pass));
    if (!taken(name)) return name;
    ++pass;
  }
}
template <class Taken>
std::string choose_name(std::string_view name1, std::string_view name2, std::string_view label,
                        Taken taken) {
  unsigned pass = 0;
  return choose_name(name1, name2, label, pass, taken);
}

}  // namespace migguard::schema
