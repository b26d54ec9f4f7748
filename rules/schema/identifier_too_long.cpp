// Names of more than 63 bytes: PostgreSQL cuts them.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

constexpr std::size_t longest = 63;  // NAMEDATALEN - 1

bool part_of_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '$' || static_cast<unsigned char>(c) >= 0x80;
}

char folded(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// The parser has cut the name already; what was written goes on behind it.
bool goes_on(std::string_view text, Text name) {
  const auto matches_at = [&](std::size_t at) {
    for (std::size_t i = 0; i < name.size(); ++i)
      if (folded(text[at + i]) != folded(name[i])) return false;
    return true;
  };
  for (std::size_t at = 0; at + name.size() < text.size(); ++at) {
    if (folded(text[at]) != folded(name[0]) || !matches_at(at)) continue;
    const bool quoted = at > 0 && text[at - 1] == '"';
    const char next = text[at + name.size()];
    if (quoted ? next != '"' : part_of_name(next)) return true;
  }
  return false;
}

// `internal`: of a constraint or index, which queries hardly name.
void look(Context& ctx, const Node& op, Text name, bool internal = false) {
  // A character of several bytes is never cut in half.
  if (name.size() + 3 < longest || name.size() > longest) return;
  const Span span = ctx.statement().span;
  const std::string_view text =
      std::string_view(ctx.migration().source->text).substr(span.begin, span.end - span.begin);
  if (!goes_on(text, name)) return;
  Finding& finding = ctx.report(op, cat("PostgreSQL cuts this name to ", quote_identifier(name)));
  finding.because("names end after 63 bytes, and two that differ only behind that are the same")
      .try_("choose a shorter name")
      .under("names")
      .with("item", quote_identifier(name))
      .with("name", std::string(name));
  if (internal) finding.as(Severity::note);
}

void check(Context& ctx, const Statement& statement) {
  for (const Op& each : statement.ops) {
    if (const auto* table = std::get_if<CreateTable>(&each)) {
      look(ctx, *table, table->table.name);
      for (const ColumnDefinition& column : table->columns) look(ctx, *table, column.name);
      for (const ConstraintDefinition& constraint : table->constraints)
        look(ctx, *table, constraint.name, true);
    } else if (const auto* add = std::get_if<AddColumn>(&each)) {
      look(ctx, *add, add->column.name);
    } else if (const auto* constraint = std::get_if<AddConstraint>(&each)) {
      look(ctx, *constraint, constraint->constraint.name, true);
    } else if (const auto* index = std::get_if<CreateIndex>(&each)) {
      look(ctx, *index, index->index, true);
    } else if (const auto* view = std::get_if<CreateView>(&each)) {
      look(ctx, *view, view->view.name);
    } else if (const auto* type = std::get_if<CreateEnum>(&each)) {
      look(ctx, *type, type->type.name);
    } else if (const auto* function = std::get_if<CreateFunction>(&each)) {
      look(ctx, *function, function->function.name);
    } else if (const auto* trigger = std::get_if<CreateTrigger>(&each)) {
      look(ctx, *trigger, trigger->trigger);
    } else if (const auto* renamed = std::get_if<RenameTable>(&each)) {
      look(ctx, *renamed, renamed->new_name);
    } else if (const auto* column = std::get_if<RenameColumn>(&each)) {
      look(ctx, *column, column->new_name);
    }
  }
}

constexpr Example bad[] = {
    {"CREATE TABLE t_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx (id "
     "int);"},
    {"CREATE INDEX "
     "\"Order_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx_idx\" "
     "ON t (a);"}};
constexpr Example good[] = {
    {"CREATE TABLE t_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx (id int);"},
    {"CREATE TABLE t (id int); -- "
     "t_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}};

}  // namespace

extern constexpr Rule identifier_too_long{
    .severity = Severity::warning,
    .summary = "names of more than 63 bytes are cut, and may collide",
    .why =
        "The server says so in a NOTICE that nobody reads. Code that looks for the whole name in "
        "the catalog does not find it, and a second name with the same beginning is an error.",
    .instead = "Choose names of at most 63 bytes.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
