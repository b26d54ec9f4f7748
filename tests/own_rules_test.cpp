// Rules of one's own: patterns in the configuration, plugins, and the examples in docs/ that show
// how. tests/real/own_rules builds the compiled one.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <cli/config.hpp>
#include <cli/plugin.hpp>
#include <lint/lint.hpp>
#include <lint/op_fields.hpp>
#include <sql/script.hpp>
#include <util/file_system.hpp>
#include <util/text.hpp>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <test_paths.hpp>

namespace migguard {
namespace {

struct Ran {
  int status = 0;
  std::string output;  // standard error, too
};

Ran run(const std::string& arguments) {
  const std::string command =
      cat("cd '" MIGGUARD_SOURCE_DIR "' && '" MIGGUARD_BINARY "' ", arguments, " 2>&1");
  std::FILE* pipe = popen(command.c_str(), "r");
  Ran ran;
  std::array<char, 4096> buffer{};
  while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe))
    ran.output.append(buffer.data(), count);
  ran.status = WEXITSTATUS(pclose(pipe));
  return ran;
}

bool has(const std::string& program) {
  return std::system(cat("command -v ", program, " >/dev/null 2>&1").c_str()) == 0;
}

std::string read(const std::string& path) {
  std::ifstream in(MIGGUARD_SOURCE_DIR "/" + path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// The findings of SQL under a configuration of nothing but pattern rules.
std::vector<std::string> found(std::string_view rule, std::string_view sql) {
  const auto config = cli::read_config("migguard.json", cat("{\"patternRules\": [", rule, "]}"));
  EXPECT_TRUE(config) << (config ? "" : config.error().message);
  if (!config) return {};
  Memory files;
  files.add("migrations/0001_a.sql", std::string(sql));
  lint::Settings settings;
  settings.pattern_rules = config->pattern_rules;
  const auto report = lint::lint(settings, files);
  std::vector<std::string> messages;
  for (const Finding& each : report->findings)
    if (each.family == lint::own_family && each.status == Status::open)
      messages.push_back(each.message);
  return messages;
}

using Messages = std::vector<std::string>;

TEST(PatternRules, MatchFieldsByGlobExpressionTruthAndAbsence) {
  const std::string_view cascade = R"({"name": "a", "message": "{table}",
      "match": {"kind": "drop_table", "cascade": true, "table": "app.*"}})";
  EXPECT_EQ(found(cascade, "DROP TABLE app.users CASCADE;"), Messages{"app.users"});
  EXPECT_EQ(found(cascade, "DROP TABLE app.users;"), Messages{});
  EXPECT_EQ(found(cascade, "DROP TABLE users CASCADE;"), Messages{});
  EXPECT_EQ(found(cascade, "SET search_path = app; DROP TABLE users CASCADE;"), Messages{"users"});
  EXPECT_EQ(found(cascade, "DROP TABLE app.\"Users\" CASCADE;"), Messages{"app.\"Users\""});

  const std::string_view types = R"({"name": "a", "message": "{columns.name}",
      "match": {"kind": "create_table", "columns.type": ["/^numeric/", "json"]}})";
  EXPECT_EQ(found(types, "CREATE TABLE t (a int, b numeric(9,2));"), Messages{"b"});
  EXPECT_EQ(found(types, "CREATE TABLE t (a json);"), Messages{"a"});
  EXPECT_EQ(found(types, "CREATE TABLE t (a jsonb);"), Messages{});

  const std::string_view unnamed = R"({"name": "a", "message": "m", "match": [
      {"kind": "create_index", "index": {"not": ["idx_*", "uniq_*"]}},
      {"kind": ["drop_index", "reindex"]}]})";
  EXPECT_EQ(found(unnamed, "CREATE INDEX ON t (a);"), Messages{"m"});
  EXPECT_EQ(found(unnamed, "CREATE INDEX idx_a ON t (a);"), Messages{});
  EXPECT_EQ(found(unnamed, "DROP INDEX idx_a;"), Messages{"m"});
}

