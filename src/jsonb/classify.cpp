// Whether a JSON key holds money: the head of the name decides, its neighbours, parents and value
// confirm or deny.
#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <migguard/jsonb.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <jsonb/key_name.hpp>
#include <jsonb/value.hpp>
#include <jsonb/words.hpp>

namespace migguard::jsonb {
namespace {

class Judgement {
 public:
  Judgement(std::string_view key, std::string_view path, const ValueFacts& value)
      : key_(key), path_(path), value_(value), evidence_(evidence(value)) {}

  Classification run() {
    if (value_.money_shape) {
      note("value=money object");
      return found(Level::high, Class::amount);
    }
    if (value_.kind == JsonValueKind::boolean) return nothing("value=boolean");
    name_.tokens = tokenize(key_);
    take_off_marks(name_);
    if (name_.tokens.empty()) return nothing("no words");
    if (const std::optional<Classification> done = other_script()) return *done;
    take_off_currency_tail(name_);
    if (const std::optional<Classification> done = currency_key()) return *done;
    const Classification result = by_head();
    return result.level == Level::none ? business(result) : result;
  }

 private:
  const std::string& head() const { return name_.tokens.back(); }
  Tokens before_head() const { return Tokens(name_.tokens).first(name_.tokens.size() - 1); }
  Around parents() {
    if (!around_) around_ = around(path_);
    return *around_;
  }
  void note(std::string text) { notes_.push_back(std::move(text)); }

  std::optional<Classification> other_script() {
    if (std::none_of(key_.begin(), key_.end(),
                     [](char c) { return static_cast<unsigned char>(c) >= 0x80; }))
      return {};
    const Script script = script_word(key_);
    if (script == Script::none) return {};
    if (script == Script::negative) return nothing("head=not money");
    note("word=other script");
    if (script == Script::currency) return currency(Level::medium);
    return amount(Level::high, script == Script::rate ? Class::rate : Class::amount);
  }

  Classification currency(Level level) {
    if (evidence_ == Evidence::currency || evidence_ == Evidence::unknown ||
        evidence_ == Evidence::null) {
      if (evidence_ == Evidence::currency) note("value=ISO 4217 code");
      return found(level, Class::currency);
    }
    return evidence_ == Evidence::container || evidence_ == Evidence::empty_container
               ? found(Level::low, Class::currency)
               : nothing("value=no currency");
  }

  std::optional<Classification> currency_key() {
    const std::vector<std::string>& tokens = name_.tokens;
    const bool code = tokens.size() >= 2 && (tokens.back() == "code" || tokens.back() == "iso");
    const std::string& head = code ? tokens[tokens.size() - 2] : tokens.back();
    const bool cur = code && head == "cur";
    if (!has_role(head, Role::currency) && !cur) {
      // codeDeviseFacture: the value says so
      const bool among = evidence_ == Evidence::currency && any(tokens, Role::currency) &&
                         !has_role(tokens.back(), Role::strong);
      if (!among) return {};
      note("word=currency");
      return currency(Level::medium);
    }
    if (tokens.size() > 1 && has_role(tokens.front(), Role::lead)) return nothing("lead=flag");
    note(cat("head=", head));
    const bool setting = has_role(tokens.front(), Role::setting) && tokens.size() > 1;
    return currency(setting ? Level::low : Level::medium);
  }

