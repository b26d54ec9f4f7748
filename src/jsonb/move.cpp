#include <jsonb/move.hpp>
#include <migguard/text.hpp>

#include <re2/re2.h>
#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace migguard::jsonb {
namespace {

// What a text must look like to become a value of the type without a change, and how it does.
struct Fit {
  std::string pattern;
  std::string value_type;                    // what the helper function returns
  std::string kinds = "'number', 'string'";  // of JSON values
};

std::optional<Fit> fit_of(std::string_view type) {
  static const RE2 numeric(R"(numeric\((\d{1,3})\s*,\s*(\d{1,3})\))");
  static const RE2 money_code(R"((?:char|varchar)\((\d{1,4})\))");
  unsigned precision = 0, scale = 0;
  const re2::StringPiece text(type.data(), type.size());
  if (RE2::FullMatch(text, numeric, &precision, &scale) && precision > scale) {
    const std::string whole = cat("^-?0*[0-9]{1,", precision - scale, "}");
    return Fit{scale == 0 ? cat(whole, "(\\.0*)?$") : cat(whole, "(\\.[0-9]{1,", scale, "}0*)?$"),
               "numeric"};
  }
  if (type == "numeric") return Fit{R"(^-?[0-9]+(\.[0-9]+)?$)", "numeric"};
  // Digits that any value of the type has room for.
  if (type == "bigint") return Fit{R"(^-?0*[0-9]{1,18}(\.0*)?$)", "numeric"};
  if (type == "integer") return Fit{R"(^-?0*[0-9]{1,9}(\.0*)?$)", "numeric"};
  if (type == "smallint") return Fit{R"(^-?0*[0-9]{1,4}(\.0*)?$)", "numeric"};
  if (type == "text" || type == "varchar") return Fit{"", "text"};
  if (type == "boolean") return Fit{"^(true|false)$", "boolean", "'boolean', 'string'"};
  if (type == "uuid")
    return Fit{"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$", "uuid", "'string'"};
  unsigned length = 0;
  if (RE2::FullMatch(text, money_code, &length))
    return Fit{length == 3 ? "^[A-Z]{3}$" : cat("^.{1,", length, "}$"), "text"};
  return std::nullopt;
}

// Names of one move, and the expressions that all its phases share.
struct Words {
  explicit Words(const Move& move)
      : table(qualified(move.place)),
        schema(quote_identifier(move.place.schema)),
        json(quote_identifier(move.place.column)),
        to(quote_identifier(move.to)),
        document(cat(json, move.place.cast ? "::jsonb" : "")),
        fit(fit_of(move.type).value_or(Fit{"^$", "text"})) {
    std::string steps;
    for (const std::string& each : move.key) {
      key_name += cat(key_name.empty() ? "" : "_", each);
      std::string quoted;
      for (const char c : each) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
      }
      steps += cat(steps.empty() ? "" : ",", "\"", quoted, "\"");
    }
    path = quote_literal(cat("{", steps, "}"));
    key_function = named(move, "key");
    value_function = named(move, "value");
    sync_function = named(move, "sync");
    backfill = named(move, "backfill");
    strip = named(move, "strip");
    rejects = named(move, "rejects");
    trigger = quote_identifier(object_name({move.place.table, move.to, "sync"}));
    constraint =
        quote_identifier(object_name({move.place.table, move.place.column, "no", key_name, "v1"}));
    // Neither operator takes an element of an array or a text for a key.
    holds = move.key.size() == 1
                ? cat(document, " -> ", quote_literal(move.key.front()), " IS NOT NULL")
                : cat(document, " #> ", path, " IS NOT NULL");
    holds_not =
        cat(holds.substr(0, holds.size() - std::string_view("IS NOT NULL").size()), "IS NULL");
    // Into a column of type json, PostgreSQL casts by itself.
    without = cat(document, " #- ", path);
    for (const std::string& each : move.primary_key)
      primary_key += cat(primary_key.empty() ? "" : ", ", quote_identifier(each));
    single_key = move.primary_key.size() == 1;
  }

