// libpg_query asks the C library where the stack of its thread lies, to refuse what would not fit.
// For the first thread glibc looks that up in /proc/self/maps, which takes a twentieth of a run on
// one file. By the linker's --wrap=pthread_getattr_np this answers instead, in the program that is
// linked statically.
#include <pthread.h>

#if defined(__linux__)

#include <sys/resource.h>

#include <cstdint>

extern "C" {

int __real_pthread_getattr_np(pthread_t thread, pthread_attr_t* attributes);

#if defined(__GLIBC__)

extern void* __libc_stack_end;  // of glibc: where the first thread's stack was at its start

int __wrap_pthread_getattr_np(pthread_t thread, pthread_attr_t* attributes) {
  // However large a stack is, the parser takes no more than 2 MB of it. A smaller one, or one
  // without a limit, must be known exactly.
  constexpr rlim_t ample = rlim_t{4} << 20;
  constexpr rlim_t unusual = rlim_t{1} << 30;
  rlimit limit{};
  const bool usual =
      getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur >= ample && limit.rlim_cur <= unusual;
  const auto here = reinterpret_cast<std::uintptr_t>(&limit);
  const auto begin = reinterpret_cast<std::uintptr_t>(__libc_stack_end);
  // Above it lie arguments and environment, which take a quarter of the limit at most (execve(2)).
  const std::uintptr_t size = limit.rlim_cur / 4 * 3;
  const bool first_thread = here < begin && begin - here < size;
  if (!usual || !first_thread || !pthread_equal(thread, pthread_self())) {
    return __real_pthread_getattr_np(thread, attributes);
  }
  if (const int failed = pthread_attr_init(attributes)) return failed;
  return pthread_attr_setstack(attributes, reinterpret_cast<void*>(begin - size), size);
}

#else

int __wrap_pthread_getattr_np(pthread_t thread, pthread_attr_t* attributes) {
  return __real_pthread_getattr_np(thread, attributes);
}

#endif

}  // extern "C"

#endif
