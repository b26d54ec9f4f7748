// The seed of the hash of names.
#include <schema/by_name.hpp>

#include <random>

namespace migguard::schema {

const std::uint64_t NameHash::hash_seed =
    static_cast<std::uint64_t>(std::random_device{}()) << 32 | std::random_device{}();

}  // namespace migguard::schema
