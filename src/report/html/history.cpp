// The history as the page shows it: its time line, its journal beside its files, its tables.
#include <migguard/history.hpp>
#include <report/html/page.hpp>
#include <report/style.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <string>

namespace migguard::report {
namespace {

// Rows beyond which a list is kept in a frame of its own.
constexpr std::size_t long_list = 40;

std::string kind_of(const MigrationRow& row) {
  if (const auto gravest = row.gravest()) return std::string(to_string(*gravest));
  if (row.applied || row.gravest_answered) return "history";
  return "good";
}

std::string state_of(const MigrationRow& row) {
  if (!row.migration->listed) return "never runs";
  return row.applied ? "applied" : "";
}

std::string found_in(const MigrationRow& row) {
  std::string out;
  const auto add = [&](std::size_t number, std::string_view noun) {
    if (number > 0) out += cat(out.empty() ? "" : ", ", count(number, noun));
  };
  add(row.errors, "error");
  add(row.warnings, "warning");
  add(row.notes, "note");
  if (row.answered > 0) out += cat(out.empty() ? "" : ", ", row.answered, " answered");
  return out.empty() ? "nothing found" : out;
}

// A bar for each migration: how grave by its colour, how much by its height. The table below says
// the same to those who cannot see it.
void write_bars(Page& page) {
  constexpr std::size_t step = 12, width = 10, height = 72, least = 6, each_finding = 9;
  HtmlWriter& out = page.out;
  const std::size_t all = page.overview.migrations.size();
  out.begin("svg", {{"class", "bars"},
                    {"viewBox", cat("0 0 ", all * step, " ", height)},
                    {"width", std::to_string(std::min<std::size_t>(all * 28, 1180))},
                    {"height", std::to_string(height)},
                    {"preserveAspectRatio", "none"},
                    {"aria-hidden", "true"},
                    {"focusable", "false"}});
  for (std::size_t index = 0; index < all; ++index) {
    const MigrationRow& row = page.overview.migrations[index];
    const std::size_t found = row.errors + row.warnings + row.notes;
    const std::size_t bar =
        std::min(height, least + each_finding * (found > 0 ? found : (row.answered > 0 ? 1 : 0)));
    out.begin("a", {{"href", cat("#", Page::anchor(row))}, {"tabindex", "-1"}});
    out.begin("rect", {{"class", kind_of(row)},
                       {"x", std::to_string(index * step + 1)},
                       {"y", std::to_string(height - bar)},
                       {"width", std::to_string(width)},
                       {"height", std::to_string(bar)}});
    out.element("title", cat(row.migration->id, ": ", found_in(row))).end().end();
  }
  out.end();
  out.begin("ul", {{"class", "legend"}});
  for (const std::string_view kind : {"error", "warning", "note", "history", "good"}) {
    out.begin("li").element("span", {{"class", cat("swatch ", kind)}}, "");
    out.text(kind == "good" ? "nothing found" : kind == "history" ? "applied or accepted" : kind);
    out.end();
  }
  out.end();
}

void write_tables_of(Page& page, const MigrationRow& row) {
  constexpr std::size_t shown = 4;
  HtmlWriter& out = page.out;
  out.begin("td", {{"class", "tables"}});
  for (std::size_t index = 0; index < std::min(shown, row.tables.size()); ++index) {
    if (index > 0) out.text(", ");
    out.element("a", {{"href", cat("#", Page::table_anchor(row.tables[index]))}},
                page.overview.tables[row.tables[index]].name);
  }
  if (row.tables.size() > shown) out.text(cat(" and ", row.tables.size() - shown, " more"));
  out.end();
}

void begin_list(Page& page, std::size_t rows, std::string_view label) {
  if (rows > long_list) {
    page.out.begin("div", {{"class", "scroll tall"},
                           {"tabindex", "0"},
                           {"role", "region"},
                           {"aria-label", std::string(label)}});
  } else {
    page.out.begin("div", {{"class", "scroll"}});
  }
}

void head(HtmlWriter& out, std::initializer_list<std::string_view> names) {
  out.begin("thead").begin("tr");
  for (const std::string_view each : names) out.element("th", {{"scope", "col"}}, each);
  out.end().end();
}

void presence(HtmlWriter& out, Presence what, std::string_view yes, std::string_view no) {
  if (what == Presence::not_asked) {
    out.element("td", {{"class", "none"}}, "·");
  } else {
    const bool there = what == Presence::yes;
    out.element("td", {{"class", there ? "there" : "missing"}}, there ? yes : no);
  }
}

Severity gravest(const std::vector<const Finding*>& findings) {
  Severity found = Severity::note;
  for (const Finding* each : findings) found = std::max(found, each->severity);
  return found;
}

void write_wrong(Page& page, const std::vector<const Finding*>& findings) {
  HtmlWriter& out = page.out;
  for (const Finding* each : findings) {
    out.begin("p");
    page.badge(each->severity);
    out.text(" ");
    out.begin("a", {{"href", cat("#", page.anchor(*each))}}).sentence(each->message).end().end();
  }
}

void write_journal(Page& page, const JournalTable& table) {
  HtmlWriter& out = page.out;
  const bool drizzle = table.history->drizzle && table.history->drizzle->source;
  const bool database = !table.database.empty();
  out.begin("h3").element("code", table.history->folder).end();
  out.begin("p", {{"class", "remark"}});
  out.text(cat(display_name(table.history->tool), " ", table.journal, ". "));
  if (database) out.text(cat("The database notes what it has applied in ", table.database, ". "));
  if (table.mismatches == 0 && table.others.empty()) {
    out.element("span", {{"class", "good-text"}}, "Everything is where it should be.");
  } else if (table.mismatches > 0) {
    out.element("strong", {{"class", "wrong-text"}},
                cat(table.mismatches, " of ", table.rows.size(),
                    table.mismatches == 1 ? " does not fit." : " do not fit."));
  }
  out.end();
  write_wrong(page, table.others);
  if (table.rows.empty()) return;
  begin_list(page, table.rows.size(), "Journal beside files");
  out.begin("table", {{"class", "journal"}});
  out.begin("thead").begin("tr");
  for (const std::string_view each :
       {drizzle ? "idx" : "#", "migration", drizzle ? "when" : "date",
        drizzle ? "in the journal" : "", "file", drizzle ? "snapshot" : "",
        database ? "database" : "", "what is wrong"}) {
    if (!each.empty()) out.element("th", {{"scope", "col"}}, each);
  }
  out.end().end();
  out.begin("tbody");
  for (const JournalRow& row : table.rows) {
    if (row.findings.empty()) {
      out.begin("tr");
    } else {
      out.begin("tr", {{"class", cat("wrong ", to_string(gravest(row.findings)))}});
    }
    out.element("td", {{"class", "number"}}, row.place.empty() ? "–" : row.place);
    out.begin("th", {{"scope", "row"}});
    const MigrationRow* migration = page.row_of(row.migration);
    if (migration) {
      out.element("a", {{"href", cat("#", Page::anchor(*migration))}}, row.name);
    } else {
      out.text(row.name);
    }
    out.end();
    out.element("td", {{"class", "date"}}, row.when);
    if (drizzle) presence(out, row.journal, "yes", "no");
    presence(out, row.file, "yes", "missing");
    if (drizzle) presence(out, row.snapshot, "yes", "–");
    if (database) presence(out, row.database, "applied", "not applied");
    out.begin("td", {{"class", "what"}});
    write_wrong(page, row.findings);
    out.end().end();
  }
  out.end().end().end();
}

}  // namespace

void write_time_line(Page& page) {
  const Overview& overview = page.overview;
  if (overview.migrations.empty()) return;
  HtmlWriter& out = page.out;
  std::string remark = "In the order of execution; each bar is a migration, and leads to it.";
  for (const std::string& each : page.report.applied_through)
    remark += cat(" Applied through `", each, "`.");
  if (page.report.project->database)
    remark += cat(" What ", page.report.project->database->shown, " holds is applied.");
  page.begin_section("time-line", "The history, with the risk of each migration", remark);
  write_bars(page);
  begin_list(page, overview.migrations.size(), "Migrations");
  out.begin("table", {{"class", "migrations"}});
  head(out, {"#", "migration", "date", "state", "statements", "tables it touches", "errors",
             "warnings", "notes", "answered"});
  out.begin("tbody");
  const History* history = nullptr;
  for (const MigrationRow& row : overview.migrations) {
    if (row.history != history && page.report.project->histories.size() > 1) {
      out.begin("tr", {{"class", "group"}});
      out.begin("th", {{"scope", "colgroup"}, {"colspan", "10"}});
      out.text(cat(row.history->folder, " (", display_name(row.history->tool), ")")).end().end();
    }
    history = row.history;
    out.begin("tr", {{"id", Page::anchor(row)}, {"class", kind_of(row)}});
    out.element("td", {{"class", "number"}}, std::to_string(row.number));
    out.element("th", {{"scope", "row"}, {"title", row.migration->source->path}},
                row.migration->id);
    out.element("td", {{"class", "date"}}, row.date);
    const std::string state = state_of(row);
    out.element("td", {{"class", state == "never runs" ? "missing" : "state"}}, state);
    out.element("td", {{"class", "number"}},
                std::to_string(row.migration->script.statements.size()));
    write_tables_of(page, row);
    page.number_cell(row.errors, Severity::error);
    page.number_cell(row.warnings, Severity::warning);
    page.number_cell(row.notes, Severity::note);
    out.element("td", {{"class", "number none"}},
                row.answered > 0 ? std::to_string(row.answered) : "·");
    out.end();
  }
  out.end().end().end();
  page.end_section();
}

void write_journals(Page& page) {
  const auto& journals = page.overview.journals;
  if (journals.empty()) return;
  page.begin_section("journals", "Journals beside files",
                     "What the tool will run, beside what lies in the folder.");
  for (const JournalTable& each : journals) write_journal(page, each);
  page.end_section();
}

void write_tables(Page& page) {
  const Overview& overview = page.overview;
  if (overview.tables.empty()) return;
  HtmlWriter& out = page.out;
  page.begin_section("tables", "Which tables are touched by what", "The most touched first.");
  begin_list(page, overview.tables.size(), "Tables");
  out.begin("table", {{"class", "touched"}});
  head(out, {"table", "migrations", "what they did"});
  out.begin("tbody");
  for (std::size_t index = 0; index < overview.tables.size(); ++index) {
    const TableRow& table = overview.tables[index];
    out.begin("tr", {{"id", Page::table_anchor(index)}});
    out.begin("th", {{"scope", "row"}}).text(table.name);
    if (!table.formerly.empty()) out.begin("small").text(cat(" formerly ", table.formerly)).end();
    if (table.dropped) out.text(" ").element("span", {{"class", "badge history"}}, "dropped");
    out.end();
    out.element("td", {{"class", "number"}}, std::to_string(table.uses.size()));
    out.begin("td", {{"class", "uses"}});
    constexpr std::size_t shown = 12;
    for (std::size_t use = 0; use < table.uses.size(); ++use) {
      if (use == shown && table.uses.size() > shown + 2) {
        out.begin("details").element("summary", cat(table.uses.size() - shown, " more"));
      } else if (use > 0) {
        out.text("; ");
      }
      const MigrationRow& row = overview.migrations[table.uses[use].migration];
      page.migration_link(row);
      out.text(cat(" ", touch_words(table.uses[use].touches)));
    }
    if (table.uses.size() > shown + 2) out.end();
    out.end().end();
  }
  out.end().end().end();
  page.end_section();
}

}  // namespace migguard::report
