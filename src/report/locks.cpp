#include <report/json_writer.hpp>
#include <report/locks.hpp>
#include <report/place.hpp>
#include <report/style.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <array>
#include <string_view>
#include <util/text.hpp>

namespace migguard::report {
namespace {

// As regclass prints it with search_path = public.
std::string printed(const RelationName& relation) {
  const std::string_view schema = relation.schema;
  return to_string(Name{schema == "public" ? std::string_view() : schema, relation.name});
}

std::string_view text_of(const StatementEffects& statement) {
  const std::string_view text = statement.migration->source->text;
  const std::size_t begin = std::min<std::size_t>(statement.span.begin, text.size());
  const std::size_t end = std::clamp<std::size_t>(statement.span.end, begin, text.size());
  return text.substr(begin, end - begin);
}

std::string_view spelling(Effects::WaitsFor what) {
  switch (what) {
    case Effects::WaitsFor::writers:
      return "writers";
    case Effects::WaitsFor::table_users:
      return "table_users";
    case Effects::WaitsFor::old_snapshots:
      return "old_snapshots";
  }
  return {};
}

void write(JsonWriter& out, std::string_view name, const std::vector<Effects::Work>& work) {
  out.key(name).begin_array();
  for (const Effects::Work& each : work) out.value(printed(each.relation));
  out.end_array();
}

void write(JsonWriter& out, const StatementEffects& statement) {
  const Effects& effects = statement.effects;
  const Place place = place_of(statement.migration->source, statement.span);
  out.begin_object(JsonWriter::Layout::block);
  out.member("path", place.path).member("line", place.begin.line);
  out.member("column", place.begin.column).member("end_line", place.end.line);
  out.member("index", statement.index).member("text", text_of(statement));
  out.key("locks").begin_object();
  for (const Effects::Lock& each : effects.locks)
    out.member(printed(each.relation), to_string(each.mode));
  out.end_object();
  write(out, "rewrites", effects.rewrites);
  write(out, "scans", effects.scans);
  write(out, "index_builds", effects.index_builds);
  write(out, "index_rebuilds", effects.index_rebuilds);
  out.key("blocks").begin_object();
  for (const Effects::Blocked& each : effects.blocks) {
    out.key(printed(each.table)).begin_array();
    if (each.reads) out.value("reads");
    if (each.writes) out.value("writes");
    out.end_array();
  }
  out.end_object();
  out.key("waits_for").begin_array();
  for (const Effects::WaitsFor each : effects.waits_for) out.value(spelling(each));
  out.end_array();
  out.key("held").begin_object();
  for (const StatementEffects::Held& each : statement.held)
    out.member(printed(each.lock.relation), to_string(each.lock.mode));
  out.end_object();
  out.member("fails_in_transaction", effects.fails_in_transaction);
  out.key("fails");
  if (effects.fails.empty()) {
    out.null();
  } else {
    out.value(effects.fails);
  }
  out.member("known", effects.known).end_object();
}

// ---------------------------------------------------------------- for people

// How much a statement hurts a server in use.
enum class Harm : std::uint8_t {
  none,   // nobody waits
  brief,  // somebody waits for a lock that is soon released
  long_,  // ... for as long as the statement works on every row of a table
};

std::string_view who_waits(bool reads, bool writes) {
  if (reads) return "reads and writes";
  return writes ? "writes" : "nobody";
}

// `invoices`, `invoices and lines`, `invoices, lines and 3 more`.
std::string joined(const std::vector<std::string>& names) {
  constexpr std::size_t most = 2;
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), most); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
    text += names[i];
  }
  if (names.size() > most) text += cat(" and ", names.size() - most, " more");
  return text;
}

struct Verdict {
  Harm harm = Harm::none;
  std::string text;
};

// The clause that says what every row is worked on for, the costliest first; empty where nothing
// is.
std::string long_work(const Effects& effects) {
  if (!effects.rewrites.empty())
    return cat(printed(effects.rewrites.front().relation), " is written anew");
  if (!effects.index_builds.empty())
    return cat("an index of ", printed(effects.index_builds.front().table), " is built");
  if (!effects.index_rebuilds.empty())
    return cat("indexes of ", printed(effects.index_rebuilds.front().table), " are built again");
  if (!effects.scans.empty())
    return cat("every row of ", printed(effects.scans.front().relation), " is read");
  return {};
}

Verdict verdict_of(const StatementEffects& statement) {
  const Effects& effects = statement.felt;
  const std::string work = long_work(effects);
  std::vector<std::string> tables;
  bool reads = false;
  bool writes = false;
  const auto add = [&](const RelationName& table, bool blocks_reads, bool blocks_writes) {
    reads |= blocks_reads;
    writes |= blocks_writes;
    const std::string name = printed(table);
    if (std::find(tables.begin(), tables.end(), name) == tables.end()) tables.push_back(name);
  };
  for (const Effects::Blocked& each : effects.blocks) add(each.table, each.reads, each.writes);
  if (!work.empty())
    for (const StatementEffects::Held& each : statement.held)
      add(each.lock.table, blocks_reads(each.lock.mode), blocks_writes(each.lock.mode));
  if (tables.empty()) return {};
  const std::string waiting = cat(who_waits(reads, writes), " of ", joined(tables), " wait");
  if (work.empty()) return {Harm::brief, cat(waiting, " for a moment")};
  return {Harm::long_, cat(waiting, " while ", work)};
}

