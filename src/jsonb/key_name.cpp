#include <jsonb/key_name.hpp>

#include <algorithm>
#include <cstddef>
#include <migguard/jsonb.hpp>

namespace migguard::jsonb {
namespace {

bool all_digits(std::string_view token) {
  return std::all_of(token.begin(), token.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string without_digits(std::string_view token) {
  while (token.size() > 2 && token.back() >= '0' && token.back() <= '9') token.remove_suffix(1);
  return std::string(token);
}

}  // namespace

bool any(Tokens tokens, Role role) {
  return std::any_of(tokens.begin(), tokens.end(),
                     [role](const std::string& token) { return has_role(token, role); });
}

bool is_strong(std::string_view token) {
  return has_role(token, Role::strong) || ends_in_money(token);
}
bool any_strong(Tokens tokens) {
  return std::any_of(tokens.begin(), tokens.end(),
                     [](const std::string& token) { return is_strong(token); });
}

bool is_period(std::string_view token) {
  const std::size_t digits = static_cast<std::size_t>(
      std::count_if(token.begin(), token.end(), [](char c) { return c >= '0' && c <= '9'; }));
  return digits > 0 && token.size() - digits <= 2 && token.size() <= 5;
}

Around around(std::string_view path) {
  if (path.empty()) return Around::nothing;
  std::vector<std::string> steps = split_path(path);
  if (!steps.empty()) steps.pop_back();
  constexpr std::size_t most_parents = 6;
  std::size_t looked_at = 0;
  for (auto step = steps.rbegin(); step != steps.rend() && looked_at < most_parents; ++step) {
    if (step->empty() || step->front() == '[' || *step == "**") continue;
    ++looked_at;
    const std::vector<std::string> tokens = tokenize(*step);
    if (tokens.empty()) continue;
    const std::string& head = tokens.back();
    if (tokens.size() >= 2 && any(Tokens(tokens).first(tokens.size() - 1), Role::anti) &&
        (has_role(head, Role::weak) || has_role(head, Role::counting_parent))) {
      return Around::counting;
    }
    if (head == "card" && tokens.size() == 2 && tokens[0] == "rate") return Around::money_word;
    if (is_strong(head) || head == "pricing" || head == "premium" || head == "rent")
      return Around::money_word;
    if (has_role(head, Role::counting_parent)) return Around::counting;
    if (has_role(head, Role::money_parent)) {
      return head.starts_with("balance") ? Around::money_word : Around::money;
    }
    if (any_strong(tokens)) return Around::money;
  }
  return Around::nothing;
}

void take_off_marks(Name& name) {
  std::vector<std::string> kept;
  for (std::string& token : name.tokens) {
    if (token == "$" || (token.size() > 1 && static_cast<unsigned char>(token[0]) >= 0xC2 &&
                         (token == "€" || token == "£" || token == "¥" || token == "₹"))) {
      name.sign = true;
    } else if (token == "%") {
      name.percent_sign = true;
    } else if (!all_digits(token)) {
      kept.push_back(is_period(token) ? token : without_digits(token));
    }
  }
  // 60d; 31d_to_60d
  while (kept.size() > 1 &&
         (is_period(kept.back()) || (kept.back() == "to" && is_period(kept[kept.size() - 2])))) {
    kept.pop_back();
  }
  name.tokens = std::move(kept);
}

void take_off_currency_tail(Name& name) {
  std::vector<std::string>& tokens = name.tokens;
  if (tokens.size() < 3 || !has_role(tokens.back(), Role::currency)) return;
  for (std::size_t i = 1; i + 1 < tokens.size(); ++i) {
    const Tokens before = Tokens(tokens).first(i);
    if (tokens[i] == "in") {
      // paid_in_currency, quoted_in_currency: what happened, and the currency is the answer.
      const std::string& last = tokens[i - 1];
      const bool happened = last.ends_with("ed") || last == "paid" || last == "pay" ||
                            last == "sold" || last == "held" || last == "kept";
      if (happened && !any_strong(before)) return;
      name.iso = true;
    } else if (tokens[i] == "to" || tokens[i] == "from") {
      if (!any(before, Role::rate) && !any(before, Role::foreign_rate)) continue;
      name.to_currency = true;
    } else {
      continue;
    }
    tokens.resize(i);
    return;
  }
}

void cut_tail(Name& name) {
  std::vector<std::string>& tokens = name.tokens;
  for (std::size_t i = 1; i < tokens.size(); ++i) {
    const Tokens before = Tokens(tokens).first(i);
    const bool last = i + 1 == tokens.size();
    const bool money_before = is_strong(tokens[i - 1]) || has_role(tokens[i - 1], Role::weak) ||
                              has_role(tokens[i - 1], Role::rate) ||
                              has_role(tokens[i - 1], Role::qualifier);
    if (!money_before) continue;
    // Requests, frames and bytes have rates by the second; work is paid by longer units.
    if (tokens[i] == "per" && !last && (tokens[i + 1] == "second" || tokens[i + 1] == "sec") &&
        !any_strong(before)) {
      return;
    }
    if (has_role(tokens[i], Role::cut) &&
        (!last || tokens[i] == "before" || tokens[i] == "after")) {
      name.qualified = true;
      tokens.resize(i);
      return;
    }
    const Tokens after = Tokens(tokens).subspan(i + 1);
    const bool in_minor = tokens[i] == "in" && any(after, Role::minor_unit);
    // total TO BE invoiced, proceeds paid TO an attorney
    const bool to_be = tokens[i] == "to" && !last && tokens[i + 1] == "be";
    const bool to_whom =
        tokens[i] == "to" && has_role(tokens[i - 1], Role::qualifier) && any_strong(before);
    if ((tokens[i] == "to" || tokens[i] == "in") && !last &&
        (is_strong(tokens[i - 1]) || in_minor || to_be || to_whom)) {
      name.qualified = name.qualified || to_be;
      if (in_minor)
        name.minor_unit = true;
      else if (tokens[i] == "in" && any(after, Role::iso))
        name.iso = true;
      else if (tokens[i] == "in" && after[0] != "decimal" && after[0] != "units")
        continue;
      tokens.resize(before.size());
      return;
    }
  }
}

void uncover_head(Name& name) {
  std::vector<std::string>& tokens = name.tokens;
  while (tokens.size() > 1) {
    const std::string& head = tokens.back();
    const Tokens rest = Tokens(tokens).first(tokens.size() - 1);
    const bool money_rest =
        any_strong(rest) || any(rest, Role::weak) || any(rest, Role::minor_unit);
    if (has_role(head, Role::iso)) {
      name.iso = true;
    } else if (is_period(head)) {
      // nothing to learn
    } else if ((head == "unit" || head == "units") && has_role(rest.back(), Role::minor_unit)) {
      // amount_minor_units
    } else if (has_role(head, Role::minor_unit) && money_rest) {
      name.minor_unit = true;
    } else if (has_role(head, Role::qualifier) && any_strong(rest) && !is_strong(head) &&
               !has_role(rest.back(), Role::negative)) {
      name.qualified = true;
    } else if (has_role(head, Role::qualifier) && !is_strong(head) && !has_role(head, Role::weak) &&
               (has_role(rest.back(), Role::weak) ||
                (has_role(rest.back(), Role::qualifier) && any(rest, Role::spoken_for)))) {
      name.qualified = true;
    } else {
      return;
    }
    tokens.pop_back();
  }
}

}  // namespace migguard::jsonb
