// Prisma's Json fields: the types that comments give them (prisma-json-types-generator) and their
// defaults.
#include <algorithm>
#include <util/json.hpp>
#include <util/member_path.hpp>
#include <util/text.hpp>
#include <variant>

#include <jsonb/declared.hpp>
#include <jsonb/value.hpp>

namespace migguard::jsonb {
namespace {

constexpr unsigned deepest_value = 64;

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::string_view next_word(std::string_view line, std::size_t& at) {
  while (at < line.size() && (line[at] == ' ' || line[at] == '\t')) ++at;
  const std::size_t begin = at;
  while (at < line.size() && is_word(line[at])) ++at;
  return line.substr(begin, at - begin);
}

// The first string literal behind `@map(` and the like, with where its content begins; backslashes
// as written.
struct Literal {
  std::string_view text;
  std::size_t begin = 0;
};
std::optional<Literal> argument(std::string_view line, std::string_view attribute) {
  for (std::size_t at = line.find(attribute); at != std::string_view::npos;
       at = line.find(attribute, at + 1)) {
    if (at > 0 && line[at - 1] == '@') continue;  // @@map is not @map
    const std::size_t open = line.find('"', at);
    if (open == std::string_view::npos) return std::nullopt;
    for (std::size_t end = open + 1; end < line.size(); ++end) {
      if (line[end] == '\\')
        ++end;
      else if (line[end] == '"')
        return Literal{line.substr(open + 1, end - open - 1), open + 1};
    }
    return std::nullopt;
  }
  return std::nullopt;
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\\')) ++i;
    out += text[i];
  }
  return out;
}

struct Line {
  std::string_view text;
  std::size_t begin;
};

class Model {
 public:
  Model(const Project& project, const SourceFile& source, std::vector<Declared>& out)
      : project_(project), source_(source), out_(out) {}

  void read(std::string_view name, const std::vector<Line>& lines) {
    std::string table(name);
    std::string schema;
    for (const Line& line : lines) {
      const std::string_view text = trim(line.text);
      if (text.starts_with("@@map")) table = argument_of(text).value_or(table);
      if (text.starts_with("@@schema")) schema = argument_of(text).value_or(schema);
    }
    if (!schema.empty() && schema != "public") table = cat(schema, ".", table);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      read_field(lines[i], i > 0 ? lines[i - 1] : Line{}, table);
    }
  }

 private:
  static std::optional<std::string> argument_of(std::string_view text) {
    text.remove_prefix(1);  // so that both at signs of a block attribute are seen as one
    const auto literal = argument(cat(" ", text), "@");
    if (!literal) return std::nullopt;
    return unescaped(text.substr(literal->begin - 1, literal->text.size()));
  }

  void read_field(const Line& line, const Line& above, const std::string& table) {
    std::size_t at = 0;
    const std::string_view name = next_word(line.text, at);
    const std::string_view type = next_word(line.text, at);
    if (name.empty() || type != "Json") return;
    Declared column;
    column.table = table;
    column.column = name;
    if (const auto mapped = argument(line.text, "@map")) column.column = unescaped(mapped->text);
    Declared itself = column;
    itself.source = &source_;
    const auto begin = static_cast<std::uint32_t>(line.begin + line.text.find(name));
    itself.span = {begin, begin + static_cast<std::uint32_t>(name.size())};
    itself.path = "*";
    itself.key = column.column;
    out_.push_back(std::move(itself));
    if (line.text.substr(at).starts_with("[]")) column.path = "[*]";
    read_comment(above, column);
    if (const auto initial = argument(line.text, "@default"))
      read_default(*initial, line.begin, column);
  }

  // `/// ![{ price: number }]` or `/// [QuoteMeta]` directly above the field.
  void read_comment(const Line& above, const Declared& column) {
    const std::size_t slashes = above.text.find("///");
    if (slashes == std::string_view::npos || !trim(above.text.substr(0, slashes)).empty()) return;
    const std::size_t mark = above.text.find("![", slashes);
    const bool named = mark == std::string_view::npos;
    const std::size_t open = named ? above.text.find('[', slashes) : mark + 1;
    const std::size_t close = above.text.rfind(']');
    if (open == std::string_view::npos || close == std::string_view::npos || close < open) return;
    const std::string_view type = above.text.substr(open + 1, close - open - 1);
    // Prose has brackets, too: the generator takes a comment that begins with one, and a name.
    if (named && (type.empty() || !std::all_of(type.begin(), type.end(), is_word) ||
                  !trim(above.text.substr(slashes + 3, open - slashes - 3)).empty()))
      return;
    declared_in_type(project_, source_, type, static_cast<std::uint32_t>(above.begin + open + 1),
                     column, out_);
  }

  void read_default(const Literal& literal, std::size_t line_begin, const Declared& column) {
    const auto parsed = json::parse(unescaped(literal.text));
    const auto* value = std::get_if<json::Value>(&parsed);
    if (!value) return;
    raw_ = literal.text;
    raw_begin_ = line_begin + literal.begin;
    searched_ = 0;
    read_value(*value, column, 0);
  }

  void read_value(const json::Value& value, const Declared& column, unsigned depth) {
    if (depth > deepest_value) return;
    for (std::size_t i = 0; i < value.items.size(); ++i) {
      Declared item = column;
      item.path += cat("[", i, "]");
      read_value(value.items[i], item, depth + 1);
    }
    for (const json::Member& member : value.members) {
      Declared key = column;
      key.source = &source_;
      key.span = place_of(member.key);
      key.path = column.path;
      json::append_member(key.path, member.key);
      key.key = member.key;
      key.facts = describe(member.value);
      key.facts.money_shape = false;  // its leaves are reported
      key.facts.sibling_currency = has_currency(value) && !names_currency(member.key);
      if (!key.facts.text.empty()) {  // the decoded text goes away; as written it stays
        const std::size_t at = raw_.find(key.facts.text);
        key.facts.text = at == std::string_view::npos ? std::string_view()
                                                      : raw_.substr(at, key.facts.text.size());
      }
      out_.push_back(key);
      read_value(member.value, key, depth + 1);
    }
  }

  // Members come in the order written, so each search goes on where the last one ended.
  Span place_of(const std::string& key) {
    const std::size_t at = raw_.find(key, searched_);
    if (at == std::string_view::npos) {
      return {static_cast<std::uint32_t>(raw_begin_),
              static_cast<std::uint32_t>(raw_begin_ + raw_.size())};
    }
    searched_ = at + key.size();
    return {static_cast<std::uint32_t>(raw_begin_ + at),
            static_cast<std::uint32_t>(raw_begin_ + at + key.size())};
  }

  const Project& project_;
  const SourceFile& source_;
  std::vector<Declared>& out_;
  std::string_view raw_;
  std::size_t raw_begin_ = 0;
  std::size_t searched_ = 0;
};

}  // namespace

void declared_in_prisma(const Project& project, const SourceFile& source,
                        std::vector<Declared>& out) {
  const std::string_view text = source.text;
  std::string_view model;
  std::vector<Line> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const Line line{text.substr(at, end - at), at};
    at = end + 1;
    if (model.empty()) {
      std::size_t word = 0;
      const std::string_view keyword = next_word(line.text, word);
      const std::string_view name = next_word(line.text, word);
      if (keyword == "model" && line.text.find('{', word) != std::string_view::npos) model = name;
    } else if (trim(line.text) == "}") {
      Model(project, source, out).read(model, lines);
      model = {};
      lines.clear();
    } else {
      lines.push_back(line);
    }
  }
}

}  // namespace migguard::jsonb
