// Extensions that only a superuser may create.
#include <algorithm>
#include <iterator>
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

constexpr std::string_view trusted[] = {"bool_plperl",
                                        "btree_gin",
                                        "btree_gist",
                                        "citext",
                                        "cube",
                                        "dict_int",
                                        "fuzzystrmatch",
                                        "hstore",
                                        "hstore_plperl",
                                        "intarray",
                                        "isn",
                                        "jsonb_plperl",
                                        "lo",
                                        "ltree",
                                        "pg_trgm",
                                        "pgcrypto",
                                        "plperl",
                                        "plpgsql",
                                        "pltcl",
                                        "seg",
                                        "tablefunc",
                                        "tcn",
                                        "tsm_system_rows",
                                        "tsm_system_time",
                                        "unaccent",
                                        "uuid-ossp"};

void check(Context& ctx, const CreateExtension& op) {
  if (std::find(std::begin(trusted), std::end(trusted), op.extension) != std::end(trusted)) return;
  ctx.report(op, cat("only a superuser can create the extension ", quote_identifier(op.extension)))
      .because("it is not among those that PostgreSQL trusts the owner of a database with")
      .try_("create it once by hand or by the provider\'s console, before the release")
      .with("extension", std::string(op.extension));
}

constexpr Example bad[] = {{"CREATE EXTENSION postgis;"},
                           {"CREATE EXTENSION IF NOT EXISTS vector;"}};
constexpr Example good[] = {{"CREATE EXTENSION pgcrypto;"},
                            {"CREATE EXTENSION IF NOT EXISTS \"uuid-ossp\";"}};

}  // namespace

extern constexpr Rule create_extension{
    .severity = Severity::note,
    .off_by_default = true,
    .summary = "an extension that is not trusted needs a superuser",
    .why = "Roles that run migrations should not be superusers.",
    .instead = "Create the extension outside of migrations.",
    .bad = bad,
    .good = good,
    .listeners = on<&check>,
};

}  // namespace migguard::rules
