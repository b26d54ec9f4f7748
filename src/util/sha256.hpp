// SHA-256 and SHA-384, which migration tools keep of what they applied.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace migguard {

// A sum that may be asked for at any point, and goes on from there.
class Sha256 {
 public:
  Sha256();
  Sha256(const Sha256& other);
  Sha256& operator=(const Sha256&) = delete;
  ~Sha256();

  void add(std::string_view bytes);
  // The sum of all bytes so far, in base64 with padding, respectively in lower-case hexadecimals.
  std::string base64() const;
  std::string hexadecimal() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// In lower-case hexadecimals.
std::string sha384_hexadecimal(std::string_view bytes);

}  // namespace migguard
