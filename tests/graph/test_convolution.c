/* SPDX-License-Identifier: MIT */
/* graph/test_convolution.c - convolution, its transpose and their gradients: the numbers of PyTorch and Keras; whole numbers
   must give the same bits as plain loops whatever the window, the sizes and the groups; what is computed around them; refusals.
   Their gradients by central differences are in test_convolution_gradient.c. */
#include "golden/convolution.h"
#include "support/support.h"

#include <string.h>

/* ---- numbers of others ---- */

static mica_var golden_operand(check *c, mica_shape s, size_t k)
{
	double *v = check_array(c, shape_count(s));
	for (size_t i = 0; i < shape_count(s); i++)
		v[i] = (double)((i * (7 + 3 * k) + 3 * k) % 11) - 5;
	return check_input(c, MICA_F32, s, v);
}

CASE(as_pytorch_and_keras_compute_it)
{
	for (size_t i = 0; i < COUNT(golden_convolutions); i++) {
		const golden_convolution *g = &golden_convolutions[i];
		mica_var in[2] = {golden_operand(c, g->x, 0), golden_operand(c, g->w, 1)}, d[2];
		mica_var y = g->transposed ? mica_op_conv_transpose(in[0], in[1], &g->opts, g->padded ? g->output_padding : NULL)
		                           : mica_op_conv(in[0], in[1], &g->opts);
		cr_assert(mica_graph_status(check_graph(c)) == MICA_OK, "%s: %s", g->label, mica_graph_error(check_graph(c)));
		cr_assert_str_eq(shape_text(mica_var_shape(y)), shape_text(g->y_shape), "%s", g->label);
		OK(mica_gradient(y, golden_operand(c, g->y_shape, 2), in, 2, d));
		check_expect(c, check_label(c, "%s", g->label), y, g->y, tolerance_exact());
		check_expect(c, check_label(c, "%s, gradient of x", g->label), d[0], g->dx, tolerance_exact());
		check_expect(c, check_label(c, "%s, gradient of w", g->label), d[1], g->dw, tolerance_exact());
	}
}

/* ---- plain loops ---- */

/* Two spatial axes; f: filters of all groups. */
typedef struct geometry {
	size_t n, h, w, c, taps[2], f, groups, stride[2], dilation[2], before[2], after[2];
} geometry;

static size_t outputs(const geometry *g, size_t axis)
{
	size_t size = axis ? g->w : g->h;
	return (size + g->before[axis] + g->after[axis] - (g->taps[axis] - 1) * g->dilation[axis] - 1) / g->stride[axis] + 1;
}

/* y += x * w, dx += dy * w, dw += x * dy, as they lie in memory. */
static void loops(const geometry *g, const double *x, const double *w, const double *dy, double *y, double *dx, double *dw)
{
	size_t oh = outputs(g, 0), ow = outputs(g, 1), in = g->c / g->groups, out = g->f / g->groups;
	for (size_t k = 0; k < g->n * oh * ow * g->taps[0] * g->taps[1] * g->f * in; k++) {
		size_t i = k % in, f = k / in % g->f, rest = k / in / g->f, tx = rest % g->taps[1], ty = rest / g->taps[1] % g->taps[0];
		size_t o = rest / g->taps[1] / g->taps[0], at_x = o % ow * g->stride[1] + tx * g->dilation[1] - g->before[1];
		size_t at_y = o / ow % oh * g->stride[0] + ty * g->dilation[0] - g->before[0];
		if (at_x >= g->w || at_y >= g->h) /* negative ones too */
			continue;
		size_t xi = ((o / ow / oh * g->h + at_y) * g->w + at_x) * g->c + f / out * in + i;
		size_t wi = ((ty * g->taps[1] + tx) * in + i) * g->f + f, yi = o * g->f + f;
		y[yi] += x[xi] * w[wi];
		dx[xi] += dy[yi] * w[wi];
		dw[wi] += x[xi] * dy[yi];
	}
}

