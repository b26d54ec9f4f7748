// Constraints, generated columns, indexes, views and defaults that cement amounts in JSON.
#include <migguard/jsonb.hpp>
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

void check(Context& ctx, const JsonKey& key) {
  if (key.access != JsonAccess::define && !key.defined) return;
  for (const JsonVerdict& verdict : judge(ctx, key)) {
    if (!is_money(verdict)) continue;
    const std::string message =
        key.access == JsonAccess::define
            ? cat("this makes the schema depend on ", verdict.path, " in ", verdict.column)
            : cat("every use of this ", key.access == JsonAccess::write ? "puts " : "takes ",
                  verdict.path, key.access == JsonAccess::write ? " into " : " out of ",
                  verdict.column);
    report_json(ctx, verdict, key.span, key.access, message,
                "what a definition rests on is hard to move later, and a JSON key can be renamed "
                "or written as text without the definition noticing");
  }
}

void check_sources(Context& ctx, const Project&) {
  for (const DeclaredVerdict& each : ctx.declared()) {
    if (!each.of_key() || !is_money(each.verdict)) continue;
    report_json(
        ctx, *each.source, each.verdict, each.span, JsonAccess::define,
        cat("by this definition, rows keep ", each.verdict.path, " in ", each.verdict.column),
        "a type in the code's sources binds no other writer, and the database checks "
        "neither that the key is there nor that it is a number");
  }
}

constexpr std::string_view quotes = "CREATE TABLE quotes (id int, metadata jsonb);";
constexpr ExampleFile prisma_type[] = {
    {"prisma/migrations/migration_lock.toml", "provider = \"postgresql\"\n"},
    {"prisma/schema.prisma",
     "model Quote {\n  id Int @id\n  /// ![{ price: number }]\n  metadata Json\n}\n"}};
constexpr ExampleFile prisma_near_miss[] = {
    {"prisma/migrations/migration_lock.toml", "provider = \"postgresql\"\n"},
    {"prisma/schema.prisma",
     "model Quote {\n  id Int @id\n  /// ![{ priceId: string; note: string }]\n  metadata Json\n"
     "}\n"}};
constexpr Example bad[] = {
    {.files = prisma_type},
    {.sql = "ALTER TABLE quotes ADD CONSTRAINT c CHECK ((metadata->>'price')::numeric >= 0);",
     .before = quotes},
    {.sql = "CREATE INDEX i ON quotes ((metadata->>'price'));", .before = quotes},
    {.sql = "CREATE VIEW v AS SELECT (metadata->>'unit_price')::numeric AS unit_price FROM quotes;",
     .before = quotes},
    {.sql = "CREATE TABLE t (id int, metadata jsonb DEFAULT '{\"fee\": 0}');"},
};
constexpr Example good[] = {
    {.files = prisma_near_miss},
    {.sql = "ALTER TABLE quotes ADD CONSTRAINT no_money CHECK (NOT (metadata ?| "
            "ARRAY['price','amount']));",
     .before = quotes},
    {.sql = "ALTER TABLE quotes ADD CONSTRAINT no_money CHECK (metadata->'price' IS NULL);",
     .before = quotes},
    {.sql = "CREATE UNIQUE INDEX i ON quotes ((metadata->>'stripe_price_id'));", .before = quotes},
};

}  // namespace

extern constexpr Rule definition_depends_on_json_money{
    .severity = Severity::error,
    .summary = "A definition rests on money inside a JSON column",
    .why =
        "A generated column, CHECK, default, index, view, policy or function that names an amount "
        "inside JSON makes the JSON key part of the schema without its guarantees. A CHECK that "
        "forbids the key is a guard and no finding.",
    .instead =
        "Put the amount in a typed column and let the definition use that; keep the key out of the "
        "JSON with\n"
        "CHECK (NOT (metadata ? 'price')) NOT VALID",
    .bad = bad,
    .good = good,
    .listeners = on<&check, &check_sources>,
};

}  // namespace migguard::rules
