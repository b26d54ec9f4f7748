// DO blocks: which of their SQL is found, and where.
#include <gtest/gtest.h>

#include <sql/script.hpp>
#include <string>
#include <vector>

namespace migguard::sql {
namespace {

// The operations after the DoBlock itself: `kind within text-of-span`, or `opaque reason`.
std::vector<std::string> operations(const std::string& text) {
  const SourceFile source("m.sql", text);
  const Script script = parse(source, {});
  EXPECT_TRUE(script.problems.empty()) << text;
  std::vector<std::string> out;
  for (const Statement& statement : script.statements) {
    for (const Op& op : statement.ops) {
      if (const auto* block = std::get_if<DoBlock>(&op)) {
        if (block->opaque) out.emplace_back("opaque block");
        continue;
      }
      const Node& where = node(op);
      const std::string_view within = where.within == Within::do_block      ? " in DO: "
                                      : where.within == Within::dynamic_sql ? " dynamic: "
                                                                            : " statement: ";
      if (const auto* opaque = std::get_if<Opaque>(&op)) {
        out.push_back(cat("opaque ", opaque->reason, opaque->may_change_schema ? "" : " (rows)"));
      } else {
        out.push_back(cat(kind(op), within,
                          source.text.substr(where.span.begin, where.span.end - where.span.begin)));
      }
    }
  }
  return out;
}

struct Case {
  std::string_view body;
  std::vector<std::string> operations;
};

TEST(SqlBody, FindsWhatIsExecuted) {
  const Case cases[] = {
      {"BEGIN DROP TABLE a; END", {"drop_table in DO: DROP TABLE a"}},
      {"BEGIN NULL; END", {}},
      {"<<l>> DECLARE n int := 1; r record; BEGIN n := n + 1; r.x[1] = 2; DROP TABLE a; END l;",
       {"drop_table in DO: DROP TABLE a"}},
      {"BEGIN IF EXISTS (SELECT 1 FROM t) AND CASE WHEN x THEN y ELSE z END THEN DROP TABLE a; "
       "ELSIF b THEN DROP TABLE b; "
       "ELSE DROP TABLE c; END IF; END",
       {"select in DO: EXISTS (SELECT 1 FROM t) AND CASE WHEN x THEN y ELSE z END",
        "drop_table in DO: DROP TABLE a", "drop_table in DO: DROP TABLE b",
        "drop_table in DO: DROP TABLE c"}},
      {"BEGIN n := (SELECT max(a) FROM t); WHILE n > (SELECT 1) LOOP NULL; END LOOP; END",
       {"select in DO: (SELECT max(a) FROM t)", "select in DO: n > (SELECT 1)"}},
      {"BEGIN CASE x WHEN 1 THEN DROP TABLE a; ELSE DROP TABLE b; END CASE; END",
       {"drop_table in DO: DROP TABLE a", "drop_table in DO: DROP TABLE b"}},
      {"BEGIN FOR i IN 1..10 LOOP DROP TABLE a; END LOOP; WHILE x LOOP DROP TABLE b; END LOOP; "
       "LOOP EXIT; END LOOP; END",
       {"drop_table in DO: DROP TABLE a", "drop_table in DO: DROP TABLE b"}},
      {"BEGIN ALTER TABLE a DROP CONSTRAINT c; EXCEPTION WHEN duplicate_object THEN NULL; WHEN "
       "others THEN DROP TABLE b; END",
       {"drop_constraint in DO: ALTER TABLE a DROP CONSTRAINT c",
        "drop_table in DO: DROP TABLE b"}},
      {"BEGIN DROP TABLE IF EXISTS a; BEGIN DROP TABLE b; END; END",
       {"drop_table in DO: DROP TABLE IF EXISTS a", "drop_table in DO: DROP TABLE b"}},
      {"BEGIN EXECUTE 'DROP TABLE a'; END", {"drop_table dynamic: DROP TABLE a"}},
      {"BEGIN EXECUTE $q$DROP TABLE a$q$ USING x; END", {"drop_table dynamic: DROP TABLE a"}},
      {"BEGIN EXECUTE 'DROP TABLE ' || quote_ident('A b') || ';'; END",
       {"drop_table dynamic: EXECUTE 'DROP TABLE ' || quote_ident('A b') || ';'"}},
      {"BEGIN EXECUTE format('DROP TABLE %I.%s', 'Sch', 'b'); END",
       {"drop_table dynamic: EXECUTE format('DROP TABLE %I.%s', 'Sch', 'b')"}},
      {"BEGIN EXECUTE 'DROP TABLE ' || t; END", {"opaque block", "opaque dynamic SQL"}},
      {"BEGIN EXECUTE 'DROP TABLE ' || t; EXECUTE x; END", {"opaque block", "opaque dynamic SQL"}},
      {"BEGIN EXECUTE 'DELETE FROM ' || t; EXECUTE x; END",
       {"opaque block", "opaque dynamic SQL (rows)", "opaque dynamic SQL"}},
      {"BEGIN EXECUTE 'ALTER DATABASE ' || d; EXECUTE format('ALTER ROLE %I SET x = 1', r); END",
       {"opaque block", "opaque dynamic SQL (rows)"}},
      {"BEGIN EXECUTE 'ALTER ROLES ' || r; END", {"opaque block", "opaque dynamic SQL"}},
      {"BEGIN EXECUTE format('DROP TABLE %I', t); END", {"opaque block", "opaque dynamic SQL"}},
      {"BEGIN EXECUTE 'DROP TABEL a'; END",
       {"opaque block", "opaque dynamic SQL that cannot be read"}},
      {"BEGIN DROP TABEL a; DROP TABLE b; END",
       {"opaque block", "opaque SQL that cannot be read", "drop_table in DO: DROP TABLE b"}},
      {"BEGIN DROP TABLE a", {"drop_table in DO: DROP TABLE a"}},
      {"DECLARE x int; y", {}},
      {"", {}},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(operations(cat("DO $$", each.body, "$$;")), each.operations) << each.body;
  }
}

TEST(SqlBody, IntoNamesVariables) {
  for (const std::string_view statement :
       {"SELECT a INTO STRICT x FROM t", "SELECT a, b INTO x.y, z[1] FROM t",
        "SELECT INTO x a FROM t"}) {
    const auto found = operations(cat("DO $$ BEGIN ", statement, "; END $$;"));
    ASSERT_FALSE(found.empty()) << statement;
    EXPECT_EQ(found[0], cat("select in DO: ", statement));
  }
  const auto insert =
      operations("DO $$ BEGIN INSERT INTO t (a) VALUES (1) RETURNING id INTO x; END $$;");
  ASSERT_FALSE(insert.empty());
  EXPECT_EQ(insert[0], "insert in DO: INSERT INTO t (a) VALUES (1) RETURNING id INTO x");
}

TEST(SqlBody, PerformAndLoopsOverQueriesRead) {
  const auto found = operations(
      "DO $$ BEGIN PERFORM f(); FOR r IN DELETE FROM t RETURNING id LOOP NULL; END LOOP; END $$;");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0], "select in DO: PERFORM f()");
  EXPECT_EQ(found[1], "delete in DO: DELETE FROM t RETURNING id");
}

TEST(SqlBody, BodiesWithEscapesPointAtTheStatement) {
  const std::string text = "DO 'BEGIN EXECUTE ''DROP TABLE a''; DROP TABLE b; END';";
  const auto found = operations(text);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0], cat("drop_table dynamic: ", text.substr(0, text.size() - 1)));
  EXPECT_EQ(found[1], cat("drop_table in DO: ", text.substr(0, text.size() - 1)));
}

TEST(SqlBody, NestedBlocksAndTheirLimit) {
  EXPECT_EQ(operations("DO $a$ BEGIN EXECUTE $b$DO $c$ BEGIN DROP TABLE x; END $c$$b$; END $a$;"),
            std::vector<std::string>{"drop_table dynamic: DROP TABLE x"});
  std::string text = "DROP TABLE x;";
  for (int i = 0; i < 40; ++i) text = cat("DO $q", i, "$ BEGIN ", text, " END $q", i, "$;");
  const auto found = operations(text);
  ASSERT_FALSE(found.empty());
  EXPECT_NE(std::find(found.begin(), found.end(), "opaque nested too deeply"), found.end());
}

}  // namespace
}  // namespace migguard::sql
