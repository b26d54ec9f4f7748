// JSON columns whose keys the files do not tell: worked out by the statement, or of a type that is
// declared elsewhere.
#include <array>
#include <migguard/history.hpp>
#include <migguard/jsonb.hpp>
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

constexpr std::string_view why =
    "so nothing can be said of money among them; only the database can refuse it";

std::string guard(std::string_view column) {
  const std::size_t point = column.rfind('.');
  const bool known = point != std::string_view::npos && column.substr(0, point) != "?";
  return cat(
      "write the keys out, or have the database refuse money:\nmigguard jsonb guard --table ",
      known ? column.substr(0, point) : "TABLE", " --column ", column.substr(point + 1));
}

void check(Context& ctx, const JsonKey& key) {
  const std::optional<JsonVerdict> verdict = judge_unreadable(ctx, key);
  if (!verdict) return;
  ctx.report(*ctx.migration().source, key.span,
             cat(key.defined ? "every use of this writes keys into " : "this writes keys into ",
                 verdict->column, " that are only known when it runs"))
      .because(std::string(why))
      .try_(guard(verdict->column))
      .with("column", verdict->column)
      .with("path", verdict->path)
      .with("access", "write")
      .with("confidence", "low");
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// The first guarded column that dynamic SQL names: a word of its text constants.
std::string_view guarded_name(std::string_view text, const JsonbSettings& settings) {
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && is_word(text[end])) ++end;
    const std::string_view word = text.substr(at, end - at);
    if (!word.empty() && jsonb::column_tier({}, word, settings) == jsonb::ColumnTier::guarded)
      return word;
    at = end + 1;
  }
  return {};
}

bool writes_json(std::string_view text) {
  constexpr std::array<std::string_view, 5> words = {"jsonb_set", "jsonb_insert", "json_build",
                                                     "jsonb_build", "jsonb"};
  for (const std::string_view word : words) {
    if (text.find(word) != std::string_view::npos) return true;
  }
  return false;
}

void check_dynamic(Context& ctx, const Opaque& op) {
  if (op.reason.find("dynamic SQL") == std::string_view::npos) return;
  const std::string_view source = ctx.migration().source->text;
  const std::string_view text = source.substr(op.span.begin, op.span.end - op.span.begin);
  const std::string_view column = guarded_name(text, ctx.jsonb());
  if (column.empty() || !writes_json(text)) return;
  ctx.report(op, cat("this runs SQL that speaks of ", column, " and is only known when it runs"))
      .because(std::string(why))
      .try_(guard(cat("?.", column)))
      .with("column", cat("?.", column))
      .with("path", "?")
      .with("confidence", "low");
}

void check_sources(Context& ctx, const Project&) {
  for (const DeclaredVerdict& each : ctx.declared()) {
    const JsonVerdict& verdict = each.verdict;
    if (!verdict.key.empty()) continue;
    std::vector<std::string> types;
    for (const std::string& name : verdict.evidence) types.push_back(cat("`", name, "`"));
    ctx.report(*each.source, each.span,
               types.empty() ? cat("rows keep in ", verdict.column,
                                   " what a type outside these sources declares")
                             : cat("rows keep in ", verdict.column, " what ", joined(types, 8),
                                   types.size() == 1 ? " declares, a type" : " declare, types",
                                   " outside these sources"))
        .because(std::string(why))
        .try_(cat("declare the type", types.size() > 1 ? "s" : "",
                  " in the schema's sources, or "
                  "import ",
                  types.size() > 1 ? "them" : "it", " from a file beside them"))
        .with("column", verdict.column)
        .with("path", verdict.path)
        .with("access", "define")
        .with("confidence", "low");
  }
}

constexpr std::string_view quotes = "CREATE TABLE quotes (id int, k text, metadata jsonb);";
constexpr ExampleFile named_type[] = {
    {"prisma/migrations/migration_lock.toml", "provider = \"postgresql\"\n"},
    {"prisma/schema.prisma",
     "model Quote {\n  id Int @id\n  /// [QuoteMeta]\n  metadata Json\n}\n"}};
constexpr ExampleFile no_type[] = {
    {"prisma/migrations/migration_lock.toml", "provider = \"postgresql\"\n"},
    {"prisma/schema.prisma",
     "model Quote {\n  id Int @id\n  /// What the customer said [sic].\n  metadata Json\n}\n"}};
constexpr Example bad[] = {
    {.sql = "UPDATE quotes SET metadata = jsonb_build_object(k, 1);", .before = quotes},
    {.sql = "UPDATE quotes SET metadata = jsonb_set(metadata, ARRAY['fees', k], '1');",
     .before = quotes},
    {.sql = "DO $$ BEGIN EXECUTE 'UPDATE quotes SET metadata = jsonb_set(metadata, ''{' || "
            "current_user || '}'', ''1'')'; END $$;",
     .before = quotes},
    {.files = named_type},
};
constexpr Example good[] = {
    {.sql = "UPDATE quotes SET metadata = jsonb_build_object('note', k);", .before = quotes},
    {.sql = "SELECT jsonb_build_object(k, 1) FROM quotes;", .before = quotes},
    {.sql = "UPDATE quotes SET old_values = jsonb_build_object(k, 1);",
     .before = "CREATE TABLE quotes (id int, k text, old_values jsonb);"},
    {.sql = "DO $$ BEGIN EXECUTE 'ALTER TABLE ' || current_user || ' ADD COLUMN metadata text'; "
            "END $$;"},
    {.files = no_type},
};

}  // namespace

extern constexpr Rule json_keys_not_analysable{
    .severity = Severity::note,
    .summary = "A guarded JSON column gets keys that the files do not tell",
    .why =
        "Keys that are computed, assembled as text, run through EXECUTE or declared by a type of "
        "another package cannot be judged before they are stored. The note says where the guard is "
        "blind, so that silence elsewhere can be trusted.",
    .instead = "migguard jsonb guard --table quotes --column metadata",
    .bad = bad,
    .good = good,
    .listeners = on<&check, &check_dynamic, &check_sources>,
};

}  // namespace migguard::rules
