// The table of flags, and how their values are read.
#include <cli/flags.hpp>
#include <lint/statement_effects.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

namespace migguard::cli {
namespace {

template <class Enum, std::size_t size>
Complaint choose(const std::string& value, std::string_view flag,
                 const std::array<std::pair<std::string_view, Enum>, size>& choices, Enum& chosen) {
  std::array<std::string_view, size> names;
  for (std::size_t index = 0; index < size; ++index) {
    names[index] = choices[index].first;
    if (names[index] != value) continue;
    chosen = choices[index].second;
    return std::nullopt;
  }
  return cat("`", flag, "` does not know `", value, "`", suggestion(value, names));
}

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

constexpr std::array<std::pair<std::string_view, FailOn>, 4> fail_on_names{
    {{"error", FailOn::error},
     {"warning", FailOn::warning},
     {"note", FailOn::note},
     {"never", FailOn::never}}};

constexpr std::array<std::pair<std::string_view, bool>, 2> preset_names{
    {{"recommended", false}, {"all", true}}};

constexpr std::array<std::pair<std::string_view, Color>, 3> color_names{
    {{"auto", Color::automatic}, {"always", Color::always}, {"never", Color::never}}};

Complaint set_format(Options& options, const std::string& value) {
  const std::size_t equals = value.find('=');
  Output output{value.substr(0, equals)};
  if (equals != std::string::npos) output.file = value.substr(equals + 1);
  if (equals != std::string::npos && output.file.empty()) {
    return cat("`--format ", value, "` names no file");
  }
  const auto formats = options.command->formats;
  if (std::find(formats.begin(), formats.end(), output.format) == formats.end()) {
    return cat("there is no format `", output.format, "`", suggestion(output.format, formats));
  }
  const auto takes_same = [&](const Output& each) { return each.file == output.file; };
  if (std::any_of(options.outputs.begin(), options.outputs.end(), takes_same)) {
    return output.file.empty() ? cat("only one format can go to standard output: give `--format ",
                                     value, "=FILE` a file")
                               : cat("two formats cannot go to the same file `", output.file, "`");
  }
  options.outputs.push_back(std::move(output));
  return std::nullopt;
}

Complaint set_tool(Options& options, const std::string& value) {
  options.tool = linted_tool_named(value);
  if (options.tool) return std::nullopt;
  return cat("there is no tool `", value, "`", suggestion(value, tool_names()));
}

Complaint set_pg_version(Options& options, const std::string& value) {
  const auto asked = number(value);
  if (!asked) return cat("`--pg-version` needs a major version such as 15, not `", value, "`");
  const auto version = pg_version(*asked);
  if (!version) return cat("PostgreSQL ", *asked, " is too old: `--pg-version` takes 12 and newer");
  options.pg_version = version->version;
  if (!version->notice.empty()) options.notices.push_back(version->notice);
  return std::nullopt;
}

Complaint set_jobs(Options& options, const std::string& value) {
  const auto jobs = number(value);
  if (!jobs || *jobs < 0 || *jobs > 1024) {
    return cat("`--jobs` needs a number from 0 (as many as there are cores) to 1024, not `", value,
               "`");
  }
  options.jobs = static_cast<unsigned>(*jobs);
  return std::nullopt;
}

Complaint set_max_bytes(Options& options, const std::string& value) {
  const auto bytes = number(value);
  if (!bytes || *bytes < 1) return cat("`--max-bytes` needs a number of bytes, not `", value, "`");
  options.max_bytes = static_cast<std::uint64_t>(*bytes);
  return std::nullopt;
}

Complaint set_max_depth(Options& options, const std::string& value) {
  constexpr std::int64_t most = 1'000'000;
  const auto depth = number(value);
  if (!depth || *depth < 1 || *depth > most)
    return cat("`--max-depth` needs a number from 1 to ", most, ", not `", value, "`");
  options.max_depth = static_cast<unsigned>(*depth);
  return std::nullopt;
}

Complaint set_preset(Options& options, const std::string& value) {
  return choose(value, "--preset", preset_names, options.preset_all.emplace());
}

Complaint set_fail_on(Options& options, const std::string& value) {
  return choose(value, "--fail-on", fail_on_names, options.fail_on.emplace());
}

Complaint set_color(Options& options, const std::string& value) {
  return choose(value, "--color", color_names, options.color);
}

constexpr std::uint32_t everywhere = 0;

constexpr Flag flags[] = {
    {flags_output, "--format", "NAME[=FILE]",
     "how to answer, and where; may be given several times", &set_format},
    {flags_verdict, "--pg-version", "N",
     "the server's major version, from 12 (default: the config's, else that of the images in "
     "compose files and workflows, else 15)",
     &set_pg_version},
    {flags_project | flags_jsonb, "--tool", "NAME",
     "read every folder as this tool's instead of detecting it", &set_tool},
    {flags_verdict, "--preset", "NAME",
     "`recommended`, or `all`: the rules that are off by default, too", &set_preset},
    {flags_verdict, "--assume-in-transaction", "", "each file runs inside one transaction",
     [](Options& options, const std::string&) -> Complaint {
       options.assume_in_transaction = true;
       return std::nullopt;
     }},
    {flags_verdict | flags_jsonb, "--fail-on", "SEVERITY",
     "exit with 1 at `error` (the default), `warning` or `note`, or `never`", &set_fail_on},
    {flags_gate | flags_since, "--since", "REV",
     "report only what is new since this branch left REV, and take that as pending",
     [](Options& options, const std::string& value) -> Complaint {
       options.since = value;
       return value.empty() ? Complaint("`--since` needs a commit or branch") : std::nullopt;
     }},
    {flags_verdict, "--baseline", "FILE",
     "the findings accepted (default: the config's, else migguard-baseline.json beside it)",
     [](Options& options, const std::string& value) -> Complaint {
       options.baseline = value;
       return value.empty() ? Complaint("`--baseline` needs a file") : std::nullopt;
     }},
    {flags_verdict, "--stats", "FILE",
     "how large tables are (default: the config's): locks of small ones are advice",
     [](Options& options, const std::string& value) -> Complaint {
       options.stats = value;
       return value.empty() ? Complaint("`--stats` needs a file") : std::nullopt;
     }},
    {flags_gate, "--staged", "", "judge what would be committed, and report only what is new in it",
     [](Options& options, const std::string&) -> Complaint {
       options.staged = true;
       return std::nullopt;
     }},
    {flags_init, "--schema", "", "print the JSON schema of migguard.json, and write nothing",
     [](Options& options, const std::string&) -> Complaint {
       options.schema = true;
       return std::nullopt;
     }},
    {flags_project, "--stdin-filename", "NAME", "the name to show for what `-` reads",
     [](Options& options, const std::string& value) -> Complaint {
       options.stdin_filename = value;
       return value.empty() ? Complaint("`--stdin-filename` needs a name") : std::nullopt;
     }},
    {flags_project | flags_config, "--config", "FILE",
     "the configuration (default: migguard.json in PATH or above)",
     [](Options& options, const std::string& value) -> Complaint {
       options.config = value;
       return value.empty() ? Complaint("`--config` needs a file") : std::nullopt;
     }},
    {flags_plugin, "--plugin", "COMMAND",
     "a program with rules of your own (docs/plugins.md); may be given several times",
     [](Options& options, const std::string& value) -> Complaint {
       options.plugins.push_back(value);
       return value.empty() ? Complaint("`--plugin` needs a command") : std::nullopt;
     }},
    {flags_test, "--test", "",
     "run the examples of the rules named; without a name, of your own ones",
     [](Options& options, const std::string&) -> Complaint {
       options.test = true;
       return std::nullopt;
     }},
    {flags_database, "--database-url", "URL",
     "the database to ask, or `env`: DATABASE_URL, else PG* variables",
     [](Options& options, const std::string& value) -> Complaint {
       options.database_url = value;
       return value.empty() ? Complaint("`--database-url` needs a URL, or `env`") : std::nullopt;
     }},
    {flags_audit, "--verify", "",
     "run the migrations on a temporary server (as `migguard verify`), and report on that, too",
     [](Options& options, const std::string&) -> Complaint {
       options.verify = true;
       return std::nullopt;
     }},
    {flags_audit, "--verification", "FILE",
     "report on what `migguard verify --format json=FILE` found, too",
     [](Options& options, const std::string& value) -> Complaint {
       options.verification = value;
       return value.empty() ? Complaint("`--verification` needs a file") : std::nullopt;
     }},
    {flags_verify, "--data", "FILE",
     "SQL with rows to verify with: each as soon as there is room; may be given several times",
     [](Options& options, const std::string& value) -> Complaint {
       options.data.push_back(value);
       return value.empty() ? Complaint("`--data` needs a file") : std::nullopt;
     }},
    {flags_verify, "--from", "MIGRATION",
     "the first migration to verify: those before it are applied beforehand",
     [](Options& options, const std::string& value) -> Complaint {
       options.from = value;
       return value.empty() ? Complaint("`--from` needs a migration") : std::nullopt;
     }},
    {flags_verify, "--server-bin", "FOLDER",
     "where `initdb` and `postgres` are (default: looked for)",
     [](Options& options, const std::string& value) -> Complaint {
       options.server_bin = value;
       return value.empty() ? Complaint("`--server-bin` needs a folder") : std::nullopt;
     }},
    {flags_jsonb, "--column", "NAME", "the JSON column, as `metadata` or `quotes.metadata`",
     [](Options& options, const std::string& value) -> Complaint {
       options.column = value;
       return value.empty() ? Complaint("`--column` needs a name") : std::nullopt;
     }},
    {flags_jsonb, "--table", "NAME", "guard, move: the table, as `quotes` or `app.quotes`",
     [](Options& options, const std::string& value) -> Complaint {
       options.table = value;
       return value.empty() ? Complaint("`--table` needs a name") : std::nullopt;
     }},
    {flags_jsonb, "--key", "PATH",
     "move: the key, as `pricing.total`; guard: one it refuses, may be given several times",
     [](Options& options, const std::string& value) -> Complaint {
       options.keys.push_back(value);
       return value.empty() ? Complaint("`--key` needs a key") : std::nullopt;
     }},
    {flags_jsonb, "--to", "NAME", "move: the typed column (default: named for the key)",
     [](Options& options, const std::string& value) -> Complaint {
       options.to = value;
       return value.empty() ? Complaint("`--to` needs a name") : std::nullopt;
     }},
    {flags_jsonb, "--type", "TYPE",
     "move: its type (default: that of the column, else what the key suggests)",
     [](Options& options, const std::string& value) -> Complaint {
       options.type = to_lower(value);
       return value.empty() ? Complaint("`--type` needs a type") : std::nullopt;
     }},
    {flags_jsonb, "--form", "NAME", "guard: `flat` (the default), `nested` or `trigger`",
     [](Options& options, const std::string& value) -> Complaint {
       constexpr std::array<std::pair<std::string_view, std::string_view>, 3> names{
           {{"flat", "flat"}, {"nested", "nested"}, {"trigger", "trigger"}}};
       std::string_view chosen;
       Complaint complaint = choose(value, "--form", names, chosen);
       options.form = chosen;
       return complaint;
     }},
    {flags_jsonb, "--revision", "N",
     "guard: ends the names of what it makes, and replaces the ones before (default: 1)",
     [](Options& options, const std::string& value) -> Complaint {
       const auto revision = number(value);
       if (!revision || *revision < 1 || *revision > 9999)
         return cat("`--revision` needs a number from 1 to 9999, not `", value, "`");
       options.revision = static_cast<unsigned>(*revision);
       return std::nullopt;
     }},
    {flags_jsonb, "--phase", "NAME",
     "move: `expand`, `contract` or `validate` alone; guard: `guard` or `validate` alone",
     [](Options& options, const std::string& value) -> Complaint {
       constexpr std::array<std::pair<std::string_view, std::string_view>, 4> names{
           {{"expand", "expand"},
            {"contract", "contract"},
            {"validate", "validate"},
            {"guard", "guard"}}};
       std::string_view chosen;
       Complaint complaint = choose(value, "--phase", names, chosen);
       options.phase = chosen;
       return complaint;
     }},
    {flags_jsonb, "--write", "", "guard, move: write the files instead of printing them",
     [](Options& options, const std::string&) -> Complaint {
       options.write = true;
       return std::nullopt;
     }},
    {flags_adopt, "--to", "TOOL", "the tool to go over to: `drizzle` or `prisma`",
     [](Options& options, const std::string& value) -> Complaint {
       constexpr std::array<std::pair<std::string_view, std::string_view>, 2> names{
           {{"drizzle", "drizzle"}, {"prisma", "prisma"}}};
       std::string_view chosen;
       Complaint complaint = choose(value, "--to", names, chosen);
       options.to = chosen;
       return complaint;
     }},
    {flags_adopt, "--out", "DIR",
     "write, and into this folder of migrations (default: the tool's own, in the package)",
     [](Options& options, const std::string& value) -> Complaint {
       options.out = value;
       return value.empty() ? Complaint("`--out` needs a folder") : std::nullopt;
     }},
    {flags_adopt, "--write", "", "write the files instead of saying which",
     [](Options& options, const std::string&) -> Complaint {
       options.write = true;
       return std::nullopt;
     }},
    {flags_jsonb, "--full", "", "scan: read every row, instead of a sample of large tables",
     [](Options& options, const std::string&) -> Complaint {
       options.full = true;
       return std::nullopt;
     }},
    {flags_jsonb, "--in-database", "",
     "scan: let the server walk the documents, so that only keys and counts leave it",
     [](Options& options, const std::string&) -> Complaint {
       options.in_database = true;
       return std::nullopt;
     }},
    {flags_jsonb, "--resume", "FILE",
     "scan: keep what is read, table by table, and go on from there",
     [](Options& options, const std::string& value) -> Complaint {
       options.resume = value;
       return value.empty() ? Complaint("`--resume` needs a file") : std::nullopt;
     }},
    {flags_jsonb, "--ndjson", "", "one JSON document a line: a broken one costs only its line",
     [](Options& options, const std::string&) -> Complaint {
       options.lines = true;
       return std::nullopt;
     }},
    {flags_jsonb, "--max-bytes", "N", "check: the longest document (default: 268435456)",
     &set_max_bytes},
    {flags_jsonb, "--max-depth", "N", "check: how deep it may nest (default: 1000)",
     &set_max_depth},
    {flags_project, "--jobs", "N",
     "threads that parse (default: as many as there are cores, one below 16 MB of SQL)", &set_jobs},
    {flags_timings, "--timings", "", "say on standard error where the time went",
     [](Options& options, const std::string&) -> Complaint {
       options.timings = true;
       return std::nullopt;
     }},
    {flags_repair, "--write", "", "make the changes, all or none, instead of printing them",
     [](Options& options, const std::string&) -> Complaint {
       options.write = true;
       return std::nullopt;
     }},
    {flags_repair, "--allow-dirty", "", "write also over what git could not bring back",
     [](Options& options, const std::string&) -> Complaint {
       options.allow_dirty = true;
       return std::nullopt;
     }},
    {flags_repair, "--renumber", "FILE",
     "a migration that may get another number; may be given several times",
     [](Options& options, const std::string& value) -> Complaint {
       options.renumber.push_back(value);
       return value.empty() ? Complaint("`--renumber` needs a file") : std::nullopt;
     }},
    {flags_repair, "--remove-missing", "", "take entries without a file out of Drizzle's journal",
     [](Options& options, const std::string&) -> Complaint {
       options.remove_missing = true;
       return std::nullopt;
     }},
    {flags_verbose, "--verbose", "",
     "show everything: notes, what was detected, what is suppressed",
     [](Options& options, const std::string&) -> Complaint {
       options.verbose = true;
       return std::nullopt;
     }},
    {flags_quiet, "--quiet", "", "one line per finding, and nothing where there is none",
     [](Options& options, const std::string&) -> Complaint {
       options.quiet = true;
       return std::nullopt;
     }},
    {everywhere, "--color", "WHEN", "`auto` (the default), `always` or `never`", &set_color},
};

}  // namespace

std::span<const Flag> all_flags() { return flags; }

bool takes(const Command& command, const Flag& flag) {
  return flag.group == everywhere || (command.flags & flag.group) != 0;
}

bool takes(const Subcommand& subcommand, const Flag& flag) {
  return flag.group == everywhere || std::find(subcommand.flags.begin(), subcommand.flags.end(),
                                               flag.name) != subcommand.flags.end();
}

std::string help_for(const Subcommand& subcommand, const Flag& flag) {
  std::string out;
  std::string_view rest = flag.help;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find("; "), rest.size());
    std::string_view part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 2, rest.size()));
    const std::size_t colon = part.find(": ");
    bool about_some = colon != std::string_view::npos, about_this = false;
    for (const std::string_view each : split(part.substr(0, about_some ? colon : 0), ',')) {
      const std::string_view name = trim(each);
      about_some &=
          std::all_of(name.begin(), name.end(), [](char c) { return c >= 'a' && c <= 'z'; });
      about_this |= name == subcommand.name;
    }
    if (about_some && !about_this) continue;
    if (about_some) part.remove_prefix(colon + 2);
    out += cat(out.empty() ? "" : "; ", part);
  }
  return out;
}

