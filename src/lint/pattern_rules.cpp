#include <re2/re2.h>
#include <lint/op_fields.hpp>
#include <lint/pattern_rules.hpp>
#include <util/glob.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <set>

namespace migguard::lint {
namespace {

bool is_expression(std::string_view value) {
  return value.size() > 1 && value.starts_with('/') && value.ends_with('/');
}

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

std::unique_ptr<re2::RE2> compiled(std::string_view value) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  return std::make_unique<re2::RE2>(piece(value.substr(1, value.size() - 2)), options);
}

bool same_path(FieldPath a, FieldPath b) { return std::ranges::equal(a, b); }

// Calls `take` for each stretch of text before, and each path in, braces. Braces around what is no
// path stay as they are.
template <class Text, class Path>
void each_part(std::string_view text, Text&& take_text, Path&& take_path) {
  while (true) {
    const std::size_t open = text.find('{');
    const std::size_t close = open == std::string_view::npos ? open : text.find('}', open);
    if (close == std::string_view::npos) return take_text(text);
    const std::string_view path = text.substr(open + 1, close - open - 1);
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz_.";
    if (path.empty() || path.find_first_not_of(letters) != std::string_view::npos) {
      take_text(text.substr(0, open + 1));
      text.remove_prefix(open + 1);
    } else {
      take_text(text.substr(0, open));
      take_path(path);
      text.remove_prefix(close + 1);
    }
  }
}

}  // namespace

struct PatternMatcher::Value {
  explicit Value(const std::string& text) {
    if (is_expression(text)) {
      expression = compiled(text);
    } else {
      glob = std::make_unique<Glob>(text);
    }
  }
  bool matches(std::string_view text) const {
    return expression ? re2::RE2::PartialMatch(piece(text), *expression) : glob->matches(text);
  }
  std::unique_ptr<re2::RE2> expression;
  std::unique_ptr<Glob> glob;
};

struct PatternMatcher::Field {
  const FieldPattern* pattern;
  std::vector<Value> values;

  // What of an operation fits: anything at all, and which items of which list.
  struct Fit {
    bool any = false;
    FieldPath list;  // the path of the list; empty where there is none
    std::vector<std::size_t> items;
  };

  Fit fit(const Op& op, const Schema& schema) const {
    Fit found;
    each_value(op, pattern->path, [&](const FieldValue& value) {
      if (value.item)
        found.list = FieldPath(pattern->path).first(pattern->path.size() - value.behind);
      const auto fits = [&](std::string_view text) {
        return std::any_of(values.begin(), values.end(),
                           [&](const Value& each) { return each.matches(text); });
      };
      // `public.*` fits what the SQL calls by its plain name, too.
      if (!fits(value.text) &&
          !(value.name && value.name->schema.empty() && fits(plain(schema.resolve(*value.name)))))
        return;
      found.any = true;
      if (value.item) found.items.push_back(*value.item);
    });
    return found;
  }
};

struct PatternMatcher::Operation {
  std::size_t kind;
  std::vector<Field> fields;

  std::optional<std::vector<ListItems>> match(const Op& op, const Schema& schema) const {
    std::vector<ListItems> lists;
    const auto of = [&](FieldPath list) {
      return std::find_if(lists.begin(), lists.end(),
                          [&](const ListItems& each) { return same_path(list, each.list); });
    };
    std::vector<Field::Fit> excluded;
    for (const Field& field : fields) {
      Field::Fit fit = field.fit(op, schema);
      if (field.pattern->negated) {
        if (fit.any) excluded.push_back(std::move(fit));
        continue;
      }
      if (!fit.any) return std::nullopt;
      if (fit.list.empty()) continue;
      std::set<std::size_t> items(fit.items.begin(), fit.items.end());
      if (const auto known = of(fit.list); known != lists.end())
        std::erase_if(known->items, [&](std::size_t item) { return !items.contains(item); });
      else
        lists.push_back({fit.list, std::move(items)});
    }
    for (const Field::Fit& fit : excluded) {
      const auto known = of(fit.list);
      if (fit.list.empty() || known == lists.end()) return std::nullopt;
      for (const std::size_t item : fit.items) known->items.erase(item);
    }
    if (std::any_of(lists.begin(), lists.end(),
                    [](const ListItems& each) { return each.items.empty(); }))
      return std::nullopt;
    return lists;
  }
};

