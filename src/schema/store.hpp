// Where the texts and lists of a schema lie that no file of the history holds.
#pragma once

#include <algorithm>
#include <memory>
#include <memory_resource>
#include <migguard/op.hpp>
#include <migguard/schema.hpp>
#include <migguard/text.hpp>
#include <new>
#include <span>
#include <string_view>
#include <type_traits>
#include <util/pages.hpp>
#include <vector>

namespace migguard::schema {

// Texts and lists that the facts refer to, where the history's SQL does not hold them: they last as
// long as the replay.
class Store {
 public:
  Text keep(std::string_view text) {
    char* copy = static_cast<char*>(memory_.allocate(text.size() + 1, 1));
    std::copy(text.begin(), text.end(), copy);
    return {copy, text.size()};
  }
  template <class T>
  List<T> keep(std::span<T> items) {
    using Item = std::remove_const_t<T>;
    if (items.empty()) return {};
    auto* copy = static_cast<Item*>(memory_.allocate(items.size_bytes(), alignof(Item)));
    std::uninitialized_copy(items.begin(), items.end(), copy);
    return {copy, items.size()};
  }
  template <class T>
  List<T> keep(const std::vector<T>& items) {
    return keep(std::span(items));
  }
  template <class T>
  List<T> keep(const Rarely<List<T>>& items) {
    return keep(*items);
  }
  // The same for a list that few have.
  template <class T>
  Rarely<List<T>> rarely(std::span<const T> items) {
    if (items.empty()) return {};
    void* const place = memory_.allocate(sizeof(List<T>), alignof(List<T>));
    return Rarely<List<T>>(new (place) List<T>(keep(items)));
  }
  template <class T>
  Rarely<List<T>> rarely(const std::vector<T>& items) {
    return rarely(std::span(items));
  }
  // A plain name: `invoices`, `app.quotes`.
  Text plain(const Name& name) {
    if (name.schema == "public") return name.name;
    return keep(migguard::plain(name));
  }

 private:
  std::pmr::monotonic_buffer_resource memory_{4096, large_pages()};
};

}  // namespace migguard::schema
