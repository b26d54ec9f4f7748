#include <database/pieces.hpp>

#include <algorithm>

namespace migguard::database {
namespace {

// Why a file with this problem cannot be sent; empty where it can.
std::string unsendable(const Problem& problem) {
  switch (problem.kind) {
    case ProblemKind::nul_byte:
      return "the text ends for the server at its NUL byte";
    case ProblemKind::utf16:
    case ProblemKind::binary:
    case ProblemKind::unreadable:
    case ProblemKind::too_large:
      return problem.message;
    case ProblemKind::template_:
      return "it holds placeholders that its tool fills in when it runs";
    default:
      return {};
  }
}

constexpr std::string_view marker = "--> statement-breakpoint";

}  // namespace

std::vector<Piece> pieces_of(const SourceFile& source, const Script& script, bool with_data) {
  std::vector<Piece> pieces;
  std::size_t index = 0;
  for (const Statement& each : script.statements) {
    Piece piece;
    piece.span = each.span;
    piece.statement = &each;
    piece.index = ++index;
    for (const Op& op : each.ops) {
      const auto* copy = std::get_if<Copy>(&op);
      if (copy && copy->from && with_data && copy->data.end > copy->data.begin)
        piece.data = source.text.substr(copy->data.begin, copy->data.end - copy->data.begin);
    }
    pieces.push_back(std::move(piece));
  }
  for (const Problem& each : script.problems) {
    Piece piece;
    piece.span = each.statement.end > each.statement.begin ? each.statement : each.span;
    piece.unsendable = unsendable(each);
    pieces.push_back(std::move(piece));
  }
  std::stable_sort(pieces.begin(), pieces.end(),
                   [](const Piece& a, const Piece& b) { return a.span.begin < b.span.begin; });
  for (Piece& each : pieces) {
    const std::size_t begin = std::min<std::size_t>(each.span.begin, source.text.size());
    each.sql = source.text.substr(begin, each.span.end - each.span.begin);
    // Drizzle cuts there whatever stands around it, and sends what lies before.
    for (const Span& cut : script.breakpoints_in_literals) {
      if (cut.begin < each.span.begin || cut.begin >= each.span.end) continue;
      each.sql = each.sql.substr(0, each.sql.find(marker));
      break;
    }
  }
  // A byte order mark reaches the server with the first statement.
  if (script.has_bom && !pieces.empty()) {
    pieces.front().sql.insert(0, "\xEF\xBB\xBF");
    pieces.front().shift = 3;
  }
  return pieces;
}

}  // namespace migguard::database
