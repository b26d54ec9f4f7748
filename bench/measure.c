// Runs a program so many times, without its output, and prints a line for each: microseconds of CPU (user plus system), microseconds of
// wall time, and its peak memory in kilobytes. A program of its own because Linux counts the memory of who starts a program as the
// program's: an interpreter's would hide what small runs take.
//
//   measure TIMES PROGRAM [ARGUMENT...]
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000LL + time.tv_nsec / 1000;
}

static long long micros(struct timeval time) { return time.tv_sec * 1000000LL + time.tv_usec; }

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: measure TIMES PROGRAM [ARGUMENT...]\n");
    return 2;
  }
  posix_spawn_file_actions_t quiet;
  posix_spawn_file_actions_init(&quiet);
  posix_spawn_file_actions_addopen(&quiet, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&quiet, 2, "/dev/null", O_WRONLY, 0);
  for (int left = atoi(argv[1]); left > 0; --left) {
    pid_t child;
    const long long begun = now();
    const int failed = posix_spawnp(&child, argv[2], &quiet, NULL, argv + 2, environ);
    if (failed) {
      fprintf(stderr, "measure: %s: %s\n", argv[2], strerror(failed));
      return 2;
    }
    int status;
    struct rusage usage;
    while (wait4(child, &status, 0, &usage) < 0) {
      if (errno != EINTR) return 2;
    }
    printf("%lld %lld %ld\n", micros(usage.ru_utime) + micros(usage.ru_stime), now() - begun, usage.ru_maxrss);
  }
  return 0;
}
