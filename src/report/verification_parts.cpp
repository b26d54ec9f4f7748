#include <report/style.hpp>
#include <report/verification_parts.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

namespace migguard::report {

using lint::TakenBack;
using lint::Verdict;
using lint::VerifiedHistory;
using lint::VerifiedMigration;
using lint::VerifiedStatement;
using lint::VerifyFinding;

std::string duration(double milliseconds) {
  const bool seconds = milliseconds >= 1000;
  const double value = seconds ? milliseconds / 1000 : milliseconds;
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value,
                                 std::chars_format::fixed, value < 10 ? 1 : 0);
  return cat(std::string_view(digits.data(), static_cast<std::size_t>(end.ptr - digits.data())),
             seconds ? " s" : " ms");
}

std::string felt_locks(const VerifiedMigration& migration) {
  std::map<std::string, LockMode> strongest;
  for (const VerifiedStatement& statement : migration.statements) {
    for (const lint::LockSeen& each : statement.locks) {
      if (!each.taken || !blocks_writes(*each.taken)) continue;
      LockMode& mode = strongest[shown(each.relation)];
      mode = std::max(mode, *each.taken);
    }
  }
  std::string text;
  for (const LockMode mode : {LockMode::access_exclusive, LockMode::exclusive,
                              LockMode::share_row_exclusive, LockMode::share}) {
    std::string names;
    std::size_t number = 0;
    for (const auto& [name, strong] : strongest) {
      if (strong != mode) continue;
      if (++number <= 3) names += cat(names.empty() ? "" : ", ", name);
    }
    if (number > 3) names += cat(" and ", number - 3, " more");
    if (number > 0) text += cat(text.empty() ? "" : "; ", sql_name(mode), " on ", names);
  }
  return text;
}

LockTally lock_tally(const VerifiedHistory& history) {
  LockTally tally;
  for (const VerifiedMigration& migration : history.migrations) {
    for (const VerifiedStatement& each : migration.statements) {
      ++tally.statements;
      tally.watched += each.watched;
      tally.mistaken += !each.mistakes.empty();
    }
  }
  return tally;
}

std::string_view in_words(Verdict verdict) {
  switch (verdict) {
    case Verdict::applied:
      return "applied";
    case Verdict::failed:
      return "failed";
    case Verdict::undone:
      return "undone";
    case Verdict::not_reached:
      return "waits";
  }
  return {};
}

std::string shown(const RelationName& relation) {
  return relation.schema == "public" || relation.schema.empty()
             ? quote_identifier(relation.name)
             : cat(quote_identifier(relation.schema), '.', quote_identifier(relation.name));
}

std::string_view in_words(TakenBack taken_back) {
  switch (taken_back) {
    case TakenBack::whole:
      return "restores all";
    case TakenBack::not_whole:
      return "does not restore all";
    case TakenBack::refused:
      return "cannot run";
    case TakenBack::untried:
      return "not tried";
    case TakenBack::no_script:
      break;
  }
  return {};
}

std::string in_words(const SchemaDifference& difference) {
  const std::string name = difference.table.empty()
                               ? difference.object
                               : cat(difference.object, " of ", difference.table);
  const std::string what =
      difference.where == SchemaDifference::Where::only_here ? "only in the replay"
      : difference.where == SchemaDifference::Where::only_there
          ? "only on the server"
          : cat("replayed as ", difference.here, ", on the server ", difference.there);
  return cat(difference.kind, " ", name, ": ", what);
}

