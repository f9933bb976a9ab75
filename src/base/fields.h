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

#endif
