# Finds libpg_query with PostgreSQL 18's grammar and node headers. First hit wins:
#
#   1. MIGGUARD_PG_QUERY_ROOT, if given (also in the environment): a prefix, or libpg_query's source
#      tree after `make build` (`make install` leaves the node headers out, so its prefix will not do)
#   2. the system's package, if it is PostgreSQL 18's
#   3. .deps/pg_query, where scripts/setup puts it
#
# Nothing is downloaded here. Defines the target PgQuery::pg_query and
#   PgQuery_POSTGRESQL_MAJOR   18
#   PgQuery_DESCRIPTION        PostgreSQL 18.6, libpg_query 18.1.0

set(MIGGUARD_PG_QUERY_ROOT "$ENV{MIGGUARD_PG_QUERY_ROOT}" CACHE PATH
  "libpg_query: a prefix with include/pg_query/postgres, or a built source tree")

# Looks at one place. Sets candidate_library, candidate_includes, candidate_version (of PostgreSQL)
# and candidate_release (of libpg_query, may be empty), or candidate_problem.
function(pg_query_look_at root)
  set(library "")
  set(includes "")
  set(problem "")
  set(version "")
  if(EXISTS "${root}/src/pg_query_internal.h")
    set(includes "${root}" "${root}/src" "${root}/src/include" "${root}/src/postgres/include")
    set(library "${root}/libpg_query.a")
  else()
    foreach(prefix IN ITEMS "${root}" "${root}/usr")
      if(EXISTS "${prefix}/include/pg_query.h")
        set(includes "${prefix}/include" "${prefix}/include/pg_query"
          "${prefix}/include/pg_query/postgres")
        file(GLOB libraries "${prefix}/lib/${CMAKE_LIBRARY_ARCHITECTURE}/libpg_query.a"
          "${prefix}/lib/*/libpg_query.a" "${prefix}/lib*/libpg_query.a")
        if(libraries)
          list(GET libraries 0 library)
        endif()
        break()
      endif()
    endforeach()
  endif()

  if(NOT includes)
    set(problem "no libpg_query")
  elseif(NOT library OR NOT EXISTS "${library}")
    set(problem "no libpg_query.a")
  else()
    list(GET includes 0 first)
    list(GET includes 1 second)
    list(GET includes -1 last)
    if(NOT EXISTS "${second}/pg_query_internal.h" OR NOT EXISTS "${last}/nodes/parsenodes.h")
      set(problem "without the headers of PostgreSQL's nodes")
    else()
      file(STRINGS "${first}/pg_query.h" version REGEX "define PG_VERSION \"")
      string(REGEX REPLACE "^.*\"(.*)\".*$" "\\1" version "${version}")
    endif()
  endif()

  set(release "")
  set(deps "${PROJECT_SOURCE_DIR}/.deps/pg_query")
  if(root STREQUAL "${deps}/root" AND EXISTS "${deps}/version")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${deps}/version")
    file(STRINGS "${deps}/version" release LIMIT_COUNT 1)
    string(REGEX REPLACE "-.*$" "" release "${release}")
  endif()
  set(candidate_library "${library}" PARENT_SCOPE)
  set(candidate_includes "${includes}" PARENT_SCOPE)
  set(candidate_version "${version}" PARENT_SCOPE)
  set(candidate_release "${release}" PARENT_SCOPE)
  set(candidate_problem "${problem}" PARENT_SCOPE)
endfunction()