  std::string named(const Move& move, std::string_view what) const {
    return cat(schema, ".",
               quote_identifier(object_name({move.place.table, move.to, std::string(what)})));
  }

  std::string table, schema, json, to, document;
  Fit fit;
  std::string key_name, path, key_function, value_function, sync_function, backfill, strip, rejects,
      trigger, constraint, holds, holds_not, without, primary_key;
  bool single_key = true;
};

// The value under the key of a row, or of none.
std::string value_of(const Words& words, std::string_view row) {
  return cat(words.key_function, "(", row, words.document, ")");
}

// A value that is there and is no JSON null.
std::string present(const Words& words, std::string_view row) {
  return cat("nullif(", value_of(words, row), ", 'null') IS NOT NULL");
}

// A procedure that goes through the table by its key, a batch a transaction.
std::string batches(const Words& words, const Move& move, const std::string& name,
                    const std::string& update) {
  std::string declared, from_list, upto_list, first_list, key_row;
  for (std::size_t i = 0; i < move.primary_key.size(); ++i) {
    const std::string column = quote_identifier(move.primary_key[i]);
    const std::string separator = i == 0 ? "" : ", ";
    declared += cat("  from_", i + 1, " ", words.table, ".", column, "%TYPE;\n  upto_", i + 1, " ",
                    words.table, ".", column, "%TYPE;\n");
    from_list += cat(separator, "from_", i + 1);
    upto_list += cat(separator, "upto_", i + 1);
    key_row += cat(separator, "t.", column);
  }
  const auto row = [&](const std::string& list) {
    return words.single_key ? list : cat("(", list, ")");
  };
  return cat("CREATE OR REPLACE PROCEDURE ", name,
             "(batch integer DEFAULT 5000)\n  LANGUAGE plpgsql\n"
             "  AS $procedure$\n#variable_conflict use_variable\nDECLARE\n",
             declared, "BEGIN\n  SELECT ", key_row, " INTO ", from_list, " FROM ", words.table,
             " AS t ORDER BY ", key_row, " LIMIT 1;\n  WHILE FOUND LOOP\n    SELECT ", key_row,
             " INTO ", upto_list, " FROM ", words.table, " AS t\n      WHERE ", row(key_row),
             " >= ", row(from_list), " ORDER BY ", key_row,
             " OFFSET batch LIMIT 1;\n    IF NOT FOUND THEN\n      ", update, "\n        AND ",
             row(key_row), " >= ", row(from_list),
             ";\n      COMMIT;\n      EXIT;\n    END IF;\n    ", update, "\n        AND ",
             row(key_row), " >= ", row(from_list), " AND ", row(key_row), " < ", row(upto_list),
             ";\n    COMMIT;\n    SELECT ", upto_list, " INTO ", from_list,
             ";\n  END LOOP;\nEND\n$procedure$");
}

// The value stands in its column, or is none.
std::string moved(const Words& words) {
  return cat("(NOT (", present(words, "t."), ") OR coalesce(t.", words.to, " = ",
             words.value_function, "(t.", words.document, "), false))");
}

