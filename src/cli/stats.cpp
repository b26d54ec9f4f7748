// `migguard stats`: the sizes of a live database's tables, as a file to commit.
#include <cli/command.hpp>
#include <cli/settings.hpp>
#include <report/json_writer.hpp>

#include <array>

namespace migguard::cli {
namespace {

constexpr std::array<std::string_view, 1> formats{"json"};

// A table a line, so that a newer file differs where the database does.
std::string render(const lint::Statistics& statistics) {
  using Layout = report::JsonWriter::Layout;
  report::JsonWriter json;
  json.begin_object(Layout::block)
      .member("version", 1)
      .member("date", statistics.date)
      .member("server_version", statistics.server_version)
      .key("tables")
      .begin_array(Layout::block);
  for (const lint::Statistics::Table& each : statistics.tables) {
    json.begin_object()
        .member("schema", each.schema)
        .member("table", each.table)
        .member("rows", each.rows)
        .member("bytes", each.bytes)
        .end_object();
  }
  return json.end_array().end_object().take();
}

Result<Answer> run_stats(const Options& options, const Environment& environment) {
  const auto statistics =
      environment.database->statistics(options.database_url.empty() ? "env" : options.database_url);
  if (!statistics) return statistics.error();
  Answer answer;
  for (const Output& output : outputs_of(options))
    answer.documents.push_back({render(*statistics), output.file});
  return answer;
}

}  // namespace

const Command stats_command{
    .name = "stats",
    .arguments = "",
    .max_arguments = 0,
    .summary = "write down how large a live database's tables are",
    .description =
        "Writes the names of a live database's tables with the server's own estimates of their "
        "rows "
        "and their size, as a small JSON file to commit beside the configuration. Reads the "
        "catalog "
        "only, in a read-only transaction. Without `--database-url`, DATABASE_URL or PG* variables "
        "name the database.",
    .examples = R"(
migguard stats --database-url env --format json=migguard-stats.json
migguard stats --database-url postgresql://app@db.example.org/shop > migguard-stats.json
)",
    .flags = flags_output | flags_database,
    .formats = formats,
    .run = run_stats,
    .needs_database = [](const Options&) { return true; },
};

}  // namespace migguard::cli
