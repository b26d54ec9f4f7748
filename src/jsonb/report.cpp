// One finding of the JSONB guard: severity by confidence, what programs want to know, and SQL to
// paste.
#include <migguard/jsonb.hpp>
#include <migguard/rule.hpp>
#include <string>
#include <string_view>

namespace migguard {
namespace {

std::string_view access_name(JsonAccess access) {
  switch (access) {
    case JsonAccess::write:
      return "write";
    case JsonAccess::read:
      return "read";
    case JsonAccess::define:
      return "define";
  }
  return "write";
}

// unitPrice: unit_price
std::string column_name(std::string_view key) {
  std::string out;
  for (const std::string& token : jsonb::tokenize(key)) {
    if (!out.empty()) out += '_';
    out += token;
  }
  return out.empty() ? "value" : out;
}

std::string help(const JsonVerdict& verdict, JsonAccess access) {
  const bool reading = access != JsonAccess::write;
  if (!verdict.typed_column.empty()) {
    return cat(reading ? "read " : "write it to ", "the typed column ", verdict.typed_column,
               " instead");
  }
  if (verdict.path.find('[') != std::string::npos) {
    return cat("keep the items in a table of their own, a row each, with this in columns:\n",
               quote_identifier(column_name(verdict.key)), " ", verdict.suggestion);
  }
  if (verdict.path == "*") {
    if (verdict.table.name.empty())
      return cat("keep each amount in a typed column of its own: ", verdict.suggestion);
    const std::string first =
        cat(column_name(verdict.key),
            verdict.key.find("mount") == std::string::npos ? "_amount" : "_value");
    return cat("keep each amount in a typed column of its own:\nALTER TABLE ",
               to_string(verdict.table), " ADD COLUMN ", quote_identifier(first), " ",
               verdict.suggestion, ";");
  }
  if (verdict.table.name.empty()) {
    return cat("give it a column of its own of type ", verdict.suggestion);
  }
  const std::string name = quote_identifier(column_name(verdict.key));
  // An amount with its currency needs two.
  constexpr std::string_view both = " and ";
  if (const std::size_t at = verdict.suggestion.find(both); at != std::string::npos) {
    return cat("give the amount and its currency columns of their own:\nALTER TABLE ",
               to_string(verdict.table), " ADD COLUMN ", name, " ",
               verdict.suggestion.substr(0, at), ", ADD COLUMN ",
               quote_identifier(cat(column_name(verdict.key), "_currency")), " ",
               verdict.suggestion.substr(at + both.size()), ";");
  }
  std::string sql =
      cat("ALTER TABLE ", to_string(verdict.table), " ADD COLUMN ", name, " ", verdict.suggestion);
  if (verdict.kind == jsonb::Class::currency) sql += cat(" CHECK (", name, " ~ '^[A-Z]{3}$')");
  sql += ";";
  if (verdict.suggestion.starts_with("numeric("))
    sql += "  -- with as many decimals as the values have";
  return cat("give it a column of its own:\n", sql);
}

// The object that a key stands in: the path without its last member.
std::string_view object_of(const JsonVerdict& verdict) {
  const std::string_view path = verdict.path;
  if (path.ends_with(verdict.key)) {
    const std::string_view object = path.substr(0, path.size() - verdict.key.size());
    if (object.empty() || object.ends_with('.')) return object;
  }
  return path.substr(0, path.rfind('['));
}

Finding& report_key(Context& ctx, const SourceFile& source, const JsonVerdict& verdict, Span span,
                    JsonAccess access, std::string message, std::string why) {
  Severity severity = Severity::note;
  if (verdict.confidence == jsonb::Level::high) severity = Severity::error;
  if (verdict.confidence == jsonb::Level::medium) severity = Severity::warning;
  if (verdict.kind == jsonb::Class::currency && severity == Severity::error)
    severity = Severity::warning;
  if (verdict.confidence < jsonb::level_named(ctx.jsonb().min_confidence))
    severity = Severity::note;
  std::string evidence;
  for (const std::string& each : verdict.evidence) {
    if (!evidence.empty()) evidence += ", ";
    evidence += each;
  }
  Finding& finding = ctx.report(source, span, std::move(message))
                         .because(std::move(why))
                         .try_(help(verdict, access))
                         .as(severity)
                         .with("column", verdict.column)
                         .with("path", verdict.path)
                         .with("access", std::string(access_name(access)))
                         .with("confidence", std::string(jsonb::to_string(verdict.confidence)))
                         .with("class", std::string(jsonb::to_string(verdict.kind)))
                         .with("evidence", std::move(evidence));
  return finding.with("suggestion",
                      verdict.typed_column.empty() ? verdict.suggestion : verdict.typed_column);
}

}  // namespace

void report_json(Context& ctx, const JsonVerdict& verdict, Span span, JsonAccess access,
                 std::string message, std::string why) {
  // The keys that one statement puts into one object, or takes out of it, are one thing to mend.
  report_key(ctx, *ctx.migration().source, verdict, span, access, std::move(message),
             std::move(why))
      .under(cat(ctx.statement().span.begin, " ", verdict.document, " ", verdict.column, " ",
                 object_of(verdict)))
      .with("item", verdict.path);
}

void report_json(Context& ctx, const SourceFile& source, const JsonVerdict& verdict, Span span,
                 JsonAccess access, std::string message, std::string why) {
  report_key(ctx, source, verdict, span, access, std::move(message), std::move(why))
      .under(cat(verdict.column, " ", object_of(verdict)))
      .with("item", verdict.path);
}

}  // namespace migguard
