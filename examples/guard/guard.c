/* Refuses a JSON document that holds money, from C.
 *
 *   cc guard.c $(pkg-config --cflags --libs migguard) -o guard
 *   echo '{"items": [{"price": 12.5}]}' | ./guard */
#include <migguard/guard.h>
#include <stdio.h>

static int show(void *context, const mg_violation *violation) {
  (void)context;
  printf("%s (%s): a column of type %s would hold it\n", violation->path, violation->evidence,
         violation->suggestion);
  return 0;
}

int main(void) {
  static char json[1 << 20];
  const size_t size = fread(json, 1, sizeof json, stdin);
  char error[256];
  mg_guard *guard = mg_guard_new(NULL, 0, error, sizeof error);
  if (!guard) {
    fprintf(stderr, "%s\n", error);
    return 2;
  }
  int result = mg_guard_scan(guard, json, size, "quotes.metadata", show, NULL);
  if (result < 0) {
    mg_throw_if_monetary(guard, json, size, "quotes.metadata", error, sizeof error);
    fprintf(stderr, "%s\n", error);
    result = 2;
  }
  mg_guard_free(guard);
  return result;
}
