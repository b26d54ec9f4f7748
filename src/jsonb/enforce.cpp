#include <jsonb/enforce.hpp>
#include <migguard/text.hpp>

#include <algorithm>

namespace migguard::jsonb {
namespace {

// A member of a jsonpath: ."price". Its strings are those of JavaScript.
std::string path_member(std::string_view key) {
  constexpr char hex[] = "0123456789abcdef";
  std::string out = ".\"";
  for (const char c : key) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += "\\u00";
      out += hex[static_cast<unsigned char>(c) >> 4];
      out += hex[static_cast<unsigned char>(c) & 15];
    } else {
      out += c;
    }
  }
  return out + '"';
}

// Finds an object at any depth that has one of the keys, or leads to one.
std::string any_depth(const std::vector<KeyPath>& keys) {
  std::string conditions;
  for (const KeyPath& key : keys) {
    std::string members;
    for (const std::string& step : key) members += path_member(step);
    conditions += cat(conditions.empty() ? "" : " || ", "exists(@", members, ")");
  }
  return cat("strict $.** ? (@.type() == \"object\" && (", conditions, "))");
}

std::string document(const ColumnPlace& place, std::string_view before) {
  return cat(before, quote_identifier(place.column), place.cast ? "::jsonb" : "");
}

// Whether the document itself has one of the keys. `?|` asks for all names at once.
std::string at_the_top(const std::string& document, const std::vector<KeyPath>& keys) {
  std::string names, paths;
  for (const KeyPath& key : keys) {
    if (key.size() == 1) {
      names += cat(names.empty() ? "" : ", ", quote_literal(key.front()));
      continue;
    }
    std::string steps;
    for (const std::string& step : key)
      steps += cat(steps.empty() ? "" : ", ", quote_literal(step));
    paths += cat(paths.empty() ? "" : " OR ", document, " #> ARRAY[", steps, "] IS NOT NULL");
  }
  std::string any = names.empty() ? std::string() : cat(document, " ?| ARRAY[", names, "]");
  if (paths.empty()) return any;
  return any.empty() ? cat("(", paths, ")") : cat("(", any, " OR ", paths, ")");
}

std::vector<Phase> check_phases(const ColumnPlace& place, const std::string& name,
                                const std::string& condition, std::string_view summary) {
  const std::string table = qualified(place);
  return {{"guard",
           std::string(summary),
           {cat("ALTER TABLE ", table, " ADD CONSTRAINT ", name, "\n  CHECK (", condition,
                ") NOT VALID")},
           {cat("ALTER TABLE ", table, " DROP CONSTRAINT ", name)}},
          {"validate",
           "in a migration of its own, once no row holds such a key: reads the table, and blocks "
           "nobody",
           {cat("ALTER TABLE ", table, " VALIDATE CONSTRAINT ", name)}}};
}

std::string in_schema(const ColumnPlace& place, const std::string& name) {
  return cat(quote_identifier(place.schema), ".", quote_identifier(name));
}

std::string replaced_here(std::string_view rule) {
  return cat("-- migguard: ignore ", rule, ": replaced above\n");
}

// `with_check`: a constraint has taken the place of the one that goes.
std::vector<std::string> drop_earlier(const ColumnPlace& place, const EarlierGuard& earlier,
                                      bool with_check) {
  const std::string_view if_exists = earlier.certain ? "" : "IF EXISTS ";
  const std::string trigger = guard_trigger_name(place, earlier.revision);
  std::vector<std::string> statements;
  if (earlier.constraint)
    statements.push_back(cat(earlier.certain && with_check ? "" : replaced_here("drop-constraint"),
                             "ALTER TABLE ", qualified(place), " DROP CONSTRAINT ", if_exists,
                             quote_identifier(guard_constraint_name(place, earlier.revision))));
  if (earlier.trigger) {
    statements.push_back(
        cat("DROP TRIGGER ", if_exists, quote_identifier(trigger), " ON ", qualified(place)));
    // Where it is known to return a trigger, nothing but the trigger can have called it.
    statements.push_back(cat(earlier.certain ? "" : replaced_here("drop-function"),
                             "DROP FUNCTION ", if_exists, in_schema(place, trigger), "()"));
  }
  if (earlier.function)
    statements.push_back(cat(replaced_here("drop-function"), "DROP FUNCTION ", if_exists,
                             in_schema(place, guard_function_name(place, earlier.revision)),
                             "(jsonb)"));
  return statements;
}