bool concerns(const std::vector<Effects::Work>& work, const RelationName& relation) {
  return std::any_of(work.begin(), work.end(),
                     [&](const Effects::Work& each) { return each.relation == relation; });
}

LockRow row_of(const Effects& effects, const Effects::Lock& lock) {
  LockRow row;
  row.relation = printed(lock.relation);
  row.mode = sql_name(lock.mode);
  const bool is_index = lock.table != lock.relation;
  const bool reads = blocks_reads(lock.mode);
  const bool writes = is_index ? reads : blocks_writes(lock.mode);
  row.who = who_waits(reads, writes);
  std::vector<std::string_view> work;
  if (concerns(effects.rewrites, lock.relation)) work.emplace_back("rewritten");
  if (work.empty() && concerns(effects.scans, lock.relation)) work.emplace_back("read whole");
  if (concerns(effects.index_rebuilds, lock.relation)) work.emplace_back("built again");
  for (const Effects::Work& each : effects.index_builds)
    if (each.table == lock.relation) {
      work.emplace_back("index built");
      break;
    }
  for (const std::string_view each : work) {
    if (!row.work.empty()) row.work += ", ";
    row.work += each;
  }
  row.why = lock.why;
  for (const auto list : {&Effects::rewrites, &Effects::scans, &Effects::index_rebuilds})
    for (const Effects::Work& each : effects.*list)
      if (each.relation == lock.relation && !each.why.empty()) {
        row.why = each.why;
        break;
      }
  const bool works = !row.work.empty();
  row.style = writes && works ? Style::error : reads ? Style::warning : Style::plain;
  return row;
}

// The first line of the statement, shortened.
std::string first_line(std::string_view text, std::size_t width) {
  std::string line;
  for (const char c : text) {
    const bool space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (space && (line.empty() || line.back() == ' ')) continue;
    line += space ? ' ' : c;
    if (line.size() > width * 4) break;
  }
  if (line.size() > width) {
    std::size_t end = width - 3;
    while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80U) --end;
    line = cat(line.substr(0, end), "...");
  }
  return line;
}

}  // namespace

std::string_view in_words(Effects::WaitsFor what) {
  switch (what) {
    case Effects::WaitsFor::writers:
      return "every transaction that has written to the table";
    case Effects::WaitsFor::table_users:
      return "every transaction that has used the table";
    case Effects::WaitsFor::old_snapshots:
      return "every older transaction in the database, whatever it uses";
  }
  return {};
}

std::vector<LockRow> lock_rows(const Effects& effects) {
  std::vector<LockRow> rows;
  for (const Effects::Lock& lock : effects.locks) rows.push_back(row_of(effects, lock));
  return rows;
}

std::string lock_table(const std::vector<LockRow>& rows, std::size_t indent, const Painter& paint,
                       std::size_t width) {
  const LockRow head{"relation", "lock", "who waits", "work", "why", Style::dim};
  std::array<std::size_t, 4> widths{};
  std::size_t widest_why = 0;
  const auto widen = [&](const LockRow& row) {
    widths[0] = std::max(widths[0], display_width(row.relation));
    widths[1] = std::max(widths[1], display_width(row.mode));
    widths[2] = std::max(widths[2], display_width(row.who));
    widths[3] = std::max(widths[3], display_width(row.work));
  };
  widen({"relation", "lock", "who waits", "work", "", Style::dim});
  for (const LockRow& row : rows) {
    widen(row);
    widest_why = std::max(widest_why, display_width(row.why));
  }
  const std::size_t columns = indent + widths[0] + widths[1] + widths[2] + widths[3] + 6;
  const bool beside = columns <= width;
  const bool why_beside = beside && columns + 2 + widest_why <= width;
  const std::string margin(indent, ' ');
  const std::string deeper(indent + 2, ' ');
  std::string out;
  const auto line = [&](const LockRow& row, bool with_why) {
    std::string text = cat(padded(row.relation, widths[0]), "  ", padded(row.mode, widths[1]), "  ",
                           padded(row.who, widths[2]), "  ", padded(row.work, widths[3]));
    if (!with_why) text.erase(text.find_last_not_of(' ') + 1);
    out += cat(margin, paint(row.style, text),
               with_why ? cat("  ", paint(Style::dim, row.why)) : std::string(), '\n');
  };
  if (beside) line(head, why_beside && widest_why > 0);
  for (const LockRow& row : rows) {
    if (beside) {
      line(row, why_beside && !row.why.empty());
    } else {
      out += cat(margin, paint(row.style, row.relation), '\n');
      std::string rest = cat(row.mode, ", ", row.who, row.who == "nobody" ? " waits" : " wait");
      if (!row.work.empty()) rest += cat(", ", row.work);
      out += paragraph(deeper, deeper.size(), rest, deeper.size(), width, paint, row.style);
    }
    if (!why_beside && !row.why.empty())
      out += paragraph(deeper, deeper.size(), row.why, deeper.size(), width, paint, Style::dim);
  }
  return out;
}

