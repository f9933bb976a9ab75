/* SPDX-License-Identifier: MIT */
/* base/base.h - what every room may use: failure texts, memory, checked arithmetic, hash, random numbers, text, files.
   Depends on nothing of ours but mica/status.h.  All host allocation goes through mica__alloc, all file access through
   files.h; both are where faults are injected. */
#ifndef MICA_BASE_BASE_H
#define MICA_BASE_BASE_H
#include "mica/status.h"

#include <stdarg.h>

#define MICA__PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define MICA__COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Records why (one line) and returns s.  The one place to set a breakpoint. */
mica_status mica__fail(mica_status s, const char *fmt, ...) MICA__PRINTF(2, 3);
/* The same for a call on a handle that is NULL: why it is NULL was said before, so a line that is there stays. */
mica_status mica__fail_null(const char *fmt, ...) MICA__PRINTF(1, 2); /* gives EINVAL */
/* Whether a handle is NULL, which is recorded so: "CALLER: no WHAT". */
bool mica__absent(const void *handle, const char *caller, const char *what);
/* The line of this thread's last failure, "" if there was none; valid until the next. */
const char *mica__reason(void);
mica_status mica__reason_status(void); /* of that failure; OK if there was none */
/* Of something that could not be made, as it said itself; where it said nothing, memory is out: ENOMEM. */
mica_status mica__unmade(const char *caller);
/* Around an attempt whose failure is recovered, which must leave no trace: keep the line, try, put it back. */
enum { MICA__REASON = 1024 };
typedef struct mica__kept_reason {
	char line[MICA__REASON];
	mica_status status;
} mica__kept_reason;
void mica__reason_keep(mica__kept_reason *k);
void mica__reason_restore(const mica__kept_reason *k);
void mica__reason_clear(void);

/* For functions with one `mica_status st` and one label `out`. */
#define MICA_TRY(call)                                                                                            \
	do {                                                                                                      \
		if ((st = (call)) != MICA_OK)                                                                     \
			goto out;                                                                                 \
	} while (0)

/* Zeroed memory for count * size bytes, NULL with ENOMEM or EOVERFLOW recorded; count * size = 0 gives a unique pointer.
   mica__grow makes *p hold at least need elements (doubling), zeroing what is new. */
void *mica__alloc(size_t count, size_t size);
void mica__free(void *p);
char *mica__strdup(const char *s);
mica_status mica__grow(void *pointer_to_array, size_t *capacity, size_t need, size_t size);

/* *out = a * b; false if it does not fit. */
static inline bool mica__mul(size_t a, size_t b, size_t *out)
{
	return !__builtin_mul_overflow(a, b, out);
}
static inline size_t mica__ceil_div(size_t a, size_t b)
{
	return a / b + (a % b != 0);
}
static inline size_t mica__round_up(size_t a, size_t b)
{
	return mica__ceil_div(a, b) * b;
}

/* Copies a caller's options, of which the first member is their size (see MICA_OPTS), to the size bytes at to, whose first
   member is a size_t as well: what the caller's version lacks is 0, from NULL is all 0.  EUNSUPPORTED if a newer caller uses
   what is not known here; what begins the message. */
mica_status mica__options(void *to, const void *from, size_t size, const char *what);

/* 64-bit FNV-1a style hash, chained through seed (start with 0); for keys, not for security. */
uint64_t mica__hash(uint64_t seed, const void *data, size_t n);

/* The CRC of that polynomial over the bytes, behind others whose sum is given, 0 for none (checksum.c). */
#define MICA__CRC32 0xedb88320u  /* zip files' */
#define MICA__CRC32C 0x82f63b78u /* record files' (Castagnoli) */
uint32_t mica__checksum(uint32_t polynomial, uint32_t sum, const void *data, size_t n);

