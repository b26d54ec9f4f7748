#include <adopt/ddl.hpp>
#include <adopt/guard.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <set>

namespace migguard::adopt {
namespace {

std::string qualified(std::string_view schema, std::string_view name) {
  return cat(quote_identifier(schema.empty() ? "public" : schema), '.', quote_identifier(name));
}

std::string list(List<Text> names) {
  std::string text;
  for (const Text name : names)
    text += cat(text.empty() ? "" : ", ", name.empty() ? std::string("*") : quote_identifier(name));
  return text;
}

// As format_type prints it without a search_path; those that the history did not make (built-in,
// and of extensions, whose schema it need not tell) by their own name alone.
std::string type_text(const schema::Catalog& schema, const ColumnType& type) {
  const Name name = type.lookup_name();
  if (!name.schema.empty() && schema.type(name).known()) {
    std::string out = qualified(name.schema, name.name);
    return type.array_dimensions > 0 ? out + "[]" : out;
  }
  std::string out(type.text.substr(0, type.text.find('(')));
  const std::size_t dot = out.rfind('.');
  return cat(dot == std::string::npos ? out : out.substr(dot + 1),
             type.text.find('(') == Text::npos ? Text() : type.text.substr(type.text.find('(')));
}

std::string_view kind(ConstraintKind kind) {
  switch (kind) {
    case ConstraintKind::not_null:
      break;
    case ConstraintKind::check:
      return "check";
    case ConstraintKind::primary_key:
      return "primary key";
    case ConstraintKind::unique:
      return "unique";
    case ConstraintKind::foreign_key:
      return "foreign key";
    case ConstraintKind::exclusion:
      return "exclusion";
  }
  return {};
}

bool is_view(const Relation& relation) {
  return relation.kind == RelationKind::view || relation.kind == RelationKind::materialized_view;
}

void add_table(const schema::Catalog& schema, const Relation& table,
               std::vector<std::string>& facts) {
  const std::string name = qualified(table.schema, table.name);
  facts.push_back(cat(is_view(table) ? "view " : "table ", name));
  if (!is_view(table)) {
    for (const Column& each : table.columns) {
      std::string fact =
          cat("column ", name, '.', quote_identifier(each.name), ' ', type_text(schema, each.type));
      if (each.not_null == Known::yes) fact += " not null";
      if (each.generated != Generated::none) fact += " generated";
      if (each.identity == Identity::always) fact += " identity always";
      if (each.identity == Identity::by_default) fact += " identity by default";
      if ((each.has_default || each.serial) && each.generated == Generated::none)
        fact += " default";
      facts.push_back(std::move(fact));
    }
  }
  for (const Constraint& each : table.constraints) {
    if (each.kind == ConstraintKind::not_null) continue;
    std::string fact =
        cat("constraint ", quote_identifier(each.name), " on ", name, ' ', kind(each.kind));
    if (each.kind != ConstraintKind::exclusion && each.kind != ConstraintKind::check)
      fact += cat(" (", list(each.columns), ')');
    if (each.kind == ConstraintKind::foreign_key)
      fact += cat(" references ", qualified(each.references_schema, each.references_table), " (",
                  list(each.referenced_columns), ')',
                  each.on_delete == ReferentialAction::no_action
                      ? std::string()
                      : cat(" on delete ", to_lower(sql_name(each.on_delete))));
    facts.push_back(std::move(fact));
  }
  for (const Index& each : table.indexes) {
    if (!each.constraint.empty()) continue;
    facts.push_back(cat("index ", quote_identifier(each.name), " on ", name,
                        each.unique ? " unique " : " ", each.method, " (", list(each.columns), ')',
                        each.partial ? " where" : ""));
  }
  for (const Text each : table.triggers)
    facts.push_back(cat("trigger ", quote_identifier(each), " on ", name));
  for (const Text each : table.policies)
    facts.push_back(cat("policy ", quote_identifier(each), " on ", name));
  if (table.row_security) facts.push_back(cat("row security on ", name));
}

// Prints the catalog as above. `$schemas` and `$left_out` stand for lists of strings.
constexpr std::string_view catalog_query = R"(
    SELECT c.oid, c.relkind, c.relrowsecurity,
           quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ($schemas) AND c.relname NOT IN ($left_out)
      AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend WHERE classid = 'pg_catalog.pg_class'::regclass
                      AND objid = c.oid AND deptype = 'e')
  ), actual(fact) AS (
    SELECT CASE WHEN relkind IN ('v', 'm') THEN 'view ' ELSE 'table ' END || name FROM tables
    UNION ALL
    SELECT 'column ' || t.name || '.' || quote_ident(a.attname) || ' '
      || CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_depend WHERE deptype = 'e'
                AND classid = 'pg_catalog.pg_type'::regclass
                AND objid IN (y.oid, y.typelem))
         THEN regexp_replace(format_type(a.atttypid, a.atttypmod), '^("[^"]*"|[^."(]*)\.', '')
         ELSE format_type(a.atttypid, a.atttypmod) END
      || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
      || CASE WHEN a.attgenerated <> '' THEN ' generated' ELSE '' END
      || CASE a.attidentity WHEN 'a' THEN ' identity always'
         WHEN 'd' THEN ' identity by default' ELSE '' END
      || CASE WHEN a.atthasdef AND a.attgenerated = '' THEN ' default' ELSE '' END
    FROM tables t
    JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_catalog.pg_type y ON y.oid = a.atttypid
    WHERE t.relkind NOT IN ('v', 'm')
    UNION ALL
    SELECT 'constraint ' || quote_ident(c.conname) || ' on ' || t.name || ' '
      || CASE c.contype WHEN 'c' THEN 'check' WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique'
         WHEN 'f' THEN 'foreign key' ELSE 'exclusion' END
      || CASE WHEN c.contype NOT IN ('p', 'u', 'f') THEN '' ELSE ' (' || (
           SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY k.place)
           FROM unnest(c.conkey) WITH ORDINALITY k(number, place)
           JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number
         ) || ')' END
      || CASE WHEN c.contype <> 'f' THEN '' ELSE ' references ' || (
           SELECT quote_ident(n.nspname) || '.' || quote_ident(r.relname) FROM pg_catalog.pg_class r
           JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace WHERE r.oid = c.confrelid
         ) || ' (' || (
           SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY k.place)
           FROM unnest(c.confkey) WITH ORDINALITY k(number, place)
           JOIN pg_catalog.pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.number
         ) || ')' || CASE c.confdeltype WHEN 'r' THEN ' on delete restrict'
           WHEN 'c' THEN ' on delete cascade' WHEN 'n' THEN ' on delete set null'
           WHEN 'd' THEN ' on delete set default' ELSE '' END END
    FROM pg_catalog.pg_constraint c JOIN tables t ON t.oid = c.conrelid
    WHERE c.contype IN ('c', 'f', 'p', 'u', 'x')
    UNION ALL
    SELECT 'index ' || quote_ident(c.relname) || ' on ' || t.name
      || CASE WHEN i.indisunique THEN ' unique ' ELSE ' ' END || m.amname || ' (' || (
           SELECT string_agg(coalesce(quote_ident(a.attname), '*'), ', ' ORDER BY k.place)
           FROM unnest(i.indkey) WITH ORDINALITY k(number, place)
           LEFT JOIN pg_catalog.pg_attribute a
             ON a.attrelid = i.indrelid AND a.attnum = k.number AND k.number <> 0
           WHERE k.place <= i.indnkeyatts
         ) || ')' || CASE WHEN i.indpred IS NOT NULL THEN ' where' ELSE '' END
    FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
    JOIN pg_catalog.pg_am m ON m.oid = c.relam JOIN tables t ON t.oid = i.indrelid
    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conindid = c.oid
                      AND contype IN ('p', 'u', 'x'))
    UNION ALL
    SELECT 'trigger ' || quote_ident(g.tgname) || ' on ' || t.name
    FROM pg_catalog.pg_trigger g JOIN tables t ON t.oid = g.tgrelid WHERE NOT g.tgisinternal
    UNION ALL
    SELECT 'policy ' || quote_ident(p.polname) || ' on ' || t.name
    FROM pg_catalog.pg_policy p JOIN tables t ON t.oid = p.polrelid
    UNION ALL
    SELECT 'row security on ' || name FROM tables WHERE relrowsecurity
    UNION ALL
    SELECT 'enum ' || quote_ident(n.nspname) || '.' || quote_ident(y.typname) || ' (' || coalesce(
      (SELECT string_agg(quote_ident(e.enumlabel), ', ' ORDER BY e.enumsortorder)
       FROM pg_catalog.pg_enum e WHERE e.enumtypid = y.oid), '') || ')'
    FROM pg_catalog.pg_type y JOIN pg_catalog.pg_namespace n ON n.oid = y.typnamespace
    WHERE y.typtype = 'e' AND n.nspname IN ($schemas)
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend WHERE classid = 'pg_catalog.pg_type'::regclass
                      AND objid = y.oid AND deptype = 'e')
    UNION ALL
    SELECT DISTINCT 'function ' || quote_ident(n.nspname) || '.' || quote_ident(f.proname)
    FROM pg_catalog.pg_proc f JOIN pg_catalog.pg_namespace n ON n.oid = f.pronamespace
    WHERE n.nspname IN ($schemas) AND f.prokind <> 'a'
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend WHERE classid = 'pg_catalog.pg_proc'::regclass
                      AND objid = f.oid AND deptype IN ('e', 'i'))
)";

