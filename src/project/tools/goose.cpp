// goose: `<number>_name.sql` with `-- +goose Up` and `-- +goose Down`.
#include <algorithm>
#include <project/names.hpp>
#include <project/tools/sql_files.hpp>
#include <project/tools/tools.hpp>
#include <util/text.hpp>

namespace migguard::project {
namespace {

// The words behind `-- +goose`; empty for other lines (internal/sqlparser/parser.go).
std::string_view annotation(std::string_view line) {
  std::string_view comment = comment_text(line);
  if (!begins_with_word(comment, "+goose")) return {};
  return trim(comment.substr(std::string_view("+goose").size()));
}

Mark mark(std::string_view line) {
  const std::string_view words = annotation(line);
  if (begins_with_word(words, "up")) return Mark::up;
  return begins_with_word(words, "down") ? Mark::down : Mark::none;
}

// What of a file goose does not take (the state machine of internal/sqlparser/parser.go).
std::optional<Defect> defect_in(std::string_view text) {
  enum class In : std::uint8_t { start, up, down };
  In in = In::start;
  std::optional<Span> open;  // the StatementBegin that waits for its end
  const auto never_ends = [&] {
    return Defect{*open, "this StatementBegin has no StatementEnd before the section ends"};
  };
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t newline = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, newline - begin);
    const std::size_t first = std::min(line.find_first_not_of(" \t\r"), line.size());
    const Span span{static_cast<std::uint32_t>(begin + first),
                    static_cast<std::uint32_t>(begin + first + trim(line).size())};
    begin = newline + 1;
    if (!begins_with_word(comment_text(line), "+goose")) continue;
    const std::string words = to_lower(annotation(line));
    if (words == "up") {
      if (open) return never_ends();
      if (in == In::down) return Defect{span, "Up comes after Down"};
      if (in == In::up) return Defect{span, "this is a second Up"};
      in = In::up;
    } else if (words == "down") {
      if (open) return never_ends();
      if (in == In::start) return Defect{span, "Down comes before Up"};
      if (in == In::down) return Defect{span, "this is a second Down"};
      in = In::down;
    } else if (words == "statementbegin") {
      if (open) return never_ends();
      if (in == In::start) return Defect{span, "StatementBegin comes before Up"};
      open = span;
    } else if (words == "statementend") {
      if (!open) return Defect{span, "this StatementEnd has no StatementBegin"};
      open.reset();
    } else if (words != "no transaction" && !words.starts_with("envsub")) {
      return Defect{span, cat("goose does not know `+goose ", annotation(line), "`")};
    }
  }
  if (open) return never_ends();
  if (in == In::start) return Defect{{}, "it has no `-- +goose Up`"};
  return std::nullopt;
}

bool without_transaction(std::string_view line) {
  return begins_with_word(annotation(line), "no transaction");
}

void prepare(Migration& migration) {
  prepare_sections(migration, mark, without_transaction, TransactionMode::autocommit);
}

std::optional<std::string> evidence(Tree& tree, const Folder& folder) {
  if (!any_up_mark(tree, folder, mark)) return std::nullopt;
  return "files with -- +goose Up";
}

// `^(\d+)_.*\.sql$`
bool is_migration(std::string_view name) {
  const std::size_t digits = leading_digits(name).size();
  return digits > 0 && name.size() > digits && name[digits] == '_' && is_sql(name);
}

void load(Tree& tree, const Folder& folder, History& history) {
  history.complete = true;
  std::vector<std::string> names = sql_files(folder);
  const auto skipped = std::stable_partition(
      names.begin(), names.end(), [](const std::string& name) { return is_migration(name); });
  std::sort(names.begin(), skipped, numbered_before);
  for (auto name = names.begin(); name != skipped; ++name) {
    Migration migration = read_migration(tree, join_path(folder.path, *name), *name);
    prepare(migration);
    migration.bad_annotation = defect_in(migration.source->text);
    const Sections sections = split_sections(migration.source->text, mark);
    add_sections(std::move(migration), sections, history);
  }
  add_unlisted(tree, folder, {skipped, names.end()}, history);
  add_rollback_folders(tree, folder, history);
}

}  // namespace

const ToolReader goose_reader{Tool::goose, evidence, has_sql_files, load, prepare, false};

}  // namespace migguard::project
