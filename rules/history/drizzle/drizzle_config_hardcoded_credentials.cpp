// A password in drizzle.config.*.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include "history/examples.hpp"

namespace migguard::rules {
namespace {

void check(Context& ctx, const Project& project) {
  for (const DrizzleConfig& config : project.drizzle_configs) {
    for (const DrizzleSecret& secret : config.secrets) {
      const std::string_view key =
          std::string_view(config.source->text)
              .substr(secret.span.begin, secret.span.end - secret.span.begin);
      const std::string_view what = key.find("oken") != key.npos ? "token" : "password";
      std::string message =
          secret.local ? cat("the password of a development database stands in the repository: ",
                             secret.masked)
                       : cat("everybody who can read the repository can open the database: the ",
                             what, " stands in it (", secret.masked, ")");
      ctx.report(*config.source, secret.span, std::move(message))
          .because(secret.fallback
                       ? "where the variable is not set, drizzle-kit connects with it"
                       : "it stays in git's history, and whoever runs drizzle-kit works on that "
                         "database whatever their environment says")
          .try_(cat("read it from the environment, and change it where it is in use:\n",
                    what == "token" ? "authToken: process.env.DATABASE_AUTH_TOKEN!"
                    : key.find("assword") != key.npos ? "password: process.env.PGPASSWORD!"
                                                      : "url: process.env.DATABASE_URL!"))
          .as(secret.fallback ? Severity::warning : Severity::error)
          .about(std::string(key));
    }
  }
}

constexpr ExampleFile in_url[] = {
    {"drizzle.config.ts",
     "export default {\n  dialect: 'postgresql',\n  schema: './src/schema.ts',\n"
     "  dbCredentials: { url: 'postgresql://app:s3cret@db.example.com/app' },\n};\n"},
    {"src/schema.ts", examples::schema_source}};
constexpr ExampleFile in_parts[] = {{"drizzle.config.json",
                                     R"({"dialect": "postgresql", "schema": "./src/schema.ts",
  "dbCredentials": {"host": "localhost", "user": "app", "password": "s3cret", "database": "app"}})"},
                                    {"src/schema.ts", examples::schema_source}};
constexpr ExampleFile as_fallback[] = {
    {"drizzle.config.ts",
     "const url = process.env.DATABASE_URL ?? 'postgres://app:s3cret@localhost:5432/app';\n"
     "export default {\n  dialect: 'postgresql',\n  schema: './src/schema.ts',\n"
     "  dbCredentials: { url },\n};\n"},
    {"src/schema.ts", examples::schema_source}};
constexpr ExampleFile from_environment[] = {{"drizzle.config.ts", examples::config},
                                            {"src/schema.ts", examples::schema_source}};
constexpr ExampleFile without_password[] = {
    {"drizzle.config.ts",
     "export default {\n  dialect: 'postgresql',\n  schema: './src/schema.ts',\n"
     "  dbCredentials: { url: 'postgresql://app@localhost/app' },\n};\n"},
    {"src/schema.ts", examples::schema_source},
    {".env.example", "DATABASE_URL=postgresql://app:app@localhost:5432/app\n"}};
constexpr Example bad[] = {{.files = in_url}, {.files = in_parts}, {.files = as_fallback}};
constexpr Example good[] = {{.files = from_environment}, {.files = without_password}};

}  // namespace

extern constexpr Rule drizzle_config_hardcoded_credentials{
    .severity = Severity::error,
    .summary = "A password stands in Drizzle's configuration",
    .why =
        "A password in a file under version control is known to everybody who can read the "
        "repository, now and in every clone. It also decides which database drizzle-kit works on, "
        "whatever the environment says. As the fallback of a variable it is a warning. Passwords "
        "are never printed by migguard.",
    .instead = "dbCredentials: { url: process.env.DATABASE_URL! }",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
