// Reads what verification_json wrote, so that an audit can show what a run elsewhere found. It may
// come from anywhere: whatever it says is text, and it must fit the files that are here.
#include <report/place.hpp>
#include <report/verification.hpp>
#include <util/json.hpp>
#include <util/sha256.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace migguard::report {
namespace {

using json::Value;

constexpr std::array verdicts{std::pair("applied", lint::Verdict::applied),
                              std::pair("failed", lint::Verdict::failed),
                              std::pair("undone", lint::Verdict::undone),
                              std::pair("not_reached", lint::Verdict::not_reached)};
constexpr std::array rollbacks{
    std::pair("none", lint::TakenBack::no_script), std::pair("whole", lint::TakenBack::whole),
    std::pair("not_whole", lint::TakenBack::not_whole),
    std::pair("refused", lint::TakenBack::refused), std::pair("untried", lint::TakenBack::untried)};
using Kind = lint::VerifyFinding::Kind;
constexpr std::array kinds{Kind::fails,          Kind::data_refused,        Kind::repeat_fails,
                           Kind::rollback_fails, Kind::rollback_incomplete, Kind::rollback_loses};
using Where = SchemaDifference::Where;
constexpr std::array wheres{std::pair("only_replayed", Where::only_here),
                            std::pair("only_on_server", Where::only_there),
                            std::pair("different", Where::different)};
constexpr std::array modes{LockMode::access_share,  LockMode::row_share,
                           LockMode::row_exclusive, LockMode::share_update_exclusive,
                           LockMode::share,         LockMode::share_row_exclusive,
                           LockMode::exclusive,     LockMode::access_exclusive};

std::string sum_of(const SourceFile& source) {
  Sha256 sum;
  sum.add(source.text);
  return sum.hexadecimal();
}

// The offset of a character; lines and columns as place_of gives them.
std::uint32_t offset_at(const SourceFile& source, std::int64_t line, std::int64_t column) {
  if (line < 1 || column < 1) return 0;
  const auto number = static_cast<std::uint32_t>(
      std::min<std::int64_t>(line, static_cast<std::int64_t>(source.line_count())));
  std::size_t at = source.line_begin(number);
  if (number == 1 && source.text.starts_with("\xEF\xBB\xBF")) at += 3;
  for (std::int64_t left = column - 1; left > 0 && at < source.text.size(); --left) {
    if (source.text[at] == '\n') break;
    ++at;
    while (at < source.text.size() &&
           (static_cast<unsigned char>(source.text[at]) & 0xC0U) == 0x80U)
      ++at;
  }
  return static_cast<std::uint32_t>(at);
}

class Reader {
 public:
  Reader(std::string_view text, const std::string& path, Project& project)
      : file_(path, std::string(text)), project_(project) {}

  Result<lint::Verification> read() {
    const auto parsed = json::parse(file_.text);
    if (const auto* failure = std::get_if<json::Failure>(&parsed)) {
      return Error{cat("this is no JSON: ", failure->message), file_.path,
                   file_.position(failure->offset).line};
    }
    const Value& root = std::get<Value>(parsed);
    const Value* version = root.get("version");
    if (!root.get("server_version") || !root.get("histories") || !version ||
        version->integer() != 1) {
      return Error{"this is not what `migguard verify --format json` of this version writes",
                   file_.path};
    }
    lint::Verification verification;
    verification.server = text(root, "server");
    verification.server_version = static_cast<int>(number(root, "server_version"));
    verification.milliseconds = static_cast<double>(number(root, "microseconds")) / 1000;
    for (const Value& each : list(root, "histories")) {
      if (error_) break;
      read_history(each, verification.histories.emplace_back());
    }
    if (error_) return *std::move(error_);
    return verification;
  }

 private:
  // ---- Values; what is missing or of another kind is the file's fault

