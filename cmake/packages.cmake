# Packages of what is installed: `cpack --config build/release/CPackConfig.cmake -B FOLDER` writes a
# .deb and a .tar.gz. Build with the preset `release`, so that the program needs no library.
set(CPACK_GENERATOR TGZ)
find_program(DPKG_DEB dpkg-deb)
if(DPKG_DEB)
  list(APPEND CPACK_GENERATOR DEB)
endif()
set(CPACK_PACKAGE_NAME migguard)
set(CPACK_PACKAGE_VENDOR "The migguard developers")
set(CPACK_PACKAGE_CONTACT "The migguard developers <migguard@users.noreply.github.com>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "PostgreSQL migration safety linter")
set(CPACK_PACKAGE_DESCRIPTION "Finds what a PostgreSQL migration would destroy, block or break,
before it runs, and what is wrong with the history it belongs to: Drizzle, Prisma, Supabase, Flyway,
goose, golang-migrate, dbmate, sqlx and plain SQL. No database and no network are needed.")
set(CPACK_RESOURCE_FILE_LICENSE "${PROJECT_SOURCE_DIR}/LICENSE")
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_CHECKSUM SHA256)
set(CPACK_VERBATIM_VARIABLES ON)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION database)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS git)  # for --since and --staged
# A static program needs nothing; one that asks a database needs its client library.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
if(MIGGUARD_STATIC AND NOT TARGET migguard-db)
  set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS OFF)
endif()
include(CPack)
