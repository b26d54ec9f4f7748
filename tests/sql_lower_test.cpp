// Lowering: SQL to operations. Most of it is said in tests/cases/lowering/*.txt: a statement at the
// left margin, and below it, indented, the operations it gives.
#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <op_text.hpp>
#include <set>
#include <sql/script.hpp>
#include <string>
#include <test_paths.hpp>
#include <vector>

namespace migguard {
namespace {

using test::op_text;

// A parsed piece of SQL; operations are good as long as it lives.
struct Lowered {
  explicit Lowered(std::string sql)
      : source("case.sql", std::move(sql)), script(sql::parse(source, {})) {
    for (const Statement& statement : script.statements) {
      for (const Op& op : statement.ops) {
        if (!std::holds_alternative<JsonKey>(op)) ops.push_back(&op);
      }
    }
  }

  std::vector<std::string> texts() const {
    std::vector<std::string> result;
    for (const Op* op : ops) result.push_back(op_text(*op));
    return result;
  }
  // The first operation of a type.
  template <class Operation>
  const Operation& first() const {
    for (const Op* op : ops) {
      if (const auto* found = std::get_if<Operation>(op)) return *found;
    }
    static const Operation none{};
    ADD_FAILURE() << "no " << Operation::kind << " in " << source.text;
    return none;
  }
  std::string_view slice(Span span) const {
    return std::string_view(source.text).substr(span.begin, span.end - span.begin);
  }

