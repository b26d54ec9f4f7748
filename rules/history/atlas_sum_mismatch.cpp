// The files of an Atlas folder are not those that atlas.sum was made of.
#include <migguard/history.hpp>
#include <migguard/rule.hpp>

#include "examples.hpp"

namespace migguard::rules {
namespace {

using Difference = AtlasSum::Difference;

std::string what_differs(const AtlasSum& sum) {
  switch (sum.difference) {
    case Difference::edited:
      return "this file was changed since atlas.sum was written";
    case Difference::added:
      return "atlas.sum does not know this file";
    case Difference::removed:
      return cat(sum.name, " is listed here and is gone");
    case Difference::total:
      return "the sum of all lines is another one";
    case Difference::unreadable:
      return "this line is none of a sum file";
    case Difference::none:
      break;
  }
  return {};
}

void check(Context& ctx, const History& history) {
  if (!history.atlas || !history.atlas->source) return;
  const AtlasSum& sum = *history.atlas;
  if (sum.difference == Difference::none) return;
  Finding& finding =
      ctx.report(sum.file ? *sum.file : *sum.source, sum.file ? Span{} : sum.span,
                 cat("Atlas applies nothing from ", history.folder, ": ", what_differs(sum)))
          .because(
              "Atlas compares the folder with atlas.sum before it runs anything, so that a file "
              "that was edited, or merged from two branches, is noticed")
          .about(sum.name.empty() ? "atlas.sum" : sum.name);
  if (sum.difference == Difference::edited) {
    finding.try_(
        cat("take the edit back and write a new migration; only if it was never applied, "
            "write the sum anew:\natlas migrate hash --dir ",
            shell_word(cat("file://", history.folder))));
  } else {
    finding.try_(
        cat("look at the order of what was merged, then write the sum anew:\n"
            "atlas migrate hash --dir ",
            shell_word(cat("file://", history.folder))));
  }
}

// One file `1_users.sql` that holds `users`, and its sum.
constexpr std::string_view sum_of_one =
    "h1:zZdvzpk3kziKvv6L0zc+qq9XGwk6MyjqKproVaKzh1o=\n"
    "1_users.sql h1:StQPvxMrn7RDTxFItbJmag9a54ughu7OfAOvkv6TzUY=\n";
constexpr ExampleFile edited[] = {
    {"migrations/atlas.sum", sum_of_one},
    {"migrations/1_users.sql", "CREATE TABLE users (id int PRIMARY KEY);\n"}};
constexpr ExampleFile added[] = {{"migrations/atlas.sum", sum_of_one},
                                 {"migrations/1_users.sql", examples::users},
                                 {"migrations/2_orders.sql", examples::orders}};
constexpr ExampleFile removed[] = {{"migrations/atlas.sum", sum_of_one},
                                   {"migrations/2_orders.sql", examples::orders}};
constexpr ExampleFile conflict[] = {
    {"migrations/atlas.sum", "<<<<<<< HEAD\nh1:a\n=======\nh1:b\n>>>>>>> other\n"},
    {"migrations/1_users.sql", examples::users}};
constexpr ExampleFile same[] = {{"migrations/atlas.sum", sum_of_one},
                                {"migrations/1_users.sql", examples::users}};
constexpr ExampleFile no_atlas[] = {{"migrations/1_users.sql", examples::users},
                                    {"migrations/2_orders.sql", examples::orders}};
constexpr Example bad[] = {
    {.files = edited}, {.files = added}, {.files = removed}, {.files = conflict}};
constexpr Example good[] = {{.files = same}, {.files = no_atlas}};

}  // namespace

extern constexpr Rule atlas_sum_mismatch{
    .severity = Severity::error,
    .summary = "atlas.sum does not match the files: Atlas applies nothing",
    .why =
        "atlas.sum holds a running sum over the names and contents of all files. An edited, added "
        "or removed file makes `atlas migrate apply` stop before the first statement. Only the "
        "first difference is reported, since every sum behind it differs with it.",
    .instead =
        "After a merge, and only for what was never applied, `atlas migrate hash` writes the sum "
        "anew.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
