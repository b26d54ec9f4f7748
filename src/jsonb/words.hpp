// The classifier's vocabulary: which words speak of money, and which take it back.
#pragma once

#include <cstdint>
#include <string_view>

namespace migguard::jsonb {

// What a token can mean in a key. A word may have several roles; classify.cpp decides by its place.
enum class Role : std::uint8_t {
  strong,               // money wherever it is the head: price, amount, tax
  weak,                 // money beside a word of the trade: total, rate, balance
  rate,                 // a proportion where a money word stands beside it: percent, pct
  currency,             // names a currency
  foreign_rate,         // a rate in languages that put the head first: taux, tasa
  negative,             // as the head of a key, none of its money matters: id, type, status
  lead,                 // as the first word, makes a flag of it: is, has, show
  qualifier,            // after a money word, leaves it money: paid, due, max
  cut,                  // ends the head: price PER night, total INCL tax
  context,              // of the trade: makes a weak word money (order_total, hourly_rate)
  anti,                 // makes a weak word something else (heart_rate, photo_credit)
  money_parent,         // bare weak words beneath it are money
  counting_parent,      // bare weak words beneath it are counts or measures
  minor_unit,           // cents, pence, micros
  coin,                 // of these, those that nothing else is called
  iso,                  // an ISO 4217 code that is no English word
  setting,              // before a currency: a preference, not the currency of an amount
  business,             // quantity, status, sku: for the opt-in pack
  count,                // of these, the numbers
  exchange,             // beside `rate`: a price of a currency
  moment,               // before `balance`: what an account held then (ending_balance)
  flow,                 // before `volume`: what moves is money (payment_volume)
  fine,                 // beside it an amount is finer than cents: price of a unit, cost of a token
  head_first,           // in languages that put the head first: importe, montant
  head_first_negative,  // such heads that are no money: tipo, modalita
  spoken_for,           // amounts beside a number, whatever stands before them: spend, deduction
  effort,               // beside `cost`: what an algorithm spends (hash_cost, path_cost)
  toggle,               // behind `to`: which ones, not how much (taxes_to_enable)
};

bool has_role(std::string_view token, Role role);

// Whether the upper-case text is an ISO 4217 code.
bool is_iso_currency(std::string_view code);

// A token that is two dictionary words in one (`unitprice`): the length of the first, or 0.
std::size_t compound_split(std::string_view token);

// A token that ends in a money word of a language that glues its nouns (`versandkosten`).
bool ends_in_money(std::string_view token);

// The same for rates (`steuersatz`, `wechselkurs`).
bool ends_in_rate(std::string_view token);

// A key in a script without spaces, or with inflected words: looked for as a substring.
enum class Script : std::uint8_t { none, amount, rate, currency, negative };
Script script_word(std::string_view key);

// A negative head that is money all the same (`credit_limit`).
bool is_money_limit(std::string_view before, std::string_view head);

}  // namespace migguard::jsonb
