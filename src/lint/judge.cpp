#include <lint/judge.hpp>
#include <lint/outsider.hpp>
#include <lint/two_dialects.hpp>
#include <schema/effects.hpp>
#include <sql/script.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <functional>
#include <numeric>

namespace migguard::lint {

Judge::Judge(const Settings& settings, const RuleSet& rules, Project& project,
             project::Parsing& parsing, int server_version)
    : settings_(settings),
      judged_(project),
      parsing_(parsing),
      rules_(rules),
      server_version_(server_version),
      small_tables_(settings) {
  project_ = &project;
  pg_version_ = server_version;
  now_ = settings.now;
  jsonb_ = &settings.jsonb;
  collect_calls();
  for (const PatternRule& each : settings.pattern_rules) {
    const auto rule = rules.find(each.name);
    if (!rule || !rules.enabled_anywhere(*rule)) continue;
    const PatternMatcher& matcher = patterns_.emplace_back(*rule, PatternMatcher(each)).second;
    for (std::size_t kind = 0; kind < has_pattern_.size(); ++kind)
      has_pattern_[kind] = has_pattern_[kind] || matcher.listens_to(kind);
  }
}

void Judge::collect_calls() {
  // Units stand behind the operations.
  constexpr std::size_t operations = std::variant_size_v<Op>, units = 5;
  const auto place_of = [](const Listener& listener) {
    return listener.index < operations ? listener.index
                                       : operations + (listener.index - Listener::project);
  };
  const auto each_listener = [&](auto use) {
    for (std::size_t rule = 0; rule < rules_.size(); ++rule) {
      if (!rules_.enabled_anywhere(rule)) continue;
      for (const Listener& listener : rules_[rule].rule->listeners) use(rule, listener);
    }
  };
  // Counted first: so many lists that grow are slower than a short run.
  std::array<std::size_t, operations + units + 1> ends{};
  each_listener([&](std::size_t, const Listener& listener) { ++ends[place_of(listener) + 1]; });
  std::partial_sum(ends.begin(), ends.end(), ends.begin());
  calls_.resize(ends.back());
  const auto begins = ends;
  each_listener([&](std::size_t rule, const Listener& listener) {
    calls_[ends[place_of(listener)]++] = {rule, listener.call};
  });
  const auto calls_at = [&](std::size_t place) {
    return Calls(calls_).subspan(begins[place], begins[place + 1] - begins[place]);
  };
  for (std::size_t kind = 0; kind < operations; ++kind) on_operation_[kind] = calls_at(kind);
  const auto calls_of = [&](Listener::Unit unit) { return calls_at(place_of({unit, nullptr})); };
  on_project_ = calls_of(Listener::project);
  on_history_ = calls_of(Listener::history);
  on_migration_ = calls_of(Listener::migration);
  on_statement_ = calls_of(Listener::statement);
  after_migration_ = calls_of(Listener::after_migration);
}

void Judge::run() {
  // Findings are large: rather room for more than there will be, which nothing touches, than a move
  // of all to larger room.
  constexpr std::size_t of_a_migration = 3;
  std::size_t migrations = 0;
  for (const History& history : judged_.histories) migrations += history.migrations.size();
  kept_.reserve(migrations * of_a_migration);
  for (History& history : judged_.histories) {
    history_ = &history;
    if (!history.migrations.empty()) reach(history.migrations.front());
    settle_completeness(history);
    schema::Catalog& catalog = *schemas_.emplace_back(std::make_unique<schema::Catalog>());
    schema_ = catalog_ = &catalog;
    replay(history, settings_.assume_in_transaction, catalog, *this);
    if (history.dialect == Dialect::sqlite && !history.migrations.empty())
      migrate_sqlite(history);
    else if (has_sqlite_twin(judged_, history))
      take_migrated(history, catalog);
  }
  {
    const Stopwatch waiting(settings_.timings, &Timings::wait);
    parsing_.finish();
  }
  history_ = nullptr;
  migration_ = nullptr;
  statement_ = nullptr;
  schema_ = catalog_ = nullptr;
  pg_version_ = settings_.pg_version;
  call(on_project_, project_);
  for (const History& history : judged_.histories) {
    history_ = &history;
    call(on_history_, &history);
  }
  history_ = nullptr;
}

void Judge::call(Calls calls, const void* subject) {
  if (calls.empty()) return;
  const Stopwatch rules(settings_.timings, &Timings::rules);
  for (const Call& each : calls) {
    current_rule_ = each.rule;
    const std::size_t first = found_;
    each.function(*this, subject);
    if (found_ > first && rules_[each.rule].rule->grows_with_table) lower_what_is_harmless(first);
  }
}

void Judge::lower_what_is_harmless(std::size_t first) {
  if (small_tables_.any()) lower_on_small_tables(first);
  if (statement_) lower_on_emptied_tables(first);
}

void Judge::lower_on_small_tables(std::size_t first) {
  for (std::size_t index = first; index < findings_.size(); ++index) {
    Finding& finding = findings_[index];
    const auto table = finding.data.find("table");
    // What the statement does is known for sure; the table to blame may be only one of several.
    const Effects* effects = op_ ? &effects_of(&migguard::node(*op_)) : nullptr;
    const bool works =
        effects && (!effects->rewrites.empty() || !effects->scans.empty() ||
                    !effects->index_builds.empty() || !effects->index_rebuilds.empty());
    const bool small = works ? small_tables_.all_work_on_small(*effects)
                             : table != finding.data.end() && small_tables_.contains(table->second);
    if (!small) continue;
    finding.severity = Severity::note;
    finding.why += finding.why.empty() ? "the table is small" : "; the table is small";
  }
}

void Judge::lower_on_emptied_tables(std::size_t first) {
  const auto emptied = [&](const Name& name) {
    const Relation* relation = schema_->relation(name).known();
    return relation && relation->emptied.migration == schema_->current_migration() ? relation
                                                                                   : nullptr;
  };
  const auto named = [](std::string_view plain) {
    const std::size_t dot = plain.find('.');
    return dot == plain.npos ? Name{{}, plain} : Name{plain.substr(0, dot), plain.substr(dot + 1)};
  };
  // Without rows that refer to it, nothing of a referenced table is read.
  const auto all_emptied = [&](const std::vector<Effects::Work>& works, const Name& referenced) {
    return std::all_of(works.begin(), works.end(), [&](const Effects::Work& each) {
      return emptied(each.table.full_name()) || each.table.is(referenced);
    });
  };
  for (std::size_t index = first; index < findings_.size(); ++index) {
    Finding& finding = findings_[index];
    const auto table = finding.data.find("table");
    if (table == finding.data.end() || finding.severity == Severity::note) continue;
    const Relation* relation = emptied(named(table->second));
    if (!relation) continue;
    const Effects& does = effects_of(op_ ? &migguard::node(*op_) : nullptr);
    const auto parent = finding.data.find("references");
    const Name referenced =
        parent == finding.data.end() ? Name{} : schema_->resolve(named(parent->second));
    if (!all_emptied(does.rewrites, {}) || !all_emptied(does.scans, referenced) ||
        !all_emptied(does.index_builds, {}) || !all_emptied(does.index_rebuilds, {}))
      continue;
    const Span by =
        migration_->script.statements[static_cast<std::size_t>(relation->emptied.statement)].span;
    finding.severity = Severity::note;
    finding.why += cat(finding.why.empty() ? "" : "; ", to_string(relation->full_name()),
                       " has no rows by then");
    finding.label(*migration_->source, by,
                  cat("leaves no row of ", to_string(relation->full_name()), ", or fails"));
  }
}

namespace {

// Whether a statement may drop foreign keys or an index, and with them what tells which other table
// it locks.
bool drops_ties(const Statement& statement) {
  return std::any_of(statement.ops.begin(), statement.ops.end(), [](const Op& op) {
    return std::holds_alternative<DropConstraint>(op) || std::holds_alternative<DropTable>(op) ||
           std::holds_alternative<DropIndex>(op);
  });
}

bool ends_transaction(const Op& op) {
  const auto* control = std::get_if<TransactionControl>(&op);
  return control &&
         (control->step == TransactionStep::commit || control->step == TransactionStep::rollback ||
          control->step == TransactionStep::prepare);
}

}  // namespace

void Judge::migration(const Migration& migration) {
  migration_ = &migration;
  statement_ = nullptr;
  held_.reset();
  held_to_ = 0;
  effects_of_drops_.clear();
  statements_by_name_ = StatementIndex(migration.script.statements);
  transaction_ = {};
  transaction_begins_ = looked_at_ = 0;
  pg_version_ = server_version_;
  for (const Override& each : settings_.overrides) {
    const auto matches = [&](const std::string& glob) {
      return glob_match(glob, migration.source->path);
    };
    if (!std::any_of(each.paths.begin(), each.paths.end(), matches)) continue;
    if (each.pg_version) pg_version_ = *each.pg_version;
    break;
  }
  call(on_migration_, &migration);
}

void Judge::migration_end(const Migration& migration) {
  op_ = nullptr;
  const AfterMigration after{migration};
  call(after_migration_, &after);
  move_sorted(findings_, kept_);
  found_ = 0;
}

void Judge::statement(const Statement& statement, bool in_transaction) {
  const auto place = static_cast<std::size_t>(&statement - migration_->script.statements.data());
  const bool ended = statement_ && std::any_of(statement_->ops.begin(), statement_->ops.end(),
                                               [](const Op& op) { return ends_transaction(op); });
  if (!in_transaction || ended) {
    held_.reset();
    held_to_ = place;
  }
  if (in_transaction && drops_ties(statement))
    effects_of_drops_[place] =
        schema::together(schema::effects(*catalog_, statement.ops, pg_version_));
  in_transaction_ = in_transaction;
  statement_ = &statement;
  op_ = nullptr;
  effects_of_op_.reset();
  effects_of_statement_.reset();
  effects_together_.clear();
  // The first of them takes effect before a rule may ask for the second.
  if (schema::depend_on_each_other(statement.ops))
    effects_together_ = schema::effects(*catalog_, statement.ops, pg_version_);
  call(on_statement_, &statement);
}

namespace {

// Whether an operation of a DO block adds what is there already: the block asks first or catches
// the error, or the migration stops. In no case is a row read.
bool finds_it_there(const Schema& schema, const Op& op) {
  const auto* add = std::get_if<AddConstraint>(&op);
  if (!add || add->within == Within::statement || add->constraint.name.empty()) return false;
  const Relation* relation = schema.relation(add->table).known();
  return relation && relation->created_certain == Known::yes &&
         relation->constraint(add->constraint.name);
}

}  // namespace

void Judge::call_own(const Op& op, bool in_transaction) {
  if (settings_.outsider && migration_->selected)
    settings_.outsider->operation(op, *migration_, *statement_, *schema_, in_transaction);
  if (!has_pattern_[op.index()]) return;
  for (const auto& [rule, matcher] : patterns_) {
    const auto matched = matcher.match(op, *schema_);
    if (!matched) continue;
    current_rule_ = rule;
    const PatternRule& said = matcher.rule();
    report(migguard::node(op), filled_in(said.message, op, *matched))
        .because(said.why.empty() ? "a rule of this project asks for it" : said.why)
        .try_(filled_in(said.help, op, *matched));
  }
}

void Judge::operation(const Op& op, bool in_transaction) {
  if (finds_it_there(*schema_, op)) return;
  call_own(op, in_transaction);
  const Calls calls = on_operation_[op.index()];
  if (calls.empty()) return;
  op_ = &op;
  effects_of_op_.reset();
  in_transaction_ = in_transaction;
  std::visit([&](const auto& each) { call(calls, &each); }, op);
}

const Effects& Judge::effects_of(const Node* node) {
  static const Effects nothing;
  if (!statement_) return nothing;
  if (!node) {
    if (!effects_of_statement_) {
      if (effects_together_.empty() && !op_)
        effects_together_ = schema::effects(*catalog_, statement_->ops, pg_version_);
      effects_of_statement_ =
          effects_together_.empty()
              ? schema::together(schema::effects(*catalog_, statement_->ops, pg_version_))
              : schema::together(effects_together_);
      schema::leave_out_new(*effects_of_statement_, *catalog_);
    }
    return *effects_of_statement_;
  }
  if (!op_) {  // asked by a rule that listens to statements: one of its operations
    if (effects_together_.empty())
      effects_together_ = schema::effects(*catalog_, statement_->ops, pg_version_);
    const auto found = std::find_if(statement_->ops.begin(), statement_->ops.end(),
                                    [&](const Op& each) { return &migguard::node(each) == node; });
    if (found == statement_->ops.end()) return nothing;
    effects_of_op_ = effects_together_[static_cast<std::size_t>(found - statement_->ops.begin())];
    schema::leave_out_new(*effects_of_op_, *catalog_);
    return *effects_of_op_;
  }
  if (&migguard::node(*op_) != node) return nothing;
  if (!effects_of_op_) {
    if (effects_together_.empty()) {
      effects_of_op_ = schema::effects(*catalog_, {op_, 1}, pg_version_).front();
    } else {
      effects_of_op_ = effects_together_[static_cast<std::size_t>(op_ - statement_->ops.data())];
    }
    schema::leave_out_new(*effects_of_op_, *catalog_);
  }
  return *effects_of_op_;
}

const std::vector<Effects::Lock>& Judge::locks_held() {
  if (!statement_ || !in_transaction_) {
    static const std::vector<Effects::Lock> nothing;
    return nothing;
  }
  const auto& statements = migration_->script.statements;
  const auto place = static_cast<std::size_t>(statement_ - statements.data());
  if (!held_) held_.emplace();
  for (; held_to_ < place; ++held_to_) {
    const auto beforehand = effects_of_drops_.find(held_to_);
    std::vector<Effects> all =
        beforehand != effects_of_drops_.end()
            ? std::vector{std::move(beforehand->second)}
            : schema::effects(*catalog_, statements[held_to_].ops, pg_version_);
    all.push_back(*std::move(held_));
    held_ = schema::together(all);
    schema::leave_out_new(*held_, *catalog_);
  }
  return held_->locks;
}

const std::vector<DeclaredVerdict>& Judge::declared_verdicts() {
  if (!declared_) declared_ = judge_declared(*this, *project_);
  return *declared_;
}

const TransactionSoFar& Judge::transaction_so_far() {
  const List<Statement> all = migration_->script.statements;
  const std::size_t here = statement_ ? static_cast<std::size_t>(statement_ - all.data()) : 0;
  for (; looked_at_ < here; ++looked_at_) {
    for (const Op& op : all[looked_at_].ops) {
      const auto* control = std::get_if<TransactionControl>(&op);
      if (!control) {
        const Held held = held_by(op);
        if (held.grip != Grip::none && !held.table.name.empty())
          transaction_.locking.push_back(&op);
        continue;
      }
      if (control->within != Within::statement) continue;
      const bool begins = control->step == TransactionStep::begin;
      if (!begins && control->step != TransactionStep::commit &&
          control->step != TransactionStep::rollback && control->step != TransactionStep::prepare)
        continue;
      transaction_.begun = begins || control->chain;
      transaction_begins_ = looked_at_ + 1;
      transaction_.locking.clear();
    }
  }
  transaction_.statements = all.subspan(transaction_begins_, here - transaction_begins_);
  return transaction_;
}

Finding& Judge::add(const SourceFile& source, Span span, std::string message) {
  const RegisteredRule& rule = rules_[current_rule_];
  const RuleSet::Verdict verdict = rules_.verdict(current_rule_, source.path);
  if (verdict == RuleSet::Verdict::off) return discarded_ = Finding{};
  Finding& finding = findings_.emplace_back();
  ++found_;
  finding.rule = rule.name;
  finding.family = rule.family;
  finding.severity = rule.rule->severity;
  finding.source = &source;
  finding.span = span;
  finding.message = std::move(message);
  return finding;
}

const OptionSetting* Judge::find_option(std::string_view name) const {
  return rules_.option(current_rule_, name, migration_ ? migration_->source->path : "");
}

Span Judge::narrow(const Node& node) const {
  // A rule that finds something asks for the place, and for the text there, one after the other.
  if (narrowed_.node != &node || narrowed_.whole != node.span || narrowed_.of != migration_)
    narrowed_ = {migration_, &node, node.span, narrow_anew(node)};
  return narrowed_.span;
}

Span Judge::narrow_anew(const Node& node) const {
  // A rule may report on any operation of the migration at hand: find the one this node is part of.
  const List<Statement> all = migration_->script.statements;
  const auto behind = std::upper_bound(
      all.begin(), all.end(), node.span.begin,
      [](std::uint32_t place, const Statement& each) { return place < each.span.begin; });
  if (behind == all.begin()) return node.span;
  const Statement& statement = *(behind - 1);
  const auto* address = reinterpret_cast<const char*>(&node);
  const auto* begin = reinterpret_cast<const char*>(statement.ops.data());
  const auto* end = reinterpret_cast<const char*>(statement.ops.data() + statement.ops.size());
  const std::less<const char*> before;
  if (before(address, begin) || !before(address, end)) return node.span;
  const Op& op = statement.ops[static_cast<std::size_t>(address - begin) / sizeof(Op)];
  return sql::locate(migration_->source->text, statement, op);
}

}  // namespace migguard::lint
