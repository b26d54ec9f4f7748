// A default that differs from row to row: adding the column writes every row.
#include <algorithm>
#include <iterator>

#include "rewriting_column.hpp"

namespace migguard::rules {
namespace {

// Called by PostgreSQL once per row.
constexpr std::string_view volatile_functions[] = {
    "clock_timestamp",  "currval",          "gen_random_bytes", "gen_random_uuid",
    "gen_salt",         "gen_ulid",         "lastval",          "nanoid",
    "nextval",          "pg_sleep",         "random",           "random_normal",
    "setval",           "timeofday",        "uuid_generate_v1", "uuid_generate_v1mc",
    "uuid_generate_v4", "uuid_generate_v7", "uuidv4",           "uuidv7"};
// Other built-in functions that stand in defaults: evaluated once for all rows.
constexpr std::string_view steady_functions[] = {"abs",
                                                 "age",
                                                 "array",
                                                 "array_append",
                                                 "array_cat",
                                                 "array_fill",
                                                 "array_prepend",
                                                 "array_to_json",
                                                 "array_to_string",
                                                 "bit_length",
                                                 "btrim",
                                                 "ceil",
                                                 "ceiling",
                                                 "char_length",
                                                 "chr",
                                                 "coalesce",
                                                 "concat",
                                                 "concat_ws",
                                                 "convert_from",
                                                 "convert_to",
                                                 "cube",
                                                 "current_catalog",
                                                 "current_database",
                                                 "current_date",
                                                 "current_query",
                                                 "current_role",
                                                 "current_schema",
                                                 "current_schemas",
                                                 "current_setting",
                                                 "current_time",
                                                 "current_timestamp",
                                                 "current_user",
                                                 "date",
                                                 "date_bin",
                                                 "date_part",
                                                 "date_trunc",
                                                 "daterange",
                                                 "decode",
                                                 "digest",
                                                 "div",
                                                 "encode",
                                                 "exp",
                                                 "extract",
                                                 "floor",
                                                 "format",
                                                 "gcd",
                                                 "greatest",
                                                 "hashtext",
                                                 "hmac",
                                                 "hstore",
                                                 "inet_client_addr",
                                                 "inet_server_addr",
                                                 "initcap",
                                                 "int4range",
                                                 "int8range",
                                                 "json_array",
                                                 "json_build_array",
                                                 "json_build_object",
                                                 "json_object",
                                                 "jsonb_array",
                                                 "jsonb_build_array",
                                                 "jsonb_build_object",
                                                 "jsonb_object",
                                                 "jsonb_set",
                                                 "justify_days",
                                                 "justify_hours",
                                                 "justify_interval",
                                                 "lcm",
                                                 "least",
                                                 "left",
                                                 "length",
                                                 "ln",
                                                 "localtime",
                                                 "localtimestamp",
                                                 "log",
                                                 "lower",
                                                 "lpad",
                                                 "ltrim",
                                                 "make_date",
                                                 "make_interval",
                                                 "make_time",
                                                 "make_timestamp",
                                                 "make_timestamptz",
                                                 "md5",
                                                 "mod",
                                                 "now",
                                                 "nullif",
                                                 "numrange",
                                                 "octet_length",
                                                 "overlay",
                                                 "pg_current_xact_id",
                                                 "pg_backend_pid",
                                                 "pi",
                                                 "point",
                                                 "polygon",
                                                 "position",
                                                 "power",
                                                 "quote_ident",
                                                 "quote_literal",
                                                 "regexp_replace",
                                                 "repeat",
                                                 "replace",
                                                 "reverse",
                                                 "right",
                                                 "round",
                                                 "row",
                                                 "rpad",
                                                 "rtrim",
                                                 "session_user",
                                                 "set_bit",
                                                 "sha224",
                                                 "sha256",
                                                 "sha384",
                                                 "sha512",
                                                 "sign",
                                                 "similar_to_escape",
                                                 "split_part",
                                                 "sqrt",
                                                 "statement_timestamp",
                                                 "string_to_array",
                                                 "strpos",
                                                 "substr",
                                                 "substring",
                                                 "system_user",
                                                 "timestamp",
                                                 "timestamptz",
                                                 "timezone",
                                                 "to_char",
                                                 "to_date",
                                                 "to_hex",
                                                 "to_json",
                                                 "to_jsonb",
                                                 "to_number",
                                                 "to_timestamp",
                                                 "to_tsquery",
                                                 "to_tsvector",
                                                 "transaction_timestamp",
                                                 "translate",
                                                 "trim",
                                                 "trunc",
                                                 "tsrange",
                                                 "tstzrange",
                                                 "tsvector_concat",
                                                 "txid_current",
                                                 "upper",
                                                 "user",
                                                 "uuid_nil",
                                                 "version",
                                                 "width_bucket",
                                                 "xmlconcat"};

template <std::size_t Count>
bool listed(const std::string_view (&names)[Count], std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

bool part_of_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Whether a function is replaced by its body, which calls nothing that is volatile: PostgreSQL
// inlines a SQL function that is one SELECT of an expression, whatever it is declared
// (inline_function in src/backend/optimizer/util/clauses.c; measured for a constant).
bool inlined(const Function& function) {
  if (function.language != "sql") return false;
  std::string body(function.body);
  for (char& c : body)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  if (!matches(body, R"(\s*select\s[^;]*;?\s*)") || matches(body, R"((?s).*\sfrom\s.*)"))
    return false;
  for (std::size_t at = body.find('('); at != std::string::npos; at = body.find('(', at + 1)) {
    std::size_t end = at;
    while (end > 0 && body[end - 1] == ' ') --end;
    std::size_t begin = end;
    while (begin > 0 && part_of_name(body[begin - 1])) --begin;
    const std::string_view name = std::string_view(body).substr(begin, end - begin);
    if (!name.empty() && name != "select" && !listed(steady_functions, name)) return false;
  }
  return true;
}

// The first call that may give each row another value, or null.
const FunctionCall* volatile_call(const Context& ctx, const Expression& expression) {
  for (const FunctionCall& call : expression.functions) {
    if (const Function* known = ctx.schema().function(call.name).known()) {
      if (known->volatility == Volatility::volatile_ && !inlined(*known)) return &call;
      continue;
    }
    const bool built_in = call.name.schema.empty() || call.name.schema == "pg_catalog" ||
                          call.name.schema == "extensions" || call.name.schema == "public";
    if (built_in && listed(steady_functions, call.name.name)) continue;
    if (call.name.schema == "pg_catalog" && !listed(volatile_functions, call.name.name)) continue;
    return &call;
  }
  return nullptr;
}

// The default of a domain, as the history last set it; null where it has none.
const Expression* domain_default(const Context& ctx, const Type& domain) {
  const Expression* found = nullptr;
  for (const Migration& migration : ctx.history().migrations) {
    for (const Statement& statement : migration.script.statements) {
      if (&statement == &ctx.statement()) return found;
      for (const Op& op : statement.ops) {
        const auto* made = std::get_if<CreateDomain>(&op);
        if (made && made->domain.name == domain.name) found = &made->default_value;
        const auto* set = std::get_if<AlterDomain>(&op);
        if (set && set->domain.name == domain.name && set->action == "set_default")
          found = &*set->default_value;
      }
    }
  }
  return found;
}

void check(Context& ctx, const AddColumn& op) {
  const ColumnDefinition& column = op.column;
  if (column.serial || column.identity != Identity::none || column.generated != Generated::none)
    return;
  const Expression* value = &*column.default_value;
  if (!*value) {
    const Type* type = ctx.schema().type(column.type.name).known();
    const bool hidden = type && type->kind == TypeKind::domain && type->default_value;
    value = hidden ? domain_default(ctx, *type) : nullptr;
  }
  if (!value || value->functions.empty()) return;
  if (already_there(ctx, op) || ctx.is_new_or_temporary(op.table)) return;
  const FunctionCall* call = volatile_call(ctx, *value);
  if (!call) return;
  const std::string table = to_string(op.table);
  const std::string name = quote_identifier(column.name);
  const bool unknown =
      !ctx.schema().function(call->name).known() && !listed(volatile_functions, call->name.name);
  report_rewriting_column(ctx, op)
      .because(cat(to_string(call->name),
                   unknown
                       ? "() may give each row a value of its own (functions are VOLATILE unless "
                         "declared otherwise), so the column cannot be added in the catalog alone"
                       : "() gives each row a value of its own, so the column cannot be added in "
                         "the catalog alone"))
      .try_(cat("add the column without a default, set the default for new rows, and fill the "
                "old ones in batches:\nALTER TABLE ",
                table, " ADD COLUMN ", name, " ", column.type.text, ";\nALTER TABLE ", table,
                " ALTER COLUMN ", name, " SET DEFAULT ",
                value->text.empty() ? std::string("...") : std::string(value->text),
                ";\n-- then in batches, each in a transaction of its own\nUPDATE ", table, " SET ",
                name, " = DEFAULT WHERE ", name, " IS NULL AND ...;", closed_when_full(op)));
}

constexpr Example bad[] = {
    {"ALTER TABLE users ADD COLUMN public_id uuid DEFAULT gen_random_uuid();"},
    {"ALTER TABLE users ADD COLUMN token text DEFAULT md5(random()::text);"},
    {"ALTER TABLE users ADD COLUMN code text DEFAULT app.make_code();"},
    {"ALTER TABLE users ADD COLUMN n bigint DEFAULT nextval('numbers');"},
    {.sql = "ALTER TABLE users ADD COLUMN chance probability;",
     .before = "CREATE DOMAIN probability AS float DEFAULT random();"}};
constexpr Example good[] = {
    {"ALTER TABLE users ADD COLUMN seen timestamptz NOT NULL DEFAULT now();"},
    {"ALTER TABLE users ADD COLUMN day date DEFAULT CURRENT_DATE;"},
    {"CREATE FUNCTION code() RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT 'x' $$; ALTER TABLE "
     "users ADD COLUMN c text DEFAULT code();"},
    {"CREATE FUNCTION code() RETURNS text LANGUAGE sql AS $$ SELECT 'x' $$; ALTER TABLE users ADD "
     "COLUMN c text DEFAULT code();"},
    {"ALTER TABLE users ALTER COLUMN public_id SET DEFAULT gen_random_uuid();"},
    {"CREATE TABLE a (id int); ALTER TABLE a ADD COLUMN ref uuid DEFAULT gen_random_uuid();"},
    {"ALTER TABLE users ADD COLUMN prefs jsonb DEFAULT jsonb_build_object('a', -1);"}};

}  // namespace

extern constexpr Rule add_column_volatile_default{
    .severity = Severity::error,
    .grows_with_table = true,
    .summary = "A volatile default makes ADD COLUMN rewrite the table",
    .why =
        "A constant or STABLE default (now(), CURRENT_DATE) is evaluated once and kept in the "
        "catalog. A VOLATILE one (random(), gen_random_uuid(), clock_timestamp(), nextval()) must "
        "be evaluated for each row: table and indexes are written anew under ACCESS EXCLUSIVE "
        "(measured).",
    .instead =
        "ALTER TABLE users ADD COLUMN public_id uuid;\nALTER TABLE users ALTER COLUMN public_id "
        "SET DEFAULT gen_random_uuid();\n-- then in batches\nUPDATE users SET public_id = DEFAULT "
        "WHERE public_id IS NULL AND id BETWEEN 1 AND 10000;",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
