/* SPDX-License-Identifier: MIT */
/* base/memory.c - host memory: zeroed, with sizes that are checked before they are multiplied. */
#include "base/base.h"
#include "base/fault.h"

#include <stdlib.h>
#include <string.h>

void *mica__alloc(size_t count, size_t size)
{
	size_t bytes;
	if (!mica__mul(count, size, &bytes)) {
		mica__fail(MICA_EOVERFLOW, "memory: %zu elements of %zu bytes are more than can be addressed", count, size);
		return NULL;
	}
	void *p = mica__fault_now(MICA__FAULT_MEMORY) ? NULL : calloc(bytes ? bytes : 1, 1);
	if (!p)
		mica__fail(MICA_ENOMEM, "memory: no %s of host memory", mica__bytes_text((double)bytes));
	return p;
}

void mica__free(void *p)
{
	free(p);
}

char *mica__strdup(const char *s)
{
	size_t n = strlen(s) + 1;
	char *copy = mica__alloc(n, 1);
	return copy ? memcpy(copy, s, n) : NULL;
}

mica_status mica__grow(void *pointer_to_array, size_t *capacity, size_t need, size_t size)
{
	void *old, *grown;
	if (need <= *capacity)
		return MICA_OK;
	size_t most = *capacity < SIZE_MAX / 2 ? *capacity * 2 : need, bytes;
	if (most < need)
		most = need < 8 ? 8 : need;
	if (!mica__mul(most, size, &bytes))
		return mica__fail(MICA_EOVERFLOW, "memory: %zu elements of %zu bytes are more than can be addressed", most, size);
	grown = mica__alloc(most, size);
	if (!grown)
		return MICA_ENOMEM;
	memcpy(&old, pointer_to_array, sizeof old);
	if (old)
		memcpy(grown, old, *capacity * size);
	mica__free(old);
	memcpy(pointer_to_array, &grown, sizeof grown);
	*capacity = most;
	return MICA_OK;
}