  void fail(const Value& at, std::string message) {
    if (error_) return;
    error_ = Error{std::move(message), file_.path, file_.position(at.span.begin).line};
  }
  const Value& member(const Value& object, const char* name, json::Kind kind) {
    static const Value nothing;
    const Value* found = object.get(name);
    if (found && found->kind == kind) return *found;
    fail(object, cat("`", name,
                     "` is missing or of the wrong kind: this is not what `migguard "
                     "verify --format json` writes"));
    return nothing;
  }
  std::string text(const Value& object, const char* name) {
    return member(object, name, json::Kind::string).text;
  }
  bool truth(const Value& object, const char* name) {
    return member(object, name, json::Kind::boolean).boolean;
  }
  std::int64_t number(const Value& object, const char* name) {
    return member(object, name, json::Kind::number).integer().value_or(0);
  }
  const std::vector<Value>& list(const Value& object, const char* name) {
    return member(object, name, json::Kind::array).items;
  }
  template <class Choices>
  auto choice(const Value& object, const char* name, const Choices& choices) {
    const std::string word = text(object, name);
    for (const auto& [spelling, value] : choices) {
      if (word == spelling) return value;
    }
    fail(object, cat("`", name, "` cannot be `", word, "`"));
    return choices.front().second;
  }
  std::optional<LockMode> mode(const Value& object, const char* name) {
    const Value* found = object.get(name);
    if (!found || found->kind == json::Kind::null) return std::nullopt;
    for (const LockMode each : modes) {
      if (found->text == to_string(each)) return each;
    }
    fail(*found, cat("there is no lock `", found->text, "`"));
    return std::nullopt;
  }
  // As `shown` wrote it: quoted where it must be, `public` left out.
  static RelationName relation(std::string_view text) {
    RelationName name;
    std::string part;
    bool quoted = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
      const char each = text[at];
      if (each == '"' && quoted && at + 1 < text.size() && text[at + 1] == '"') {
        part += each;
        ++at;
      } else if (each == '"') {
        quoted = !quoted;
      } else if (each == '.' && !quoted) {
        name.schema = std::exchange(part, {});
      } else {
        part += each;
      }
    }
    name.name = std::move(part);
    return name;
  }
  std::vector<RelationName> relations(const Value& object, const char* name) {
    std::vector<RelationName> out;
    for (const Value& each : list(object, name)) out.push_back(relation(each.text));
    return out;
  }

  // ---- What is here

  const History* history_of(const Value& value) {
    const std::string folder = text(value, "folder"), tool = text(value, "tool");
    for (const History& each : project_.histories) {
      if (each.folder == folder && to_string(each.tool) == tool) return &each;
    }
    fail(value, cat("it speaks of `", folder, "` (", tool,
                    "), and there is no such history here: run `migguard verify` and the audit "
                    "in the same folder"));
    return nullptr;
  }

  const Migration* migration_of(const History& history, const Value& value) {
    const std::string path = text(value, "path"), sum = text(value, "sha256");
    for (const Migration& each : history.migrations) {
      if (!each.listed || !each.source || each.source->path != path) continue;
      if (sum_of(*each.source) == sum) return &each;
      fail(value, cat(path, " has changed since: run `migguard verify` again"));
      return nullptr;
    }
    fail(value, cat("it speaks of ", path,
                    ", which is no migration here: run `migguard verify` "
                    "again"));
    return nullptr;
  }

  // A migration, a rollback script or a journal; null for what does not belong to the project.
  const SourceFile* source_of(const std::string& path) const {
    for (const SourceFile& each : project_.files) {
      if (each.path == path) return &each;
    }
    return nullptr;
  }

  // ---- Parts

  void read_history(const Value& value, lint::VerifiedHistory& out) {
    const History* history = history_of(value);
    if (!history) return;
    out.history = history;
    const Value* skipped = value.get("skipped");
    if (skipped && skipped->is_string()) out.skipped = skipped->text;
    for (const Value& each : list(value, "migrations")) {
      if (error_) return;
      read_migration(each, *history, out.migrations.emplace_back());
    }
    if (error_) return;
    for (const Migration& each : history->migrations) {
      const bool known = !each.listed || !each.source || out.migrations.empty() ||
                         std::any_of(out.migrations.begin(), out.migrations.end(),
                                     [&](const auto& seen) { return seen.migration == &each; });
      if (!known)
        return fail(
            value, cat("it knows nothing of ", each.source->path, ": run `migguard verify` again"));
    }
    for (const Value& each : list(value, "findings")) {
      if (error_) return;
      read_finding(each, out);
    }
    out.unwatched = text(value, "unwatched");
    out.rollbacks = static_cast<std::size_t>(number(value, "rollbacks"));
    out.untried_rollbacks = static_cast<std::size_t>(number(value, "untried_rollbacks"));
    out.untried_because = text(value, "untried_because");
    out.second_run = text(value, "second_run");
    out.left = text(value, "left");
    const Value* differences = value.get("schema_differences");
    if (!differences || !differences->is_array()) return;
    out.differences.emplace();
    for (const Value& each : differences->items) {
      out.differences->push_back({choice(each, "where", wheres), text(each, "kind"),
                                  text(each, "object"), text(each, "table"), text(each, "replayed"),
                                  text(each, "server")});
    }
  }

