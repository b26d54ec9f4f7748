#include <lint/novelty.hpp>
#include <lint/renames.hpp>
#include <migguard/history.hpp>
#include <sql/script.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

namespace migguard::lint {
namespace {

using Renames = std::map<std::string, std::string>;

// What a migration is called inside its history's folder.
std::string_view inner_path(const History& history, const Migration& migration) {
  const std::string_view path = migration.source->path;
  if (history.folder == "." || !is_below(path, history.folder)) return path;
  return path.substr(history.folder.size() + 1);
}

// Whether the tool knows what it has applied by the number alone, so that another description
// makes no other migration of it.
bool known_by_number(Tool tool) {
  switch (tool) {
    case Tool::supabase:
    case Tool::flyway:
    case Tool::golang_migrate:
    case Tool::goose:
    case Tool::dbmate:
    case Tool::sqlx:
    case Tool::diesel:
    case Tool::atlas:
    case Tool::plain:
      return true;
    default:
      return false;
  }
}

// `when` of a migration of Drizzle's before 1.0, by tag: the one thing its databases go by.
std::map<std::string_view, std::string> whens(const History& history) {
  std::map<std::string_view, std::string> found;
  if (!history.drizzle) return found;
  for (const DrizzleEntry& each : history.drizzle->entries) {
    if (each.when) found.emplace(each.tag, std::to_string(*each.when));
  }
  return found;
}

// The text without what line ends and byte order marks make of it.
std::string without_line_ends(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::string out;
  for (const char each : text) {
    if (each != '\r') out += each;
  }
  return out;
}

std::string tokens(const Migration& migration) {
  const std::string_view text = migration.source->text;
  if (migration.ranges.empty()) return sql::token_text(text);
  std::string out;
  for (const Span each : migration.ranges)
    out += cat(sql::token_text(text.substr(each.begin, each.end - each.begin)), '\n');
  return out;
}

bool same_but_for_line_ends(const Migration& then, const Migration& now) {
  return without_line_ends(then.source->text) == without_line_ends(now.source->text);
}

// `converted`: git has turned the line ends of all files at checkout, so that they say nothing.
bool says_the_same(const Migration& then, const Migration& now, Tool tool, bool converted) {
  if (then.source->text == now.source->text) return true;
  switch (tool) {
    case Tool::prisma:  // SHA-256, of LF and CRLF alike
    case Tool::flyway:  // CRC-32 line by line
      return same_but_for_line_ends(then, now);
    case Tool::sqlx:
    case Tool::atlas:
      return converted && same_but_for_line_ends(then, now);
    default:
      return tokens(then) == tokens(now);
  }
}

// Flyway runs a repeatable migration again whenever it changes.
bool is_repeatable(const History& history, const Migration& migration) {
  return history.tool == Tool::flyway && migration.number.empty();
}

// The migrations of two states of one history that are the same ones.
class Pairing {
 public:
  Pairing(const History& then, const History& now) : then_(then), now_(now) {}

  // By place in `now`; null where it is new.
  std::vector<const Migration*> run() {
    pairs_.assign(now_.migrations.size(), nullptr);
    by([](const History& history, const Migration& each) {
      return std::string(inner_path(history, each));
    });
    by([](const History&, const Migration& each) { return each.id; });
    if (now_.tool == Tool::drizzle && then_.drizzle) {
      const auto old_whens = whens(then_), new_whens = whens(now_);
      by([&](const History& history, const Migration& each) {
        const auto& known = &history == &then_ ? old_whens : new_whens;
        const auto found = known.find(each.id);
        return found == known.end() ? std::string() : found->second;
      });
    } else if (known_by_number(now_.tool)) {
      by([&](const History&, const Migration& each) {
        return each.number.empty() ? std::string() : number_key(now_.tool, each.number);
      });
    }
    return std::move(pairs_);
  }

 private:
  template <class KeyOf>
  void by(const KeyOf& key_of) {
    std::unordered_map<std::string, std::vector<const Migration*>> known;
    for (const Migration& each : then_.migrations) {
      if (taken_.contains(&each)) continue;
      std::string key = key_of(then_, each);
      if (!key.empty()) known[std::move(key)].push_back(&each);
    }
    for (std::size_t index = 0; index < pairs_.size(); ++index) {
      if (pairs_[index]) continue;
      const auto found = known.find(key_of(now_, now_.migrations[index]));
      if (found == known.end() || found->second.empty()) continue;
      pairs_[index] = found->second.front();
      taken_.insert(found->second.front());
      found->second.erase(found->second.begin());
    }
  }

