// Passwords in lines of the linted project that a report shows.
#pragma once

#include <string>
#include <string_view>

namespace migguard::report {

// The line with a `*` for each byte of the passwords in it: of a URL (`//user:password@host`), and
// of a literal behind a word like `password` or `authToken`. Same length, so that columns hold.
// Empty where there is none to hide.
std::string without_secrets(std::string_view line);

}  // namespace migguard::report