PatternMatcher::PatternMatcher(const PatternRule& rule) : rule_(&rule) {
  for (const OperationPattern& pattern : rule.match) {
    Operation& operation = match_.emplace_back(Operation{pattern.kind, {}});
    for (const FieldPattern& each : pattern.fields) {
      Field& field = operation.fields.emplace_back(Field{&each, {}});
      for (const std::string& value : each.values) field.values.emplace_back(value);
    }
  }
}
PatternMatcher::~PatternMatcher() = default;
PatternMatcher::PatternMatcher(PatternMatcher&&) noexcept = default;
PatternMatcher& PatternMatcher::operator=(PatternMatcher&&) noexcept = default;

bool PatternMatcher::listens_to(std::size_t kind) const {
  return std::any_of(match_.begin(), match_.end(),
                     [&](const Operation& each) { return each.kind == kind; });
}

std::optional<std::vector<ListItems>> PatternMatcher::match(const Op& op,
                                                            const Schema& schema) const {
  std::optional<std::vector<ListItems>> matched;
  for (const Operation& each : match_) {
    if (each.kind == op.index()) matched = each.match(op, schema);
    if (matched) break;
  }
  if (!matched || !rule_->ignore_new_tables) return matched;
  bool is_new = false;
  const std::vector<std::string> path{"table"};
  each_value(op, path, [&](const FieldValue& value) {
    const Relation* relation = value.name ? schema.relation(*value.name).known() : nullptr;
    is_new = relation && (schema.is_new(*relation) || schema.is_temporary(*relation));
  });
  return is_new ? std::nullopt : matched;
}

std::string filled_in(std::string_view text, const Op& op, const std::vector<ListItems>& matched) {
  std::string out;
  const auto fill = [&](std::string_view written) {
    if (written == "kind") {
      out += operation_kinds()[op.index()];
      return;
    }
    const std::vector<std::string> path = path_parts(written);
    std::optional<std::size_t> last;
    bool first = true;
    each_value(op, path, [&](const FieldValue& value) {
      // A type has several texts: the first is as it is written.
      if (!first && (!value.item || value.item == last)) return;
      if (value.item) {
        const FieldPath list = FieldPath(path).first(path.size() - value.behind);
        for (const ListItems& each : matched)
          if (same_path(list, each.list) && !each.items.contains(*value.item)) return;
      }
      if (!first) out += ", ";
      out += value.name ? to_string(*value.name) : std::string(value.text);
      first = false;
      last = value.item;
    });
  };
  each_part(
      text, [&](std::string_view plain_text) { out += plain_text; }, fill);
  return out;
}

std::optional<std::string> value_mistake(const std::string& value) {
  if (!is_expression(value)) return std::nullopt;
  const auto expression = compiled(value);
  if (expression->ok()) return std::nullopt;
  return cat("the pattern ", printable(value), " cannot be read: ", expression->error());
}

std::optional<std::string> placeholder_mistake(std::string_view text, const PatternRule& rule) {
  std::optional<std::string> mistake;
  each_part(
      text, [](std::string_view) {},
      [&](std::string_view path) {
        if (path == "kind" || mistake) return;
        for (const OperationPattern& each : rule.match) {
          std::vector<std::string_view> known;
          if (path_exists(each.kind, path_parts(path), known)) continue;
          const auto meant = closest(path.substr(path.rfind('.') + 1), known);
          mistake = cat("`{", path, "}` is no field of `", operation_kinds()[each.kind], "`",
                        meant ? cat("; did you mean `", *meant, "`?") : "");
          return;
        }
      });
  return mistake;
}

std::vector<std::string> path_parts(std::string_view path) {
  std::vector<std::string> parts;
  for (const std::string_view each : split(path, '.')) parts.emplace_back(each);
  return parts;
}

}  // namespace migguard::lint