  void read_migration(const Value& value, const History& history, lint::VerifiedMigration& out) {
    out.migration = migration_of(history, value);
    if (!out.migration) return;
    out.verdict = choice(value, "verdict", verdicts);
    out.beforehand = truth(value, "beforehand");
    out.taken_back = choice(value, "rollback", rollbacks);
    out.milliseconds = static_cast<double>(number(value, "microseconds")) / 1000;
    for (const Value& each : list(value, "statements")) {
      if (error_) return;
      read_statement(each, *out.migration, out.statements.emplace_back());
    }
  }

  void read_statement(const Value& value, const Migration& migration,
                      lint::VerifiedStatement& out) {
    const auto& statements = migration.script.statements;
    const std::int64_t index = number(value, "index");
    if (index < 1 || static_cast<std::size_t>(index) > statements.size())
      return fail(value, cat("there is no statement ", index, " in ", migration.source->path));
    out.index = static_cast<std::size_t>(index);
    out.span = std::next(statements.begin(), index - 1)->span;
    out.milliseconds = static_cast<double>(number(value, "microseconds")) / 1000;
    out.watched = truth(value, "watched");
    if (!out.watched) out.unwatched = text(value, "unwatched");
    out.known = truth(value, "known");
    for (const Value& each : list(value, "locks")) {
      out.locks.push_back({relation(text(each, "relation")), mode(each, "taken"),
                           mode(each, "predicted"), truth(each, "conditional")});
    }
    out.rewritten = relations(value, "rewritten");
    out.rewritten_predicted = relations(value, "rewritten_predicted");
    for (const Value& each : list(value, "mistakes")) out.mistakes.push_back(each.text);
  }

  void read_finding(const Value& value, lint::VerifiedHistory& history) {
    lint::VerifyFinding finding;
    const std::string kind = text(value, "kind");
    const auto known = std::find_if(kinds.begin(), kinds.end(),
                                    [&](Kind each) { return lint::to_string(each) == kind; });
    if (known == kinds.end()) return fail(value, cat("there is no kind of finding `", kind, "`"));
    finding.kind = *known;
    finding.fatal = truth(value, "fatal");
    const std::string id = text(value, "migration");
    for (const lint::VerifiedMigration& each : history.migrations) {
      if (each.migration->id == id) finding.migration = each.migration;
    }
    finding.message = text(value, "message");
    finding.why = text(value, "why");
    finding.help = text(value, "help");
    if (value.get("path")) {
      const std::string path = text(value, "path");
      const std::int64_t line = number(value, "line"), column = number(value, "column");
      finding.source = source_of(path);
      if (finding.source) {
        finding.span = {
            offset_at(*finding.source, line, column),
            offset_at(*finding.source, number(value, "end_line"), number(value, "end_column"))};
        if (finding.span.end < finding.span.begin) finding.span.end = finding.span.begin;
      } else {
        // A file with rows: it is no part of the project, and nobody reads what a report names.
        finding.message = cat(path, ":", line, ": ", finding.message);
      }
    }
    const Value* server = value.get("server");
    if (server && server->is_object()) {
      finding.server.emplace();
      finding.server->sqlstate = text(*server, "sqlstate");
      finding.server->text = text(*server, "message");
      finding.server->detail = text(*server, "detail");
      finding.server->hint = text(*server, "hint");
      finding.server->context = text(*server, "context");
    }
    history.findings.push_back(std::move(finding));
  }

  const SourceFile file_;
  Project& project_;
  std::optional<Error> error_;
};

}  // namespace

Result<lint::Verification> read_verification(std::string_view json, const std::string& path,
                                             Project& project) {
  return Reader(json, path, project).read();
}

}  // namespace migguard::report
