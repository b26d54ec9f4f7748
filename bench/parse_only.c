// Reads every .sql file of a folder and has PostgreSQL's raw parser parse it, and nothing else: what
// a linter built on that parser cannot do without. bench/compare measures whole lints against it.
//
//   parse_only FOLDER        prints the number of statements
#include <dirent.h>
#include <fcntl.h>
#include <pg_query.h>
#include <postgres.h>
#include <nodes/pg_list.h>
#include <pg_query_internal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#undef printf
#undef fprintf

// The file as text with a NUL byte behind it, in a buffer that is used again; NULL on failure.
static const char *read_file(int folder, const char *name) {
  static char *buffer = NULL;
  static size_t capacity = 0;
  const int file = openat(folder, name, O_RDONLY);
  if (file < 0) return NULL;
  struct stat status;
  if (fstat(file, &status) != 0) {
    close(file);
    return NULL;
  }
  const size_t size = (size_t)status.st_size;
  if (size + 1 > capacity) {
    capacity = 2 * size + 1;
    buffer = realloc(buffer, capacity);
    if (buffer == NULL) abort();
  }
  const ssize_t count = read(file, buffer, size);
  close(file);
  if (count != status.st_size) return NULL;
  buffer[size] = '\0';
  return buffer;
}

int main(int argc, char **argv) {
  DIR *const folder = argc == 2 ? opendir(argv[1]) : NULL;
  if (folder == NULL) {
    fprintf(stderr, "usage: parse_only FOLDER\n");
    return 2;
  }
  size_t statements = 0;
  for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
    const size_t length = strlen(entry->d_name);
    if (length < 4 || strcmp(entry->d_name + length - 4, ".sql") != 0) continue;
    const char *const text = read_file(dirfd(folder), entry->d_name);
    if (text == NULL) {
      fprintf(stderr, "parse_only: cannot read %s\n", entry->d_name);
      return 2;
    }
    const MemoryContext context = pg_query_enter_memory_context();
    const PgQueryInternalParsetreeAndError result = pg_query_raw_parse(text, 0);
    if (result.tree != NULL) statements += (size_t)list_length(result.tree);
    if (result.error != NULL) pg_query_free_error(result.error);
    free(result.stderr_buffer);
    pg_query_exit_memory_context(context);
  }
  closedir(folder);
  printf("%zu\n", statements);
  return 0;
}
