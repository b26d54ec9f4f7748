// Where a database is: what the user gave, as libpq takes it, and as people may see it.
#pragma once

#include <string>
#include <string_view>
#include <util/result.hpp>
#include <utility>
#include <vector>

namespace migguard::database {

struct Address {
  std::vector<std::pair<std::string, std::string>> parameters;  // libpq's keywords and values
  std::string password;  // empty where none is given; in no message, whatever goes wrong

  // `shop on db.example.org:5432`, `shop on /run/postgresql`
  std::string shown() const;
  std::string place() const;  // `db.example.org:5432`
  std::string value(std::string_view keyword) const;
};

// A URL (`postgresql://`, also `postgres://` and JDBC's), or libpq's `host=... dbname=...`. Query
// parameters that only drivers know (Prisma's `schema`, `pgbouncer`) are left out. `env`:
// DATABASE_URL, else libpq's own PG* variables. No error quotes what was given: it may hold a
// password.
Result<Address> read_address(const std::string& given);

// A message without the password, should it be in there.
std::string without_password(std::string message, const Address& address);

}  // namespace migguard::database
