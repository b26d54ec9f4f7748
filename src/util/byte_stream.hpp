// Bytes that come piece by piece: a file, a pipe, a text in memory.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <util/result.hpp>

namespace migguard {

class ByteStream {
 public:
  virtual ~ByteStream() = default;
  // At most `size` bytes to `to`; 0 at the end.
  virtual Result<std::size_t> read(char* to, std::size_t size) = 0;
};

class TextStream final : public ByteStream {
 public:
  explicit TextStream(std::string text) : text_(std::move(text)) {}
  Result<std::size_t> read(char* to, std::size_t size) override {
    const std::size_t count = std::string_view(text_).substr(at_).copy(to, size);
    at_ += count;
    return count;
  }

 private:
  std::string text_;
  std::size_t at_ = 0;
};

// A file, pipe or device; standard input where `path` is empty.
Result<std::unique_ptr<ByteStream>> open_stream(const std::string& path);

}  // namespace migguard
