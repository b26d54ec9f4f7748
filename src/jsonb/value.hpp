// What the text of a JSON value says about money.
#pragma once

#include <migguard/jsonb.hpp>
#include <string_view>
#include <util/json.hpp>

namespace migguard::jsonb {

enum class Evidence : std::uint8_t {
  unknown,  // nothing is known
  null,
  number,     // a number, or a text that is one
  money,      // a text with a currency sign or code beside digits
  currency,   // a text that is an ISO 4217 code
  container,  // an object or array
  empty_container,
  other,  // a boolean, date, link, identifier or plain words: no amount
};
Evidence evidence(const ValueFacts& value);

// The digits after the decimal point of a number, 0 where there are none.
std::size_t decimals(std::string_view number);

// The facts of a parsed value. The text points into it.
ValueFacts describe(const json::Value& value);

// Whether an object holds an amount beside its currency: {"amount": "10.00", "currency": "EUR"}.
bool has_money_shape(const json::Value& value);
// Whether an object holds a currency.
bool has_currency(const json::Value& value);

// Whether member names can be the amount or the currency of a Money-shaped object.
bool names_amount(std::string_view key);
bool names_currency(std::string_view key);

}  // namespace migguard::jsonb
