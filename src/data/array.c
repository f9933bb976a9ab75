/* SPDX-License-Identifier: MIT */
/* data/array.c - numbers of files become F32, I32 or U8.
   Values are put together from single bytes, so neither alignment nor the machine's byte order matters; the common
   types, which need no conversion on a little-endian machine, stay where the file was read to, or are one memcpy. */
#include "data/array.h"

#include "base/files.h"
#include "base/types.h"
#include "device/device.h"

#include <math.h>
#include <string.h>

#define LITTLE (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)

/* The bits of one number, zero-extended. */
static uint64_t load(const unsigned char *p, mica__number n)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < n.size; i++)
		bits |= (uint64_t)p[i] << 8 * (n.big ? n.size - 1u - i : i);
	return bits;
}

static float load_half(uint64_t bits)
{
	int exponent = (int)(bits >> 10 & 31);
	float fraction = (float)(bits & 1023), size;

	if (exponent == 31)
		size = bits & 1023 ? NAN : INFINITY;
	else
		size = exponent ? ldexpf(1024 + fraction, exponent - 25) : ldexpf(fraction, -24);
	return bits >> 15 ? -size : size;
}

static float load_float(const unsigned char *p, mica__number n)
{
	uint64_t bits = load(p, n);
	uint32_t low = (uint32_t)bits;
	float f;
	double d;

	if (n.size == 2)
		return load_half(bits);
	memcpy(&f, &low, sizeof f);
	memcpy(&d, &bits, sizeof d);
	return n.size == 4 ? f : (float)d;
}

/* False if the integer is outside the range of I32. */
static bool load_int(const unsigned char *p, mica__number n, int32_t *out)
{
	uint64_t bits = load(p, n), sign = UINT64_C(1) << (8 * n.size - 1);
	int64_t value;

	if (n.kind == 'i' && n.size < 8)
		bits = (bits ^ sign) - sign;
	else if (n.kind == 'u' && bits > INT32_MAX)
		return false;
	memcpy(&value, &bits, sizeof value);
	*out = (int32_t)value;
	return value >= INT32_MIN && value <= INT32_MAX;
}

static mica_status fill(mica__array *a, const unsigned char *bytes, mica__number n, size_t count, mica__origin origin)
{
	for (size_t i = 0; i < count; i++, bytes += n.size) {
		if (a->type == MICA_U8)
			((unsigned char *)a->data)[i] = n.kind == 'b' ? *bytes != 0 : *bytes;
		else if (a->type == MICA_F32)
			((float *)a->data)[i] = load_float(bytes, n);
		else if (!load_int(bytes, n, (int32_t *)a->data + i))
			return mica__fail(MICA_EFORMAT,
			                  "%s: byte %zu: integer %zu does not fit into 32 bits; convert the array"
			                  " to 32-bit integers or to floats",
			                  origin.file, origin.offset + i * n.size, i);
	}
	return MICA_OK;
}

mica_status mica__array_alloc(mica__array *a)
{
	a->data = a->memory = mica__alloc(mica__shape_count(&a->shape) + MICA__TAIL, mica__dtype_bytes(a->type));
	return a->data ? MICA_OK : MICA_ENOMEM;
}

/* Whether the file's bytes are already what memory wants. */
static bool same(mica__number n)
{
	return (n.kind == 'u' && n.size == 1) || (n.kind != 'u' && n.kind != 'b' && n.size == 4 && n.big != LITTLE);
}

/* Whether the values may be used where they are; n is of the type's size then. */
static bool can_stay(const unsigned char *bytes, mica__number n, unsigned char *const *memory)
{
	_Static_assert(MICA__FILE_TAIL >= MICA__TAIL * sizeof(float), "vectors may be loaded behind a file's last value");
	return memory && same(n) && (uintptr_t)bytes % n.size == 0;
}

mica_status mica__array_convert(mica__array *out, const unsigned char *bytes, mica__number n, mica_shape shape,
                                mica__origin origin, unsigned char **memory)
{
	size_t count;
	mica_status st;

	*out = (mica__array){.shape = shape};
	out->type = n.kind == 'f' ? MICA_F32 : n.size == 1 && n.kind != 'i' ? MICA_U8 : MICA_I32;
	if (!mica__shape_checked_count(&shape, &count))
		return mica__fail(MICA_EOVERFLOW, "%s: shape %s has too many elements", origin.file,
		                  mica__shape_text(&shape));
	if (can_stay(bytes, n, memory)) {
		out->data = *memory + (bytes - *memory);
		out->memory = *memory;
		*memory = NULL;
		return MICA_OK;
	}
	st = mica__array_alloc(out);
	if (st)
		return st;
	if (same(n)) {
		memcpy(out->data, bytes, count * n.size);
		return MICA_OK;
	}
	st = fill(out, bytes, n, count, origin);
	if (st)
		mica__array_free(out);
	return st;
}

void mica__array_free(mica__array *a)
{
	mica__free(a->memory);
	*a = (mica__array){0};
}
