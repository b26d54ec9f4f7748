# Finds tree-sitter (Debian's libtree-sitter-dev) and the C sources of its TypeScript grammar, which
# scripts/setup puts into .deps/tree_sitter_typescript. Nothing is downloaded here. Defines the
# target TreeSitter::typescript, linked statically.
find_path(TREE_SITTER_INCLUDE_DIR tree_sitter/api.h)
find_library(TREE_SITTER_LIBRARY NAMES libtree-sitter.a tree-sitter)
mark_as_advanced(TREE_SITTER_INCLUDE_DIR TREE_SITTER_LIBRARY)
set(MIGGUARD_TREE_SITTER_TYPESCRIPT "${PROJECT_SOURCE_DIR}/.deps/tree_sitter_typescript" CACHE PATH
  "The C sources of npm's tree-sitter-typescript 0.23.2")

if(NOT TREE_SITTER_INCLUDE_DIR OR NOT TREE_SITTER_LIBRARY)
  message(FATAL_ERROR "tree-sitter was not found: run scripts/setup, or install libtree-sitter-dev")
endif()
set(tree_sitter_sources "${MIGGUARD_TREE_SITTER_TYPESCRIPT}/typescript/src")
if(NOT EXISTS "${tree_sitter_sources}/parser.c")
  message(FATAL_ERROR "tree-sitter's TypeScript grammar was not found in "
    "${MIGGUARD_TREE_SITTER_TYPESCRIPT}: run scripts/setup, which fetches it")
endif()

if(NOT TARGET TreeSitter::typescript)
  add_library(migguard_tree_sitter_typescript STATIC
    "${tree_sitter_sources}/parser.c" "${tree_sitter_sources}/scanner.c")
  target_include_directories(migguard_tree_sitter_typescript PRIVATE "${tree_sitter_sources}")
  target_include_directories(migguard_tree_sitter_typescript SYSTEM PUBLIC
    "${TREE_SITTER_INCLUDE_DIR}")
  # Generated: its tables take long to optimise and gain nothing by it.
  target_compile_options(migguard_tree_sitter_typescript PRIVATE
    $<$<NOT:$<C_COMPILER_ID:MSVC>>:-w> $<$<NOT:$<C_COMPILER_ID:MSVC>>:-O1>)
  target_link_libraries(migguard_tree_sitter_typescript PUBLIC "${TREE_SITTER_LIBRARY}")
  add_library(TreeSitter::typescript ALIAS migguard_tree_sitter_typescript)
endif()
set(TreeSitterTypeScript_FOUND TRUE)
