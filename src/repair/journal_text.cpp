#include <repair/journal_text.hpp>

#include <algorithm>
#include <array>
#include <report/json_writer.hpp>
#include <util/json.hpp>
#include <util/text.hpp>

namespace migguard::repair {
namespace {

std::string new_entry(const JournalEntry& entry, std::string_view indent) {
  report::JsonWriter quoted;
  std::string tag = quoted.value(entry.tag).take();
  tag.pop_back();
  return cat("{\n", indent, "  \"idx\": ", entry.idx, ",\n", indent, "  \"version\": \"7\",\n",
             indent, "  \"when\": ", entry.when, ",\n", indent, "  \"tag\": ", tag, ",\n", indent,
             "  \"breakpoints\": true\n", indent, "}");
}

// The white space before a place, from the begin of its line.
std::string_view indent_at(std::string_view text, std::size_t at) {
  const std::size_t line = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
  const std::size_t begin = line == std::string_view::npos ? 0 : line + 1;
  const std::size_t end = std::min(text.find_first_not_of(" \t", begin), at);
  return text.substr(begin, end - begin);
}

// An entry as written, with the values it has now.
std::string changed_entry(std::string_view text, const JournalEntry& entry) {
  const DrizzleEntry& written = *entry.written;
  std::vector<std::pair<Span, std::string>> edits;
  if (written.idx && *written.idx != entry.idx)
    edits.emplace_back(written.idx_span, std::to_string(entry.idx));
  if (written.when != entry.when) edits.emplace_back(written.when_span, std::to_string(entry.when));
  if (written.tag != entry.tag) edits.emplace_back(written.tag_span, cat("\"", entry.tag, "\""));
  std::sort(edits.begin(), edits.end(),
            [](const auto& one, const auto& other) { return one.first.begin < other.first.begin; });
  std::string out;
  std::size_t copied = written.span.begin;
  for (const auto& [span, value] : edits) {
    out += cat(text.substr(copied, span.begin - copied), value);
    copied = span.end;
  }
  return cat(out, text.substr(copied, written.span.end - copied));
}

struct Sides {
  std::string ours, theirs;
};

// The text as each side of the conflicts has it; the common ancestor (diff3) is left out.
std::optional<Sides> sides_of(std::string_view text) {
  enum class Part { both, ours, ancestor, theirs } part = Part::both;
  Sides sides;
  bool any = false;
  for (const std::string_view line : split(text, '\n')) {
    if (line.starts_with("<<<<<<<")) {
      part = Part::ours;
      any = true;
    } else if (line.starts_with("|||||||") && part == Part::ours) {
      part = Part::ancestor;
    } else if (line.starts_with("=======") && part != Part::both) {
      part = Part::theirs;
    } else if (line.starts_with(">>>>>>>")) {
      part = Part::both;
    } else {
      if (part == Part::both || part == Part::ours) sides.ours += cat(line, "\n");
      if (part == Part::both || part == Part::theirs) sides.theirs += cat(line, "\n");
    }
  }
  if (!any || part != Part::both) return std::nullopt;
  return sides;
}

bool read_side(std::string_view text, std::vector<JournalEntry>& entries) {
  const auto parsed = json::parse(text, {.trailing_commas = true});
  const auto* journal = std::get_if<json::Value>(&parsed);
  const json::Value* list = journal ? journal->get("entries") : nullptr;
  if (!list || !list->is_array()) return false;
  for (const json::Value& each : list->items) {
    const json::Value* tag = each.get("tag");
    const json::Value* when = each.get("when");
    if (!tag || !tag->is_string() || !when || !when->integer()) return false;
    const auto same = [&](const JournalEntry& known) { return known.tag == tag->text; };
    if (std::any_of(entries.begin(), entries.end(), same)) continue;
    const json::Value* idx = each.get("idx");
    entries.push_back({nullptr, tag->text, *when->integer(), idx ? idx->integer().value_or(0) : 0});
  }
  return true;
}

}  // namespace

std::string journal_text(const DrizzleJournal* journal, const std::vector<JournalEntry>& entries) {
  const bool fresh = !journal || journal->invalid || journal->entries.empty();
  if (fresh) {
    std::string out = "{\n  \"version\": \"7\",\n  \"dialect\": \"postgresql\",\n  \"entries\": [";
    for (const JournalEntry& each : entries)
      out += cat(&each == &entries.front() ? "\n    " : ",\n    ", new_entry(each, "    "));
    return cat(out, entries.empty() ? "]\n}" : "\n  ]\n}");
  }
  const std::string_view text = journal->source->text;
  const Span first = journal->entries.front().span, last = journal->entries.back().span;
  const std::string indent(indent_at(text, first.begin));
  std::string between = cat(",\n", indent);
  if (journal->entries.size() > 1)
    between = text.substr(first.end, journal->entries[1].span.begin - first.end);
  std::string out(text.substr(0, first.begin));
  for (const JournalEntry& each : entries) {
    if (&each != &entries.front()) out += between;
    out += each.written ? changed_entry(text, each) : new_entry(each, indent);
  }
  return cat(out, text.substr(last.end));
}

std::optional<std::vector<JournalEntry>> entries_of_conflict(std::string_view text) {
  const auto sides = sides_of(text);
  std::vector<JournalEntry> entries;
  if (!sides || !read_side(sides->ours, entries) || !read_side(sides->theirs, entries))
    return std::nullopt;
  return entries;
}

}  // namespace migguard::repair
