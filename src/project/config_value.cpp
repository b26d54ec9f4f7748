// Folds constants: strings, lists and objects, names for them here and in other modules, spreads,
// node:path and node:url.
#include <project/config_value.hpp>
#include <util/text.hpp>

namespace migguard::project {
namespace {

using typescript::Node;
using Kind = ConfigValue::Kind;

constexpr unsigned deepest = 16;

std::string_view last_name(const Node& expression) {
  return expression.is("member_expression") ? expression.field("property").text()
                                            : expression.text();
}

class Evaluator {
 public:
  explicit Evaluator(Modules& modules) : modules_(modules) {}

  ConfigValue value(Meaning expression, unsigned depth) {
    if (depth > deepest || !expression.value || !expression.module) return {};
    expression = modules_.follow(expression);
    const Node node = expression.value;
    const Module& module = *expression.module;
    if (const auto text = typescript::string_value(node)) return {Kind::text, *text};
    if (node.is("number")) return {Kind::text, std::string(node.text())};
    if (node.is("template_string")) return template_text(module, node, depth);
    if (node.is("array")) return list(module, node, depth);
    if (node.is("object")) return object(module, node, depth);
    if (node.is("binary_expression")) return binary(module, node, depth);
    if (node.is("ternary_expression")) return choice(module, node, depth);
    if (node.is("call_expression")) return call(module, node, depth);
    if (node.is("new_expression")) return url(module, node, depth);
    if (node.is("member_expression")) return member(module, node, depth);
    if (node.is("identifier") && node.text() == "__dirname") return here(module);
    return {};
  }

 private:
  static ConfigValue here(const Module& module) {
    return {Kind::text, parent_path(module.source->path), true};
  }

  static bool is_environment(std::string_view text) {
    return text.starts_with("process.env") || text.starts_with("Bun.env") ||
           text.starts_with("import.meta.env") || text.starts_with("env.");
  }
  // `X` of `process.env.X` and `process.env['X']`; empty for anything else.
  static std::string variable_of(Node node) {
    node = typescript::bare(node);
    if (!is_environment(node.text())) return {};
    if (node.is("member_expression")) return std::string(node.field("property").text());
    return typescript::string_value(node.field("index")).value_or("");
  }

  ConfigValue template_text(const Module& module, const Node& node, unsigned depth) {
    // The pieces between the holes are no nodes of the grammar: they are what is left.
    ConfigValue out{Kind::text};
    const std::string_view text = node.text();
    std::uint32_t at = node.span().begin + 1;
    const auto literal = [&](std::uint32_t end) {
      out.text += text.substr(at - node.span().begin, end - at);
    };
    for (const Node& hole : node.children()) {
      if (!hole.is("template_substitution")) continue;
      const std::vector<Node> inner = hole.children();
      const ConfigValue piece =
          inner.empty() ? ConfigValue() : value({&module, inner.front()}, depth + 1);
      if (!piece.is_text()) return {};
      literal(hole.span().begin);
      out.anchored |= piece.anchored && out.text.empty();
      out.text += piece.text;
      at = hole.span().end;
    }
    literal(node.span().end - 1);
    return out;
  }

  ConfigValue list(const Module& module, const Node& node, unsigned depth) {
    ConfigValue out{Kind::list};
    for (const Node& item : node.children()) {
      if (!item.is("spread_element")) {
        out.items.push_back(value({&module, item}, depth + 1));
        continue;
      }
      const std::vector<Node> inner = item.children();
      ConfigValue spread =
          inner.empty() ? ConfigValue() : value({&module, inner.front()}, depth + 1);
      out.complete &= spread.kind == Kind::list && spread.complete;
      for (ConfigValue& each : spread.items) out.items.push_back(std::move(each));
    }
    return out;
  }

  ConfigValue object(const Module& module, const Node& node, unsigned depth) {
    ConfigValue out{Kind::object};
    std::vector<Node> members = node.children();
    // The last one of a name holds.
    for (auto each = members.rbegin(); each != members.rend(); ++each) {
      if (each->is("pair")) {
        const Node key = each->field("key");
        if (key.is("computed_property_name")) {
          out.complete = false;
          continue;
        }
        out.members.push_back({typescript::property_name(*each), key.span(),
                               value({&module, each->field("value")}, depth + 1)});
      } else if (each->is("shorthand_property_identifier")) {
        out.members.push_back(
            {std::string(each->text()), each->span(), value({&module, *each}, depth + 1)});
      } else if (each->is("spread_element")) {
        const std::vector<Node> inner = each->children();
        ConfigValue spread =
            inner.empty() ? ConfigValue() : value({&module, inner.front()}, depth + 1);
        out.complete &= spread.kind == Kind::object && spread.complete;
        for (ConfigMember& member : spread.members) {
          // A place in another module is no place of this one.
          member.key = each->span();
          out.members.push_back(std::move(member));
        }
      } else {
        out.complete = false;
      }
    }
    return out;
  }

