// What a real server made of histories (`migguard verify`), for people and for programs.
#pragma once

#include <lint/verification.hpp>
#include <report/report.hpp>
#include <span>
#include <string>
#include <string_view>
#include <util/result.hpp>

namespace migguard::report {

struct VerificationFormat {
  std::string_view name;  // as `--format` spells it
  std::string (*render)(const lint::Verification& verification,
                        const RenderOptions& options) = nullptr;
};
// The first is the default.
std::span<const VerificationFormat> verification_formats();

std::string verification_text(const lint::Verification& verification, const RenderOptions& options);
// Version 1; docs/verify.md has its fields.
std::string verification_json(const lint::Verification& verification, const RenderOptions& options);
// One suite for each history: a test for each migration, one for its rollbacks.
std::string verification_junit(const lint::Verification& verification,
                               const RenderOptions& options);

// A comment on a pull request.
std::string verification_markdown(const lint::Verification& verification,
                                  const RenderOptions& options);
// A page for a browser that needs nothing else.
std::string verification_html(const lint::Verification& verification, const RenderOptions& options);

// ---- As a part of an audit --------------------------------------------------------------------

struct Page;
class HtmlWriter;
class JsonWriter;
// A section of a page; with links to the rest of the page where it is an audit's.
void write_verification(HtmlWriter& out, const lint::Verification& verification, Page* audit);
void write_verification(JsonWriter& out, const lint::Verification& verification);
// Below a heading of the second level, which is theirs.
std::string verification_chapter(const lint::Verification& verification);

// ---- Read again -------------------------------------------------------------------------------

// What `verification_json` wrote, of the migrations of this project, to which it then refers.
// `path`: of the file, for errors: it is no such thing, or it speaks of files that are not there or
// have changed since.
Result<lint::Verification> read_verification(std::string_view json, const std::string& path,
                                             Project& project);

}  // namespace migguard::report