std::string locks_json(const std::vector<StatementEffects>& statements, int pg_version) {
  JsonWriter out;
  out.begin_object(JsonWriter::Layout::block).member("version", 1).member("pg_version", pg_version);
  out.key("statements").begin_array(JsonWriter::Layout::block);
  for (const StatementEffects& each : statements) write(out, each);
  return out.end_array().end_object().take();
}

namespace {

// What an open transaction holds already, one line for each statement that took it.
void append_held(std::string& out, const StatementEffects& statement, const RenderOptions& options,
                 const Painter& paint) {
  for (std::size_t i = 0; i < statement.held.size();) {
    const Span since = statement.held[i].since;
    std::vector<std::string> tables;
    bool reads = false;
    for (; i < statement.held.size() && statement.held[i].since == since; ++i) {
      reads |= blocks_reads(statement.held[i].lock.mode);
      tables.push_back(printed(statement.held[i].lock.relation));
    }
    const Place place = place_of(statement.migration->source, since);
    out += paragraph("    ", 4,
                     cat("held since line ", place.begin.line, ": ", joined(tables), ", so ",
                         who_waits(reads, true), " of ", tables.size() == 1 ? "it" : "them",
                         " wait for this statement, too"),
                     4, options.width, paint, Style::warning);
  }
}

bool says_nothing(const Effects& effects) {
  return effects.locks.empty() && effects.fails.empty() && !effects.fails_in_transaction &&
         effects.known;
}

void append_statement(std::string& out, const StatementEffects& statement, const Verdict& verdict,
                      const RenderOptions& options, const Painter& paint) {
  const Effects& effects = options.verbose ? statement.effects : statement.felt;
  const Place place = place_of(statement.migration->source, statement.span);
  out += cat(paint(Style::frame, to_string(place)), "\n  ",
             paint(Style::bold, first_line(text_of(statement), options.width - 2)), '\n');
  if (!verdict.text.empty())
    out += paragraph("  ", 2, verdict.text, 2, options.width, paint,
                     verdict.harm == Harm::long_ ? Style::error : Style::warning);
  if (!effects.locks.empty()) out += lock_table(lock_rows(effects), 4, paint, options.width);
  append_held(out, statement, options, paint);
  const auto line = [&](std::string_view text, Style style) {
    out += paragraph("    ", 4, text, 4, options.width, paint, style);
  };
  for (const Effects::WaitsFor what : effects.waits_for)
    line(cat("waits for ", in_words(what)), Style::plain);
  if (!effects.fails.empty()) line(cat("fails: ", effects.fails), Style::error);
  if (effects.fails_in_transaction) {
    const std::string& because = effects.fails_in_transaction_because;
    line(because.empty() ? "cannot run inside a transaction"
                         : cat("cannot run in the same transaction: ", because),
         Style::warning);
  }
  if (!effects.known) line("the files do not tell enough; this is the worst case", Style::plain);
  if (says_nothing(effects)) line("no lock that anyone waits for", Style::dim);
  out += '\n';
}

}  // namespace

std::string locks_text(const std::vector<StatementEffects>& statements, int pg_version,
                       const RenderOptions& options) {
  const Painter paint(options.color);
  std::string out;
  std::size_t quiet = 0;
  std::array<std::size_t, 3> harmed{};
  std::size_t failing = 0;
  for (const StatementEffects& each : statements) {
    const Verdict verdict = verdict_of(each);
    ++harmed[static_cast<std::size_t>(verdict.harm)];
    failing += !each.effects.fails.empty();
    if (says_nothing(each.felt) && !options.verbose)
      ++quiet;
    else
      append_statement(out, each, verdict, options, paint);
  }
  out += cat(count(statements.size(), "statement"), " on PostgreSQL ", pg_version, ": ");
  const auto make = [](std::size_t number) { return number == 1 ? " makes" : " make"; };
  const std::size_t work = harmed[static_cast<std::size_t>(Harm::long_)];
  const std::size_t brief = harmed[static_cast<std::size_t>(Harm::brief)];
  std::string tally;
  if (work > 0)
    tally += paint(Style::error,
                   cat(work, make(work), " others wait while every row of a table is worked on"));
  if (brief > 0)
    tally += cat(tally.empty() ? "" : ", ", brief, make(brief), " others wait for a moment");
  if (failing > 0) tally += cat(tally.empty() ? "" : ", ", failing, " cannot succeed");
  if (tally.empty()) tally = "nobody waits";
  out += tally;
  if (quiet > 0) out += cat(", ", quiet, " without any lock not shown");
  out += '\n';
  return out;
}

}  // namespace migguard::report
