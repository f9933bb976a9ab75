/* SPDX-License-Identifier: MIT */
/* base/fields.h - the numbers among a struct's options, read by their rows (mica_field in part.h).
   Every part and every call that takes options has such rows, and one function reads them; so an option of 0 is its
   default, MICA_ZERO and MICA_NONE are a real 0, and a number out of range is refused in the same words everywhere. */
#ifndef MICA_BASE_FIELDS_H
#define MICA_BASE_FIELDS_H
#include "base/base.h"
#include "mica/part.h"

/* Puts defaults in place of zeros, a real 0 in place of MICA_ZERO and MICA_NONE (so: once), and checks ranges: EINVAL
   names what (NULL: nothing), the option, its value and what is allowed.  Texts and parts are left alone. */
mica_status mica__fields_resolve(const char *what, void *options, const mica_field *fields, size_t n);

/* Puts a number into the member; one that its type cannot hold becomes the nearest that it can. */
void mica__field_set(const mica_field *f, void *options, double x);

/* A number as its member has it. */
typedef union mica__field_value {
	double real;
	bool flag;
	int i;
	long l;
	size_t size;
	uint64_t u;
} mica__field_value;
/* Number i of a member, which is its only one if it is no array. */
mica__field_value mica__field_get(const mica_field *f, const void *options, size_t i);
void mica__field_put(const mica_field *f, void *options, size_t i, mica__field_value x);
/* Whether the member's type has that number, as far as doubles have all whole numbers. */
bool mica__field_fits(const mica_field *f, double x);
/* A number that it has as the type has it, as mica__field_set puts it. */
mica__field_value mica__field_of(const mica_field *f, double x);
/* What stands for a real 0, and so for no default: MICA_ZERO, MICA_NONE. */
mica__field_value mica__field_none(const mica_field *f);
bool mica__field_is_zero(const mica_field *f, mica__field_value x);
/* Of the whole member, whatever it is. */
size_t mica__field_bytes(const mica_field *f);

#endif