static const geometry table[] = {
	{1, 1, 1, 1, {1, 2}, 1, 1, {1, 1}, {1, 1}, {0, 1}, {0, 0}},
	{2, 5, 7, 3, {3, 3}, 5, 1, {1, 1}, {1, 1}, {1, 1}, {1, 1}},
	{3, 6, 8, 16, {3, 3}, 16, 1, {1, 1}, {1, 1}, {1, 1}, {1, 1}},
	{2, 9, 7, 24, {3, 3}, 40, 1, {1, 1}, {1, 1}, {1, 1}, {1, 1}},
	{1, 4, 140, 17, {3, 3}, 19, 1, {1, 1}, {1, 1}, {2, 0}, {0, 3}},
	{1, 6, 6, 200, {3, 3}, 16, 1, {1, 1}, {1, 1}, {0, 0}, {0, 0}},
	{20, 4, 4, 16, {3, 3}, 33, 1, {1, 1}, {1, 1}, {1, 1}, {1, 1}},
	{1, 7, 31, 17, {2, 3}, 33, 1, {1, 1}, {1, 1}, {1, 0}, {0, 2}},
	{1, 17, 28, 1, {5, 5}, 8, 1, {1, 1}, {1, 1}, {2, 2}, {2, 2}},
	{2, 11, 10, 8, {3, 3}, 20, 1, {2, 2}, {1, 1}, {1, 1}, {1, 1}},
	{1, 17, 9, 20, {3, 2}, 7, 1, {3, 1}, {1, 2}, {2, 0}, {0, 3}},
	{1, 12, 12, 5, {3, 3}, 4, 1, {2, 3}, {2, 2}, {3, 1}, {3, 4}},
	{1, 6, 5, 32, {3, 3}, 32, 2, {1, 1}, {1, 1}, {1, 1}, {1, 1}},
	{1, 6, 7, 12, {3, 3}, 18, 3, {1, 2}, {1, 1}, {1, 1}, {1, 0}},
	{1, 4, 5, 24, {2, 2}, 48, 2, {2, 1}, {1, 1}, {0, 0}, {1, 1}},
	{2, 7, 6, 20, {3, 3}, 20, 20, {1, 1}, {1, 1}, {1, 1}, {1, 1}},
	{1, 9, 8, 40, {3, 2}, 40, 40, {2, 1}, {1, 2}, {1, 0}, {0, 2}},
	{1, 5, 5, 3, {3, 3}, 6, 3, {1, 1}, {1, 1}, {1, 1}, {1, 1}},
	{1, 11, 30, 36, {3, 3}, 36, 36, {1, 1}, {1, 1}, {1, 1}, {1, 1}},
	{1, 13, 24, 18, {3, 4}, 18, 18, {3, 2}, {2, 3}, {2, 5}, {4, 3}},
	{2, 11, 12, 5, {2, 3}, 5, 5, {2, 2}, {2, 4}, {1, 0}, {0, 1}},
	{1, 4, 5, 20, {2, 2}, 40, 20, {1, 1}, {1, 1}, {0, 1}, {0, 0}},
	{1, 9, 8, 20, {3, 3}, 3, 1, {1, 1}, {1, 1}, {1, 1}, {1, 1}},
	{1, 11, 10, 1, {5, 5}, 37, 1, {1, 1}, {1, 1}, {2, 2}, {2, 2}},
	{1, 9, 11, 2, {3, 3}, 32, 1, {2, 2}, {1, 1}, {1, 1}, {1, 1}},
	{1, 4, 300, 3, {1, 3}, 4, 1, {1, 1}, {1, 1}, {0, 1}, {0, 1}},
	{1, 2, 9, 2, {2, 1}, 3, 1, {1, 4}, {1, 1}, {0, 0}, {0, 0}},
	{5, 3, 3, 4, {3, 3}, 6, 1, {1, 1}, {1, 1}, {0, 0}, {0, 0}},
	{1, 3, 2, 2, {2, 2}, 2, 1, {1, 1}, {1, 1}, {5, 0}, {0, 6}},
};

static mica_window_opts options(const geometry *g)
{
	mica_window_opts o = {.padding = MICA_EXPLICIT};
	for (size_t i = 0; i < 2; i++) {
		o.stride[i] = g->stride[i];
		o.dilation[i] = g->dilation[i];
		o.before[i] = g->before[i];
		o.after[i] = g->after[i];
	}
	return o;
}

static mica_var whole(check *c, mica_shape s)
{
	return check_input(c, MICA_F32, s, check_whole(c, shape_count(s), -9, 9));
}