  SourceFile source;
  Script script;
  std::vector<const Op*> ops;
};

// ---------------------------------------------------------------- the case files

struct Case {
  std::string file;
  int line = 0;
  std::string sql;
  std::vector<std::string> operations;
};

constexpr std::array case_files = {"tables",          "alter_table", "indexes", "views",
                                   "types_functions", "objects",     "rows",    "session"};

std::vector<Case> read_cases() {
  std::vector<Case> cases;
  for (const std::string name : case_files) {
    std::ifstream in(std::string(MIGGUARD_SOURCE_DIR) + "/tests/cases/lowering/" + name + ".txt");
    EXPECT_TRUE(in.good()) << name;
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
      if (line.empty() || line.starts_with("#")) continue;
      if (line.starts_with("  ")) {
        if (!cases.empty()) cases.back().operations.push_back(line.substr(2));
      } else {
        cases.push_back({name, number, line, {}});
      }
    }
  }
  return cases;
}

TEST(Lowering, GivesTheOperationsOfEveryCase) {
  const auto cases = read_cases();
  EXPECT_GT(cases.size(), 250u);
  for (const Case& each : cases) {
    const Lowered lowered(each.sql);
    EXPECT_TRUE(lowered.script.problems.empty()) << each.sql;
    EXPECT_EQ(lowered.texts(), each.operations)
        << each.file << ".txt:" << each.line << ": " << each.sql;
  }
}

TEST(Lowering, KnowsEveryStatementAndClauseOfTheCases) {
  for (const Case& each : read_cases()) {
    EXPECT_FALSE(each.operations.empty()) << each.sql;
    for (const std::string& operation : each.operations) {
      EXPECT_EQ(operation.find("clause=other"), std::string::npos) << each.sql;
      EXPECT_EQ(operation.find("unknown statement"), std::string::npos) << each.sql;
    }
  }
}

template <std::size_t... indexes>
std::set<std::string> all_kinds(std::index_sequence<indexes...>) {
  return {std::string(std::variant_alternative_t<indexes, Op>::kind)...};
}

TEST(Lowering, HasACaseForEveryOperation) {
  auto missing = all_kinds(std::make_index_sequence<std::variant_size_v<Op>>());
  missing.erase("json_key");
  for (const Case& each : read_cases()) {
    for (const std::string& operation : each.operations) {
      missing.erase(operation.substr(0, operation.find('{')));
    }
  }
  EXPECT_EQ(missing, std::set<std::string>{});
}

// ---------------------------------------------------------------- types

struct TypeCase {
  const char* written;
  const char* name;
  std::vector<std::int32_t> modifiers;
  const char* text;
};

TEST(Lowering, NormalisesTypesAsTheGrammarDoes) {
  const std::vector<TypeCase> cases = {
      {"int", "int4", {}, "integer"},
      {"INTEGER", "int4", {}, "integer"},
      {"int4", "int4", {}, "integer"},
      {"pg_catalog.int8", "int8", {}, "bigint"},
      {"smallint", "int2", {}, "smallint"},
      {"real", "float4", {}, "real"},
      {"float", "float8", {}, "double precision"},
      {"float(20)", "float4", {}, "real"},
      {"decimal(10,2)", "numeric", {10, 2}, "numeric(10,2)"},
      {"numeric(10)", "numeric", {10}, "numeric(10,0)"},
      {"numeric(3,-2)", "numeric", {3, -2}, "numeric(3,-2)"},
      {"numeric", "numeric", {}, "numeric"},
      {"varchar", "varchar", {}, "character varying"},
      {"varchar(50)", "varchar", {50}, "character varying(50)"},
      {"char", "bpchar", {1}, "character(1)"},
      {"character(3)", "bpchar", {3}, "character(3)"},
      {"\"char\"", "char", {}, "\"char\""},
      {"bit(3)", "bit", {3}, "bit(3)"},
      {"bit varying(8)", "varbit", {8}, "bit varying(8)"},
      {"timestamp", "timestamp", {}, "timestamp without time zone"},
      {"timestamp(3)", "timestamp", {3}, "timestamp(3) without time zone"},
      {"timestamptz", "timestamptz", {}, "timestamp with time zone"},
      {"timestamp(0) with time zone", "timestamptz", {0}, "timestamp(0) with time zone"},
      {"time with time zone", "timetz", {}, "time with time zone"},
      {"interval", "interval", {}, "interval"},
      {"interval(3)", "interval", {32767, 3}, "interval(3)"},
      {"interval year to month", "interval", {6}, "interval year to month"},
      {"interval second(2)", "interval", {4096, 2}, "interval second(2)"},
      {"interval day to second(6)", "interval", {7176, 6}, "interval day to second(6)"},
      {"bool", "bool", {}, "boolean"},
      {"json", "json", {}, "json"},
      {"jsonb", "jsonb", {}, "jsonb"},
      {"money", "money", {}, "money"},
      {"geometry(Point, 4326)", "geometry", {4326}, "geometry(point,4326)"},
      {"\"My Type\"", "My Type", {}, "\"My Type\""},
  };
  for (const TypeCase& each : cases) {
    const Lowered lowered(std::string("ALTER TABLE a ADD COLUMN c ") + each.written);
    const TypeName& type = lowered.first<AddColumn>().column.type;
    EXPECT_EQ(type.name.name, each.name) << each.written;
    EXPECT_EQ(type.name.schema, "") << each.written;
    EXPECT_EQ(std::vector<std::int32_t>(type.modifiers.begin(), type.modifiers.end()),
              each.modifiers)
        << each.written;
    EXPECT_EQ(type.text, each.text) << each.written;
    EXPECT_EQ(type.array_dimensions, 0) << each.written;
    EXPECT_FALSE(lowered.first<AddColumn>().column.serial) << each.written;
  }
}

TEST(Lowering, KeepsTheSchemaOfATypeAndCountsDimensions) {
  const Lowered lowered("ALTER TABLE a ADD COLUMN c app.status[][3]");
  const TypeName& type = lowered.first<AddColumn>().column.type;
  EXPECT_EQ(type.name, (Name{"app", "status"}));
  EXPECT_EQ(type.array_dimensions, 2);
  EXPECT_EQ(type.text, "app.status[]");
}

TEST(Lowering, TakesSerialForTheIntegerBeneath) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"serial", "int4"},  {"serial4", "int4"},     {"bigserial", "int8"},
      {"serial8", "int8"}, {"smallserial", "int2"}, {"serial2", "int2"},
  };
  for (const auto& [written, base] : cases) {
    const Lowered lowered(std::string("CREATE TABLE a (c ") + written + ")");
    const ColumnDefinition& column = lowered.first<CreateTable>().columns[0];
    EXPECT_TRUE(column.serial && column.not_null) << written;
    EXPECT_EQ(column.type.name.name, base) << written;
  }
  // A type of one's own may have that name in another schema.
  EXPECT_FALSE(Lowered("CREATE TABLE a (c app.serial)").first<CreateTable>().columns[0].serial);
}

