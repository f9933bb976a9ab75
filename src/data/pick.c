/* SPDX-License-Identifier: MIT */
/* data/pick.c - samples by their numbers, as a data set of its own. */
#include "data/dataset.h"
#include "device/device.h"

#include <string.h>

typedef struct picked {
	const size_t *numbers;
	size_t n;
} picked;

static mica_status pick_column(mica__column *to, const mica_dataset *d, const mica__column *c, void *payload)
{
	const picked *p = payload;

	to->array.shape.dim[0] = p->n;
	mica_status st = mica__array_alloc(&to->array);
	for (size_t i = 0; st == MICA_OK && i < p->n; i++)
		memcpy((char *)to->array.data + i * c->bytes, mica__column_at(d, c, p->numbers[i]), c->bytes);
	return st;
}

static mica_status check(const mica_dataset *d, const size_t *numbers, size_t n)
{
	if (!numbers || !n)
		return mica__fail(MICA_EINVAL, "data set: no samples are picked; give the numbers of one at least");
	for (size_t i = 0; i < n; i++)
		if (numbers[i] >= d->count)
			return mica__fail(MICA_EINVAL, "data set: sample %zu is picked, of %zu; numbers are from 0", numbers[i], d->count);
	return MICA_OK;
}

mica_dataset *mica_dataset_pick(const mica_dataset *d, const size_t *numbers, size_t n)
{
	picked p = {numbers, n};

	if (!d) {
		mica__fail_null("pick: no data set; check what made it");
		return NULL;
	}
	if (check(d, numbers, n) != MICA_OK) {
		mica__context_fail(d->ctx, MICA_EINVAL);
		return NULL;
	}
	mica_dataset *copy = mica__dataset_remade(d, pick_column, &p);
	if (copy)
		copy->scale = d->scale;
	return copy;
}
