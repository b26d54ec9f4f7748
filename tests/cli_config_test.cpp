// migguard.json: what it says, and that every mistake in it is told with its place and what was
// meant.
#include <gtest/gtest.h>
#include <cli/config.hpp>
#include <cli/settings.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace migguard::cli {
namespace {

TEST(Config, EverythingItMaySay) {
  const auto config = read_config("migguard.json", R"(// a comment
{
  "$schema": "https://example.org/migguard.schema.json",
  "migrations": [{"folder": "db/migrations", "tool": "goose", "dialect": "postgresql"}, {"folder": "sql"}],
  "pgVersion": 17,
  "failOn": "warning",
  "rules": {"drop-table": "off", "drop-column": ["note", {}], "drop-schema": ["warning"]},
  "ignore": ["legacy/**"],
  "accept": [{"rule": "drop-table", "path": "db/*.sql", "subject": "t", "reason": "asked for"}],
  "appliedThrough": "0042_total",
  "overrides": [{"paths": ["packages/a/**"], "rules": {"drop-table": "error"}, "pgVersion": 15}],
  "jsonb": {
    "columns": ["metadata"], "addColumns": ["*_meta"], "exemptColumns": ["audit_logs.old_values"],
    "packs": ["money", "business"], "deny": ["lifetimeSpend"], "allow": ["price_tier_label"],
    "reportReads": false, "minConfidence": "low", "typedDefault": "bigint-minor",
    "matrix": {"quotes.metadata": {"price": "quotes.unit_price"}},  /* trailing commas, too */
  },
}
)");
  ASSERT_TRUE(config) << config.error().message << " " << config.error().line;
  ASSERT_EQ(config->migrations.size(), 2U);
  EXPECT_EQ(config->migrations[0].folder, "db/migrations");
  EXPECT_EQ(config->migrations[0].tool, Tool::goose);
  EXPECT_EQ(config->migrations[0].dialect, Dialect::postgresql);
  EXPECT_FALSE(config->migrations[1].tool);
  EXPECT_EQ(config->pg_version, 17);
  EXPECT_EQ(config->fail_on, FailOn::warning);
  EXPECT_TRUE(config->rules.at("drop-table").off);
  EXPECT_EQ(config->rules.at("drop-column").severity, Severity::note);
  EXPECT_EQ(config->rules.at("drop-schema").severity, Severity::warning);
  EXPECT_EQ(config->ignore, std::vector<std::string>{"legacy/**"});
  ASSERT_EQ(config->accept.size(), 1U);
  EXPECT_EQ(config->accept[0].reason, "asked for");
  EXPECT_EQ(config->applied_through, std::vector<std::string>{"0042_total"});
  ASSERT_EQ(config->overrides.size(), 1U);
  EXPECT_EQ(config->overrides[0].pg_version, 15);
  EXPECT_EQ(config->overrides[0].rules.at("drop-table").severity, Severity::error);
  EXPECT_EQ(config->jsonb.packs, (std::vector<std::string>{"money", "business"}));
  EXPECT_EQ(config->jsonb.add_columns, std::vector<std::string>{"*_meta"});
  EXPECT_FALSE(config->jsonb.report_reads);
  EXPECT_EQ(config->jsonb.min_confidence, "low");
  EXPECT_EQ(config->jsonb.typed_default, "bigint-minor");
  EXPECT_EQ(config->jsonb.matrix.at("quotes.metadata").at("price"), "quotes.unit_price");
}

TEST(Config, EmptyObjectChangesNothing) {
  const auto config = read_config("migguard.json", "{}");
  ASSERT_TRUE(config);
  EXPECT_TRUE(config->rules.empty());
  EXPECT_FALSE(config->pg_version);
  EXPECT_EQ(config->jsonb.packs, JsonbSettings{}.packs);
}

TEST(Config, NewerServersAreJudgedAsTheNewestKnown) {
  const auto config = read_config("migguard.json", R"({"pgVersion": 21})");
  ASSERT_TRUE(config);
  EXPECT_EQ(config->pg_version, 18);
  ASSERT_EQ(config->notices.size(), 1U);
}

struct Mistake {
  std::string_view text;
  std::uint32_t line, column;
  std::string_view message;  // a part of it
};

TEST(Config, MistakesAreToldWithTheirPlace) {
  const Mistake mistakes[] = {
      {"", 1, 1, ""},
      {"[]", 1, 1, "must be an object"},
      {"{\n  \"rules\": {\n}", 3, 2, ""},
      {"{\"failsOn\": \"error\"}", 1, 2, "unknown key `failsOn`; did you mean `failOn`?"},
      {"{\n  \"rule\": {}\n}", 2, 3, "unknown key `rule`; did you mean `rules`?"},
      {"{\"zzzzzz\": 1}", 1, 2, "unknown key `zzzzzz`"},
      {"{\"pgVersion\": 15,\n \"pgVersion\": 16}", 2, 2, "stands here twice"},
      {"{\"pgVersion\": \"15\"}", 1, 15, "must be a major version"},
      {"{\"pgVersion\": 15.5}", 1, 15, "must be a major version"},
      {"{\"pgVersion\": 11}", 1, 15, "too old"},
      {"{\"failOn\": \"warnings\"}", 1, 12, "did you mean `warning`?"},
      {"{\"failOn\": true}", 1, 12, "must be a string"},
      {"{\"rules\": []}", 1, 11, "must be an object"},
      {"{\"rules\": {\"drop-tabel\": \"off\"}}", 1, 12,
       "there is no rule `drop-tabel`; did you mean `drop-table`?"},
      {"{\"rules\": {\"qqqqqqqqqqqqqqq\": \"off\"}}", 1, 12, "`migguard rules` lists them"},
      {"{\"rules\": {\"drop-table\": \"eror\"}}", 1, 26,
       "there is no severity `eror`; did you mean `error`?"},
      {"{\"rules\": {\"drop-table\": true}}", 1, 26, "\"off\", \"note\", \"warning\" or \"error\""},
      {"{\"rules\": {\"drop-table\": []}}", 1, 26, "[\"severity\", {options}]"},
      {"{\"rules\": {\"drop-table\": [\"off\", {}, 1]}}", 1, 26, "[\"severity\", {options}]"},
      {"{\"rules\": {\"drop-table\": [\"off\", {\"max\": 1}]}}", 1, 35, "has no option `max`"},
      {"{\"rules\": {\"drop-table\": \"off\", \"drop-table\": \"note\"}}", 1, 33, "is set twice"},
      {"{\"migrations\": {}}", 1, 16, "must be a list"},
      {"{\"migrations\": [\"db\"]}", 1, 17, "must be an object"},
      {"{\"migrations\": [{\"tool\": \"goose\"}]}", 1, 17, "needs a `folder`"},
      {"{\"migrations\": [{\"folder\": \"\"}]}", 1, 28, "is empty"},
      {"{\"migrations\": [{\"folder\": \"a\", \"tool\": \"drizle\"}]}", 1, 41,
       "did you mean `drizzle`?"},
      {"{\"migrations\": [{\"folder\": \"a\", \"tool\": \"rails\"}]}", 1, 41,
       "there is no tool `rails`"},
      {"{\"migrations\": [{\"folder\": \"a\", \"dialect\": \"postgres\"}]}", 1, 44,
       "did you mean `postgresql`?"},
      {"{\"migrations\": [{\"folders\": \"a\"}]}", 1, 18, "did you mean `folder`?"},
      {"{\"ignore\": \"x\"}", 1, 12, "must be a list"},
      {"{\"ignore\": [1]}", 1, 13, "must be a string"},
      {"{\"accept\": [{\"rule\": \"drop-table\"}]}", 1, 13, "needs a `path`"},
      {"{\"accept\": [{\"path\": \"a\"}]}", 1, 13, "needs a `rule`"},
      {"{\"accept\": [{\"rule\": \"drop-tables\", \"path\": \"a\"}]}", 1, 22,
       "did you mean `drop-table`?"},
      {"{\"accept\": [{\"rule\": \"drop-table\", \"paths\": \"a\"}]}", 1, 36,
       "did you mean `path`?"},
      {"{\"overrides\": [{\"rules\": {}}]}", 1, 16, "needs `paths`"},
      {"{\"overrides\": [{\"paths\": [\"a\"], \"rules\": {\"drop-tble\": \"off\"}}]}", 1, 43,
       "did you mean `drop-table`?"},
      {"{\"overrides\": [{\"paths\": [\"a\"], \"failOn\": \"note\"}]}", 1, 33,
       "unknown key `failOn`"},
      {"{\"jsonb\": {\"column\": []}}", 1, 12, "did you mean `columns`?"},
      {"{\"jsonb\": {\"packs\": [\"mony\"]}}", 1, 22, "did you mean `money`?"},
      {"{\"jsonb\": {\"reportReads\": \"yes\"}}", 1, 27, "must be true or false"},
      {"{\"jsonb\": {\"minConfidence\": \"hihg\"}}", 1, 29, "did you mean `high`?"},
      {"{\"jsonb\": {\"matrix\": {\"a.b\": [\"c\"]}}}", 1, 30, "must be an object"},
      {"{\"jsonb\": {\"matrix\": {\"a\": {}, \"a\": {}}}}", 1, 32, "stands here twice"},
      {"{\"jsonb\": {\"matrix\": {\"a\": {\"k\": \"x\", \"k\": \"y\"}}}}", 1, 39,
       "stands here twice"},
  };
  for (const Mistake& each : mistakes) {
    SCOPED_TRACE(each.text);
    const auto config = read_config("conf/migguard.json", std::string(each.text));
    ASSERT_FALSE(config);
    EXPECT_EQ(config.error().path, "conf/migguard.json");
    EXPECT_EQ(config.error().line, each.line);
    EXPECT_EQ(config.error().column, each.column);
    EXPECT_NE(config.error().message.find(each.message), std::string::npos)
        << config.error().message;
    EXPECT_FALSE(config.error().message.empty());
  }
}

TEST(Config, IsFoundInThePathOrAbove) {
  Memory files;
  files.add("/repo/migguard.json", "{}");
  files.add("/repo/.git/HEAD", "");
  files.add("/repo/db/migrations/1.sql", "");
  files.add("/repo/other/migguard.json", "{}");
  files.add("/repo/other/db/1.sql", "");
  files.add("/repo/inner/.git/HEAD", "");
  files.add("/repo/inner/1.sql", "");
  files.add("/elsewhere/1.sql", "");
  EXPECT_EQ(find_config("/repo/db/migrations", files), "/repo/migguard.json");
  EXPECT_EQ(find_config("/repo/db/migrations/1.sql", files), "/repo/migguard.json");
  EXPECT_EQ(find_config("/repo", files), "/repo/migguard.json");
  EXPECT_EQ(find_config("/repo/other/db/1.sql", files), "/repo/other/migguard.json");
  EXPECT_EQ(find_config("/repo/inner", files), "")
      << "another repository's configuration is not ours";
  EXPECT_EQ(find_config("/elsewhere/1.sql", files), "");

  Memory relative;
  relative.add("migguard.json", "{}");
  relative.add("db/1.sql", "");
  EXPECT_EQ(find_config("db/1.sql", relative), "migguard.json");
  EXPECT_EQ(find_config(".", relative), "migguard.json");
}

TEST(Config, GlobsAreRelativeToItsFolder) {
  struct Case {
    std::string_view glob, folder, here, expected;
  };
  const Case cases[] = {
      {"db/**", ".", "/repo", "db/**"},
      {"./db/**", ".", "/repo", "db/**"},
      {"/db/**", ".", "/repo", "db/**"},
      {"legacy/", ".", "/repo", "legacy/**"},
      {"*.down.sql", ".", "/repo", "**/*.down.sql"},
      {"db/*.sql", "packages/a", "/repo", "packages/a/db/*.sql"},
      {"db/*.sql", "odd[1]", "/repo", "odd\\[1\\]/db/*.sql"},
      {"db/*.sql", "/abs", "/repo", "/abs/db/*.sql"},
      {"packages/a/db/*.sql", "../..", "/repo/packages/a", "db/*.sql"},
      {"packages/*/db/*.sql", "../..", "/repo/packages/a", "db/*.sql"},
      {"**/db/*.sql", "../..", "/repo/packages/a", "**/db/*.sql"},
      {"packages/b/*.sql", "../..", "/repo/packages/a", "../../packages/b/*.sql"},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(rebase_glob(each.glob, each.folder, each.here), each.expected)
        << each.glob << " in " << each.folder;
  }
}

TEST(Config, FoldersAreRelativeToItsFolder) {
  struct Case {
    std::string_view path, folder, here, expected;
  };
  const Case cases[] = {
      {"db", ".", "/repo", "db"},
      {".", ".", "/repo", "."},
      {"./db/", ".", "/repo", "db"},
      {"db", "packages/a", "/repo", "packages/a/db"},
      {"/srv/db", "packages/a", "/repo", "/srv/db"},
      {"packages/a/db", "../..", "/repo/packages/a", "db"},
      {"packages/a", "../..", "/repo/packages/a", "."},
      {"packages/b", "../..", "/repo/packages/a", "../../packages/b"},
      {"../other", "packages/a", "/repo", "packages/other"},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(rebase_path(each.path, each.folder, each.here), each.expected)
        << each.path << " in " << each.folder;
  }
}

// Flags over configuration over defaults.
TEST(Prepare, FlagsWin) {
  Memory files;
  files.add("migguard.json", R"({"pgVersion": 14, "failOn": "note", "ignore": ["legacy"]})");
  files.add("db/1.sql", "");
  const Environment environment{.files = files};
  Options options;
  options.command = &lint_command;
  options.arguments = {"db"};
  auto run = prepare(options, environment);
  ASSERT_TRUE(run) << run.error().message;
  EXPECT_EQ(run->settings.pg_version, 14);
  EXPECT_EQ(run->fail_on, FailOn::note);
  EXPECT_EQ(run->settings.ignore, (std::vector<std::string>{"**/legacy", "**/legacy/**"}));

  options.pg_version = 17;
  options.fail_on = FailOn::never;
  run = prepare(options, environment);
  ASSERT_TRUE(run);
  EXPECT_EQ(run->settings.pg_version, 17);
  EXPECT_EQ(run->fail_on, FailOn::never);
}

TEST(Prepare, RefusesPathsWithDifferentConfigurations) {
  Memory files;
  files.add("a/migguard.json", "{}");
  files.add("a/1.sql", "");
  files.add("b/1.sql", "");
  const Environment environment{.files = files};
  Options options;
  options.command = &lint_command;
  options.arguments = {"a/1.sql", "b/1.sql"};
  const auto run = prepare(options, environment);
  ASSERT_FALSE(run);
  EXPECT_NE(run.error().message.find("--config"), std::string::npos);
  options.config = "a/migguard.json";
  EXPECT_TRUE(prepare(options, environment));
}

struct CommandLine {
  std::vector<const char*> words;
  std::string_view message;  // a part of what is said; empty: it is understood
};

TEST(CommandLine, MistakesAreExplained) {
  const CommandLine cases[] = {
      {{"lint"}, ""},
      {{"lint", "a", "--format", "json", "b"}, ""},
      {{"lint", "--format=text", "--format=json=out.json"}, ""},
      {{"lint", "--", "--odd-name"}, ""},
      {{"lint", "-"}, ""},
      {{"db/migrations"}, "to lint it: `migguard lint db/migrations`"},
      {{"lnt"}, "did you mean `lint`?"},
      {{"--quiet", "lint"}, "flags stand behind a command"},
      {{"lint", "--formt", "json"}, "did you mean `--format`?"},
      {{"lint", "--format", "jsn"}, "did you mean `json`?"},
      {{"lint", "--format"}, "`--format` needs a value"},
      {{"lint", "--format", "json="}, "names no file"},
      {{"lint", "--format", "json", "--format", "text"},
       "only one format can go to standard output"},
      {{"lint", "--format", "json=a", "--format", "text=a"}, "the same file `a`"},
      {{"lint", "--pg-version", "11"}, "too old"},
      {{"lint", "--pg-version", "15x"}, "major version"},
      {{"lint", "--tool", "primsa"}, "did you mean `prisma`?"},
      {{"lint", "--jobs", "-3"}, "`--jobs` needs a number"},
      {{"lint", ""}, "an argument is empty"},
      {{"rules", "--tool", "goose"}, "takes no `--tool`"},
      {{"man", "x"}, "takes no argument"},
      {{"audit", "a", "b"}, "takes one argument"},
      {{"explain"}, "needs RULE..."},
  };
  for (const CommandLine& each : cases) {
    std::vector<const char*> words{"migguard"};
    words.insert(words.end(), each.words.begin(), each.words.end());
    SCOPED_TRACE(words.back());
    const auto read = read_options(static_cast<int>(words.size()), words.data());
    if (each.message.empty()) {
      EXPECT_TRUE(std::holds_alternative<Options>(read));
      continue;
    }
    ASSERT_TRUE(std::holds_alternative<Ending>(read));
    EXPECT_EQ(std::get<Ending>(read).status, exit_failure);
    EXPECT_NE(std::get<Ending>(read).text.find(each.message), std::string::npos)
        << std::get<Ending>(read).text;
  }
}

TEST(CommandLine, IsUnderstood) {
  const char* words[] = {"migguard",
                         "lint",
                         "a",
                         "--format",
                         "json=out.json",
                         "--pg-version",
                         "19",
                         "--tool=goose",
                         "--preset",
                         "all",
                         "b",
                         "--fail-on",
                         "never",
                         "--jobs",
                         "2",
                         "--assume-in-transaction",
                         "--verbose",
                         "--color",
                         "always",
                         "--",
                         "--c"};
  const auto read = read_options(static_cast<int>(std::size(words)), words);
  ASSERT_TRUE(std::holds_alternative<Options>(read));
  const Options& options = std::get<Options>(read);
  EXPECT_EQ(options.command, &lint_command);
  EXPECT_EQ(options.arguments, (std::vector<std::string>{"a", "b", "--c"}));
  ASSERT_EQ(options.outputs.size(), 1U);
  EXPECT_EQ(options.outputs[0].file, "out.json");
  EXPECT_EQ(outputs_of(options).size(), 2U) << "text goes to standard output beside a file";
  EXPECT_EQ(options.pg_version, 18);
  EXPECT_EQ(options.notices.size(), 1U);
  EXPECT_EQ(options.tool, Tool::goose);
  EXPECT_TRUE(options.preset_all);
  EXPECT_TRUE(options.assume_in_transaction);
  EXPECT_TRUE(options.verbose);
  EXPECT_EQ(options.fail_on, FailOn::never);
  EXPECT_EQ(options.jobs, 2U);
  EXPECT_EQ(options.color, Color::always);
}

TEST(CommandLine, HelpAndVersionAreNoMistakes) {
  for (const char* word : {"--help", "-h", "help", "--version"}) {
    const char* words[] = {"migguard", word};
    const auto read = read_options(2, words);
    ASSERT_TRUE(std::holds_alternative<Ending>(read)) << word;
    EXPECT_EQ(std::get<Ending>(read).status, exit_clean) << word;
  }
  for (const Command* each : commands()) {
    const std::string name(each->name);
    const char* words[] = {"migguard", name.c_str(), "--help"};
    const auto read = read_options(3, words);
    ASSERT_TRUE(std::holds_alternative<Ending>(read)) << name;
    EXPECT_NE(std::get<Ending>(read).text.find("Examples:"), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace migguard::cli
