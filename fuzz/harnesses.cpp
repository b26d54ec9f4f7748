// The table of harnesses, and what they share.
#include <fuzz/harness.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <report/report.hpp>
#include <util/json.hpp>
#include <util/text.hpp>
#include <util/utf8.hpp>

namespace migguard::fuzz {

extern const Harness commands_harness;
extern const Harness compose_harness;
extern const Harness config_harness;
extern const Harness globs_harness;
extern const Harness ignore_comments_harness;
extern const Harness journal_harness;
extern const Harness payload_harness;
extern const Harness prisma_schema_harness;
extern const Harness recovery_harness;
extern const Harness snapshot_harness;
extern const Harness sql_harness;
extern const Harness threads_harness;
extern const Harness typescript_harness;

namespace {

constexpr const Harness* all[] = {
    &commands_harness,        &compose_harness,  &config_harness,  &globs_harness,
    &ignore_comments_harness, &journal_harness,  &payload_harness, &prisma_schema_harness,
    &recovery_harness,        &snapshot_harness, &sql_harness,     &threads_harness,
    &typescript_harness};

// Control characters but line ends, and what reorders text, are shown as escapes in every format.
void check_text(std::string_view text) {
  require(invalid_utf8(text) == std::string_view::npos, "an answer is UTF-8");
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = decode(text, at);
    const bool control =
        (point.value < 0x20 && point.value != '\n') || (point.value >= 0x7f && point.value < 0xa0);
    require(!control && !deceives(point.value), "an answer holds no raw control characters");
    at += point.size;
  }
}

void check_json(std::string_view text) {
  const auto parsed = json::parse(text);
  require(std::holds_alternative<json::Value>(parsed), "an answer in JSON is JSON");
}

// Tags that match, and nothing that would end an attribute or begin a tag inside of a value.
void check_xml(std::string_view text) {
  std::vector<std::string_view> open;
  for (std::size_t at = 0; (at = text.find('<', at)) != std::string_view::npos;) {
    const std::size_t end = text.find('>', at);
    require(end != std::string_view::npos, "a tag ends");
    const std::string_view tag = text.substr(at + 1, end - at - 1);
    at = end;
    require(tag.find('<') == std::string_view::npos, "a tag holds no tag");
    require(std::count(tag.begin(), tag.end(), '"') % 2 == 0, "quotes of attributes match");
    if (tag.starts_with('?') || tag.ends_with('/')) continue;
    const std::string_view name = tag.substr(0, tag.find_first_of(" \n"));
    if (!name.starts_with('/')) {
      open.push_back(name);
      continue;
    }
    require(!open.empty() && open.back() == name.substr(1), "tags match");
    open.pop_back();
  }
  require(open.empty(), "every tag is closed");
}

void check_report(const lint::Report& report) {
  const auto inside = [](const SourceFile* source, Span span) {
    return source && span.begin <= span.end && span.end <= source->text.size();
  };
  for (const Finding& each : report.findings) {
    require(inside(each.source, each.span), "a finding lies in its file");
    for (const Label& label : each.labels)
      require(inside(label.source, label.span), "a label lies in its file");
    require(!each.message.empty(), "a finding says something");
  }
  for (const History& history : report.project->histories) {
    for (const auto list : {&History::migrations, &History::rollbacks}) {
      for (const Migration& migration : history.*list) {
        std::uint32_t before = 0;
        for (const Statement& statement : migration.script.statements) {
          require(inside(migration.source, statement.span), "a statement lies in its file");
          require(statement.span.begin >= before, "statements do not overlap");
          before = statement.span.end;
        }
        for (const Problem& problem : migration.script.problems)
          require(inside(migration.source, problem.span), "a problem lies in its file");
      }
    }
  }
}

void check_document(const std::vector<std::string>& arguments, std::string_view text) {
  check_text(text);
  const std::string& format = arguments.back();
  if (format == "json" || format == "sarif" || format == "gitlab") check_json(text);
  if (format == "junit" || format == "checkstyle") check_xml(text);
}

const std::vector<std::vector<std::string>>& other_commands() {
  static const auto made = [] {
    std::vector<std::vector<std::string>> out;
    for (const std::string_view each : report::format_names()) {
      if (each != "json")
        out.push_back({"lint", "--preset", "all", "--verbose", "--format", std::string(each)});
    }
    for (const char* each : {"text", "markdown", "html"})
      out.push_back({"audit", "--format", each});
    for (const char* each : {"text", "json"}) out.push_back({"locks", "--format", each});
    out.push_back({"dump", "--format", "json"});
    return out;
  }();
  return made;
}

}  // namespace

std::span<const Harness* const> harnesses() { return all; }

const Harness* harness_named(std::string_view name) {
  const auto found = std::find_if(std::begin(all), std::end(all),
                                  [&](const Harness* each) { return each->name == name; });
  return found == std::end(all) ? nullptr : *found;
}

void require(bool holds, std::string_view property) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %.*s\n", static_cast<int>(property.size()), property.data());
  std::abort();
}

std::uint64_t choice_of(std::string_view input) {
  std::uint64_t hash = 14695981039346656037U;
  for (const char c : input) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return hash;
}

Result<cli::Answer> run_program(const std::vector<std::string>& arguments,
                                const FileSystem& files) {
  // To read a command line costs as much as to judge a small file.
  static std::map<std::vector<std::string>, cli::Options> read;
  auto known = read.find(arguments);
  if (known == read.end()) {
    std::vector<const char*> argv = {"migguard"};
    for (const std::string& each : arguments) argv.push_back(each.c_str());
    auto options = cli::read_options(static_cast<int>(argv.size()), argv.data());
    require(std::holds_alternative<cli::Options>(options), "a harness knows the command line");
    known = read.emplace(arguments, std::get<cli::Options>(std::move(options))).first;
  }
  const cli::Options& options = known->second;
  constexpr std::int64_t now = 1'800'000'000'000;
  return options.command->run(options, cli::Environment{.files = files, .now = now});
}

std::unique_ptr<lint::Report> check_answers(const Memory& files, std::string_view input) {
  static const std::vector<std::string> lint = {"lint", "--preset", "all", "--format", "json"};
  const auto& others = other_commands();
  std::unique_ptr<lint::Report> report;
  for (const auto* arguments : {&others[choice_of(input) % others.size()], &lint}) {
    auto answer = run_program(*arguments, files);
    if (!answer) {
      require(!answer.error().message.empty(), "an error says something");
      continue;
    }
    for (const cli::Document& each : answer->documents) check_document(*arguments, each.whole());
    if (answer->report) check_report(*answer->report);
    report = std::move(answer->report);
  }
  return report;
}

}  // namespace migguard::fuzz
