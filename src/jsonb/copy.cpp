// The rows after COPY ... FROM STDIN: fields are split as COPY does (text and csv), JSON fields are
// read for keys.
#include <algorithm>
#include <migguard/jsonb.hpp>
#include <migguard/rule.hpp>
#include <set>
#include <string>
#include <string_view>
#include <util/json.hpp>
#include <util/member_path.hpp>
#include <util/text.hpp>
#include <vector>

#include <jsonb/resolve.hpp>
#include <jsonb/value.hpp>

namespace migguard {
namespace jsonb {
namespace {

struct Format {
  bool csv = false;
  char delimiter = '\t';
  char quote = '"';
};

// The options as written: the operation does not hold them.
Format format_of(std::string_view statement) {
  const std::string lower = to_lower(statement);
  Format format;
  const std::size_t options = lower.rfind("stdin");
  const std::string_view rest =
      options == std::string::npos ? std::string_view() : std::string_view(lower).substr(options);
  format.csv = rest.find("csv") != std::string_view::npos;
  if (format.csv) format.delimiter = ',';
  if (const std::size_t at = rest.find("delimiter"); at != std::string_view::npos) {
    const std::size_t open = rest.find('\'', at);
    if (open != std::string_view::npos && open + 1 < rest.size()) {
      const char given = rest[open + 1];
      format.delimiter =
          given == '\\' && open + 2 < rest.size() && rest[open + 2] == 't' ? '\t' : given;
    }
  }
  return format;
}

struct FieldText {
  Span raw;           // in the file
  std::string text;   // decoded
  bool exact = true;  // the decoded text is the raw one
};

// Decodes the backslash escapes of COPY's text format.
std::string unescape(std::string_view raw) {
  std::string out;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] != '\\' || i + 1 == raw.size()) {
      out += raw[i];
      continue;
    }
    switch (raw[++i]) {
      case 'b':
        out += '\b';
        break;
      case 'f':
        out += '\f';
        break;
      case 'n':
        out += '\n';
        break;
      case 'r':
        out += '\r';
        break;
      case 't':
        out += '\t';
        break;
      case 'v':
        out += '\v';
        break;
      default:
        out += raw[i];
        break;
    }
  }
  return out;
}

// Reads one row that begins at `at` and moves it behind the row's line end.
std::vector<FieldText> read_row(std::string_view text, std::size_t& at, std::size_t end,
                                const Format& format) {
  std::vector<FieldText> fields;
  std::size_t begin = at;
  const auto finish = [&](std::size_t stop) {
    FieldText field;
    field.raw = {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(stop)};
    std::string_view raw = text.substr(begin, stop - begin);
    if (!raw.empty() && raw.back() == '\r') raw.remove_suffix(1);
    if (format.csv && raw.size() >= 2 && raw.front() == format.quote &&
        raw.back() == format.quote) {
      raw = raw.substr(1, raw.size() - 2);
      field.raw = {field.raw.begin + 1,
                   static_cast<std::uint32_t>(field.raw.begin + 1 + raw.size())};
      for (std::size_t i = 0; i < raw.size(); ++i) {
        field.text += raw[i];
        if (raw[i] == format.quote && i + 1 < raw.size() && raw[i + 1] == format.quote) ++i;
      }
    } else {
      field.text = format.csv ? std::string(raw) : unescape(raw);
    }
    field.exact = field.text.size() == raw.size();
    fields.push_back(std::move(field));
  };
  bool quoted = false;
  for (; at < end; ++at) {
    const char c = text[at];
    if (format.csv && c == format.quote) quoted = !quoted;
    if (quoted) continue;
    if (!format.csv && c == '\\' && at + 1 < end) {
      ++at;
      continue;
    }
    if (c == format.delimiter) {
      finish(at);
      begin = at + 1;
    } else if (c == '\n') {
      break;
    }
  }
  finish(at);
  if (at < end) ++at;
  return fields;
}

class Rows {
 public:
  Rows(const Context& ctx, std::vector<CopiedKey>& out) : ctx_(ctx), out_(out) {}

  void read(const json::Value& value, const GuardedColumn& column, const std::string& path,
            const FieldText& field) {
    if (value.is_array()) {
      for (std::size_t i = 0; i < value.items.size(); ++i)
        read(value.items[i], column, cat(path, "[", i, "]"), field);
      return;
    }
    if (!value.is_object()) return;
    const bool currency = has_currency(value);
    for (const json::Member& member : value.members) {
      std::string below = path;
      json::append_member(below, member.key);
      ValueFacts facts = describe(member.value);
      facts.money_shape = false;  // its leaves are reported
      facts.sibling_currency = currency && !names_currency(member.key);
      const std::size_t before = out_.size();
      read(member.value, column, below, field);
      const bool leaves = out_.size() > before;
      if (leaves || seen_.contains(cat(column.text, "\n", below))) continue;
      if (std::optional<JsonVerdict> verdict =
              judge_value(ctx_, column, member.key, below, facts)) {
        seen_.insert(cat(column.text, "\n", below));
        const Span span = field.exact ? Span{field.raw.begin + member.key_span.begin,
                                             field.raw.begin + member.key_span.end}
                                      : field.raw;
        out_.push_back({std::move(*verdict), span});
      }
    }
  }

 private:
  const Context& ctx_;
  std::vector<CopiedKey>& out_;
  std::set<std::string> seen_;
};

}  // namespace
}  // namespace jsonb

std::vector<CopiedKey> judge(const Context& ctx, const Copy& copy) {
  using namespace jsonb;
  std::vector<CopiedKey> out;
  const std::string_view text = ctx.migration().source->text;
  if (!copy.from || copy.data.begin >= copy.data.end || copy.data.end > text.size()) return out;

  // Which fields are guarded JSON columns.
  std::vector<std::optional<GuardedColumn>> columns;
  const Relation* relation = ctx.schema().relation(copy.table).known();
  const std::size_t count = !copy.columns.empty()               ? copy.columns.size()
                            : relation && relation->create_seen ? relation->columns.size()
                                                                : 0;
  bool any = false;
  for (std::size_t i = 0; i < count; ++i) {
    JsonKey key;
    key.tables = {&copy.table, 1};
    key.column = copy.columns.empty() ? Text(relation->columns[i].name) : copy.columns[i];
    columns.push_back(guarded_column(ctx, key));
    any = any || columns.back().has_value();
  }
  if (!any) return out;

  const Span statement = ctx.statement().span;
  const Format format = format_of(text.substr(
      statement.begin, std::min<std::size_t>(statement.end, copy.data.begin) - statement.begin));
  Rows rows(ctx, out);
  for (std::size_t at = copy.data.begin; at < copy.data.end;) {
    const std::vector<FieldText> fields = read_row(text, at, copy.data.end, format);
    for (std::size_t i = 0; i < fields.size() && i < columns.size(); ++i) {
      if (!columns[i] || fields[i].text.find('{') == std::string::npos) continue;
      auto parsed = json::parse(fields[i].text);
      if (const auto* document = std::get_if<json::Value>(&parsed))
        rows.read(*document, *columns[i], "", fields[i]);
    }
  }
  return out;
}

}  // namespace migguard
