/* SPDX-License-Identifier: MIT */
/* runtime/provider.c - chooses and calls the provider of matrix products.  A library's kernels are not trusted unseen:
   drivers miscompile some of them on some devices.  Each product is tried with whole numbers, for which every right order of
   additions gives the same result, and the result is checked by Freivalds' method: c x = a (b x) for a vector x. */
#include "runtime/provider.h"

#include "device/clblast.h"
#include "lower/kind.h"
#include "lower/kinds/product.h"

#include <stdlib.h>
#include <string.h>

enum { LARGE = 1280 }; /* larger matrices are tried at about this size */

static const char *const names[] = {[MICA__PANEL] = "panel", [MICA__SIMT] = "simt", [MICA__CLBLAST] = "clblast"};

static const char *wanted(void)
{
	const char *name = getenv("MICA_GEMM");
	return name && *name ? name : NULL;
}

mica_status mica__provider_choose(mica__provider *out, mica_context *ctx)
{
	bool cpu = mica__class_of(mica__device_of(ctx))->cpu, library = !cpu && mica__clblast_is_built();
	const char *name = wanted();
	*out = cpu ? MICA__PANEL : library && mica_context_device(ctx)->is_gpu ? MICA__CLBLAST : MICA__SIMT;
	if (!name || !strcmp(name, names[*out]))
		return MICA_OK;
	if (!cpu && (!strcmp(name, "simt") || (library && !strcmp(name, "clblast")))) {
		*out = strcmp(name, "simt") ? MICA__CLBLAST : MICA__SIMT;
		return MICA_OK;
	}
	return mica__fail(MICA_EINVAL, "MICA_GEMM is '%s'; on this device it can be %s", name,
	                  cpu ? "panel" : library ? "simt or clblast" : "simt");
}

/* ---- trying ---- */

/* -3 .. 3 */
static double whole_number(size_t i)
{
	uint32_t x = (uint32_t)i * 2654435761u;
	return (double)((x ^ x >> 15) % 7) - 3;
}

static double element(const void *values, bool f64, size_t i)
{
	return f64 ? ((const double *)values)[i] : (double)((const float *)values)[i];
}

static void fill(void *values, bool f64, size_t n, size_t start)
{
	for (size_t i = 0; i < n; i++)
		if (f64)
			((double *)values)[i] = whole_number(start + i);
		else
			((float *)values)[i] = (float)whole_number(start + i);
}

/* Is c = a b, for one matrix of the batch?  y: room for k numbers. */
static bool is_product(const mica__gemm *g, const void *a, const void *b, const void *c, size_t index, double *y)
{
	size_t a0 = index * g->m * g->k, b0 = index * g->k * g->n, c0 = index * g->m * g->n;
	for (size_t l = 0; l < g->k; l++) {
		y[l] = 0;
		for (size_t j = 0; j < g->n; j++)
			y[l] += element(b, g->f64, b0 + (g->transposed_b ? j * g->k + l : l * g->n + j)) * (double)(1 + j % 5);
	}
	for (size_t i = 0; i < g->m; i++) {
		double left = 0, right = 0;
		for (size_t l = 0; l < g->k; l++)
			right += element(a, g->f64, a0 + (g->transposed_a ? l * g->m + i : i * g->k + l)) * y[l];
		for (size_t j = 0; j < g->n; j++)
			left += element(c, g->f64, c0 + i * g->n + j) * (double)(1 + j % 5);
		if (!(left == right))
			return false;
	}
	return true;
}

static mica_status put(mica__buffer **out, mica_context *ctx, const void *values, size_t bytes)
{
	mica_status st = mica__buffer_create(out, mica__device_of(ctx), bytes + 256);
	return st == MICA_OK ? mica__buffer_write(*out, 0, values, bytes) : st;
}

