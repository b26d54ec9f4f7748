// `out` names a folder that is not there, although there are migrations somewhere.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include "history/examples.hpp"

namespace migguard::rules {
namespace {

// The folder of the migrations that the configuration may have meant; empty where there is none.
const History* elsewhere(const Project& project, const DrizzleConfig& config) {
  for (const History& history : project.histories) {
    const bool claimed =
        std::any_of(project.drizzle_configs.begin(), project.drizzle_configs.end(),
                    [&](const DrizzleConfig& each) { return each.out_folder == history.folder; });
    if (lineage(history.tool) == Tool::drizzle && !claimed &&
        is_below(history.folder, config.package)) {
      return &history;
    }
  }
  return nullptr;
}

// The command that would run what is not there; null where there is none.
const RunnerCommand* runner(const Project& project, const DrizzleConfig& config) {
  for (const RunnerCommand& command : project.commands) {
    if (lineage(command.tool) == Tool::drizzle && command.action == RunnerAction::migrate &&
        concerns(command, config.package)) {
      return &command;
    }
  }
  return nullptr;
}

void check(Context& ctx, const Project& project) {
  for (const DrizzleConfig& config : project.drizzle_configs) {
    if (!config.out_written || config.out_folder.empty()) continue;
    if (config.out_exists || config.out_ignored) continue;
    const History* other = elsewhere(project, config);
    const RunnerCommand* command = runner(project, config);
    if (!other && !command) continue;
    Finding& finding =
        ctx.report(*config.source, config.out_span,
                   cat("Drizzle finds no migrations: there is no folder ", config.out_folder))
            .because(
                "drizzle-kit check makes an empty journal there and says that everything is fine, "
                "and generate begins a second history")
            .about(config.out_folder);
    if (other) {
      finding.try_(cat("name the folder that holds the migrations:\nout: './",
                       other->folder.substr(config.base == "." ? 0 : config.base.size() + 1), "'"));
      if (other->marker) finding.label(*other->marker, {}, "the migrations that there are");
    } else {
      finding.try_(
          "name the folder that holds the migrations, or generate the first one:\n"
          "npx drizzle-kit generate");
      finding.label(*command->source, command->span, "what would run them");
    }
  }
}

constexpr std::string_view elsewhere_config =
    "export default {\n  dialect: 'postgresql',\n  schema: './src/schema.ts',\n"
    "  out: './db/migrations',\n};\n";
constexpr ExampleFile moved[] = {{"drizzle.config.ts", elsewhere_config},
                                 {"src/schema.ts", examples::schema_source},
                                 {examples::journal_path, examples::journal_of_one},
                                 {"drizzle/0000_users.sql", examples::users}};
constexpr ExampleFile script[] = {
    {"drizzle.config.ts", elsewhere_config},
    {"src/schema.ts", examples::schema_source},
    {"package.json", R"({"scripts": {"db:migrate": "drizzle-kit migrate"}})"}};
constexpr ExampleFile there[] = {{"drizzle.config.ts", examples::config},
                                 {"src/schema.ts", examples::schema_source},
                                 {examples::journal_path, examples::journal_of_one},
                                 {"drizzle/0000_users.sql", examples::users}};
constexpr ExampleFile pushed[] = {
    {"drizzle.config.ts", elsewhere_config},
    {"src/schema.ts", examples::schema_source},
    {"package.json", R"({"scripts": {"db:push": "drizzle-kit push"}})"}};
constexpr Example bad[] = {{.files = moved}, {.files = script}};
constexpr Example good[] = {{.files = there}, {.files = pushed}};

}  // namespace

extern constexpr Rule drizzle_config_out_missing{
    .severity = Severity::warning,
    .summary = "Drizzle's configuration names a folder of migrations that is not there",
    .why =
        "`out` is where drizzle-kit writes migrations and where migrate looks for them. Where it "
        "is misspelt or was moved, drizzle-kit check creates an empty journal in it and reports "
        "success, and the next generate starts a second history from nothing. Only where a "
        "journal lies elsewhere in the package, or a script runs the migrations.",
    .instead = "Let `out` name the folder that holds meta/_journal.json.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
