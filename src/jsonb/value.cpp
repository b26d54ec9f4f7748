// Evidence from values: amounts as text, currency codes, Money-shaped objects.
#include <jsonb/value.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>

#include <jsonb/words.hpp>

namespace migguard::jsonb {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }

// 12, -0.50, 1,234.50, 12,50, 1e3
bool is_number(std::string_view text) {
  std::size_t at = 0;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
  bool digits = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (digit(c))
      digits = true;
    else if (c == '.' || c == ',')
      continue;
    else if ((c == 'e' || c == 'E') && digits && at + 1 < text.size()) {
      const std::size_t sign = text[at + 1] == '-' || text[at + 1] == '+' ? 2 : 1;
      return at + sign < text.size() &&
             std::all_of(text.begin() + static_cast<std::ptrdiff_t>(at + sign), text.end(), digit);
    } else
      return false;
  }
  return digits;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// "$12.30", "AUD 10.00", "€ 9,99", "¥1200", "12.50 EUR", "$5k-$10k"
bool is_money_text(std::string_view text) {
  constexpr std::array<std::string_view, 12> signs = {"$", "€", "£", "¥",  "₹",  "₽",
                                                      "₩", "₺", "₫", "R$", "kr", "zł"};
  constexpr std::size_t longest_amount = 40;
  if (text.size() > longest_amount || std::none_of(text.begin(), text.end(), digit)) return false;
  const auto amount_follows = [](std::string_view rest) {
    rest = trimmed(rest);
    if (!rest.empty() && rest.front() == '-') rest.remove_prefix(1);
    return !rest.empty() && digit(rest.front());
  };
  const auto is_amount = [](std::string_view rest) { return is_number(trimmed(rest)); };
  if (!text.empty() && text.front() == '-') text.remove_prefix(1);
  for (const std::string_view sign : signs) {
    if (text.starts_with(sign) && amount_follows(text.substr(sign.size()))) return true;
    if (text.ends_with(sign) && is_amount(text.substr(0, text.size() - sign.size()))) return true;
  }
  if (text.size() < 4) return false;
  return (is_iso_currency(text.substr(0, 3)) && is_amount(text.substr(3))) ||
         (is_iso_currency(text.substr(text.size() - 3)) &&
          is_amount(text.substr(0, text.size() - 3)));
}

}  // namespace

Evidence evidence(const ValueFacts& value) {
  switch (value.kind) {
    case JsonValueKind::unknown:
      return value.numeric_use ? Evidence::number : Evidence::unknown;
    case JsonValueKind::null:
      return Evidence::null;
    case JsonValueKind::boolean:
      return Evidence::other;
    case JsonValueKind::number:
      return Evidence::number;
    case JsonValueKind::object:
      return Evidence::container;
    case JsonValueKind::array:
      switch (value.element) {
        case JsonValueKind::number:
          return Evidence::number;
        case JsonValueKind::text:
        case JsonValueKind::boolean:
          return Evidence::other;
        case JsonValueKind::null:
          return Evidence::empty_container;
        default:
          return Evidence::container;
      }
    case JsonValueKind::text:
      break;
  }
  const std::string_view text = trimmed(value.text);
  if (is_number(text)) return Evidence::number;
  // 15%
  if (text.size() > 1 && text.back() == '%' &&
      is_number(trimmed(text.substr(0, text.size() - 1)))) {
    return Evidence::number;
  }
  if (is_money_text(text)) return Evidence::money;
  if (is_iso_currency(text)) return Evidence::currency;
  return Evidence::other;
}

std::size_t decimals(std::string_view number) {
  const std::size_t exponent = number.find_first_of("eE");
  const std::size_t point = number.find('.');
  std::size_t places = 0;
  if (point != std::string_view::npos) {
    std::size_t end = point + 1;
    while (end < number.size() && digit(number[end])) ++end;
    places = end - point - 1;
  }
  if (exponent == std::string_view::npos || exponent + 1 >= number.size()) return places;
  // 1.5e-6 has seven
  const bool smaller = number[exponent + 1] == '-';
  std::size_t power = 0;
  constexpr std::size_t largest = 400;  // what a double can hold
  for (std::size_t at = exponent + 1; at < number.size() && power < largest; ++at) {
    if (digit(number[at])) power = power * 10 + static_cast<std::size_t>(number[at] - '0');
  }
  if (smaller) return places + power;
  return places > power ? places - power : 0;
}

bool names_amount(std::string_view key) {
  const std::vector<std::string> tokens = tokenize(key);
  if (tokens.empty() || tokens.size() > 3) return false;
  const std::string& head = tokens.back();
  return head == "amount" || head == "value" || head == "amt" || head == "units" ||
         has_role(head, Role::minor_unit) || (tokens.front() == "amount" && tokens.size() == 2) ||
         has_role(head, Role::strong);
}

bool names_currency(std::string_view key) {
  const std::vector<std::string> tokens = tokenize(key);
  if (tokens.empty()) return false;
  return has_role(tokens.back(), Role::currency) ||
         (tokens.size() == 2 && has_role(tokens.front(), Role::currency) &&
          tokens.back() == "code");
}

bool has_currency(const json::Value& value) {
  return value.is_object() &&
         std::any_of(value.members.begin(), value.members.end(), [](const json::Member& member) {
           return names_currency(member.key) &&
                  (!member.value.is_string() || is_iso_currency(member.value.text));
         });
}

bool has_money_shape(const json::Value& value) {
  constexpr std::size_t largest =
      6;  // a Money object has few members; a document with an amount is not one
  if (!value.is_object() || value.members.size() > largest) return false;
  return has_currency(value) &&
         std::any_of(value.members.begin(), value.members.end(), [](const json::Member& member) {
           return (member.value.is_number() || member.value.is_string()) &&
                  names_amount(member.key);
         });
}

ValueFacts describe(const json::Value& value) {
  ValueFacts facts;
  const auto kind_of = [](const json::Value& each) {
    switch (each.kind) {
      case json::Kind::null:
        return JsonValueKind::null;
      case json::Kind::boolean:
        return JsonValueKind::boolean;
      case json::Kind::number:
        return JsonValueKind::number;
      case json::Kind::string:
        return JsonValueKind::text;
      case json::Kind::array:
        return JsonValueKind::array;
      case json::Kind::object:
        return JsonValueKind::object;
    }
    return JsonValueKind::unknown;
  };
  facts.kind = kind_of(value);
  if (value.is_string() || value.is_number()) facts.text = value.text;
  if (value.is_array())
    facts.element = value.items.empty() ? JsonValueKind::null : kind_of(value.items.front());
  facts.money_shape = has_money_shape(value);
  return facts;
}

}  // namespace migguard::jsonb
