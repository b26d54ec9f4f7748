#include <database/advice.hpp>
#include <database/left_behind.hpp>
#include <database/look.hpp>
#include <database/rollbacks.hpp>
#include <database/statement_watch.hpp>
#include <database/tool_checks.hpp>
#include <database/tool_record.hpp>
#include <database/verify.hpp>
#include <lint/live.hpp>
#include <migguard/history.hpp>
#include <project/applied.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <set>

extern char** environ;  // NOLINT: POSIX declares it nowhere

namespace migguard::database {
namespace {

using lint::Verdict;
using Kind = lint::VerifyFinding::Kind;
using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point begun) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begun).count();
}

// libpq takes what an address leaves open from PG* variables, which speak of another server.
void forget_postgres_variables() {
  std::vector<std::string> names;
  for (char** each = environ; *each; ++each) {
    const std::string_view variable = *each;
    if (variable.starts_with("PG")) names.emplace_back(variable.substr(0, variable.find('=')));
  }
  for (const std::string& each : names) ::unsetenv(each.c_str());
}

// Why a history is not run; empty where it is.
std::string reason_to_skip(const History& history) {
  if (history.dialect == Dialect::sqlite) return "it is written for SQLite";
  if (history.dialect == Dialect::mysql) return "it is written for MySQL";
  if (history.dialect != Dialect::postgresql) return "it is not written for PostgreSQL";
  if (has_root_cause(history)) return {};  // a finding
  const bool any = std::any_of(history.migrations.begin(), history.migrations.end(),
                               [](const Migration& each) { return each.listed; });
  if (!any && !history.code.empty()) return "its migrations are code, not SQL";
  if (!any) return "its tool would run none of its files";
  return {};
}

// ---- One history -----------------------------------------------------------------------------

class HistoryRun {
 public:
  HistoryRun(Project& project, const Trial& trial, const lint::VerifySettings& settings)
      : project_(project), trial_(trial), history_(trial.history), settings_(settings) {}

  std::optional<Error> run() {
    list_migrations();
    if (auto finding = stops_the_tool(history_)) {
      add(*std::move(finding));
      return std::nullopt;
    }
    auto opened = trial_.databases.fresh();
    if (!opened) return opened.error();
    return trial_.databases.several() ? run_in_one_of_many(*opened) : run_in_the_only(*opened);
  }

 private:
  void add(lint::VerifyFinding finding) { trial_.verified.findings.push_back(std::move(finding)); }

  // With rows between migrations each is deployed by itself, as in life: constraints that are
  // checked at the end would else keep a table from being altered in the same transaction.
  bool commit_each() const { return !trial_.data.empty(); }

  // Locks and rollbacks have databases of their own, later.
  std::optional<Error> run_in_one_of_many(Opened& opened) {
    Applier applier(opened.session, opened.superuser(), history_, commit_each());
    if (auto error = applier.prepare()) return error;
    DataLoader data(trial_.data, opened.session, applier);
    if (auto error = apply_all(opened, applier, data, nullptr, nullptr)) return error;
    data.finish(trial_.verified.findings);
    if (!trial_.verified.completed()) return std::nullopt;
    if (auto error = compare_schemas(opened)) return error;
    return run_again(applier);
  }

  // A database that the user named: everything must be seen in one run.
  std::optional<Error> run_in_the_only(Opened& opened) {
    LeftBehind left(history_);
    if (auto error = left.look_before(opened)) return error;
    auto error = run_and_go_back(opened);
    // Also behind a failure: it is the user's database.
    if (opened.session.in_transaction()) opened.session.run("ROLLBACK");
    auto found = left.describe(opened);
    if (!found) return error ? error : found.error();
    trial_.verified.left = *std::move(found);
    return error;
  }

