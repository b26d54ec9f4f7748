// libyaml's events as a tree, with marks turned into byte offsets.
#include <yaml.h>
#include <algorithm>
#include <project/yaml.hpp>

namespace migguard::project {
namespace {

constexpr unsigned max_depth = 64;
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

// libyaml takes time that grows with the nesting of brackets for each token.
bool nests_too_deep(std::string_view text) {
  constexpr int most = 200;
  int depth = 0;
  for (char c : text) {
    if (c == '[' || c == '{') {
      if (++depth > most) return true;
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return false;
}

class Event {
 public:
  Event() = default;
  ~Event() { yaml_event_delete(&event_); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  yaml_event_t* get() { return &event_; }
  yaml_event_t* operator->() { return &event_; }

 private:
  yaml_event_t event_{};
};

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {
    ready_ = yaml_parser_initialize(&parser_) != 0;
    if (!ready_) return;
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                 text.size());
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    index_characters();
  }
  ~Parser() {
    if (ready_) yaml_parser_delete(&parser_);
  }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  std::optional<YamlNode> document() {
    YamlNode node;
    for (;;) {
      Event event;
      if (!ready_ || !yaml_parser_parse(&parser_, event.get())) return std::nullopt;
      if (event->type == YAML_STREAM_END_EVENT) return std::nullopt;
      if (event->type == YAML_STREAM_START_EVENT || event->type == YAML_DOCUMENT_START_EVENT) {
        continue;
      }
      if (!read(event, node, 0)) return std::nullopt;
      return node;
    }
  }

 private:
  // Marks count characters; spans count bytes.
  void index_characters() {
    const bool ascii = std::all_of(text_.begin(), text_.end(),
                                   [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    if (ascii) return;
    const std::size_t begin = text_.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
    for (std::size_t at = begin; at < text_.size(); ++at) {
      if ((static_cast<unsigned char>(text_[at]) & 0xc0U) != 0x80U) {
        characters_.push_back(static_cast<std::uint32_t>(at));
      }
    }
  }

  std::uint32_t offset(const yaml_mark_t& mark) const {
    const auto size = static_cast<std::uint32_t>(text_.size());
    if (characters_.empty()) return std::min(static_cast<std::uint32_t>(mark.index), size);
    return mark.index < characters_.size() ? characters_[mark.index] : size;
  }

  static YamlStyle style_of(yaml_scalar_style_t style) {
    switch (style) {
      case YAML_SINGLE_QUOTED_SCALAR_STYLE:
        return YamlStyle::single_quoted;
      case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
        return YamlStyle::double_quoted;
      case YAML_LITERAL_SCALAR_STYLE:
        return YamlStyle::literal;
      case YAML_FOLDED_SCALAR_STYLE:
        return YamlStyle::folded;
      default:
        return YamlStyle::plain;
    }
  }

  // Builds what the event begins.
  bool read(Event& event, YamlNode& node, unsigned depth) {
    node.span = {offset(event->start_mark), offset(event->end_mark)};
    switch (event->type) {
      case YAML_ALIAS_EVENT:
        node.kind = YamlKind::alias;
        return true;
      case YAML_SCALAR_EVENT:
        node.kind = YamlKind::scalar;
        node.style = style_of(event->data.scalar.style);
        node.value.assign(reinterpret_cast<const char*>(event->data.scalar.value),
                          event->data.scalar.length);
        return true;
      case YAML_SEQUENCE_START_EVENT:
        node.kind = YamlKind::sequence;
        break;
      case YAML_MAPPING_START_EVENT:
        node.kind = YamlKind::mapping;
        break;
      default:
        return false;
    }
    return depth < max_depth && read_children(node, depth + 1);
  }

  bool read_children(YamlNode& node, unsigned depth) {
    const bool mapping = node.kind == YamlKind::mapping;
    for (;;) {
      Event event;
      if (!yaml_parser_parse(&parser_, event.get())) return false;
      if (event->type == YAML_SEQUENCE_END_EVENT || event->type == YAML_MAPPING_END_EVENT) {
        node.span.end = offset(event->end_mark);
        return true;
      }
      if (!mapping) {
        if (!read(event, node.items.emplace_back(), depth)) return false;
        continue;
      }
      YamlMember& member = node.members.emplace_back();
      if (!read(event, member.key, depth)) return false;
      Event value;
      if (!yaml_parser_parse(&parser_, value.get()) || !read(value, member.value, depth)) {
        return false;
      }
    }
  }

  std::string_view text_;
  yaml_parser_t parser_{};
  bool ready_ = false;
  std::vector<std::uint32_t> characters_;  // offsets; empty for ASCII
};

}  // namespace

const YamlNode* YamlNode::get(std::string_view key) const {
  for (const YamlMember& member : members) {
    if (member.key.kind == YamlKind::scalar && member.key.value == key) return &member.value;
  }
  return nullptr;
}

std::optional<YamlNode> parse_yaml(std::string_view text) {
  if (nests_too_deep(text)) return std::nullopt;
  return Parser(text).document();
}

}  // namespace migguard::project
