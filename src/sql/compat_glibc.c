// Lets a libpg_query built against glibc 2.38 or newer link on an older one. Such a build refers to
// strlcpy and to the __isoc23_* names that newer headers give strtoul and its kin.
//
// The guard is a must: on a newer glibc strtoul itself is redirected to __isoc23_strtoul, and these
// functions would call themselves.
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#ifdef __GLIBC__
#if !__GLIBC_PREREQ(2, 38)

long __isoc23_strtol(const char* text, char** end, int base);
unsigned long __isoc23_strtoul(const char* text, char** end, int base);
long long __isoc23_strtoll(const char* text, char** end, int base);
unsigned long long __isoc23_strtoull(const char* text, char** end, int base);
size_t strlcpy(char* to, const char* from, size_t size);

__attribute__((weak)) long __isoc23_strtol(const char* text, char** end, int base) {
  return strtol(text, end, base);
}

__attribute__((weak)) unsigned long __isoc23_strtoul(const char* text, char** end, int base) {
  return strtoul(text, end, base);
}

__attribute__((weak)) long long __isoc23_strtoll(const char* text, char** end, int base) {
  return strtoll(text, end, base);
}

__attribute__((weak)) unsigned long long __isoc23_strtoull(const char* text, char** end,
                                                           int base) {
  return strtoull(text, end, base);
}

__attribute__((weak)) size_t strlcpy(char* to, const char* from, size_t size) {
  const size_t length = strlen(from);
  if (size > 0) {
    const size_t copied = length < size ? length : size - 1;
    memcpy(to, from, copied);
    to[copied] = '\0';
  }
  return length;
}

#endif
#endif
