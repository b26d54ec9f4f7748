// An ignore comment that ignores nothing. The engine emits the finding, for it alone knows what was
// used.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

constexpr Example bad[] = {
    {"-- migguard: ignore drop-table\nSELECT 1;"},
    {"-- migguard: ignore-file truncate-table: test data\nCREATE TABLE users (id bigint);"},
    {"-- migguard: ignroe drop-table\nDROP TABLE invoices;"}};
constexpr Example good[] = {
    {"-- migguard: ignore drop-table: archived in release 12\nDROP TABLE invoices;"},
    {"-- migguard: ignore-file drop-table: archived\nSELECT 1;\nDROP TABLE invoices;"},
    {"-- see what migguard: ignore says\nSELECT 1;"}};

}  // namespace

extern constexpr Rule unused_suppression{
    .severity = Severity::warning,
    .summary = "An ignore comment hits nothing, and would hide what comes next",
    .why =
        "an ignore comment that hits nothing would silence a later finding that nobody has looked "
        "at",
    .instead =
        "Delete the comment, or put it on the line above the statement it is meant for:\n"
        "-- migguard: ignore drop-table: archived in release 12\n"
        "DROP TABLE invoices;",
    .bad = bad,
    .good = good,
    .listeners = {},
};

}  // namespace migguard::rules
