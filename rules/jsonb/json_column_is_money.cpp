// A JSON column whose own name is money.
#include <algorithm>
#include <array>
#include <migguard/jsonb.hpp>
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

// Names of documents that hold nothing but money, though the words alone are no amount.
bool is_money_document(const std::vector<std::string>& words) {
  constexpr std::array<std::string_view, 6> documents = {"pricing", "totals",   "financials",
                                                         "charges", "payments", "earnings"};
  return words.size() <= 2 &&
         std::find(documents.begin(), documents.end(), words.back()) != documents.end();
}

void check_column(Context& ctx, const Name& table, std::string_view column, const TypeName& type,
                  Span span) {
  if (!is_json_type(ctx, type)) return;
  const std::vector<std::string> words = jsonb::tokenize(column);
  if (words.empty()) return;
  if (jsonb::column_tier(plain(table), column, ctx.jsonb()) != jsonb::ColumnTier::unlisted) return;
  const jsonb::Classification found = jsonb::classify(column, "");
  if (!is_money_document(words) && (!found.monetary() || found.kind == jsonb::Class::currency))
    return;
  const std::string name = cat(plain(table), ".", column);
  if (jsonb::listed(name, "*", column, ctx.jsonb()) == jsonb::Listed::allowed) return;
  JsonVerdict verdict;
  verdict.column = name;
  verdict.path = "*";
  verdict.key = column;
  verdict.confidence = jsonb::Level::medium;
  verdict.kind = found.kind == jsonb::Class::none ? jsonb::Class::amount : found.kind;
  verdict.evidence = found.evidence;
  verdict.suggestion = found.suggestion.empty() ? "numeric(12,2)" : found.suggestion;
  report_json(
      ctx, verdict, span, JsonAccess::define,
      cat("this makes ", name, " JSON, so no row's ", column, " has a type or a constraint"),
      "nothing in the database can tell an amount from a text in it, or sum it without a cast");
}

void check_table(Context& ctx, const CreateTable& op) {
  for (const ColumnDefinition& column : op.columns)
    check_column(ctx, op.table, column.name, column.type, column.span);
}

void check_added(Context& ctx, const AddColumn& op) {
  check_column(ctx, op.table, op.column.name, op.column.type, op.column.span);
}

void check_type(Context& ctx, const ChangeType& op) {
  check_column(ctx, op.table, op.column, op.type, op.span);
}

constexpr Example bad[] = {
    {.sql = "CREATE TABLE t (id int, amount jsonb);"},
    {.sql = "ALTER TABLE quotes ADD COLUMN pricing jsonb;",
     .before = "CREATE TABLE quotes (id int);"},
};
constexpr Example good[] = {
    {.sql = "CREATE TABLE t (id int, amount numeric(12,2), price_metadata jsonb);"},
    {.sql = "CREATE TABLE t (id int, price_history jsonb, raw_price jsonb);"},
};

}  // namespace

extern constexpr Rule json_column_is_money{
    .severity = Severity::warning,
    .summary = "A JSON column is named for money",
    .why =
        "`amount jsonb` and `pricing jsonb` make the whole fact JSON: no type, no CHECK that means "
        "anything, no plain index. Where the document is a copy of what someone else sent, name it "
        "so (raw_pricing) or exempt it.",
    .instead =
        "Typed columns: amount numeric(12,2) NOT NULL, currency char(3) NOT NULL; a table for "
        "repeated items.",
    .bad = bad,
    .good = good,
    .listeners = on<&check_table, &check_added, &check_type>,
};

}  // namespace migguard::rules
