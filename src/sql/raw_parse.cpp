// libpg_query's raw parse: memory contexts, places of statements, and errors in bytes.
#include <migguard/text.hpp>
#include <new>
#include <sql/raw_parse.hpp>
#include <sql/scan.hpp>

namespace migguard::sql {
namespace {

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// The byte offset of a place that is counted in characters from 1, as the parser counts.
std::size_t byte_offset(std::string_view text, std::size_t character) {
  std::size_t at = 0;
  while (character > 1 && at < text.size()) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80U) ++at;
    --character;
  }
  return at;
}

// For an open quote the parser quotes all that follows it; people want one line.
std::string shortened(std::string_view message) {
  constexpr std::size_t longest = 120;
  std::size_t end = std::min(message.find('\n'), message.size());
  end = std::min(end, longest);
  if (end == message.size()) return std::string(message);
  while (end > 0 && (static_cast<unsigned char>(message[end]) & 0xc0U) == 0x80U) --end;
  while (end > 0 && is_space(message[end - 1])) --end;
  const bool quoting =
      std::count(message.begin(), message.begin() + static_cast<std::ptrdiff_t>(end), '"') % 2 == 1;
  return cat(message.substr(0, end), quoting ? "...\"" : "...");
}

// Most trees fit into the first block of a context. One context is kept from file to file: to take
// its memory from the system and give it back each time costs as much as a fourth of the parse.
constexpr std::size_t kept_block = std::size_t{256} << 10;
constexpr std::size_t largest_block = std::size_t{8} << 20;
thread_local MemoryContext kept = nullptr;  // ends with the thread, as all of libpg_query's
thread_local bool kept_is_used = false;

MemoryContext enter_context() {
  if (kept_is_used) return pg_query_enter_memory_context();  // a tree inside another one
  if (kept == nullptr) {
    pg_query_exit_memory_context(pg_query_enter_memory_context());  // prepares the thread
    kept = AllocSetContextCreateInternal(TopMemoryContext, "migguard", kept_block, kept_block,
                                         largest_block);
  }
  kept_is_used = true;
  MemoryContextSwitchTo(kept);
  return kept;
}

void leave_context(MemoryContext context) {
  if (context != kept) return pg_query_exit_memory_context(context);
  MemoryContextReset(kept);
  kept_is_used = false;
}

}  // namespace

RawParse::RawParse(std::string_view text) : text_(text), outer_(CurrentMemoryContext) {
  MemoryContextSwitchTo(TopMemoryContext);
  own_ = enter_context();
  if (outer_ == nullptr) outer_ = TopMemoryContext;
  result_ = pg_query_raw_parse(text.data(), 0);
}

RawParse::~RawParse() {
  if (result_.error) pg_query_free_error(result_.error);
  std::free(result_.stderr_buffer);
  leave_context(own_);
  MemoryContextSwitchTo(outer_);
}

std::size_t RawParse::size() const {
  return good() ? static_cast<std::size_t>(list_length(result_.tree)) : 0;
}

const RawStmt& RawParse::operator[](std::size_t i) const {
  return *static_cast<const RawStmt*>(list_nth(result_.tree, static_cast<int>(i)));
}

Span RawParse::range(std::size_t i) const {
  const RawStmt& statement = (*this)[i];
  std::size_t begin =
      statement.stmt_location > 0 ? static_cast<std::size_t>(statement.stmt_location) : 0;
  begin = std::min(begin, text_.size());
  std::size_t end =
      statement.stmt_len > 0 ? begin + static_cast<std::size_t>(statement.stmt_len) : text_.size();
  end = std::min(end, text_.size());
  while (end > begin && is_space(text_[end - 1])) --end;
  // The parser counts a comment before the semicolon, and all that follows the last statement, as
  // its end.
  const std::string_view whole = text_.substr(begin, end - begin);
  const auto dashes_from = [&](std::size_t at) {
    return whole.find("--", at) != std::string_view::npos;
  };
  // Few statements have any; only those of its last line matter (without a line end, npos + 1 is
  // 0).
  if (whole.ends_with("*/") || (dashes_from(0) && dashes_from(whole.rfind('\n') + 1))) {
    Scanner scanner(text_.substr(0, end), begin);
    for (Token token; scanner.next_word(token);) end = token.end;
  }
  return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
}

Refusal RawParse::refusal() const {
  Refusal refusal;
  if (good()) return refusal;
  const std::string_view message = result_.error->message ? result_.error->message : "syntax error";
  // To the parser a lack of memory is an error of the statement.
  if (message == "out of memory")
    if (const auto give_up = std::get_new_handler()) give_up();
  refusal.message = shortened(message);
  refusal.at_end = message.ends_with("at end of input");
  refusal.placed = result_.error->cursorpos > 0;
  if (refusal.placed) {
    refusal.offset = byte_offset(text_, static_cast<std::size_t>(result_.error->cursorpos));
  }
  if (refusal.at_end) refusal.offset = text_.size();
  return refusal;
}

}  // namespace migguard::sql
