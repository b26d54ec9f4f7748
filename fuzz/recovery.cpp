// A file parsed whole against the same file read statement by statement, as recovery reads it: the
// same statements with the same operations.
#include <fuzz/harness.hpp>

#include <lint/op_fields.hpp>
#include <sql/script.hpp>
#include <util/text.hpp>

namespace migguard::fuzz {
namespace {

constexpr std::string_view seeds[] = {"fixtures/schema/*.sql", "fixtures/rules/*/*.sql"};

// What makes the parser refuse the whole at its first byte, so that recovery reads all that follows
// on its own.
constexpr std::string_view broken = ");\n";

std::string described(const SourceFile& source, const Script& script) {
  std::string text;
  for (const Statement& statement : script.statements) {
    append(text,
           source.text.substr(statement.span.begin, statement.span.end - statement.span.begin),
           "\n");
    for (const Op& op : statement.ops) {
      append(text, "  ", lint::operation_kinds()[op.index()]);
      for (const char* field : {"table", "name", "column", "type", "columns"}) {
        const std::string path[] = {field};
        lint::each_value(op, path,
                         [&](const lint::FieldValue& each) { append(text, " ", each.text); });
      }
      text += '\n';
    }
  }
  return text;
}

void run(std::string_view input) {
  // Data of COPY is taken out only where the whole cannot be parsed.
  for (std::size_t at = 0; at + 5 <= input.size(); ++at) {
    if (matches(input.substr(at, 5), "(?i)stdin")) return;
  }
  const SourceFile whole("whole.sql", std::string(input));
  const Script parsed = sql::parse(whole, {});
  if (!parsed.problems.empty() || parsed.has_bom) return;
  for (const Statement& each : parsed.statements) {
    const std::string_view text =
        std::string_view(whole.text).substr(each.span.begin, each.span.end - each.span.begin);
    // More than recovery puts together again: nobody writes it.
    if (std::count(text.begin(), text.end(), ';') > 100) return;
  }
  const SourceFile pieces("pieces.sql", cat(broken, input));
  const Script recovered = sql::parse(pieces, {});
  require(recovered.problems.size() == 1, "recovery reads what the parser takes whole");
  require(described(whole, parsed) == described(pieces, recovered),
          "recovery gives the same statements");
}

}  // namespace

extern const Harness recovery_harness{.name = "recovery",
                                      .summary = "whole-file parse against recovery",
                                      .seeds = seeds,
                                      .run = run,
                                      .takes_sql = true};

}  // namespace migguard::fuzz
