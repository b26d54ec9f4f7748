// Keys that schema sources declare for JSON columns, before anybody judges them.
#pragma once

#include <migguard/jsonb.hpp>
#include <migguard/project.hpp>
#include <string>
#include <vector>

namespace migguard::jsonb {

struct Declared {
  const SourceFile* source = nullptr;
  Span span;           // of the key
  std::string table;   // as the database calls it: `quotes`, `app.quotes`
  std::string column;  // the same: `meta_data`
  std::string path;
  std::string key;
  ValueFacts facts;
  std::string untold = {};  // the name of a type that the sources do not hold; then no key
};

// What Prisma's models declare: types in comments (`/// ![{ price: number }]`) and defaults.
void declared_in_prisma(const Project& project, const SourceFile& source,
                        std::vector<Declared>& out);

// What Drizzle's tables declare: `.$type<T>()`, whether written there, named or imported, and
// defaults.
void declared_in_drizzle(const Project& project, const SourceFile& source,
                         std::vector<Declared>& out);

// The keys of a type written in a comment, whose text begins at `offset` of the source.
void declared_in_type(const Project& project, const SourceFile& source, std::string_view type,
                      std::uint32_t offset, const Declared& column, std::vector<Declared>& out);

}  // namespace migguard::jsonb
