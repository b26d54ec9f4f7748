// What has one cause is said once: seven columns dropped from one table are one finding.
#pragma once

#include <lint/lint.hpp>

namespace migguard::lint {

// Draws open findings of one rule, file, severity and cause that each name an `item` in their data
// into the first of them: its message names the others' items, its labels point to them, its help
// has their SQL, too. Of JSON keys, what one statement does with one object is one finding, what
// later statements do with the same keys is said there, and what a money column is filled with is
// said of the column. Findings must be sorted by place; the order stays.
void draw_together(Report& report);

}  // namespace migguard::lint