static void expect_loops(check *c, const geometry *g)
{
	mica_shape s = MICA_SHAPE(g->n, outputs(g, 0), outputs(g, 1), g->f);
	mica_var in[] = {whole(c, MICA_SHAPE(g->n, g->h, g->w, g->c)), whole(c, MICA_SHAPE(g->taps[0], g->taps[1], g->c / g->groups, g->f))};
	mica_var seed = whole(c, s), d[2], y;
	double *want[] = {check_array(c, shape_count(s)), check_array(c, g->n * g->h * g->w * g->c),
	                  check_array(c, g->taps[0] * g->taps[1] * g->c / g->groups * g->f)};
	mica_window_opts o = options(g);
	const char *label = check_label(c, "%zu x %zux%zux%zu by %zux%zu, %zu in %zu groups, stride %zu,%zu", g->n, g->h, g->w, g->c,
	                                g->taps[0], g->taps[1], g->f, g->groups, g->stride[0], g->stride[1]);
	y = mica_op_conv(in[0], in[1], &o);
	OK(mica_graph_status(check_graph(c)));
	OK(mica_gradient(y, seed, in, 2, d));
	loops(g, check_values(c, in[0]), check_values(c, in[1]), check_values(c, seed), want[0], want[1], want[2]);
	check_expect(c, label, y, want[0], tolerance_exact());
	check_expect(c, check_label(c, "%s: dx", label), d[0], want[1], tolerance_exact());
	check_expect(c, check_label(c, "%s: dw", label), d[1], want[2], tolerance_exact());
}

CASE(whole_numbers_exactly)
{
	for (size_t i = 0; i < COUNT(table); i++)
		expect_loops(c, &table[i]);
}

/* Nothing in, nothing out: sums of no terms are 0. */
CASE(of_nothing)
{
	static const struct {
		mica_shape x, w;
		mica_padding padding;
	} rows[] = {
		{{4, {0, 5, 5, 3}}, {4, {3, 3, 3, 4}}, MICA_SAME}, {{4, {2, 0, 5, 3}}, {4, {3, 3, 3, 4}}, MICA_SAME},
		{{4, {2, 4, 5, 0}}, {4, {3, 3, 0, 4}}, MICA_VALID}, {{4, {2, 4, 5, 3}}, {4, {3, 3, 3, 0}}, MICA_VALID},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		mica_var in[] = {whole(c, rows[i].x), whole(c, rows[i].w)}, d[2], y = mica_op_conv(in[0], in[1], &(mica_window_opts){.padding = rows[i].padding});
		OK(mica_graph_status(check_graph(c)));
		OK(mica_gradient(y, NULL, in, 2, d));
		check_expect(c, check_label(c, "row %zu", i), y, check_array(c, mica_var_count(y)), tolerance_exact());
		check_expect(c, check_label(c, "row %zu: dx", i), d[0], check_array(c, mica_var_count(d[0])), tolerance_exact());
		check_expect(c, check_label(c, "row %zu: dw", i), d[1], check_array(c, mica_var_count(d[1])), tolerance_exact());
	}
}

/* ---- what is computed around it ---- */

/* The input comes from an expression; bias, residual and activation of the result are computed in the same kernel; there are
   so many windows that the gradient of the weights is a sum of parts. */
CASE(inside_a_network)
{
	static const geometry g = {4, 23, 23, 2, {3, 3}, 18, 1, {1, 1}, {1, 1}, {1, 1}, {1, 1}};
	mica_var x = whole(c, MICA_SHAPE(4, 23, 23, 2)), w = whole(c, MICA_SHAPE(3, 3, 2, 18)), b = whole(c, MICA_SHAPE(18)), dw;
	mica_var rest = whole(c, MICA_SHAPE(4, 23, 23, 18)), y = mica_op_conv(mica_op_neg(x), w, &(mica_window_opts){.padding = MICA_SAME});
	mica_var h = mica_op_relu(mica_op_add(mica_op_add(y, b), rest));
	size_t n = mica_var_count(y), nx = mica_var_count(x), nw = mica_var_count(w);
	double *want = check_array(c, n), *mask = check_array(c, n), *minus = check_array(c, nx), *want_dw = check_array(c, nw);
	OK(mica_gradient(h, NULL, &w, 1, &dw));
	for (size_t i = 0; i < nx; i++)
		minus[i] = -check_values(c, x)[i];
	loops(&g, minus, check_values(c, w), mask, want, check_array(c, nx), want_dw);
	for (size_t i = 0; i < n; i++) {
		want[i] += check_values(c, b)[i % 18] + check_values(c, rest)[i];
		mask[i] = want[i] > 0;
		want[i] = mask[i] > 0 ? want[i] : 0;
	}
	loops(&g, minus, check_values(c, w), mask, check_array(c, n), check_array(c, nx), want_dw);
	check_expect(c, "activation", h, want, tolerance_exact());
	check_expect(c, "gradient of the weights", dw, want_dw, tolerance_exact());
}

