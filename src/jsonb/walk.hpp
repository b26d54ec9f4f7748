// Walks JSON documents, from a stream or from memory, and tells every key that holds money.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <migguard/jsonb.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <util/byte_stream.hpp>
#include <util/json_reader.hpp>

namespace migguard::jsonb {

// A key that holds money. What it points to lives until the report returns.
struct Hit {
  std::string_view path;   // below the column, indexes as they are: `items[0].price`
  std::string_view shape;  // the same with any index: `items[*].price`
  std::string_view key;
  std::string_view value;  // of a scalar, decoded, cut to 64 bytes; empty for a container
  JsonValueKind value_kind = JsonValueKind::unknown;
  bool money_shape = false;       // the key holds an object of an amount and its currency
  const Classification& verdict;  // level: the least of the key's and the column's
  json::Place place;              // of the key
};

struct WalkSettings {
  std::string column = "metadata";       // `quotes.metadata`; its tier caps every verdict
  const JsonbSettings* jsonb = nullptr;  // must outlive the walker; null: the defaults
  Level least = Level::medium;           // verdicts below are not told
  bool exact_paths = true;  // false: `path` is the shape, and hits come as they are found
  json::ReaderLimits limits = {};
};

// Verdicts on the keys of documents of one column. Memory follows the limits, the depth and the
// number of hits of one document, not the number or length of documents. Verdicts are remembered
// from document to document, so keep it. Not for several threads at once.
class Walker {
 public:
  using Report = std::function<void(const Hit&)>;

  explicit Walker(WalkSettings settings);
  ~Walker();
  Walker(const Walker&) = delete;
  Walker& operator=(const Walker&) = delete;

  // Every hit in one document, in the order of the document, all before this returns; or why it is
  // no JSON. What was found before the mistake is told.
  std::optional<json::Broken> document(std::string_view text, const Report& report);

  // What a stream held.
  struct Streamed {
    std::uint64_t documents = 0;  // that were read whole
    std::uint64_t broken = 0;
    std::uint64_t bytes = 0;
  };
  struct StreamEvents {
    Report hit;
    std::function<void(const json::Broken&)> broken;
    // Between documents, every megabyte or so; false ends the reading. May be empty.
    std::function<bool(const Streamed& so_far)> progress;
  };
  // Documents one after another. Where each is known to stand on a line of its own, because `lines`
  // says so or the first two do, a broken one costs only its line; else it ends the reading.
  Streamed stream(ByteStream& stream, bool lines, const StreamEvents& events);

 private:
  class Walk;
  std::unique_ptr<Walk> walk_;
};

// A value as it may be shown: its digits and letters replaced (`$99.99`, `XXX`).
std::string masked(std::string_view value);

}  // namespace migguard::jsonb