// Fails unless every value stands in its column.
std::string proof(const Words& words, std::string_view otherwise) {
  const std::string value = cat(words.value_function, "(t.", words.document, ")");
  const std::string differ = cat("t.", words.to, " <> ", value);
  // `<> ` of a column without a value is unknown: only rows that have both are settled.
  const std::string hint =
      cat("Not fitting: mend what ", words.rejects,
          " shows. Without a value in the column: ", otherwise,
          ", but where code has cleared the column on purpose, remove the key, UPDATE ",
          words.table, " AS t SET ", words.json, " = ", words.without, " WHERE t.", words.to,
          " IS NULL AND (which rows). With another value in the column: where the column is right "
          "(code writes it already), UPDATE ",
          words.table, " AS t SET ", words.json, " = ", words.without, " WHERE ", differ,
          "; where the JSON is right, UPDATE ", words.table, " AS t SET ", words.to, " = ", value,
          " WHERE ", differ, ".");
  return cat(
      "DO $proof$\nDECLARE\n  misfits bigint;\n  missing bigint;\n  other bigint;\nBEGIN\n"
      "  SELECT count(*) FILTER (WHERE ",
      value, " IS NULL),\n      count(*) FILTER (WHERE ", value, " IS NOT NULL AND t.", words.to,
      " IS NULL),\n      count(*) FILTER (WHERE ", differ,
      ")\n    INTO misfits, missing, other FROM ", words.table, " AS t\n    WHERE NOT ",
      moved(words),
      ";\n  IF misfits + missing + other > 0 THEN\n"
      "    RAISE EXCEPTION 'the JSON of % rows holds a value that does not fit, of % one where the "
      "column has none, of % one other than the column', misfits, missing, other\n      USING "
      "HINT = ",
      quote_literal(hint), ";\n  END IF;\nEND\n$proof$");
}

// The functions, the trigger and the view that a move needs as long as it lasts.
std::vector<std::string> create_helpers(const Words& words) {
  std::vector<std::string> statements;
  statements.push_back(cat("CREATE FUNCTION ", words.key_function,
                           "(document jsonb) RETURNS jsonb\n  LANGUAGE sql IMMUTABLE PARALLEL "
                           "SAFE\n  AS $function$ SELECT $1 #> ",
                           words.path, " $function$"));
  statements.push_back(cat(
      "CREATE FUNCTION ", words.value_function, "(document jsonb) RETURNS ", words.fit.value_type,
      "\n  LANGUAGE sql IMMUTABLE PARALLEL SAFE\n  AS $function$\n  SELECT CASE WHEN ($1 #>> ",
      words.path, ") ~ ", quote_literal(words.fit.pattern),
      "\n    AND pg_catalog.jsonb_typeof($1 #> ", words.path, ") IN (", words.fit.kinds,
      ")\n    THEN ($1 #>> ", words.path, ")::", words.fit.value_type, " END\n$function$"));
  statements.push_back(
      cat("CREATE FUNCTION ", words.sync_function,
          "() RETURNS trigger\n  LANGUAGE plpgsql SET search_path = ''\n  AS $function$\nBEGIN\n"
          "  -- What code writes into the column itself is newer than what stays in the JSON.\n  "
          "IF (CASE TG_OP WHEN 'INSERT' THEN NEW.",
          words.to, " IS NULL ELSE ", value_of(words, "NEW."), " IS DISTINCT FROM ",
          value_of(words, "OLD."), " END)\n    AND ", present(words, "NEW."),
          " THEN\n    -- A value that does not fit leaves the column as it is.\n    NEW.", words.to,
          " := coalesce(", words.value_function, "(NEW.", words.document, "), NEW.", words.to,
          ");\n  ELSIF TG_OP = 'UPDATE' AND ", value_of(words, "NEW."),
          " = 'null' THEN\n"
          "    -- A JSON null where a value was clears the column.\n    IF ",
          present(words, "OLD."), " AND NEW.", words.to, " IS NOT DISTINCT FROM OLD.", words.to,
          " THEN\n      NEW.", words.to,
          " := NULL;\n    END IF;\n  END IF;\n  RETURN NEW;\nEND\n$function$"));
  statements.push_back(cat("CREATE TRIGGER ", words.trigger, "\n  BEFORE INSERT OR UPDATE OF ",
                           words.json, " ON ", words.table, "\n  FOR EACH ROW EXECUTE FUNCTION ",
                           words.sync_function, "()"));
  statements.push_back(
      cat("CREATE VIEW ", words.rejects, " AS\n  SELECT ", words.primary_key, ", ",
          value_of(words, ""), " AS value, ", words.to, " AS kept,\n    ", words.value_function,
          "(", words.document, ") IS NOT NULL AS fits\n  FROM ", words.table, "\n  WHERE ",
          present(words, ""), "\n    AND (", words.value_function, "(", words.document,
          ") IS NULL OR ", words.to, " <> ", words.value_function, "(", words.document, "))"));
  return statements;
}

