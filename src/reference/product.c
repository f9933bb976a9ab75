/* SPDX-License-Identifier: MIT */
/* reference/product.c - matrix products of the last two axes, one for each index of the leading ones. */
#include "reference/run.h"

/* c (m, n) += a (m, k) b (k, n), in the order in which all three are in memory. */
static void product(mica__run *run, mica_dtype t, const double *a, const double *b, double *c, size_t m, size_t k, size_t n)
{
	bool noisy = run->r->rounding == MICA__NOISY;
	for (size_t i = 0; i < m; i++) {
		mica__terms order = mica__terms_of(run, k);
		for (size_t r = 0; r < k; r++) {
			const size_t l = mica__terms_next(&order);
			const double f = a[i * k + l], *row = b + l * n;
			double *to = c + i * n;
			for (size_t j = 0; j < n; j++)
				to[j] += f * row[j];
			for (size_t j = 0; j < n && noisy; j++)
				to[j] = mica__noisy(run, t, to[j], 0);
		}
	}
}

void mica__run_matmul(mica__run *run, mica_var x, const mica__array *const *in, mica__array *out)
{
	size_t rank = x->shape.rank, m = x->shape.dim[rank - 2], n = x->shape.dim[rank - 1], k = in[0]->shape.dim[rank - 1];
	size_t products = m && n ? out->count / (m * n) : 0;
	for (size_t p = 0; p < products; p++)
		product(run, x->dtype, in[0]->real + p * m * k, in[1]->real + p * k * n, out->real + p * m * n, m, k, n);
	mica__settle(run, out, 0);
}
