#include <cli/new_migrations.hpp>
#include <repair/drizzle_snapshot.hpp>
#include <util/json.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <charconv>
#include <variant>

namespace migguard::cli {
namespace {

std::string padded(std::uint64_t number, std::size_t width) {
  std::string text = std::to_string(number);
  return text.size() < width ? std::string(width - text.size(), '0') + text : text;
}

// 20240131095900
std::string timestamp(std::int64_t milliseconds) {
  const std::int64_t seconds = milliseconds / 1000;
  const std::int64_t day_seconds = seconds % 86'400;
  // Days to a date: Howard Hinnant, chrono-compatible low-level date algorithms.
  const std::int64_t days = seconds / 86'400 + 719'468;
  const std::int64_t era = days / 146'097;
  const std::int64_t day_of_era = days - era * 146'097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t shifted = (5 * day_of_year + 2) / 153;
  const std::int64_t day = day_of_year - (153 * shifted + 2) / 5 + 1;
  const std::int64_t month = shifted < 10 ? shifted + 3 : shifted - 9;
  const std::int64_t year = year_of_era + era * 400 + (month <= 2);
  const auto two = [](std::int64_t number) {
    return padded(static_cast<std::uint64_t>(number), 2);
  };
  return cat(padded(static_cast<std::uint64_t>(year), 4), two(month), two(day),
             two(day_seconds / 3600), two(day_seconds / 60 % 60), two(day_seconds % 60));
}

std::string leading_digits(std::string_view text) {
  std::size_t length = 0;
  while (length < text.size() && text[length] >= '0' && text[length] <= '9') ++length;
  return std::string(text.substr(0, length));
}

// What comes after every number of the history: one more, as wide; of timestamps, now or one more.
std::string next_number(const History* history, std::int64_t now, std::int64_t added) {
  constexpr std::size_t stamp = 14;
  std::string last;
  const auto later = [&last](const std::string& digits) {
    return digits.size() > last.size() || (digits.size() == last.size() && digits > last);
  };
  if (history) {
    for (const Migration& each : history->migrations) {
      const std::string digits = leading_digits(
          history->tool == Tool::drizzle || each.number.empty() ? each.id : each.number);
      if (later(digits)) last = digits;
    }
  }
  if (history && history->tool == Tool::prisma && last.size() != stamp)
    last = std::string(stamp, '0');
  if (last.empty()) return padded(static_cast<std::uint64_t>(added) + 1, 4);
  std::uint64_t number = 0;
  std::from_chars(last.data(), last.data() + last.size(), number);
  number += static_cast<std::uint64_t>(added) + 1;
  std::string next = padded(number, last.size());
  if (last.size() == stamp) next = std::max(next, timestamp(now + added * 1000));
  return next;
}

std::string with_breakpoints(std::string_view comment, const std::vector<std::string>& statements,
                             std::string_view between) {
  std::string text = comment.empty() ? "" : cat("-- ", comment, "\n");
  for (const std::string& each : statements) {
    if (&each != &statements.front()) text += between;
    text += each;
    text += ';';
  }
  return text + '\n';
}

// A replacement in a JSON text; its text is JSON.
struct Edit {
  Span span;
  std::string text;
};

std::string edited(std::string text, std::vector<Edit> edits) {
  std::sort(edits.begin(), edits.end(),
            [](const Edit& one, const Edit& other) { return one.span.begin > other.span.begin; });
  for (const Edit& each : edits)
    text.replace(each.span.begin, each.span.end - each.span.begin, each.text);
  return text;
}

std::string json_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

// The white space before a place in its line.
std::string indent_at(const std::string& text, std::size_t at) {
  const std::size_t line = text.rfind('\n', at == 0 ? 0 : at - 1);
  const std::size_t begin = line == std::string::npos ? 0 : line + 1;
  const std::size_t end = text.find_first_not_of(" \t", begin);
  return text.substr(begin, std::min(end, at) - begin);
}

}  // namespace

std::optional<Error> NewMigrations::add_drizzle(std::string_view name, std::string text,
                                                const std::optional<AddedColumn>& column) {
  const DrizzleJournal& journal = *history_->drizzle;
  const std::string number = next_number(history_, now_, added_);
  const std::string tag = cat(number, "_", name);
  changes_.push_back(
      {join_path(history_->folder, cat(tag, ".sql")), std::nullopt, std::move(text)});

  if (journal.invalid) return Error{"the journal cannot be read", journal.source->path};
  if (entries_.empty()) {
    for (const DrizzleEntry& each : journal.entries)
      entries_.push_back({&each, each.tag, each.when.value_or(0), each.idx.value_or(0)});
  }
  std::int64_t index = -1, when = 0;
  for (const repair::JournalEntry& each : entries_) {
    index = std::max(index, each.idx);
    when = std::max(when, each.when);
  }
  entries_.push_back({nullptr, tag, std::max(when + 1, now_ + added_), index + 1});
  repair::FileChange change{journal.source->path, journal.source->text,
                            repair::journal_text(&journal, entries_)};
  const auto earlier = std::find_if(changes_.begin(), changes_.end(),
                                    [&](const auto& each) { return each.path == change.path; });
  if (earlier != changes_.end())
    *earlier = std::move(change);
  else
    changes_.push_back(std::move(change));

  // The snapshot: the one before, under an identifier of its own, with the column.
  std::string before;
  const std::string folder = parent_path(journal.source->path);
  for (const DrizzleSnapshot& each : journal.snapshots) {
    if (each.source) before = each.source->text;
  }
  for (const repair::FileChange& each : changes_) {
    if (each.path.ends_with("_snapshot.json")) before = *each.after;
  }
  if (before.empty()) return std::nullopt;  // a history without snapshots
  const auto snapshot = json::parse(before);
  const auto* object = std::get_if<json::Value>(&snapshot);
  const json::Value* id = object ? object->get("id") : nullptr;
  const json::Value* previous = object ? object->get("prevId") : nullptr;
  if (!id || !previous || !id->is_string())
    return Error{"the last snapshot cannot be read", folder};
  std::vector<Edit> edits = {{id->span, json_text(repair::snapshot_id(cat(tag, id->text)))},
                             {previous->span, json_text(id->text)}};
  const json::Value* tables = object->get("tables");
  if (column && tables) {
    const json::Value* table = tables->get(cat(column->schema, ".", column->table));
    const json::Value* columns = table ? table->get("columns") : nullptr;
    if (columns && columns->is_object() && !columns->members.empty()) {
      const json::Member& end = columns->members.back();
      const std::string inner = indent_at(before, end.key_span.begin);
      const std::string item =
          cat(json_text(column->column), ": {\n", inner, "  \"name\": ", json_text(column->column),
              ",\n", inner, "  \"type\": ", json_text(column->type), ",\n", inner,
              "  \"primaryKey\": false,\n", inner, "  \"notNull\": false\n", inner, "}");
      edits.push_back({{end.value.span.end, end.value.span.end}, cat(",\n", inner, item)});
    }
  }
  changes_.push_back({join_path(folder, cat(number, "_snapshot.json")), std::nullopt,
                      edited(before, std::move(edits))});
  return std::nullopt;
}

std::optional<Error> NewMigrations::add(std::string_view name, std::string_view comment,
                                        const std::vector<std::string>& statements,
                                        const std::optional<AddedColumn>& column) {
  std::optional<Error> error;
  if (history_ && history_->tool == Tool::drizzle && history_->drizzle &&
      history_->drizzle->source) {
    error = add_drizzle(name, with_breakpoints(comment, statements, "\n--> statement-breakpoint\n"),
                        column);
  } else {
    const std::string number = next_number(history_, now_, added_);
    const std::string folder = history_ ? history_->folder : ".";
    const bool prisma = history_ && history_->tool == Tool::prisma;
    const std::string file =
        prisma ? cat(number, "_", name, "/migration.sql") : cat(number, "_", name, ".sql");
    changes_.push_back(
        {join_path(folder, file), std::nullopt, with_breakpoints(comment, statements, "\n\n")});
  }
  ++added_;
  return error;
}

}  // namespace migguard::cli
