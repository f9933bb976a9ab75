/* SPDX-License-Identifier: MIT */
/* graph/test_attention.c - attention and its gradient: what PyTorch's scaled_dot_product_attention computes; the same as the
   expression it stands for, on sizes that end within a vector, a panel and a block, with masks and shared heads; central
   differences; how many kernels and how much memory it takes; what is refused. */
#include "golden/attention.h"
#include "golden/golden.h"
#include "support/support.h"

#include <stdlib.h>
#include <string.h>

#define S MICA_SHAPE

static bool on_simt(void)
{
	const char *class = getenv("MICA_CLASS");
	return class && !strcmp(class, "simt");
}

/* ---- against PyTorch ---- */

static mica_var spread_input(check *c, mica_shape s, uint32_t salt, double limit)
{
	size_t n = shape_count(s);
	double *values = check_array(c, n);
	for (size_t i = 0; i < n; i++)
		values[i] = (double)(float)((2 * hash_unit((uint32_t)i, salt) - 1) * limit);
	return check_input(c, MICA_F32, s, values);
}

static void expect_golden(check *c, const char *label, mica_var y, const float *want)
{
	size_t n = mica_var_count(y);
	double *wanted = check_array(c, n), *size = check_array(c, n);
	for (size_t i = 0; i < n; i++) {
		wanted[i] = (double)want[i];
		size[i] = 2;
	}
	check_expect(c, label, y, wanted, tolerance_reduced(MICA_F32, size));
}

/* The result and the gradients by q, k and v, whose seed is spread as in make_torch.py. */
static void golden_case(check *c, const char *name, mica_shape sq, mica_shape sk, mica_shape sv, mica_attention_opts o,
                        const float *const want[4])
{
	static const char *const what[] = {"y", "dq", "dk", "dv"};
	mica_var x[] = {spread_input(c, sq, 1, 2), spread_input(c, sk, 2, 2), spread_input(c, sv, 3, 2)}, y[4];
	y[0] = mica_op_attention(x[0], x[1], x[2], &o);
	mica_var seed = spread_input(c, mica_var_shape(y[0]), 4, 1);
	OK(mica_gradient(y[0], seed, x, 3, y + 1));
	for (size_t i = 0; i < 4; i++)
		expect_golden(c, check_label(c, "%s %s", name, what[i]), y[i], want[i]);
}

#define GOLDEN(name) ((const float *const[]){golden_attention_##name##_y, golden_attention_##name##_dq, golden_attention_##name##_dk, golden_attention_##name##_dv})

static void golden_cases(check *c, bool plain)
{
	static const double hidden[14] = {1, 1, 0, 1, 0, 0, 1};
	mica_shape q = S(2, 3, 5, 4), k = S(2, 3, 7, 4), v = S(2, 3, 7, 6), nine = S(1, 2, 9, 8);
	mica_var hides = check_input(c, MICA_I32, S(2, 1, 1, 7), hidden), adds = spread_input(c, S(3, 5, 7), 5, 3);
	golden_case(c, "all", q, k, v, (mica_attention_opts){.plain = plain}, GOLDEN(all));
	golden_case(c, "causal", nine, nine, nine, (mica_attention_opts){.causal = true, .plain = plain}, GOLDEN(causal));
	golden_case(c, "matrices", S(70, 3), S(135, 3), S(135, 2), (mica_attention_opts){.causal = true, .scale = 0.3, .plain = plain},
	            GOLDEN(matrices));
	golden_case(c, "grouped", S(2, 4, 5, 3), S(2, 2, 6, 3), S(2, 2, 6, 5), (mica_attention_opts){.plain = plain}, GOLDEN(grouped));
	golden_case(c, "hidden", q, k, v, (mica_attention_opts){.mask = hides, .plain = plain}, GOLDEN(hidden));
	if (!on_simt()) /* every mask is four kernels more there, which take long to compile */
		golden_case(c, "added", q, k, v, (mica_attention_opts){.mask = adds, .plain = plain}, GOLDEN(added));
}

/* ---- against the expression ---- */

typedef struct sizes {
	size_t batch, heads, shared, lq, lk, size, size_v; /* shared: heads of k */
	bool causal, distance; /* distance: with a mask that is computed, and falls with it */
} sizes;

static const sizes table[] = {
	{1, 1, 1, 1, 1, 1, 1, false, false}, {1, 1, 1, 3, 17, 1, 33, false, false}, {1, 3, 1, 17, 5, 16, 1, true, false},
	{3, 2, 2, 63, 64, 9, 16, true, false}, {1, 1, 1, 131, 300, 7, 10, true, false}, {1, 2, 1, 300, 131, 33, 7, true, false},
	{1, 1, 1, 200, 260, 16, 17, false, false}, {2, 1, 1, 5, 0, 4, 3, false, false}, {2, 1, 1, 0, 5, 4, 3, true, false},
	{1, 1, 1, 1, 140, 3, 5, false, false}, {9, 4, 2, 20, 31, 5, 6, true, false}, {2, 1, 1, 40, 140, 8, 5, false, true},
};

