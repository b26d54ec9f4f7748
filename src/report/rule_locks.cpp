#include <lint/example.hpp>
#include <lint/statement_effects.hpp>
#include <report/rule_locks.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace migguard::report {
namespace {

// Of the others the locks are none of the reader's worries.
bool is_about_statements(std::string_view family) {
  constexpr std::array<std::string_view, 4> families{"compatibility", "destructive", "locks",
                                                     "transaction"};
  return std::find(families.begin(), families.end(), family) != families.end();
}

VersionLocks locks_on(int version, const Effects& effects) {
  VersionLocks locks{version, version, {}, {}};
  if (!effects.fails.empty()) {
    locks.remarks.push_back(cat("fails: ", effects.fails));
    return locks;
  }
  locks.rows = lock_rows(effects);
  for (const Effects::WaitsFor what : effects.waits_for)
    locks.remarks.push_back(cat("waits for ", in_words(what)));
  if (effects.fails_in_transaction) locks.remarks.emplace_back("cannot run inside a transaction");
  return locks;
}

// Statements for an earlier migration that let the history know of the tables an example alters:
// what happens to a table that was never seen is the worst case, and not what is to be shown.
std::string introduce_tables(const Migration& migration) {
  std::set<std::string> altered, created;
  for (const Statement& statement : migration.script.statements) {
    for (const Op& op : statement.ops) {
      std::visit(
          [&](const auto& each) {
            using Operation = std::decay_t<decltype(each)>;
            if constexpr (std::is_same_v<Operation, CreateTable> ||
                          std::is_same_v<Operation, CreateTableAs>) {
              created.insert(to_string(each.table));
            } else if constexpr (requires { each.table.name; }) {
              if (!each.table.name.empty()) altered.insert(to_string(each.table));
            }
            if constexpr (std::is_same_v<Operation, AddConstraint>) {
              if (!each.constraint.references.name.empty())
                altered.insert(to_string(each.constraint.references));
            }
          },
          op);
    }
  }
  std::string sql;
  for (const std::string& name : altered)
    if (!created.contains(name)) sql += cat("ALTER TABLE ", name, " ADD COLUMN introduced int;\n");
  return sql;
}

const Finding* finding_of(std::string_view rule, const lint::Report& report) {
  const auto found =
      std::find_if(report.findings.begin(), report.findings.end(), [&](const Finding& each) {
        return each.rule == rule && each.source->path == lint::example_path;
      });
  return found == report.findings.end() ? nullptr : &*found;
}

// The example with its tables made known, where the rule is still found in it.
std::optional<lint::Report> linted(std::string_view rule, const Example& example) {
  auto plain = lint::lint_example(rule, example);
  if (!plain || !finding_of(rule, *plain) || plain->project->histories.size() != 1)
    return std::nullopt;
  const auto& migrations = plain->project->histories.front().migrations;
  const std::string before =
      cat(example.before, "\n", migrations.empty() ? "" : introduce_tables(migrations.back()));
  Example introduced = example;
  introduced.before = before;
  auto known = lint::lint_example(rule, introduced);
  if (known && finding_of(rule, *known) && known->project->histories.size() == 1)
    return *std::move(known);
  return *std::move(plain);
}

std::optional<RuleLocks> locks_of(const RegisteredRule& rule, const Example& example) {
  if (example.sql.empty()) return std::nullopt;
  const auto report = linted(rule.name, example);
  if (!report) return std::nullopt;
  const Finding& found = *finding_of(rule.name, *report);
  RuleLocks locks;
  for (int version = lint::oldest_version; version <= lint::newest_version; ++version) {
    const auto statements = lint::statement_effects(
        report->project->histories.front(), {.pg_version = version,
                                             .assume_in_transaction = example.in_transaction,
                                             .leave_out_new = true});
    const auto statement =
        std::find_if(statements.begin(), statements.end(), [&](const auto& each) {
          return each.migration->source == found.source && each.span.begin <= found.span.begin &&
                 found.span.begin < each.span.end;
        });
    if (statement == statements.end()) return std::nullopt;
    locks.sql = found.source->text.substr(statement->span.begin,
                                          statement->span.end - statement->span.begin);
    VersionLocks each = locks_on(version, statement->effects);
    if (!locks.versions.empty() && locks.versions.back().rows == each.rows &&
        locks.versions.back().remarks == each.remarks) {
      locks.versions.back().last = version;
    } else {
      locks.versions.push_back(std::move(each));
    }
  }
  const bool anything = std::any_of(locks.versions.begin(), locks.versions.end(),
                                    [](const VersionLocks& each) { return !each.rows.empty(); });
  return anything ? std::optional(std::move(locks)) : std::nullopt;
}

}  // namespace

std::optional<RuleLocks> rule_locks(const RegisteredRule& rule) {
  if (!is_about_statements(rule.family)) return std::nullopt;
  // What cannot run on every version shows less of what it does where it can.
  const auto worth = [](const RuleLocks& locks) {
    const bool everywhere =
        std::none_of(locks.versions.begin(), locks.versions.end(),
                     [](const VersionLocks& each) { return each.rows.empty(); });
    return std::pair(everywhere, locks.versions.size());
  };
  std::optional<RuleLocks> chosen;
  for (const Example& example : rule.rule->bad) {
    auto locks = locks_of(rule, example);
    if (locks && (!chosen || worth(*locks) > worth(*chosen))) chosen = std::move(locks);
  }
  return chosen;
}

std::string versions_text(const VersionLocks& locks) {
  if (locks.first == locks.last) return cat("PostgreSQL ", locks.first);
  return cat("PostgreSQL ", locks.first, " to ", locks.last);
}

}  // namespace migguard::report
