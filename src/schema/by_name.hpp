// Things by schema and name, as the catalogs' unique indexes hold them. Names are views: into the
// history's SQL, or into what the replay keeps.
#pragma once

#include <tsl/robin_map.h>
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <migguard/op.hpp>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace migguard::schema {

// What an object is found by: schema and name, both given.
using Key = Name;

// The same name. Mostly it lies in the same place or differs in size or at the end (`column_7`),
// and takes no look at the rest.
inline bool same_text(Text one, Text other) {
  if (one.size() != other.size()) return false;
  if (one.data() == other.data() || one.empty()) return true;
  return one.back() == other.back() && one == other;
}

// A hash of a few steps for short names, seeded anew by each process: SQL cannot choose names that
// all fall into one place. What is found by it is sorted before anyone sees it.
struct NameHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view name) const noexcept {
    std::uint64_t hash = hash_seed ^ name.size();
    // Words that overlap at the end cost less than what is left over byte by byte.
    if (name.size() >= 8) {
      for (std::size_t at = 0; at + 8 < name.size(); at += 8)
        mix(hash, load<std::uint64_t>(name.data() + at));
      mix(hash, load<std::uint64_t>(name.data() + name.size() - 8));
    } else if (name.size() >= 4) {
      const std::uint64_t first = load<std::uint32_t>(name.data());
      mix(hash, first << 32 | load<std::uint32_t>(name.data() + name.size() - 4));
    } else {
      std::uint64_t all = 0;
      for (const char c : name) all = all << 8 | static_cast<unsigned char>(c);
      mix(hash, all);
    }
    return hash;
  }
  std::size_t operator()(const Key& key) const noexcept {
    std::uint64_t hash = (*this)(key.schema);
    mix(hash, (*this)(key.name));
    return hash;
  }

 private:
  static const std::uint64_t hash_seed;

  template <class Word>
  static Word load(const char* text) {
    Word word;
    std::memcpy(&word, text, sizeof word);
    return word;
  }
  // The two halves of a product of 128 bits, one upon the other (wyhash). The odd constant is 2^64
  // divided by the golden ratio.
  static void mix(std::uint64_t& hash, std::uint64_t word) {
    __extension__ using Product = unsigned __int128;
    const Product product = static_cast<Product>(hash ^ word) * 0x9e3779b97f4a7c15U;
    hash = static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  }
};

// What has few bytes lies in the table of names itself; what has more has a place of its own.
template <class Object>
class InTable {
 public:
  Object& object() { return object_; }
  const Object& object() const { return object_; }

 private:
  Object object_{};
};

template <class Object>
class OnItsOwn {
 public:
  OnItsOwn() = default;
  OnItsOwn(const OnItsOwn& other) : object_(std::make_unique<Object>(*other.object_)) {}
  OnItsOwn(OnItsOwn&&) noexcept = default;
  OnItsOwn& operator=(const OnItsOwn& other) { return *this = OnItsOwn(other); }
  OnItsOwn& operator=(OnItsOwn&&) noexcept = default;
  ~OnItsOwn() = default;
  Object& object() { return *object_; }
  const Object& object() const { return *object_; }

 private:
  std::unique_ptr<Object> object_ = std::make_unique<Object>();
};

// A name with the hash that it is found by: for one that is looked up in several tables.
struct HashedName {
  explicit HashedName(const Name& of) : name(of), hash(NameHash()(of.name)) {}
  Name name;
  std::size_t hash;
};

// An open table (tsl::robin_map), which finds out with one look that a name is free: nearly every
// name of a history is looked up once, to be found free.
template <class Object>
class ByName {
 public:
  const Object* find(const Name& name) const { return const_cast<ByName*>(this)->find(name); }
  Object* find(const Name& name) {
    Names* const names = names_of(name.schema);
    return names ? object_of(*names, names->find(name.name)) : nullptr;
  }
  bool contains(const Name& name) const { return find(name) != nullptr; }
  bool contains(const HashedName& hashed) const {
    const Names* const names = names_of(hashed.name.schema);
    return names && names->find(hashed.name.name, hashed.hash) != names->end();
  }
  // Whether nothing has ever been in it.
  bool never_used() const { return schemas_.empty(); }