static mica_attention_opts options_of(mica_graph *g, const sizes *s, bool plain)
{
	mica_attention_opts o = {.causal = s->causal, .plain = plain};
	mica_shape all = S(s->lq, s->lk);
	if (s->distance)
		o.mask = mica_op_mulc(mica_op_cast(mica_op_abs(mica_op_sub(mica_graph_iota(g, all, 0), mica_graph_iota(g, all, 1))), MICA_F32), -0.25);
	return o;
}

/* Result and gradients of the expression, computed without kernels. */
static void expression(check *c, mica_context *reference, const sizes *s, const mica_shape shape[4], double *const values[4], double *out[4])
{
	static const char *const names[] = {"q", "k", "v", "seed"};
	mica_graph *g = mica_graph_create(reference);
	mica_var x[4], y[4];
	mica_plan *p;
	for (size_t i = 0; i < 4; i++)
		x[i] = mica_graph_input(g, names[i], MICA_F32, shape[i]);
	mica_attention_opts o = options_of(g, s, true);
	y[0] = mica_op_attention(x[0], x[1], x[2], &o);
	OK(mica_gradient(y[0], x[3], x, 3, y + 1));
	OK(mica_plan_create(&p, y, 4, NULL));
	for (size_t i = 0; i < 4; i++) {
		float *f = calloc(shape_count(shape[i]) + 1, sizeof *f);
		to_bytes(f, MICA_F32, values[i], shape_count(shape[i]));
		OK(mica_plan_feed(p, names[i], f, shape_count(shape[i]) * sizeof *f));
		free(f);
	}
	OK(mica_plan_run(p, 1));
	for (size_t i = 0; i < 4; i++) {
		size_t n = mica_var_count(y[i]);
		float *f = calloc(n + 1, sizeof *f);
		OK(mica_plan_fetch(p, i, f, n * sizeof *f));
		from_bytes(out[i] = check_array(c, n), MICA_F32, f, n);
		free(f);
	}
	mica_graph_destroy(g);
	mica_plan_destroy(p);
}

static void against_expression(check *c, size_t first)
{
	mica_context *reference = mica_open(&(mica_open_opts){.device = "reference"});
	cr_assert(reference, "%s", mica_error(NULL));
	for (size_t i = first; i < COUNT(table); i++) {
		const sizes *s = &table[i];
		if (on_simt() && (s->distance || s->size_v == 1)) /* kernels of their own, see above */
			continue;
		const mica_shape shape[] = {S(s->batch, s->heads, s->lq, s->size), S(s->batch, s->shared, s->lk, s->size),
		                            S(s->batch, s->shared, s->lk, s->size_v), S(s->batch, s->heads, s->lq, s->size_v)};
		mica_var x[4], y[4];
		double *values[4], *want[4];
		for (size_t k = 0; k < 4; k++) {
			values[k] = check_uniform(c, shape_count(shape[k]), -2, 2);
			x[k] = check_input(c, MICA_F32, shape[k], values[k]);
		}
		expression(c, reference, s, shape, values, want);
		mica_attention_opts o = options_of(check_graph(c), s, false);
		y[0] = mica_op_attention(x[0], x[1], x[2], &o);
		OK(mica_gradient(y[0], x[3], x, 3, y + 1));
		for (size_t k = 0; k < 4; k++) {
			double *most = check_array(c, mica_var_count(y[k]));
			for (size_t j = 0; j < mica_var_count(y[k]); j++)
				most[j] = 8;
			check_expect(c, check_label(c, "case %zu, result %zu", i, k), y[k], want[k], tolerance_reduced(MICA_F32, most));
		}
	}
	mica_close(reference);
}

/* All in one plan, which is one program to build. */
Test(attention, is_what_pytorch_computes_and_the_expression)
{
	check *c = check_open("attention", MICA_F32);
	golden_cases(c, false);
	against_expression(c, 0);
	check_run(c);
	check_close(c);
}

Test(attention, row_by_row)
{
	if (on_simt())
		cr_skip_test("rows are all there is on GPUs");
	check *c = check_open("attention", MICA_F32);
	check_without(c, MICA_NO_PANELS | MICA_NO_FUSE);
	against_expression(c, COUNT(table) - 3);
	check_run(c);
	check_close(c);
}

Test(attention, the_expression_is_what_pytorch_computes)
{
	without_kernels();
	check *c = check_open("attention", MICA_F32);
	golden_cases(c, true);
	check_run(c);
	check_close(c);
}

/* ---- gradients ---- */

TestSuite(attention_gradient, .init = without_kernels);