// ---------------------------------------------------------------- expressions

TEST(Lowering, SeesWhereAConditionFiltersNothing) {
  const std::vector<std::pair<const char*, bool>> cases = {
      {"true", true},
      {"1 = 1", true},
      {"1 <> 2", true},
      {"2 > 1", true},
      {"1 >= 1", true},
      {"'a' = 'a'", true},
      {"'a'::text = 'a'::text", true},
      {"id = id", true},
      {"a.id = id", true},
      {"id = a.id", true},
      {"m.a.id = a.id", true},
      {"id = found.id", false},
      {"NOT false", true},
      {"NOT (NOT true)", true},
      {"'t'::bool", true},
      {"'yes'::boolean", true},
      {"1::bool", true},
      {"CAST('on' AS boolean)", true},
      {"x > 5 OR true", true},
      {"true AND (1 = 1 AND 2 = 2)", true},
      {"true IS TRUE", true},
      {"1 IS NOT NULL", true},
      {"NOT (1 = 2)", true},
      {"false", false},
      {"1 = 2", false},
      {"x = 1", false},
      {"id = other_id", false},
      {"id <> id", false},
      {"id < id", false},
      {"x OR y", false},
      {"true AND x = 1", false},
      {"NULL", false},
      {"NOT x", false},
      {"'maybe'::text = 'other'", false},
      {"x IS NOT NULL", false},
      {"now() = now()", false},
      {"NOT true", false},
      {"'o'::bool", false},
  };
  for (const auto& [condition, expected] : cases) {
    const Lowered removal(std::string("DELETE FROM a WHERE ") + condition);
    EXPECT_EQ(removal.first<Delete>().where.always_true, expected) << condition;
    EXPECT_EQ(removal.first<Delete>().where.text, condition);
  }
  EXPECT_FALSE(Lowered("DELETE FROM a").first<Delete>().where);
  EXPECT_FALSE(Lowered("DELETE FROM a WHERE CURRENT OF c").first<Delete>().where.always_true);
  EXPECT_TRUE(Lowered("DELETE FROM a WHERE CURRENT OF c").first<Delete>().where);
}

