/* SPDX-License-Identifier: MIT */
/* support/recurrent.h - Keras' LSTM as a loop over time, for tests of loops. */
#ifndef MICA_TESTS_RECURRENT_H
#define MICA_TESTS_RECURRENT_H
#include "support/support.h"

/* x (steps, batch, in), w (in, 4 units), u (units, 4 units), b (4 units): gates i, f, c, o.  mask: NULL, or (steps, batch, 1), where 0
   keeps what is carried. */
typedef struct lstm {
	mica_var x, mask, w, u, b, h0, c0;
	mica_var hs, h, c;                /* set by lstm_build: outputs of all steps, and what is carried after the last that ran */
} lstm;

static inline mica_var lstm_gate(mica_var z, size_t units, size_t k)
{
	size_t n = mica_var_shape(z).dim[0];
	return mica_op_slice(z, (size_t[]){0, k * units}, (size_t[]){n, (k + 1) * units}, NULL);
}

static inline void lstm_build(lstm *l, bool reverse)
{
	size_t units = mica_var_shape(l->u).dim[0];
	mica_scan *s = mica_scan_begin(mica_var_graph(l->x), mica_var_shape(l->x).dim[0], reverse);
	mica_var xw = mica_op_matmul(l->x, l->w), h = mica_scan_carry(s, l->h0), c = mica_scan_carry(s, l->c0);
	mica_var z = mica_op_add(mica_op_add(mica_scan_read(s, xw, 0), mica_op_matmul(h, l->u)), l->b);
	mica_var keep = mica_op_mul(mica_op_sigmoid(lstm_gate(z, units, 1)), c);
	mica_var c1 = mica_op_add(keep, mica_op_mul(mica_op_sigmoid(lstm_gate(z, units, 0)), mica_op_tanh(lstm_gate(z, units, 2))));
	mica_var h1 = mica_op_mul(mica_op_sigmoid(lstm_gate(z, units, 3)), mica_op_tanh(c1));
	if (l->mask) {
		mica_var m = mica_scan_read(s, l->mask, 0);
		c1 = mica_op_where(m, c1, c);
		h1 = mica_op_where(m, h1, h);
	}
	mica_scan_next(s, h, h1);
	mica_scan_next(s, c, c1);
	OK(mica_scan_end(s));
	l->hs = mica_scan_stack(s, h1);
	l->h = mica_scan_last(s, h);
	l->c = mica_scan_last(s, c);
}

#endif
