// Spans to lines and columns.
#include <report/place.hpp>

#include <util/text.hpp>

#include <algorithm>

namespace migguard::report {

Place place_of(const SourceFile* source, Span span) {
  Place place;
  if (!source) return place;
  place.path = source->path;
  place.whole_file = span == Span{};
  if (place.whole_file) return place;
  const std::size_t size = source->text.size();
  const std::size_t begin = std::min<std::size_t>(span.begin, size);
  std::size_t end = std::clamp<std::size_t>(span.end, begin, size);
  // A line end at the end of the span would put its end on a line where nothing of it stands.
  while (end > begin && (source->text[end - 1] == '\n' || source->text[end - 1] == '\r')) --end;
  place.begin = source->position(begin);
  place.end = end == begin ? place.begin : source->position(end);
  return place;
}

void append_place(std::string& out, const Place& place) {
  std::string room;
  out += printable(place.path, room);
  if (!place.whole_file) append(out, ':', place.begin.line, ':', place.begin.column);
}

std::string to_string(const Place& place) {
  std::string text;
  append_place(text, place);
  return text;
}

}  // namespace migguard::report