TEST(Lowering, TellsWhetherFromIsTiedToTheTarget) {
  const std::vector<std::pair<const char*, bool>> cases = {
      {"UPDATE a SET x = 1", false},
      {"UPDATE invoices i SET currency = c.currency FROM customers c", false},
      {"UPDATE invoices i SET currency = c.currency FROM customers c WHERE c.active", false},
      {"UPDATE invoices i SET currency = c.currency FROM customers c WHERE i.currency IS NULL AND "
       "c.active",
       false},
      {"UPDATE invoices i SET currency = c.currency FROM customers c WHERE c.id = i.customer_id",
       true},
      {"UPDATE invoices i SET currency = c.currency FROM customers c WHERE c.active AND (c.id = "
       "i.customer_id)",
       true},
      {"UPDATE invoices SET currency = c.currency FROM customers c WHERE c.id = customer_id", true},
      {"UPDATE invoices SET currency = c.currency FROM customers c WHERE currency IS NULL", false},
      {"UPDATE t SET x = s.x FROM (SELECT id, x FROM u) s WHERE t.id = s.id", true},
      {"UPDATE t SET x = s.x FROM (SELECT id, x FROM u) s", false},
      {"UPDATE t SET x = s.x FROM u, LATERAL (SELECT u.x WHERE u.id = t.id) s", true},
      {"UPDATE t SET x = v.x FROM (VALUES (1, 2)) AS v (id, x) WHERE v.id = t.id", true},
      {"UPDATE t SET x = n FROM generate_series(1, 3) AS n WHERE t.id = n", true},
      {"UPDATE t SET x = 1 FROM generate_series(1, 3) WHERE t.id > 5", false},
      {"UPDATE t SET x = 1 FROM a JOIN b ON a.id = b.id WHERE a.ready", false},
      {"UPDATE t SET x = 1 FROM a JOIN b ON a.id = b.id WHERE b.t_id = t.id", true},
      {"UPDATE t SET x = 1 FROM u WHERE u.id IN (SELECT customer_id FROM vip)", false},
      {"UPDATE t SET x = 1 FROM u WHERE t.id IN (SELECT id FROM vip WHERE vip.u = u.id)", true},
      {"DELETE FROM sessions USING users WHERE sessions.user_id = users.id AND users.deleted",
       true},
      {"DELETE FROM sessions USING users WHERE users.deleted", false},
      {"DELETE FROM sessions s USING users WHERE public.users.id = s.user_id", true},
      {"DELETE FROM sessions USING sessions s JOIN users u ON s.user_id = u.id", false},
      {"WITH b AS (SELECT 1 AS id) UPDATE t SET x = 1 FROM b WHERE b.id = t.id", true},
  };
  for (const auto& [sql, expected] : cases) {
    const Lowered lowered(sql);
    ASSERT_EQ(lowered.ops.size(), 1u) << sql;
    if (const auto* update = std::get_if<Update>(lowered.ops[0])) {
      EXPECT_EQ(update->joined, expected) << sql;
    } else {
      EXPECT_EQ(lowered.first<Delete>().joined, expected) << sql;
    }
  }
}

std::string not_null_columns(const std::string& check) {
  const Lowered lowered("ALTER TABLE a ADD CONSTRAINT c CHECK (" + check + ")");
  return op_text(*lowered.first<AddConstraint>().constraint.check->not_null_columns);
}

TEST(Lowering, ProvesColumnsNotNullAsPostgresDoes) {
  EXPECT_EQ(not_null_columns("x IS NOT NULL"), "[x]");
  EXPECT_EQ(not_null_columns("x IS NOT NULL AND (y IS NOT NULL AND z > 1)"), "[x, y]");
  EXPECT_EQ(not_null_columns("NOT (x IS NULL)"), "[x]");
  EXPECT_EQ(not_null_columns("NOT (x IS NULL OR y IS NULL)"), "[x, y]");
  EXPECT_EQ(not_null_columns("x IS NOT NULL OR y IS NOT NULL"), "[]");
  EXPECT_EQ(not_null_columns("length(x) > 0"), "[]");
  EXPECT_EQ(not_null_columns("(x + 1) IS NOT NULL"), "[]");
  EXPECT_EQ(not_null_columns("x IS NULL"), "[]");
}

TEST(Lowering, SaysWhatADefaultIs) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"0", "{kind=constant text=0 value=0}"},
      {"-1", "{kind=constant text='-1' value='-1'}"},
      {"1.50", "{kind=constant text='1.50' value='1.50'}"},
      {"'it''s'", "{kind=constant text=''it''s'' value='it's'}"},
      {"E'a\\nb'", "{kind=constant text='E'a\\nb'' value='a\nb'}"},
      {"'{}'::jsonb", "{kind=constant text=''{}'::jsonb' value='{}' casts=[jsonb]}"},
      {"true", "{kind=constant text=true value=true always_true}"},
      {"NULL", "{kind=null text=NULL}"},
      {"NULL::text", "{kind=null text='NULL::text' casts=[text]}"},
      {"now()", "{kind=call text='now()' functions=[now/0]}"},
      {"current_date", "{kind=call text=current_date functions=[current_date/0]}"},
      {"(random() * 10)::int",
       "{kind=other text='(random() * 10)::int' functions=[random/0] casts=[integer]}"},
      {"app.next_id('a', 1)", "{kind=call text='app.next_id('a', 1)' functions=[app.next_id/2]}"},
      {"date '2024-01-01'",
       "{kind=constant text='date '2024-01-01'' value='2024-01-01' casts=[date]}"},
      {"interval '1 day' -- one, or more\n",
       "{kind=constant text='interval '1 day'' value='1 day' casts=[interval]}"},
  };
  for (const auto& [written, expected] : cases) {
    const std::string sql = std::string("ALTER TABLE a ADD b int, ADD c int DEFAULT ") + written +
                            " NOT NULL, ADD d int";
    const Lowered lowered(sql);
    ASSERT_EQ(lowered.ops.size(), 3u) << sql;
    EXPECT_EQ(op_text(*std::get<AddColumn>(*lowered.ops[1]).column.default_value), expected) << sql;
  }
}

