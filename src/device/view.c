/* SPDX-License-Identifier: MIT */
/* device/view.c - which slabs the kernels of a program see, and under which numbers.
   Kernels take them as arguments, set again at a launch only after a slab was added to the view or one of the device's is
   gone; so binding a buffer is writing a word. */
#include "device/objects.h"

struct mica__view {
	mica__device *device;
	unsigned most, n;
	uint64_t changes; /* of what the numbers mean */
	uint64_t slab[];  /* id of each number's */
};

mica_status mica__view_create(mica__view **out, mica__device *d, unsigned most)
{
	*out = mica__alloc(1, sizeof **out + most * sizeof *(*out)->slab);
	if (!*out)
		return MICA_ENOMEM;
	**out = (mica__view){.device = d, .most = most};
	return MICA_OK;
}

void mica__view_destroy(mica__view *v)
{
	mica__free(v);
}

bool mica__view_word(int64_t *word, mica__view *v, const mica__buffer *b, size_t offset)
{
	unsigned i = 0;
	while (i < v->n && v->slab[i] != b->slab->id)
		i++;
	if (i == v->most)
		return false;
	if (i == v->n) {
		v->slab[v->n++] = b->slab->id;
		v->changes++;
	}
	*word = (int64_t)((uint64_t)i << MICA__WORD_BITS | (b->at + offset));
	return true;
}

void mica__view_forget(mica__view *v)
{
	v->n = 0;
	v->changes++;
}

static cl_mem slab_of(const mica__device *d, uint64_t id)
{
	for (size_t i = 0; i < d->n_slabs; i++)
		if (d->slabs[i]->id == id)
			return d->slabs[i]->cl;
	return d->slabs[0]->cl; /* a number that no word names any more; some slab is there, since a program reads words from one */
}

mica_status mica__view_bind(mica__view *v, cl_kernel k, unsigned first, uint64_t *seen)
{
	mica_status st = MICA_OK;
	uint64_t now = v->changes + v->device->released_slabs + 1;
	if (*seen == now)
		return MICA_OK;
	if (!v->device->n_slabs)
		return mica__fail(MICA_EINVAL, "a kernel is launched whose values are nowhere");
	for (unsigned i = 0; i < v->most; i++) {
		cl_mem m = slab_of(v->device, i < v->n ? v->slab[i] : 0);
		MICA_TRY(MICA__CL(clSetKernelArg(k, first + i, sizeof m, &m)));
	}
	*seen = now;
out:
	return st;
}