  std::optional<Error> run_and_go_back(Opened& opened) {
    Rollbacks rollbacks(trial_);
    const auto predicted =
        lint::statement_effects(history_, {.pg_version = opened.session.server_version()});
    std::optional<StatementWatch> watch;
    if (auto error = begin_watch(opened, predicted, watch)) return error;
    const bool shared = !commit_each() && watch &&
                        std::any_of(history_.migrations.begin(), history_.migrations.end(),
                                    [](const Migration& each) {
                                      return each.transaction == TransactionMode::all_pending;
                                    });
    Applier applier(opened.session, opened.superuser(), history_, commit_each());
    if (auto error = applier.prepare()) return error;
    DataLoader data(trial_.data, opened.session, applier);
    std::optional<Applier> again;
    if (shared) {
      // Nobody sees into the one transaction from outside. So it is undone where it would be
      // committed, and each migration then has one of its own.
      undo_at_end_ = true;
      if (auto error = apply_all(opened, applier, data, nullptr, nullptr)) return error;
      if (trial_.verified.completed() && undone_) {
        again.emplace(opened.session, opened.superuser(), history_, true);
        if (auto error = apply_pending(opened, *again, *watch, rollbacks)) return error;
      } else {
        trial_.verified.unwatched =
            undone_ || !trial_.verified.completed()
                ? "the transaction of all migrations failed, so there was nothing to look at"
                : "a migration ends the transaction of all migrations, and there is no second "
                  "database to look at";
      }
    } else {
      applier.enclose_statements = watch.has_value();
      if (auto error = apply_all(opened, applier, data, watch ? &*watch : nullptr,
                                 opened.watcher ? &rollbacks : nullptr))
        return error;
    }
    data.finish(trial_.verified.findings);
    if (!trial_.verified.completed()) return std::nullopt;
    if (auto error = compare_schemas(opened)) return error;
    applier.enclose_statements = false;
    if (rollbacks.any() && applier.by_psql()) {
      trial_.verified.second_run =
          "a second run was not tried: the rollbacks take this database as the first run leaves it";
    } else if (auto error = run_again(applier)) {
      return error;
    }
    return rollbacks.take_back(opened, again ? *again : applier);
  }

  // Why locks cannot be watched is told, and keeps nothing from being run.
  std::optional<Error> begin_watch(Opened& opened,
                                   const std::vector<lint::StatementEffects>& predicted,
                                   std::optional<StatementWatch>& watch) {
    if (!opened.watcher) {
      trial_.verified.unwatched = cat("there is no second connection: ", opened.no_watcher);
      return std::nullopt;
    }
    watch.emplace(opened, predicted);
    const auto sees = watch->locks().sees(opened.session);
    if (sees && *sees) return std::nullopt;
    watch.reset();
    trial_.verified.unwatched =
        sees ? std::string(
                   "a second connection does not see the locks of the first (is there a "
                   "pooler in between?)")
             : sees.error().message;
    return std::nullopt;
  }

  // Behind the one transaction that was undone: what it did, one migration at a time.
  std::optional<Error> apply_pending(Opened& opened, Applier& applier, StatementWatch& watch,
                                     Rollbacks& rollbacks) {
    trial_.events(cat("watching the locks of ", history_.folder));
    for (lint::VerifiedMigration& each : trial_.verified.migrations) {
      if (each.beforehand) continue;
      if (auto error = rollbacks.look_before(*each.migration, opened)) return error;
      applier.before_statement = [&](const Piece&) { watch.before(); };
      applier.after_statement = [&](const Piece& piece, const Session::Outcome& outcome) {
        watch.after(each, piece, outcome);
      };
      const auto refusal = applier.apply(*each.migration);
      applier.before_statement = {};
      applier.after_statement = {};
      if (watch.error) return watch.error;
      if (refusal) {
        return Error{cat("by itself this migration is refused, where it was not together with the "
                         "others: ",
                         refusal->message.text),
                     refusal->source->path, refusal->source->position(refusal->span.begin).line};
      }
    }
    return std::nullopt;
  }