# Compiles and links a small program against the candidate, once per library.
function(pg_query_try result)
  string(MD5 key "${candidate_library};${candidate_includes}")
  if(NOT DEFINED PGQUERY_WORKS_${key})
    try_compile(PGQUERY_WORKS_${key}
      SOURCE_FROM_CONTENT probe.cpp [[
        extern "C" {
        #include "postgres.h"
        #include "nodes/parsenodes.h"
        #include "pg_query.h"
        #include "pg_query_internal.h"
        }
        int main() {
          MemoryContext context = pg_query_enter_memory_context();
          PgQueryInternalParsetreeAndError result = pg_query_raw_parse("SELECT 1", 0);
          const bool good = result.tree != nullptr && result.error == nullptr;
          pg_query_exit_memory_context(context);
          return good ? 0 : 1;
        }
      ]]
      SOURCES "${PROJECT_SOURCE_DIR}/src/sql/compat_glibc.c"
      CMAKE_FLAGS "-DINCLUDE_DIRECTORIES=${candidate_includes}"
      LINK_LIBRARIES "${candidate_library}" Threads::Threads m
      OUTPUT_VARIABLE log)
    if(NOT PGQUERY_WORKS_${key})
      file(WRITE "${PROJECT_BINARY_DIR}/CMakeFiles/pg_query_probe.log" "${log}")
      unset(PGQUERY_WORKS_${key} CACHE)
      set(${result} FALSE PARENT_SCOPE)
      return()
    endif()
  endif()
  set(${result} TRUE PARENT_SCOPE)
endfunction()

set(PgQuery_FOUND FALSE)
set(pg_query_tried "")
if(MIGGUARD_PG_QUERY_ROOT)
  get_filename_component(pg_query_roots "${MIGGUARD_PG_QUERY_ROOT}" ABSOLUTE
    BASE_DIR "${CMAKE_BINARY_DIR}")
else()
  find_path(PGQUERY_INCLUDE_DIR pg_query/postgres/postgres.h)
  mark_as_advanced(PGQUERY_INCLUDE_DIR)
  set(pg_query_roots "${PROJECT_SOURCE_DIR}/.deps/pg_query/root")
  if(PGQUERY_INCLUDE_DIR)
    get_filename_component(pg_query_system "${PGQUERY_INCLUDE_DIR}" DIRECTORY)
    list(PREPEND pg_query_roots "${pg_query_system}")
  endif()
endif()

foreach(root IN LISTS pg_query_roots)
  pg_query_look_at("${root}")
  if(NOT candidate_problem)
    if(candidate_version VERSION_LESS 18 OR candidate_version VERSION_GREATER_EQUAL 19)
      set(candidate_problem "PostgreSQL ${candidate_version}'s, not 18's")
    else()
      pg_query_try(works)
      if(NOT works)
        set(candidate_problem
          "does not compile or link, see ${PROJECT_BINARY_DIR}/CMakeFiles/pg_query_probe.log")
      endif()
    endif()
  endif()
  if(candidate_problem)
    string(APPEND pg_query_tried "\n  ${root}: ${candidate_problem}")
    continue()
  endif()
  set(PgQuery_FOUND TRUE)
  break()
endforeach()

if(NOT PgQuery_FOUND)
  message(FATAL_ERROR "libpg_query with PostgreSQL 18's grammar was not found:${pg_query_tried}\n"
    "Run scripts/setup, which fetches it, or build its source (make build) and pass "
    "-DMIGGUARD_PG_QUERY_ROOT=/path/to/libpg_query")
endif()

string(REGEX MATCH "^[0-9]+" PgQuery_POSTGRESQL_MAJOR "${candidate_version}")
set(PgQuery_DESCRIPTION "PostgreSQL ${candidate_version}")
if(candidate_release)
  string(APPEND PgQuery_DESCRIPTION ", libpg_query ${candidate_release}")
endif()

if(NOT TARGET PgQuery::pg_query)
  message(STATUS "Found PgQuery: ${candidate_library} (${PgQuery_DESCRIPTION})")
  # A library of its own, so that the linker meets it after libpg_query, which needs it.
  add_library(migguard_compat_glibc STATIC "${PROJECT_SOURCE_DIR}/src/sql/compat_glibc.c")
  add_library(PgQuery::pg_query STATIC IMPORTED)
  set_target_properties(PgQuery::pg_query PROPERTIES
    IMPORTED_LOCATION "${candidate_library}"
    INTERFACE_INCLUDE_DIRECTORIES "${candidate_includes}"
    INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${candidate_includes}")
  target_link_libraries(PgQuery::pg_query INTERFACE migguard_compat_glibc Threads::Threads m)
endif()
