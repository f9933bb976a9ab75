/* SPDX-License-Identifier: MIT */
/* data/array.c - numbers of files become numbers of a type that networks read.
   Values are put together from single bytes, so neither alignment nor the machine's byte order matters; the common
   types, which need no conversion on a little-endian machine, stay where the file was read to, or are one memcpy. */
#include "data/array.h"

#include "base/files.h"
#include "base/types.h"
#include "device/device.h"

#include <float.h>
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

/* The type whose numbers in .npy are such; false if there is none. */
static bool type_of(mica__number n, mica_dtype *out)
{
	for (mica_dtype t = 0; mica__dtype_valid(t); t++) {
		const char *name = mica__dtype_describe(t)->npy;
		if (name && name[0] == n.kind && name[1] == '0' + n.size) {
			*out = t;
			return true;
		}
	}
	return false;
}

/* As they are, but for doubles and integers that are no type, or longer than anything that is counted with. */
static mica_dtype type_for(mica__number n)
{
	mica_dtype t;
	bool is_type = type_of(n, &t) && n.size < 8;
	return is_type ? t : n.kind == 'f' ? MICA_F32 : MICA_I32;
}

/* False if it is finite and the type has nothing near it. */
static bool load_real(const unsigned char *p, mica__number n, mica__array *a, size_t i)
{
	uint64_t bits = load(p, n);
	mica_dtype from = MICA_F32;

	type_of(n, &from);
	double v = mica__number_get(from, &bits, 0);
	mica__number_put(a->type, a->data, i, v);
	return !isinf(mica__number_get(a->type, a->data, i)) || isinf(v);
}

/* False if it is outside the range of the type. */
static bool load_whole(const unsigned char *p, mica__number n, mica__array *a, size_t i)
{
	uint64_t bits = load(p, n), sign = UINT64_C(1) << (8 * n.size - 1);

	if (n.kind == 'i')
		bits = (bits ^ sign) - sign;
	else if (bits > INT64_MAX)
		return false;
	mica__whole_put(a->type, a->data, i, (int64_t)bits);
	return n.kind == 'b' || mica__whole_get(a->type, a->data, i) == (int64_t)bits;
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
		fits = mica__dtype_real(a->type) ? load_real(bytes, n, a, i) : load_whole(bytes, n, a, i);
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

/* Whether the file's bytes are already what memory wants: of bools only 0 and 1 are. */
static bool same(mica__number n)
{
	mica_dtype t;

	return n.kind != 'b' && type_of(n, &t) && t == type_for(n) && (n.size == 1 || n.big != LITTLE);
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

	*out = (mica__array){.shape = shape, .type = type_for(n)};
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
	mica__array out = {.type = a->type, .shape = {.rank = a->shape.rank}};
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

mica_status mica__reals_check(const void *data, mica_dtype type, size_t n, const char *name)
{
	const double *x = data;

	for (size_t i = 0; type == MICA_F64 && i < n; i++)
		if (fabs(x[i]) > (double)FLT_MAX && !isinf(x[i]))
			return mica__fail(MICA_EINVAL, "%s: number %zu is %g, and 32-bit floats end at 3.4e38; divide the array by its largest value, or"
			                  " leave such values out", name, i, x[i]);
	return MICA_OK;
}

mica_status mica__scale_check(double scale, const char *name)
{
	if (scale == 0 || (fabs(scale) >= (double)FLT_MIN && fabs(scale) <= (double)FLT_MAX))
		return MICA_OK;
	return mica__fail(MICA_EINVAL, "%s: scale is %g; expected a finite number that a 32-bit float holds, or 0 for the usual one", name, scale);
}

void mica__array_free(mica__array *a)
{
	mica__free(a->memory);
	*a = (mica__array){0};
}

mica_status mica__array_of_file(mica__array *out, const char *path, mica__file_begins *begins, mica__array_parser *parse)
{
	unsigned char *bytes;
	size_t n;
	mica_status st = mica__file_read_if(&bytes, &n, path, begins);

	*out = (mica__array){0};
	if (st != MICA_OK)
		return st;
	st = parse(out, bytes, n, path, &bytes);
	mica__free(bytes);
	return st;
}
