/* SPDX-License-Identifier: MIT */
/* base/table.c - numbers by hash, with open addressing: a chain ends where a slot is free, of which half are. */
#include "base/base.h"

static void put(mica__hashed *slots, size_t size, mica__hashed s)
{
	size_t at = (size_t)s.hash & (size - 1);
	while (slots[at].number)
		at = (at + 1) & (size - 1);
	slots[at] = s;
}

size_t mica__table_next(const mica__table *t, uint64_t hash, size_t *at)
{
	while (t->size) {
		mica__hashed s = t->slots[((size_t)hash + *at) & (t->size - 1)];
		if (!s.number)
			break;
		++*at;
		if (s.hash == hash)
			return s.number - 1;
	}
	return SIZE_MAX;
}

mica_status mica__table_add(mica__table *t, uint64_t hash, size_t number)
{
	if (2 * (t->used + 1) > t->size) {
		size_t size = t->size ? 2 * t->size : 16;
		mica__hashed *slots = mica__alloc(size, sizeof *slots);
		if (!slots)
			return MICA_ENOMEM;
		for (size_t i = 0; i < t->size; i++)
			if (t->slots[i].number)
				put(slots, size, t->slots[i]);
		mica__free(t->slots);
		t->slots = slots;
		t->size = size;
	}
	put(t->slots, t->size, (mica__hashed){hash, number + 1});
	t->used++;
	return MICA_OK;
}

void mica__table_free(mica__table *t)
{
	mica__free(t->slots);
	*t = (mica__table){.size = 0};
}
