// JSON payloads: read whole, in pieces and through the guard's C interface, with one verdict.
#include <fuzz/harness.hpp>

#include <migguard/guard.h>
#include <jsonb/walk.hpp>
#include <util/text.hpp>

namespace migguard::fuzz {
namespace {

constexpr std::string_view seeds[] = {"fixtures/projects/*/drizzle/meta/*.json",
                                      "fixtures/formats/hostile.json",
                                      "fixtures/truth/jsonb-*.jsonl"};

// The text in pieces of any small size: what is read must not depend on it.
class Pieces final : public ByteStream {
 public:
  explicit Pieces(std::string_view text) : text_(text) {}
  Result<std::size_t> read(char* to, std::size_t size) override {
    const std::size_t count = text_.copy(to, std::min<std::size_t>(size, 1 + text_.size() % 7));
    text_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view text_;
};

void run(std::string_view input) {
  std::string told;
  jsonb::WalkSettings settings;
  settings.least = jsonb::Level::low;
  jsonb::Walker walker(settings);
  const auto keep = [&](const jsonb::Hit& hit) {
    require(hit.place.offset < input.size(), "a key lies in the text");
    append(told, hit.path, " ", hit.key, " ", hit.place.line, ":", hit.place.column, "\n");
    for (const char c : jsonb::masked(hit.value))
      require(c < '0' || c > '8', "a masked value shows no digits");
  };
  const auto broken = walker.document(input, keep);
  const std::string whole = std::move(told);
  told.clear();
  Pieces pieces(input);
  jsonb::Walker::StreamEvents events{
      .hit = keep, .broken = [](const json::Broken&) {}, .progress = {}};
  const auto streamed = walker.stream(pieces, false, events);
  require(streamed.bytes <= input.size(), "no byte is read twice");
  if (!broken) require(told == whole, "a document in pieces has the same hits");

  static mg_guard* const guard = mg_guard_new(nullptr, 0, nullptr, 0);
  std::size_t count = 0;
  const auto add = [](void* context, const mg_violation* violation) {
    require(violation->path && violation->key && violation->evidence && violation->suggestion,
            "a violation is whole");
    ++*static_cast<std::size_t*>(context);
    return 0;
  };
  const int result = mg_guard_scan(guard, input.data(), input.size(), "metadata", add, &count);
  require(result != MG_FAILED, "the guard does not fail");
  require((result == MG_FOUND) <= (count > 0) && (result != MG_CLEAN || count == 0),
          "the guard tells what it found");
  char message[64];
  mg_throw_if_monetary(guard, input.data(), input.size(), "metadata", message, sizeof message);
}

}  // namespace

extern const Harness payload_harness{
    .name = "payload", .summary = "JSON documents for JSONB columns", .seeds = seeds, .run = run};

}  // namespace migguard::fuzz
