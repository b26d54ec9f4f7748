/* The JSONB guard as a library: refuses JSON that holds money before it is stored.
 *
 * A stable C interface for every language; <migguard/guard.hpp> is the same for C++. Verdicts are
 * those of `migguard jsonb check`. Link with `pkg-config --libs migguard`. */
#ifndef MIGGUARD_GUARD_H
#define MIGGUARD_GUARD_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define MG_API
#else
#define MG_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* What a guard refuses. Made once; never changes, so that any number of threads may use it. */
typedef struct mg_guard mg_guard;

enum mg_level { MG_LEVEL_NONE = 0, MG_LEVEL_LOW = 1, MG_LEVEL_MEDIUM = 2, MG_LEVEL_HIGH = 3 };
enum mg_class {
  MG_CLASS_NONE = 0,
  MG_CLASS_AMOUNT = 1,
  MG_CLASS_RATE = 2,
  MG_CLASS_CURRENCY = 3,
  MG_CLASS_BUSINESS = 4
};
enum mg_result {
  MG_CLEAN = 0,
  MG_FOUND = 1,
  MG_BAD_JSON = -1, /* no JSON, or none that PostgreSQL's jsonb takes */
  MG_LIMIT = -2,    /* nested deeper or longer than the limits allow */
  MG_FAILED = -3    /* no memory, or a null argument */
};

typedef struct mg_violation {
  const char* path; /* behind the base: `metadata.items[0].price` */
  const char* key;
  const char* evidence;   /* `head=price, value=numeric` */
  const char* suggestion; /* a type for a column of its own: `numeric(12,2)` */
  int level;              /* enum mg_level */
  int kind;               /* enum mg_class */
  uint64_t offset;        /* of the key in the text, in bytes */
} mg_violation;

/* What is told lives until the callback returns. A result other than 0 ends the scan. */
typedef int (*mg_on_violation)(void* context, const mg_violation* violation);

/* `settings` is the `jsonb` object of a configuration (docs/jsonb.md), such as
 * {"packs": ["money", "currency", "business"], "allow": ["display.**"]}, and may be null for the
 * defaults; besides it knows "maxDepth" (200) and "maxBytes" (16777216). Null where it cannot be
 * read; `error` then says why, in at most `error_size` bytes with a NUL at the end. */
MG_API mg_guard* mg_guard_new(const char* settings, size_t size, char* error, size_t error_size);
MG_API void mg_guard_free(mg_guard* guard);

/* Tells every key of the document that holds money, in the document's order. `base` is the column
 * the document is meant for and what paths begin with: `metadata`, `quotes.metadata`; null is
 * `metadata`. A scalar, null and an empty document hold nothing. The result is an enum mg_result;
 * MG_BAD_JSON and MG_LIMIT also after violations were told. `callback` may be null. */
MG_API int mg_guard_scan(const mg_guard* guard, const char* json, size_t size, const char* base,
                         mg_on_violation callback, void* context);

/* The same as one answer, for callers who would refuse the document: at MG_FOUND, `message` is
 * `JSONB_MONETARY_FORBIDDEN: ... at metadata.items[0].price` with every path; at MG_BAD_JSON and
 * MG_LIMIT, what is wrong and where. */
MG_API int mg_throw_if_monetary(const mg_guard* guard, const char* json, size_t size,
                                const char* base, char* message, size_t message_size);

/* `0.1.0` */
MG_API const char* mg_version(void);

#ifdef __cplusplus
}
#endif

#endif
