/* SPDX-License-Identifier: MIT */
/* data/split.c - samples in another order, and in two parts: a copy, which both parts share. */
#include "data/dataset.h"
#include "device/device.h"

#include <math.h>
#include <string.h>

/* Numbers 0 .. n-1, each in any place with the same chance (Fisher and Yates), by numbers of the seed's. */
static void draw_order(size_t *order, size_t n, uint64_t seed)
{
	const uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};

	for (size_t i = 0; i < n; i++)
		order[i] = i;
	for (size_t i = n; i-- > 1;) {
		const uint32_t counter[4] = {(uint32_t)i, (uint32_t)((uint64_t)i >> 32), 0, 0};
		uint32_t r[4];
		mica__philox(r, counter, key);
		size_t k = (size_t)(((uint64_t)r[0] << 32 | r[1]) % (i + 1)), other = order[k];
		order[k] = order[i];
		order[i] = other;
	}
}

static mica_status reorder(mica__column *to, const mica_dataset *d, const mica__column *c, void *order)
{
	mica_status st = mica__array_alloc(&to->array);

	for (size_t i = 0; st == MICA_OK && i < d->count; i++)
		memcpy((char *)to->array.data + i * c->bytes, mica__column_at(d, c, ((const size_t *)order)[i]), c->bytes);
	return st;
}

static mica_dataset *shuffled(const mica_dataset *d, uint64_t seed)
{
	size_t *order = mica__alloc(d->count, sizeof *order);
	mica_dataset *copy = NULL;

	if (order) {
		draw_order(order, d->count, seed);
		copy = mica__dataset_remade(d, reorder, order);
		if (copy)
			copy->scale = d->scale;
	} else {
		mica__context_fail(d->ctx, MICA_ENOMEM);
	}
	mica__free(order);
	return copy;
}

static mica_status split(mica_dataset *d, const mica_split_opts *o, mica_dataset **train, mica_dataset **test)
{
	double share = o->test != 0 ? o->test : 0.25;
	size_t n = (size_t)ceil(share * (double)d->count);

	if (!(share > 0 && share < 1) || n >= d->count)
		return mica__fail(MICA_EINVAL, "data set: %g of %zu samples are to be for testing; give a share above 0 and below 1 that leaves some", share,
		                  d->count);
	mica_dataset *all = o->no_shuffle ? d : shuffled(d, o->seed);
	*train = mica_dataset_range(all, 0, d->count - n);
	*test = mica_dataset_range(all, d->count - n, d->count);
	if (all != d)
		mica_dataset_destroy(all);
	return *train && *test ? MICA_OK : mica_context_status(d->ctx);
}

mica_status mica_dataset_split_by(mica_dataset *d, mica_dataset **train, mica_dataset **test, const mica_split_opts *o)
{
	mica_split_opts opts;
	mica_status st;

	*train = *test = NULL;
	if (!d)
		return mica__fail_null("data set: there is none to split; check what made it");
	MICA_TRY(mica__options(&opts, o, sizeof opts, "split"));
	MICA_TRY(split(d, &opts, train, test));
	return MICA_OK;
out:
	mica_dataset_destroy(*train);
	mica_dataset_destroy(*test);
	*train = *test = NULL;
	return mica__context_fail(d->ctx, st);
}