TEST(Lowering, BoundsItsOwnDepth) {
  // The parser gives trees as deep as the text is long; nothing here may follow them by recursion
  // without a limit.
  std::string sum = "DELETE FROM a WHERE x = 1";
  std::string alternatives = "DELETE FROM a WHERE x = 1";
  std::string queries = "CREATE VIEW v AS SELECT 1 AS c";
  for (int i = 0; i < 20000; ++i) {
    sum += " + 1";
    alternatives += " OR (x = 2)";
    queries += " UNION SELECT 2";
  }
  EXPECT_FALSE(Lowered(sum).first<Delete>().where.always_true);
  EXPECT_EQ(Lowered(alternatives).first<Delete>().where.columns.size(), 20001u);
  EXPECT_EQ(op_text(Lowered(queries).first<CreateView>().columns), "[c]");

  const std::string nested = std::string(2000, '(') + "true" + std::string(2000, ')');
  EXPECT_TRUE(Lowered("DELETE FROM a WHERE " + nested).first<Delete>().where.always_true);
  std::string negations = "DELETE FROM a WHERE ";
  for (int i = 0; i < 3000; ++i) negations += "NOT ";
  EXPECT_FALSE(Lowered(negations + "true").first<Delete>().where.always_true);
}

// ---------------------------------------------------------------- places

TEST(Lowering, NumbersTheClausesAndObjects) {
  const Lowered alter("SELECT 1; ALTER TABLE a DROP x, ADD y int, ALTER z SET NOT NULL");
  const Lowered drop("DROP TABLE a, b, c");
  ASSERT_EQ(alter.ops.size(), 4u);
  ASSERT_EQ(drop.ops.size(), 3u);
  for (std::uint16_t i = 0; i < 3; ++i) {
    EXPECT_EQ(node(*alter.ops[i + 1u]).part, i);
    EXPECT_EQ(node(*drop.ops[i]).part, i);
    EXPECT_EQ(alter.slice(node(*alter.ops[i + 1u]).span),
              "ALTER TABLE a DROP x, ADD y int, ALTER z SET NOT NULL");
  }
}

TEST(Lowering, KnowsWhereColumnsAndConstraintsStand) {
  const Lowered lowered(
      "-- é\nCREATE TABLE a (\n  id int PRIMARY KEY, -- the, key\n  n numeric(10,2) DEFAULT (1) "
      "CHECK (n > 0) /* ) */,\n"
      "  CONSTRAINT u UNIQUE (id, n)\n);");
  const auto& table = lowered.first<CreateTable>();
  ASSERT_EQ(table.columns.size(), 2u);
  EXPECT_EQ(lowered.slice(table.columns[0].span), "id int PRIMARY KEY");
  EXPECT_EQ(lowered.slice(table.columns[0].constraints[0].span), "PRIMARY KEY");
  EXPECT_EQ(lowered.slice(table.columns[1].span), "n numeric(10,2) DEFAULT (1) CHECK (n > 0)");
  EXPECT_EQ(lowered.slice(table.columns[1].constraints[0].span), "CHECK (n > 0)");
  EXPECT_EQ(lowered.slice(table.constraints[0].span), "CONSTRAINT u UNIQUE (id, n)");

  const Lowered alter(
      "ALTER TABLE a ADD COLUMN b int REFERENCES c ON DELETE CASCADE NOT NULL, ADD CHECK (b > 0) "
      "NOT VALID;");
  EXPECT_EQ(alter.slice(alter.first<AddColumn>().column.span),
            "b int REFERENCES c ON DELETE CASCADE NOT NULL");
  EXPECT_EQ(alter.slice(alter.first<AddColumn>().column.constraints[0].span),
            "REFERENCES c ON DELETE CASCADE");
  EXPECT_EQ(alter.slice(alter.first<AddConstraint>().constraint.span), "CHECK (b > 0) NOT VALID");
}

