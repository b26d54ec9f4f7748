// A value, or why there is none. migguard throws no exceptions across rooms.
#pragma once

#include <migguard/text.hpp>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace migguard {

// Why migguard cannot do its job (exit status 2). `path` and `line` are empty and 0 where no file
// is to blame.
struct Error {
  std::string message;
  std::string path = {};
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value)
      : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: implicit on purpose
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT
  explicit operator bool() const { return state_.index() == 0; }
  T& operator*() & { return std::get<0>(state_); }
  const T& operator*() const& { return std::get<0>(state_); }
  T&& operator*() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }
  const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

}  // namespace migguard
