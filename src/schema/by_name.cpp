// The seed of the hash of names.
#include <schema/by_name.hpp>

#if defined(__linux__)
#include <unistd.h>
#endif

#include <random>

namespace migguard::schema {
namespace {

std::uint64_t anything() {
#if defined(__linux__)
  // std::random_device first asks the processor what it can: on a virtual machine two such
  // questions take as long as the reading of a file.
  std::uint64_t seed = 0;
  if (getentropy(&seed, sizeof seed) == 0) return seed;
#endif
  return static_cast<std::uint64_t>(std::random_device{}()) << 32 | std::random_device{}();
}

}  // namespace

const std::uint64_t NameHash::hash_seed = anything();

}  // namespace migguard::schema
