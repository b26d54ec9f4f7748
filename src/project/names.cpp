// Numbers, collation and rollback words in the names of migration files.
#include <algorithm>
#include <array>
#include <cstdint>
#include <project/names.hpp>
#include <util/text.hpp>

namespace migguard::project {
namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view without_leading_zeros(std::string_view digits) {
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
  return digits;
}

// The order of ASCII in the root collation of CLDR (allkeys_CLDR.txt), letters folded: characters
// with the same rank differ in case only. Control characters are ignored there; here they come
// first.
constexpr std::array<std::uint16_t, 256> collation_ranks() {
  std::array<std::uint16_t, 256> ranks{};
  constexpr std::string_view punctuation = "\t\n\v\f\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$";
  std::uint16_t next = 40;
  for (char c : punctuation) ranks[static_cast<unsigned char>(c)] = next++;
  for (char c = '0'; c <= '9'; ++c) ranks[static_cast<unsigned char>(c)] = next++;
  for (char c = 'a'; c <= 'z'; ++c) {
    ranks[static_cast<unsigned char>(c)] = next;
    ranks[static_cast<unsigned char>(c - 'a' + 'A')] = next++;
  }
  for (std::size_t byte = 0x80; byte < 0x100; ++byte) {
    ranks[byte] = static_cast<std::uint16_t>(byte + 0x100);
  }
  for (std::uint16_t byte = 0; byte < 0x80; ++byte) {
    if (ranks[byte] == 0) ranks[byte] = byte == 0x7f ? 39 : byte;
  }
  return ranks;
}
constexpr auto ranks = collation_ranks();

std::uint16_t rank(char c) { return ranks[static_cast<unsigned char>(c)]; }

constexpr std::array<std::string_view, 4> rollback_words = {"down", "revert", "rollback", "undo"};
constexpr std::array<std::string_view, 6> rollback_folders = {"down",     "revert",    "reverts",
                                                              "rollback", "rollbacks", "undo"};

}  // namespace

std::string_view leading_digits(std::string_view name) {
  const auto end = std::find_if_not(name.begin(), name.end(), is_digit);
  return name.substr(0, static_cast<std::size_t>(end - name.begin()));
}

int compare_numbers(std::string_view a, std::string_view b) {
  a = without_leading_zeros(a);
  b = without_leading_zeros(b);
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  const int order = a.compare(b);
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

bool numbered_before(std::string_view a, std::string_view b) {
  const int order = compare_numbers(leading_digits(a), leading_digits(b));
  return order != 0 ? order < 0 : a < b;
}

bool locale_before(std::string_view a, std::string_view b) {
  const std::size_t common = std::min(a.size(), b.size());
  for (std::size_t i = 0; i < common; ++i) {
    if (rank(a[i]) != rank(b[i])) return rank(a[i]) < rank(b[i]);
  }
  if (a.size() != b.size()) return a.size() < b.size();
  // Equal but for case: lower case first, which is the reverse of byte order.
  return a > b;
}

bool is_sql(std::string_view name) {
  constexpr std::string_view ending = ".sql";
  return name.size() > ending.size() &&
         (name.ends_with(ending) ||
          starts_with_ignoring_case(name.substr(name.size() - ending.size()), ending));
}

std::string_view sql_stem(std::string_view name) {
  return is_sql(name) ? name.substr(0, name.size() - 4) : name;
}

bool is_dump_or_seed(std::string_view name) {
  return name == "schema.sql" || name == "structure.sql" || name == "seed.sql" ||
         name == "seeds.sql";
}

bool is_rollback_name(std::string_view name) {
  const std::string_view stem = sql_stem(name);
  for (std::size_t begin = 0; begin <= stem.size();) {
    const auto end = static_cast<std::size_t>(
        std::find_if(stem.begin() + static_cast<std::ptrdiff_t>(begin), stem.end(),
                     [](char c) { return c == '.' || c == '_' || c == '-'; }) -
        stem.begin());
    const std::string_view part = stem.substr(begin, end - begin);
    for (const std::string_view word : rollback_words)
      if (part.size() == word.size() && starts_with_ignoring_case(part, word)) return true;
    begin = end + 1;
  }
  return false;
}

bool is_rollback_folder(std::string_view name) {
  return std::binary_search(rollback_folders.begin(), rollback_folders.end(), to_lower(name));
}

bool is_conventional_rollback(std::string_view name) {
  const std::string lower = to_lower(name);
  return lower == "down.sql" || lower.ends_with(".down.sql");
}

}  // namespace migguard::project