  Classification by_head() {
    const std::vector<std::string> whole = name_.tokens;
    if (whole.size() > 1 && has_role(whole.front(), Role::lead)) return nothing("lead=flag");
    // invoice_requires_payment: a sentence, answered by yes or no.
    for (const std::string_view verb :
         {"include", "requires", "allows", "supports", "reduces", "affects"}) {
      if (std::find(whole.begin(), whole.end(), verb) != whole.end())
        return nothing(cat("verb=", verb));
    }
    // The last word as it stands, before any tail is cut: `refund_by`, `price_effective_from`,
    // `amount_of_items`.
    if (const auto of = std::find(whole.begin(), whole.end(), "of");
        of != whole.end() && of != whole.begin()) {
      const std::size_t at = static_cast<std::size_t>(of - whole.begin());
      if (whole[at - 1] == "amount" || whole[at - 1] == "total" ||
          has_role(whole[at - 1], Role::negative)) {
        const bool counted = has_role(whole[at - 1], Role::negative);
        const Tokens things = Tokens(whole).subspan(at + 1);
        if (counted || (!any_strong(things) && !any(things, Role::weak)))
          return nothing("of=things");
      }
      if (at + 1 < whole.size() && at > 0 && is_strong(whole[at - 1])) name_.tokens.resize(at);
    }
    // The head stands before `with`: days_with_negative_balance.
    if (const auto with = std::find(whole.begin(), whole.end(), "with");
        with != whole.end() && with != whole.begin()) {
      const Tokens before(whole.data(), static_cast<std::size_t>(with - whole.begin()));
      if (!any_strong(before) && !any(before, Role::weak)) return nothing("with=things");
    }
    if (whole.size() > 2 && whole[0] == "subject" && whole[1] == "to") return nothing("to=rule");
    for (std::size_t i = 1; i + 1 < whole.size(); ++i) {
      if (whole[i] == "to" && has_role(whole[i + 1], Role::toggle)) return nothing("to=choose");
    }
    // A money shape came before; an unsplit number of words (`credit_limit`) has its own list.
    if (whole.size() >= 2 && is_money_limit(whole[whole.size() - 2], whole.back())) {
      note(cat("head=", whole[whole.size() - 2], " limit"));
      return amount(Level::high, Class::amount);
    }
    if (const std::optional<Classification> done = head_first()) return *done;
    cut_tail(name_);
    if (head() == "volume" && any(before_head(), Role::flow) && !any(before_head(), Role::anti)) {
      note("head=volume of money");
      return amount(Level::medium, Class::amount);
    }
    if (is_negative(head())) {
      note(cat("head=", head()));
      return nothing("");
    }
    uncover_head(name_);
    if (is_negative(head())) return nothing("");
    if (ends_in_rate(head())) {
      note(cat("head=", head()));
      return amount(Level::high, Class::rate);
    }
    if (is_strong(head()) || has_role(head(), Role::minor_unit)) return strong_head();
    if (has_role(head(), Role::rate) || name_.percent_sign) return rate_head();
    if (has_role(head(), Role::weak)) return weak_head();
    return unknown_head();
  }

  // `item`, `unit` and `line` end a name as negative heads (`budget_line`), but are words of the
  // trade before one.
  bool is_negative(const std::string& token) const {
    if (token == "unit" || token == "units") return name_.tokens.size() > 1;
    if (!has_role(token, Role::negative)) return false;
    return !is_strong(token);
  }

  // taux_tva, tasa_iva, tipo_cambio; precio_unitario, montant_ttc; modalita_pagamento.
  std::optional<Classification> head_first() {
    const std::vector<std::string>& tokens = name_.tokens;
    if (tokens.size() < 2) return {};
    const std::string& first = tokens.front();
    const Tokens rest = Tokens(tokens).subspan(1);
    if (has_role(first, Role::foreign_rate) &&
        (any_strong(rest) || any(rest, Role::exchange) || first.starts_with("ali"))) {
      note(cat("head=", first));
      return amount(Level::high, Class::rate);
    }
    if (has_role(first, Role::head_first) && !has_role(tokens.back(), Role::negative)) {
      note(cat("head=", first));
      return amount(Level::high, Class::amount);
    }
    const bool foreign = has_role(tokens.back(), Role::head_first) || tokens.back() == "tva" ||
                         tokens.back() == "iva";
    if (foreign && has_role(first, Role::head_first_negative)) return nothing(cat("head=", first));
    return {};
  }

  Classification strong_head() {
    const bool minor = has_role(head(), Role::minor_unit);
    name_.minor_unit = name_.minor_unit || minor;
    if (minor && name_.tokens.size() > 1 && !money_before()) {
      return amount(Level::low, Class::amount);
    }
    // A bare `cents` is money; `minor` and `micros` are a version and a time as well.
    if (minor && name_.tokens.size() == 1 && !has_role(head(), Role::coin) &&
        parents() < Around::money && !value_.sibling_currency) {
      return amount(Level::low, Class::amount);
    }
    // hash_cost, path_cost: of an algorithm, not of what is bought.
    if ((head() == "cost" || head() == "costs") && any(before_head(), Role::effort) &&
        !any_strong(before_head()) && !any(before_head(), Role::context)) {
      return nothing("modifier=not money");
    }
    note(cat("head=", head()));
    if (head() == "cost" && parents() == Around::counting && name_.tokens.size() == 1) {
      return nothing("parent=counting");
    }
    const bool proportion = head() == "apr" || head() == "apy" || head() == "markup";
    return amount(Level::high, proportion ? Class::rate : Class::amount);
  }

  bool money_before() const {
    return any_strong(before_head()) || any(before_head(), Role::context) ||
           any(before_head(), Role::weak);
  }

