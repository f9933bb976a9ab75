/* SPDX-License-Identifier: MIT */
/* graph/test_along_gradient.c - gradients of operations along an axis by central differences, and gradients of these gradients.
   They are nodes whose kernels test_along.c runs: so the interpreter computes them. */
#include "golden/golden.h"
#include "support/support.h"

#define S(...) MICA_SHAPE(__VA_ARGS__)

/* As make_along.py makes them. */
static double *halves(check *c, size_t n, uint32_t salt)
{
	double *v = check_array(c, n);
	for (size_t i = 0; i < n; i++)
		v[i] = rint((2 * hash_unit((uint32_t)i, salt) - 1) * 3) / 2;
	return v;
}

static mica_var input(check *c, mica_shape s, uint32_t salt)
{
	return check_input(c, MICA_F64, s, halves(c, shape_count(s), salt));
}

/* Gradients by central differences, and those of a gradient. */
static void differentiate_twice(check *c, const char *label, mica_var y, const mica_var *xs, size_t n)
{
	mica_var d[4];
	check_gradient(c, label, y, xs, n);
	OK(mica_gradient(y, check_input(c, MICA_F64, mica_var_shape(y), check_uniform(c, mica_var_count(y), -2, 2)), xs, n, d));
	for (size_t i = 0; i < n; i++)
		check_gradient(c, check_label(c, "gradient of the gradient of %s by operand %zu", label, i), d[i], xs, n);
}

Test(along_gradient, of_recurrences)
{
	check *c = check_open("recurrence", MICA_F64);
	mica_var x = input(c, S(2, 4), 40), m = input(c, S(2, 4), 41), y = check_input(c, MICA_F64, S(2, 4), check_uniform(c, 8, -2, 2));
	for (int k = 0; k < 2; k++) {
		check_gradient(c, "cumsum", mica_op_cumsum(mica_op_square(y), k, k, !k), &y, 1);
		differentiate_twice(c, "cumprod of zeros too", mica_op_cumprod(x, k, !k, k), &x, 1);
		differentiate_twice(c, "recurrence", mica_op_recurrence(m, y, k, k), (mica_var[]){m, y}, 2);
		differentiate_twice(c, "prod of zeros too", mica_op_prod(x, k ? MICA_AXIS(1) : MICA_ALL_AXES, false), &x, 1);
	}
	check_run(c);
	check_close(c);
}

Test(along_gradient, of_order_and_index)
{
	check *c = check_open("order", MICA_F64);
	mica_var x = check_input(c, MICA_F64, S(2, 3, 4), check_uniform(c, 24, -2, 2)), y = mica_op_square(x);
	mica_var index = check_input(c, MICA_I32, S(2, 2, 4), check_whole(c, 16, 0, 2));
	differentiate_twice(c, "sort", mica_op_sort(y, 1, true), &x, 1);
	differentiate_twice(c, "top_k", mica_op_top_k(y, 2, -1, NULL), &x, 1);
	differentiate_twice(c, "take_along", mica_op_take_along(y, index, 1), &x, 1);
	differentiate_twice(c, "scatter_along", mica_op_scatter_along(mica_op_take_along(y, index, 1), index, 1, 5), &x, 1);
	check_gradient(c, "roll", mica_op_roll(y, 1, 2), &x, 1);
	for (int k = 0; k < 4; k++)
		check_gradient(c, check_label(c, "padding %d", k), mica_op_pad_mode(y, (const size_t[]){1, 2, 0}, (const size_t[]){1, 1, 3},
		               (mica_pad_mode)k), &x, 1);
	check_gradient(c, "tril", mica_op_tril(y, 0), &x, 1);
	check_gradient(c, "diagonal", mica_op_diagonal(y, 0, 1), &x, 1);
	check_gradient(c, "diag", mica_op_diag(y), &x, 1);
	check_gradient(c, "logsumexp", mica_op_logsumexp(y, MICA_AXIS(1) | MICA_AXIS(2), true), &x, 1);
	check_gradient(c, "variance", mica_op_variance(y, MICA_AXIS(0) | MICA_AXIS(1), false), &x, 1);
	check_run(c);
	check_close(c);
}
