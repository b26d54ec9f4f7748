#include <database/rollbacks.hpp>
#include <database/tool_record.hpp>
#include <migguard/history.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <set>

namespace migguard::database {
namespace {

using Kind = lint::VerifyFinding::Kind;

// Behind a migration that cannot be taken back whole, a database is made anew to go on. So many
// migrations are run for that at most.
constexpr std::size_t most_repeated = 2500;

// `0007_add_total` of `rollback/0007_add_total.down.sql`, `0007_add_total_rollback.sql`.
std::string stem(std::string_view path) {
  std::string name = to_lower(base_name(path));
  for (bool cut = true; cut;) {
    cut = false;
    for (const std::string_view ending : {".sql", ".down", ".up", ".undo", ".rollback", "_down",
                                          "_rollback", "-down", "-rollback", "_revert", "_undo"}) {
      if (name.size() <= ending.size() || !name.ends_with(ending)) continue;
      name.resize(name.size() - ending.size());
      cut = true;
    }
  }
  return name;
}

// The script that takes a migration back; null where there is none.
const Migration* rollback_of(const History& history, const Migration& migration) {
  const auto find = [&](auto fits) -> const Migration* {
    for (const Migration& each : history.rollbacks) {
      if (each.source && fits(each)) return &each;
    }
    return nullptr;
  };
  const std::string_view path = migration.source->path;
  if (const auto* same = find([&](const auto& each) { return each.source == migration.source; }))
    return same;
  if (const auto* beside = find([&](const auto& each) {
        return base_name(each.source->path) == "down.sql" &&
               folder_of(each.source->path) == folder_of(path) && folder_of(path) != history.folder;
      }))
    return beside;
  const std::string name = stem(path);
  if (const auto* named = find([&](const auto& each) { return stem(each.source->path) == name; }))
    return named;
  if (migration.number.empty()) return nullptr;
  const auto has_number = [&](const Migration& each) { return each.number == migration.number; };
  if (std::count_if(history.migrations.begin(), history.migrations.end(), has_number) != 1)
    return nullptr;
  return std::count_if(history.rollbacks.begin(), history.rollbacks.end(), has_number) == 1
             ? find(has_number)
             : nullptr;
}

// What a part of something belongs to: `index a of invoices`, where all of `invoices` is missing.
bool of_any(const std::string& name, const std::set<std::string>& wholes) {
  const std::size_t of = name.rfind(" of ");
  return of != std::string::npos && wholes.contains(name.substr(of + 4));
}

struct Differences {
  std::vector<std::string> missing;  // there before, not there now
  std::vector<std::string> left;     // not there before, there now
  std::vector<std::string> changed;
  bool none() const { return missing.empty() && left.empty() && changed.empty(); }
};

bool is_whole(const std::string& kind) {
  return kind == "table" || kind == "view" || kind == "materialized view" ||
         kind == "foreign table" || kind == "domain";
}

Differences between(const Objects& before, const Objects& now) {
  std::set<std::string> lost, made;  // with everything that belongs to them
  for (const auto& [key, definition] : before) {
    if (is_whole(key.first) && !now.contains(key)) lost.insert(key.second);
  }
  for (const auto& [key, definition] : now) {
    if (is_whole(key.first) && !before.contains(key)) made.insert(key.second);
  }
  Differences out;
  for (const auto& [key, definition] : before) {
    const std::string shown = cat("the ", key.first, " ", key.second);
    const auto found = now.find(key);
    if (found == now.end()) {
      if (!of_any(key.second, lost)) out.missing.push_back(shown);
    } else if (found->second != definition) {
      const bool brief = definition.size() + found->second.size() < 160 &&
                         definition.find('\n') == std::string::npos;
      out.changed.push_back(
          brief ? cat(shown, " was `", definition, "` and is `", found->second, "`") : shown);
    }
  }
  for (const auto& [key, definition] : now) {
    if (!before.contains(key) && !of_any(key.second, made))
      out.left.push_back(cat("the ", key.first, " ", key.second));
  }
  return out;
}

std::string sentence(const Differences& found) {
  std::string text;
  const auto add = [&](std::string_view what, const std::vector<std::string>& list) {
    if (!list.empty()) text += cat(text.empty() ? "" : "; ", what, joined(list, 6));
  };
  add("it does not bring back ", found.missing);
  add("it leaves behind ", found.left);
  add("it leaves changed: ", found.changed);
  return text;
}

// Values that were there before the migration and are not there, or others, after it was taken
// back.
std::vector<std::string> lost_values(const TableSums& before, const TableSums& now) {
  std::vector<std::string> lost;
  for (const auto& [table, sum] : before) {
    const auto found = now.find(table);
    if (found == now.end()) {
      lost.push_back(cat(sum.rows, sum.rows == 1 ? " row of " : " rows of ", table));
      continue;
    }
    if (found->second.rows < sum.rows) {
      const auto rows = sum.rows - found->second.rows;
      lost.push_back(cat(rows, rows == 1 ? " row of " : " rows of ", table));
      continue;
    }
    for (const auto& [column, values] : sum.columns) {
      const auto there = found->second.columns.find(column);
      const bool gone =
          there == found->second.columns.end() || there->second.values < values.values;
      // More rows have come since: then sums say nothing.
      const bool other = !gone && found->second.rows == sum.rows && there->second.sum != values.sum;
      if (gone && values.values > 0) {
        lost.push_back(cat("what ", column, " of ", table, " held in ", values.values,
                           values.values == 1 ? " row" : " rows"));
      } else if (other) {
        lost.push_back(cat("the values of ", column, " of ", table));
      }
    }
  }
  return lost;
}

// Values that are there now and whose column or table is not there any more afterwards, though it
// was not there before the migration either: what was written since.
std::vector<std::string> given_up(const TableSums& before, const TableSums& now,
                                  const Objects& after) {
  std::vector<std::string> lost;
  for (const auto& [table, sum] : now) {
    const auto was = before.find(table);
    if (!after.contains({"table", table})) {
      if (was == before.end())
        lost.push_back(
            cat("the table ", table, " with ", sum.rows, sum.rows == 1 ? " row" : " rows"));
      continue;
    }
    for (const auto& [column, values] : sum.columns) {
      const bool had = was != before.end() && was->second.columns.contains(column);
      if (had || values.values == 0 || after.contains({"column", cat(column, " of ", table)}))
        continue;
      lost.push_back(cat("the column ", column, " of ", table, " with ", values.values,
                         values.values == 1 ? " value" : " values"));
    }
  }
  return lost;
}

}  // namespace

Rollbacks::Rollbacks(const Trial& trial) : trial_(trial) {
  for (lint::VerifiedMigration& each : trial.verified.migrations) {
    Step& step = steps_.emplace_back();
    step.verified = &each;
    if (!each.beforehand) step.script = rollback_of(trial.history, *each.migration);
    if (step.script) each.taken_back = lint::TakenBack::untried;
  }
}

bool Rollbacks::any() const {
  return std::any_of(steps_.begin(), steps_.end(), [](const Step& each) { return each.script; });
}

std::size_t Rollbacks::applied() const {
  const auto end = std::find_if(steps_.begin(), steps_.end(), [](const Step& each) {
    return each.verified->verdict != lint::Verdict::applied;
  });
  return static_cast<std::size_t>(end - steps_.begin());
}

std::size_t Rollbacks::scripts_of_first(std::size_t number) const {
  return static_cast<std::size_t>(
      std::count_if(steps_.begin(), steps_.begin() + static_cast<std::ptrdiff_t>(number),
                    [](const Step& each) { return each.script; }));
}

void Rollbacks::give_up(std::size_t next, std::string because) {
  trial_.verified.untried_rollbacks = scripts_of_first(next);
  if (trial_.verified.untried_rollbacks > 0) trial_.verified.untried_because = std::move(because);
}

std::optional<Error> Rollbacks::try_all() {
  std::size_t next = applied();
  for (std::size_t repeated = 0;; repeated += next) {
    while (next > 0 && !steps_[next - 1].script) --next;
    if (next == 0) break;
    if (repeated > most_repeated) {
      give_up(next, "too many of the others fail");
      break;
    }
    if (auto error = go_back_from(next)) return error;
  }
  return std::nullopt;
}

std::optional<Error> Rollbacks::look_before(const Migration& migration, Opened& opened) {
  for (Step& each : steps_) {
    if (each.verified->migration != &migration || !each.script || each.looked) continue;
    if (auto error = look(opened, each.before, each.sums)) return error;
    each.looked = true;
  }
  return std::nullopt;
}

std::optional<Error> Rollbacks::take_back(Opened& opened, Applier& applier) {
  std::size_t next = applied();
  while (next > 0 && steps_[next - 1].looked) {
    trial_.events(cat("trying the rollbacks of ", trial_.history.folder));
    const Step& step = steps_[--next];
    const auto whole = take_back(opened, applier, step);
    if (!whole) return whole.error();
    if (*whole) continue;
    give_up(next, cat("behind the rollback of ", step.verified->migration->id,
                      " this database is not as it was, and there is no other to go on in"));
    return std::nullopt;
  }
  if (next > 0)
    give_up(next, cat("there is no script that takes ", steps_[next - 1].verified->migration->id,
                      " back, which stands above them"));
  return std::nullopt;
}

// In a database with the first `next` migrations, takes them back as far as every one can be taken
// back whole; `next`: those left to try.
std::optional<Error> Rollbacks::go_back_from(std::size_t& next) {
  auto opened = trial_.databases.fresh();
  if (!opened) return opened.error();
  trial_.events(cat("trying the rollbacks of ", trial_.history.folder));
  Applier applier(opened->session, opened->superuser(), trial_.history, true);
  if (auto error = applier.prepare()) return error;
  if (auto error = go_forward(*opened, applier, next)) return error;
  while (next > 0 && steps_[next - 1].script) {
    auto whole = take_back(*opened, applier, steps_[next - 1]);
    --next;
    if (!whole) return whole.error();
    if (!*whole) break;
  }
  return std::nullopt;
}

std::optional<Error> Rollbacks::go_forward(Opened& opened, Applier& applier, std::size_t next) {
  DataLoader data(trial_.data, opened.session, applier);
  std::vector<lint::VerifyFinding> unused;
  data.load(nullptr, unused);
  for (std::size_t index = 0; index < next; ++index) {
    Step& step = steps_[index];
    const Migration& migration = *step.verified->migration;
    if (auto error = look_before(migration, opened)) return error;
    if (auto refusal = applier.apply(migration)) {
      return Error{
          cat("a second run of the history fails where the first did not: ", refusal->message.text),
          refusal->source->path, refusal->source->position(refusal->span.begin).line};
    }
    data.load(&migration, unused);
  }
  return std::nullopt;
}

std::optional<Error> Rollbacks::look(Opened& opened, Objects& objects, TableSums& sums) const {
  const std::string record = record_name(trial_.history);
  auto found = read_objects(*opened.watcher, record);
  if (!found) return found.error();
  objects = *std::move(found);
  if (trial_.data.empty()) return std::nullopt;
  // Casts to text may be the project's own functions: never as a superuser.
  auto reader = Session::open(opened.as_owner);
  if (!reader) return reader.error();
  auto rows = read_sums(*reader, record);
  if (!rows) return rows.error();
  sums = *std::move(rows);
  return std::nullopt;
}

// Whether everything is as it was before the migration.
Result<bool> Rollbacks::take_back(Opened& opened, Applier& applier, const Step& step) {
  const Migration& migration = *step.verified->migration;
  ++trial_.verified.rollbacks;
  Objects full, after;
  TableSums now, sums;
  if (auto error = look(opened, full, now)) return *std::move(error);
  if (const auto refusal = applier.take_back(*step.script, migration)) {
    auto& finding =
        add(step, Kind::rollback_fails,
            cat("the rollback of ", migration.id, " cannot run: ", refusal->message.text),
            "so the migration cannot be taken back when it has to be",
            "correct the script, and verify again");
    finding.source = refusal->source;
    finding.span = refusal->span;
    finding.server = refusal->message;
    step.verified->taken_back = lint::TakenBack::refused;
    return false;
  }
  if (auto error = look(opened, after, sums)) return *std::move(error);
  const Differences found = between(step.before, after);
  if (!found.none()) {
    add(step, Kind::rollback_incomplete,
        cat("the rollback of ", migration.id,
            " does not restore what was there: ", sentence(found)),
        "the schema is then neither the one before the migration nor the one behind it, and "
        "applying the migration again may fail",
        "add to the rollback what is missing, or say that the migration cannot be taken back");
  }
  const auto lost = lost_values(step.sums, sums);
  if (!lost.empty()) {
    add(step, Kind::rollback_loses,
        cat("taking ", migration.id, " back does not bring back ", joined(lost, 6)),
        "the migration deletes them, and no rollback script knows them",
        "keep the values until nobody wants to go back: rename the column or table, and drop it "
        "in a later release");
  }
  step.verified->taken_back =
      found.none() && lost.empty() ? lint::TakenBack::whole : lint::TakenBack::not_whole;
  const auto gone = given_up(step.sums, now, after);
  if (!gone.empty()) {
    add(step, Kind::rollback_loses, cat("taking ", migration.id, " back drops ", joined(gone, 6)),
        "whatever was written there since the migration is lost",
        "copy it elsewhere before you go back, if it is wanted")
        .fatal = false;
  }
  return found.none();
}

lint::VerifyFinding& Rollbacks::add(const Step& step, Kind kind, std::string message,
                                    std::string why, std::string help) {
  const Migration& script = *step.script;
  Span span;
  if (!script.script.statements.empty()) span = script.script.statements.begin()->span;
  trial_.verified.findings.push_back({.kind = kind,
                                      .migration = step.verified->migration,
                                      .source = script.source,
                                      .span = span,
                                      .message = std::move(message),
                                      .why = std::move(why),
                                      .help = std::move(help)});
  return trial_.verified.findings.back();
}

}  // namespace migguard::database
