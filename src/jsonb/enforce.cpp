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
  return cat(before, quote_identifier(place.column), place.text_json ? "::jsonb" : "");
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
  const std::string any = names.empty() ? std::string() : cat(document, " ?| ARRAY[", names, "]");
  if (paths.empty()) return any;
  return any.empty() ? cat("(", paths, ")") : cat("(", any, " OR ", paths, ")");
}

std::vector<Phase> check_phases(const ColumnPlace& place, const std::string& name,
                                const std::string& condition, std::string_view summary) {
  const std::string table = qualified(place);
  return {{"guard",
           std::string(summary),
           {"SET LOCAL lock_timeout = '5s'", cat("ALTER TABLE ", table, " ADD CONSTRAINT ", name,
                                                 "\n  CHECK (", condition, ") NOT VALID")}},
          {"validate",
           "in a migration of its own, once no row holds such a key: reads the table, and blocks "
           "nobody",
           {cat("ALTER TABLE ", table, " VALIDATE CONSTRAINT ", name)}}};
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

std::vector<Phase> guard_sql(const ColumnPlace& place, const std::vector<KeyPath>& keys,
                             GuardForm form, unsigned revision) {
  const std::string version = cat("v", revision);
  const std::string schema = quote_identifier(place.schema);
  const std::string table = qualified(place);
  if (form == GuardForm::flat) {
    const std::string name =
        quote_identifier(object_name({place.table, place.column, "no_money", version}));
    return check_phases(place, name,
                        cat("NOT (pg_catalog.jsonb_typeof(", document(place, ""),
                            ") = 'object' AND ", at_the_top(document(place, ""), keys), ")"),
                        "refuses the keys in the document itself (0.3 to 0.5 microseconds a row)");
  }
  const std::string function =
      cat(schema, ".",
          quote_identifier(object_name({place.table, place.column, "holds_money", version})));
  const std::string create = cat("CREATE FUNCTION ", function,
                                 "(document jsonb) RETURNS boolean\n"
                                 "  LANGUAGE sql IMMUTABLE PARALLEL SAFE\n"
                                 "  AS $function$ SELECT pg_catalog.jsonb_path_exists($1,\n    ",
                                 quote_literal(any_depth(keys)), ") $function$");
  const std::string name =
      quote_identifier(object_name({place.table, place.column, "no_money", version}));
  if (form == GuardForm::nested) {
    std::vector<Phase> phases =
        check_phases(place, name, cat("NOT ", function, "(", document(place, ""), ")"),
                     "refuses the keys at any depth (about 10 microseconds a row)");
    phases.front().statements.insert(phases.front().statements.begin() + 1, create);
    return phases;
  }
  const std::string trigger = object_name({place.table, place.column, "refuse_money", version});
  const std::string trigger_function = cat(schema, ".", quote_identifier(trigger));
  return {{"guard",
           "refuses the keys at any depth wherever the column is written (about 10 microseconds a "
           "row), with an error of its own; rows that hold one already can still be changed",
           {"SET LOCAL lock_timeout = '5s'", create,
            cat("CREATE FUNCTION ", trigger_function,
                "() RETURNS trigger\n  LANGUAGE plpgsql SET search_path = ''\n  AS $function$\n"
                "BEGIN\n  IF ",
                function, "(NEW.", document(place, ""),
                ") THEN\n    RAISE EXCEPTION 'JSONB_MONETARY_FORBIDDEN: money belongs in typed "
                "columns, not in %.%', TG_TABLE_NAME, ",
                quote_literal(place.column),
                "\n      USING ERRCODE = 'check_violation';\n  END IF;\n  RETURN NEW;\nEND\n"
                "$function$"),
            cat("CREATE TRIGGER ", quote_identifier(trigger), "\n  BEFORE INSERT OR UPDATE OF ",
                quote_identifier(place.column), " ON ", table, "\n  FOR EACH ROW EXECUTE FUNCTION ",
                trigger_function, "()")}}};
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
