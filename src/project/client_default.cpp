// Looks for one column in Prisma's models and Drizzle's tables, as text.
#include <migguard/client_default.hpp>

#include <algorithm>
#include <array>
#include <project/drizzle/tables.hpp>
#include <util/file_system.hpp>
#include <util/text.hpp>

namespace migguard {
namespace {

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '$';
}

bool any_in(std::string_view text, auto words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    return text.find(word) != std::string_view::npos;
  });
}

// The string literal that directly follows, or nothing.
std::string_view literal_at(std::string_view text) {
  text = trim(text);
  if (text.empty() || (text.front() != '"' && text.front() != '\'' && text.front() != '`'))
    return {};
  const std::size_t end = text.find(text.front(), 1);
  return end == text.npos ? std::string_view() : text.substr(1, end - 1);
}

// ---------------------------------------------------------------- Prisma

// The argument of `@map("...")`, with or without `name:`.
std::string_view mapped(std::string_view line, std::string_view attribute) {
  const std::size_t at = line.find(attribute);
  if (at == line.npos) return {};
  const std::size_t open = line.find('"', at);
  return open == line.npos ? std::string_view() : literal_at(line.substr(open));
}

bool prisma_gives(std::string_view text, std::string_view table, std::string_view column) {
  constexpr std::array<std::string_view, 7> by_client = {
      "@default(cuid(", "@default(uuid(", "@default(nanoid(", "@default(ulid(",
      "@default(auto(", "@default(now(",  "@updatedAt"};
  std::string_view model;
  std::string_view of;
  bool given = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = trim(text.substr(at, end - at));
    at = end + 1;
    if (line.starts_with("model ") && line.ends_with("{")) {
      model = of = trim(line.substr(6, line.size() - 7));
      given = false;
    } else if (line == "}") {
      if (!model.empty() && of == table && given) return true;
      model = {};
    } else if (!model.empty()) {
      line = line.substr(0, line.find("//"));
      if (line.starts_with("@@map(")) {
        of = mapped(line, "@@map(");
      } else if (!line.starts_with("@@")) {
        const std::size_t behind = static_cast<std::size_t>(
            std::find_if_not(line.begin(), line.end(), is_word) - line.begin());
        const std::string_view other = mapped(line, "@map(");
        if ((other.empty() ? line.substr(0, behind) : other) == column)
          given = any_in(line.substr(behind), by_client);
      }
    }
  }
  return false;
}

// ---------------------------------------------------------------- Drizzle

// The text at hand up to where its bracket closes or, at its own depth, to a comma. Strings and
// comments are skipped.
std::string_view up_to_comma(std::string_view text) {
  unsigned depth = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"' || c == '\'' || c == '`') {
      for (++at; at < text.size() && text[at] != c; ++at)
        if (text[at] == '\\') ++at;
    } else if (text.substr(at).starts_with("//")) {
      at = std::min(text.find('\n', at), text.size());
    } else if (text.substr(at).starts_with("/*")) {
      at = std::min(text.find("*/", at), text.size());
    } else if (c == '(' || c == '{' || c == '[') {
      ++depth;
    } else if (c == ')' || c == '}' || c == ']') {
      if (depth-- == 0) return text.substr(0, at);
    } else if (c == ',' && depth == 0) {
      return text.substr(0, at);
    }
  }
  return text;
}

std::string_view behind_comments(std::string_view text) {
  for (text = trim(text); text.starts_with("//") || text.starts_with("/*"); text = trim(text)) {
    const std::string_view end = text[1] == '/' ? "\n" : "*/";
    const std::size_t at = text.find(end, 2);
    if (at == text.npos) return {};
    text.remove_prefix(at + end.size());
  }
  return text;
}

// The columns of a table, behind the brace that opens them.
bool columns_give(std::string_view columns, std::string_view column) {
  constexpr std::array<std::string_view, 4> by_client = {".$defaultFn(", ".$default(",
                                                         ".$onUpdateFn(", ".$onUpdate("};
  for (;;) {
    columns = behind_comments(columns);
    const std::string_view property = up_to_comma(columns);
    const std::size_t colon = property.find(':');
    if (colon != property.npos) {
      std::string_view key = trim(property.substr(0, colon));
      if (const std::string_view quoted = literal_at(key); !quoted.empty()) key = quoted;
      const std::string_view value = property.substr(colon + 1);
      const std::size_t open = value.find('(');
      const std::string_view name =
          open == value.npos ? std::string_view() : literal_at(value.substr(open + 1));
      const bool same =
          name.empty() ? key == column || project::to_snake_case(key) == column : name == column;
      if (same) return any_in(value, by_client);
    }
    if (property.size() >= columns.size() || columns[property.size()] != ',') return false;
    columns.remove_prefix(property.size() + 1);
  }
}

bool drizzle_gives(std::string_view text, std::string_view table, std::string_view column) {
  for (std::size_t at = text.find(table); at != text.npos; at = text.find(table, at + 1)) {
    const std::size_t end = at + table.size();
    if (at == 0 || end >= text.size() || text[at - 1] != text[end] ||
        std::string_view("\"'`").find(text[end]) == std::string_view::npos)
      continue;
    const std::string_view before = trim(text.substr(0, at - 1));
    if (!before.ends_with("Table(") && !before.ends_with(".table(")) continue;
    const std::string_view behind = trim(text.substr(end + 1));
    if (!behind.starts_with(',')) continue;
    const std::size_t open = behind.find('{');
    if (open != behind.npos && columns_give(behind.substr(open + 1), column)) return true;
  }
  return false;
}

}  // namespace

bool client_gives_value(const Project& project, const History& history, const Name& table,
                        std::string_view column) {
  const bool prisma = history.tool == Tool::prisma;
  if (!prisma && history.tool != Tool::drizzle && history.tool != Tool::drizzle_v1) return false;
  // A schema lies above its migrations, in Prisma; in Drizzle anywhere in the package.
  const std::string folder = prisma ? parent_path(history.folder) : history.package;
  for (const SourceFile& each : project.files) {
    const std::string_view path = each.path;
    if (folder != "." &&
        !(path.starts_with(folder) && path.size() > folder.size() && path[folder.size()] == '/'))
      continue;
    const bool module = path.ends_with(".ts") || path.ends_with(".js") || path.ends_with(".mts") ||
                        path.ends_with(".mjs") || path.ends_with(".cts") || path.ends_with(".cjs");
    if (prisma ? path.ends_with(".prisma") && prisma_gives(each.text, table.name, column)
               : module && drizzle_gives(each.text, table.name, column))
      return true;
  }
  return false;
}

}  // namespace migguard