std::vector<Phase> guard_phases(const ColumnPlace& place, const std::vector<KeyPath>& keys,
                                GuardForm form, unsigned revision) {
  const std::string name = quote_identifier(guard_constraint_name(place, revision));
  if (form == GuardForm::flat)
    return check_phases(
        place, name,
        cat("NOT (pg_catalog.jsonb_typeof(", document(place, ""), ") = 'object' AND ",
            at_the_top(document(place, ""), keys), ")"),
        "refuses the keys in the document itself (0.3 to 0.5 microseconds a row). Rows "
        "that hold one cannot be updated from now on: move the keys out first");
  const std::string function = in_schema(place, guard_function_name(place, revision));
  const std::string create = cat("CREATE FUNCTION ", function,
                                 "(document jsonb) RETURNS boolean\n"
                                 "  LANGUAGE sql IMMUTABLE PARALLEL SAFE\n"
                                 "  AS $function$ SELECT pg_catalog.jsonb_path_exists($1,\n    ",
                                 quote_literal(any_depth(keys)), ") $function$");
  const std::string drop_function = cat("DROP FUNCTION ", function, "(jsonb)");
  if (form == GuardForm::nested) {
    std::vector<Phase> phases = check_phases(
        place, name, cat("NOT ", function, "(", document(place, ""), ")"),
        "refuses the keys at any depth (about 10 microseconds a row). Rows that hold one "
        "cannot be updated from now on: move the keys out first");
    phases.front().statements.insert(phases.front().statements.begin(), create);
    phases.front().undo.push_back(drop_function);
    return phases;
  }
  const std::string trigger = quote_identifier(guard_trigger_name(place, revision));
  const std::string trigger_function = in_schema(place, guard_trigger_name(place, revision));
  const std::string table = qualified(place);
  return {{"guard",
           "refuses the keys at any depth wherever the column is written (about 10 microseconds a "
           "row), with an error of its own, and lets rows that hold one already be changed",
           {create,
            cat("CREATE FUNCTION ", trigger_function,
                "() RETURNS trigger\n  LANGUAGE plpgsql SET search_path = ''\n  AS $function$\n"
                "BEGIN\n  IF ",
                function, "(NEW.", document(place, ""),
                ") THEN\n    RAISE EXCEPTION 'JSONB_MONETARY_FORBIDDEN: money belongs in typed "
                "columns, not in %.%', TG_TABLE_NAME, ",
                quote_literal(place.column),
                "\n      USING ERRCODE = 'check_violation';\n  END IF;\n  RETURN NEW;\nEND\n"
                "$function$"),
            cat("CREATE TRIGGER ", trigger, "\n  BEFORE INSERT OR UPDATE OF ",
                quote_identifier(place.column), " ON ", table, "\n  FOR EACH ROW EXECUTE FUNCTION ",
                trigger_function, "()")},
           {cat("DROP TRIGGER ", trigger, " ON ", table),
            cat("DROP FUNCTION ", trigger_function, "()"), drop_function}}};
}

}  // namespace

std::string qualified(const ColumnPlace& place) {
  return cat(quote_identifier(place.schema), ".", quote_identifier(place.table));
}

std::string object_name(const std::vector<std::string>& parts) {
  constexpr std::size_t longest = 63;  // NAMEDATALEN - 1
  std::vector<std::string> kept = parts;
  const auto length = [&kept] {
    std::size_t sum = kept.size() - 1;
    for (const std::string& each : kept) sum += each.size();
    return sum;
  };
  for (std::size_t i = 0; i + 1 < kept.size() && length() > longest; ++i) {
    std::string& part = kept[i];
    while (part.size() > 8 && length() > longest) {
      do part.pop_back();
      while (!part.empty() && (static_cast<unsigned char>(part.back()) & 0x80));
    }
  }
  std::string out;
  for (const std::string& each : kept) out += cat(out.empty() ? "" : "_", each);
  return out;
}

const std::vector<KeyPath>& usual_money_keys() {
  static const std::vector<KeyPath> keys = {
      {"amount"},     {"price"},           {"unit_price"},     {"unitPrice"},    {"total"},
      {"totals"},     {"subtotal"},        {"sub_total"},      {"tax"},          {"tax_amount"},
      {"taxAmount"},  {"tax_total"},       {"taxTotal"},       {"discount"},     {"grand_total"},
      {"grandTotal"}, {"discount_amount"}, {"discountAmount"}, {"cost"},         {"fee"},
      {"tax_rate"},   {"taxRate"},         {"exchange_rate"},  {"exchangeRate"}, {"currency"}};
  return keys;
}

std::string guard_constraint_name(const ColumnPlace& place, unsigned revision) {
  return object_name({place.table, place.column, "no_money", cat("v", revision)});
}
std::string guard_function_name(const ColumnPlace& place, unsigned revision) {
  return object_name({place.table, place.column, "holds_money", cat("v", revision)});
}
std::string guard_trigger_name(const ColumnPlace& place, unsigned revision) {
  return object_name({place.table, place.column, "refuse_money", cat("v", revision)});
}

std::vector<Phase> guard_sql(const ColumnPlace& place, const std::vector<KeyPath>& keys,
                             GuardForm form, unsigned revision,
                             const std::vector<EarlierGuard>& earlier) {
  std::vector<Phase> phases = guard_phases(place, keys, form, revision);
  Phase& guard = phases.front();
  const std::string wait = "SET LOCAL lock_timeout = '5s'";
  guard.statements.insert(guard.statements.begin(), wait);
  guard.undo.insert(guard.undo.begin(), wait);
  for (const EarlierGuard& each : earlier) {
    for (std::string& drop : drop_earlier(place, each, form != GuardForm::trigger))
      guard.statements.push_back(std::move(drop));
  }
  return phases;
}

std::string to_psql_script(const Phase& phase) {
  const std::string script = to_script(phase);
  const std::size_t behind_comment = script.find('\n') + 1;
  return cat(script.substr(0, behind_comment), "\\set ON_ERROR_STOP on\n",
             script.substr(behind_comment));
}

std::string to_script(const Phase& phase) {
  std::string out = cat("-- ", phase.name, ": ", phase.summary, "\n");
  for (const std::string& each : phase.statements) out += cat(each, ";\n");
  return out;
}

}  // namespace migguard::jsonb