Test(convolution, values)
{
	check_cases("convolution", MICA_F32, CASES(THE(as_pytorch_and_keras_compute_it), THE(whole_numbers_exactly),
	            THE(of_nothing), THE(inside_a_network)));
}

/* ---- refusals ---- */

Test(convolution, refusals)
{
	enum { PLAIN, TRANSPOSED, PADDED };
	static const struct {
		int kind;
		mica_shape x, w;
		mica_window_opts opts;
		mica_status status;
		const char *text;
	} rows[] = {
		{PLAIN, {4, {2, 5, 5, 3}}, {4, {3, 3, 2, 4}}, {0}, MICA_ESHAPE, "3 channels"},
		{PLAIN, {4, {2, 5, 5, 4}}, {4, {3, 3, 2, 3}}, {0}, MICA_ESHAPE, "groups"},
		{PLAIN, {4, {2, 5, 5, 3}}, {4, {3, 3, 0, 3}}, {0}, MICA_ESHAPE, "groups"},
		{PLAIN, {4, {2, 5, 5, 3}}, {3, {3, 3, 3}}, {0}, MICA_ESHAPE, "(2, 5, 5, 3) and (3, 3, 3)"},
		{PLAIN, {2, {2, 5}}, {2, {5, 3}}, {0}, MICA_ESHAPE, "spatial"},
		{PLAIN, {4, {2, 5, 5, 3}}, {4, {3, 3, 3, 4}}, {.taps = {3, 2}}, MICA_EINVAL, "leave taps out"},
		{PLAIN, {4, {2, 5, 5, 3}}, {4, {3, 3, 3, 4}}, {.outside = 1}, MICA_EINVAL, "outside"},
		{PLAIN, {4, {2, 5, 5, 3}}, {4, {0, 3, 3, 4}}, {0}, MICA_EINVAL, "taps"},
		{PLAIN, {4, {2, 5, 5, 3}}, {4, {6, 3, 3, 4}}, {0}, MICA_ESHAPE, "pad more"},
		{TRANSPOSED, {4, {2, 5, 5, 3}}, {4, {3, 3, 3, 4}}, {0}, MICA_ESHAPE, "3 channels"},
		{TRANSPOSED, {3, {2, 5, 3}}, {3, {3, 4, 3}}, {.padding = MICA_CAUSAL}, MICA_EINVAL, "causal"},
		{TRANSPOSED, {3, {2, 1, 3}}, {3, {3, 4, 3}}, {.padding = MICA_EXPLICIT, .before = {4}}, MICA_ESHAPE, "padding"},
		{PADDED, {3, {2, 5, 3}}, {3, {3, 4, 3}}, {.stride = {1}}, MICA_EINVAL, "output padding 1"},
	};
	mica_context *ctx = open_context();
	for (size_t i = 0; i < COUNT(rows); i++) {
		mica_graph *g = mica_graph_create(ctx);
		mica_var x = mica_graph_input(g, "x", MICA_F32, rows[i].x), w = mica_graph_input(g, "w", MICA_F32, rows[i].w);
		mica_var y = rows[i].kind == PLAIN ? mica_op_conv(x, w, &rows[i].opts)
		                                   : mica_op_conv_transpose(x, w, &rows[i].opts, rows[i].kind == PADDED ? (size_t[]){1} : NULL);
		(void)y;
		cr_expect(mica_graph_status(g) == rows[i].status && strstr(mica_graph_error(g), rows[i].text), "row %zu: %s: %s", i,
		          mica_status_name(mica_graph_status(g)), mica_graph_error(g));
	}
	mica_graph *g = mica_graph_create(ctx);
	mica_var whole_numbers = mica_graph_iota(g, MICA_SHAPE(1, 4, 2), 1);
	mica_op_conv(whole_numbers, whole_numbers, NULL);
	cr_expect(mica_graph_status(g) == MICA_EINVAL && strstr(mica_graph_error(g), "cast"), "%s", mica_graph_error(g));
	cr_expect(mica_op_conv(NULL, NULL, NULL) == NULL && mica_op_conv_transpose(NULL, NULL, NULL, NULL) == NULL, "of nothing");
	mica_close(ctx);
}
