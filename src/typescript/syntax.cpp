// Flattens tree-sitter's tree, once: nothing of tree-sitter leaves this file.
#include <typescript/syntax.hpp>

#include <algorithm>
#include <memory>

#include <tree_sitter/api.h>

extern "C" const TSLanguage* tree_sitter_typescript();

namespace migguard::typescript {
namespace {

constexpr std::size_t largest = 8u << 20;

// What bounds the work, the same on every machine. The parser reads the text in pieces, and again
// wherever it tries another way out of an error. Each way back from an error wraps all that was
// read since into one node more, which is quadratic where there are errors without end.
constexpr std::size_t piece = 256;
constexpr std::size_t most_readings = 40;
constexpr std::size_t most_steps = 10'000'000;  // tokens wrapped anew
constexpr std::size_t harmless = 16u << 10;     // so small that errors without end cost little

struct Work {
  std::string_view text;
  std::size_t bytes_left = 0;
  std::size_t tokens = 0;
  std::size_t steps = 0;
  std::size_t stopped = 0;  // tree-sitter's flag: not 0 once it is to give up
};

const char* read_piece(void* payload, std::uint32_t at, TSPoint, std::uint32_t* length) {
  Work& work = *static_cast<Work*>(payload);
  *length = 0;
  if (at >= work.text.size()) return "";
  const std::size_t size = std::min(piece, work.text.size() - at);
  work.stopped |= work.bytes_left < size;
  work.bytes_left -= std::min(size, work.bytes_left);
  *length = static_cast<std::uint32_t>(size);
  return work.text.data() + at;
}

// tree-sitter says what it does in words (lib/src/parser.c), and in no other way.
void count_step(void* payload, TSLogType type, const char* message) {
  if (type != TSLogTypeParse) return;
  Work& work = *static_cast<Work*>(payload);
  const std::string_view step = message;
  if (step.starts_with("shift")) ++work.tokens;
  if (!step.starts_with("recover_to_previous")) return;
  work.steps += work.tokens;
  work.stopped |= work.steps > most_steps;
}

struct DeleteParser {
  void operator()(TSParser* parser) const { ts_parser_delete(parser); }
};
struct DeleteTree {
  void operator()(TSTree* tree) const { ts_tree_delete(tree); }
};

void append_utf8(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | ((code >> 18) & 0x07));
    out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

// The hexadecimal digits behind `\x` and `\u`, with or without braces.
std::uint32_t hexadecimal(std::string_view digits) {
  std::uint32_t code = 0;
  for (const char c : digits) {
    const std::uint32_t value = c >= '0' && c <= '9'   ? static_cast<std::uint32_t>(c - '0')
                                : c >= 'a' && c <= 'f' ? static_cast<std::uint32_t>(c - 'a' + 10)
                                : c >= 'A' && c <= 'F' ? static_cast<std::uint32_t>(c - 'A' + 10)
                                                       : 16u;
    if (value < 16 && code < 0x110000) code = code * 16 + value;
  }
  return code;
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    const char c = text[++i];
    switch (c) {
      case 'n':
        out += '\n';
        break;
      case 't':
        out += '\t';
        break;
      case 'r':
        out += '\r';
        break;
      case 'b':
        out += '\b';
        break;
      case 'f':
        out += '\f';
        break;
      case 'v':
        out += '\v';
        break;
      case '\n':
        break;  // the line goes on
      case 'x':
        append_utf8(out, hexadecimal(text.substr(i + 1, 2)));
        i += 2;
        break;
      case 'u': {
        const bool braces = i + 1 < text.size() && text[i + 1] == '{';
        const std::size_t close = braces ? text.find('}', i) : i + 4;
        const std::size_t end = close == std::string_view::npos ? text.size() - 1 : close;
        append_utf8(out, hexadecimal(text.substr(i + 1, end - i)));
        i = end;
        break;
      }
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace

std::optional<Tree> parse(std::string_view text) {
  if (text.size() > largest) return std::nullopt;
  const std::unique_ptr<TSParser, DeleteParser> parser(ts_parser_new());
  if (!ts_parser_set_language(parser.get(), tree_sitter_typescript())) return std::nullopt;
  Work work{text, text.size() * most_readings + harmless * most_readings};
  ts_parser_set_cancellation_flag(parser.get(), &work.stopped);
  if (text.size() > harmless) ts_parser_set_logger(parser.get(), {&work, count_step});
  const std::unique_ptr<TSTree, DeleteTree> parsed(
      ts_parser_parse(parser.get(), nullptr, {&work, read_piece, TSInputEncodingUTF8}));
  if (!parsed) return std::nullopt;

  Tree tree;
  tree.source_ = text;
  TSTreeCursor cursor = ts_tree_cursor_new(ts_tree_root_node(parsed.get()));
  std::int32_t parent = -1;
  for (bool more = true; more;) {
    const TSNode node = ts_tree_cursor_current_node(&cursor);
    const char* field = ts_tree_cursor_current_field_name(&cursor);
    tree.nodes_.push_back({ts_node_type(node),
                           field ? field : std::string_view(),
                           {ts_node_start_byte(node), ts_node_end_byte(node)},
                           parent,
                           0,
                           ts_node_is_named(node) && !ts_node_is_extra(node)});
    const auto at = static_cast<std::int32_t>(tree.nodes_.size()) - 1;
    if (ts_tree_cursor_goto_first_child(&cursor)) {
      parent = at;
      continue;
    }
    std::int32_t done = at;
    while (!ts_tree_cursor_goto_next_sibling(&cursor)) {
      tree.nodes_[static_cast<std::size_t>(done)].end = at + 1;
      more = ts_tree_cursor_goto_parent(&cursor);
      if (!more) break;
      done = parent;
      parent = tree.nodes_[static_cast<std::size_t>(parent)].parent;
    }
    if (more) tree.nodes_[static_cast<std::size_t>(done)].end = at + 1;
  }
  ts_tree_cursor_delete(&cursor);
  return tree;
}

std::string_view Node::kind() const {
  return tree_ ? tree_->nodes_[static_cast<std::size_t>(index_)].kind : std::string_view();
}

Span Node::span() const {
  return tree_ ? tree_->nodes_[static_cast<std::size_t>(index_)].span : Span{};
}

std::string_view Node::text() const {
  if (!tree_) return {};
  const Span at = span();
  return tree_->source_.substr(at.begin, at.end - at.begin);
}

Node Node::parent() const {
  if (!tree_) return {};
  const std::int32_t parent = tree_->nodes_[static_cast<std::size_t>(index_)].parent;
  return parent < 0 ? Node() : Node(tree_, parent);
}

Node Node::field(std::string_view name) const {
  if (!tree_) return {};
  const std::int32_t end = tree_->nodes_[static_cast<std::size_t>(index_)].end;
  for (std::int32_t at = index_ + 1; at < end;) {
    const Tree::Record& record = tree_->nodes_[static_cast<std::size_t>(at)];
    if (record.field == name && record.named) return {tree_, at};
    at = record.end;
  }
  return {};
}

std::vector<Node> Node::children() const {
  std::vector<Node> out;
  if (!tree_) return out;
  const std::int32_t end = tree_->nodes_[static_cast<std::size_t>(index_)].end;
  for (std::int32_t at = index_ + 1; at < end;) {
    const Tree::Record& record = tree_->nodes_[static_cast<std::size_t>(at)];
    if (record.named) out.emplace_back(tree_, at);
    at = record.end;
  }
  return out;
}

Node Node::child(std::string_view kind) const {
  for (const Node& each : children()) {
    if (each.is(kind)) return each;
  }
  return {};
}

std::vector<Node> Node::all(std::string_view kind) const {
  std::vector<Node> out;
  if (!tree_) return out;
  const std::int32_t end = tree_->nodes_[static_cast<std::size_t>(index_)].end;
  for (std::int32_t at = index_; at < end; ++at) {
    const Tree::Record& record = tree_->nodes_[static_cast<std::size_t>(at)];
    if (record.named && record.kind == kind) out.emplace_back(tree_, at);
  }
  return out;
}

std::optional<std::string> string_value(Node node) {
  node = bare(node);
  const bool template_ = node.is("template_string");
  if (!node.is("string") && !template_) return std::nullopt;
  if (template_ && node.child("template_substitution")) return std::nullopt;
  const std::string_view text = node.text();
  if (text.size() < 2) return std::nullopt;
  return unescaped(text.substr(1, text.size() - 2));
}

Node bare(Node expression) {
  for (;;) {
    const bool wrapped = expression.is("parenthesized_expression") ||
                         expression.is("as_expression") || expression.is("satisfies_expression") ||
                         expression.is("non_null_expression") || expression.is("await_expression");
    if (!wrapped) return expression;
    const std::vector<Node> inner = expression.children();
    if (inner.empty()) return expression;
    expression = inner.front();
  }
}

std::string property_name(Node node) {
  Node name = node.field("name");
  if (!name) name = node.field("key");
  if (!name) return {};
  if (const auto text = string_value(name)) return *text;
  return std::string(name.text());
}

Node property(Node object, std::string_view name) {
  object = bare(object);
  if (!object.is("object")) return {};
  Node found;
  for (const Node& each : object.children()) {
    if (each.is("pair") && property_name(each) == name) found = each.field("value");
    if (each.is("shorthand_property_identifier") && each.text() == name) found = each;
  }
  return found;
}

}  // namespace migguard::typescript