  void list_migrations() {
    bool beforehand = !settings_.from.empty() &&
                      std::any_of(history_.migrations.begin(), history_.migrations.end(),
                                  [&](const Migration& each) { return is_first(each); });
    for (const Migration& each : history_.migrations) {
      if (!each.listed || !each.source) continue;
      if (is_first(each)) beforehand = false;
      trial_.verified.migrations.push_back({.migration = &each, .beforehand = beforehand});
    }
  }
  bool is_first(const Migration& migration) const {
    return migration.listed && migration.source && is_named(migration, settings_.from);
  }

  // `watch`, `rollbacks`: null where they have a run of their own.
  std::optional<Error> apply_all(Opened& opened, Applier& applier, DataLoader& data,
                                 StatementWatch* watch, Rollbacks* rollbacks) {
    auto& migrations = trial_.verified.migrations;
    lint::VerifiedMigration* current = nullptr;
    applier.before_statement = [&](const Piece&) {
      if (watch && current && !current->beforehand) watch->before();
    };
    applier.after_statement = [&](const Piece& piece, const Session::Outcome& outcome) {
      if (piece.index == 0 || !current || current->beforehand) return;
      current->statements.push_back(
          {.span = piece.span, .index = piece.index, .milliseconds = outcome.milliseconds});
      if (watch) watch->after(*current, piece, outcome);
    };
    data.load(nullptr, trial_.verified.findings);
    std::vector<lint::VerifiedMigration*> open;  // not committed yet
    const auto committed = [&] {
      for (auto* each : open) each->verdict = Verdict::applied;
      open.clear();
    };
    const auto stop = [&](lint::VerifiedMigration& at, const Refusal& refusal) {
      for (auto* each : open) each->verdict = Verdict::undone;
      at.verdict = Verdict::failed;
      fail(at, refusal, opened.temporary);
      return std::nullopt;
    };
    for (std::size_t index = 0; index < migrations.size(); ++index) {
      current = &migrations[index];
      trial_.events(
          cat("running ", history_.folder, ": migration ", index + 1, " of ", migrations.size()));
      if (rollbacks) {
        if (auto error = rollbacks->look_before(*current->migration, opened)) return error;
      }
      const auto begun = Clock::now();
      const auto refusal = applier.apply(*current->migration);
      current->milliseconds = milliseconds_since(begun);
      if (watch && watch->error) return watch->error;
      if (refusal) return stop(*current, *refusal);
      open.push_back(current);
      // What a database holds already was committed long ago.
      const bool last_applied =
          current->beforehand && index + 1 < migrations.size() && !migrations[index + 1].beforehand;
      if (last_applied || index + 1 == migrations.size()) {
        const bool undo = undo_at_end_ && !current->beforehand && opened.session.in_transaction();
        if (const auto at_end = undo ? applier.undo() : applier.finish())
          return stop(*current, *at_end);
        undone_ = undo;
      }
      if (!opened.session.in_transaction()) committed();
      data.load(current->migration, trial_.verified.findings);
    }
    committed();
    applier.before_statement = {};
    applier.after_statement = {};
    return std::nullopt;
  }

  void fail(const lint::VerifiedMigration& at, const Refusal& refusal, bool temporary) {
    const Migration& migration = *at.migration;
    lint::VerifyFinding finding;
    finding.kind = Kind::fails;
    finding.migration = &migration;
    finding.source = refusal.source;
    finding.span = refusal.span;
    if (refusal.message.placed) {
      const auto begin = static_cast<std::uint32_t>(refusal.span.begin + refusal.message.offset);
      if (begin < refusal.span.end) finding.span = {begin, refusal.span.end};
    }
    const std::string& said = refusal.message.text;
    finding.message = refusal.at_commit ? cat("the transaction cannot be committed: ", said)
                      : refusal.by_record
                          ? cat(display_name(history_.tool), " cannot note this migration: ", said)
                      : refusal.lost        ? cat("the server ends the connection: ", said)
                      : refusal.sql.empty() ? said
                                            : cat("the server refuses this statement: ", said);
    finding.why = state_after(history_, migration);
    finding.help = advice(history_, refusal, temporary);
    if (!said.empty() && !refusal.sql.empty()) finding.server = refusal.message;
    add(std::move(finding));
  }

