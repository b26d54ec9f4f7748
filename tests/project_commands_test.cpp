// Commands of migration tools, wherever repositories keep them.
#include "project_tree.hpp"

namespace migguard::project {
namespace {

// `tool action line text @ place` of each command, with `!` in production and `*` where data loss
// is accepted.
std::string commands(const Project& project) {
  constexpr const char* actions[] = {"migrate", "push", "dev", "generate", "other"};
  std::string text;
  for (const RunnerCommand& each : project.commands) {
    text += cat(to_string(each.tool), " ", actions[static_cast<int>(each.action)], " ",
                each.source->position(each.span.begin).line, " ", each.text, " @ ", each.place,
                each.production ? " !" : "", each.accepts_data_loss ? " *" : "", "\n");
    EXPECT_LE(each.span.end, each.source->text.size());
    EXPECT_LT(each.span.begin, each.span.end);
  }
  return text;
}

struct CommandCase {
  const char* path;
  const char* text;
  const char* expected;
};

const CommandCase command_cases[] = {
    // Package scripts.
    {"package.json",
     "{\"scripts\": {\n\"db\": \"prisma migrate deploy && node x\",\n"
     "\"start\": \"npx drizzle-kit migrate\"}}",
     "prisma migrate 2 prisma migrate deploy @ script \"db\"\n"
     "drizzle migrate 3 drizzle-kit migrate @ script \"start\" !\n"},
    {"package.json", "{\"scripts\": {\"deploy:test\": \"prisma db push --accept-data-loss\"}}",
     "prisma push 1 prisma db push --accept-data-loss @ script \"deploy:test\" *\n"},
    {"package.json", "{\"scripts\": {\"release\": \"prisma migrate dev; prisma migrate reset\"}}",
     "prisma dev 1 prisma migrate dev @ script \"release\" !\n"},  // one per line, tool and action
    {"package.json", "{\"scripts\": {\"x\": \"sh -c \\\"drizzle-kit push --force\\\"\"}}",
     "drizzle push 1 drizzle-kit push --force @ script \"x\" *\n"},
    {"package.json", "{\"scripts\": {\"x\": [\"prisma migrate deploy\"]}}", ""},
    {"package.json", "{\"scripts\": {\"x\": \"prisma migrate deploy\"", ""},
    {"package.json", "{\"dependencies\": {\"prisma\": \"1\"}, \"x\": \"prisma migrate deploy\"}",
     ""},
    // Words.
    {"a.sh",
     "prisma generate\nprisma format\nprismatic migrate deploy\nmyprisma migrate deploy\n"
     "prisma migrate deployment\nmigrate deploy\n",
     ""},
    {"a.sh", "npx prisma@6.1.0 migrate deploy\nprisma --schema=a.prisma migrate deploy\n",
     "prisma migrate 1 prisma@6.1.0 migrate deploy @ shell script\n"
     "prisma migrate 2 prisma --schema=a.prisma migrate deploy @ shell script\n"},
    {"a.sh",
     "supabase db push\nsupabase db reset\nflyway migrate\nmigrate -path m up\n"
     "goose -dir m postgres \"$DSN\" up\ndbmate up\nsqlx migrate run\nknex migrate:latest\n"
     "typeorm-ts-node-commonjs migration:run\nsequelize-cli db:migrate\n",
     "supabase migrate 1 supabase db push @ shell script\n"
     "supabase dev 2 supabase db reset @ shell script\n"
     "flyway migrate 3 flyway migrate @ shell script\n"
     "golang-migrate migrate 4 migrate -path m up @ shell script\n"
     "goose migrate 5 goose -dir m postgres \"$DSN\" up @ shell script\n"
     "dbmate migrate 6 dbmate up @ shell script\n"
     "sqlx migrate 7 sqlx migrate run @ shell script\n"
     "knex migrate 8 knex migrate:latest @ shell script\n"
     "typeorm migrate 9 typeorm-ts-node-commonjs migration:run @ shell script\n"
     "sequelize migrate 10 sequelize-cli db:migrate @ shell script\n"},
    {"deploy.sh",
     "# prisma migrate deploy\necho \"run prisma migrate deploy\"\n"
     "true # prisma migrate deploy\nprisma \\\n  migrate \\\n  deploy\n",
     "prisma migrate 4 prisma    migrate    deploy @ shell script !\n"},
    // Compose files.
    {"docker-compose.prod.yml",
     "services:\n  m:\n    # prisma migrate deploy\n    command: [\"npx\", \"prisma\", "
     "\"migrate\", \"deploy\"]\n",
     "prisma migrate 4 prisma migrate deploy @ service \"m\" !\n"},
    {"compose.yaml",
     "services:\n  m:\n    entrypoint:\n      - sh\n      - -c\n      - prisma migrate deploy\n",
     "prisma migrate 6 prisma migrate deploy @ service \"m\"\n"},
    {"compose.yaml", "services:\n  \xc3\xa4:\n    command: >\n      prisma\n      migrate deploy\n",
     "prisma migrate 4 prisma       migrate deploy @ service \"\xc3\xa4\"\n"},
    {"compose.yaml", "services:\n  m:\n    environment:\n      HINT: prisma migrate deploy\n", ""},
    {"compose.yaml", "services: [\n  # prisma db push\n  m: prisma migrate deploy\n",
     "prisma migrate 3 prisma migrate deploy @ compose file\n"},
    // Workflows.
    {".github/workflows/deploy.yml",
     "jobs:\n  d:\n    steps:\n      - uses: x\n      - run: |\n          # prisma db push\n"
     "          npx prisma migrate deploy\n      - name: Push\n        run: 'drizzle-kit push'\n",
     "prisma migrate 7 prisma migrate deploy @ job \"d\" !\n"
     "drizzle push 9 drizzle-kit push @ step \"Push\" !\n"},
    {".github/workflows/test.yml", "jobs:\n  d:\n    steps:\n      - run: prisma db push\n",
     "prisma push 4 prisma db push @ job \"d\"\n"},
    {"workflows/deploy.yml", "jobs:\n  d:\n    steps:\n      - run: prisma db push\n", ""},
    // Dockerfiles.
    {"Dockerfile",
     "FROM x\n# RUN prisma db push\nRUN a && \\\n  # why\n  prisma migrate deploy\n"
     "COPY prisma migrate deploy\nCMD [\"sh\", \"-c\", \"drizzle-kit migrate && node x\"]\n",
     "prisma migrate 5 prisma migrate deploy @ RUN !\n"
     "drizzle migrate 7 drizzle-kit migrate @ CMD !\n"},
    {"Dockerfile.dev", "ENTRYPOINT prisma migrate deploy",
     "prisma migrate 1 prisma migrate deploy @ ENTRYPOINT\n"},
    // Others.
    {"Procfile", "release: npx prisma migrate deploy\n#web: prisma db push\n",
     "prisma migrate 1 prisma migrate deploy @ process \"release\" !\n"},
    {"fly.toml",
     "x = \"prisma db push\"\n[deploy]\n  release_command = \"npx prisma migrate deploy\"\n"
     "[processes]\n  app = 'goose up'\n",
     "prisma migrate 3 prisma migrate deploy @ release_command !\n"
     "goose migrate 5 goose up @ process \"app\" !\n"},
    {"Makefile", "X := prisma db push\nup: x\n\tdbmate up\n\t@echo dbmate migrate\n",
     "dbmate migrate 3 dbmate up @ target \"up\"\n"},
    {"README.md", "prisma migrate deploy\n", ""},
    {"Dockerfile.md", "RUN prisma migrate deploy\n", ""},
    {"node_modules/x/a.sh", "prisma migrate deploy\n", ""},
};

TEST(ProjectCommands, AreFoundWhereTheyRun) {
  for (const CommandCase& each : command_cases) {
    EXPECT_EQ(commands(*load_files({{each.path, each.text}})), each.expected) << each.path << "\n"
                                                                              << each.text;
  }
}

TEST(ProjectCommands, HostileFilesAreHarmless) {
  const std::string brackets(200000, '[');
  std::string many;
  for (int i = 0; i < 20000; ++i) many += "goose ";
  std::string lines;
  for (int i = 0; i < 20000; ++i) lines += "prisma migrate deploy\n";
  const auto project = load_files({{"compose.yml", "x: prisma\ny: " + brackets},
                                   {"package.json", "{\"scripts\": \"prisma\", \"x\": " + brackets},
                                   {"a.sh", many},
                                   {"b.sh", lines},
                                   {"Dockerfile", "RUN [\"prisma\\"},
                                   {"docker-compose.yml", "services:\n  \xff: prisma\n"}});
  EXPECT_EQ(project->commands.size(), 20000U);
}

TEST(ProjectCommands, CodeToolsAreKnownByTheirPackages) {
  const auto project = load_files({{"a/package.json", "{\"dependencies\": {\"knex\": \"3\"}}"},
                                   {"b/package.json", "{\"dependencies\": {\"knex\": \"3\"}}"}});
  EXPECT_EQ(project->code_tools, std::vector<Tool>{Tool::knex});
}

}  // namespace
}  // namespace migguard::project
