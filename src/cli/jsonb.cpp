// `migguard jsonb`: chooses the subcommand, reads the configuration for all of them.
#include <cli/config.hpp>
#include <cli/jsonb.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <array>
#include <optional>

namespace migguard::cli {
namespace {

constexpr std::string_view classify_flags[] = {"--format", "--config"};
constexpr std::string_view check_flags[] = {"--column",  "--ndjson", "--max-bytes", "--max-depth",
                                            "--fail-on", "--quiet",  "--format",    "--config"};
constexpr std::string_view guard_flags[] = {"--table",    "--column", "--key",   "--form",
                                            "--revision", "--phase",  "--write", "--tool",
                                            "--format",   "--config"};
constexpr std::string_view move_flags[] = {"--table", "--column", "--key",  "--to",     "--type",
                                           "--phase", "--write",  "--tool", "--format", "--config"};
constexpr std::string_view scan_flags[] = {"--column", "--full",         "--in-database",
                                           "--resume", "--database-url", "--fail-on",
                                           "--quiet",  "--format",       "--config"};

constexpr Subcommand subcommands[] = {
    {.name = "classify",
     .arguments = "[FILE...]",
     .summary = "say of keys whether they hold money, and why",
     .description =
         "Reads keys from files or standard input, a JSON object a line: `key`, and if you like "
         "`path`, `value` and `column`. Answers each with a line: whether it is money, how sure "
         "that is, why, and the type that its column should have. A line that is no such object "
         "is answered by its number and what is wrong with it; the exit status is then 2.",
     .examples = R"(
echo '{"key": "unitPrice", "path": "items[0].unitPrice", "value": 12.5}' | migguard jsonb classify
echo '{"key": "total", "column": "quotes.settings"}' | migguard jsonb classify
jq -c 'keys[] | {key: .}' payload.json | migguard jsonb classify
)",
     .flags = classify_flags,
     .run = &jsonb_classify},
    {.name = "check",
     .arguments = "[FILE...]",
     .summary = "find money in JSON documents",
     .description =
         "Reads payloads (one JSON document, several, or one a line; files or standard input) and "
         "tells every key in them that holds money, with its path, line and column. Hits of one "
         "path in the items of arrays, or in documents of one line each, are shown together; "
         "`--format json` lists every one. It streams: memory follows the nesting, not the length.",
     .examples = R"(
migguard jsonb check payload.json
psql -Atc 'SELECT metadata FROM quotes' | migguard jsonb check --ndjson --column quotes.metadata
migguard jsonb check --format json --fail-on warning fixtures/*.json
)",
     .flags = check_flags,
     .run = &jsonb_check},
    {.name = "scan",
     .arguments = "--database-url URL|env",
     .summary = "find money in the JSON columns of a live database",
     .description =
         "Reads the JSON columns of a live database (those that are guarded by their name, or "
         "match `--column`), in read-only transactions: a sample of large tables, or with `--full` "
         "every row. `env` takes the address from DATABASE_URL, which keeps a password out of the "
         "list of processes. Nothing is written to the database.",
     .examples = R"(
migguard jsonb scan --database-url env
migguard jsonb scan --database-url env --column 'quotes.*'
migguard jsonb scan --database-url env --full --resume scan.json
migguard jsonb scan --database-url env --in-database
)",
     .flags = scan_flags,
     .run = &jsonb_scan},
    {.name = "guard",
     .arguments = "--table NAME --column NAME [PATH...]",
     .summary = "print the constraint or trigger that refuses money in a column",
     .description =
         "Prints the SQL that refuses keys of money in a JSON column: `flat` looks at the "
         "document's own keys, `nested` at any depth, `trigger` the same with an error of its own "
         "and for what is written only. `--key` names the keys, else the usual ones. PATH is the "
         "project (default: this folder), whose migrations tell what the column is and where the "
         "files go. `--write` writes the guard as the next migration of the project's tool; "
         "`--phase validate --write` then, in a later release, proves the rows that were there. "
         "Other keys: `--revision 2`, which replaces the first.",
     .examples = R"(
migguard jsonb guard --table quotes --column metadata
migguard jsonb guard --table quotes --column metadata --form nested --write
migguard jsonb guard --table quotes --column metadata --phase validate --write
migguard jsonb guard --table quotes --column metadata --key price --key pricing.total --revision 2
)",
     .flags = guard_flags,
     .run = &jsonb_guard},
    {.name = "move",
     .arguments = "--table NAME --column NAME --key PATH [PATH...]",
     .summary = "print the migrations that move a key into a typed column",
     .description =
         "Prints, as a diff of the project's own files, what moves a key of a JSON column into a "
         "typed one without losing a value: a migration that adds the column, a trigger that fills "
         "it and a view of what would not fit; two scripts for psql, which fill the column and "
         "remove the key in batches and prove both; a migration that refuses the key; one that validates "
         "that and takes the helpers away. `--write` writes the first and the scripts, "
         "`--phase contract --write` and `--phase validate --write` the others, each in a release "
         "of its own. PATH is the project (default: this folder).",
     .examples = R"(
migguard jsonb move --table quotes --column metadata --key price --to unit_price
migguard jsonb move --table quotes --column metadata --key pricing.total --to total --write
migguard jsonb move --table quotes --column metadata --key sku --type text --write
migguard jsonb move --table quotes --column metadata --key price --to unit_price --phase contract --write
)",
     .flags = move_flags,
     .run = &jsonb_move},
};

constexpr std::array<std::string_view, 2> formats{"text", "json"};

std::optional<Error> check_flags_of(const Subcommand& subcommand, const Options& options) {
  for (const std::string_view flag : options.given) {
    if (flag != "--color" &&
        std::find(subcommand.flags.begin(), subcommand.flags.end(), flag) == subcommand.flags.end())
      return Error{cat("`migguard jsonb ", subcommand.name, "` takes no `", flag, "`")};
  }
  return std::nullopt;
}

Result<Answer> run_jsonb(const Options& options, const Environment& environment) {
  const std::string& name = options.arguments.front();
  std::vector<std::string_view> names;
  for (const Subcommand& each : subcommands) {
    if (each.name == name) {
      if (const auto error = check_flags_of(each, options)) return *error;
      return each.run(options, environment);
    }
    names.push_back(each.name);
  }
  return Error{cat("`migguard jsonb` knows no `", name, "`", suggestion(name, names))};
}

}  // namespace

Severity jsonb_severity(const jsonb::Classification& verdict, const JsonbSettings& settings) {
  if (verdict.level < jsonb::level_named(settings.min_confidence)) return Severity::note;
  return verdict.level == jsonb::Level::high && verdict.kind != jsonb::Class::currency
             ? Severity::error
             : Severity::warning;
}

std::string_view jsonb_words(jsonb::Class kind) {
  switch (kind) {
    case jsonb::Class::rate:
      return "a rate that decides amounts";
    case jsonb::Class::currency:
      return "a currency";
    case jsonb::Class::business:
      return "a business value";
    default:
      return "an amount of money";
  }
}

std::span<const std::string> jsonb_arguments(const Options& options) {
  return std::span(options.arguments).subspan(1);
}

Result<JsonbSettings> jsonb_settings(const Options& options, const Environment& environment) {
  const std::string path =
      options.config.empty() ? find_config(".", environment.files) : options.config;
  if (path.empty()) return JsonbSettings{};
  auto text = environment.files.read(path);
  if (!text) return text.error();
  auto config = read_config(path, *std::move(text));
  if (!config) return config.error();
  return std::move(config->jsonb);
}

const Command jsonb_command{
    .name = "jsonb",
    .arguments = "classify|check|scan|guard|move [ARGUMENT...]",
    .min_arguments = 1,
    .summary = "keep money out of JSON columns",
    .description =
        "The JSONB guard outside migrations: amounts, rates and currencies belong in typed "
        "columns. `classify` judges keys, `check` payloads, `scan` the columns of a live database; "
        "`guard` prints what keeps money out of a column, `move` what moves a key out of it.",
    .examples = R"(
echo '{"key": "unitPrice", "path": "items[0].unitPrice", "value": 12.5}' | migguard jsonb classify
migguard jsonb check payload.json
migguard jsonb scan --database-url env
migguard jsonb guard --table quotes --column metadata --form nested
migguard jsonb move --table quotes --column metadata --key price --to unit_price --write
)",
    .flags = flags_output | flags_config | flags_quiet | flags_jsonb | flags_database,
    .formats = formats,
    .shows_progress = true,
    .run = run_jsonb,
    .subcommands = subcommands,
    .needs_database = [](const Options& options) { return options.arguments.front() == "scan"; },
};

}  // namespace migguard::cli
