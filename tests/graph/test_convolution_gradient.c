/* SPDX-License-Identifier: MIT */
/* graph/test_convolution_gradient.c - gradients of convolutions, and of their gradients, by central differences.  They are made of
   the same three operations, whose kernels test_convolution.c tests: so these run on the device reference. */
#include "support/support.h"

static mica_var real(check *c, mica_shape s)
{
	return check_input(c, MICA_F64, s, check_uniform(c, shape_count(s), -1, 1));
}

/* In each number of spatial axes, with stride, dilation and groups; and the gradients of the gradients. */
Test(convolution, central_differences)
{
	static const struct {
		mica_shape x, w;
		mica_window_opts opts;
		bool transposed;
	} rows[] = {
		{{3, {2, 7, 2}}, {3, {3, 2, 3}}, {.stride = {2}, .padding = MICA_SAME}, false},
		{{3, {2, 6, 4}}, {3, {2, 2, 6}}, {.dilation = {3}, .padding = MICA_CAUSAL}, false},
		{{4, {1, 5, 4, 2}}, {4, {3, 2, 2, 3}}, {.stride = {2, 1}, .dilation = {1, 2}, .padding = MICA_VALID}, false},
		{{5, {1, 3, 3, 3, 1}}, {5, {2, 2, 2, 1, 2}}, {.padding = MICA_SAME}, false},
		{{4, {1, 3, 2, 2}}, {4, {3, 3, 3, 2}}, {.stride = {2, 2}, .padding = MICA_SAME}, true},
	};
	check *c = check_open("differences", MICA_F64);
	for (size_t i = 0; i < COUNT(rows); i++) {
		mica_var in[] = {real(c, rows[i].x), real(c, rows[i].w)}, d[2];
		mica_var y = rows[i].transposed ? mica_op_conv_transpose(in[0], in[1], &rows[i].opts, NULL) : mica_op_conv(in[0], in[1], &rows[i].opts);
		check_gradient(c, check_label(c, "row %zu", i), y, in, 2);
		OK(mica_gradient(mica_op_square(y), NULL, in, 2, d));
		check_gradient(c, check_label(c, "row %zu: dx", i), d[0], in, 2);
		check_gradient(c, check_label(c, "row %zu: dw", i), d[1], in, 2);
	}
	check_run(c);
	check_close(c);
}