std::optional<FailOn> fail_on_named(std::string_view name) {
  for (const auto& [known, fail_on] : fail_on_names) {
    if (known == name) return fail_on;
  }
  return std::nullopt;
}

std::optional<PgVersion> pg_version(std::int64_t asked) {
  constexpr int oldest = lint::oldest_version, newest = lint::newest_version;
  if (asked < oldest) return std::nullopt;
  if (asked <= newest) return PgVersion{static_cast<int>(asked)};
  return PgVersion{
      newest, cat("PostgreSQL ", asked, " is newer than what migguard knows: judged as ", newest)};
}

std::vector<FlagHelp> flags_of(const Command& command) {
  const auto names_of = [](const auto& choices) {
    std::vector<std::string_view> names;
    names.reserve(choices.size());
    for (const auto& each : choices) names.push_back(each.first);
    return names;
  };
  std::vector<FlagHelp> known;
  for (const Flag& flag : all_flags()) {
    if (!takes(command, flag)) continue;
    FlagHelp& each = known.emplace_back(FlagHelp{flag.name, flag.value, flag.help, {}});
    if (flag.name == "--format")
      each.choices.assign(command.formats.begin(), command.formats.end());
    if (flag.name == "--tool") each.choices.assign(tool_names().begin(), tool_names().end());
    if (flag.name == "--preset") each.choices = names_of(preset_names);
    if (flag.name == "--fail-on") each.choices = names_of(fail_on_names);
    if (flag.name == "--color") each.choices = names_of(color_names);
    if (flag.group == flags_adopt && flag.name == "--to") each.choices = {"drizzle", "prisma"};
  }
  return known;
}

std::span<const std::string_view> tool_names() {
  static constexpr std::array<std::string_view, 13> names{
      "drizzle", "prisma",          "supabase", "flyway",      "golang-migrate", "goose", "dbmate",
      "sqlx",    "node-pg-migrate", "diesel",   "sql-migrate", "atlas",          "plain"};
  return names;
}

std::optional<Tool> linted_tool_named(std::string_view name) {
  const auto names = tool_names();
  if (std::find(names.begin(), names.end(), name) == names.end()) return std::nullopt;
  return tool_named(name);
}

}  // namespace migguard::cli
