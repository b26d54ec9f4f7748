// Ignore comments: the input is what stands behind `migguard:`, in both kinds of comments.
#include <fuzz/harness.hpp>

#include <lint/ignore.hpp>
#include <sql/script.hpp>
#include <util/text.hpp>

namespace migguard::fuzz {
namespace {

constexpr std::string_view seeds[] = {"fixtures/cli/ignore-*.case"};

void run(std::string_view input) {
  const SourceFile source(
      "0001.sql", cat("-- migguard: ", input, "\nDROP TABLE a;\n/* migguard:", input,
                      "*/ DROP TABLE b; -- migguard: ignore ", input, "\nDELETE FROM c;\n"));
  const Script script = sql::parse(source, {});
  const auto inside = [&](Span span) {
    return span.begin <= span.end && span.end <= source.text.size();
  };
  for (const auto& each : lint::read_ignore_comments(source, script, 1'800'000'000'000)) {
    require(inside(each.span) && inside(each.statement),
            "a comment and its statement lie in the file");
    for (const auto& rule : each.rules)
      require(inside(rule.span), "a rule's name lies in the file");
  }
  Memory files;
  files.add("migrations/0001.sql", source.text);
  require(check_answers(files, input) != nullptr, "no comment keeps lint from doing its job");
}

}  // namespace

extern const Harness ignore_comments_harness{.name = "ignore_comments",
                                             .summary = "comments that answer for findings",
                                             .seeds = seeds,
                                             .run = run};

}  // namespace migguard::fuzz