/* g without its buffers. */
static mica_status try_product(bool *right, mica_context *ctx, mica__gemm g)
{
	mica_status st = MICA_OK;
	size_t size = g.f64 ? sizeof(double) : sizeof(float);
	size_t na = g.batch * g.m * g.k, nb = g.batch * g.k * g.n, nc = g.batch * g.m * g.n;
	void *a = mica__alloc(na, size), *b = mica__alloc(nb, size), *c = mica__alloc(nc, size);
	double *y = mica__alloc(g.k, sizeof *y);
	*right = false;
	if (!a || !b || !c || !y) {
		st = MICA_ENOMEM;
		goto out;
	}
	fill(a, g.f64, na, 0);
	fill(b, g.f64, nb, na);
	memset(c, 0xff, nc * size); /* NaN: an old value times zero would show */
	MICA_TRY(put(&g.a, ctx, a, na * size));
	MICA_TRY(put(&g.b, ctx, b, nb * size));
	MICA_TRY(put(&g.c, ctx, c, nc * size));
	MICA_TRY(mica__clblast_product(mica__device_of(ctx), &g));
	MICA_TRY(mica__buffer_read(g.c, 0, c, nc * size));
	*right = true;
	for (size_t i = 0; i < g.batch && *right; i++)
		*right = is_product(&g, a, b, c, i, y);
out:
	mica__buffer_destroy(g.a);
	mica__buffer_destroy(g.b);
	mica__buffer_destroy(g.c);
	mica__free(a);
	mica__free(b);
	mica__free(c);
	mica__free(y);
	return st;
}

static mica__gemm shape_of(const mica__plan *p, const mica__group *g)
{
	mica__product m = mica__product_of(p, g->anchor);
	return (mica__gemm){.batch = m.batch, .m = m.m, .n = m.n, .k = m.k, .f64 = mica__dtype_bytes(p->g->real) == sizeof(double),
	                    .transposed_a = m.transposed_a, .transposed_b = m.transposed_b, .label = g->label,
	                    .flops = g->flops, .bytes = g->bytes};
}

/* A size that is treated alike, but does not take long. */
static size_t shorter(size_t n)
{
	return n <= LARGE ? n : LARGE - 128 + n % 128;
}

/* As shape_of, but smaller where it is large, and what identifies it. */
static mica__gemm trial_of(const mica__plan *p, const mica__group *g, uint64_t *like)
{
	mica__gemm t = shape_of(p, g);
	t.batch = t.batch < 2 ? t.batch : 2;
	t.m = shorter(t.m);
	t.n = shorter(t.n);
	t.k = shorter(t.k);
	t.label = "test of a product";
	uint64_t key[] = {t.batch, t.m, t.n, t.k, t.f64, t.transposed_a, t.transposed_b};
	*like = mica__hash(0, key, sizeof key);
	return t;
}

mica_status mica__provider_test(bool *right, mica_context *ctx, const mica__plan *p)
{
	mica_status st = MICA_OK;
	uint64_t like;
	*right = true;
	for (size_t i = 0; i < p->n_groups && *right; i++) {
		if (p->groups[i].dead || !p->groups[i].kind->library)
			continue;
		mica__gemm t = trial_of(p, &p->groups[i], &like);
		if (mica__clblast_noted(mica__device_of(ctx), like))
			continue;
		st = try_product(right, ctx, t);
		if (st == MICA_OK && !*right)
			st = mica__fail(MICA_EUNSUPPORTED, "CLBlast makes wrong products of %zu x %zu x %zu on this device; MICA_GEMM=simt "
			                "does without it", t.m, t.n, t.k);
		if (*right)
			MICA_TRY(mica__clblast_note(mica__device_of(ctx), like));
		else if (wanted())
			return st;
		else
			mica__log("%s", mica__reason());
	}
	return MICA_OK; /* one that cannot be tried is one to do without */
out:
	return st;
}

/* ---- running ---- */

static void locate(const mica__plan *p, mica_var x, mica__buffer *const *buffers, size_t step, mica__buffer **buffer,
                   size_t *offset)
{
	const mica__store *t = &p->stores[p->info[mica__stored(p, x)->id].store], *base = mica__base_of(p, t);
	*buffer = buffers[base->buffer];
	*offset = base->offset + (t == base ? 0 : t->offset + ((step + t->row) & t->rows_mask) * t->step_bytes);
}

mica_status mica__provider_run(mica_context *ctx, const mica__plan *p, const mica__group *g, mica__buffer *const *buffers,
                               size_t step)
{
	mica__gemm m = shape_of(p, g);
	mica__product of = mica__product_of(p, g->anchor);
	locate(p, of.a, buffers, step, &m.a, &m.a_offset);
	locate(p, of.b, buffers, step, &m.b, &m.b_offset);
	locate(p, g->roots[0], buffers, step, &m.c, &m.c_offset);
	return mica__clblast_product(mica__device_of(ctx), &m);
}
