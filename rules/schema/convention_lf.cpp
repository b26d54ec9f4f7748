// Migrations with line feeds alone.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

void check(Context& ctx, const Migration& migration) {
  const std::size_t at = migration.source->text.find('\r');
  if (at == std::string::npos) return;
  const auto begin = static_cast<std::uint32_t>(at);
  ctx.report(*migration.source, {begin, begin + 1},
             "the file's checksum depends on how git checked it out: it has carriage returns")
      .because("the convention is LF alone, which is the same on every machine")
      .try_(
          "convert the file, and keep git from converting it back:\n"
          "echo '*.sql text eol=lf' >> .gitattributes && git add --renormalize .")
      .about("lf");
}

constexpr Example bad[] = {{"CREATE TABLE users (\r\n  id text PRIMARY KEY\r\n);\r\n"},
                           {"SELECT 1;\rSELECT 2;"}};
constexpr Example good[] = {{"CREATE TABLE users (\n  id text PRIMARY KEY\n);\n"},
                            {"INSERT INTO lines (text) VALUES (E'a\\r\\n');"}};

}  // namespace

extern constexpr Rule convention_lf{
    .severity = Severity::warning,
    .off_by_default = true,
    .summary = "a migration with carriage returns",
    .why =
        "Tools that store checksums take line ends into account (Drizzle, sqlx, Atlas), so that "
        "a file checked out with CRLF is another migration. The first one of a file is reported. "
        "A convention for teams that chose it.",
    .instead = "*.sql text eol=lf in .gitattributes",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
