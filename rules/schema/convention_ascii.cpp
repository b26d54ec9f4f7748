// Migrations in ASCII.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

void check(Context& ctx, const Migration& migration) {
  const std::string& text = migration.source->text;
  // A byte order mark has a rule of its own.
  std::uint32_t at = text.starts_with("\xef\xbb\xbf") ? 3 : 0;
  while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) ++at;
  if (at == text.size()) return;
  std::uint32_t end = at + 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) ++end;
  ctx.report(*migration.source, {at, end},
             "what this character becomes depends on the encoding of whoever runs the file")
      .because("the convention is ASCII: everything else can be mangled on its way, unseen")
      .try_("write it as an escape, U&'caf\\00E9', or leave it to the application")
      .about("ascii");
}

constexpr Example bad[] = {{"INSERT INTO cafes (name) VALUES ('Caf\xC3\xA9');"},
                           {"-- gr\xC3\xB6\xC3\x9F"
                            "e\nCREATE TABLE sizes (id text PRIMARY KEY);"}};
constexpr Example good[] = {{"INSERT INTO cafes (name) VALUES (U&'Caf\\00E9');"},
                            {"CREATE TABLE sizes (id text PRIMARY KEY);"}};

}  // namespace

extern constexpr Rule convention_ascii{
    .severity = Severity::warning,
    .off_by_default = true,
    .summary = "a migration with characters outside ASCII",
    .why =
        "Editors, terminals and clients that assume another encoding change such characters "
        "without a word. The first one of a file is reported. A convention for teams that chose "
        "it.",
    .instead = "U&'caf\\00E9', or data that the application writes.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
