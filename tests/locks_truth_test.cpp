// What statements do to real servers, as recorded: fixtures/truth/locks.jsonl, one case a line (see
// scripts/record-oracle). Every difference is listed in locks-differences.jsonl with its reason:
// one that is not listed fails, and so does one that has healed.
#include <gtest/gtest.h>
#include <schema/effects.hpp>
#include <test_paths.hpp>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "schema_support.hpp"

namespace migguard::schema {
namespace {

using nlohmann::json;

std::vector<json> lines_of(const std::string& name) {
  std::ifstream file(MIGGUARD_SOURCE_DIR "/fixtures/truth/" + name);
  std::vector<json> all;
  for (std::string line; std::getline(file, line);)
    if (!line.empty()) all.push_back(json::parse(line));
  return all;
}

std::string script(const json& statements) {
  std::string text;
  for (const std::string statement : statements) text += statement + ";\n";
  // Schema `m` of the recorded cases is first in search_path.
  return std::regex_replace(text, std::regex(R"(\bSCHEMA m\b)"), "SCHEMA public");
}

// What we say of the statements of a case, together.
struct Answer {
  Effects effects;
  std::map<std::string, LockMode> locks;  // by the name alone
};

Answer answer(const json& test, int version) {
  json setup = json::array({"CREATE SCHEMA m2"});
  for (const auto& each : test["setup"]) setup.push_back(each);
  json body = test.value("session", json::array({"SET timezone='UTC'"}));
  if (test.contains("statements"))
    for (const auto& each : test["statements"]) body.push_back(each);
  else
    body.push_back(test["statement"]);

  Replayed replayed({script(setup)});
  std::vector<Effects> all;
  replayed.add(script(body), [&](const Catalog& catalog, const Statement& statement, const Op* op) {
    const bool together = depend_on_each_other(statement.ops);
    if (together == (op == nullptr)) {
      const List<Op> ops = op ? List<Op>(op, 1) : List<Op>(statement.ops);
      for (Effects& each : effects(catalog, ops, version)) all.push_back(std::move(each));
    }
  });
  Answer result{together(all), {}};
  for (const Effects::Lock& lock : result.effects.locks) {
    const auto [found, added] = result.locks.emplace(lock.relation.name, lock.mode);
    if (!added) found->second = std::max(found->second, lock.mode);
  }
  return result;
}

std::set<std::string> names(const std::vector<Effects::Work>& work) {
  std::set<std::string> all;
  for (const Effects::Work& each : work) all.insert(each.relation.name);
  return all;
}

std::set<std::string> watched_of(const json& list, const std::set<std::string>& watched) {
  std::set<std::string> all;
  for (const std::string each : list)
    if (watched.contains(each)) all.insert(each);
  return all;
}

std::set<std::string> both(const std::set<std::string>& one, const std::set<std::string>& other) {
  std::set<std::string> all;
  for (const std::string& each : one)
    if (other.contains(each)) all.insert(each);
  return all;
}

// Of scans those of the altered table: whether a referenced table is read whole, the plan decides.
std::set<std::string> judged_for_scans(const json& test, const std::set<std::string>& watched) {
  static const std::regex alter(R"(\s*ALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?([\w.]+))",
                                std::regex::icase);
  const std::string statement = test["statement"];
  std::smatch found;
  if (test.contains("statements") ||
      !std::regex_search(statement, found, alter, std::regex_constants::match_continuous))
    return watched;
  const std::string name = found[1].str().substr(found[1].str().find('.') + 1);
  return both({name}, watched);
}

// Where the answer and the record of a case that the server accepts disagree.
std::vector<std::string> differences(const json& test, const json& truth, const Answer& answer) {
  std::vector<std::string> found;
  if (!answer.effects.fails.empty()) found.push_back("fails");
  const bool refuses = truth.value("in_tx_error", json()).is_string();
  if (refuses != answer.effects.fails_in_transaction) found.push_back("in_transaction");
  if (!truth.contains("locks") || truth["locks"].is_null() || refuses) return found;

  std::set<std::string> watched;
  if (test.contains("tables")) {
    for (const std::string each : test["tables"]) watched.insert(each);
  } else {
    for (const auto& [name, mode] : truth["locks"].items()) watched.insert(name);
  }
  for (const std::string& name : watched) {
    const std::string recorded = truth["locks"].value(name, "");
    const auto ours = answer.locks.find(name);
    if (recorded == (ours == answer.locks.end() ? "" : to_string(ours->second))) continue;
    found.push_back("locks");
    break;
  }
  const json nothing = json::array();
  if (watched_of(truth.value("rewrites", nothing), watched) !=
      both(names(answer.effects.rewrites), watched))
    found.push_back("rewrites");
  const std::set<std::string> judged = judged_for_scans(test, watched);
  if (watched_of(truth.value("scans", nothing), judged) !=
      both(names(answer.effects.scans), judged))
    found.push_back("scans");
  return found;
}

TEST(LocksTruth, OnlyTheListedDifferencesAreLeft) {
  std::set<std::string> listed;
  for (const json& each : lines_of("locks-differences.jsonl")) {
    EXPECT_FALSE(each["why"].get<std::string>().empty()) << each;
    for (const std::string version : each["pg"])
      for (const std::string what : each["in"])
        listed.insert(each["id"].get<std::string>() + " on " + version + ": " + what);
  }
  std::size_t accepted = 0;
  for (const json& test : lines_of("locks.jsonl")) {
    for (const auto& [version, truth] : test["pg"].items()) {
      if (truth.is_null() || truth.contains("skipped")) continue;
      if (truth.value("error", json()).is_string()) continue;
      ++accepted;
      const Answer ours = answer(test, std::stoi(version));
      for (const std::string& what : differences(test, truth, ours)) {
        const std::string name = test["id"].get<std::string>() + " on " + version + ": " + what;
        EXPECT_EQ(listed.erase(name), 1u)
            << name << " differs: " << test["statement"] << "\n  recorded " << truth
            << (ours.effects.fails.empty() ? "" : "\n  said to fail: ") << ours.effects.fails;
      }
    }
  }
  for (const std::string& each : listed) ADD_FAILURE() << each << " is listed, and has healed";
  EXPECT_GT(accepted, 1000u);
}

}  // namespace
}  // namespace migguard::schema
