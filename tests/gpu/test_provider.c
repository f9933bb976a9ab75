/* SPDX-License-Identifier: MIT */
/* gpu/test_provider.c - providers of matrix products: which there are, and that CLBlast, called between our kernels, gives
   what our kernels give.  Runs on a CPU that plays a GPU, see meson.build. */
#include "support/models.h"

#include "device/clblast.h"
#include "runtime/provider.h"

#include <stdlib.h>
#include <string.h>

static void need_clblast(void)
{
	if (!mica__clblast_is_built())
		cr_skip_test("this build has no CLBlast");
}

static mica_status choose(const char *name, mica__provider *p)
{
	setenv("MICA_GEMM", name, 1);
	mica_context *ctx = open_context();
	mica_status st = mica__provider_choose(p, ctx);
	mica_close(ctx);
	return st;
}

Test(provider, names)
{
	mica__provider p;
	cr_expect(choose("", &p) == MICA_OK && p == MICA__SIMT, "without a name");
	cr_expect(choose("simt", &p) == MICA_OK && p == MICA__SIMT);
	cr_expect(choose("fast", &p) == MICA_EINVAL && strstr(mica_error(NULL), "MICA_GEMM is 'fast'") && strstr(mica_error(NULL), "simt"),
	          "%s", mica_error(NULL));
	cr_expect(choose("panel", &p) == MICA_EINVAL, "panels are for CPUs");
	setenv("MICA_CLASS", "cpu", 1);
	cr_expect(choose("panel", &p) == MICA_OK && p == MICA__PANEL);
	cr_expect(choose("simt", &p) == MICA_EINVAL && strstr(mica_error(NULL), "panel"), "%s", mica_error(NULL));
}

/* (m, k) (k, n) of whole numbers, in every transposition, alone and in a batch, exact. */
static void expect_products(check *c, size_t batch, size_t m, size_t k, size_t n)
{
	mica_dtype real = check_real(c);
	for (int t = 0; t < 4; t++) {
		bool ta = t & 1, tb = t & 2;
		mica_shape sa = ta ? MICA_SHAPE(batch, k, m) : MICA_SHAPE(batch, m, k);
		mica_shape sb = tb ? MICA_SHAPE(batch, n, k) : MICA_SHAPE(batch, k, n);
		mica_var a = check_input(c, real, sa, check_whole(c, batch * m * k, -9, 9));
		mica_var b = check_input(c, real, sb, check_whole(c, batch * k * n, -9, 9));
		const double *va = check_values(c, a), *vb = check_values(c, b);
		double *want = check_array(c, batch * m * n);
		for (size_t i = 0; i < batch * m * n; i++) {
			size_t z = i / (m * n), r = i / n % m, j = i % n;
			for (size_t l = 0; l < k; l++)
				want[i] += va[z * m * k + (ta ? l * m + r : r * k + l)] * vb[z * k * n + (tb ? j * k + l : l * n + j)];
		}
		mica_var y = mica_op_matmul(ta ? mica_op_transpose(a, NULL) : a, tb ? mica_op_transpose(b, NULL) : b);
		check_expect(c, check_label(c, "%zu of %zux%zux%zu, form %d", batch, m, k, n, t), y, want, tolerance_exact());
	}
}

Test(provider, clblast_products)
{
	need_clblast();
	setenv("MICA_GEMM", "clblast", 1);
	check *c = check_open("products", MICA_F32); /* the library compiles its kernels for each context */
	expect_products(c, 1, 33, 70, 45);
	expect_products(c, 1, 1, 13, 64);
	expect_products(c, 5, 17, 6, 31);
	check_run(c);
	check_close(c);
	c = check_open("products", MICA_F64);
	expect_products(c, 3, 4, 11, 7);
	check_run(c);
	check_close(c);
}

/* No rows, no columns, nothing to add up. */
Test(provider, clblast_empty_products)
{
	need_clblast();
	setenv("MICA_GEMM", "clblast", 1);
	check *c = check_open("empty", MICA_F32);
	static const double zeros[12];
	mica_var a = check_input(c, MICA_F32, MICA_SHAPE(3, 0), NULL), b = check_input(c, MICA_F32, MICA_SHAPE(0, 4), NULL);
	mica_var w = check_input(c, MICA_F32, MICA_SHAPE(4, 2), check_whole(c, 8, -9, 9));
	check_expect(c, "nothing to add up", mica_op_matmul(a, b), zeros, tolerance_exact());
	check_expect(c, "no rows", mica_op_matmul(b, w), zeros, tolerance_exact());
	check_run(c);
	check_close(c);
}

Test(provider, clblast_trains_as_our_kernels_do)
{
	need_clblast();
	for (size_t i = 0; i < n_models; i++) {
		if (strcmp(models[i].name, "mlp, adam"))
			continue;
		outcome o[2];
		static const char *const names[] = {"simt", "clblast"};
		for (int k = 0; k < 2; k++) {
			setenv("MICA_GEMM", names[k], 1);
			mica_context *ctx = open_context();
			o[k] = model_run(ctx, &models[i], MICA_F64, 0, 3);
			mica_close(ctx);
		}
		expect_near(models[i].name, &o[1], &o[0], 1e-9);
		cr_expect(o[1].info.launches >= o[0].info.launches && o[1].info.kernels > o[0].info.kernels,
		          "%s: what follows a library's product is a kernel of its own", models[i].name);
		outcome_free(&o[0]);
		outcome_free(&o[1]);
	}
}
