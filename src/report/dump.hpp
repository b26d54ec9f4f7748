// What migguard understood, as JSON: operations with their fields, and the schema that a history
// leaves behind. Unstable but for the fields named in the documentation.
#pragma once

#include <migguard/op.hpp>
#include <migguard/project.hpp>
#include <migguard/schema.hpp>
#include <report/json_writer.hpp>
#include <schema/catalog.hpp>

namespace migguard::report {

// `{"line": 1, "column": 1, "end_line": 1, "end_column": 22}`
void write_span(JsonWriter& out, const SourceFile& source, Span span);

// One operation: its kind, its place, and every field that `fields()` lists. `span` is its exact
// place.
void write_operation(JsonWriter& out, const Op& op, const SourceFile& source, Span span);

// The schemas, types, functions and relations of a catalog.
void write_schema(JsonWriter& out, const schema::Catalog& schema);

}  // namespace migguard::report
