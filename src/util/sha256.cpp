// SHA-256, SHA-384 and base64 by nettle.
#include <nettle/base16.h>
#include <nettle/base64.h>
#include <nettle/sha2.h>

#include <array>
#include <cstdint>
#include <util/sha256.hpp>

namespace migguard {

struct Sha256::State {
  sha256_ctx context;

  // Asking nettle for a sum begins a new one, so a copy is asked.
  std::array<std::uint8_t, SHA256_DIGEST_SIZE> sum() const {
    sha256_ctx copy = context;
    std::array<std::uint8_t, SHA256_DIGEST_SIZE> bytes{};
    sha256_digest(&copy, bytes.size(), bytes.data());
    return bytes;
  }
};

Sha256::Sha256() : state_(std::make_unique<State>()) { sha256_init(&state_->context); }
Sha256::Sha256(const Sha256& other) : state_(std::make_unique<State>(*other.state_)) {}
Sha256::~Sha256() = default;

void Sha256::add(std::string_view bytes) {
  sha256_update(&state_->context, bytes.size(),
                reinterpret_cast<const std::uint8_t*>(bytes.data()));
}

std::string Sha256::base64() const {
  const auto bytes = state_->sum();
  std::string text(BASE64_ENCODE_RAW_LENGTH(bytes.size()), '\0');
  base64_encode_raw(text.data(), bytes.size(), bytes.data());
  return text;
}

std::string Sha256::hexadecimal() const {
  const auto bytes = state_->sum();
  std::string text(BASE16_ENCODE_LENGTH(bytes.size()), '\0');
  base16_encode_update(text.data(), bytes.size(), bytes.data());
  return text;
}

std::string sha384_hexadecimal(std::string_view bytes) {
  sha384_ctx context;
  sha384_init(&context);
  sha384_update(&context, bytes.size(), reinterpret_cast<const std::uint8_t*>(bytes.data()));
  std::array<std::uint8_t, SHA384_DIGEST_SIZE> sum{};
  sha384_digest(&context, sum.size(), sum.data());
  std::string text(BASE16_ENCODE_LENGTH(sum.size()), '\0');
  base16_encode_update(text.data(), sum.size(), sum.data());
  return text;
}

}  // namespace migguard
