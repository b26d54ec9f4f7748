#include <report/json_writer.hpp>
#include <report/place.hpp>
#include <report/verification.hpp>
#include <report/verification_parts.hpp>
#include <util/sha256.hpp>

#include <cmath>

namespace migguard::report {
namespace {

using Layout = JsonWriter::Layout;

std::int64_t microseconds(double milliseconds) {
  return static_cast<std::int64_t>(std::llround(milliseconds * 1000));
}

void write(JsonWriter& out, std::string_view name, std::optional<LockMode> mode) {
  out.key(name);
  if (mode) {
    out.value(to_string(*mode));
  } else {
    out.null();
  }
}

void write(JsonWriter& out, std::string_view name, const std::vector<RelationName>& relations) {
  out.key(name).begin_array();
  for (const RelationName& each : relations) out.value(shown(each));
  out.end_array();
}

void write(JsonWriter& out, const lint::VerifiedMigration& migration,
           const lint::VerifiedStatement& statement) {
  const Place place = place_of(migration.migration->source, statement.span);
  out.begin_object()
      .member("line", place.begin.line)
      .member("column", place.begin.column)
      .member("index", statement.index)
      .member("microseconds", microseconds(statement.milliseconds))
      .member("watched", statement.watched);
  if (!statement.watched) out.member("unwatched", statement.unwatched);
  out.key("locks").begin_array();
  for (const lint::LockSeen& each : statement.locks) {
    out.begin_object().member("relation", shown(each.relation));
    write(out, "taken", each.taken);
    write(out, "predicted", each.predicted);
    out.member("conditional", each.conditional).end_object();
  }
  out.end_array();
  write(out, "rewritten", statement.rewritten);
  write(out, "rewritten_predicted", statement.rewritten_predicted);
  out.member("known", statement.known).key("mistakes").begin_array();
  for (const std::string& each : statement.mistakes) out.value(each);
  out.end_array().end_object();
}

std::string sha256_of(const SourceFile& source) {
  Sha256 sum;
  sum.add(source.text);
  return sum.hexadecimal();
}

std::string_view spelling(lint::TakenBack taken_back) {
  switch (taken_back) {
    case lint::TakenBack::no_script:
      return "none";
    case lint::TakenBack::whole:
      return "whole";
    case lint::TakenBack::not_whole:
      return "not_whole";
    case lint::TakenBack::refused:
      return "refused";
    case lint::TakenBack::untried:
      return "untried";
  }
  return {};
}

void write(JsonWriter& out, const lint::VerifiedMigration& migration) {
  out.begin_object(Layout::block)
      .member("id", migration.migration->id)
      .member("path", migration.migration->source->path)
      .member("sha256", sha256_of(*migration.migration->source))
      .member("verdict", migration.verdict == lint::Verdict::not_reached
                             ? std::string_view("not_reached")
                             : in_words(migration.verdict))
      .member("beforehand", migration.beforehand)
      .member("microseconds", microseconds(migration.milliseconds))
      .member("rollback", spelling(migration.taken_back))
      .key("statements")
      .begin_array(Layout::block);
  for (const lint::VerifiedStatement& each : migration.statements) write(out, migration, each);
  out.end_array().end_object();
}

void write(JsonWriter& out, const lint::VerifyFinding& finding) {
  out.begin_object(Layout::block)
      .member("kind", lint::to_string(finding.kind))
      .member("fatal", finding.fatal)
      .member("migration", finding.migration ? std::string_view(finding.migration->id) : "");
  if (finding.source) {
    const Place place = place_of(finding.source, finding.span);
    out.member("path", place.path)
        .member("line", place.begin.line)
        .member("column", place.begin.column)
        .member("end_line", place.end.line)
        .member("end_column", place.end.column);
  }
  out.member("message", finding.message).member("why", finding.why).member("help", finding.help);
  out.key("server");
  if (finding.server) {
    out.begin_object()
        .member("sqlstate", finding.server->sqlstate)
        .member("message", finding.server->text)
        .member("detail", finding.server->detail)
        .member("hint", finding.server->hint)
        .member("context", finding.server->context)
        .end_object();
  } else {
    out.null();
  }
  out.end_object();
}

std::string_view spelling(SchemaDifference::Where where) {
  switch (where) {
    case SchemaDifference::Where::only_here:
      return "only_replayed";
    case SchemaDifference::Where::only_there:
      return "only_on_server";
    case SchemaDifference::Where::different:
      return "different";
  }
  return {};
}

void write(JsonWriter& out, const lint::VerifiedHistory& history) {
  out.begin_object(Layout::block)
      .member("folder", history.history->folder)
      .member("tool", to_string(history.history->tool))
      .member("completed", history.completed());
  out.key("skipped");
  if (history.skipped.empty()) {
    out.null();
  } else {
    out.value(history.skipped);
  }
  out.key("migrations").begin_array(Layout::block);
  for (const lint::VerifiedMigration& each : history.migrations) write(out, each);
  out.end_array().key("findings").begin_array(Layout::block);
  for (const lint::VerifyFinding& each : history.findings) write(out, each);
  const LockTally tally = lock_tally(history);
  out.end_array().member("unwatched", history.unwatched);
  out.key("locks")
      .begin_object()
      .member("statements", tally.statements)
      .member("watched", tally.watched)
      .member("mistaken", tally.mistaken)
      .end_object();
  out.key("schema_differences");
  if (history.differences) {
    out.begin_array(Layout::block);
    for (const SchemaDifference& each : *history.differences) {
      out.begin_object()
          .member("where", spelling(each.where))
          .member("kind", each.kind)
          .member("object", each.object)
          .member("table", each.table)
          .member("replayed", each.here)
          .member("server", each.there)
          .end_object();
    }
    out.end_array();
  } else {
    out.null();
  }
  out.member("second_run", history.second_run)
      .member("rollbacks", history.rollbacks)
      .member("untried_rollbacks", history.untried_rollbacks)
      .member("untried_because", history.untried_because)
      .member("left", history.left)
      .end_object();
}

}  // namespace

void write_verification(JsonWriter& out, const lint::Verification& verification) {
  out.begin_object(Layout::block)
      .member("version", 1)
      .member("server", verification.server)
      .member("server_version", verification.server_version)
      .member("clean", verification.clean())
      .member("microseconds", microseconds(verification.milliseconds))
      .key("histories")
      .begin_array(Layout::block);
  for (const lint::VerifiedHistory& each : verification.histories) write(out, each);
  out.end_array().end_object();
}

std::string verification_json(const lint::Verification& verification, const RenderOptions&) {
  JsonWriter out;
  write_verification(out, verification);
  return out.take();
}

}  // namespace migguard::report
