// The names of enumerators in machine-readable output: lower case, as the enumeration spells them.
#pragma once

#include <migguard/op.hpp>
#include <migguard/project.hpp>
#include <migguard/schema.hpp>

#include <array>
#include <cstddef>
#include <string_view>

namespace migguard::lint {

namespace detail {
// Checks at compile time that a table ends where its enumeration does.
template <auto last, std::size_t size>
constexpr auto complete(const std::string_view (&names)[size]) {
  static_assert(size == static_cast<std::size_t>(last) + 1, "an enumerator has no name");
  return std::to_array(names);
}
}  // namespace detail

template <class Enum>
inline constexpr bool enum_names = false;  // specialised below for each enumeration that is written

template <>
inline constexpr auto enum_names<Within> =
    detail::complete<Within::dynamic_sql>({"statement", "do_block", "dynamic_sql"});
template <>
inline constexpr auto enum_names<Persistence> =
    detail::complete<Persistence::temporary>({"permanent", "unlogged", "temporary"});
template <>
inline constexpr auto enum_names<OnCommit> =
    detail::complete<OnCommit::drop>({"preserve_rows", "delete_rows", "drop"});
template <>
inline constexpr auto enum_names<ReferentialAction> =
    detail::complete<ReferentialAction::set_default>({"no_action", "restrict", "cascade",
                                                      "set_null", "set_default"});
template <>
inline constexpr auto enum_names<migguard::Identity> =
    detail::complete<migguard::Identity::by_default>({"none", "always", "by_default"});
template <>
inline constexpr auto enum_names<Generated> =
    detail::complete<Generated::virtual_>({"none", "stored", "virtual"});
template <>
inline constexpr auto enum_names<ConstraintKind> = detail::complete<ConstraintKind::exclusion>(
    {"not_null", "check", "primary_key", "unique", "foreign_key", "exclusion"});
template <>
inline constexpr auto enum_names<ObjectKind> =
    detail::complete<ObjectKind::other>({"table",         "view",           "materialized_view",
                                         "foreign_table", "index",          "sequence",
                                         "column",        "constraint",     "schema",
                                         "database",      "type",           "domain",
                                         "function",      "procedure",      "aggregate",
                                         "operator",      "operator_class", "operator_family",
                                         "collation",     "conversion",     "extension",
                                         "trigger",       "event_trigger",  "rule",
                                         "policy",        "role",           "tablespace",
                                         "publication",   "subscription",   "statistics",
                                         "text_search",   "foreign_server", "foreign_data_wrapper",
                                         "language",      "cast",           "transform",
                                         "access_method", "large_object",   "other"});
template <>
inline constexpr auto enum_names<ExpressionKind> = detail::complete<ExpressionKind::other>(
    {"none", "null", "constant", "column", "call", "other"});
template <>
inline constexpr auto enum_names<TypeKind> =
    detail::complete<TypeKind::base>({"enum", "domain", "composite", "range", "base"});
template <>
inline constexpr auto enum_names<Volatility> =
    detail::complete<Volatility::immutable>({"volatile", "stable", "immutable"});
template <>
inline constexpr auto enum_names<TransactionStep> =
    detail::complete<TransactionStep::rollback_prepared>({"begin", "commit", "rollback",
                                                          "savepoint", "release", "rollback_to",
                                                          "prepare", "commit_prepared",
                                                          "rollback_prepared"});
template <>
inline constexpr auto enum_names<JsonAccess> =
    detail::complete<JsonAccess::define>({"write", "read", "define"});
template <>
inline constexpr auto enum_names<JsonValueKind> = detail::complete<JsonValueKind::array>(
    {"unknown", "null", "boolean", "number", "text", "object", "array"});
template <>
inline constexpr auto enum_names<Known> = detail::complete<Known::unknown>({"no", "yes",
                                                                            "unknown"});
template <>
inline constexpr auto enum_names<RelationKind> = detail::complete<RelationKind::sequence>(
    {"table", "partitioned_table", "foreign_table", "view", "materialized_view", "sequence"});
template <>
inline constexpr auto enum_names<Dialect> =
    detail::complete<Dialect::other>({"postgresql", "sqlite", "mysql", "other"});
template <>
inline constexpr auto enum_names<TransactionMode> = detail::complete<TransactionMode::all_pending>(
    {"autocommit", "per_file", "simple_query", "all_pending"});
template <>
inline constexpr auto enum_names<ProblemKind> = detail::complete<ProblemKind::unreadable>(
    {"syntax", "unterminated", "nul_byte", "invalid_utf8", "utf16", "template", "too_deep",
     "too_large", "binary", "unreadable"});

template <class Enum>
constexpr std::string_view enum_name(Enum value) {
  const auto index = static_cast<std::size_t>(value);
  return index < enum_names<Enum>.size() ? enum_names<Enum>[index] : std::string_view("unknown");
}

}  // namespace migguard::lint
