/* SPDX-License-Identifier: MIT */
/* graph/test_einsum.c - sums over named axes: values and gradients against PyTorch, what becomes of them, and what is refused. */
#include "golden/along.h"
#include "golden/golden.h"
#include "graph/node.h"
#include "support/support.h"

#include <string.h>

#define ARGS(...) {__VA_ARGS__}
#define S(...) MICA_SHAPE(__VA_ARGS__)

static const struct {
	const char *text;
	size_t n;
	mica_shape s[3];
	const double *want, *slopes[3];
} rows[] = {
#define X(text, n, shapes, want, slopes) {text, n, shapes, want, slopes},
	GOLDEN_EINSUMS(X)
#undef X
};

static mica_var input(check *c, mica_shape s, uint32_t salt)
{
	double *v = check_array(c, shape_count(s));
	for (size_t i = 0; i < shape_count(s); i++)
		v[i] = rint((2 * hash_unit((uint32_t)i, salt) - 1) * 3) / 2;
	return check_input(c, MICA_F64, s, v);
}

Test(einsum, as_pytorch)
{
	check *c = check_open("einsum", MICA_F64);
	for (size_t k = 0; k < COUNT(rows); k++) {
		mica_var xs[3], d[3];
		for (size_t i = 0; i < rows[k].n; i++)
			xs[i] = input(c, rows[k].s[i], 20 + (uint32_t)i);
		mica_var y = mica_op_einsum(rows[k].text, xs, rows[k].n);
		check_expect(c, rows[k].text, y, rows[k].want, tolerance_exact());
		OK(mica_gradient(y, input(c, mica_var_shape(y), 30), xs, rows[k].n, d));
		for (size_t i = 0; i < rows[k].n; i++)
			check_expect(c, check_label(c, "gradient of %s by operand %zu", rows[k].text, i), d[i], rows[k].slopes[i],
			             tolerance_exact());
	}
	check_run(c);
	check_close(c);
}

Test(einsum, of_integers)
{
	check *c = check_open("integers", MICA_F32);
	mica_var a = check_input(c, MICA_I32, S(2, 2), (double[]){1, 2, 3, 4}), b = check_input(c, MICA_I32, S(2, 2), (double[]){5, 6, 7, 8});
	check_expect(c, "product", mica_op_einsum("ij,jk->ik", (mica_var[]){a, b}, 2), (double[]){19, 22, 43, 50}, tolerance_exact());
	check_expect(c, "trace", mica_op_einsum("ii", &a, 1), (double[]){5}, tolerance_exact());
	check_run(c);
	check_close(c);
}

/* How many nodes of that operation y needs. */
static size_t count(mica_var y, mica__op op)
{
	size_t n = 0, found = 0;
	mica_var *order = mica__topological(&y, 1, &n);
	for (size_t i = 0; i < n; i++)
		found += order[i]->op == op;
	mica__free(order);
	return found;
}

/* Products read operands as they lie: transposed matrices are read the other way round, not copied. */
Test(einsum, needs_no_copies)
{
	mica_graph *g = mica__graph_bare(MICA_F32);
	mica_var a = mica_graph_input(g, "a", MICA_F32, S(3, 4)), b = mica_graph_input(g, "b", MICA_F32, S(4, 5));
	mica_var heads = mica_graph_input(g, "h", MICA_F32, S(2, 3, 4, 5)), w = mica_graph_input(g, "w", MICA_F32, S(5, 6));
	static const struct {
		const char *text;
		size_t products, turned;
	} want[] = {{"ij,jk->ik", 1, 0}, {"ji,kj->ik", 1, 2}, {"ij,jk->ki", 1, 2}, {"ij,jl->il", 1, 0}, {"ij,jk->ij", 0, 0}};
	for (size_t i = 0; i < COUNT(want); i++) {
		bool other = i == 1;
		mica_var y = mica_op_einsum(want[i].text, (mica_var[]){other ? b : a, other ? a : b}, 2);
		cr_expect(count(y, MICA__MATMUL) == want[i].products && count(y, MICA__TRANSPOSE) == want[i].turned, "%s: %zu products, %zu turned",
		          want[i].text, count(y, MICA__MATMUL), count(y, MICA__TRANSPOSE));
	}
	mica_var y = mica_op_einsum("bthd,de->bthe", (mica_var[]){heads, w}, 2);
	cr_expect(count(y, MICA__MATMUL) == 1 && count(y, MICA__TRANSPOSE) == 0);
	mica_graph_destroy(g);
}

Test(einsum, says_what_is_wrong)
{
	static const struct {
		const char *text, *want;
		size_t n;
	} refused[] = {
		{"ij,jk->ik", "einsum \"ij,jk->ik\": j is 3 in operand 2, of shape (3, 4), and 4 before", 2},
		{"ijk,jk->ik", "einsum \"ijk,jk->ik\": 3 letters for operand 1 of shape (3, 4)", 2},
		{"ij,kl->iz", "einsum \"ij,kl->iz\": z of the result is in no operand", 2},
		{"ij,kl->ii", "einsum \"ij,kl->ii\": i of the result is there twice", 2},
		{"ij->i", "einsum \"ij->i\": 2 operands", 2},
		{"ij,kl", "einsum \"ij,kl\": 1 operands", 1},
		{"i1,kl->i", "einsum \"i1,kl->i\": '1' at place 2", 2},
		{"...,...->", "einsum \"...,...->\": operands have an ellipsis, the result has none", 2},
		{"ij,kl->ij,", "einsum \"ij,kl->ij,\": ',' after the result", 2},
		{NULL, "einsum: the subscripts of 2 operands are NULL", 2},
	};
	for (size_t i = 0; i < COUNT(refused); i++) {
		mica_graph *g = mica__graph_bare(MICA_F32);
		mica_var x = mica_graph_input(g, "x", MICA_F32, S(3, 4));
		mica_var y = mica_op_einsum(refused[i].text, (mica_var[]){x, x}, refused[i].n);
		cr_expect(mica_graph_status(g) != MICA_OK && y && y->failed, "%s", refused[i].text);
		cr_expect(!strncmp(mica_graph_error(g), refused[i].want, strlen(refused[i].want)), "row %zu: %s", i, mica_graph_error(g));
		mica_graph_destroy(g);
	}
}
