// `migguard dump`: what migguard understood of every migration, and the schema each history leaves
// behind.
#include <cli/command.hpp>
#include <cli/settings.hpp>
#include <lint/enum_names.hpp>
#include <lint/replay.hpp>
#include <migguard/version.hpp>
#include <project/load.hpp>
#include <repair/drizzle_snapshot.hpp>
#include <report/dump.hpp>
#include <schema/catalog.hpp>
#include <sql/script.hpp>

#include <algorithm>
#include <array>

namespace migguard::cli {
namespace {

using report::JsonWriter;

constexpr std::array<std::string_view, 2> formats{"json", "drizzle-snapshot"};

// Replay needs somebody to tell; the schema is read when it is over.
class Silence final : public lint::ReplayListener {
 public:
  void operation(const Op&, bool) override {}
};

void write(JsonWriter& out, const Migration& migration, const Statement& statement) {
  const SourceFile& source = *migration.source;
  out.begin_object(JsonWriter::Layout::block);
  report::write_span(out.key("span"), source, statement.span);
  const std::size_t begin = std::min<std::size_t>(statement.span.begin, source.text.size());
  const std::size_t end = std::clamp<std::size_t>(statement.span.end, begin, source.text.size());
  out.member("text", std::string_view(source.text).substr(begin, end - begin));
  out.key("operations").begin_array(JsonWriter::Layout::block);
  for (const Op& op : statement.ops) {
    report::write_operation(out, op, source, sql::locate(source.text, statement, op));
  }
  out.end_array().end_object();
}

void write(JsonWriter& out, const Migration& migration) {
  out.begin_object(JsonWriter::Layout::block);
  out.member("id", migration.id)
      .member("number", migration.number)
      .member("path", migration.source->path);
  out.member("rollback", migration.rollback).member("listed", migration.listed);
  out.member("transaction", lint::enum_name(migration.transaction));
  out.key("statements").begin_array(JsonWriter::Layout::block);
  for (const Statement& each : migration.script.statements) write(out, migration, each);
  out.end_array();
  out.key("problems").begin_array(JsonWriter::Layout::block);
  for (const Problem& each : migration.script.problems) {
    out.begin_object().member("kind", lint::enum_name(each.kind));
    report::write_span(out.key("span"), *migration.source, each.span);
    out.member("message", each.message).member("hint", each.hint).end_object();
  }
  out.end_array().end_object();
}

void write(JsonWriter& out, const History& history, bool assume_in_transaction) {
  out.begin_object(JsonWriter::Layout::block);
  out.member("folder", history.folder).member("tool", to_string(history.tool));
  out.member("dialect", lint::enum_name(history.dialect)).member("complete", history.complete);
  out.member("evidence", history.evidence);
  for (const bool rollbacks : {false, true}) {
    out.key(rollbacks ? "rollbacks" : "migrations").begin_array(JsonWriter::Layout::block);
    for (const Migration& each : rollbacks ? history.rollbacks : history.migrations)
      write(out, each);
    out.end_array();
  }
  schema::Catalog catalog;
  Silence silence;
  lint::replay(history, assume_in_transaction, catalog, silence);
  report::write_schema(out.key("schema"), catalog);
  out.end_object();
}

Result<std::unique_ptr<Project>> load(const Run& run, const Options& options,
                                      const Environment& environment) {
  if (run.standard_input) return read_standard_input(options, environment);
  return project::load(load_settings(run.settings), environment.files);
}

// What drizzle-kit would keep beside the last migration.
Result<std::string> drizzle_snapshot(const Project& project, bool assume_in_transaction) {
  if (project.histories.size() != 1) {
    return Error{cat("a snapshot is of one history, and there are ", project.histories.size(),
                     " here: name its folder")};
  }
  const History& history = project.histories.front();
  schema::Catalog catalog;
  Silence silence;
  lint::replay(history, assume_in_transaction, catalog, silence);
  const std::string id = repair::snapshot_id(history.folder);
  return repair::drizzle_snapshot(catalog, repair::Definitions(history), id, repair::first_parent)
             .text +
         "\n";
}

std::string as_json(const Project& project, bool assume_in_transaction) {
  JsonWriter out;
  out.begin_object(JsonWriter::Layout::block).member("version", 1).member("migguard", version);
  out.member("parser", sql::parser_version());
  out.key("histories").begin_array(JsonWriter::Layout::block);
  for (const History& history : project.histories) write(out, history, assume_in_transaction);
  return out.end_array().end_object().take();
}

Result<Answer> run_dump(const Options& options, const Environment& environment) {
  const auto run = prepare(options, environment);
  if (!run) return run.error();
  const auto loaded = load(*run, options, environment);
  if (!loaded) return loaded.error();
  Project& project = **loaded;
  project::parse(project, options.jobs);
  lint::number_migrations(project);

  Answer answer;
  answer.notices = run->notices;
  for (const Output& output : outputs_of(options)) {
    if (output.format == "json") {
      answer.documents.push_back({as_json(project, options.assume_in_transaction), output.file});
      continue;
    }
    const auto snapshot = drizzle_snapshot(project, options.assume_in_transaction);
    if (!snapshot) return snapshot.error();
    answer.documents.push_back({*snapshot, output.file});
  }
  return answer;
}

}  // namespace

const Command dump_command{
    .name = "dump",
    .arguments = "[PATH...]",
    .summary = "show what was understood, as JSON",
    .description =
        "Shows what migguard understood: every operation of every migration with its exact place, "
        "and the "
        "schema that each history leaves behind, as JSON; or that schema as the snapshot that "
        "drizzle-kit would keep of it. Of an operation only kind, schema, "
        "table, "
        "column, type, name, cascade, concurrently, not_valid and span are stable.",
    .examples = R"(
migguard dump db/migrations
echo 'DROP TABLE invoices' | migguard dump -
)",
    .flags = flags_output | flags_project | flags_verdict,
    .formats = formats,
    .run = run_dump,
};

}  // namespace migguard::cli