  Classification rate_head() {
    const bool rate_word = has_role(head(), Role::weak);                           // `rate` itself
    const bool rise = !before_head().empty() && before_head().back() == "change";  // a change rate
    if ((any(before_head(), Role::exchange) && !rise) || any_strong(before_head()) ||
        name_.to_currency) {
      note(cat("head=", head(), " of money"));
      return amount(Level::high, Class::rate);
    }
    if (rate_word) return weak_head();
    if (any(before_head(), Role::weak) && !any(before_head(), Role::anti)) {
      note(cat("head=", head()));
      const bool choices = evidence_ == Evidence::container || value_.kind == JsonValueKind::array;
      return amount(choices ? Level::low : Level::medium, Class::rate);
    }
    if (parents() == Around::money_word) return amount(Level::medium, Class::rate);
    return nothing("");
  }

  Classification weak_head() {
    const Class kind = has_role(head(), Role::rate) ? Class::rate : Class::amount;
    note(cat("head=", head()));
    const Tokens modifiers = before_head();
    const bool currency_named = name_.iso || name_.sign || name_.minor_unit;
    if (any_strong(modifiers) || currency_named) return amount(Level::high, Class::amount);
    if (any(modifiers, Role::iso)) return amount(Level::high, Class::amount);
    if ((head() == "balance" || head() == "margin") && !modifiers.empty() &&
        all_moments(modifiers)) {
      if (parents() == Around::counting) return nothing("parent=counting");
      note("modifier=moment");
      return amount(Level::medium, Class::amount);
    }
    // max_payments_per_month: how many.
    if (!modifiers.empty() && head().ends_with('s') && !has_role(head(), Role::rate) &&
        (modifiers.back().starts_with("max") || modifiers.back().starts_with("min")) &&
        !any_strong(modifiers)) {
      return nothing("modifier=how many");
    }
    if (any(modifiers, Role::anti) && !money_modifier(modifiers))
      return nothing("modifier=not money");
    // days_until_due, hours_paid: how long.
    if (!modifiers.empty() && has_role(head(), Role::qualifier) && is_time(modifiers.front()))
      return nothing("of=time");
    if (!modifiers.empty() && !any(modifiers, Role::context) && parents() == Around::counting)
      return nothing("parent=counting");
    if (money_modifier(modifiers)) {
      note("modifier=trade");
      const bool holds_parts = evidence_ == Evidence::container && head() == "values";
      return amount(holds_parts ? Level::low : Level::medium, Class::amount);
    }
    const bool number = evidence_ == Evidence::number || evidence_ == Evidence::money;
    if (number && has_role(head(), Role::spoken_for) && !head().ends_with('s') &&
        parents() != Around::counting) {
      return amount(Level::medium, kind);
    }
    if (!modifiers.empty() && !name_.qualified && !all_weak(modifiers)) {
      return parents() == Around::money_word ? amount(Level::medium, kind)
                                             : amount(Level::low, kind);
    }
    switch (parents()) {
      case Around::money:
      case Around::money_word:
        note("parent=money");
        return amount(Level::high, kind);
      case Around::counting:
        return nothing("parent=counting");
      case Around::nothing:
        break;
    }
    if (value_.sibling_currency) {
      note("sibling=currency");
      return amount(Level::high, kind);
    }
    if (name_.qualified && head() != "limit") return amount(Level::medium, kind);
    if (head() == "total" || head() == "totals") return amount(Level::medium, kind);
    // The SQL calculates with a word of money: it takes the value for an amount.
    if (value_.numeric_use && value_.kind == JsonValueKind::unknown)
      return amount(Level::medium, kind);
    // `value` alone names whatever stands beside a key: without a number it is nothing.
    if (head() == "value" && modifiers.empty() && value_.kind == JsonValueKind::unknown)
      return nothing("value alone");
    return amount(Level::low, kind);
  }

  static bool is_time(std::string_view token) {
    for (const std::string_view each : {"days", "hours", "minutes", "weeks", "months", "years"}) {
      if (token == each) return true;
    }
    return false;
  }

  static bool all_moments(Tokens tokens) {
    return std::all_of(tokens.begin(), tokens.end(), [](const std::string& token) {
      return has_role(token, Role::moment) || has_role(token, Role::qualifier) || is_period(token);
    });
  }

  bool all_weak(Tokens tokens) const {
    return std::all_of(tokens.begin(), tokens.end(), [](const std::string& token) {
      return has_role(token, Role::weak) || has_role(token, Role::qualifier);
    });
  }

