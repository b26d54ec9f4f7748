#include <util/member_path.hpp>

namespace migguard::json {
namespace {

void append_quoted(std::string& path, std::string_view name) {
  constexpr char hex[] = "0123456789abcdef";
  path += "[\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') {
      path += '\\';
      path += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      path += "\\u00";
      path += hex[static_cast<unsigned char>(c) >> 4];
      path += hex[static_cast<unsigned char>(c) & 15];
    } else {
      path += c;
    }
  }
  path += "\"]";
}

}  // namespace

void append_member(std::string& path, std::string_view name) {
  if (name.empty() || name == "*" || name == "**" || name == "?" ||
      name.find_first_of(".[]\"") != std::string_view::npos) {
    append_quoted(path, name);
    return;
  }
  if (!path.empty()) path += '.';
  path += name;
}

void append_index(std::string& path, std::int64_t index) {
  path += '[';
  path += std::to_string(index);
  path += ']';
}

void append_any(std::string& path) { path += "[*]"; }

}  // namespace migguard::json
