// Things by schema and name, as the catalogs' unique indexes hold them. Names are views: into the
// history's SQL, or into what the replay keeps.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <functional>
#include <migguard/op.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace migguard::schema {

// What an object is found by: schema and name, both given.
using Key = Name;

// A hash of a few steps for short names. Not noexcept: libstdc++ then keeps it beside each name and
// compares it first.
struct NameHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view name) const {
    std::uint64_t hash = name.size();
    for (; name.size() >= 8; name.remove_prefix(8)) mix(hash, load<std::uint64_t>(name));
    if (name.size() >= 4) {
      mix(hash, load<std::uint32_t>(name));
      name.remove_prefix(4);
    }
    std::uint64_t rest = 0;
    for (const char c : name) rest = rest << 8 | static_cast<unsigned char>(c);
    mix(hash, rest);
    return hash;
  }
  std::size_t operator()(const Key& key) const {
    std::uint64_t hash = (*this)(key.schema);
    mix(hash, (*this)(key.name));
    return hash;
  }

 private:
  template <class Word>
  static Word load(std::string_view text) {
    Word word;
    std::memcpy(&word, text.data(), sizeof word);
    return word;
  }
  // The odd constant is 2^64 divided by the golden ratio (Knuth's multiplicative hashing).
  static void mix(std::uint64_t& hash, std::uint64_t word) {
    hash = (hash ^ word) * 0x9e3779b97f4a7c15U;
    hash ^= hash >> 29;
  }
};

template <class Object>
class ByName {
 public:
  const Object* find(const Name& name) const {
    if (schemas_.empty()) return nullptr;
    const auto schema = schemas_.find(name.schema);
    if (schema == schemas_.end()) return nullptr;
    const auto found = schema->second.find(name.name);
    return found == schema->second.end() ? nullptr : &found->second;
  }
  Object* find(const Name& name) { return const_cast<Object*>(std::as_const(*this).find(name)); }
  bool contains(const Name& name) const { return find(name) != nullptr; }

  // Adds an empty object where none has the name, whose text must last as long as this does.
  // Objects stay where they are when others come and go.
  Object& operator[](const Name& name) {
    InSchema& objects = in(name.schema);
    const auto found = objects.find(name.name);
    return found != objects.end() ? found->second : objects[name.name];
  }
  void erase(const Name& name) {
    const auto schema = schemas_.find(name.schema);
    if (schema == schemas_.end()) return;
    const auto found = schema->second.find(name.name);
    if (found != schema->second.end()) schema->second.erase(found);
  }
  // Gives another name to an object, which stays where it is; what has that name makes room.
  // Null where there is no such object.
  Object* move(const Name& name, const Name& new_name) {
    const auto schema = schemas_.find(name.schema);
    if (schema == schemas_.end()) return nullptr;
    const auto found = schema->second.find(name.name);
    if (found == schema->second.end()) return nullptr;
    if (name == new_name) return &found->second;
    auto node = schema->second.extract(found);
    erase(new_name);
    node.key() = new_name.name;
    return &in(new_name.schema).insert(std::move(node)).position->second;
  }
  void clear() { schemas_.clear(); }

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
  // Everything, sorted by schema and name.
  std::vector<const Object*> all() const {
    std::vector<const Object*> list;
    for (const Key& key : keys()) list.push_back(find(key));
    return list;
  }

 private:
  using InSchema = std::unordered_map<Text, Object, NameHash>;

  InSchema& in(std::string_view schema) {
    const auto found = schemas_.find(schema);
    return found != schemas_.end() ? found->second : schemas_[schema];
  }

  std::unordered_map<Text, InSchema, NameHash> schemas_;
};

// Names alone.
struct Present {};
class NameSet : public ByName<Present> {
 public:
  void add(const Name& name) { (*this)[name]; }
};

}  // namespace migguard::schema
