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
    migration_ = &migration;
    index_ = 0;
  }
  void statement(const Statement& statement, bool) override {
    finish();
    statement_ = &statement;
    ++index_;
    parts_.clear();
    together_ = schema::depend_on_each_other(statement.ops);
    if (together_ && migration_->selected)
      parts_ = schema::effects(catalog_, statement.ops, pg_version_);
  }
  void operation(const Op& op, bool) override {
    if (together_ || !migration_->selected) return;
    auto one = schema::effects(catalog_, {&op, 1}, pg_version_);
    std::move(one.begin(), one.end(), std::back_inserter(parts_));
  }
  std::vector<report::StatementEffects> take() {
    finish();
    return std::move(statements_);
  }

 private:
  void finish() {
    if (statement_ && migration_->selected)
      statements_.push_back({migration_, statement_->span, index_, schema::together(parts_)});
    statement_ = nullptr;
  }

  const schema::Catalog& catalog_;
  int pg_version_;
  const Migration* migration_ = nullptr;
  const Statement* statement_ = nullptr;
  std::size_t index_ = 0;
  bool together_ = false;
  std::vector<Effects> parts_;
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

  const int version = lint::server_version(run->settings, project);
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