  // The schema that the replay makes against the server's.
  std::optional<Error> compare_schemas(const Opened& opened) {
    auto connection = Connection::open(opened.as_watcher);
    if (!connection && !opened.temporary) return std::nullopt;  // `unwatched` says why
    if (!connection) return connection.error();
    auto live = look(*connection);
    if (!live) return live.error();
    trial_.verified.differences = lint::differences(history_, live->schema);
    applied_ = std::move(live->facts.applied);
    return std::nullopt;
  }

  // The tool's next run: nothing where the tool has noted every migration; every file once more
  // where nothing is noted.
  std::optional<Error> run_again(Applier& applier) {
    if (!record_table(history_).empty()) {
      see_record();
      return std::nullopt;
    }
    if (!applier.by_psql() || history_.docker_init) return std::nullopt;
    std::size_t refused = 0;
    for (const lint::VerifiedMigration& each : trial_.verified.migrations) {
      const auto refusal = applier.apply(*each.migration);
      if (!refusal || refused++ > 0) continue;
      add({.kind = Kind::repeat_fails,
           .fatal = false,
           .migration = each.migration,
           .source = refusal->source,
           .span = refusal->span,
           .message = cat("this file cannot be run a second time: ", refusal->message.text),
           .why = "nothing here notes which files a database has run, and a file that failed "
                  "halfway is run again from its beginning",
           .help = "let what runs the files note them, or write statements that may be repeated "
                   "(IF NOT EXISTS, ON CONFLICT)",
           .server = refusal->message});
    }
    const std::size_t all = trial_.verified.migrations.size();
    trial_.verified.second_run =
        refused == 0 ? std::string("every file can be run a second time")
                     : cat(refused, " of ", all, " files cannot be run a second time");
    return std::nullopt;
  }

  // What `migguard audit --database-url` would make of the notes.
  void see_record() {
    auto before = std::move(project_.database);
    std::set<const Migration*> applied_before;  // in a database that an audit asks
    for (const History& history : project_.histories) {
      for (const Migration& each : history.migrations)
        if (each.applied) applied_before.insert(&each);
    }
    project_.database.emplace().applied = applied_;
    project::match_applied(project_);
    std::vector<std::string> again;
    for (const lint::VerifiedMigration& each : trial_.verified.migrations) {
      if (!each.migration->applied) again.push_back(each.migration->id);
    }
    const bool readable = std::any_of(applied_.begin(), applied_.end(), [&](const auto& each) {
      return lineage(each.tool) == lineage(history_.tool);
    });
    for (History& history : project_.histories) {
      for (Migration& each : history.migrations) each.applied = applied_before.contains(&each);
    }
    project_.database = std::move(before);
    const std::string name = record_name(history_);
    trial_.verified.second_run =
        again.empty() || !readable
            ? cat("a second run finds nothing to do: ", name, " names every migration")
            : cat("a second run would begin with ", again.front(), ", which ", name,
                  " does not name");
  }

  Project& project_;
  const Trial& trial_;
  const History& history_;
  const lint::VerifySettings& settings_;
  std::vector<AppliedTable> applied_;
  bool undo_at_end_ = false;  // the transaction of all migrations, instead of committing it
  bool undone_ = false;
};

// ---- All of them -----------------------------------------------------------------------------

// Loose files are run only where there is nothing else.
std::vector<History*> histories_of(Project& project) {
  std::vector<History*> chosen;
  for (const bool loose : {false, true}) {
    for (History& each : project.histories) {
      const bool any = !each.migrations.empty() || !each.code.empty() || has_root_cause(each);
      if (each.selected && each.loose == loose && any) chosen.push_back(&each);
    }
    if (!chosen.empty()) break;
  }
  return chosen;
}

