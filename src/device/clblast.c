/* SPDX-License-Identifier: MIT */
/* device/clblast.c - see clblast.h.  CLBlast thinks in columns: a row-major c = a b is a column-major c^T = b^T a^T, so with
   the operands exchanged the result needs no transposition and no copy. */
#include "device/clblast.h"

#include "device/objects.h"

#include <limits.h>

mica_status mica__clblast_note(mica__device *d, uint64_t like)
{
	mica_status st = mica__grow(&d->right_products, &d->right_capacity, d->n_right + 1, sizeof *d->right_products);
	if (st == MICA_OK)
		d->right_products[d->n_right++] = like;
	return st;
}

bool mica__clblast_noted(const mica__device *d, uint64_t like)
{
	for (size_t i = 0; i < d->n_right; i++)
		if (d->right_products[i] == like)
			return true;
	return false;
}

#if MICA_HAVE_CLBLAST
#include <clblast_c.h>

bool mica__clblast_is_built(void)
{
	return true;
}

static CLBlastStatusCode call(mica__device *d, const mica__gemm *g, cl_event *event)
{
	CLBlastTranspose a = g->transposed_a ? CLBlastTransposeYes : CLBlastTransposeNo;
	CLBlastTranspose b = g->transposed_b ? CLBlastTransposeYes : CLBlastTransposeNo;
	size_t size = g->f64 ? sizeof(double) : sizeof(float), lda = g->transposed_a ? g->m : g->k, ldb = g->transposed_b ? g->k : g->n;
	size_t ao = (g->a->at + g->a_offset) / size, bo = (g->b->at + g->b_offset) / size, co = (g->c->at + g->c_offset) / size;
	cl_mem am = g->a->slab->cl, bm = g->b->slab->cl, cm = g->c->slab->cl;
	if (g->batch == 1 && !g->f64)
		return CLBlastSgemm(CLBlastLayoutColMajor, b, a, g->n, g->m, g->k, 1, bm, bo, ldb, am, ao, lda, 0, cm,
		                    co, g->n, &d->compute, event);
	if (g->batch == 1)
		return CLBlastDgemm(CLBlastLayoutColMajor, b, a, g->n, g->m, g->k, 1, bm, bo, ldb, am, ao, lda, 0, cm,
		                    co, g->n, &d->compute, event);
	if (!g->f64)
		return CLBlastSgemmStridedBatched(CLBlastLayoutColMajor, b, a, g->n, g->m, g->k, 1, bm, bo, ldb, g->k * g->n,
		                                  am, ao, lda, g->m * g->k, 0, cm, co, g->n, g->m * g->n, g->batch,
		                                  &d->compute, event);
	return CLBlastDgemmStridedBatched(CLBlastLayoutColMajor, b, a, g->n, g->m, g->k, 1, bm, bo, ldb, g->k * g->n, am,
	                                  ao, lda, g->m * g->k, 0, cm, co, g->n, g->m * g->n, g->batch, &d->compute, event);
}

mica_status mica__clblast_product(mica__device *d, const mica__gemm *g)
{
	mica_status st;
	cl_event event = NULL;
	size_t row = 0;
	MICA_TRY(mica__device_usable(d));
	if (!g->m || !g->n || !g->batch)
		return MICA_OK;
	if (!g->k)
		return mica__buffer_zero(g->c, g->c_offset, g->batch * g->m * g->n * (g->f64 ? sizeof(double) : sizeof(float)));
	if (g->m > INT_MAX || g->n > INT_MAX || g->k > INT_MAX)
		return mica__fail(MICA_EUNSUPPORTED, "CLBlast: a product of %zu x %zu x %zu; at most 2^31 - 1", g->m, g->n, g->k);
	if (d->profile)
		MICA_TRY(mica__profile_row(&row, d, g->label));
	CLBlastStatusCode code = call(d, g, d->profile ? &event : NULL);
	if (code <= -1000) /* none of OpenCL's */
		return mica__fail(MICA_EUNSUPPORTED, "CLBlast: code %d for a product of %zu x %zu x %zu; MICA_GEMM=simt does without it",
		                  (int)code, g->m, g->n, g->k);
	MICA_TRY(mica__cl_check((cl_int)code, "CLBlast's product ("));
	d->usage.launches++;
	if (event)
		st = mica__profile_add(d, (mica__timing){event, row, g->flops, g->bytes});
out:
	return st;
}

#else

bool mica__clblast_is_built(void)
{
	return false;
}

mica_status mica__clblast_product(mica__device *d, const mica__gemm *g)
{
	(void)d;
	(void)g;
	return mica__fail(MICA_EUNSUPPORTED, "CLBlast: this library was built without it");
}
#endif
