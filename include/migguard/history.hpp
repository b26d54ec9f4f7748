// What the rules about histories must agree on: when one root cause makes every other check an
// echo, which numbers are equal, and whom a journal's entry belongs to. Plain functions of the
// model in project.hpp.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <migguard/project.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace migguard {

// ---- Paths -----------------------------------------------------------------------------------

inline std::string_view base_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}
inline std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view(".") : path.substr(0, slash);
}
inline std::string in_folder(std::string_view folder, std::string_view name) {
  return folder.empty() || folder == "." ? std::string(name) : cat(folder, '/', name);
}
// Whether a path is a folder itself or lies below it.
inline bool is_below(std::string_view path, std::string_view folder) {
  if (folder.empty() || folder == ".") return true;
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

// A path or name as one word of a POSIX shell, so that a command may be pasted whatever files are
// called.
inline std::string shell_word(std::string_view text) {
  constexpr std::string_view harmless =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./@%+=:,-";
  const std::string_view prefix = text.starts_with('-') ? "./" : "";
  if (!text.empty() && text.find_first_not_of(harmless) == std::string_view::npos)
    return cat(prefix, text);
  std::string word = cat(prefix, '\'');
  for (const char character : text) {
    if (character == '\'') {
      word += "'\\''";
    } else {
      word += character;
    }
  }
  return word + '\'';
}

// `a`, `a and b`, `a, b and 3 more`
inline std::string joined(const std::vector<std::string>& names, std::size_t most = 4) {
  const std::size_t shown = names.size() <= most ? names.size() : most - 1;
  std::string text;
  for (std::size_t index = 0; index < shown; ++index) {
    text += index == 0 ? "" : index + 1 == names.size() ? " and " : ", ";
    text += names[index];
  }
  if (shown < names.size()) text += cat(" and ", names.size() - shown, " more");
  return text;
}

// ---- Root causes -----------------------------------------------------------------------------

// Whether a defect of the whole folder (Drizzle's journal cannot be read or is not there, or two of
// its layouts are mixed) is the only thing the history family says of it: everything else would be
// an echo.
inline bool has_root_cause(const History& history) {
  if (history.tool != Tool::drizzle) return false;
  // Without a journal only a configuration proves Drizzle; a folder that was declared to be
  // Drizzle's has neither.
  if (!history.drizzle) return history.marker && !history.marker->path.ends_with(".sql");
  return history.drizzle->invalid.has_value() || history.drizzle->v1_migration != nullptr;
}

// Whether the files of a history are judged one by one: encodings, conflicts, what rollback scripts
// do.
inline bool judges_files(const History& history) { return !has_root_cause(history); }

// Whether a history is judged as a history: numbers, order, what is missing.
inline bool judges_order(const History& history) {
  return !history.loose && !has_root_cause(history);
}

// Drizzle's journal, where its entries can be judged one by one; null elsewhere.
inline const DrizzleJournal* readable_journal(const History& history) {
  return history.drizzle && history.drizzle->source && !has_root_cause(history) ? &*history.drizzle
                                                                                : nullptr;
}

// ---- Drizzle ---------------------------------------------------------------------------------

// `0003` of `0003_add_quotes`: what drizzle-kit names the snapshot for. All of a tag without `_`.
inline std::string_view tag_prefix(std::string_view tag) { return tag.substr(0, tag.find('_')); }
// `add_quotes` of `0003_add_quotes`.
inline std::string_view tag_name(std::string_view tag) {
  const std::size_t underscore = tag.find('_');
  const bool numbered =
      underscore != std::string_view::npos && underscore > 0 &&
      tag.substr(0, underscore).find_first_not_of("0123456789") == std::string_view::npos;
  const std::string_view name = numbered ? tag.substr(underscore + 1) : tag;
  return name.empty() ? tag : name;
}

// Whether any two entries have one `idx`.
inline bool has_duplicate_idx(const DrizzleJournal& journal) {
  std::vector<std::int64_t> numbers;
  for (const DrizzleEntry& each : journal.entries) {
    if (each.idx) numbers.push_back(*each.idx);
  }
  std::sort(numbers.begin(), numbers.end());
  return std::adjacent_find(numbers.begin(), numbers.end()) != numbers.end();
}

// The snapshots that point to the parent of another one; sorted, by address.
inline std::vector<const DrizzleSnapshot*> colliding_snapshots(const DrizzleJournal& journal) {
  std::vector<const DrizzleSnapshot*> readable;
  for (const DrizzleSnapshot& each : journal.snapshots) {
    if (!each.invalid) readable.push_back(&each);
  }
  std::sort(readable.begin(), readable.end(),
            [](const auto* a, const auto* b) { return a->prev_id < b->prev_id; });
  std::vector<const DrizzleSnapshot*> colliding;
  for (std::size_t index = 0; index < readable.size(); ++index) {
    const bool like_last = index > 0 && readable[index - 1]->prev_id == readable[index]->prev_id;
    const bool like_next =
        index + 1 < readable.size() && readable[index + 1]->prev_id == readable[index]->prev_id;
    if (like_last || like_next) colliding.push_back(readable[index]);
  }
  std::sort(colliding.begin(), colliding.end());
  return colliding;
}

// The prefixes that have a snapshot, readable or not.
inline std::set<std::string_view> snapshot_prefixes(const DrizzleJournal& journal) {
  std::set<std::string_view> prefixes;
  for (const DrizzleSnapshot& each : journal.snapshots) prefixes.insert(each.prefix);
  return prefixes;
}

// `2024-05-31` of milliseconds since 1970, UTC; years beyond 9999 are cut down to it.
inline std::string utc_date(std::int64_t milliseconds) {
  constexpr std::int64_t day = 86'400'000;
  constexpr std::int64_t end_of_9999 = 253'402'300'799'999;
  // Civil date from days, by eras of 400 years (H. Hinnant, chrono-Compatible Low-Level Date
  // Algorithms).
  const std::int64_t days = std::clamp<std::int64_t>(milliseconds, 0, end_of_9999) / day + 719'468;
  const std::int64_t era = days / 146'097;
  const std::int64_t of_era = days % 146'097;
  const std::int64_t year_of_era =
      (of_era - of_era / 1'460 + of_era / 36'524 - of_era / 146'096) / 365;
  const std::int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t shifted_month = (5 * of_year + 2) / 153;  // 0 is March
  const std::int64_t day_of_month = of_year - (153 * shifted_month + 2) / 5 + 1;
  const std::int64_t month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  const std::int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  const auto two = [](std::int64_t number) { return cat(number < 10 ? "0" : "", number); };
  return cat(year, '-', two(month), '-', two(day_of_month));
}

// The parent of a first snapshot.
inline constexpr std::string_view no_parent = "00000000-0000-0000-0000-000000000000";

// ---- The tool's table ------------------------------------------------------------------------

// The table in which the tool notes what it has applied, by the project's files, as SQL writes it.
inline std::string record_name(const History& history) {
  RecordTable table = usual_record_table(history.tool);
  if (!history.record.schema.empty()) table.schema = history.record.schema;
  if (!history.record.name.empty()) table.name = history.record.name;
  return to_string(table);
}

// ---- Numbers ---------------------------------------------------------------------------------

// Whether a tool gives every migration a number of its own. Prisma, Drizzle 1.0, node-pg-migrate
// and others order by whole names, where equal numbers are legal.
inline bool orders_by_number(Tool tool) {
  constexpr std::array tools = {Tool::drizzle, Tool::supabase, Tool::flyway, Tool::golang_migrate,
                                Tool::goose,   Tool::dbmate,   Tool::sqlx,   Tool::plain};
  return std::find(tools.begin(), tools.end(), tool) != tools.end();
}

inline std::string_view without_leading_zeros(std::string_view digits) {
  const std::size_t first = digits.find_first_not_of('0');
  return first == std::string_view::npos ? digits.substr(0, digits.empty() ? 0 : 1)
                                         : digits.substr(first);
}

// Two migrations have one number if and only if their keys are equal: integers for most tools,
// digit strings for dbmate and Supabase, lists of integers for Flyway (`1.0` is `1`). Empty where
// there is no number.
inline std::string number_key(Tool tool, std::string_view number) {
  if (tool == Tool::dbmate || tool == Tool::supabase) return std::string(number);
  if (tool != Tool::flyway) return std::string(without_leading_zeros(number));
  std::string key;
  std::size_t significant = 0;  // up to the last part that is not 0
  while (!number.empty()) {
    const std::size_t end = std::min(number.find_first_of("._"), number.size());
    const std::string_view part = without_leading_zeros(number.substr(0, end));
    key += cat(key.empty() ? "" : ".", part);
    if (part != "0" || significant == 0) significant = key.size();
    number.remove_prefix(std::min(end + 1, number.size()));
  }
  key.resize(significant);
  return key;
}

// Digits as the numbers they are, of any length.
inline bool number_less(std::string_view a, std::string_view b) {
  a = without_leading_zeros(a);
  b = without_leading_zeros(b);
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

// Digits as a small number; none where they are none or too long to be a sequence (timestamps).
inline std::optional<std::int64_t> sequence_number(std::string_view digits) {
  if (digits.empty() || digits.size() > 5) return std::nullopt;
  std::int64_t number = 0;
  for (const char digit : digits) {
    if (digit < '0' || digit > '9') return std::nullopt;
    number = number * 10 + (digit - '0');
  }
  return number;
}

// Pointers to migrations, sorted by the byte order of their paths.
inline std::vector<const Migration*> by_path(const std::vector<Migration>& migrations) {
  std::vector<const Migration*> sorted;
  sorted.reserve(migrations.size());
  for (const Migration& each : migrations) sorted.push_back(&each);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto* a, const auto* b) { return a->source->path < b->source->path; });
  return sorted;
}

// ---- Several tools ---------------------------------------------------------------------------

// The tool without its generation: Drizzle before and since 1.0 are one.
inline Tool lineage(Tool tool) { return tool == Tool::drizzle_v1 ? Tool::drizzle : tool; }

// Whether a history is a migration system's: not loose files, not what the postgres image runs
// once, and of plain numbered files only a folder that is named for migrations.
inline bool is_system(const History& history) {
  if (history.loose || history.docker_init) return false;
  if (history.tool != Tool::plain) return true;
  const std::string_view name = base_name(history.folder);
  return name == "migrations" || name == "migration";
}

// Whether any migration of the system is there, in SQL or in code.
inline bool has_migrations(const History& history) {
  return !history.migrations.empty() || !history.code.empty();
}

// Whether a command may be meant for a package: it stands inside it, or in a folder above.
inline bool concerns(const RunnerCommand& command, std::string_view package) {
  const std::string_view place = folder_of(command.source->path);
  return is_below(place, package) || is_below(package, place);
}

}  // namespace migguard