std::string made_here(std::string_view rule) {
  return cat("-- migguard: ignore ", rule, ": made by the first migration of this move\n");
}

// Forward, the rules speak of a view and of functions that queries may call; backward, of values
// alone.
std::vector<std::string> drop_helpers(const Words& words, bool forward) {
  const auto remark = [&](std::string_view rule) { return forward ? made_here(rule) : ""; };
  return {cat(remark("drop-view"), "DROP VIEW ", words.rejects),
          cat("DROP TRIGGER ", words.trigger, " ON ", words.table),
          cat("DROP FUNCTION ", words.sync_function, "()"),
          cat(remark("drop-function"), "DROP FUNCTION ", words.value_function, "(jsonb)"),
          cat(remark("drop-function"), "DROP FUNCTION ", words.key_function, "(jsonb)")};
}

constexpr const char* wait_for_lock = "SET LOCAL lock_timeout = '5s'";

void append(std::vector<std::string>& statements, std::vector<std::string> more) {
  for (std::string& each : more) statements.push_back(std::move(each));
}

Phase expand(const Words& words, const Move& move) {
  Phase phase{"expand",
              "a migration: the column, a trigger that fills it from now on, and a view of the "
              "values that would not fit or differ from the column",
              {wait_for_lock},
              {wait_for_lock}};
  if (!move.to_exists) {
    phase.statements.push_back(
        cat("ALTER TABLE ", words.table, " ADD COLUMN ", words.to, " ", move.type));
    phase.undo.push_back(cat("DO $proof$\nBEGIN\n  IF EXISTS (SELECT 1 FROM ", words.table,
                             " AS t WHERE t.", words.to, " IS NOT NULL\n    AND t.", words.to,
                             " IS DISTINCT FROM ", words.value_function, "(t.", words.document,
                             ")) THEN\n    RAISE EXCEPTION 'the column holds values that "
                             "the JSON lacks';\n  END IF;\nEND\n$proof$"));
  } else {
    phase.summary += ". What stands in the column already wins over the JSON";
  }
  append(phase.statements, create_helpers(words));
  append(phase.undo, drop_helpers(words, false));
  if (!move.to_exists)
    phase.undo.push_back(
        cat("-- migguard: ignore rollback-destructive: the JSON holds the values, as proven above\n"
            "ALTER TABLE ",
            words.table, " DROP COLUMN ", words.to));
  return phase;
}

Phase backfill(const Words& words, const Move& move) {
  const std::string update =
      cat("UPDATE ", words.table, " AS t SET ", words.to, " = ", words.value_function, "(t.",
          words.document, ")\n      WHERE t.", words.to, " IS NULL AND ", words.value_function,
          "(t.", words.document, ") IS NOT NULL");
  return {"backfill",
          "a script for psql, which commits each batch: fills the column, then proves it. Values "
          "that would not fit stand in the view of rejects: mend them first",
          {cat("DO $rejects$\nBEGIN\n  IF EXISTS (SELECT 1 FROM ", words.rejects,
               " WHERE NOT fits) THEN\n    RAISE EXCEPTION 'some values would not fit: see ",
               words.rejects, "';\n  END IF;\nEND\n$rejects$"),
           batches(words, move, words.backfill, update), cat("CALL ", words.backfill, "()"),
           cat("DROP PROCEDURE ", words.backfill), proof(words, "run this once more")}};
}