TEST(PatternRules, AskOneItemOfAListForAllItsFields) {
  const std::string_view rule = R"({"name": "a", "message": "{kind} {table}: {columns.name}",
      "match": {"kind": "create_table", "columns.name": {"not": "amount"}, "columns.not_null": false,
                "columns.type": "numeric*"}})";
  EXPECT_EQ(found(rule, "CREATE TABLE t (a int, b numeric NOT NULL);"), Messages{});
  EXPECT_EQ(found(rule, "CREATE TABLE t (a int, amount numeric);"), Messages{});
  EXPECT_EQ(found(rule, "CREATE TABLE t (a int, b numeric, amount numeric, c numeric);"),
            Messages{"create_table t: b, c"});

  const std::string_view without = R"({"name": "a", "message": "m",
      "match": {"kind": "create_table", "columns.name": {"not": "id"}}})";
  EXPECT_EQ(found(without, "CREATE TABLE t (a int);"), Messages{"m"});
  EXPECT_EQ(found(without, "CREATE TABLE t (id int, a int);"), Messages{});
}

TEST(PatternRules, LetNewTablesBeWhereToldSo) {
  const std::string_view rule = R"({"name": "a", "message": "m", "ignoreNewTables": true,
      "match": {"kind": "add_column"}})";
  EXPECT_EQ(found(rule, "CREATE TABLE t (a int); ALTER TABLE t ADD COLUMN b int;"), Messages{});
  EXPECT_EQ(found(rule, "ALTER TABLE t ADD COLUMN b int;"), Messages{"m"});
}

TEST(PatternRules, ObeyIgnoreCommentsAndTheConfiguration) {
  const std::string_view rule = R"({"name": "team-a", "message": "m",
      "match": {"kind": "drop_table"}})";
  EXPECT_EQ(found(rule, "-- migguard: ignore team-a, drop-table: asked for\nDROP TABLE t;"),
            Messages{});
  const auto config = cli::read_config(
      "migguard.json", cat("{\"rules\": {\"team-a\": \"off\"}, \"patternRules\": [", rule, "]}"));
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_TRUE(config->rules.at("team-a").off);
}

TEST(PatternRules, AreReadStrictly) {
  const std::array<std::pair<std::string_view, std::string_view>, 13> cases{{
      {R"({"name": "Team", "match": {"kind": "drop_table"}, "message": "m"})",
       "is no name for a rule"},
      {R"({"name": "drop-table", "match": {"kind": "drop_table"}, "message": "m"})",
       "migguard's own rules"},
      {R"({"name": "a", "match": {"kind": "drop_tabel"}, "message": "m"})",
       "did you mean `drop_table`?"},
      {R"({"name": "a", "match": {"kind": "drop_table", "tabel": "x"}, "message": "m"})",
       "did you mean `table`?"},
      {R"({"name": "a", "match": {"kind": "add_column", "column.typ": "x"}, "message": "m"})",
       "did you mean `type`?"},
      {R"({"name": "a", "match": {"table": "x"}, "message": "m"})", "needs the `kind`"},
      {R"({"name": "a", "match": {"kind": "drop_table", "table": "/(/"}, "message": "m"})",
       "cannot be read"},
      {R"({"name": "a", "match": {"kind": "drop_table", "table": {}}, "message": "m"})",
       "takes a pattern"},
      {R"({"name": "a", "match": {"kind": "drop_table"}, "message": "{tabel}"})",
       "did you mean `table`?"},
      {R"({"name": "a", "match": {"kind": ["add_column", "create_table"]}, "message": "{column}"})",
       "`{column}` is no field of `create_table`"},
      {R"({"name": "a", "match": {"kind": "drop_table"}})", "needs a `message`"},
      {R"({"name": "a", "match": {"kind": "drop_table"}, "message": "m", "sevrity": "note"})",
       "did you mean `severity`?"},
      {R"({"name": "a", "match": {"kind": "drop_table"}, "message": "m", "severity": "bad"})",
       "`severity` is"},
  }};
  for (const auto& [rule, complaint] : cases) {
    const auto config = cli::read_config("migguard.json", cat("{\"patternRules\": [", rule, "]}"));
    ASSERT_FALSE(config) << rule;
    EXPECT_NE(config.error().message.find(complaint), std::string::npos) << rule << "\n"
                                                                         << config.error().message;
    EXPECT_GT(config.error().column, 0u);
  }
}

// ---- The examples in docs/ -------------------------------------------------------------------

TEST(OwnRulesInTheDocumentation, RunTheirExamples) {
  const Ran ran = run("rules --test --config docs/examples/pattern-rules/migguard.json");
  EXPECT_EQ(ran.status, 0);
  EXPECT_NE(read("docs/own-rules.md").find(ran.output), std::string::npos)
      << "docs/own-rules.md shows something else than\n"
      << ran.output;
}

TEST(OwnRulesInTheDocumentation, FailWhereAnExampleIsWrong) {
  const std::string path = testing::TempDir() + "migguard-own-rules.json";
  std::ofstream(path) << R"({"patternRules": [{"name": "a", "match": {"kind": "drop_table"},
      "message": "m", "bad": ["SELECT 1;"], "good": ["DROP TABLE t;"]}]})";
  const Ran ran = run(cat("rules --test --config '", path, "'"));
  EXPECT_EQ(ran.status, 1);
  EXPECT_NE(ran.output.find("not ok a is not found in\n    SELECT 1;"), std::string::npos);
  EXPECT_NE(ran.output.find("not ok a is found in\n    DROP TABLE t;"), std::string::npos);
}

