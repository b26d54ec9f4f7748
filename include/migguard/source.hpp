// A file of the linted project: its bytes, and where its lines are.
#pragma once

#include <migguard/text.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace migguard {

// Lines and columns start at 1; columns count Unicode code points.
struct Position {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  friend constexpr bool operator==(Position, Position) = default;
};

// SQL, journal, schema.prisma, compose file or config alike: a finding can point into any of them.
// Lives at a stable address for the whole run.
class SourceFile {
 public:
  SourceFile(std::string shown_path, std::string bytes)
      : path(std::move(shown_path)), text(std::move(bytes)) {}

  const std::string path;  // as shown to people: relative to the working directory, forward slashes
  const std::string text;  // the bytes as they are on disk

  // The position of a byte offset (clamped to the end). The line index is made at the first call;
  // not safe to call from several threads at once. A byte order mark is no column; a line end
  // starts another line, even at the end of the text.
  Position position(std::size_t offset) const;
  // The offset of the first byte of a line (1-based), clamped to the end of the text.
  std::size_t line_begin(std::uint32_t line) const;
  // A line without its line end.
  std::string_view line(std::uint32_t line) const;
  std::uint32_t line_count() const;

 private:
  const std::vector<std::uint32_t>& line_begins() const;
  std::uint32_t characters(std::size_t begin, std::size_t end) const;
  mutable std::vector<std::uint32_t> line_begins_;
  // The last answer: the next one is counted from there, so that long lines cost little.
  mutable std::size_t known_offset_ = 0;
  mutable Position known_position_;
};

}  // namespace migguard
