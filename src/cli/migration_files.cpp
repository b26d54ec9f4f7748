#include <cli/migration_files.hpp>
#include <migguard/history.hpp>
#include <project/tools/checksums.hpp>
#include <util/file_system.hpp>
#include <util/text.hpp>

#include <re2/re2.h>
#include <algorithm>
#include <array>
#include <charconv>

namespace migguard::cli {
namespace {

constexpr std::size_t stamp_digits = 14;  // YYYYMMDDhhmmss

std::string padded(std::uint64_t number, std::size_t width) {
  std::string text = std::to_string(number);
  return text.size() < width ? std::string(width - text.size(), '0') + text : text;
}

std::string_view leading_digits(std::string_view text) {
  std::size_t length = 0;
  while (length < text.size() && text[length] >= '0' && text[length] <= '9') ++length;
  return text.substr(0, length);
}

// What diesel and Flyway call a version, as it is written.
std::string_view version_of(Tool tool, std::string_view name) {
  if (tool == Tool::diesel) return name.substr(0, name.find('_'));
  if (tool == Tool::flyway) {
    const std::size_t end = name.find("__");
    if (end == std::string_view::npos || (name[0] != 'V' && name[0] != 'B')) return {};
    return leading_digits(name.substr(1)).empty() ? std::string_view() : name.substr(1, end - 1);
  }
  if (tool == Tool::drizzle && name.ends_with(".sql")) name.remove_suffix(4);
  return leading_digits(name);
}

std::string without_dashes(std::string_view version) {
  std::string out(version);
  std::erase(out, '-');
  return out;
}

// Whether one version comes before another, by their numbers, part for part.
bool version_before(Tool tool, std::string_view one, std::string_view other) {
  if (tool == Tool::diesel) return without_dashes(one) < without_dashes(other);
  while (!one.empty() && !other.empty()) {
    const std::size_t ends = std::min(one.find_first_of("._"), one.size());
    const std::size_t other_ends = std::min(other.find_first_of("._"), other.size());
    const std::string_view part = one.substr(0, ends), other_part = other.substr(0, other_ends);
    if (number_less(part, other_part) || number_less(other_part, part))
      return number_less(part, other_part);
    one.remove_prefix(std::min(ends + 1, one.size()));
    other.remove_prefix(std::min(other_ends + 1, other.size()));
  }
  return one.empty() && !other.empty();
}

// The last version of the folder, as it is written; empty where there is none.
std::string last_version(const MigrationFolder& folder) {
  std::string last;
  const auto see = [&](std::string_view name) {
    const std::string_view version = version_of(folder.tool, name);
    if (!version.empty() && (last.empty() || version_before(folder.tool, last, version)))
      last = version;
  };
  for (const std::string& each : folder.names) see(each);
  if (!folder.history) return last;
  for (const Migration& each : folder.history->migrations) {
    const std::string_view file = base_name(each.source->path);
    // Drizzle's, Prisma's and diesel's migrations are known by other names than their files'.
    see(each.id);
    if (folder.tool == Tool::flyway) see(file);
  }
  return last;
}

// The format of a time, told by its digits.
enum class Clock : std::uint8_t { none, date, minutes, seconds, milliseconds, unix_s, unix_ms };

Clock clock_of(std::string_view digits) {
  const bool year = digits.starts_with("19") || digits.starts_with("20");
  switch (digits.size()) {
    case 8:
      return year ? Clock::date : Clock::none;
    case 10:
      return digits[0] == '1' || digits[0] == '2' ? Clock::unix_s : Clock::none;
    case 12:
      return year ? Clock::minutes : Clock::none;
    case 13:
      return digits[0] == '1' || digits[0] == '2' ? Clock::unix_ms : Clock::none;
    case stamp_digits:
      return Clock::seconds;
    case 17:
      return year ? Clock::milliseconds : Clock::none;
    default:
      return Clock::none;
  }
}

std::string time_text(Clock clock, std::int64_t now) {
  std::string stamp = utc_timestamp(now);
  switch (clock) {
    case Clock::date:
      return stamp.substr(0, 8);
    case Clock::minutes:
      return stamp.substr(0, 12);
    case Clock::milliseconds:
      return stamp + padded(static_cast<std::uint64_t>(now % 1000), 3);
    case Clock::unix_s:
      return std::to_string(now / 1000);
    case Clock::unix_ms:
      return std::to_string(now);
    default:
      return stamp;
  }
}

// Digits and as many more.
std::string digits_behind(std::string_view digits, std::int64_t more) {
  std::uint64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return padded(number + static_cast<std::uint64_t>(more), digits.size());
}

// A second of its own behind the last one, and not before now.
std::string stamp_behind(const std::string& last, std::int64_t now, std::int64_t added) {
  const auto seconds = project::utc_seconds(last);
  const std::int64_t next = std::max(now / 1000, seconds.value_or(0) + 1) + added;
  const std::string stamp = utc_timestamp(next * 1000);
  return stamp > last ? stamp : digits_behind(last, added + 1);
}

// What the tool's own command begins with in an empty folder.
std::string first_version(Tool tool, std::int64_t now, std::int64_t added) {
  const auto number = static_cast<std::uint64_t>(added);
  switch (tool) {
    case Tool::plain:
      return padded(number + 1, 4);
    case Tool::drizzle:
      return padded(number, 4);
    case Tool::flyway:
      return std::to_string(number + 1);
    case Tool::node_pg_migrate:
      return std::to_string(now + added);
    case Tool::diesel: {
      const std::string stamp = utc_timestamp(now + added * 1000);
      return cat(stamp.substr(0, 4), "-", stamp.substr(4, 2), "-", stamp.substr(6, 2), "-",
                 stamp.substr(8));
    }
    default:
      return utc_timestamp(now + added * 1000);
  }
}

// Whether the tool runs its files by the bytes of their names.
bool goes_by_bytes(Tool tool) {
  constexpr std::array tools = {Tool::plain, Tool::supabase, Tool::dbmate,
                                Tool::atlas, Tool::prisma,   Tool::drizzle_v1};
  return std::find(tools.begin(), tools.end(), tool) != tools.end();
}

// `_` or `-`, as the last file of the folder has it behind its number.
char separator_of(const MigrationFolder& folder, const std::string& version) {
  for (const std::string& each : folder.names) {
    if (each.starts_with(version) && each.size() > version.size() && each[version.size()] == '-')
      return '-';
  }
  return folder.tool == Tool::sql_migrate && version.empty() ? '-' : '_';
}

// The file of the folder itself that is run last where files go by the bytes of their names.
std::string last_by_bytes(const MigrationFolder& folder) {
  std::string last;
  if (!folder.history) return last;
  for (const Migration& each : folder.history->migrations) {
    const std::string_view name = base_name(each.source->path);
    if (parent_path(each.source->path) == folder.folder && name > last) last = name;
  }
  return last;
}

bool any_backward(const History* history, std::string_view ending) {
  return history &&
         std::any_of(history->rollbacks.begin(), history->rollbacks.end(),
                     [&](const Migration& each) { return each.source->path.ends_with(ending); });
}

// Whether pairs are written: the history has some, or is empty.
bool writes_pairs(const MigrationFolder& folder) {
  return !folder.history || folder.history->migrations.empty() ||
         any_backward(folder.history, ".down.sql") || any_backward(folder.history, "/down.sql");
}

// Two sections of one file. A statement with semicolons of its own stands between `begin` and `end`
// where the tool would cut it otherwise.
struct Marks {
  std::string_view forward, backward, begin, end;
};

std::string sections(const MigrationText& text, const Marks& marks) {
  const auto body = [&](const std::vector<std::string>& statements) {
    std::string out;
    for (const std::string& each : statements) {
      const bool cut = !marks.begin.empty() && each.find(';') != std::string::npos;
      out += cut ? cat("\n", marks.begin, "\n", each, ";\n", marks.end, "\n")
                 : cat(&each == &statements.front() ? "" : "\n", each, ";\n");
    }
    return out;
  };
  return cat(marks.forward, "\n", text.comment.empty() ? "" : cat("-- ", text.comment, "\n"),
             body(text.forward), "\n", marks.backward, "\n", body(text.backward));
}

// The folder of Flyway's last version: a release may have one of its own.
std::string flyway_folder(const MigrationFolder& folder) {
  std::string last, place = folder.folder;
  if (!folder.history) return place;
  for (const Migration& each : folder.history->migrations) {
    const std::string version(version_of(Tool::flyway, base_name(each.source->path)));
    if (version.empty() || (!last.empty() && version_before(Tool::flyway, version, last))) continue;
    last = version;
    place = parent_path(each.source->path);
  }
  return place;
}

std::vector<NewFile> files_of(const MigrationFolder& folder, const MigrationText& text,
                              const std::string& number) {
  const std::string stem =
      cat(number, std::string(1, separator_of(folder, last_version(folder))), text.name);
  const auto at = [&](std::string_view name) { return join_path(folder.folder, name); };
  const std::string forward = script_of(text.comment, text.forward);
  const std::string backward =
      script_of(text.backward.empty() ? "there is nothing to take back" : "", text.backward);
  switch (folder.tool) {
    case Tool::prisma:
    case Tool::drizzle_v1:
      return {{at(cat(stem, "/migration.sql")), forward}};
    case Tool::diesel: {
      std::vector<NewFile> files = {{at(cat(number, "_", text.name, "/up.sql")), forward}};
      if (writes_pairs(folder))
        files.push_back({at(cat(number, "_", text.name, "/down.sql")), backward});
      return files;
    }
    case Tool::flyway: {
      const std::string place = flyway_folder(folder);
      std::vector<NewFile> files = {
          {join_path(place, cat("V", number, "__", text.name, ".sql")), forward}};
      const auto undoes = [](const Migration& each) {
        return base_name(each.source->path).starts_with("U");
      };
      if (folder.history &&
          std::any_of(folder.history->rollbacks.begin(), folder.history->rollbacks.end(), undoes))
        files.push_back({join_path(place, cat("U", number, "__", text.name, ".sql")), backward});
      return files;
    }
    case Tool::golang_migrate: {
      std::vector<NewFile> files = {{at(cat(stem, ".up.sql")), forward}};
      if (writes_pairs(folder)) files.push_back({at(cat(stem, ".down.sql")), backward});
      return files;
    }
    case Tool::sqlx:
      if (any_backward(folder.history, ".down.sql"))
        return {{at(cat(stem, ".up.sql")), forward}, {at(cat(stem, ".down.sql")), backward}};
      return {{at(cat(stem, ".sql")), forward}};
    case Tool::goose:
      return {{at(cat(stem, ".sql")),
               sections(text, {"-- +goose Up", "-- +goose Down", "-- +goose StatementBegin",
                               "-- +goose StatementEnd"})}};
    case Tool::sql_migrate:
      return {{at(cat(stem, ".sql")),
               sections(text, {"-- +migrate Up", "-- +migrate Down", "-- +migrate StatementBegin",
                               "-- +migrate StatementEnd"})}};
    case Tool::dbmate:
      return {
          {at(cat(stem, ".sql")), sections(text, {"-- migrate:up", "-- migrate:down", {}, {}})}};
    case Tool::node_pg_migrate:
      return {{at(cat(stem, ".sql")),
               sections(text, {"-- Up Migration", "-- Down Migration", {}, {}})}};
    default:
      return {{at(cat(stem, ".sql")), forward}};
  }
}

}  // namespace

std::string utc_timestamp(std::int64_t milliseconds) {
  const std::int64_t seconds = milliseconds / 1000 % 86'400;
  const auto two = [](std::int64_t number) {
    return padded(static_cast<std::uint64_t>(number), 2);
  };
  std::string date = utc_date(milliseconds);
  std::erase(date, '-');
  return cat(date, two(seconds / 3600), two(seconds / 60 % 60), two(seconds % 60));
}

std::string next_number(const MigrationFolder& folder, std::int64_t now, std::int64_t added) {
  const std::string last = last_version(folder);
  if (last.empty()) return first_version(folder.tool, now, added);
  if (folder.tool == Tool::diesel) {
    const std::string digits = without_dashes(last);
    if (digits.size() == last.size() && digits.size() != stamp_digits)
      return digits_behind(last, added + 1);
    // A time may have a counter behind it: 2024-01-31-095900-0000.
    const std::size_t counter = last.size() == 22 ? 5 : 0;
    const std::string stamp = digits.substr(0, std::min(digits.size(), stamp_digits));
    std::string next = stamp_behind(stamp, now, added);
    if (digits.size() != last.size())
      next = cat(next.substr(0, 4), "-", next.substr(4, 2), "-", next.substr(6, 2), "-",
                 next.substr(8));
    return counter == 0 ? next : next + "-0000";
  }
  // Of Flyway's 1.2.9, the last part counts.
  const std::size_t cut = last.find_last_of("._");
  const std::string head = cut == std::string::npos ? "" : last.substr(0, cut + 1);
  const std::string digits = cut == std::string::npos ? last : last.substr(cut + 1);
  const Clock clock = head.empty() ? clock_of(digits) : Clock::none;
  // Prisma's command and Drizzle's since 1.0 know no other numbers than times.
  const bool timed = folder.tool == Tool::prisma || folder.tool == Tool::drizzle_v1;
  if (timed && clock == Clock::none) return first_version(folder.tool, now, added);
  if (clock == Clock::none) return head + digits_behind(digits, added + 1);
  if (clock == Clock::seconds) return stamp_behind(digits, now, added);
  return digits_behind(std::max(digits_behind(digits, 1), time_text(clock, now)), added);
}

Result<std::vector<NewFile>> migration_files(const MigrationFolder& folder,
                                             const MigrationText& text, std::int64_t now,
                                             std::int64_t added) {
  const std::string number = next_number(folder, now, added);
  const std::string last = last_version(folder);
  if (goes_by_bytes(folder.tool) && !last.empty() && number.size() > last.size()) {
    const std::string sorted_before = *std::max_element(folder.names.begin(), folder.names.end());
    if (number < last)
      return Error{cat("the next number, ", number, ", would sort before `", sorted_before,
                       "`: give the numbers that are there leading zeros first"),
                   folder.folder};
  }
  const std::string last_name = last_by_bytes(folder);
  if (folder.tool == Tool::plain && !last_name.empty()) {
    static const RE2 dated(R"(\d{4}-\d{2}-\d{2}.*)");
    if (RE2::FullMatch(last_name, dated))
      return Error{cat("`", last_name,
                       "` is named for a day, which says no order for files of one "
                       "day: number the files (0001_...) first"),
                   folder.folder};
    if (cat(number, "_", text.name) < last_name)
      return Error{cat("the next file, ", number, "_", text.name, ".sql, would sort before `",
                       last_name, "`: give that a number first"),
                   folder.folder};
  }
  return files_of(folder, text, number);
}

std::string script_of(std::string_view comment, const std::vector<std::string>& statements,
                      std::string_view between) {
  std::string text = comment.empty() ? "" : cat("-- ", comment, "\n");
  for (const std::string& each : statements) {
    if (&each != &statements.front()) text += between;
    text += each;
    text += ';';
  }
  return statements.empty() ? text : text + '\n';
}

}  // namespace migguard::cli