  // Adds an empty object where none has the name, whose text must last as long as this does.
  // Objects of more than two words stay where they are when others come and go.
  Object& operator[](const Name& name) { return *insert(name).first; }
  // The same, and whether there was none before.
  std::pair<Object*, bool> insert(const Name& name) {
    Names* names = names_of(name.schema);
    if (!names) names = &schemas_[name.schema];
    const auto [place, added] = names->try_emplace(name.name);
    return {&place.value().object(), added};
  }
  void erase(const Name& name) {
    if (Names* const names = names_of(name.schema)) names->erase(name.name);
  }
  // Gives another name to an object, which stays where it is; what has that name makes room.
  // Null where there is no such object.
  Object* move(const Name& name, const Name& new_name) {
    const auto schema = schemas_.find(name.schema);
    if (schema == schemas_.end()) return nullptr;
    const auto found = schema->second.find(name.name);
    if (found == schema->second.end()) return nullptr;
    if (name == new_name) return &found.value().object();
    auto place = std::move(found.value());
    schema->second.erase(found);
    return &schemas_[new_name.schema]
                .insert_or_assign(new_name.name, std::move(place))
                .first.value()
                .object();
  }
  void clear() {
    schemas_.clear();
    last_ = Last();
  }

  // The keys of everything in a schema, sorted.
  std::vector<Key> keys(std::string_view schema) const {
    std::vector<Key> keys;
    if (const auto found = schemas_.find(schema); found != schemas_.end())
      for (const auto& [name, object] : found->second) keys.push_back({schema, name});
    std::sort(keys.begin(), keys.end());
    return keys;
  }
  // Of everything.
  std::vector<Key> keys() const {
    std::vector<Key> keys;
    for (const auto& [schema, objects] : schemas_)
      for (const auto& [name, object] : objects) keys.push_back({schema, name});
    std::sort(keys.begin(), keys.end());
    return keys;
  }
  // Any that fits; null where none does.
  template <class Fits>
  const Object* find_if(Fits fits) const {
    for (const auto& [schema, objects] : schemas_) {
      for (const auto& [name, object] : objects) {
        if (fits(object.object())) return &object.object();
      }
    }
    return nullptr;
  }
  // Everything, sorted by schema and name.
  std::vector<const Object*> all() const {
    std::vector<const Object*> list;
    for (const Key& key : keys()) list.push_back(find(key));
    return list;
  }

 private:
  static constexpr bool small =
      std::is_trivially_copyable_v<Object> && sizeof(Object) <= 2 * sizeof(void*);
  using Place = std::conditional_t<small, InTable<Object>, OnItsOwn<Object>>;
  template <class Value>
  using Table = tsl::robin_map<Text, Value, NameHash, std::equal_to<>,
                               std::allocator<std::pair<Text, Value>>, true>;

  // Every lookup asks for the temporary schema, too: most names differ in size already.
  struct ShorterFirst {
    bool operator()(Text a, Text b) const {
      return a.size() != b.size() ? a.size() < b.size() : a < b;
    }
  };
  // The names of one schema. Fuller than the library would have it, which looks no more often in
  // vain: each place keeps how far from home its name is.
  struct Names : Table<Place> {
    Names() { this->max_load_factor(0.8F); }
  };
  using Schemas = std::map<Text, Names, ShorterFirst>;
  Schemas schemas_;

  // The schema that was asked for last, mostly the next one, too. A copy has its own tables.
  struct Last {
    Last() = default;
    Last(const Last&) {}
    Last& operator=(const Last&) {
      found = nullptr;
      return *this;
    }
    typename Schemas::value_type* found = nullptr;
  };
  mutable Last last_;

  Names* names_of(Text schema) {
    if (last_.found && same_text(last_.found->first, schema)) return &last_.found->second;
    const auto found = schemas_.find(schema);
    if (found == schemas_.end()) return nullptr;
    last_.found = &*found;
    return &found->second;
  }
  const Names* names_of(Text schema) const { return const_cast<ByName*>(this)->names_of(schema); }
  static Object* object_of(Names& names, typename Names::iterator found) {
    return found == names.end() ? nullptr : &found.value().object();
  }
};

// Names alone.
struct Present {};
class NameSet : public ByName<Present> {
 public:
  void add(const Name& name) { (*this)[name]; }
};

}  // namespace migguard::schema