Test(attention_gradient, of_all_operands)
{
	check *c = check_open("attention", MICA_F64);
	mica_shape s = S(2, 2, 5, 3), one = S(2, 1, 5, 3);
	mica_var x[4] = {check_input(c, MICA_F64, s, check_uniform(c, 60, -1, 1)), check_input(c, MICA_F64, one, check_uniform(c, 30, -1, 1)),
	                 check_input(c, MICA_F64, one, check_uniform(c, 30, -1, 1)),
	                 check_input(c, MICA_F64, S(2, 1, 5), check_uniform(c, 10, -1, 1))};
	check_gradient(c, "attention", mica_op_attention(x[0], x[1], x[2], &(mica_attention_opts){.mask = x[3], .causal = true}), x, 4);
	check_run(c);
	check_close(c);
}

/* ---- cost ---- */

static mica_plan_info described(const mica_var *outputs, size_t n)
{
	mica_plan *p;
	OK(mica_plan_create(&p, outputs, n, &(mica_plan_opts){.without = MICA_ONLY_PLAN}));
	mica_plan_info info = mica_plan_describe(p);
	mica_plan_destroy(p);
	return info;
}

/* Forward one kernel; the gradient two more, of which one is for D (and one for dy, which is ones), on GPUs one for each of the
   three.  Twice the length is twice the memory. */
Test(attention, takes_few_kernels_and_memory_for_the_length)
{
	mica_context *ctx = open_context();
	size_t memory[2] = {0};
	for (size_t i = 0; i < 2 && strcmp(mica_context_device(ctx)->name, "reference"); i++) {
		mica_graph *g = mica_graph_create(ctx);
		mica_var x[3], d[4];
		for (size_t k = 0; k < 3; k++)
			x[k] = mica_graph_input(g, (const char *[]){"q", "k", "v"}[k], MICA_F32, S(2, 4, 1024 << i, 32));
		d[3] = mica_op_attention(x[0], x[1], x[2], &(mica_attention_opts){.causal = true});
		cr_expect(described(d + 3, 1).launches == 1, "%zu launches", described(d + 3, 1).launches);
		OK(mica_gradient(d[3], NULL, x, 3, d));
		cr_expect(described(d, 4).kernels == (on_simt() ? 6 : 4), "%zu kernels", described(d, 4).kernels);
		memory[i] = described(d, 4).arena_bytes;
	}
	cr_expect(memory[1] <= 2 * memory[0] + 4096, "%zu bytes for 1024, %zu for 2048", memory[0], memory[1]);
	mica_close(ctx);
}

/* ---- refusals ---- */

static void refused(mica_context *ctx, mica_status st, const char *text, mica_shape q, mica_shape k, mica_shape v,
                    mica_attention_opts o, const mica_shape *mask)
{
	mica_graph *g = mica_graph_create(ctx);
	if (mask)
		o.mask = mica_graph_input(g, "mask", MICA_F32, *mask);
	mica_op_attention(mica_graph_input(g, "q", MICA_F32, q), mica_graph_input(g, "k", MICA_F32, k), mica_graph_input(g, "v", MICA_F32, v), &o);
	cr_expect(mica_graph_status(g) == st, "%s: %s", text, mica_status_name(mica_graph_status(g)));
	cr_expect(strstr(mica_graph_error(g), text) != NULL, "\"%s\" is not in \"%s\"", text, mica_graph_error(g));
}

Test(attention, refuses)
{
	mica_context *ctx = open_context();
	mica_attention_opts none = {0};
	mica_shape good = S(2, 3, 4), mask = S(2, 3, 5);
	refused(ctx, MICA_ESHAPE, "fewer heads", S(4), S(4), S(4), none, NULL);
	refused(ctx, MICA_ESHAPE, "(2, 3, 4)", good, S(2, 3, 5), good, none, NULL);
	refused(ctx, MICA_ESHAPE, "(2, 3, 4)", good, good, S(2, 2, 4), none, NULL);
	refused(ctx, MICA_ESHAPE, "divide", S(3, 3, 4), good, good, none, NULL);
	refused(ctx, MICA_ESHAPE, "broadcast", good, good, good, none, &mask);
	refused(ctx, MICA_EINVAL, "scale", good, good, good, (mica_attention_opts){.scale = NAN}, NULL);
	mica_graph *g = mica_graph_create(ctx);
	mica_var x = mica_graph_input(g, "x", MICA_F32, good), y = mica_op_attention(x, x, x, NULL);
	OK(mica_gradient(y, NULL, &x, 1, &y));
	cr_expect(mica_gradient(y, NULL, &x, 1, &y) == MICA_EUNSUPPORTED && strstr(mica_graph_error(g), ".plain"), "%s", mica_graph_error(g));
	g = mica_graph_create(ctx);
	x = mica_graph_input(g, "x", MICA_F32, good);
	y = mica_op_attention(x, x, x, &(mica_attention_opts){.plain = true});
	OK(mica_gradient(y, NULL, &x, 1, &y));
	OK(mica_gradient(y, NULL, &x, 1, &y));
	mica_close(ctx);
}
