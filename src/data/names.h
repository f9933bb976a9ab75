/* SPDX-License-Identifier: MIT */
/* data/names.h - a list of texts that are found by what they are: names of columns, of classes.  Uses base. */
#ifndef MICA_DATA_NAMES_H
#define MICA_DATA_NAMES_H
#include "base/base.h"

/* Zeroed it is empty.  Names are numbered from 0 in the order in which they were added; none is to be added twice. */
typedef struct mica__names {
	mica__text text;         /* each name, and a NUL behind it */
	size_t *at;              /* where name i begins */
	size_t n, capacity;
	mica__table index;
} mica__names;

mica_status mica__names_add(mica__names *l, const char *name);
/* SIZE_MAX: there is none of that name. */
size_t mica__names_find(const mica__names *l, const char *name);
const char *mica__names_get(const mica__names *l, size_t i); /* NULL past the end */
mica_status mica__names_copy(mica__names *to, const mica__names *from);
void mica__names_free(mica__names *l);

/* What the numbers of a data set are called, where that is known: empty lists where it is not. */
typedef struct mica__legend {
	mica__names columns;     /* of a sample */
	mica__names classes;     /* by their numbers; none where labels are numbers of their own */
	mica__names label;       /* the name of its column, if there is one */
} mica__legend;

mica_status mica__legend_copy(mica__legend *to, const mica__legend *from);
void mica__legend_free(mica__legend *l);

#endif
