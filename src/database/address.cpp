#include <libpq-fe.h>

#include <database/address.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>

namespace migguard::database {
namespace {

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
using Options = std::unique_ptr<PQconninfoOption, FreeOptions>;

bool knows(std::string_view keyword) {
  static const Options known(PQconndefaults());
  for (const PQconninfoOption* each = known.get(); each && each->keyword; ++each) {
    if (each->keyword == keyword) return true;
  }
  return false;
}

constexpr std::string_view advice =
    "in a password, write @ as %40, : as %3A, / as %2F, ? as %3F and # as %23";

// A query parameter as libpq takes it, or nothing where it is a driver's own.
std::string parameter(std::string_view text) {
  const std::size_t equals = text.find('=');
  const std::string_view name = text.substr(0, equals);
  // node-postgres: `ssl=true`, and `sslmode=no-verify` for what libpq calls `require`.
  if (text == "ssl=true" || text == "ssl=1" || text == "sslmode=no-verify")
    return "sslmode=require";
  return equals != std::string_view::npos && knows(name) ? std::string(text) : std::string();
}

Result<std::string> as_libpq_url(std::string_view url) {
  if (url.starts_with("jdbc:")) url.remove_prefix(5);
  const std::size_t scheme_end = url.find("://");
  const std::string scheme = to_lower(url.substr(0, scheme_end));
  // `postgresql+psycopg`, `pgx5`: drivers' ways to say the same.
  const bool postgres = scheme.starts_with("postgres") || scheme.starts_with("pgx");
  if (!postgres) return Error{cat("this is a URL of `", scheme, "`, not of PostgreSQL")};
  url.remove_prefix(scheme_end + 3);

  const std::size_t authority_end = std::min(url.find_first_of("/?"), url.size());
  const std::string_view authority = url.substr(0, authority_end);
  const auto ats = std::count(authority.begin(), authority.end(), '@');
  const bool cut_short = ats == 0 && authority.find(':') != std::string_view::npos &&
                         url.substr(authority_end).find('@') != std::string_view::npos;
  if (ats > 1 || cut_short) return Error{cat("the database's URL cannot be read: ", advice)};

  const std::size_t query = url.find('?');
  std::string out = cat("postgresql://", url.substr(0, query));
  if (query == std::string_view::npos) return out;
  char separator = '?';
  for (const std::string_view each : split(url.substr(query + 1), '&')) {
    const std::string kept = parameter(each);
    if (kept.empty()) continue;
    out += cat(separator, kept);
    separator = '&';
  }
  return out;
}

Result<Address> parse(const std::string& text) {
  char* complaint = nullptr;
  const Options options(PQconninfoParse(text.c_str(), &complaint));
  PQfreemem(complaint);
  // libpq's complaint quotes what it could not read, which may be a piece of a password.
  if (!options) return Error{cat("the database's URL cannot be read: ", advice)};
  Address address;
  for (const PQconninfoOption* each = options.get(); each->keyword; ++each) {
    if (!each->val) continue;
    if (std::string_view(each->keyword) == "password") address.password = each->val;
    address.parameters.emplace_back(each->keyword, each->val);
  }
  return address;
}

const char* variable(const char* name) {
  const char* value = std::getenv(name);
  return value && *value ? value : nullptr;
}

Result<Address> of_environment() {
  if (const char* url = variable("DATABASE_URL")) {
    if (std::string_view(url) == "env") return Error{"DATABASE_URL is `env`, which is no URL"};
    return read_address(url);
  }
  constexpr std::array names = {"PGHOST", "PGHOSTADDR", "PGDATABASE", "PGUSER", "PGSERVICE"};
  if (!std::any_of(names.begin(), names.end(), variable)) {
    return Error{
        "there is no database to ask: neither `--database-url` nor DATABASE_URL nor libpq's "
        "PGHOST, PGDATABASE ... name one"};
  }
  Address address;
  if (const char* password = variable("PGPASSWORD")) address.password = password;
  return address;
}

}  // namespace

std::string Address::value(std::string_view keyword) const {
  for (const auto& [name, value] : parameters) {
    if (name == keyword) return value;
  }
  // What libpq will take instead: the environment, or its own default.
  static const Options defaults(PQconndefaults());
  for (const PQconninfoOption* each = defaults.get(); each && each->keyword; ++each) {
    if (each->keyword == keyword && each->val) return each->val;
  }
  return {};
}

std::string Address::place() const {
  std::string host = value("host");
  if (host.empty()) host = value("hostaddr");
  if (host.empty()) return "the local socket";
  if (host.starts_with('/')) return host;
  const std::string port = value("port");
  return host.find(',') == std::string::npos && !port.empty() ? cat(host, ':', port) : host;
}

std::string Address::shown() const {
  std::string name = value("dbname");
  if (name.empty()) name = value("user");
  return cat(name.empty() ? "the database" : name, " on ", place());
}

Result<Address> read_address(const std::string& given) {
  if (given == "env") return of_environment();
  const bool is_url = given.find("://") != std::string::npos &&
                      given.find("://") < std::min(given.find('='), given.find(' '));
  if (!is_url && given.find('=') == std::string::npos) {
    return Error{
        "`--database-url` takes postgresql://USER@HOST:PORT/DATABASE, libpq's `host=... "
        "dbname=...`, or `env` for DATABASE_URL and PG* variables"};
  }
  std::string text = given;
  if (is_url) {
    auto url = as_libpq_url(given);
    if (!url) return url.error();
    text = *std::move(url);
  }
  auto address = parse(text);
  if (address && address->password.empty()) {
    if (const char* password = variable("PGPASSWORD")) address->password = password;
  }
  return address;
}

std::string without_password(std::string message, const Address& address) {
  if (address.password.empty()) return message;
  std::string out;
  std::size_t at = 0;
  for (std::size_t next; (next = message.find(address.password, at)) != std::string::npos;
       at = next + address.password.size()) {
    out += cat(std::string_view(message).substr(at, next - at), "****");
  }
  return out + message.substr(at);
}

}  // namespace migguard::database
