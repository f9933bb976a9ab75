/* SPDX-License-Identifier: MIT */
/* reference/convolution.c - convolution and its two gradients: sums of the same products, which differ in what is summed.
   Each pair of an output and a tap that sees an element adds, for each channel c of x and each f of y of one group, to
   y[f]: x[c] w[c, f]; to x[c]: y[f] w[f, c]; to w[c, f]: x[c] y[f]. */
#include "graph/convolution.h"
#include "reference/run.h"

/* What one pair adds: rows and columns of the weights of a tap, of one group. */
typedef struct addition {
	mica_dtype type;
	const double *a, *b;
	double *to;
	size_t rows, columns, width; /* width: from one row of the weights to the next */
} addition;

/* to[j] += a[i] b[i, j]: both of a sum over channels. */
static void add_product(mica__run *run, const addition *s)
{
	for (size_t i = 0; i < s->rows; i++)
		for (size_t j = 0; j < s->columns; j++)
			s->to[j] = mica__partial(run, s->type, s->to[j] + s->a[i] * s->b[i * s->width + j]);
}

/* to[i, j] += a[i] b[j] */
static void add_outer(mica__run *run, const addition *s)
{
	for (size_t i = 0; i < s->rows; i++)
		for (size_t j = 0; j < s->columns; j++)
			s->to[i * s->width + j] = mica__partial(run, s->type, s->to[i * s->width + j] + s->a[i] * s->b[j]);
}

/* Numbers of the pixels of x and y and of the tap of the k-th pair; false if that tap sees nothing there. */
static bool pair(const mica__convolution *c, size_t k, size_t *x, size_t *y, size_t *tap)
{
	size_t taps = mica__product_of_axes(c->taps), outputs = mica__product_of_axes(c->outputs), t = k % taps, o = k / taps;
	bool seen = true;
	*tap = t;
	*y = o;
	*x = 0;
	for (size_t i = MICA__MOST_SPATIAL, step = 1; i-- > 0; step *= c->size[i]) {
		size_t at = o % c->outputs[i] * c->stride[i] + t % c->taps[i] * c->dilation[i];
		seen = seen && at >= c->before[i] && at - c->before[i] < c->size[i];
		*x += (at - c->before[i]) * step;
		o /= c->outputs[i];
		t /= c->taps[i];
	}
	*x += *y / outputs * mica__product_of_axes(c->size);
	return seen;
}

void mica__run_convolution(mica__run *run, mica_var node, const mica__array *const *in, mica__array *out)
{
	mica__convolution c = mica__convolution_of(node);
	size_t pairs = c.n * mica__product_of_axes(c.outputs) * mica__product_of_axes(c.taps), x, y, tap;
	size_t of_x = c.groups * c.in, of_y = c.groups * c.out;
	mica__terms order = mica__terms_of(run, pairs);
	for (size_t k = 0; k < pairs; k++) {
		if (!pair(&c, mica__terms_next(&order), &x, &y, &tap))
			continue;
		for (size_t g = 0; g < c.groups; g++) {
			addition s = {.type = node->dtype, .rows = c.in, .columns = c.out, .width = of_y};
			size_t at_x = x * of_x + g * c.in, at_y = y * of_y + g * c.out, at_w = tap * c.in * of_y + g * c.out;
			if (node->op == MICA__CONV) {
				s.a = in[0]->real + at_x, s.b = in[1]->real + at_w, s.to = out->real + at_y;
				add_product(run, &s);
			} else if (node->op == MICA__CONV_DATA) {
				s.rows = c.out, s.columns = c.in, s.width = of_x;
				s.a = in[0]->real + at_y, s.b = in[1]->real + tap * c.out * of_x + g * c.in, s.to = out->real + at_x;
				add_product(run, &s);
			} else {
				s.a = in[0]->real + at_x, s.b = in[1]->real + at_y, s.to = out->real + at_w;
				add_outer(run, &s);
			}
		}
	}
	mica__settle(run, out, 0);
}
