// The one door to libpg_query and PostgreSQL's headers: no other file includes them. Their macros
// redirect printf, claim names such as ERROR, Min and _, and so break standard headers that come
// later: those come first here, and the worst macros are gone at the end.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <memory_resource>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

// PostgreSQL's type for text values would be shadowed by every parameter of that name.
#define text postgresql_text

extern "C" {
#include <pg_query.h>
#include <postgres.h>
// Every other header of PostgreSQL needs postgres.h to be first.
#include <catalog/pg_class_d.h>
#include <catalog/pg_trigger_d.h>
#include <nodes/nodeFuncs.h>
#include <nodes/parsenodes.h>
#include <nodes/pg_list.h>
#include <nodes/primnodes.h>
#include <nodes/value.h>
#include <pg_query_internal.h>
#include <storage/lockdefs.h>
#include <utils/memutils.h>
}

#if PG_VERSION_NUM < 180000
#error "migguard needs libpg_query 18 or newer: its lowering is written for PostgreSQL 18's tree"
#endif

// The T_ tags, NIL and the list functions stay. IsA and its kin do not work in namespace migguard,
// which has a Node of its own: see `as` in parse_tree.hpp.
#undef text
#undef printf
#undef fprintf
#undef sprintf
#undef snprintf
#undef vprintf
#undef vfprintf
#undef vsprintf
#undef vsnprintf
#undef strerror
#undef strerror_r
#undef qsort
#undef Min
#undef Max
#undef Abs
#undef _
#undef gettext
#undef dgettext
#undef ngettext
#undef dngettext
#undef ERROR
#undef WARNING
#undef NOTICE
#undef INFO
#undef LOG
#undef FATAL
#undef PANIC
#undef DEBUG
#undef DEBUG1
#undef DEBUG2
#undef DEBUG3
#undef DEBUG4
#undef DEBUG5
#undef Assert
#undef Trap
#undef likely
#undef unlikely
#undef lengthof
#undef restrict
#undef foreach
#undef forboth
