#include <repair/plan_text.hpp>

#include <algorithm>
#include <report/json_writer.hpp>
#include <report/style.hpp>
#include <report/text_parts.hpp>
#include <util/text.hpp>

namespace migguard::repair {
namespace {

using report::Painter;
using report::Style;

class TextWriter {
 public:
  explicit TextWriter(const TextOptions& options)
      : options_(options), paint_(options.color), width_(options.width) {}

  std::string write(const std::vector<HistoryPlan>& plans) {
    for (const HistoryPlan& each : plans) write(each);
    std::size_t changes = 0, refusals = 0;
    for (const HistoryPlan& each : plans) {
      changes += each.changes.size();
      refusals += each.refusals.size();
    }
    if (plans.empty()) out_ += "Nothing to repair.\n";
    if (changes > 0 && !options_.written) {
      heading("Changes");
      for (const HistoryPlan& plan : plans)
        for (const FileChange& each : plan.changes) diff(unified_diff(each));
      out_ += '\n';
    }
    if (plans.empty()) return std::move(out_);
    std::string last = changes == 0 ? "nothing was changed"
                       : options_.written
                           ? cat(report::count(changes, "file"), " changed")
                           : cat(report::count(changes, "file"), " to change; --write does it");
    if (refusals > 0) last += cat(", ", report::count(refusals, "thing"), " left to you");
    return std::move(out_) + last + "\n";
  }

 private:
  void write(const HistoryPlan& plan) {
    out_ += cat(paint_(Style::bold, printable(plan.folder)), " (", display_name(plan.tool), ")\n");
    write_repairs(plan);
    write_refusals(plan);
    if (!plan.unknown.empty()) {
      heading("What the files do not say");
      for (const std::string& each : plan.unknown) item(each);
    }
    if (!plan.database.empty()) {
      heading("For databases that are there (printed, never run)");
      std::string_view when;
      for (const DatabaseStep& each : plan.database) {
        if (each.when != when) out_ += cat("-- ", printable(each.when), "\n");
        when = each.when;
        out_ += cat(printable(each.sql), "\n");
      }
    }
    out_ += '\n';
  }

  // Repairs that one sentence explains stand together above it.
  void write_repairs(const HistoryPlan& plan) {
    if (plan.repairs.empty()) return;
    heading(options_.written ? "Mended" : "To mend");
    for (std::size_t at = 0; at < plan.repairs.size(); ++at) {
      const Repair& each = plan.repairs[at];
      item(cat(each.what, each.rule.empty() ? "" : cat(" [", each.rule, "]")));
      const bool same_next = at + 1 < plan.repairs.size() && plan.repairs[at + 1].why == each.why;
      if (!same_next) aside("why: ", each.why);
    }
  }

  void write_refusals(const HistoryPlan& plan) {
    if (plan.refusals.empty()) return;
    heading("Left to you");
    for (const Refusal& each : plan.refusals) {
      item(cat(each.path, each.line > 0 ? cat(":", each.line) : std::string(), ": ", each.what,
               " [", each.rule, "]"));
      aside("why not: ", each.why);
      if (!each.help.empty())
        report::help_text(out_, "    help: ", 10, printable(each.help, true), 4, width_, paint_);
    }
  }

  void heading(std::string_view text) { out_ += cat("\n", paint_(Style::bold, text), "\n"); }
  void item(std::string_view text) {
    report::paragraph(out_, "  - ", 4, printable(text), 4, width_, paint_);
  }
  void aside(std::string_view label, std::string_view text) {
    report::paragraph(out_, cat("    ", label), 4 + label.size(), printable(text), 4, width_,
                      paint_, Style::dim);
  }

  void diff(const std::string& text) {
    for (const std::string_view line : split(text, '\n')) {
      if (line.empty()) continue;
      const Style style = line.starts_with('+')                                 ? Style::good
                          : line.starts_with('-')                               ? Style::error
                          : line.starts_with("@@") || line.starts_with("diff ") ? Style::note
                                                                                : Style::plain;
      out_ += cat(paint_(style, options_.color ? printable(line) : std::string(line)), "\n");
    }
  }

  const TextOptions& options_;
  Painter paint_;
  std::size_t width_;
  std::string out_;
};

}  // namespace

std::string plan_text(const std::vector<HistoryPlan>& plans, const TextOptions& options) {
  return TextWriter(options).write(plans);
}

std::string plan_diff(const std::vector<HistoryPlan>& plans) {
  std::string out;
  for (const HistoryPlan& plan : plans)
    for (const FileChange& each : plan.changes) out += unified_diff(each);
  return out;
}

std::string plan_json(const std::vector<HistoryPlan>& plans, bool written) {
  report::JsonWriter out;
  const auto block = report::JsonWriter::Layout::block;
  out.begin_object(block).member("version", 1).member("written", written);
  out.key("histories").begin_array(block);
  for (const HistoryPlan& plan : plans) {
    out.begin_object(block).member("folder", plan.folder).member("tool", to_string(plan.tool));
    out.key("repairs").begin_array(block);
    for (const Repair& each : plan.repairs)
      out.begin_object()
          .member("rule", each.rule)
          .member("what", each.what)
          .member("why", each.why)
          .end_object();
    out.end_array().key("refusals").begin_array(block);
    for (const Refusal& each : plan.refusals)
      out.begin_object()
          .member("rule", each.rule)
          .member("path", each.path)
          .member("line", each.line)
          .member("what", each.what)
          .member("why", each.why)
          .member("help", each.help)
          .end_object();
    out.end_array().key("unknown").begin_array(block);
    for (const std::string& each : plan.unknown) out.value(each);
    out.end_array().key("database").begin_array(block);
    for (const DatabaseStep& each : plan.database)
      out.begin_object().member("when", each.when).member("sql", each.sql).end_object();
    out.end_array().key("changes").begin_array(block);
    for (const FileChange& each : plan.changes)
      out.begin_object()
          .member("path", each.path)
          .member("from", each.before ? each.old_path() : "")
          .member("diff", unified_diff(each))
          .end_object();
    out.end_array().end_object();
  }
  return out.end_array().end_object().take();
}

}  // namespace migguard::repair
