// migguard: finds what a PostgreSQL migration would break, block or lose, before it runs.
#include <cli/command.hpp>
#include <util/heap.hpp>

#include <cstdlib>

int main(int argc, char** argv) {
  migguard::prepare_heap();
  migguard::cli::Answer answer;
  const int status = migguard::cli::run(argc, argv, answer);
  // Everything is written and flushed. What is left is memory, in hundreds of thousands of pieces
  // after a long history: the system takes it back at once, destructors would take a tenth of the
  // run.
  std::_Exit(status);
}
