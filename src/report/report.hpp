// Formats: a finished report as text. Each is a plain function in a file of its own and one line of
// the table in formats.cpp.
#pragma once

#include <lint/lint.hpp>
#include <lint/verification.hpp>
#include <report/repository.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace migguard::report {

// lint: a verdict to act on now. audit: a report of everything in a history, to hand to a
// colleague.
enum class Mode : std::uint8_t { lint, audit };

// What a format may know beside the report. How text for people looks is theirs alone: formats for
// programs heed `repository` and `fails_at`, and always hold everything.
struct RenderOptions {
  Mode mode = Mode::lint;
  Repository repository = {};                          // for paths as a code host spells them
  std::optional<Severity> fails_at = Severity::error;  // the least grave finding that fails the run
  bool color = false;
  std::size_t width = 100;  // columns of the terminal
  bool verbose = false;     // notes, detection and what was suppressed, too
  bool quiet = false;       // one line per finding, nothing where there is none
  // What a server made of the project that is audited; null: nobody tried.
  const lint::Verification* verification = nullptr;
  // Takes the beginning of a long text while the rest is being made: a report of fifty megabytes
  // needs no room for them. Empty: it is returned whole.
  std::function<void(std::string_view)> take = {};

  // Called by formats where a piece is done.
  void hand_over(std::string& text) const {
    constexpr std::size_t worthwhile = std::size_t{128} << 10;
    if (!take || text.size() < worthwhile) return;
    take(text);
    text.clear();
  }
};

// The text, or what `take` has not been given of it; it ends with a line end unless it is empty.
using Render = std::string (*)(const lint::Report& report, const RenderOptions& options);

struct Format {
  std::string_view name;  // as `--format` spells it
  Render render = nullptr;
  std::string_view summary;
};

// Every format, in the order `--help` shows them.
std::span<const Format> formats();
std::span<const std::string_view> format_names();
// The format of that name, or null.
const Format* format_named(std::string_view name);

// What was read, and how often each rule found something: the top of an audit.
std::string overview(const lint::Report& report, const RenderOptions& options);

std::string text(const lint::Report& report, const RenderOptions& options);
std::string json(const lint::Report& report, const RenderOptions& options);
std::string sarif(const lint::Report& report, const RenderOptions& options);
std::string github(const lint::Report& report, const RenderOptions& options);
std::string gitlab(const lint::Report& report, const RenderOptions& options);
std::string junit(const lint::Report& report, const RenderOptions& options);
std::string checkstyle(const lint::Report& report, const RenderOptions& options);
std::string markdown(const lint::Report& report, const RenderOptions& options);
std::string html(const lint::Report& report, const RenderOptions& options);

}  // namespace migguard::report
