#include <schema/extensions.hpp>

#include <algorithm>
#include <array>

namespace migguard::schema {
namespace {

// From the extensions' own scripts (contrib/*/*.sql of PostgreSQL 15; PostGIS, pgvector and others
// from theirs).
constexpr std::string_view citext_types[] = {"citext"};
constexpr std::string_view citext_classes[] = {"citext_ops", "citext_pattern_ops"};
constexpr std::string_view hstore_types[] = {"hstore"};
constexpr std::string_view hstore_classes[] = {"gin_hstore_ops", "gist_hstore_ops",
                                               "btree_hstore_ops", "hash_hstore_ops"};
constexpr std::string_view ltree_types[] = {"ltree", "lquery", "ltxtquery"};
constexpr std::string_view ltree_classes[] = {"gist_ltree_ops", "gist__ltree_ops", "ltree_ops"};
constexpr std::string_view cube_types[] = {"cube"};
constexpr std::string_view cube_classes[] = {"cube_ops", "gist_cube_ops"};
constexpr std::string_view earth_types[] = {"earth"};
constexpr std::string_view seg_types[] = {"seg"};
constexpr std::string_view lo_types[] = {"lo"};
constexpr std::string_view isn_types[] = {"ean13",  "isbn", "isbn13", "ismn",
                                          "ismn13", "issn", "issn13", "upc"};
constexpr std::string_view intarray_types[] = {"query_int"};
constexpr std::string_view intarray_classes[] = {"gist__int_ops", "gist__intbig_ops",
                                                 "gin__int_ops"};
constexpr std::string_view trigram_classes[] = {"gin_trgm_ops", "gist_trgm_ops"};
constexpr std::string_view bloom_classes[] = {"bloom"};
constexpr std::string_view uuid_functions[] = {"uuid_generate_v1", "uuid_generate_v1mc",
                                               "uuid_generate_v3", "uuid_generate_v4",
                                               "uuid_generate_v5", "uuid_nil"};
constexpr std::string_view crypto_functions[] = {"gen_random_bytes", "gen_salt", "crypt", "digest"};
constexpr std::string_view vector_types[] = {"vector", "halfvec", "sparsevec"};
constexpr std::string_view vector_classes[] = {"hnsw", "ivfflat"};
constexpr std::string_view postgis_types[] = {"geometry", "geography", "box2d", "box3d"};
constexpr std::string_view raster_types[] = {"raster"};

constexpr std::array<ExtensionObjects, 16> known{{
    {"bloom", {}, {}, bloom_classes},
    {"citext", citext_types, {}, citext_classes},
    {"cube", cube_types, {}, cube_classes},
    {"earthdistance", earth_types, {}, {}},
    {"hstore", hstore_types, {}, hstore_classes},
    {"intarray", intarray_types, {}, intarray_classes},
    {"isn", isn_types, {}, {}},
    {"lo", lo_types, {}, {}},
    {"ltree", ltree_types, {}, ltree_classes},
    {"pg_trgm", {}, {}, trigram_classes},
    {"pgcrypto", {}, crypto_functions, {}},
    {"postgis", postgis_types, {}, {}},
    {"postgis_raster", raster_types, {}, {}},
    {"seg", seg_types, {}, {}},
    {"uuid-ossp", {}, uuid_functions, {}},
    {"vector", vector_types, {}, vector_classes},
}};

}  // namespace

const ExtensionObjects* extension_objects(std::string_view extension) {
  const auto found = std::find_if(known.begin(), known.end(), [&](const ExtensionObjects& each) {
    return each.name == extension;
  });
  return found == known.end() ? nullptr : &*found;
}

}  // namespace migguard::schema
