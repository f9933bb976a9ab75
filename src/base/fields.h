/* SPDX-License-Identifier: MIT */
/* base/fields.h - the numbers among a struct's options, as rows: name, place, what 0 stands for, what is allowed.
   Every part and every call that takes options has such rows, and one function reads them; so an option of 0 is its
   default, MICA_ZERO and MICA_NONE are a real 0, and a number out of range is refused in the same words everywhere. */
#ifndef MICA_BASE_FIELDS_H
#define MICA_BASE_FIELDS_H
#include "base/base.h"

#include <float.h>
#include <math.h>

typedef enum mica__field_type { MICA__REAL, MICA__FLAG, MICA__INT, MICA__LONG, MICA__SIZE, MICA__U64 } mica__field_type;

typedef struct mica__field {
	const char *name;
	size_t offset;
	mica__field_type type;
	double otherwise;           /* what 0 stands for */
	double low, high;           /* the least and the largest allowed, */
	bool above_low, below_high; /* these themselves excluded */
} mica__field;

/* Then otherwise, low, high and the rest.  Largest finite numbers: of float, since that is what computes. */
#define MICA__FIELD(type, member, kind, ...) {#member, offsetof(type, member), kind, __VA_ARGS__}
#define MICA__FLAG_FIELD(type, member) {#member, offsetof(type, member), MICA__FLAG, 0, 0, 1, false, false}
#define MICA__FINITE ((double)FLT_MAX)
#define MICA__MOST_COUNT INT32_MAX /* of samples, epochs, units: what graphs and kernels count with */

/* Puts defaults in place of zeros, a real 0 in place of MICA_ZERO and MICA_NONE (so: once), and checks ranges: EINVAL
   names what (NULL: nothing), the option, its value and what is allowed. */
mica_status mica__fields_resolve(const char *what, void *options, const mica__field *fields, size_t n);
/* Where several kinds share a struct: of all its n_all options only those of fields may be other than 0.  EINVAL. */
mica_status mica__fields_only(const char *what, const void *options, const mica__field *fields, size_t n,
                              const mica__field *all, size_t n_all);

#endif
