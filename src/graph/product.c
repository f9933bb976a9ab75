/* SPDX-License-Identifier: MIT */
/* graph/product.c - the matrix product: shape rule and gradient. */
#include "graph/node.h"

#include <string.h>

static void matmul_gradient(mica_var y, mica_var dy, mica_var *dx)
{
	dx[0] = mica_op_matmul(dy, mica_op_transpose(y->in[1], NULL));
	dx[1] = mica_op_matmul(mica_op_transpose(y->in[0], NULL), dy);
}

const mica__op_info mica__op_MATMUL = {
	.name = "matmul", .family = MICA__FAMILY_KERNEL, .arity = 2, .stored_in = 3, .gradient = matmul_gradient};

mica_var mica_op_matmul(mica_var a, mica_var b)
{
	mica_var bad;
	mica_graph *g = mica__operands("matmul", (mica_var[]){a, b}, 2, &bad);
	if (!g)
		return bad;
	size_t ra = a->shape.rank, rb = b->shape.rank;
	if (ra < 2 || rb < 2 || a->dtype != b->dtype || !mica__dtype_real(a->dtype))
		return mica__graph_fail(g, MICA_ESHAPE, "matmul: %s %s by %s %s; two matrices of one real type are needed",
		                        mica__dtype_name(a->dtype), mica__shape_text(&a->shape), mica__dtype_name(b->dtype),
		                        mica__shape_text(&b->shape));
	if (!mica__dtype_computes(a->dtype))
		return mica_op_cast(mica_op_matmul(mica_op_cast(a, g->real), mica_op_cast(b, g->real)), a->dtype);
	if (a->dtype != g->real)
		return mica__graph_fail(g, MICA_EUNSUPPORTED, "matmul: of %s in a graph whose reals are %s; cast, or make the graph with "
		                        "mica_graph_create_real", mica__dtype_name(a->dtype), mica__dtype_name(g->real));
	mica_shape s = ra >= rb ? a->shape : b->shape;
	bool fits = a->shape.dim[ra - 1] == b->shape.dim[rb - 2];
	if (ra > 2 && rb > 2)
		fits = fits && ra == rb && !memcmp(a->shape.dim, b->shape.dim, (ra - 2) * sizeof(size_t));
	if (!fits)
		return mica__graph_fail(g, MICA_ESHAPE, "matmul: shapes %s and %s; the last of the one must be the last but one "
		                        "of the other, and leading dimensions equal", mica__shape_text(&a->shape),
		                        mica__shape_text(&b->shape));
	s.dim[s.rank - 2] = a->shape.dim[ra - 2];
	s.dim[s.rank - 1] = b->shape.dim[rb - 1];
	/* One matrix on the right for a batch on the left: one product with all rows. */
	if (ra > 2 && rb == 2) {
		mica_shape flat = MICA_SHAPE(mica__shape_lead(&a->shape), a->shape.dim[ra - 1]);
		return mica_op_reshape(mica_op_matmul(mica_op_reshape(a, flat), b), s);
	}
	if (ra == 2 && rb > 2) {
		mica_shape wide = b->shape;
		wide.dim[rb - 2] = a->shape.dim[0];
		wide.dim[rb - 1] = a->shape.dim[1];
		a = mica_op_broadcast(a, wide);
	}
	return mica__node(g, MICA__MATMUL, a->dtype, &s, (mica_var[]){a, b}, 2, NULL);
}
