// The JSONB guard: whether a JSON key holds money, and what a rule says about one that does.
#pragma once

#include <cstdint>
#include <migguard/jsonb_settings.hpp>
#include <migguard/op.hpp>
#include <migguard/project.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migguard {

class Context;

namespace jsonb {

// How sure it is. Findings: high is an error, medium a warning, low a note.
enum class Level : std::uint8_t { none, low, medium, high };
std::string_view to_string(Level level);  // `none`, `low`, `medium`, `high`

enum class Class : std::uint8_t { none, amount, rate, currency, business };
std::string_view to_string(Class kind);  // `none`, `amount`, `rate`, `currency`, `business`

// What is known of the value under a key. `unknown` kind: nothing.
struct ValueFacts {
  JsonValueKind kind = JsonValueKind::unknown;
  std::string_view text = {};                      // of a scalar, decoded; numbers as written
  JsonValueKind element = JsonValueKind::unknown;  // of an array: the kind of its first element
  bool money_shape = false;       // an object that holds an amount beside its currency
  bool sibling_currency = false;  // the object around the key holds a currency
  bool numeric_use = false;       // the SQL calculates with it
};

struct Classification {
  Level level = Level::none;
  Class kind = Class::none;
  std::vector<std::string> evidence;  // `head=price`, `value=numeric`, `parent=pricing`
  std::string suggestion;  // a type for a column of its own: `numeric(12,2)`; empty for level none

  bool monetary() const { return level >= Level::medium && kind != Class::business; }
};

// Whether a key holds money. Pure: same arguments, same answer. `key` is decoded; `path` is the
// full path in the notation of findings (`pricing.items[0].price`) or empty where the key stands at
// the top or its parents are not known. Knows the packs `money`, `currency` and, for level `low`
// class `business` keys, `business`.
Classification classify(std::string_view key, std::string_view path, const ValueFacts& value = {});

// Words of a key: `priceUSD` is price, usd. Lower case, accents folded.
std::vector<std::string> tokenize(std::string_view key);

// The member names and indexes of a path, outermost first; indexes as `[0]`, `[*]`.
std::vector<std::string> split_path(std::string_view path);

// How closely a JSON column is guarded by its name alone. guarded: metadata and the like; lower:
// one level lower (settings, payload); exempt: audit images and raw copies; unlisted: none of
// these.
enum class ColumnTier : std::uint8_t { unlisted, exempt, lower, guarded };
ColumnTier column_tier(std::string_view column);
// The same under a configuration. `table` may be empty. A listed name is plain (`metadata`), a glob
// (`*_meta`), or has its table in front (`audit_logs.old_values`).
ColumnTier column_tier(std::string_view table, std::string_view column,
                       const JsonbSettings& settings);

// What the configuration's allow and deny lists say of a path below a column (`quotes.metadata`,
// `pricing.total`).
enum class Listed : std::uint8_t { no, allowed, denied };
Listed listed(std::string_view column, std::string_view path, std::string_view key,
              const JsonbSettings& settings);

// A JSON column whose own name is money (`pricing jsonb`). Nothing where it is not, and where the
// name's tier or the configuration says how closely it is guarded.
std::optional<Classification> money_column(std::string_view table, std::string_view column,
                                           const JsonbSettings& settings);

// `classify` under a configuration: its allow and deny lists come first, its packs last. `column`
// as `quotes.metadata`, or empty where it is not known; its tier is not weighed. Class `business`
// is level medium where its pack is on and nothing where it is off.
Classification classify_listed(std::string_view column, std::string_view key, std::string_view path,
                               const ValueFacts& value, const JsonbSettings& settings);

// The configuration's level by name; medium where it is none of ours.
Level level_named(std::string_view name);

}  // namespace jsonb

// A key of an operation as a rule reports it: which column, how sure, and what to do instead.
struct JsonVerdict {
  std::string column;  // `quotes.metadata`, `app.quotes.metadata`; `?.metadata` where the table is
                       // not known
  std::string path;
  std::string key;
  jsonb::Level confidence = jsonb::Level::none;
  jsonb::Class kind = jsonb::Class::none;
  bool money_shape = false;
  std::vector<std::string> evidence;
  std::string
      suggestion;  // the type for a column of its own, or a remedy in words for arrays of items
  std::string
      typed_column;  // an existing typed column of the same table for the same fact, or empty
  Name table;        // views into the operation or the schema
  std::uint16_t document = 0;  // of a statement's keys, those with the same number are written to
                               // one row, or read by one query
};

// An amount or a rate: neither a currency nor of the pack `business`.
inline bool is_money(const JsonVerdict& verdict) {
  return verdict.kind == jsonb::Class::amount || verdict.kind == jsonb::Class::rate;
}

// What the guard has to say about a key: nothing, one verdict, or one for each column of a row
// turned to JSON. Columns are resolved through the schema; keys of columns that are not guarded,
// remedies, and keys already reported by an earlier operation of the statement yield nothing.
// Confidence may be low.
std::vector<JsonVerdict> judge(const Context& ctx, const JsonKey& key);

// What is to be said of a Money-shaped object, whatever its key is called: its column, if that is
// guarded.
std::vector<JsonVerdict> judge_shape(const Context& ctx, const JsonKey& key);

// The guarded column into which the operation writes keys that the file does not tell, because the
// statement works them out. `path` ends in `?`; confidence is low.
std::optional<JsonVerdict> judge_unreadable(const Context& ctx, const JsonKey& key);

// What the guard has to say about the rows that follow COPY ... FROM STDIN.
struct CopiedKey {
  JsonVerdict verdict;
  Span span;  // of the key in the file
};
std::vector<CopiedKey> judge(const Context& ctx, const Copy& copy);

// What the guard has to say about the types and defaults that schema sources (Prisma's models,
// Drizzle's tables) give to JSON columns. `path` is `*` where the column's own name is money, and
// ends in `?` where its type is one that the sources do not tell. Rules ask Context::declared().
struct DeclaredVerdict {
  const SourceFile* source = nullptr;
  Span span;  // of the key
  JsonVerdict verdict;
  bool of_key() const { return !verdict.key.empty() && verdict.path != "*"; }
};
std::vector<DeclaredVerdict> judge_declared(const Context& ctx, const Project& project);

// Reports a verdict, with severity by confidence and everything programs want to know. `message`
// says what happens to the reader's data, `why` the reason.
void report_json(Context& ctx, const JsonVerdict& verdict, Span span, JsonAccess access,
                 std::string message, std::string why);
// The same, in a file that is no migration.
void report_json(Context& ctx, const SourceFile& source, const JsonVerdict& verdict, Span span,
                 JsonAccess access, std::string message, std::string why);

// A json, jsonb or hstore type, or a domain over one, by the schema.
bool is_json_type(const Context& ctx, const TypeName& type);

}  // namespace migguard