Phase strip(const Words& words, const Move& move) {
  const std::string update =
      cat("UPDATE ", words.table, " AS t SET ", words.json, " = ", words.without, "\n      WHERE ",
          words.holds, "\n        AND ", moved(words));
  return {
      "strip",
      "a script for psql, once no code reads or writes the key: removes it in batches, where "
      "its value is proven to be in the column. Code that writes the column should drop the key "
      "from the JSON in the same statement",
      {proof(words, "run the backfill"), batches(words, move, words.strip, update),
       cat("CALL ", words.strip, "()"), cat("DROP PROCEDURE ", words.strip)}};
}

Phase contract(const Words& words) {
  Phase phase{
      "contract",
      "a migration: refuses the key from now on. A row that holds it still cannot be updated until "
      "strip.sql, which can run again, has removed it",
      {wait_for_lock,
       cat("DO $proof$\nBEGIN\n  IF EXISTS (SELECT 1 FROM ", words.table, " AS t WHERE ",
           value_of(words, "t."),
           " IS NOT NULL) THEN\n    RAISE EXCEPTION 'rows still hold the key: run the "
           "scripts backfill and strip first';\n  END IF;\nEND\n$proof$"),
       cat("ALTER TABLE ", words.table, " ADD CONSTRAINT ", words.constraint, "\n  CHECK (",
           words.holds_not, ") NOT VALID")},
      {wait_for_lock, cat("ALTER TABLE ", words.table, " DROP CONSTRAINT ", words.constraint)}};
  return phase;
}

// The helpers stay until no row holds the key: one that was written while the contract began is
// stripped with their help.
Phase validate(const Words& words) {
  Phase phase{
      "validate",
      "a migration of its own: proves that no row holds the key (reads the table, and blocks "
      "nobody), then takes the helpers away. Where it fails, strip.sql comes first",
      {wait_for_lock, cat("ALTER TABLE ", words.table, " VALIDATE CONSTRAINT ", words.constraint)},
      {wait_for_lock}};
  append(phase.statements, drop_helpers(words, true));
  append(phase.undo, create_helpers(words));
  return phase;
}

}  // namespace

bool can_move_to(std::string_view type) { return fit_of(type).has_value(); }

std::string type_spelling(std::string_view type) {
  static const RE2 parts(R"(\s*([^(]*?)\s*(\(.*\))?\s*)");
  std::string name, modifiers;
  if (!RE2::FullMatch(re2::StringPiece(type.data(), type.size()), parts, &name, &modifiers))
    return std::string(type);
  constexpr std::array<std::pair<std::string_view, std::string_view>, 11> names{
      {{"decimal", "numeric"},
       {"int", "integer"},
       {"int4", "integer"},
       {"int8", "bigint"},
       {"int2", "smallint"},
       {"bool", "boolean"},
       {"bpchar", "char"},
       {"character", "char"},
       {"character varying", "varchar"},
       {"dec", "numeric"},
       {"char", "char"}}};
  std::erase(modifiers, ' ');
  const auto known = std::find_if(names.begin(), names.end(),
                                  [&](const auto& each) { return each.first == name; });
  if (known != names.end()) name = known->second;
  // PostgreSQL takes numeric(12) for numeric(12,0), and char for char(1).
  if (name == "numeric" && !modifiers.empty() && modifiers.find(',') == std::string::npos)
    modifiers.insert(modifiers.size() - 1, ",0");
  if (name == "char" && modifiers.empty()) modifiers = "(1)";
  return name + modifiers;
}

MovePlan move_sql(const Move& move) {
  const Words words(move);
  return {expand(words, move), backfill(words, move), strip(words, move), contract(words),
          validate(words)};
}

MoveMarks marks_of(const Move& move) {
  const Words words(move);
  return {object_name({move.place.table, move.to, "sync"}),
          object_name({move.place.table, move.to, "key"}),
          words.path,
          object_name({move.place.table, move.to, "sync"}),
          cat("(NEW.", words.document, ")"),
          object_name({move.place.table, move.place.column, "no", words.key_name, "v1"})};
}

}  // namespace migguard::jsonb