// Each row of docs/operations.md: the SQL gives the operation, the header has its struct, and no
// operation is without a row.
TEST(OperationsInTheDocumentation, AreWhatTheSqlGives) {
  std::istringstream page(read("docs/operations.md"));
  std::set<std::string> documented;
  std::string header;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("## ")) header = read(line.substr(3));
    if (!line.starts_with("| `")) continue;
    const auto parts = split(line, '`');
    ASSERT_EQ(parts.size(), 7u) << line;
    const std::string sql(parts[1]), kind(parts[3]), name(parts[5]);
    documented.insert(kind);
    const SourceFile source("row.sql", sql);
    const Script script = sql::parse(source, {});
    bool given = false;
    for (const Statement& statement : script.statements)
      for (const Op& op : statement.ops) given |= migguard::kind(op) == kind;
    EXPECT_TRUE(given) << line;
    EXPECT_NE(header.find(cat("struct ", name, " : Node {")), std::string::npos) << line;
    EXPECT_NE(header.find(cat("MIGGUARD_OPERATION(\"", kind, "\"")), std::string::npos) << line;
  }
  for (const std::string_view each : lint::operation_kinds())
    EXPECT_TRUE(documented.contains(std::string(each))) << each << " is not in docs/operations.md";
}

TEST(PluginsInTheDocumentation, FindWhatTheySay) {
  const std::array<std::pair<std::string_view, std::string_view>, 2> plugins{
      {{"node docs/examples/plugins/names.mjs", "team-snake-case"},
       {"python3 docs/examples/plugins/owners.py", "team-warehouse-reads-it"}}};
  for (const auto& [command, rule] : plugins) {
    if (!has(std::string(command.substr(0, command.find(' ')))))
      GTEST_SKIP() << command << " cannot be started here";
    const Ran ran = run(cat("lint docs/examples/project --format json --plugin '", command, "'"));
    const auto report = nlohmann::json::parse(ran.output);
    const auto& findings = report.at("findings");
    const auto said =
        std::find_if(findings.begin(), findings.end(),
                     [&rule = rule](const auto& each) { return each.at("rule") == rule; });
    ASSERT_NE(said, findings.end()) << ran.output;
    EXPECT_EQ(said->at("family"), "own");
    EXPECT_EQ(said->at("path"), "docs/examples/project/migrations/0002_cleanup.sql");
    EXPECT_FALSE(said->at("message").get<std::string>().empty());
  }
}