  ConfigValue binary(const Module& module, const Node& node, unsigned depth) {
    const std::string_view text = node.text();
    const Node left = node.field("left");
    const Node right = node.field("right");
    const std::string_view operation = trim(
        text.substr(left.span().end - node.span().begin, right.span().begin - left.span().end));
    ConfigValue first = value({&module, left}, depth + 1);
    if (operation == "+") {
      const ConfigValue second = value({&module, right}, depth + 1);
      if (!first.is_text() || !second.is_text()) return {};
      return {Kind::text, first.text + second.text, first.anchored};
    }
    if (operation != "??" && operation != "||") return {};
    if (first.kind != Kind::unknown) return first;
    ConfigValue second = value({&module, right}, depth + 1);
    if (!second.is_text() && second.kind != Kind::fallback) return {};
    second.kind = Kind::fallback;
    if (second.variable.empty()) second.variable = variable_of(left);
    return second;
  }

  // `process.env.X ? process.env.X : 'text'`
  ConfigValue choice(const Module& module, const Node& node, unsigned depth) {
    const ConfigValue first = value({&module, node.field("consequence")}, depth + 1);
    ConfigValue second = value({&module, node.field("alternative")}, depth + 1);
    if (first.kind != Kind::unknown || !second.is_text()) return {};
    second.kind = Kind::fallback;
    second.variable = variable_of(node.field("consequence"));
    return second;
  }

  ConfigValue member(const Module& module, const Node& node, unsigned depth) {
    const std::string_view text = node.text();
    if (text == "import.meta.dirname" || text == "import.meta.dir") return here(module);
    if (text == "import.meta.url") return {Kind::text, module.source->path, true};
    // new URL('./schema.ts', import.meta.url).pathname
    const std::string_view property = node.field("property").text();
    if (property == "pathname" || property == "href") {
      return value({&module, node.field("object")}, depth + 1);
    }
    return {};
  }

  // new URL('./schema.ts', import.meta.url)
  ConfigValue url(const Module& module, const Node& node, unsigned depth) {
    if (node.field("constructor").text() != "URL") return {};
    const std::vector<Node> arguments = node.field("arguments").children();
    if (arguments.size() != 2) return {};
    const ConfigValue path = value({&module, arguments[0]}, depth + 1);
    const ConfigValue base = value({&module, arguments[1]}, depth + 1);
    if (!path.is_text() || !base.is_text() || !base.anchored) return {};
    return {Kind::text, normalize_path(join_path(parent_path(base.text), path.text)), true};
  }

  ConfigValue call(const Module& module, const Node& node, unsigned depth) {
    const std::string_view name = last_name(node.field("function"));
    const std::vector<Node> arguments = node.field("arguments").children();
    if (name == "cwd" && arguments.empty()) return {Kind::text, "."};
    if (arguments.empty()) return {};
    const auto argument = [&](std::size_t index) {
      return value({&module, arguments[index]}, depth + 1);
    };
    if (name == "defineConfig" || name == "fileURLToPath") return argument(0);
    if (name == "dirname") {
      ConfigValue path = argument(0);
      if (path.is_text()) path.text = parent_path(path.text);
      return path;
    }
    if (name == "relative" && arguments.size() == 2) {
      const ConfigValue from = argument(0);
      const ConfigValue to = argument(1);
      const bool from_start = from.is_text() && !from.anchored && from.text == ".";
      return from_start && to.is_text() ? to : ConfigValue();
    }
    if (name != "join" && name != "resolve") return {};
    ConfigValue out{Kind::text};
    for (std::size_t index = 0; index < arguments.size(); ++index) {
      const ConfigValue part = argument(index);
      if (!part.is_text()) return {};
      const bool absolute = part.anchored || part.text.starts_with('/');
      out.text = index == 0 || (absolute && name == "resolve")
                     ? part.text
                     : cat(out.text, part.text.starts_with('/') ? "" : "/", part.text);
      out.anchored = part.anchored || (out.anchored && !(absolute && name == "resolve"));
    }
    out.text = normalize_path(out.text);
    return out;
  }

  Modules& modules_;
};

}  // namespace

const ConfigMember* ConfigValue::find(std::string_view name) const {
  for (const ConfigMember& each : members) {
    if (each.name == name) return &each;
  }
  return nullptr;
}

ConfigValue evaluate(Modules& modules, Meaning expression) {
  return Evaluator(modules).value(expression, 0);
}

ConfigValue from_json(const json::Value& value) {
  switch (value.kind) {
    case json::Kind::string:
    case json::Kind::number:
      return {Kind::text, value.text};
    case json::Kind::array: {
      ConfigValue out{Kind::list};
      for (const json::Value& item : value.items) out.items.push_back(from_json(item));
      return out;
    }
    case json::Kind::object: {
      ConfigValue out{Kind::object};
      for (auto each = value.members.rbegin(); each != value.members.rend(); ++each) {
        out.members.push_back({each->key, each->key_span, from_json(each->value)});
      }
      return out;
    }
    default:
      return {};
  }
}

}  // namespace migguard::project
