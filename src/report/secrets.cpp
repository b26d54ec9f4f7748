#include <report/secrets.hpp>

#include <algorithm>
#include <array>

namespace migguard::report {
namespace {

constexpr std::string_view quotes = "\"'`";

class Masked {
 public:
  explicit Masked(std::string_view line) : line_(line) {}

  std::string take() {
    hide_urls();
    hide_literals("assword", 3);
    hide_literals("ASSWORD", 3);
    hide_literals("oken", 1);
    hide_literals("TOKEN", 2);
    hide_literals("ecret", 1);
    hide_literals("SECRET", 2);
    return std::move(out_);
  }

 private:
  void hide(std::size_t begin, std::size_t end) {
    if (begin >= end) return;
    if (out_.empty()) out_ = line_;
    std::fill(out_.begin() + static_cast<std::ptrdiff_t>(begin),
              out_.begin() + static_cast<std::ptrdiff_t>(end), '*');
  }

  // scheme://user:password@host
  void hide_urls() {
    constexpr std::string_view mark = "://";
    for (std::size_t at = line_.find(mark); at != line_.npos; at = line_.find(mark, at + 1)) {
      const std::size_t begin = at + mark.size();
      const std::size_t end = std::min(line_.find_first_of("\"'` \t/?#,;)", begin), line_.size());
      const std::string_view server = line_.substr(begin, end - begin);
      const std::size_t host = server.rfind('@');
      const std::size_t colon = server.find(':');
      if (host == server.npos || colon >= host) continue;
      hide(begin + colon + 1, begin + host);
    }
  }

  // password: '...', "password": "...", PASSWORD '...', PASSWORD = "..."
  // The word is searched for by one of its characters that SQL has few of: the one behind `before`
  // others.
  void hide_literals(std::string_view word, std::size_t before) {
    const char rare = word[before];
    for (std::size_t at = line_.find(rare); at != line_.npos; at = line_.find(rare, at + 1)) {
      // Rare, yet mostly of another word: its neighbour tells.
      if (at < before || line_[at - 1] != word[before - 1]) continue;
      if (!line_.substr(at - before).starts_with(word)) continue;
      std::size_t next = at - before + word.size();
      if (next < line_.size() && quotes.find(line_[next]) != quotes.npos) ++next;
      next = line_.find_first_not_of(" \t:=", next);
      if (next == line_.npos || quotes.find(line_[next]) == quotes.npos) continue;
      hide(next + 1, std::min(line_.find(line_[next], next + 1), line_.size()));
    }
  }

  std::string_view line_;
  std::string out_;
};

}  // namespace

std::string without_secrets(std::string_view line) { return Masked(line).take(); }

}  // namespace migguard::report
