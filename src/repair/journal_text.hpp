// Drizzle's `meta/_journal.json` as text: entries that stay keep the spelling they have.
#pragma once

#include <cstdint>
#include <migguard/project.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migguard::repair {

struct JournalEntry {
  const DrizzleEntry* written = nullptr;  // in the journal that is there; null: a new one
  std::string tag;
  std::int64_t when = 0;
  std::int64_t idx = 0;
};

// The journal with these entries, in this order. `journal` null, or one that is no JSON: as
// drizzle-kit would write it.
std::string journal_text(const DrizzleJournal* journal, const std::vector<JournalEntry>& entries);

// The entries of both sides of a merge conflict, those of ours first; of two with one tag the
// first. None where either side is no journal.
std::optional<std::vector<JournalEntry>> entries_of_conflict(std::string_view text);

}  // namespace migguard::repair