  const History& then_;
  const History& now_;
  std::vector<const Migration*> pairs_;
  std::set<const Migration*> taken_;
};

// The history that was this one: in the same folder, or in the one most of its files came from.
const History* earlier_history(const History& now, const Project& then, const Renames& renames) {
  const History* best = nullptr;
  for (const History& each : then.histories) {
    if (each.folder != now.folder || each.migrations.empty() != now.migrations.empty()) continue;
    if (!best || each.tool == now.tool) best = &each;
  }
  if (best) return best;
  std::size_t most = 0;
  for (const History& each : then.histories) {
    const auto came = static_cast<std::size_t>(std::count_if(
        each.migrations.begin(), each.migrations.end(), [&](const Migration& migration) {
          const auto to = renames.find(migration.source->path);
          return to != renames.end() && is_below(to->second, now.folder);
        }));
    if (came > most && came * 2 >= each.migrations.size()) {
      most = came;
      best = &each;
    }
  }
  return best;
}

bool line_ends_converted(const History& now, const std::vector<const Migration*>& pairs) {
  std::size_t differing = 0, compared = 0;
  for (std::size_t index = 0; index < pairs.size(); ++index) {
    if (!pairs[index] || pairs[index]->source->text.find('\n') == std::string::npos) continue;
    ++compared;
    differing += pairs[index]->source->text != now.migrations[index].source->text;
  }
  return compared > 0 && differing == compared;
}

// Whether one new migration has taken the place of the oldest ones: under a name of its own, or
// under that of the first.
bool is_squash(const History& then, const History& now, const std::vector<const Migration*>& gone) {
  if (gone.size() < 2 || now.migrations.empty()) return false;
  const Migration& first = now.migrations.front();
  const std::size_t kept = first.novelty == Novelty::changed ? 1 : 0;
  if (kept == 0 && first.novelty != Novelty::added) return false;
  for (std::size_t index = 0; index < gone.size(); ++index) {
    if (gone[index] != &then.migrations[index + kept]) return false;
  }
  return true;
}

void compare(const History& then, History& now) {
  const auto pairs = Pairing(then, now).run();
  const bool converted = line_ends_converted(now, pairs);
  std::set<const Migration*> still_there(pairs.begin(), pairs.end());
  for (std::size_t index = 0; index < pairs.size(); ++index) {
    Migration& migration = now.migrations[index];
    const Migration* before = pairs[index];
    const bool ran = before && (before->listed || !migration.listed);
    const bool same = ran && says_the_same(*before, migration, now.tool, converted);
    // Another commit that is compared with may have known it already.
    if (migration.novelty == Novelty::old) continue;
    if (ran) migration.before = before;
    if (same) {
      migration.novelty = Novelty::old;
    } else if (ran && !is_repeatable(now, migration)) {
      migration.novelty = Novelty::changed;
    } else if (migration.novelty != Novelty::changed) {
      migration.novelty = Novelty::added;
    }
  }
  std::vector<const Migration*> gone;
  for (const Migration& each : then.migrations) {
    if (each.listed && !still_there.contains(&each)) gone.push_back(&each);
  }
  now.squashed = is_squash(then, now, gone);
  if (now.squashed) now.migrations.front().novelty = Novelty::added;
  if (now.squashed || gone.size() == then.migrations.size()) gone.clear();
  if (now.before) {
    // Gone since every commit compared with: otherwise the other side of a merge took it out.
    std::set<std::string_view> ids;
    for (const Migration* each : gone) ids.insert(each->id);
    std::erase_if(now.gone, [&](const Migration* each) { return !ids.contains(each->id); });
  } else {
    now.gone = std::move(gone);
    now.before = &then;
  }
}

}  // namespace

void compare_with(std::vector<std::unique_ptr<Project>> earlier, Project& project) {
  for (const auto& then : earlier) {
    const Renames renames = renamed_files(*then, project);
    for (History& history : project.histories) {
      if (const History* before = earlier_history(history, *then, renames)) {
        compare(*before, history);
        continue;
      }
      for (Migration& each : history.migrations) {
        if (each.novelty == Novelty::unknown) each.novelty = Novelty::added;
      }
    }
  }
  for (auto& then : earlier) project.earlier.push_back(std::move(then));
}

}  // namespace migguard::lint