  // A word of the trade beside a weak head. `limit`, `value` and the like need a closer one than
  // `total`.
  bool money_modifier(Tokens modifiers) const {
    const std::string& word = head();
    if (word == "limit" || word == "cap" || word == "goal") return false;
    const std::string_view nearest =
        modifiers.empty() ? std::string_view() : std::string_view(modifiers.back());
    // checkout_option_value: of what stands nearest.
    if ((word == "value" || word == "rate") && has_role(nearest, Role::anti) &&
        !has_role(nearest, Role::context))
      return false;
    if (nearest == "min" || nearest == "max" || nearest == "minimum" || nearest == "maximum" ||
        (nearest == "current" && word == "value")) {
      return modifiers.size() > 1 ? money_modifier(modifiers.first(modifiers.size() - 1))
                                  : word == "payment";
    }
    return any(modifiers, Role::context) || all_weak_pair(modifiers);
  }
  // total_due, net_payment: two weak words confirm each other.
  bool all_weak_pair(Tokens modifiers) const {
    return !modifiers.empty() && has_role(modifiers.back(), Role::weak) && head() != "unit" &&
           head() != "rate" && head() != "value";
  }

  // buying_power, unrealized_pl, unrealized_plpc: what brokers call an amount, or its rate.
  std::optional<Class> of_brokers() const {
    const Tokens modifiers = before_head();
    const auto has = [&](std::initializer_list<std::string_view> words) {
      return std::any_of(modifiers.begin(), modifiers.end(), [&](const std::string& token) {
        return std::find(words.begin(), words.end(), token) != words.end();
      });
    };
    if (head() == "power" && has({"buying", "purchasing", "spending"})) return Class::amount;
    if (!has({"realized", "unrealized", "realised", "unrealised"})) return std::nullopt;
    if (head() == "pl" || head() == "gain") return Class::amount;
    if (head() == "plpc") return Class::rate;
    return std::nullopt;
  }

  Classification unknown_head() {
    const Tokens modifiers = before_head();
    if (const std::optional<Class> kind = of_brokers()) {
      note(cat("head=", head(), " of money"));
      return amount(Level::medium, *kind);
    }
    const std::vector<std::string>& tokens = name_.tokens;
    if (!modifiers.empty() && modifiers.back() == "basis" &&
        (head() == "point" || head() == "points")) {
      note("head=basis points");
      return amount(Level::medium, Class::rate);
    }
    const bool known_value = evidence_ == Evidence::number || evidence_ == Evidence::money;
    if (has_role(head(), Role::iso) && tokens.size() == 1) {
      note(cat("head=", head()));
      const bool surely = evidence_ == Evidence::number || parents() >= Around::money;
      return amount(surely && parents() != Around::counting ? Level::high : Level::medium,
                    Class::amount);
    }
    if (name_.iso && (any_strong(modifiers) || any(modifiers, Role::weak)))
      return amount(Level::high, Class::amount);
    if (name_.iso && known_value) return amount(Level::medium, Class::amount);
    if (any_strong(modifiers)) {
      // cost_date_range
      if (has_role(head(), Role::qualifier) && has_role(modifiers.back(), Role::negative))
        return nothing("");
      note("modifier=money");
      // In French, Spanish and Portuguese the head comes first: `montant_ttc`, `frais_livraison`.
      if (has_role(head(), Role::qualifier)) return amount(Level::high, Class::amount);
      return amount(known_value ? Level::medium : Level::low, Class::amount);
    }
    if (evidence_ == Evidence::money && (any(tokens, Role::weak) || any(tokens, Role::context))) {
      return amount(Level::medium, Class::amount);
    }
    switch (parents()) {
      case Around::money_word:
        note("parent=money");
        if (known_value) return amount(Level::medium, Class::amount);
        return amount(has_role(head(), Role::qualifier) ? Level::medium : Level::low,
                      Class::amount);
      case Around::money:
        if (has_role(head(), Role::qualifier) && known_value)
          return amount(Level::medium, Class::amount);
        break;
      default:
        break;
    }
    if (value_.sibling_currency && known_value && has_role(head(), Role::qualifier)) {
      note("sibling=currency");
      return amount(Level::medium, Class::amount);
    }
    return evidence_ == Evidence::money ? amount(Level::low, Class::amount) : nothing("");
  }

