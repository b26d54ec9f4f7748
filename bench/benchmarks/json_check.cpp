// What checking a payload costs beside only parsing it: nlohmann's SAX parser and DOM, simdjson's
// on-demand parser where it was found, migguard's reader alone, and the whole check.
#include "benchmarks.hpp"

#include <jsonb/walk.hpp>
#include <nlohmann/json.hpp>
#include <util/json_reader.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#ifdef MIGGUARD_BENCH_SIMDJSON
#include <simdjson.h>
#endif

namespace migguard::bench {

namespace {

// Documents like those of a metadata column; one in twenty holds an amount.
std::string generate() {
  constexpr std::size_t size = 16'000'000;
  std::string text;
  unsigned long long state = 7;
  const auto random = [&state](unsigned limit) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<unsigned>(state >> 33) % limit;
  };
  while (text.size() < size) {
    text +=
        R"({"source": "web", "note": "customer called about the delivéry", "tags": ["a", "b"], )";
    text += R"("display": {"color": "#aabbcc", "position": )" + std::to_string(random(99));
    text += R"(, "hidden": false}, "external_id": "ext_)" + std::to_string(random(1'000'000'000));
    text += R"(", "ip": "10.0.0.)" + std::to_string(random(255)) + R"(", "locale": "en-NZ")";
    if (random(20) == 0) text += R"(, "unit_price": )" + std::to_string(random(10'000)) + ".5";
    text += "}\n";
  }
  return text;
}

struct Nothing : nlohmann::json_sax<nlohmann::json> {
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return true; }
  bool key(string_t&) override { return true; }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }
};

struct Keys {
  std::size_t count = 0;
  void key(std::string_view) { ++count; }
  void string(std::string_view) {}
  void number(std::string_view) {}
  void boolean(bool) {}
  void null() {}
  void begin_object() {}
  void end_object() {}
  void begin_array() {}
  void end_array() {}
  void input_moves() {}
};

void each_line(std::string_view text, const std::function<void(std::string_view)>& act) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    act(text.substr(at, end - at));
    at = end + 1;
  }
}

void add(const char* name, const std::function<std::size_t(std::string_view)>& act) {
  static const std::string text = generate();
  benchmark::RegisterBenchmark(name, [act](benchmark::State& state) {
    for ([[maybe_unused]] auto _ : state) benchmark::DoNotOptimize(act(text));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
  })->Unit(benchmark::kMillisecond);
}

#ifdef MIGGUARD_BENCH_SIMDJSON
std::size_t visit(simdjson::ondemand::value value) {
  std::size_t keys = 0;
  switch (value.type()) {
    case simdjson::ondemand::json_type::object:
      for (auto field : value.get_object()) {
        ++keys;
        benchmark::DoNotOptimize(field.unescaped_key().error());
        keys += visit(field.value());
      }
      break;
    case simdjson::ondemand::json_type::array:
      for (auto item : value.get_array()) keys += visit(item.value());
      break;
    case simdjson::ondemand::json_type::string:
      benchmark::DoNotOptimize(value.get_string().error());
      break;
    case simdjson::ondemand::json_type::number:
      benchmark::DoNotOptimize(value.get_number().error());
      break;
    default:
      break;
  }
  return keys;
}
#endif

}  // namespace

void add_json_check() {
  add("json/nlohmann_sax", [](std::string_view text) {
    Nothing nothing;
    std::size_t documents = 0;
    each_line(text, [&](std::string_view line) {
      documents += nlohmann::json::sax_parse(line.begin(), line.end(), &nothing);
    });
    return documents;
  });
  add("json/nlohmann_dom", [](std::string_view text) {
    std::size_t members = 0;
    each_line(text, [&](std::string_view line) {
      members += nlohmann::json::parse(line.begin(), line.end(), nullptr, false).size();
    });
    return members;
  });
#ifdef MIGGUARD_BENCH_SIMDJSON
  add("json/simdjson_on_demand", [](std::string_view text) {
    simdjson::ondemand::parser parser;
    std::size_t keys = 0;
    simdjson::padded_string line_copy;
    each_line(text, [&](std::string_view line) {
      line_copy = simdjson::padded_string(line);
      auto document = parser.iterate(line_copy);
      keys += visit(document.get_value().value());
    });
    return keys;
  });
#endif
  add("json/reader", [](std::string_view text) {
    Keys keys;
    json::Reader<Keys> reader(text, keys);
    while (reader.more() && reader.value()) continue;
    return keys.count;
  });
  add("json/check", [](std::string_view text) {
    jsonb::Walker walker({});
    TextStream stream{std::string(text)};
    std::size_t hits = 0;
    walker.stream(stream, true, {[&](const jsonb::Hit&) { ++hits; }, [](const auto&) {}, {}});
    return hits;
  });
}

}  // namespace migguard::bench
