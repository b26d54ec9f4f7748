// `migguard jsonb`: chooses the subcommand, reads the configuration for all of them.
#include <cli/config.hpp>
#include <cli/jsonb.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>

namespace migguard::cli {
namespace {

struct Subcommand {
  std::string_view name;
  Result<Answer> (*run)(const Options& options, const Environment& environment);
  std::span<const std::string_view> flags;  // of those that not every subcommand takes
};

constexpr std::string_view check_flags[] = {"--column",    "--ndjson",  "--max-bytes",
                                            "--max-depth", "--fail-on", "--quiet"};

constexpr std::string_view guard_flags[] = {"--table", "--column",   "--key",
                                            "--form",  "--revision", "--write"};
constexpr std::string_view move_flags[] = {"--table", "--column", "--key",  "--to",
                                           "--type",  "--phase",  "--write"};
constexpr std::string_view scan_flags[] = {
    "--column", "--full", "--in-database", "--resume", "--database-url", "--fail-on", "--quiet"};

constexpr Subcommand subcommands[] = {
    {"classify", &jsonb_classify, {}},    {"check", &jsonb_check, check_flags},
    {"guard", &jsonb_guard, guard_flags}, {"move", &jsonb_move, move_flags},
    {"scan", &jsonb_scan, scan_flags},
};

// Flags that every subcommand takes.
constexpr std::string_view shared_flags[] = {"--format", "--config", "--color"};

constexpr std::array<std::string_view, 2> formats{"text", "json"};

std::optional<Error> check_flags_of(const Subcommand& subcommand, const Options& options) {
  for (const std::string_view flag : options.given) {
    const auto is_flag = [flag](std::string_view each) { return each == flag; };
    if (std::none_of(std::begin(shared_flags), std::end(shared_flags), is_flag) &&
        std::none_of(subcommand.flags.begin(), subcommand.flags.end(), is_flag))
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
    .arguments = "classify|check [FILE...]|scan|guard|move",
    .min_arguments = 1,
    .summary = "keep money out of JSON columns",
    .description =
        "The JSONB guard outside migrations. `classify` reads keys from standard input, a JSON "
        "object a line, and answers for each whether it holds money, how sure that is, and why. "
        "`check` reads payloads (JSON, or one document a line; files or standard input) and tells "
        "every key in them that holds money, with its path. `scan` reads the JSON columns of a "
        "live "
        "database (those that are guarded by their name, or match `--column`), in read-only "
        "transactions: a sample of large tables, or with `--full` every row. `guard` prints the "
        "constraint or trigger that refuses money in a column; `move` prints the migrations and "
        "scripts that move a key into a typed column, as files of the project's tool.",
    .examples = R"(
echo '{"key": "unitPrice", "path": "items[0].unitPrice", "value": 12.5}' | migguard jsonb classify
migguard jsonb check payload.json
psql -Atc 'SELECT metadata FROM quotes' | migguard jsonb check --ndjson --column quotes.metadata
migguard jsonb guard --table quotes --column metadata --form nested
migguard jsonb move --table quotes --column metadata --key price --to unit_price --write
migguard jsonb scan --database-url env
migguard jsonb scan --database-url env --full --resume scan.json
)",
    .flags = flags_output | flags_config | flags_quiet | flags_jsonb | flags_database,
    .formats = formats,
    .shows_progress = true,
    .run = run_jsonb,
    .needs_database = [](const Options& options) { return options.arguments.front() == "scan"; },
};

}  // namespace migguard::cli
