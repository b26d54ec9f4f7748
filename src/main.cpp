// migguard: finds what a PostgreSQL migration would break, block or lose, before it runs.
#include <cli/command.hpp>
#include <sql/script.hpp>

int main(int argc, char** argv) {
  const int status = migguard::cli::run(argc, argv);
  migguard::sql::finish();
  return status;
}
