#include <database/objects.hpp>

namespace migguard::database {
namespace {

// Names as people write them: `public` is left out.
constexpr std::string_view query = R"(
WITH space AS (
  SELECT oid, nspname, CASE nspname WHEN 'public' THEN '' ELSE quote_ident(nspname) || '.' END AS dot
  FROM pg_namespace WHERE nspname <> 'information_schema' AND nspname NOT LIKE 'pg\_%'
), owned AS (
  SELECT classid, objid FROM pg_depend WHERE deptype = 'e'
), rel AS (
  SELECT c.*, s.dot || quote_ident(c.relname) AS name FROM pg_class c JOIN space s ON s.oid = c.relnamespace
  WHERE (c.oid NOT IN (SELECT objid FROM owned WHERE classid = 'pg_class'::regclass))
    AND s.dot || quote_ident(c.relname) <> $1
    AND c.oid NOT IN (SELECT d.objid FROM pg_depend d JOIN pg_class o ON o.oid = d.refobjid
      JOIN space os ON os.oid = o.relnamespace WHERE os.dot || quote_ident(o.relname) = $1
      AND d.classid = 'pg_class'::regclass)
), typ AS (
  SELECT t.*, s.dot || quote_ident(t.typname) AS name FROM pg_type t JOIN space s ON s.oid = t.typnamespace
  WHERE t.oid NOT IN (SELECT objid FROM owned WHERE classid = 'pg_type'::regclass)
), fun AS (
  SELECT p.*, s.dot || quote_ident(p.proname) || '(' || pg_get_function_identity_arguments(p.oid) || ')' AS name
  FROM pg_proc p JOIN space s ON s.oid = p.pronamespace
  WHERE p.oid NOT IN (SELECT objid FROM owned WHERE classid = 'pg_proc'::regclass)
    AND NOT EXISTS (SELECT FROM pg_depend i WHERE i.classid = 'pg_proc'::regclass AND i.objid = p.oid AND i.deptype = 'i')
)
SELECT 'schema', quote_ident(nspname), '' FROM space
WHERE nspname <> 'public' AND nspname <> split_part($1, '.', 1)
UNION ALL SELECT 'extension', quote_ident(extname), '' FROM pg_extension WHERE extname <> 'plpgsql'
UNION ALL SELECT CASE relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence'
  WHEN 'f' THEN 'foreign table' ELSE 'table' END, name, concat_ws(' ', relkind, relpersistence,
    'options ' || reloptions::text, CASE WHEN relrowsecurity THEN 'row level security' END,
    CASE WHEN relforcerowsecurity THEN 'forced' END, pg_get_partkeydef(oid), pg_get_expr(relpartbound, oid),
    (SELECT 'of ' || string_agg(inhparent::regclass::text, ', ' ORDER BY inhseqno) FROM pg_inherits WHERE inhrelid = rel.oid),
    CASE WHEN relkind IN ('v', 'm') THEN pg_get_viewdef(oid) END,
    (SELECT seqtypid::regtype || ' ' || seqstart || ' ' || seqincrement || ' ' || seqmin || ' ' || seqmax || ' ' || seqcycle
     FROM pg_sequence WHERE seqrelid = rel.oid))
  FROM rel WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
UNION ALL SELECT 'column', quote_ident(attname) || ' of ' || name, concat_ws(' ', format_type(atttypid, atttypmod),
    CASE WHEN attcollation NOT IN (0, ty.typcollation) THEN 'collate ' || attcollation::regcollation END,
    CASE WHEN attnotnull THEN 'not null' END, 'identity ' || nullif(attidentity::text, ''), 'generated ' || nullif(attgenerated::text, ''),
    'default ' || pg_get_expr(d.adbin, d.adrelid))
  FROM rel JOIN pg_attribute a ON a.attrelid = rel.oid AND attnum > 0 AND NOT attisdropped
  JOIN pg_type ty ON ty.oid = a.atttypid LEFT JOIN pg_attrdef d ON d.adrelid = rel.oid AND d.adnum = attnum
  WHERE relkind IN ('r', 'p', 'f')
UNION ALL SELECT 'constraint', quote_ident(conname) || ' of ' || coalesce(rel.name, typ.name),
    pg_get_constraintdef(o.oid) || CASE WHEN convalidated THEN '' ELSE ' (not valid)' END
  FROM pg_constraint o LEFT JOIN rel ON rel.oid = conrelid LEFT JOIN typ ON typ.oid = contypid
  WHERE coalesce(rel.name, typ.name) IS NOT NULL AND contype IN ('c', 'f', 'p', 'u', 'x')
UNION ALL SELECT 'index', quote_ident(x.relname) || ' of ' || rel.name,
    pg_get_indexdef(indexrelid) || CASE WHEN indisvalid THEN '' ELSE ' (invalid)' END
  FROM pg_index JOIN rel ON rel.oid = indrelid JOIN pg_class x ON x.oid = indexrelid
  WHERE rel.relkind IN ('r', 'p', 'm')
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x'))
UNION ALL SELECT CASE typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'r' THEN 'range' ELSE 'type' END, name,
    concat_ws(' ', (SELECT string_agg(enumlabel, ', ' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = typ.oid),
    CASE WHEN typtype = 'd' THEN format_type(typbasetype, typtypmod) || CASE WHEN typnotnull THEN ' not null' ELSE '' END
      || coalesce(' default ' || typdefault, '') END,
    (SELECT string_agg(quote_ident(attname) || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attnum)
     FROM pg_attribute WHERE attrelid = typrelid AND attnum > 0 AND NOT attisdropped))
  FROM typ WHERE typtype IN ('e', 'd', 'r')
    OR (typtype = 'c' AND EXISTS (SELECT FROM pg_class WHERE oid = typrelid AND relkind = 'c'))
UNION ALL SELECT CASE prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END, name,
    CASE WHEN prokind = 'a' THEN '' ELSE pg_get_functiondef(oid) END FROM fun
UNION ALL SELECT 'trigger', quote_ident(tgname) || ' of ' || rel.name, pg_get_triggerdef(t.oid) || ' ' || tgenabled::text
  FROM pg_trigger t JOIN rel ON rel.oid = tgrelid WHERE NOT tgisinternal
UNION ALL SELECT 'policy', quote_ident(polname) || ' of ' || rel.name, concat_ws(' ', polcmd, polpermissive,
    (SELECT string_agg(CASE r WHEN 0 THEN 'public' ELSE r::regrole::text END, ', ' ORDER BY r) FROM unnest(polroles) r),
    pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
  FROM pg_policy JOIN rel ON rel.oid = polrelid
UNION ALL SELECT 'rule', quote_ident(rulename) || ' of ' || rel.name, pg_get_ruledef(r.oid)
  FROM pg_rewrite r JOIN rel ON rel.oid = ev_class WHERE rulename <> '_RETURN'
UNION ALL SELECT 'statistics', quote_ident(stxname) || ' of ' || rel.name, pg_get_statisticsobjdef(s.oid)
  FROM pg_statistic_ext s JOIN rel ON rel.oid = stxrelid
UNION ALL SELECT 'publication', quote_ident(pubname), (SELECT string_agg(prrelid::regclass::text, ', ' ORDER BY prrelid)
  FROM pg_publication_rel WHERE prpubid = p.oid) FROM pg_publication p
UNION ALL SELECT 'comment', 'on ' || CASE WHEN attname IS NULL THEN rel.name ELSE quote_ident(attname) || ' of ' || rel.name END,
    description FROM pg_description JOIN rel ON rel.oid = objoid
  LEFT JOIN pg_attribute ON attrelid = objoid AND attnum = objsubid AND objsubid > 0
  WHERE classoid = 'pg_class'::regclass
UNION ALL SELECT 'privileges', 'on ' || name, (SELECT string_agg(each, ', ' ORDER BY each) FROM unnest(relacl::text[]) each)
  FROM rel WHERE relacl IS NOT NULL AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
)";

}  // namespace

Result<Objects> read_objects(Session& session, std::string_view left_out) {
  // Without a search_path, definitions hold whole names.
  const auto begun = session.query("SELECT pg_catalog.set_config('search_path', '', false)");
  if (!begun) return begun.error();
  const std::string_view name = left_out.starts_with("public.") ? left_out.substr(7) : left_out;
  const auto rows = session.query(std::string(query), {std::string(name)});
  if (!rows) return rows.error();
  Objects objects;
  for (std::size_t row = 0; row < rows->rows.size(); ++row)
    objects[{rows->text(row, 0), rows->text(row, 1)}] = rows->text(row, 2);
  return objects;
}

Result<TableSums> read_sums(Session& session, std::string_view left_out) {
  const auto begun = session.query("SELECT pg_catalog.set_config('search_path', '', false)");
  if (!begun) return begun.error();
  const std::string_view name = left_out.starts_with("public.") ? left_out.substr(7) : left_out;
  const auto columns = session.query(
      "SELECT CASE nspname WHEN 'public' THEN '' ELSE quote_ident(nspname) || '.' END ||"
      " quote_ident(relname), quote_ident(nspname) || '.' || quote_ident(relname),"
      " quote_ident(attname) FROM pg_catalog.pg_class c"
      " JOIN pg_catalog.pg_namespace n ON n.oid = relnamespace"
      " JOIN pg_catalog.pg_attribute a ON attrelid = c.oid AND attnum > 0 AND NOT attisdropped"
      " WHERE relkind = 'r' AND nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%'"
      " ORDER BY 1, attnum");
  if (!columns) return columns.error();
  TableSums sums;
  for (std::size_t row = 0; row < columns->rows.size();) {
    const std::string table = columns->text(row, 0);
    std::string select = "SELECT count(*)";
    const std::size_t first = row;
    for (; row < columns->rows.size() && columns->text(row, 0) == table; ++row) {
      const std::string& column = columns->text(row, 2);
      select += cat(", count(", column, "), sum(pg_catalog.hashtextextended(", column,
                    "::text, 0)::numeric)");
    }
    if (table == name) continue;
    const auto values = session.query(cat(select, " FROM ONLY ", columns->text(first, 1)));
    if (!values) return values.error();
    if (values->number(0, 0) == 0) continue;
    TableSum& sum = sums[table];
    sum.rows = values->number(0, 0);
    for (std::size_t column = 0; first + column < row; ++column) {
      sum.columns[columns->text(first + column, 2)] = {values->number(0, 1 + 2 * column),
                                                       values->text(0, 2 + 2 * column)};
    }
  }
  return sums;
}

}  // namespace migguard::database
