// migguard-db: migguard with PostgreSQL's client library, for the commands that ask a live
// database. `migguard` starts it by itself.
#include <cli/command.hpp>
#include <database/look.hpp>
#include <database/scan.hpp>
#include <database/statistics.hpp>
#include <database/verify.hpp>
#include <util/heap.hpp>

#include <cstdlib>

namespace {

using namespace migguard;

Result<database::Connection> open_connection(const std::string& url) {
  const auto address = database::read_address(url);
  if (!address) return address.error();
  return database::Connection::open(*address);
}

Result<lint::LiveDatabase> look(const std::string& url) {
  auto connection = open_connection(url);
  if (!connection) return connection.error();
  return database::look(*connection);
}

Result<lint::Statistics> statistics(const std::string& url) {
  auto connection = open_connection(url);
  if (!connection) return connection.error();
  return database::read_statistics(*connection);
}

std::optional<Error> scan(const std::string& url, const jsonb::ScanSettings& settings,
                          const jsonb::ScanEvents& events) {
  const auto address = database::read_address(url);
  return address ? database::scan(*address, settings, events) : address.error();
}

constexpr cli::DatabaseAccess database_access{
    .look = &look, .statistics = &statistics, .scan = &scan, .verify = &database::verify};

}  // namespace

int main(int argc, char** argv) {
  prepare_heap();
  cli::Answer answer;
  const int status = cli::run(argc, argv, answer, &database_access);
  std::_Exit(status);  // as in main.cpp
}
