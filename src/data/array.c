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

bool mica__number_load(const unsigned char *p, mica__number n, float *out)
{
	uint64_t bits = load(p, n);
	uint32_t low = (uint32_t)bits;
	float f;
	double d;

	memcpy(&f, &low, sizeof f);
	memcpy(&d, &bits, sizeof d);
	*out = n.size == 2 ? load_half(bits) : n.size == 4 ? f : (float)d;
	return n.size < 8 || !isinf(*out) || isinf(d);
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

static mica_status too_large(const unsigned char *p, mica__number n, size_t i, mica__origin origin)
{
	uint64_t bits = load(p, n);
	double d;

	memcpy(&d, &bits, sizeof d);
	if (n.kind == 'f')
		return mica__fail(MICA_EFORMAT,
		                  "%s: byte %zu: number %zu is %g, and 32-bit floats end at 3.4e38; divide the array by its"
		                  " largest value, or leave such values out",
		                  origin.file, origin.offset + i * n.size, i, d);
	return mica__fail(MICA_EFORMAT,
	                  "%s: byte %zu: integer %zu does not fit into 32 bits; convert the array to 32-bit integers or to"
	                  " floats",
	                  origin.file, origin.offset + i * n.size, i);
}

static mica_status fill(mica__array *a, const unsigned char *bytes, mica__number n, size_t count, mica__origin origin)
{
	bool fits = true;

	for (size_t i = 0; i < count; i++, bytes += n.size) {
		if (a->type == MICA_U8)
			((unsigned char *)a->data)[i] = n.kind == 'b' ? *bytes != 0 : *bytes;
		else if (a->type == MICA_F32)
			fits = mica__number_load(bytes, n, (float *)a->data + i);
		else
			fits = load_int(bytes, n, (int32_t *)a->data + i);
		if (!fits)
			return too_large(bytes, n, i, origin);
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

	*out = (mica__array){.shape = shape, .flags = n.kind == 'b'};
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

/* The i-th value of the result, whose axes are dim, in a's order. */
static size_t reversed_place(size_t i, const mica_shape *dims)
{
	size_t at[MICA_MAX_RANK], place = 0;

	for (size_t k = dims->rank; k-- > 0; i /= dims->dim[k])
		at[k] = i % dims->dim[k];
	for (size_t k = dims->rank; k-- > 0;)
		place = place * dims->dim[k] + at[k];
	return place;
}

mica_status mica__array_reverse_axes(mica__array *a)
{
	size_t count = mica__shape_count(&a->shape), size = mica__dtype_bytes(a->type);
	mica__array out = {.type = a->type, .shape = {.rank = a->shape.rank}, .flags = a->flags};
	mica_status st;

	for (size_t k = 0; k < a->shape.rank; k++)
		out.shape.dim[k] = a->shape.dim[a->shape.rank - 1 - k];
	st = mica__array_alloc(&out);
	if (st)
		return st;
	for (size_t i = 0; i < count; i++)
		memcpy((char *)out.data + i * size, (const char *)a->data + reversed_place(i, &out.shape) * size, size);
	mica__array_free(a);
	*a = out;
	return MICA_OK;
}

void mica__array_free(mica__array *a)
{
	mica__free(a->memory);
	*a = (mica__array){0};
}

mica_status mica__array_of_file(mica__array *out, const char *path, mica__array_parser *parse)
{
	unsigned char *bytes;
	size_t n;
	mica_status st = mica__file_read(&bytes, &n, path, SIZE_MAX / 2);

	*out = (mica__array){0};
	if (st != MICA_OK)
		return st;
	st = parse(out, bytes, n, path, &bytes);
	mica__free(bytes);
	return st;
}
