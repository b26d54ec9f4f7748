// What each stage of a lint costs beside PostgreSQL's raw parser alone: the same files, held in
// memory, in the same process.
#include "benchmarks.hpp"

#include <lint/lint.hpp>
#include <report/report.hpp>
#include <sql/raw_parse.hpp>
#include <sql/script.hpp>
#include <util/file_system.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <iostream>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace migguard::bench {

namespace {

// The SQL files of a folder, and how long the raw parser alone takes for them.
struct Corpus {
  std::vector<std::unique_ptr<SourceFile>> files;
  Memory tree;
  std::size_t bytes = 0;
  double raw_seconds = 0;
};

void parse_raw(const Corpus& corpus) {
  for (const auto& file : corpus.files) {
    const sql::RawParse tree(file->text);
    benchmark::DoNotOptimize(tree.size());
  }
}

// CPU time, the least of some rounds, as any disturbance only adds.
double raw_seconds(const Corpus& corpus) {
  double least = std::numeric_limits<double>::max();
  for (int round = 0; round < 7; ++round) {
    const std::clock_t begun = std::clock();
    parse_raw(corpus);
    least = std::min(least, static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC);
  }
  return least;
}

std::unique_ptr<Corpus> read_corpus(const std::string& folder) {
  auto corpus = std::make_unique<Corpus>();
  const Disk disk;
  auto entries = disk.list(folder);
  if (!entries) {
    std::cerr << "benchmarks: " << entries.error().message << '\n';
    return nullptr;
  }
  for (const DirectoryEntry& entry : *entries) {
    if (!entry.name.ends_with(".sql")) continue;
    auto text = disk.read(join_path(folder, entry.name), FileSystem::default_limit);
    if (!text) {
      std::cerr << "benchmarks: " << text.error().message << '\n';
      return nullptr;
    }
    corpus->bytes += text->size();
    corpus->tree.add("migrations/" + entry.name, *text);
    corpus->files.push_back(std::make_unique<SourceFile>(entry.name, std::move(*text)));
  }
  if (corpus->files.empty()) {
    std::cerr << "benchmarks: no .sql file in " << folder << '\n';
    return nullptr;
  }
  corpus->raw_seconds = raw_seconds(*corpus);
  return corpus;
}

// How many times raw parsing it takes, and how much SQL a second.
void compare(benchmark::State& state, const Corpus& corpus) {
  using Counter = benchmark::Counter;
  state.counters["x_raw"] =
      Counter(corpus.raw_seconds, Counter::kIsIterationInvariantRate | Counter::kInvert);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(corpus.bytes));
}

lint::Settings settings() {
  lint::Settings settings;
  settings.paths = {"migrations"};
  settings.jobs = 1;
  return settings;
}

void add_stages(const Corpus& corpus) {
  const std::string files = "/" + std::to_string(corpus.files.size());
  const auto add = [&](const std::string& name, auto act) {
    benchmark::RegisterBenchmark((name + files).c_str(), [&corpus, act](benchmark::State& state) {
      for ([[maybe_unused]] auto _ : state) act(corpus);
      compare(state, corpus);
    })->Unit(benchmark::kMillisecond);
  };
  add("raw_parse", parse_raw);
  add("parse", [](const Corpus& of) {
    for (const auto& file : of.files) {
      const Script script = sql::parse(*file, {});
      benchmark::DoNotOptimize(script.statements.size());
    }
  });
  add("lint", [](const Corpus& of) {
    const auto report = lint::lint(settings(), of.tree);
    benchmark::DoNotOptimize(report->findings.size());
  });
  for (const report::Format& format : report::formats()) {
    const std::string name = "report_" + std::string(format.name);
    const report::Render render = format.render;
    benchmark::RegisterBenchmark((name + files).c_str(), [&corpus, render](auto& state) {
      const auto report = lint::lint(settings(), corpus.tree);
      for ([[maybe_unused]] auto _ : state) {
        benchmark::DoNotOptimize(render(*report, {}).size());
      }
      compare(state, corpus);
    })->Unit(benchmark::kMillisecond);
  }
}

}  // namespace

bool add_stages_of(const std::string& folder) {
  // For as long as the benchmarks run, which is until the program ends.
  static std::vector<std::unique_ptr<Corpus>> corpora;
  std::unique_ptr<Corpus> corpus = read_corpus(folder);
  if (!corpus) return false;
  corpora.push_back(std::move(corpus));
  add_stages(*corpora.back());
  return true;
}

}  // namespace migguard::bench
