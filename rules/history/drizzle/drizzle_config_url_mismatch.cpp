// A URL in drizzle.config.* that names another database than the rest of the project.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include "history/examples.hpp"

namespace migguard::rules {
namespace {

std::string_view canonical_host(std::string_view host) {
  const bool local = host.empty() || host == "127.0.0.1" || host == "[::1]" || host == "0.0.0.0";
  return local ? "localhost" : host;
}

// What of an address contradicts the configuration's; empty where nothing does. What is not told
// contradicts nothing.
std::string contradiction(const DatabaseAddress& config, const DatabaseAddress& other) {
  if (canonical_host(config.host) != canonical_host(other.host)) return {};
  if (!config.port.empty() && !other.port.empty() && config.port != other.port)
    return cat("port ", config.port, ", ", other.place, " says ", other.port);
  if (!config.database.empty() && !other.database.empty() && config.database != other.database)
    return cat("database ", config.database, ", ", other.place, " says ", other.database);
  return {};
}

// Whether an address is of the configuration's package, or of a folder around it.
bool is_near(const DatabaseAddress& address, const DrizzleConfig& config) {
  const std::string_view place = folder_of(address.source->path);
  return is_below(place, config.package) || is_below(config.package, place);
}

void check(Context& ctx, const Project& project) {
  for (const DrizzleConfig& config : project.drizzle_configs) {
    if (!config.address) continue;
    const std::string variable =
        config.address->place.empty() ? "DATABASE_URL" : config.address->place;
    // Example environments and compose files, each kind for itself: where one of them agrees, the
    // others are of something else.
    for (const bool environment : {true, false}) {
      const DatabaseAddress* against = nullptr;
      std::string said;
      bool agrees = false;
      for (const DatabaseAddress& each : project.addresses) {
        const bool of_service = each.place.starts_with("service");
        if (of_service == environment || !is_near(each, config)) continue;
        if (!of_service && each.place != variable) continue;
        const std::string text = contradiction(*config.address, each);
        agrees |= text.empty();
        if (!text.empty() && !against) {
          against = &each;
          said = text;
        }
      }
      if (!against || agrees) continue;
      ctx.report(*config.source, config.address->span,
                 cat("drizzle-kit works on another database than the application: ", said))
          .because("migrations then go where nobody looks, or fail to connect")
          .try_(cat("name the same server and database in both, or read it from the environment:\n"
                    "url: process.env.",
                    variable, "!"))
          .label(*against->source, against->span, "says otherwise")
          .about("url");
      break;
    }
  }
}

constexpr std::string_view fallback =
    "export default {\n  dialect: 'postgresql',\n  schema: './src/schema.ts',\n"
    "  dbCredentials: { url: process.env.DATABASE_URL ?? 'postgresql://localhost:5433/app' },\n"
    "};\n";
constexpr ExampleFile environment[] = {
    {"drizzle.config.ts", fallback},
    {"src/schema.ts", examples::schema_source},
    {".env.example", "DATABASE_URL=postgresql://localhost:5432/app\n"}};
constexpr ExampleFile compose[] = {
    {"drizzle.config.ts", fallback},
    {"src/schema.ts", examples::schema_source},
    {"docker-compose.yml",
     "services:\n  db:\n    image: postgres:16\n    ports:\n      - \"5440:5432\"\n"}};
constexpr ExampleFile same[] = {
    {"drizzle.config.ts", fallback},
    {"src/schema.ts", examples::schema_source},
    {".env.example", "DATABASE_URL=\"postgresql://127.0.0.1:5433/app\"\n"},
    {"docker-compose.yml",
     "services:\n  db:\n    image: postgres:16\n    ports:\n      - \"5433:5432\"\n"
     "  cache:\n    image: redis\n    ports:\n      - \"6379:6379\"\n"}};
constexpr ExampleFile another_server[] = {
    {"drizzle.config.ts", fallback},
    {"src/schema.ts", examples::schema_source},
    {".env.example", "DATABASE_URL=postgresql://db.example.com:5432/app\n"}};
constexpr ExampleFile computed[] = {
    {"drizzle.config.ts", fallback},
    {"src/schema.ts", examples::schema_source},
    {"docker-compose.yml",
     "services:\n  db:\n    image: postgres:16\n    ports:\n      - \"${PORT:-5432}:5432\"\n"}};
constexpr Example bad[] = {{.files = environment}, {.files = compose}};
constexpr Example good[] = {{.files = same}, {.files = another_server}, {.files = computed}};

}  // namespace

extern constexpr Rule drizzle_config_url_mismatch{
    .severity = Severity::warning,
    .summary = "Drizzle's configuration and the rest of the project name different databases",
    .why =
        "The URL that stands in drizzle.config.*, or its fallback, names a port or a database "
        "other than the example environment or the port that the compose file publishes for its "
        "PostgreSQL service. Whoever runs drizzle-kit without the variable set then migrates "
        "another database than the one the application uses.",
    .instead = "dbCredentials: { url: process.env.DATABASE_URL! }",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
