// `migguard locks`: what each statement does to a live server.
#include <cli/command.hpp>
#include <cli/settings.hpp>
#include <lint/replay.hpp>
#include <project/load.hpp>
#include <report/locks.hpp>
#include <schema/effects.hpp>

#include <algorithm>
#include <array>
#include <iterator>

namespace migguard::cli {
namespace {

constexpr std::array<std::string_view, 2> formats{"text", "json"};

// Works out the effects of every statement while the history is replayed.
class Recorder final : public lint::ReplayListener {
 public:
  Recorder(const schema::Catalog& catalog, int pg_version)
      : catalog_(catalog), pg_version_(pg_version) {}

  void migration(const Migration& migration) override {
    finish();
    held_.clear();
    migration_ = &migration;
    index_ = 0;
  }
  void statement(const Statement& statement, bool in_transaction) override {
    finish();
    if (!in_transaction || ended_) held_.clear();
    ended_ = false;
    for (const Op& op : statement.ops)
      if (const auto* control = std::get_if<TransactionControl>(&op))
        ended_ = control->step == TransactionStep::commit ||
                 control->step == TransactionStep::rollback ||
                 control->step == TransactionStep::prepare;
    statement_ = &statement;
    ++index_;
    parts_.clear();
    felt_.clear();
    together_ = schema::depend_on_each_other(statement.ops);
    if (together_ && migration_->selected) add(statement.ops);
  }
  void operation(const Op& op, bool) override {
    if (together_ || !migration_->selected) return;
    add({&op, 1});
  }
  std::vector<report::StatementEffects> take() {
    finish();
    return std::move(statements_);
  }

 private:
  void finish() {
    if (statement_ && migration_->selected) {
      Effects felt = schema::together(felt_);
      statements_.push_back(
          {migration_, statement_->span, index_, schema::together(parts_), felt, held_});
      hold(std::move(felt.locks));
    }
    statement_ = nullptr;
  }

  void add(List<Op> ops) {
    for (Effects& each : schema::effects(catalog_, ops, pg_version_)) {
      felt_.push_back(each);
      schema::leave_out_new(felt_.back(), catalog_);
      parts_.push_back(std::move(each));
    }
  }

  // The transaction keeps the strongest lock of each relation until it ends.
  void hold(std::vector<Effects::Lock> locks) {
    for (Effects::Lock& lock : locks) {
      const bool of_index = lock.table != lock.relation;
      if (of_index ? !blocks_reads(lock.mode) : !blocks_writes(lock.mode)) continue;
      const auto found = std::find_if(held_.begin(), held_.end(), [&](const auto& each) {
        return each.lock.relation == lock.relation;
      });
      if (found == held_.end())
        held_.push_back({std::move(lock), statement_->span});
      else if (lock.mode > found->lock.mode)
        *found = {std::move(lock), statement_->span};
    }
  }

  const schema::Catalog& catalog_;
  int pg_version_;
  const Migration* migration_ = nullptr;
  const Statement* statement_ = nullptr;
  std::size_t index_ = 0;
  bool together_ = false;
  bool ended_ = false;  // the statement at hand ends the transaction
  std::vector<Effects> parts_, felt_;
  std::vector<report::StatementEffects::Held> held_;  // by the open transaction
  std::vector<report::StatementEffects> statements_;
};

Result<Answer> run_locks(const Options& options, const Environment& environment) {
  const auto run = prepare(options, environment);
  if (!run) return run.error();
  const auto loaded = run->standard_input
                          ? read_standard_input(options, environment)
                          : project::load(load_settings(run->settings), environment.files);
  if (!loaded) return loaded.error();
  Project& project = **loaded;
  project::parse(project, options.jobs);
  lint::number_migrations(project);

  const int version = run->settings.pg_version;
  std::vector<report::StatementEffects> statements;
  for (const History& history : project.histories) {
    schema::Catalog catalog;
    Recorder recorder(catalog, version);
    lint::replay(history, options.assume_in_transaction, catalog, recorder);
    auto found = recorder.take();
    std::move(found.begin(), found.end(), std::back_inserter(statements));
  }

  Answer answer;
  answer.notices = run->notices;
  for (const Output& output : outputs_of(options)) {
    const bool shown = output.file.empty();
    const report::RenderOptions render{.color = shown && environment.color,
                                       .width = shown ? environment.width : 100,
                                       .verbose = options.verbose,
                                       .quiet = options.quiet};
    answer.documents.push_back({output.format == "json"
                                    ? report::locks_json(statements, version)
                                    : report::locks_text(statements, version, render),
                                output.file});
  }
  return answer;
}

}  // namespace

const Command locks_command{
    .name = "locks",
    .arguments = "[PATH...]",
    .summary = "show what each statement locks, rewrites and scans",
    .description =
        "Shows what each statement does to a live server: the strongest lock it takes on each "
        "relation, whose statements wait for it, what is rewritten, read whole or indexed, and "
        "what it waits for itself. Measured on PostgreSQL 15, 17 and 18.",
    .examples = R"(
migguard locks db/migrations
migguard locks --pg-version 17 --format json db/migrations/0042_add_total.sql
echo 'ALTER TABLE invoices ADD COLUMN total numeric' | migguard locks -
)",
    .flags = flags_output | flags_project | flags_verdict | flags_verbose,
    .formats = formats,
    .run = run_locks,
};

}  // namespace migguard::cli
