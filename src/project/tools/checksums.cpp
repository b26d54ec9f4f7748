#include <migguard/history.hpp>
#include <project/tools/checksums.hpp>
#include <util/sha256.hpp>
#include <util/text.hpp>

#include <array>
#include <charconv>

namespace migguard::project {
namespace {

std::string to_lf(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n') continue;
    out += text[at];
  }
  return out;
}

std::string to_crlf(std::string_view lf) {
  std::string out;
  for (const char each : lf) {
    if (each == '\n') out += '\r';
    out += each;
  }
  return out;
}

// Prisma before 2.0's end wrote each byte without its leading zero.
std::string unpadded(std::string_view hexadecimal) {
  std::string out;
  for (std::size_t at = 0; at + 1 < hexadecimal.size(); at += 2)
    out += hexadecimal.substr(hexadecimal[at] == '0' ? at + 1 : at, hexadecimal[at] == '0' ? 1 : 2);
  return out;
}

template <class Sum>
ChecksumVerdict compare(std::string_view text, std::string_view stored, const Sum& sum) {
  if (sum(text) == stored) return ChecksumVerdict::same;
  const std::string lf = to_lf(text);
  if (sum(lf) == stored || sum(to_crlf(lf)) == stored) return ChecksumVerdict::line_endings;
  return ChecksumVerdict::different;
}

int digits_at(std::string_view text, std::size_t at, std::size_t count) {
  int number = 0;
  for (const char each : text.substr(at, count)) number = number * 10 + (each - '0');
  return number;
}

}  // namespace

std::string sha256_of(std::string_view text) {
  Sha256 sum;
  sum.add(text);
  return sum.hexadecimal();
}

std::int32_t flyway_checksum(std::string_view text) {
  static const auto table = [] {
    std::array<std::uint32_t, 256> made{};
    for (std::uint32_t byte = 0; byte < made.size(); ++byte) {
      std::uint32_t value = byte;
      for (int bit = 0; bit < 8; ++bit)
        value = (value >> 1U) ^ ((value & 1U) != 0 ? 0xEDB88320U : 0U);
      made[byte] = value;
    }
    return made;
  }();
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::uint32_t value = 0xFFFFFFFFU;
  for (const char each : text) {
    if (each == '\n' || each == '\r') continue;
    value = (value >> 8U) ^ table[(value ^ static_cast<unsigned char>(each)) & 0xFFU];
  }
  return static_cast<std::int32_t>(value ^ 0xFFFFFFFFU);
}

ChecksumVerdict verdict(Tool tool, const AppliedRow& row) {
  if (row.checksum.empty() || !row.migration) return ChecksumVerdict::unknown;
  const std::string_view text = row.migration->source->text;
  switch (tool) {
    case Tool::drizzle:
    case Tool::drizzle_v1:
      return compare(text, row.checksum, sha256_of);
    case Tool::prisma:
      if (row.checksum.size() == 64) return compare(text, row.checksum, sha256_of);
      return compare(text, row.checksum,
                     [](std::string_view bytes) { return unpadded(sha256_of(bytes)); });
    case Tool::sqlx:
      return compare(text, row.checksum, sha384_hexadecimal);
    case Tool::flyway:
      return std::to_string(flyway_checksum(text)) == row.checksum ? ChecksumVerdict::same
                                                                   : ChecksumVerdict::different;
    default:
      return ChecksumVerdict::unknown;
  }
}

bool flyway_before(std::string_view a, std::string_view b) {
  const std::string left = number_key(Tool::flyway, a);
  const std::string right = number_key(Tool::flyway, b);
  const auto parts_a = split(left, '.');
  const auto parts_b = split(right, '.');
  for (std::size_t index = 0; index < parts_a.size() && index < parts_b.size(); ++index) {
    if (number_less(parts_a[index], parts_b[index])) return true;
    if (number_less(parts_b[index], parts_a[index])) return false;
  }
  return parts_a.size() < parts_b.size();
}

std::optional<std::int64_t> utc_seconds(std::string_view digits) {
  if (digits.size() < 14 || digits.find_first_not_of("0123456789") != std::string_view::npos)
    return std::nullopt;
  const int year = digits_at(digits, 0, 4);
  const int month = digits_at(digits, 4, 2);
  const int day = digits_at(digits, 6, 2);
  if (month < 1 || month > 12 || day < 1 || day > 31) return std::nullopt;
  // Days from a civil date, the year beginning in March.
  const std::int64_t shifted = month <= 2 ? year - 1 : year;
  const std::int64_t era = shifted / 400;
  const std::int64_t of_era = shifted - era * 400;
  const std::int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const std::int64_t days =
      era * 146'097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719'468;
  return days * 86'400 + digits_at(digits, 8, 2) * 3'600 + digits_at(digits, 10, 2) * 60 +
         digits_at(digits, 12, 2);
}

}  // namespace migguard::project