std::optional<Error> check_from(const std::vector<History*>& histories, const std::string& from) {
  if (from.empty()) return std::nullopt;
  std::vector<std::string_view> ids;
  for (const History* history : histories) {
    for (const Migration& each : history->migrations) {
      if (each.source && is_named(each, from)) return std::nullopt;
      ids.emplace_back(each.id);
    }
  }
  const auto meant = closest(from, ids);
  return Error{cat("`--from` names no migration: `", from, "`",
                   meant ? cat("; did you mean `", *meant, "`?") : std::string())};
}

std::optional<Error> check_data(const std::vector<History*>& histories, const DataFiles& data) {
  for (const DataStatement& statement : data.statements()) {
    if (statement.after.empty()) continue;
    const bool known = std::any_of(histories.begin(), histories.end(), [&](const History* history) {
      return std::any_of(
          history->migrations.begin(), history->migrations.end(),
          [&](const Migration& each) { return each.source && is_named(each, statement.after); });
    });
    if (known) continue;
    const Position at = statement.source->position(statement.piece.span.begin);
    return Error{cat("there is no migration `", statement.after, "` to put these rows behind"),
                 statement.source->path, at.line};
  }
  return std::nullopt;
}

}  // namespace

Result<lint::Verification> verify(Project& project, const lint::VerifySettings& settings,
                                  const lint::VerifyEvents& events) {
  const auto begun = Clock::now();
  const auto histories = histories_of(project);
  if (histories.empty())
    return Error{"there are no migrations to verify", project.root == "." ? "" : project.root};
  auto data = DataFiles::read(settings.data);
  if (!data) return data.error();
  if (auto error = check_from(histories, settings.from)) return *std::move(error);
  if (auto error = check_data(histories, *data)) return *std::move(error);
  const auto runs = [](const History* each) { return reason_to_skip(*each).empty(); };
  const auto to_run = std::count_if(histories.begin(), histories.end(), runs);

  if (to_run == 0) {
    return Error{
        cat(histories.front()->folder, " is not run, for ", reason_to_skip(*histories.front()))};
  }

  lint::Verification verification;
  std::optional<TemporaryServer> server;
  std::optional<Databases> databases;
  const auto speak_of = [&](const Address& address) -> std::optional<Error> {
    const auto connection = Connection::open(address);
    if (!connection) return connection.error();
    verification.server_version = connection->server_version();
    verification.server = cat("PostgreSQL ", connection->server_version_text(), ", ",
                              server ? std::string("a temporary server") : connection->shown());
    return std::nullopt;
  };
  if (settings.database_url.empty()) {
    const auto programs = find_server_programs(settings.server_programs, settings.pg_version);
    if (!programs) return programs.error();
    forget_postgres_variables();
    events("starting a temporary PostgreSQL server");
    auto started = TemporaryServer::start(*programs);
    if (!started) return started.error();
    server.emplace(*std::move(started));
    databases.emplace(*server);
    if (auto error = speak_of(server->superuser("postgres"))) return *std::move(error);
  } else {
    if (to_run > 1) {
      return Error{cat("one database takes one history, and there are ", to_run,
                       ": name the folder of one")};
    }
    auto address = read_address(settings.database_url);
    if (!address) return address.error();
    if (auto error = speak_of(*address)) return *std::move(error);
    databases.emplace(*std::move(address));
  }

  for (History* history : histories) {
    lint::VerifiedHistory& verified = verification.histories.emplace_back();
    verified.history = history;
    verified.skipped = reason_to_skip(*history);
    if (!verified.skipped.empty()) continue;
    const Trial trial{*history, *data, *databases, events, verified};
    if (auto error = HistoryRun(project, trial, settings).run()) return *std::move(error);
    if (!databases->several()) continue;
    const auto predicted =
        lint::statement_effects(*history, {.pg_version = verification.server_version});
    if (auto error = watch_locks(trial, predicted)) return *std::move(error);
    if (auto error = Rollbacks(trial).try_all()) return *std::move(error);
  }
  verification.milliseconds = milliseconds_since(begun);
  return verification;
}

}  // namespace migguard::database