std::vector<LockComparison> lock_comparisons(const VerifiedHistory& history) {
  const auto name = [](std::optional<LockMode> mode) {
    return std::string(mode ? sql_name(*mode) : "none");
  };
  const auto holds = [](const std::vector<RelationName>& list, const RelationName& relation) {
    return std::find(list.begin(), list.end(), relation) != list.end();
  };
  std::vector<LockComparison> rows;
  for (const VerifiedMigration& migration : history.migrations) {
    for (const VerifiedStatement& statement : migration.statements) {
      if (!statement.watched) continue;
      for (const lint::LockSeen& each : statement.locks) {
        const bool same = each.taken == each.predicted;
        const bool mistaken = !same && !each.conditional && statement.known;
        if (!mistaken && !(each.taken && blocks_writes(*each.taken))) continue;
        rows.push_back({&migration, &statement, shown(each.relation), name(each.taken),
                        name(each.predicted),
                        same               ? ""
                        : each.conditional ? "in other cases"
                        : mistaken         ? "an error of migguard's"
                                           : "at worst, as the files tell too little",
                        mistaken});
      }
      const auto add_rewrite = [&](const RelationName& relation) {
        const bool taken = holds(statement.rewritten, relation);
        const bool predicted = holds(statement.rewritten_predicted, relation);
        const bool mistaken = taken != predicted && statement.known;
        rows.push_back({&migration, &statement, shown(relation),
                        taken ? "written anew" : "not written anew",
                        predicted ? "written anew" : "not written anew",
                        mistaken             ? "an error of migguard's"
                        : taken != predicted ? "at worst, as the files tell too little"
                                             : "",
                        mistaken});
      };
      for (const RelationName& each : statement.rewritten) add_rewrite(each);
      // What is predicted of a relation that was not there is seen by nobody.
      const bool compared = !statement.mistakes.empty() && statement.known;
      for (const RelationName& each : statement.rewritten_predicted) {
        const bool there = std::any_of(statement.locks.begin(), statement.locks.end(),
                                       [&](const auto& lock) { return lock.relation == each; });
        if (compared && there && !holds(statement.rewritten, each)) add_rewrite(each);
      }
    }
  }
  return rows;
}

std::vector<std::string> reasons_unwatched(const VerifiedHistory& history) {
  std::map<std::string, std::size_t> reasons;
  for (const VerifiedMigration& migration : history.migrations) {
    for (const VerifiedStatement& each : migration.statements) {
      if (!each.watched && !each.unwatched.empty()) ++reasons[each.unwatched];
    }
  }
  std::vector<std::pair<std::string, std::size_t>> sorted(reasons.begin(), reasons.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::vector<std::string> out;
  out.reserve(sorted.size());
  for (const auto& [reason, times] : sorted) out.push_back(cat(reason, " (", times, ")"));
  return out;
}

std::string locks_sentence(const VerifiedHistory& history) {
  if (!history.unwatched.empty()) return cat("not watched: ", history.unwatched);
  const LockTally tally = lock_tally(history);
  if (tally.watched == 0) return {};
  const std::string watched =
      tally.watched == tally.statements
          ? cat("all ", count(tally.statements, "statement"))
          : cat(tally.watched, " of ", count(tally.statements, "statement"));
  if (tally.mistaken == 0)
    return cat("watched in ", watched, ", as `migguard locks` predicts them");
  return cat("watched in ", watched, "; migguard is mistaken about ", tally.mistaken,
             ", which is its own error and none of yours");
}

std::string schema_sentence(const VerifiedHistory& history) {
  if (!history.differences) return {};
  if (history.differences->empty()) return "the one that migguard replays is the server's";
  return cat("migguard's replay differs from the server in ",
             count(history.differences->size(), "object"),
             ", which is its own error and none of yours");
}

std::string rollbacks_sentence(const VerifiedHistory& history) {
  if (history.rollbacks == 0 && history.untried_rollbacks == 0) return {};
  const bool whole = std::none_of(
      history.findings.begin(), history.findings.end(),
      [](const VerifyFinding& each) { return each.fatal && lint::is_of_rollback(each.kind); });
  std::string out;
  if (history.rollbacks > 0)
    out = cat(history.rollbacks, " tried, ",
              whole ? "each restores what was there" : "not all of them restore what was there");
  if (history.untried_rollbacks > 0) {
    out += cat(out.empty() ? "" : "; ", history.untried_rollbacks,
               out.empty() ? " not tried" : " more not");
    if (!history.untried_because.empty()) out += cat(": ", history.untried_because);
  }
  return out;
}

std::string applied_sentence(const lint::Verification& verification) {
  return cat(verification.applied(), " of ", count(verification.migrations(), "migration"),
             " applied in ", duration(verification.milliseconds));
}

std::string outcome(const lint::Verification& verification) {
  return verification.clean() ? "nothing fails" : count(verification.fatal_findings(), "finding");
}

}  // namespace migguard::report