std::string replace_all(std::string text, std::string_view what, std::string_view with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size())
    text.replace(at, what.size(), with);
  return text;
}

std::string literals(const std::set<std::string>& texts) {
  std::string out;
  for (const std::string& each : texts) out += cat(out.empty() ? "" : ", ", quote_literal(each));
  return out;
}

}  // namespace

std::vector<std::string> catalog_facts(const schema::Catalog& schema) {
  std::vector<std::string> facts;
  for (const Relation* each : schema.relations()) {
    if (each->kind != RelationKind::sequence && !schema.is_temporary(*each))
      add_table(schema, *each, facts);
  }
  for (const Type* each : schema.types()) {
    if (each->kind == TypeKind::enum_) {
      const std::vector<Text>& labels = each->labels;
      facts.push_back(cat("enum ", qualified(each->schema, each->name), " (", list(labels), ')'));
    }
  }
  for (const Function* each : schema.functions())
    facts.push_back(cat("function ", qualified(each->schema, each->name)));
  std::sort(facts.begin(), facts.end());
  return facts;
}

std::string guard_block(const schema::Catalog& schema, const std::vector<std::string>& left_out) {
  std::set<std::string> schemas{"public"};
  for (const Relation* each : schema.relations())
    if (!schema.is_temporary(*each)) schemas.emplace(each->schema);
  for (const Type* each : schema.types()) schemas.emplace(each->schema);
  for (const Function* each : schema.functions()) schemas.emplace(each->schema);

  std::string expected;
  for (const std::string& each : catalog_facts(schema))
    expected += cat(expected.empty() ? "    (" : ",\n    (", quote_literal(each), ')');
  // Sets cannot be empty.
  if (expected.empty()) expected = "    (NULL)";
  std::string query = replace_all(std::string(catalog_query), "$schemas", literals(schemas));
  query = replace_all(std::move(query), "$left_out", literals({left_out.begin(), left_out.end()}));

  // A tag that no name of the schema can end.
  std::string tag = "$check$";
  for (unsigned number = 1; expected.find(tag) != std::string::npos; ++number)
    tag = cat("$check", number, "$");
  return cat("DO ", tag, R"(
DECLARE
  differences text;
BEGIN
  -- Types are printed with their schemas where the path is empty.
  PERFORM pg_catalog.set_config('search_path', '', true);
  WITH expected(fact) AS (VALUES
)",
             expected, "\n  ), tables AS (", query, R"(  )
  SELECT string_agg(line, E'\n' ORDER BY line) INTO differences FROM (
    SELECT line FROM (
      SELECT 'missing here: ' || fact AS line FROM (
        SELECT fact FROM expected WHERE fact IS NOT NULL EXCEPT SELECT fact FROM actual) AS missing
      UNION ALL
      SELECT 'not made by the migrations: ' || fact FROM (
        SELECT fact FROM actual EXCEPT SELECT fact FROM expected) AS surplus
    ) AS every_line ORDER BY line LIMIT 50
  ) AS first_lines;
  IF differences IS NOT NULL THEN
    RAISE EXCEPTION E'the schema of this database is not the one the migrations make:\n%', differences;
  END IF;
END )",
             tag, ";\n");
}

}  // namespace migguard::adopt
