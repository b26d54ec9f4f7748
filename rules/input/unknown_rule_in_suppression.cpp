// An ignore comment that names no rule. The engine emits the finding, together with those of
// unused-suppression.
#include <migguard/rule.hpp>

namespace migguard::rules {
namespace {

constexpr Example bad[] = {
    {"-- migguard: ignore drop-tabel\nDROP TABLE invoices;"},
    {"-- migguard: ignore drop-table, made-up-rule: archived\nDROP TABLE invoices;"}};
constexpr Example good[] = {
    {"-- migguard: ignore drop-table: archived in release 12\nDROP TABLE invoices;"},
    {"-- migguard: ignore drop-table\nSELECT 1;"}};

}  // namespace

extern constexpr Rule unknown_rule_in_suppression{
    .severity = Severity::warning,
    .summary = "An ignore comment names a rule that does not exist, and ignores nothing",
    .why = "a misspelt name ignores nothing, whatever the comment promises the reader",
    .instead = "Use the name as the finding shows it; `migguard rules` lists all.",
    .bad = bad,
    .good = good,
    .listeners = {},
};

}  // namespace migguard::rules
