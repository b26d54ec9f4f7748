#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <util/byte_stream.hpp>

namespace migguard {
namespace {

std::FILE* open_for_reading(const std::string& path) {
#ifdef _WIN32
  return _wfopen(std::filesystem::path(std::u8string(path.begin(), path.end())).c_str(), L"rb");
#else
  return std::fopen(path.c_str(), "rb");
#endif
}

class FileStream final : public ByteStream {
 public:
  FileStream(std::FILE* file, std::string path) : file_(file), path_(std::move(path)) {
    std::setvbuf(file_, nullptr, _IONBF, 0);  // whoever reads has a buffer already
  }
  ~FileStream() override {
    if (file_ != stdin) std::fclose(file_);
  }
  FileStream(const FileStream&) = delete;
  FileStream& operator=(const FileStream&) = delete;

  Result<std::size_t> read(char* to, std::size_t size) override {
    const std::size_t count = std::fread(to, 1, size, file_);
    if (count == 0 && std::ferror(file_))
      return Error{"cannot be read: " + std::generic_category().message(errno), path_};
    return count;
  }

 private:
  std::FILE* file_;
  std::string path_;
};

}  // namespace

Result<std::unique_ptr<ByteStream>> open_stream(const std::string& path) {
  std::FILE* file = path.empty() ? stdin : open_for_reading(path);
  if (!file) {
    const int error = errno;
    return Error{error == ENOENT ? "no such file" : std::generic_category().message(error), path};
  }
  return std::unique_ptr<ByteStream>(std::make_unique<FileStream>(file, path));
}

}  // namespace migguard
