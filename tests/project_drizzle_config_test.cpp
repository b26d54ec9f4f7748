// drizzle.config.*: what its expressions come to, and what its paths lead to.
#include <project/drizzle/config.hpp>
#include <project/servers.hpp>

#include <project_tree.hpp>

namespace migguard::project {
namespace {

constexpr const char* users =
    "import { pgTable, text } from 'drizzle-orm/pg-core';\n"
    "export const users = pgTable('users', { id: text('id').primaryKey() });\n";

const DrizzleConfig& only_config(const Project& project) {
  static const DrizzleConfig none;
  EXPECT_EQ(project.drizzle_configs.size(), 1u);
  return project.drizzle_configs.empty() ? none : project.drizzle_configs.front();
}

// The files that `schema` leads to; `?` where it is computed.
std::string files_of(const DrizzleConfig& config) {
  std::string out;
  for (const DrizzleSchemaPath& path : config.schema) {
    for (const std::string& file : path.files) out += cat(out.empty() ? "" : " ", file);
  }
  return config.schema_known ? out : out + "?";
}

struct Case {
  const char* name;
  const char* path;
  const char* config;
  const char* out;     // out_folder
  const char* schema;  // files_of
};

TEST(DrizzleConfig, ReadsHoweverItIsWritten) {
  const Case cases[] = {
      {"defineConfig", "drizzle.config.ts",
       "export default defineConfig({ out: './d', schema: './src/users.ts' });", "d",
       "src/users.ts"},
      {"satisfies", "drizzle.config.mts",
       "const config = { out: 'd', schema: ['src/users.ts'] } satisfies Config;\n"
       "export default config;",
       "d", "src/users.ts"},
      {"CommonJS", "drizzle.config.js",
       "module.exports = { 'out': \"d/\", schema: `./src/users.ts` };", "d", "src/users.ts"},
      {"JSON with comments", "drizzle.config.json",
       "{ // here\n \"out\": \"./d\", \"schema\": [\"./src/users.ts\",] }", "d", "src/users.ts"},
      {"the default", "drizzle.config.ts", "export default { schema: './src/users.ts' };",
       "drizzle", "src/users.ts"},
      {"constants, spreads and joins", "drizzle.config.ts",
       "import path from 'path';\nconst root = 'src';\nconst base = { out: `./${'d'}` };\n"
       "export default { ...base, schema: [...[path.join(root, 'users.ts')]] };",
       "d", "src/users.ts"},
      {"the folder of the file", "drizzle.config.ts",
       "export default { out: path.resolve(__dirname, 'd'), schema: join(import.meta.dirname, "
       "'src', 'users.ts') };",
       "d", "src/users.ts"},
      {"URLs", "drizzle.config.ts",
       "const at = relative(process.cwd(), fileURLToPath(new URL('./src/users.ts', "
       "import.meta.url)));\nexport default { out: 'd', schema: at };",
       "d", "src/users.ts"},
      {"a glob", "drizzle.config.ts", "export default { out: 'd', schema: './src/**/*.ts' };", "d",
       "src/deep/more.ts src/users.ts"},
      {"a folder", "drizzle.config.ts", "export default { out: 'd', schema: './src' };", "d",
       "src/users.ts"},
      {"computed", "drizzle.config.ts",
       "export default { out: process.env.OUT, schema: [process.env.A, './src/users.ts'] };", "",
       "src/users.ts?"},
      {"an unknown spread", "drizzle.config.ts",
       "import { base } from '@acme/base';\nexport default { ...base, dialect: 'postgresql' };", "",
       "?"},
      {"a name of its own", "pg.drizzle.config.ts",
       "export default { out: 'd', schema: './src/users.ts' };", "d", "src/users.ts"},
      {"by what it imports", "configs/pg.config.ts",
       "import type { Config } from 'drizzle-kit';\n"
       "export default { out: './d', schema: './src/users.ts' } satisfies Config;",
       "d", "src/users.ts"},
  };
  for (const Case& each : cases) {
    SCOPED_TRACE(each.name);
    const auto project = load_files({{"package.json", "{}"},
                                     {each.path, each.config},
                                     {"src/users.ts", users},
                                     {"src/deep/more.ts", users},
                                     {"d/meta/_journal.json", journal({})}});
    const DrizzleConfig& config = only_config(*project);
    EXPECT_EQ(config.out_folder, each.out);
    EXPECT_EQ(files_of(config), each.schema);
  }
}

TEST(DrizzleConfig, FollowsImportsOfItsOwnProject) {
  const auto project = load_files({
      {"drizzle.base.ts", "export const base = { dialect: 'postgresql', out: './d' } as const;\n"},
      {"app/package.json", "{}"},
      {"app/drizzle.config.ts",
       "import { base } from '../drizzle.base';\n"
       "export default {\n  ...base,\n  schema: './users.ts' };\n"},
      {"app/users.ts", users},
  });
  const DrizzleConfig& config = only_config(*project);
  EXPECT_EQ(config.dialect, "postgresql");
  EXPECT_EQ(config.out_folder, "app/d");
  EXPECT_EQ(config.source->position(config.out_span.begin).line, 3u);
  EXPECT_EQ(files_of(config), "app/users.ts");
}

TEST(DrizzleConfig, TakesPathsFromWhereTheyLeadSomewhere) {
  // Started at the root, although the package has a manifest of its own.
  const auto project = load_files({{"package.json", "{}"},
                                   {"packages/db/package.json", "{}"},
                                   {"packages/db/drizzle.config.ts",
                                    "export default { schema: './packages/db/users.ts', out: "
                                    "'./packages/db/d' };"},
                                   {"packages/db/users.ts", users}});
  EXPECT_EQ(only_config(*project).base, ".");
  EXPECT_EQ(only_config(*project).out_folder, "packages/db/d");
}

TEST(DrizzleConfig, SurvivesWhatIsNoConfiguration) {
  for (const char* text :
       {"", "export default", "export default { schema: [", "export default 1;",
        "const a = b; const b = a; export default { out: a, schema: b };",
        "export default { schema: '../../../etc/passwd', out: '/' };",
        "export default { get out() { return 1 }, ['schema']: 'x' };", "\xff\xfe{"}) {
    SCOPED_TRACE(text);
    const auto project = load_files({{"drizzle.config.ts", text}, {"drizzle.config.json", text}});
    for (const DrizzleConfig& config : project->drizzle_configs)
      EXPECT_TRUE(config.secrets.empty());
  }
}

TEST(DrizzleConfig, MasksSecrets) {
  const std::pair<const char*, const char*> cases[] = {
      {"{ url: 'postgres://a:b@h/d' }", "postgres://a:****@h/d"},
      {"{ url: 'postgres://a:b:c@d@h/d?sslpassword=x' }", "postgres://a:****@h/d"},
      {"{ url: 'postgres://a@h/d' }", ""},
      {"{ url: `postgres://a:${process.env.P}@h/d` }", ""},
      {"{ host: 'h', password: 'b' }", "****"},
      {"{ host: 'h', password: '' }", ""},
      {"{ url: process.env.URL || 'postgres://a:b@h/d' }", "postgres://a:****@h/d fallback"},
      {"{ url: process.env.URL ? process.env.URL : 'postgres://a:b@localhost/d' }",
       "postgres://a:****@localhost/d fallback local"},
  };
  for (const auto& [credentials, masked] : cases) {
    SCOPED_TRACE(credentials);
    const auto project = load_files(
        {{"drizzle.config.ts",
          cat("export default { schema: './users.ts', dbCredentials: ", credentials, " };")},
         {"users.ts", users}});
    std::string found;
    for (const DrizzleSecret& each : only_config(*project).secrets)
      found += cat(each.masked, each.fallback ? " fallback" : "", each.local ? " local" : "");
    EXPECT_EQ(found, masked);
  }
}

TEST(DrizzleConfig, ReadsTheTablesOfBothDialects) {
  const auto project = load_files(
      {{"drizzle.config.ts",
        "export default { dialect: 'postgresql', schema: './pg.ts', casing: 'snake_case' };"},
       {"drizzle.lite.config.ts", "export default { dialect: 'sqlite', schema: './lite.ts' };"},
       {"stamps.ts",
        "import { timestamp } from 'drizzle-orm/pg-core';\n"
        "export const stamps = { createdAt: timestamp().notNull() };\n"},
       {"pg.ts",
        "import { pgTable, pgSchema, pgTableCreator, text, serial, foreignKey } from "
        "'drizzle-orm/pg-core';\n"
        "import { stamps } from './stamps';\n"
        "const app = pgSchema('app');\n"
        "const createTable = pgTableCreator((name) => `shop_${name}`);\n"
        "const hidden = pgTable('hidden', {});\n"
        "export const users = pgTable('users', { id: serial().primaryKey(), homeURL: text(), "
        "...stamps });\n"
        "export const notes = app.table('notes', (t) => ({\n"
        "  id: t.text('id'), userId: t.text().notNull().references(() => users.id) }));\n"
        "export const posts = createTable('posts', { id: text(), author: custom('author') }, (t) "
        "=> [foreignKey({ columns: [t.id], foreignColumns: [users.id] })]);\n"},
       {"lite.ts",
        "import { sqliteTable, text } from 'drizzle-orm/sqlite-core';\n"
        "export const users = sqliteTable('users', { id: text('id') });\n"}});
  std::string text;
  for (const DrizzleConfig& config : project->drizzle_configs) {
    for (const DrizzleTable& table : config.tables) {
      text += cat(config.dialect, " ", table.name, ":");
      for (const DrizzleColumn& column : table.columns) {
        text += cat(" ", column.name, column.not_null ? "!" : "", column.not_null_known ? "" : "?",
                    column.references.empty() ? "" : ">", column.references);
      }
      text += '\n';
    }
  }
  EXPECT_EQ(text,
            "postgresql users: id! home_url created_at!\n"
            "postgresql notes: id user_id!>users\n"
            "postgresql shop_posts: id>users author?\n"
            "sqlite users: id\n");
}

TEST(Servers, TakeTheirVersionFromImages) {
  const std::pair<const char*, int> cases[] = {
      {"postgres:16", 16},
      {"postgres:16.2-alpine@sha256:abc", 16},
      {"docker.io:443/library/postgres:15-bookworm", 15},
      {"pgvector/pgvector:pg17", 17},
      {"pgvector/pgvector:0.8.0-pg16", 16},
      {"timescale/timescaledb:2.14.2-pg15", 15},
      {"timescale/timescaledb:2.14.2", 0},
      {"postgis/postgis:16-3.4", 16},
      {"supabase/postgres:15.1.0.117", 15},
      {"bitnami/postgresql:14", 14},
      {"postgres:30", 18},
      {"postgres:9.6", 0},
      {"postgres", 0},
      {"postgres:latest", 0},
      {"redis:16", 0},
      {"postgres-exporter:16", 0},
  };
  for (const auto& [image, version] : cases)
    EXPECT_EQ(image_version(image).value_or(0), version) << image;
}

TEST(Servers, SayNothingWhereTheyDisagree) {
  const auto version = [](const char* other) {
    return load_files({{"compose.yml", "services:\n  db:\n    image: postgres:16\n"},
                       {".github/workflows/ci.yml",
                        cat("jobs:\n  test:\n    services:\n      db:\n        image: ", other,
                            "\n    steps: []\n")}})
        ->server_version;
  };
  EXPECT_EQ(version("postgres:16-alpine"), 16);
  EXPECT_EQ(version("postgres:15"), std::nullopt);
  EXPECT_EQ(version("redis:7"), 16);
}

}  // namespace
}  // namespace migguard::project
