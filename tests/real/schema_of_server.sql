-- The catalog of a database in lines that tests/real/schema compares with the replayed schema.
-- Nothing of an extension is printed: its script is not part of the history.
WITH own AS (
  SELECT c.*, n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname !~ '^pg_temp'
    AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass
                    AND objid = c.oid AND deptype = 'e')
), names AS (
  SELECT *, quote_ident(nspname) || '.' || quote_ident(relname) AS name FROM own
), types AS (
  SELECT t.*, quote_ident(n.nspname) || '.' || quote_ident(t.typname) AS name
  FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
  WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
    AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_type'::regclass
                    AND objid = t.oid AND deptype = 'e')
)
SELECT 'schema ' || quote_ident(nspname) FROM pg_namespace n
WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public')
  AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_namespace'::regclass
                  AND objid = n.oid AND deptype = 'e')
UNION ALL
SELECT CASE relpersistence WHEN 'u' THEN 'unlogged ' ELSE '' END
  || CASE relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned_table' WHEN 'v' THEN 'view'
     WHEN 'm' THEN 'materialized_view' WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'foreign_table' END
  || ' ' || name
  || CASE WHEN relispartition THEN ' partition' ELSE '' END
  || coalesce((SELECT ' of ' || string_agg(p.name, ', ' ORDER BY inhseqno)
               FROM pg_inherits JOIN names p ON p.oid = inhparent WHERE inhrelid = c.oid), '')
  || coalesce((SELECT ' owned by ' || t.name || '.' || quote_ident(attname)
               FROM pg_depend d JOIN names t ON t.oid = refobjid
               JOIN pg_attribute a ON attrelid = t.oid AND attnum = refobjsubid
               WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass
                 AND objid = c.oid AND deptype IN ('a', 'i')), '')
FROM names c WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
UNION ALL
SELECT c.name || ' column ' || quote_ident(attname)
  || CASE WHEN relkind IN ('v', 'm') THEN '' ELSE
     ' ' || format_type(atttypid, atttypmod)
     || CASE WHEN attcollation NOT IN (0, ty.typcollation) THEN ' collate ' || quote_ident(collname)
        ELSE '' END
     || CASE WHEN attnotnull THEN ' not null' ELSE '' END
     || CASE attgenerated WHEN 's' THEN ' generated stored' WHEN 'v' THEN ' generated virtual'
        ELSE '' END
     || CASE attidentity WHEN 'a' THEN ' identity always' WHEN 'd' THEN ' identity by_default'
        ELSE '' END
     || CASE WHEN atthasdef AND attgenerated = '' THEN ' default' ELSE '' END
     || CASE WHEN attinhcount > 0 AND NOT attislocal THEN ' inherited' ELSE '' END END
FROM names c JOIN pg_attribute a ON a.attrelid = c.oid AND attnum > 0 AND NOT attisdropped
JOIN pg_type ty ON ty.oid = atttypid LEFT JOIN pg_collation co ON co.oid = attcollation
WHERE relkind IN ('r', 'p', 'v', 'm', 'f')
UNION ALL
SELECT c.name || ' constraint ' || quote_ident(conname) || ' '
  || CASE contype WHEN 'c' THEN 'check' WHEN 'f' THEN 'foreign_key' WHEN 'p' THEN 'primary_key'
     WHEN 'u' THEN 'unique' WHEN 'x' THEN 'exclusion' END || ' ('
  || coalesce((SELECT string_agg(coalesce(quote_ident(attname), '*'), ', ' ORDER BY k.place)
               FROM unnest(CASE WHEN contype = 'x' THEN '{}' ELSE conkey END)
                 WITH ORDINALITY k(number, place)
               LEFT JOIN pg_attribute ON attrelid = conrelid AND attnum = k.number), '') || ')'
  || CASE WHEN contype = 'f' THEN
       (SELECT ' references ' || p.name FROM names p WHERE p.oid = confrelid) || ' ('
       || (SELECT string_agg(quote_ident(attname), ', ' ORDER BY k.place)
           FROM unnest(confkey) WITH ORDINALITY k(number, place)
           JOIN pg_attribute ON attrelid = confrelid AND attnum = k.number) || ')' ELSE '' END
  || CASE WHEN NOT convalidated THEN ' not valid' ELSE '' END
  || CASE WHEN connoinherit AND contype = 'c' THEN ' no inherit' ELSE '' END
  || CASE WHEN condeferrable THEN ' deferrable' ELSE '' END
  || CASE WHEN condeferred THEN ' deferred' ELSE '' END
  || CASE WHEN coninhcount > 0 AND (contype <> 'c' OR NOT conislocal OR relispartition)
     THEN ' inherited' ELSE '' END