// What a plugin finds can be set by name or as the family `own`, accepted, and put into a baseline.
TEST(Plugins, AreRulesLikeOthers) {
  const std::string folder = testing::TempDir() + "migguard-plugin-rules/";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder + "migrations");
  std::ofstream(folder + "migrations/0001_a.sql") << "CREATE TABLE t (id int PRIMARY KEY);\n";
  const std::string_view plugin =
      R"( --plugin 'sh -c "cat >/dev/null; echo \"{\\\"id\\\": 1, \\\"rule\\\": \\\"team-a\\\", \\\"message\\\": \\\"m\\\"}\""')";
  const auto lint = [&](std::string_view config) {
    std::ofstream(folder + "migguard.json") << config;
    return run(cat("lint --config '", folder, "migguard.json' '", folder, "'", plugin)).output;
  };
  EXPECT_NE(lint("{}").find("1 error"), std::string::npos) << lint("{}");
  EXPECT_NE(lint(R"({"rules": {"team-a": "warning"}})").find("1 warning"), std::string::npos);
  EXPECT_NE(lint(R"({"rules": {"own": "warning"}})").find("1 warning"), std::string::npos);
  EXPECT_NE(lint(R"({"rules": {"team-a": "off"}})").find("nothing found"), std::string::npos);
  EXPECT_NE(lint(R"({"accept": [{"rule": "team-a", "path": "migrations/*", "reason": "old"}]})")
                .find("1 suppressed"),
            std::string::npos);

  lint("{}");
  const std::string baseline = cat("baseline --config '", folder, "migguard.json' '", folder, "'");
  EXPECT_NE(run(cat(baseline, plugin)).output.find("1 accepted, 1 of them"), std::string::npos);
  EXPECT_NE(lint("{}").find("1 suppressed"), std::string::npos);
  // Without the plugin nobody knows whether it would find it again.
  EXPECT_NE(run(baseline).output.find("1 accepted\n"), std::string::npos);
}

// An index is named without its schema, with the table that the history knows it on.
TEST(Plugins, AreToldOfTheTableOfAnIndex) {
  const std::string folder = testing::TempDir() + "migguard-plugin-index/";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder + "migrations");
  std::ofstream(folder + "migrations/0001_a.sql")
      << "CREATE SCHEMA billing; CREATE TABLE billing.invoices (no text);\n"
         "CREATE UNIQUE INDEX uq_invoice ON billing.invoices (no);\n";
  std::ofstream(folder + "migrations/0002_b.sql") << "DROP INDEX billing.uq_invoice;\n";
  run(cat("lint '", folder, "' --plugin 'sh -c \"cat > ", folder, "told.jsonl\"'"));
  std::ifstream told(folder + "told.jsonl");
  nlohmann::json last;
  for (std::string line; std::getline(told, line);) last = nlohmann::json::parse(line);
  EXPECT_EQ(last["kind"], "drop_index");
  EXPECT_EQ(last["name"], "uq_invoice");
  EXPECT_EQ(last["schema"], "billing");
  EXPECT_EQ(last["table"], "invoices");
  EXPECT_EQ(last["facts"]["exists"], "yes");
}

// ---- Plugins that fail -----------------------------------------------------------------------

TEST(Plugins, ThatFailAreErrors) {
  const std::array<std::pair<std::string_view, std::string_view>, 6> cases{{
      {"sh -c \"echo oh no >&2; exit 3\"", "failed with exit status 3: oh no"},
      {"sh -c \"cat >/dev/null; echo nonsense\"", "line 1 of its answer: it is no JSON object"},
      {R"(sh -c "cat >/dev/null; echo '{\"id\": 99999, \"rule\": \"a\", \"message\": \"m\"}'")",
       "names none of the operations"},
      {R"(sh -c "cat >/dev/null; echo '{\"id\": 1, \"rule\": \"drop-table\", \"message\": \"m\"}'")",
       "migguard's own rules"},
      {"/nowhere/plugin", "cannot be started"},
      {"no-such-program-anywhere", "is not installed"},
  }};
  for (const auto& [command, complaint] : cases) {
    std::string quoted;
    for (const char each : command) quoted += each == '\'' ? "'\\''" : std::string(1, each);
    const Ran ran = run(cat("lint docs/examples/project --plugin '", quoted, "'"));
    EXPECT_EQ(ran.status, 2) << command;
    EXPECT_NE(ran.output.find(complaint), std::string::npos) << command << "\n" << ran.output;
  }
}

TEST(Plugins, ThatReadNothingAndSayNothingFindNothing) {
  const Ran with = run("lint docs/examples/project --format json --plugin true");
  const Ran without = run("lint docs/examples/project --format json");
  EXPECT_EQ(with.output, without.output);
  EXPECT_EQ(with.status, without.status);
}

TEST(Plugins, CommandsAreCutAsAShellWould) {
  using Words = std::vector<std::string>;
  EXPECT_EQ(cli::command_words("node  rules/a.mjs"), (Words{"node", "rules/a.mjs"}));
  EXPECT_EQ(cli::command_words(R"(sh -c 'a "b" c' "x y"\ z "")"),
            (Words{"sh", "-c", "a \"b\" c", "x y z", ""}));
  EXPECT_EQ(cli::command_words("$HOME/x *.sh; rm"), (Words{"$HOME/x", "*.sh;", "rm"}));
  EXPECT_EQ(cli::command_words("  "), Words{});
}

}  // namespace
}  // namespace migguard