TEST(Lowering, KnowsWhereABodyStandsVerbatim) {
  const auto body = [](const std::string& sql) {
    const Lowered lowered(sql);
    const auto& function = lowered.first<CreateFunction>();
    return std::pair{std::string(function.body), std::string(lowered.slice(function.body_span))};
  };
  using Pair = std::pair<std::string, std::string>;
  EXPECT_EQ(body("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$"),
            Pair(" SELECT 1 ", " SELECT 1 "));
  EXPECT_EQ(body("CREATE FUNCTION f() RETURNS int AS $b$SELECT '$$'$b$ LANGUAGE sql"),
            Pair("SELECT '$$'", "SELECT '$$'"));
  EXPECT_EQ(body("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'"),
            Pair("SELECT 1", "SELECT 1"));
  EXPECT_EQ(body("CREATE FUNCTION f() RETURNS text LANGUAGE sql AS 'SELECT ''a'''"),
            Pair("SELECT 'a'", ""));
  EXPECT_EQ(body("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS E'SELECT\\n1'"),
            Pair("SELECT\n1", ""));
  EXPECT_EQ(body("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT'\n' 1'"),
            Pair("SELECT 1", ""));
  EXPECT_EQ(body("CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'lib', 'f'"), Pair("", ""));
}

TEST(Lowering, LowersWhatADoBlockDoes) {
  const Lowered lowered("DO $$ BEGIN ALTER TABLE a ADD COLUMN b int; END $$;");
  const auto& column = lowered.first<AddColumn>();
  EXPECT_EQ(column.within, Within::do_block);
  EXPECT_EQ(lowered.slice(column.span), "ALTER TABLE a ADD COLUMN b int");
  EXPECT_EQ(lowered.slice(column.column.span), "b int");
  EXPECT_EQ(lowered.first<DoBlock>().within, Within::statement);
}

// ---------------------------------------------------------------- rows

TEST(Lowering, CollectsStringConstants) {
  EXPECT_EQ(op_text(Lowered("INSERT INTO a VALUES (1, 'x', 'it''s'), (2, 'y'::e, NULL) ON CONFLICT "
                            "(i) DO UPDATE SET s = 'z'")
                        .first<Insert>()
                        .constants),
            "[x, 'it's', y, z]");
  EXPECT_EQ(
      op_text(Lowered("UPDATE a SET s = 'new', n = 1 WHERE s = 'old'").first<Update>().constants),
      "[new, old]");
}

TEST(Lowering, KeepsTheAliasOfATarget) {
  EXPECT_EQ(Lowered("UPDATE a AS t SET x = 1").first<Update>().alias, "t");
  EXPECT_EQ(Lowered("DELETE FROM a t").first<Delete>().alias, "t");
  EXPECT_EQ(Lowered("DELETE FROM a").first<Delete>().alias, "");
}

TEST(Lowering, SurvivesLongInsertsAndManyClauses) {
  std::string insert = "INSERT INTO a VALUES (0, 'x')";
  std::string alter = "ALTER TABLE a ADD COLUMN c int";
  for (int i = 1; i < 5000; ++i) {
    insert += ", (" + std::to_string(i) + ", 'x')";
    alter += ", ADD COLUMN c" + std::to_string(i) + " int DEFAULT " + std::to_string(i);
  }
  EXPECT_EQ(Lowered(insert).first<Insert>().rows, 5000u);
  const Lowered many(alter);
  ASSERT_EQ(many.ops.size(), 5000u);
  EXPECT_EQ(std::get<AddColumn>(*many.ops[4999]).column.default_value->text, "4999");
}

}  // namespace
}  // namespace migguard
