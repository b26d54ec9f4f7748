// The datasource of a Prisma schema: which database `prisma migrate` believes it talks to.
#pragma once

#include <migguard/text.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace migguard::project {

struct PrismaDatasource {
  std::optional<std::string> provider;  // none where it is no plain string, such as env("...")
  Span provider_span;                   // of the value, else of the keyword `datasource`
};

// The first `datasource` block of a schema's text; none where there is no such block.
std::optional<PrismaDatasource> find_datasource(std::string_view text);

}  // namespace migguard::project
