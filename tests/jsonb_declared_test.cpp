// JSON columns in Prisma and Drizzle sources: labelled sources, and types that take following.
#include <gtest/gtest.h>
#include <labelled_keys.hpp>
#include <lint/lint.hpp>
#include <util/file_system.hpp>
#include <util/json.hpp>

#include <fstream>
#include <set>
#include <string>
#include <test_paths.hpp>
#include <utility>
#include <variant>
#include <vector>

namespace migguard {
namespace {

using Files = std::vector<std::pair<std::string, std::string>>;

constexpr std::string_view config =
    "import { defineConfig } from 'drizzle-kit';\n"
    "export default defineConfig({ schema: './src/schema.ts', out: './drizzle' });\n";

// What is found at or above a warning, and the text of the source each finding points at.
struct Found {
  Keys keys;
  std::vector<std::string> blamed;
};

Found find(const Files& files) {
  Memory disk;
  for (const auto& [path, text] : files) disk.add(path, text);
  const auto report = lint::lint({}, disk);
  Found found;
  EXPECT_TRUE(report) << (report ? "" : report.error().message);
  if (!report) return found;
  for (const Finding& each : report->findings) {
    if (each.family != "jsonb" || each.severity == Severity::note) continue;
    std::string column, path;
    for (const auto& [name, value] : each.data) {
      if (name == "column") column = value;
      if (name == "path") path = value;
    }
    found.keys.emplace(column, path);
    found.blamed.push_back(
        each.source->text.substr(each.span.begin, each.span.end - each.span.begin));
  }
  return found;
}

Files drizzle(const std::string& source) {
  return {{"drizzle.config.ts", std::string(config)},
          {"drizzle/meta/_journal.json", R"({"version":"7","dialect":"postgresql","entries":[]})"},
          {"src/schema.ts", source}};
}

Files prisma(const std::string& source) {
  return {{"prisma/migrations/migration_lock.toml", "provider = \"postgresql\"\n"},
          {"prisma/schema.prisma", source}};
}

// A workspace package names its own types by an alias, and a type may be a row of a table.
TEST(JsonbDeclared, FollowsRowsOfTablesThroughAliases) {
  const Files files = {
      {"drizzle.config.ts", std::string(config)},
      {"drizzle/meta/_journal.json", R"({"version":"7","dialect":"postgresql","entries":[]})"},
      {"tsconfig.json", R"({"compilerOptions": {"paths": {"@acme/*": ["./src/*"]}}})"},
      {"src/schema.ts", "export * from './archive';\nexport * from './orders';\n"},
      {"src/orders.ts",
       "import { integer, jsonb, numeric, pgTable, text } from 'drizzle-orm/pg-core';\n"
       "export const orders = pgTable('orders', { id: integer('id'), note: text('note'),\n"
       "  grandTotal: numeric('grand_total'), extra: jsonb('x').$type<{ fee: number }>() });\n"},
      {"src/services/order.ts",
       "import { orders } from '@acme/orders';\n"
       "export type Order = typeof orders.$inferSelect;\n"},
      {"src/archive.ts",
       "import type { Order } from '@acme/services/order';\n"
       "import { jsonb, pgTable } from 'drizzle-orm/pg-core';\n"
       "export const archive = pgTable('archive', {\n"
       "  metadata: jsonb('metadata').$type<{ order: Omit<Order, 'note'> }>() });\n"}};
  EXPECT_EQ(find(files).keys, (Keys{{"archive.metadata", "order.grandTotal"},
                                    {"archive.metadata", "order.extra.fee"}}));
}

TEST(JsonbDeclared, NamesEveryTypeThatNobodyTells) {
  Memory disk;
  for (const auto& [path, text] : drizzle(
           "import type { Order } from 'acme';\nimport type { Lines, Buyer } from 'other';\n"
           "import { jsonb, pgTable } from 'drizzle-orm/pg-core';\n"
           "export const quotes = pgTable('quotes', {\n"
           "  metadata: jsonb('metadata').$type<Order & { lines: Lines; buyer?: Buyer }>() });\n"))
    disk.add(path, text);
  const auto report = lint::lint({}, disk);
  ASSERT_TRUE(report);
  std::vector<std::string> said;
  for (const Finding& each : report->findings) {
    if (each.rule == "json-keys-not-analysable") said.push_back(each.message);
  }
  EXPECT_EQ(said, std::vector<std::string>{"rows keep in quotes.metadata what `Order`, `Lines` and "
                                           "`Buyer` declare, types outside these sources"});
}

TEST(JsonbDeclared, AgreesWithLabels) {
  expect_labels("jsonb-schema.jsonl", 11, [](const json::Value& each) {
    const std::string source = each.get("source")->text + "\n";
    return find(each.get("kind")->text == "drizzle" ? drizzle(source) : prisma(source)).keys;
  });
}

// Generics, filters, imports of every shape, zod: written before migguard was asked, which then
// found 9 of 36.
TEST(JsonbDeclared, AgreesWithLabelledTrees) {
  std::ifstream file(std::string(MIGGUARD_SOURCE_DIR) + "/fixtures/truth/jsonb-sources.jsonl");
  std::size_t cases = 0;
  for (std::string line; std::getline(file, line);) {
    const auto parsed = json::parse(line);
    const auto& each = std::get<json::Value>(parsed);
    ++cases;
    const bool is_prisma = each.get("files")->get("prisma/schema.prisma") != nullptr;
    Files files = is_prisma ? prisma("") : drizzle("");
    files.pop_back();
    for (const json::Member& source : each.get("files")->members)
      files.emplace_back(source.key, source.value.text);
    std::set<std::string> found;
    for (const auto& [column, path] : find(files).keys) found.insert(cat(column, " ", path));
    std::set<std::string> may;
    for (const json::Value& expected : each.get("may")->items) may.insert(expected.text);
    for (const json::Value& expected : each.get("expect")->items) {
      may.insert(expected.text);
      EXPECT_TRUE(found.contains(expected.text)) << line;
    }
    for (const std::string& key : found) EXPECT_TRUE(may.contains(key)) << key << " in " << line;
  }
  EXPECT_EQ(cases, 36u);
}

TEST(JsonbDeclared, FollowsImportsAndWrappers) {
  Files files = drizzle(R"(
import { pgSchema, jsonb } from 'drizzle-orm/pg-core';
import type { Meta as QuoteMeta } from './types.js';
const app = pgSchema('app');
export const quotes = app.table('quotes', (t) => ({
  metadata: t.jsonb().$type<Readonly<QuoteMeta> | null>().notNull(),
  extra: jsonb("extra_info").default({ lines: [{ unit_price: 1 }], note: 'x' }),
  payloadRaw: jsonb().$type<{ amount: number }>(),
}));
)");
  files.emplace_back("src/types.ts",
                     "export * from './meta';\nexport type Other = { price: number };\n");
  files.emplace_back("src/meta.ts", R"(
interface Fee { label: string; feeAmount?: number }
export interface Meta { fees: Array<Fee>; grade: 'price' | 'none'; shown: { price: boolean } }
)");
  const Found found = find(files);
  EXPECT_EQ(found.keys, (Keys{{"app.quotes.metadata", "fees[*].feeAmount"},
                              {"app.quotes.extra_info", "lines[0].unit_price"}}));
  EXPECT_EQ(std::set<std::string>(found.blamed.begin(), found.blamed.end()),
            (std::set<std::string>{"feeAmount", "unit_price"}));
}

TEST(JsonbDeclared, InfersFromZod) {
  const Found found = find(drizzle(R"(
const money = z.object({ amount: z.string(), currency: z.string() });
const meta = z.object({ tags: z.array(z.string()), reward: money.optional(), net: z.boolean() });
export const q = pgTable('q', { metadata: jsonb('metadata').$type<z.infer<typeof meta>>() });
)"));
  EXPECT_EQ(found.keys, (Keys{{"q.metadata", "reward.amount"}, {"q.metadata", "reward.currency"}}));
}

TEST(JsonbDeclared, EndsOnTypesThatContainThemselves) {
  const Found found =
      find(drizzle("type A = { left: A; right: A; price: number };\n"
                   "export const q = pgTable('q', { metadata: jsonb('metadata').$type<A>() });\n"));
  EXPECT_EQ(found.keys, (Keys{{"q.metadata", "price"}}));
}

TEST(JsonbDeclared, NamesPrismaColumnsAsTheDatabaseDoes) {
  const Found found = find(prisma(R"(
model Quote {
  id       Int  @id
  /// ![{ items: { unitPrice: number }[]; priceId: string }]
  metaData Json @map("meta_data")
  settings Json @default("{\"price\": 1, \"theme\": \"dark\"}")
  @@map("quotes")
  @@schema("app")
}
)"));
  EXPECT_EQ(found.keys, (Keys{{"app.quotes.meta_data", "items[*].unitPrice"},
                              {"app.quotes.settings", "price"}}));
  EXPECT_EQ(found.blamed, (std::vector<std::string>{"unitPrice", "price"}));
}

}  // namespace
}  // namespace migguard
