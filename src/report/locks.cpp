#include <report/json_writer.hpp>
#include <report/locks.hpp>
#include <report/place.hpp>
#include <report/style.hpp>

#include <algorithm>
#include <array>
#include <string_view>

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
  row.who = reads ? "reads and writes" : writes ? "writes" : "nobody";
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
  const bool long_work = !row.work.empty();
  row.style = writes && long_work ? Style::error : reads ? Style::warning : Style::plain;
  return row;
}

std::string padded(std::string_view text, std::size_t width) {
  std::string out(text);
  if (out.size() < width) out.append(width - out.size(), ' ');
  return out;
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

std::string lock_table(const std::vector<LockRow>& rows, std::size_t indent, const Painter& paint) {
  const LockRow head{"relation", "lock", "who waits", "work", "", Style::dim};
  std::array<std::size_t, 4> width{};
  const auto widen = [&](const LockRow& row) {
    width[0] = std::max(width[0], row.relation.size());
    width[1] = std::max(width[1], row.mode.size());
    width[2] = std::max(width[2], row.who.size());
    width[3] = std::max(width[3], row.work.size());
  };
  widen(head);
  for (const LockRow& row : rows) widen(row);
  std::string out;
  const auto line = [&](const LockRow& row) {
    std::string text = cat(padded(row.relation, width[0]), "  ", padded(row.mode, width[1]), "  ",
                           padded(row.who, width[2]), "  ", padded(row.work, width[3]));
    if (row.why.empty()) text.resize(text.find_last_not_of(' ') + 1);
    out += cat(std::string(indent, ' '), paint(row.style, text));
    if (!row.why.empty()) out += cat("  ", paint(Style::dim, row.why));
    out += '\n';
  };
  line(head);
  for (const LockRow& row : rows) line(row);
  return out;
}

std::string locks_json(const std::vector<StatementEffects>& statements, int pg_version) {
  JsonWriter out;
  out.begin_object(JsonWriter::Layout::block).member("version", 1).member("pg_version", pg_version);
  out.key("statements").begin_array(JsonWriter::Layout::block);
  for (const StatementEffects& each : statements) write(out, each);
  return out.end_array().end_object().take();
}

std::string locks_text(const std::vector<StatementEffects>& statements, int pg_version,
                       const RenderOptions& options) {
  const Painter paint(options.color);
  std::string out;
  std::size_t quiet = 0;
  std::size_t blocking = 0;
  for (const StatementEffects& each : statements) {
    const Effects& effects = each.effects;
    const bool nothing = effects.locks.empty() && effects.fails.empty() &&
                         !effects.fails_in_transaction && effects.known;
    if (!effects.blocks.empty()) ++blocking;
    if (nothing && !options.verbose) {
      ++quiet;
      continue;
    }
    const Place place = place_of(each.migration->source, each.span);
    out += cat(paint(Style::frame, to_string(place)), "\n  ",
               paint(Style::bold, first_line(text_of(each), options.width - 2)), '\n');
    if (!effects.locks.empty()) out += lock_table(lock_rows(effects), 4, paint);
    for (const Effects::WaitsFor what : effects.waits_for)
      out += cat("    waits for ", in_words(what), '\n');
    if (!effects.fails.empty())
      out += cat("    ", paint(Style::error, cat("fails: ", effects.fails)), '\n');
    if (effects.fails_in_transaction)
      out += cat("    ", paint(Style::warning, "cannot run inside a transaction"), '\n');
    if (!effects.known) out += "    the files do not tell enough; this is the worst case\n";
    if (nothing) out += cat("    ", paint(Style::dim, "no lock that anyone waits for"), '\n');
    out += '\n';
  }
  out += cat(count(statements.size(), "statement"), " on PostgreSQL ", pg_version, ": ", blocking,
             blocking == 1 ? " makes others wait" : " make others wait");
  if (quiet > 0) out += cat(", ", quiet, " without any lock not shown");
  out += '\n';
  return out;
}

}  // namespace migguard::report