/* Numbers found by the hash of what they stand for (table.c), which their owner knows, and compares.  Zeroed it is empty. */
typedef struct mica__hashed {
	uint64_t hash;
	size_t number; /* + 1; 0: free */
} mica__hashed;
typedef struct mica__table {
	mica__hashed *slots;
	size_t size, used;
} mica__table;
/* The numbers of a hash, one after the other, in any order: start with *at = 0; SIZE_MAX at the end. */
size_t mica__table_next(const mica__table *t, uint64_t hash, size_t *at);
mica_status mica__table_add(mica__table *t, uint64_t hash, size_t number); /* after a failure it is as before */
void mica__table_free(mica__table *t);

/* Philox4x32-10 (Salmon et al. 2011): 128 random bits of a counter and a key. */
void mica__philox(uint32_t out[4], const uint32_t counter[4], const uint32_t key[2]);
/* 0 .. n-1, n at most 2^31, each in any place with the same chance (Fisher and Yates).  turn: of several that have one seed; tag: the
   user's own, so that no two of them draw the same numbers of a seed. */
void mica__shuffled(int32_t *order, size_t n, uint64_t seed, uint64_t turn, uint32_t tag);

/* Seconds of a monotonic clock; seconds since this process started. */
double mica__now(void);
double mica__process_age(void);

/* Whether the comma-separated environment variable contains what; the same for MICA_DEBUG. */
bool mica__listed(const char *variable, const char *what);
bool mica__debug(const char *what);
/* EINVAL for a variable whose value is none of those it takes (environment.c): a word that nobody reads would do nothing, silently. */
mica_status mica__environment_check(void);
/* One line to the log: stderr when MICA_DEBUG is set, nothing otherwise. */
void mica__log(const char *fmt, ...) MICA__PRINTF(1, 2);

/* vsnprintf, snprintf and strtod with a decimal point in every locale: for all text that is read by a machine, which the
   texts below and the failures' are, too.  *end is text where there is no number. */
int mica__vformat(char *out, size_t size, const char *fmt, va_list args) MICA__PRINTF(3, 0);
int mica__format(char *out, size_t size, const char *fmt, ...) MICA__PRINTF(3, 4);
double mica__parse_number(const char *text, const char **end);
/* The shortest text that is read as this number again, as Python writes it: 0.1, 1e-05, 3.0, nan, inf; out has 32 bytes. */
void mica__number_text(char *out, double x);
/* "1.55 MB", as Keras writes it, in one of a few rotating thread-local texts. */
const char *mica__bytes_text(double bytes);

/* A growing text.  After a failed allocation it stays failed and empty, so callers check once, at the end. */
typedef struct mica__text {
	char *s; /* NUL-terminated; NULL while empty */
	size_t n, capacity;
	bool failed;
} mica__text;
void mica__text_add(mica__text *t, const char *fmt, ...) MICA__PRINTF(2, 3);
void mica__text_addv(mica__text *t, const char *fmt, va_list args) MICA__PRINTF(2, 0);
void mica__text_append(mica__text *t, const char *s, size_t n);
void mica__text_free(mica__text *t);
static inline const char *mica__text_string(const mica__text *t) /* "" while empty */
{
	return t->s ? t->s : "";
}
/* Whether s, which may be NULL, ends with it. */
bool mica__ends_with(const char *s, const char *end);
/* Bytes of the character at s in UTF-8, 0 if it is none: neither too long a form, nor a surrogate, nor beyond U+10FFFF. */
size_t mica__utf8_length(const char *s);
/* Bytes of as many whole characters of s as have room in `most` bytes, up to its end or what is no UTF-8. */
size_t mica__utf8_fit(const char *s, size_t most);
bool mica__is_utf8(const char *s);
/* What is wrong with a name that goes into files, or NULL: it must be UTF-8 of 1 to 1024 bytes without control characters
   and without /.. in it. */
const char *mica__name_fault(const char *name);
/* Copies to out as snprintf would and returns the full length; frees t. */
size_t mica__text_copy(mica__text *t, char *out, size_t size);

#endif
