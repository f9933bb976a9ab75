/* SPDX-License-Identifier: MIT */
/* data/names.c - a list of texts, in one piece of memory, with a table over their hashes. */
#include "data/names.h"

#include <string.h>

mica_status mica__names_add(mica__names *l, const char *name)
{
	size_t length = strlen(name);
	mica_status st;

	MICA_TRY(mica__grow(&l->at, &l->capacity, l->n + 1, sizeof *l->at));
	l->at[l->n] = l->text.n;
	mica__text_append(&l->text, name, length + 1);
	MICA_TRY(l->text.failed ? MICA_ENOMEM : MICA_OK);
	MICA_TRY(mica__table_add(&l->index, mica__hash(0, name, length), l->n));
	l->n++;
out:
	return st;
}

size_t mica__names_find(const mica__names *l, const char *name)
{
	uint64_t hash = mica__hash(0, name, strlen(name));

	for (size_t at = 0, i; (i = mica__table_next(&l->index, hash, &at)) != SIZE_MAX;)
		if (strcmp(mica__names_get(l, i), name) == 0)
			return i;
	return SIZE_MAX;
}

const char *mica__names_get(const mica__names *l, size_t i)
{
	return i < l->n ? l->text.s + l->at[i] : NULL;
}

mica_status mica__names_copy(mica__names *to, const mica__names *from)
{
	mica_status st = MICA_OK;

	*to = (mica__names){.n = 0};
	for (size_t i = 0; i < from->n && st == MICA_OK; i++)
		st = mica__names_add(to, mica__names_get(from, i));
	if (st)
		mica__names_free(to);
	return st;
}

void mica__names_free(mica__names *l)
{
	mica__text_free(&l->text);
	mica__free(l->at);
	mica__table_free(&l->index);
	*l = (mica__names){.n = 0};
}

mica_status mica__legend_copy(mica__legend *to, const mica__legend *from)
{
	mica_status st;

	*to = (mica__legend){.columns = {.n = 0}};
	MICA_TRY(mica__names_copy(&to->columns, &from->columns));
	MICA_TRY(mica__names_copy(&to->classes, &from->classes));
	MICA_TRY(mica__names_copy(&to->label, &from->label));
	return MICA_OK;
out:
	mica__legend_free(to);
	return st;
}

void mica__legend_free(mica__legend *l)
{
	mica__names_free(&l->columns);
	mica__names_free(&l->classes);
	mica__names_free(&l->label);
}