FROM pg_constraint JOIN names c ON c.oid = conrelid WHERE contype IN ('c', 'f', 'p', 'u', 'x')
UNION ALL
SELECT t.name || ' index ' || quote_ident(c.relname)
  || CASE WHEN indisunique THEN ' unique' ELSE '' END || ' ' || quote_ident(amname) || ' ('
  || (SELECT string_agg(coalesce(quote_ident(attname), '*'), ', ' ORDER BY k.place)
      FROM unnest(indkey) WITH ORDINALITY k(number, place)
      LEFT JOIN pg_attribute ON attrelid = indrelid AND attnum = k.number AND k.number <> 0
      WHERE k.place <= indnkeyatts) || ')'
  || coalesce((SELECT ' include (' || string_agg(quote_ident(attname), ', ' ORDER BY k.place) || ')'
      FROM unnest(indkey) WITH ORDINALITY k(number, place)
      JOIN pg_attribute ON attrelid = indrelid AND attnum = k.number
      WHERE k.place > indnkeyatts), '')
  || CASE WHEN indpred IS NOT NULL THEN ' where' ELSE '' END
  || CASE WHEN NOT indisvalid THEN ' not valid' ELSE '' END
  || coalesce((SELECT ' of ' || quote_ident(p.relname) FROM pg_inherits
               JOIN pg_class p ON p.oid = inhparent WHERE inhrelid = c.oid), '')
FROM pg_index i JOIN pg_class c ON c.oid = indexrelid JOIN pg_am am ON am.oid = c.relam
JOIN names t ON t.oid = indrelid
WHERE NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = c.oid AND contype IN ('p', 'u', 'x'))
UNION ALL
SELECT c.name || ' trigger ' || quote_ident(tgname)
FROM pg_trigger JOIN names c ON c.oid = tgrelid WHERE NOT tgisinternal
UNION ALL
SELECT c.name || ' policy ' || quote_ident(polname) FROM pg_policy JOIN names c ON c.oid = polrelid
UNION ALL
SELECT name || ' row security' FROM names WHERE relrowsecurity
UNION ALL
SELECT DISTINCT c.name || ' reads ' || r.name
FROM names c JOIN pg_rewrite w ON w.ev_class = c.oid
JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
  AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> c.oid
JOIN names r ON r.oid = d.refobjid
WHERE c.relkind IN ('v', 'm') AND w.rulename = '_RETURN'
UNION ALL
SELECT 'enum ' || name || ' (' || coalesce((SELECT string_agg(quote_ident(enumlabel), ', '
  ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = types.oid), '') || ')'
FROM types WHERE typtype = 'e'
UNION ALL
SELECT 'domain ' || name || ' ' || format_type(typbasetype, typtypmod)
  || CASE WHEN typnotnull THEN ' not null' ELSE '' END
  || CASE WHEN typdefault IS NOT NULL THEN ' default' ELSE '' END
  || coalesce((SELECT ' check (' || string_agg(quote_ident(conname), ', ' ORDER BY conname) || ')'
               FROM pg_constraint WHERE contypid = types.oid AND contype = 'c'), '')
FROM types WHERE typtype = 'd'
UNION ALL
SELECT 'composite ' || name || ' (' || coalesce((SELECT string_agg(quote_ident(attname) || ' '
  || format_type(atttypid, atttypmod), ', ' ORDER BY attnum) FROM pg_attribute
  WHERE attrelid = typrelid AND attnum > 0 AND NOT attisdropped), '') || ')'
FROM types JOIN pg_class c ON c.oid = typrelid AND c.relkind = 'c' WHERE typtype = 'c'
UNION ALL
SELECT DISTINCT 'function ' || quote_ident(nspname) || '.' || quote_ident(proname)
FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace
WHERE nspname NOT IN ('pg_catalog', 'information_schema') AND prokind IN ('f', 'p', 'w')
  AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass
                  AND objid = p.oid AND deptype IN ('e', 'i'))
ORDER BY 1;