  // A money name, weighed against its value.
  Classification amount(Level level, Class kind) {
    switch (evidence_) {
      case Evidence::money:
        note("value=money text");
        return found(Level::high, kind);
      case Evidence::number:
        note("value=numeric");
        return found(level, kind);
      case Evidence::null:
        note("value=null");
        return found(level == Level::none ? level : static_cast<Level>(static_cast<int>(level) - 1),
                     kind);
      case Evidence::empty_container:
        return found(std::min(level, Level::low), kind);
      case Evidence::currency:
      case Evidence::other:
        return nothing("value=no amount");
      case Evidence::container:
        return found(std::min(level, Level::medium), kind);
      case Evidence::unknown:
        return found(level, kind);
    }
    return found(level, kind);
  }

  Classification business(const Classification& none) {
    const std::vector<std::string> tokens = tokenize(key_);
    if (tokens.empty() || !has_role(tokens.back(), Role::business)) return none;
    Classification result = none;
    result.level = Level::low;
    result.kind = Class::business;
    result.suggestion = business_type(tokens.back());
    return result;
  }

  static std::string_view business_type(std::string_view head) {
    if (head == "date") return "date";
    if (head == "approved" || head == "valid") return "boolean";
    return has_role(head, Role::count) ? "integer" : "text";
  }

  Classification found(Level level, Class kind) {
    Classification result{level, level == Level::none ? Class::none : kind, std::move(notes_), {}};
    if (level != Level::none) result.suggestion = suggestion(kind);
    return result;
  }

  Classification nothing(std::string why) {
    if (!why.empty()) note(std::move(why));
    return {Level::none, Class::none, std::move(notes_), {}};
  }

  // Never one that rounds what is there: where the amounts are finer than cents, or may be (a price
  // of one unit, what something costs to run), numeric without a scale keeps every digit.
  std::string suggestion(Class kind) const {
    const std::vector<std::string> tokens = tokenize(key_);
    if (kind == Class::currency) return "char(3)";
    const std::size_t places = decimals(value_.text);
    const auto has = [&tokens](std::string_view word) {
      return std::find(tokens.begin(), tokens.end(), word) != tokens.end();
    };
    if (kind == Class::rate) {
      if (any(tokens, Role::exchange) && !any_strong(tokens) && !has("interest"))
        return places > 8 ? "numeric" : "numeric(18,8)";
      // An hourly, daily or shipping rate is an amount: it may be of any size.
      const bool proportion = any_strong(tokens) || name_.percent_sign || tokens.back() != "rate" ||
                              !any(tokens, Role::context) || has("interest");
      return proportion && places <= 6 ? "numeric(9,6)" : "numeric";
    }
    if (name_.minor_unit || any(tokens, Role::minor_unit))
      return places == 0 ? "bigint" : "numeric";
    constexpr std::size_t cents = 2, small = 4;
    if (places > small) return "numeric";
    if (places > cents) return "numeric(19,4)";
    const bool seen = !value_.text.empty();
    if (any(tokens, Role::fine) || (!seen && (has("cost") || has("costs") || fine_parent())))
      return "numeric";
    return "numeric(12,2)";
  }

  // What a cost is made of, and what lies among metered things.
  bool fine_parent() const {
    std::vector<std::string> steps = split_path(path_);
    if (!steps.empty()) steps.pop_back();
    return std::any_of(steps.begin(), steps.end(), [](const std::string& step) {
      const std::vector<std::string> words = tokenize(step);
      return any(words, Role::fine) ||
             (!words.empty() && (words.back() == "cost" || words.back() == "costs"));
    });
  }

  std::string_view key_;
  std::string_view path_;
  const ValueFacts& value_;
  Evidence evidence_;
  Name name_;
  std::optional<Around> around_;
  std::vector<std::string> notes_;
};

}  // namespace

Classification classify(std::string_view key, std::string_view path, const ValueFacts& value) {
  return Judgement(key, path, value).run();
}

std::string_view to_string(Level level) {
  switch (level) {
    case Level::none:
      return "none";
    case Level::low:
      return "low";
    case Level::medium:
      return "medium";
    case Level::high:
      return "high";
  }
  return "none";
}

std::string_view to_string(Class kind) {
  switch (kind) {
    case Class::none:
      return "none";
    case Class::amount:
      return "amount";
    case Class::rate:
      return "rate";
    case Class::currency:
      return "currency";
    case Class::business:
      return "business";
  }
  return "none";
}

Level level_named(std::string_view name) {
  for (const Level level : {Level::none, Level::low, Level::medium, Level::high}) {
    if (to_string(level) == name) return level;
  }
  return Level::medium;
}

}  // namespace migguard::jsonb
