// CREATE TABLE whose columns stand in an order that pads every row.
#include <algorithm>
#include <migguard/rule.hpp>
#include <utility>
#include <vector>

namespace migguard::rules {
namespace {

struct Width {
  std::uint32_t size;
  std::uint32_t alignment;
};

// pg_type.typlen and typalign of the fixed types; none for those of any length.
Width width(const TypeName& type) {
  static constexpr std::pair<std::string_view, Width> widths[] = {
      {"bool", {1, 1}},   {"char", {1, 1}},  {"int2", {2, 2}},      {"int4", {4, 4}},
      {"float4", {4, 4}}, {"date", {4, 4}},  {"oid", {4, 4}},       {"int8", {8, 8}},
      {"float8", {8, 8}}, {"time", {8, 8}},  {"timestamp", {8, 8}}, {"timestamptz", {8, 8}},
      {"money", {8, 8}},  {"uuid", {16, 1}}, {"interval", {16, 8}}};
  if (type.array_dimensions > 0) return {0, 1};
  for (const auto& [name, known] : widths)
    if (type.name.name == name) return known;
  return {0, 1};
}

std::uint32_t aligned(std::uint32_t at, std::uint32_t to) { return (at + to - 1) / to * to; }

std::uint32_t row(const std::vector<Width>& columns) {
  std::uint32_t at = 0;
  for (const Width& each : columns) at = aligned(at, each.alignment) + each.size;
  return aligned(at, 8);
}

void check(Context& ctx, const CreateTable& op) {
  if (op.persistence == Persistence::temporary) return;
  std::vector<Width> columns;
  for (const ColumnDefinition& each : op.columns) columns.push_back(width(each.type));
  const std::uint32_t written = row(columns);
  std::stable_sort(columns.begin(), columns.end(),
                   [](const Width& a, const Width& b) { return a.alignment > b.alignment; });
  const std::uint32_t best = row(columns);
  if (best >= written) return;
  ctx.report(op, cat("every row of ", to_string(op.table), " takes ", written - best,
                     " bytes of padding more than it needs"))
      .because("a column begins at a multiple of its alignment")
      .try_("put the wide columns of fixed length first: 8 bytes, 4, 2, 1, then texts")
      .with("table", plain(op.table));
}

constexpr Example bad[] = {
    {"CREATE TABLE acct (id bigint, premium boolean, balance bigint, age smallint);"},
    {"CREATE TABLE t (a boolean, b bigint, c boolean, d bigint);"}};
constexpr Example good[] = {
    {"CREATE TABLE acct (id bigint, balance bigint, age smallint, premium boolean);"},
    {"CREATE TABLE t (a boolean, b text);"}};

}  // namespace

extern constexpr Rule column_alignment{
    .severity = Severity::note,
    .off_by_default = true,
    .summary = "the order of the columns pads every row",
    .why = "In a table of many narrow columns, padding can be a third of it.",
    .instead = "Order columns of fixed length by size, the widest first.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
