// The name of a key as words, without what does not change its meaning, and what the objects around
// it are about.
#pragma once

#include <jsonb/words.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace migguard::jsonb {

using Tokens = std::span<const std::string>;

bool any(Tokens tokens, Role role);
bool is_strong(std::string_view token);
bool any_strong(Tokens tokens);
// 60d, 12m, 1y, p10, v2, l1m: which period, percentile or version, not what.
bool is_period(std::string_view token);

// What the object around a key is about.
enum class Around : std::uint8_t { nothing, counting, money, money_word };

// By the nearest parent that says anything.
Around around(std::string_view path);

struct Name {
  std::vector<std::string> tokens;  // the head is the last
  bool minor_unit = false;
  bool iso = false;   // its currency is named, or that it is in one
  bool sign = false;  // a currency sign: `Total ($)`
  bool percent_sign = false;
  bool qualified = false;    // paid, due, max ... stood behind the head
  bool to_currency = false;  // a rate TO a currency
};

// Digits and signs.
void take_off_marks(Name& name);
// value IN base currency, rate TO local currency: the head stands before.
void take_off_currency_tail(Name& name);
// How it is measured: price PER night, total INCL tax, amount TO confirm, price IN cents.
void cut_tail(Name& name);
// Currencies, minor units and qualifiers off the end while money remains before them.
void uncover_head(Name& name);

}  // namespace migguard::jsonb
