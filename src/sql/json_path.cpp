// Reads array literals and jsonpath expressions, and writes paths in the notation of findings.
#include <sql/json_path.hpp>

#include <algorithm>
#include <charconv>

namespace migguard::sql {
namespace {

constexpr unsigned deepest_filter = 32;

bool space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

// Characters that end an unquoted jsonpath name (jsonpath_scan.l, `special` and `blank`).
bool ends_name(char c) {
  return space(c) ||
         std::string_view("?%$.[]{}()|&!=<>@#,*:-+/\"").find(c) != std::string_view::npos;
}

class PathReader {
 public:
  explicit PathReader(std::string_view text) : text_(text) {}

  // Reads an expression up to the bracket that closes it; returns whether a member below `current`
  // was read.
  bool expression(const std::string& current, unsigned depth) {
    bool found = false;
    unsigned open = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        quoted();
      } else if (c == '(') {
        ++open;
        ++at_;
      } else if (c == ')') {
        if (open == 0) return found;
        --open;
        ++at_;
      } else if (c == '$') {
        ++at_;
        if (at_ < text_.size() && !ends_name(text_[at_]))
          name();  // a variable: $x
        else if (at_ < text_.size() && text_[at_] == '"')
          quoted();
        else
          chain(base, depth);
      } else if (c == '@') {
        ++at_;
        found = chain(current, depth) || found;
      } else {
        ++at_;
      }
    }
    return found;
  }

  std::string base;
  std::vector<JsonPathMember> members;

 private:
  void skip_space() {
    while (at_ < text_.size() && space(text_[at_])) ++at_;
  }
  std::string_view name() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && !ends_name(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }
  std::string quoted() {
    std::string value;
    ++at_;
    while (at_ < text_.size() && text_[at_] != '"') {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      value += text_[at_++];
    }
    if (at_ < text_.size()) ++at_;
    return value;
  }
  void skip_brackets(char open, char close) {
    unsigned depth = 0;
    while (at_ < text_.size()) {
      if (text_[at_] == '"') {
        quoted();
        continue;
      }
      if (text_[at_] == open) ++depth;
      if (text_[at_] == close && --depth == 0) {
        ++at_;
        return;
      }
      ++at_;
    }
  }

  // The accessors after `$` or `@`. Returns whether they lead below `from`.
  bool chain(const std::string& from, unsigned depth) {
    std::string path = from;
    bool deeper_read = false;
    while (true) {
      skip_space();
      if (at_ >= text_.size()) break;
      const char c = text_[at_];
      if (c == '.') {
        ++at_;
        skip_space();
        if (at_ >= text_.size()) break;
        if (text_.substr(at_, 2) == "**") {
          at_ += 2;
          if (at_ < text_.size() && text_[at_] == '{') skip_brackets('{', '}');
          path += path.empty() ? "**" : ".**";
        } else if (text_[at_] == '*') {
          ++at_;
          append_any(path);
        } else if (text_[at_] == '"') {
          append_member(path, quoted());
        } else {
          const std::string_view member = name();
          if (member.empty()) break;
          skip_space();
          if (at_ < text_.size() && text_[at_] == '(') {  // a method: .size()
            skip_brackets('(', ')');
            continue;
          }
          append_member(path, member);
        }
      } else if (c == '[') {
        const std::size_t begin = at_ + 1;
        skip_brackets('[', ']');
        std::string_view inside = text_.substr(begin, at_ > begin ? at_ - begin - 1 : 0);
        std::int64_t index = 0;
        const auto [end, error] =
            std::from_chars(inside.data(), inside.data() + inside.size(), index);
        if (error == std::errc() && end == inside.data() + inside.size())
          append_index(path, index);
        else
          append_any(path);
      } else if (c == '?') {
        ++at_;
        skip_space();
        if (at_ >= text_.size() || text_[at_] != '(') break;
        if (depth >= deepest_filter) {
          skip_brackets('(', ')');
          continue;
        }
        ++at_;
        deeper_read = expression(path, depth + 1) || deeper_read;
        if (at_ < text_.size()) ++at_;  // )
      } else {
        break;
      }
    }
    if (path == from) return deeper_read;
    const bool compared = at_ < text_.size() && (text_[at_] == '<' || text_[at_] == '>');
    // `$.items[*] ? (@.price > 5)` reads the price; the items are its parents.
    if (!deeper_read) members.push_back({path, compared});
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

void append_step(std::string& path, std::string_view step) {
  std::int64_t index = 0;
  const auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), index);
  if (!step.empty() && error == std::errc() && end == step.data() + step.size())
    append_index(path, index);
  else
    append_member(path, step);
}

std::optional<std::vector<std::string>> parse_array_literal(std::string_view text) {
  while (!text.empty() && space(text.front())) text.remove_prefix(1);
  while (!text.empty() && space(text.back())) text.remove_suffix(1);
  if (text.size() < 2 || text.front() != '{' || text.back() != '}') return {};
  text = text.substr(1, text.size() - 2);
  std::vector<std::string> items;
  std::size_t at = 0;
  while (at < text.size()) {
    while (at < text.size() && space(text[at])) ++at;
    std::string item;
    if (at < text.size() && text[at] == '"') {
      for (++at; at < text.size() && text[at] != '"'; ++at) {
        if (text[at] == '\\' && at + 1 < text.size()) ++at;
        item += text[at];
      }
      if (at < text.size()) ++at;
      while (at < text.size() && space(text[at])) ++at;
      if (at < text.size() && text[at] != ',') return {};
    } else {
      for (; at < text.size() && text[at] != ','; ++at) {
        if (text[at] == '{' || text[at] == '}' || text[at] == '"') return {};
        if (text[at] == '\\' && at + 1 < text.size()) ++at;
        item += text[at];
      }
      while (!item.empty() && space(item.back())) item.pop_back();
    }
    items.push_back(std::move(item));
    if (at < text.size()) ++at;  // the comma
  }
  return items;
}

std::vector<JsonPathMember> parse_jsonpath(std::string_view text, std::string_view base) {
  PathReader reader(text);
  reader.base = base;
  reader.expression(reader.base, 0);
  return std::move(reader.members);
}

std::string last_member(std::string_view path) {
  // From the front, because a quoted member may hold anything.
  std::string last;
  std::size_t at = 0;
  while (at < path.size()) {
    if (path[at] == '.') {
      ++at;
    } else if (path.substr(at, 2) == "[\"") {
      last.clear();
      for (at += 2; at < path.size() && path[at] != '"'; ++at) {
        if (path[at] == '\\' && at + 1 < path.size()) ++at;
        last += path[at];
      }
      at = std::min(path.size(), at + 2);
    } else if (path[at] == '[') {
      at = std::min(path.find(']', at), path.size() - 1) + 1;
    } else {
      const std::size_t end = std::min(path.find_first_of(".[", at), path.size());
      last = path.substr(at, end - at);
      if (last == "**") last.clear();
      at = end;
    }
  }
  return last;
}

}  // namespace migguard::sql
