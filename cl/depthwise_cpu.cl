/* SPDX-License-Identifier: MIT */
/* depthwise_cpu.cl - convolution of every channel by itself on CPUs: its transpose and the gradient of its weights.  Needs
   prelude.cl with MICA_CPU, and convolution_blocks.cl.
   Lanes are channels.  A tile is some neighbours along a line, of which all windows lie inside alike, so that everything of it
   is at a fixed distance from its first element; at the edges tiles are single pixels.  The source is read where it is.
   MICA_DEPTHWISE_LINE: pixels of a block along a line, at most. */
#define MICA_DEPTHWISE_TILE 4   /* pixels of a tile, taps of one in the gradient of the weights */

/* The taps that reach a position of the result along an axis: n of them, from number `tap` on, every `taps` further; the first
   of them is at `at` in the source, the next ones `step` further each. */
typedef struct mica_reach {
	int tap, n, at;
} mica_reach;
typedef struct mica_pace {
	int taps, step;
} mica_pace;

MICA_INLINE void mica_depthwise_pace(mica_pace *pace, global const mica_conv *g, int axis)
{
	const int stride = (int)g->stride[axis], dilation = (int)g->dilation[axis];
	int a = stride, b = dilation;
	for (int rest; b; a = b, b = rest)
		rest = REST(a, b);
	pace->taps = g->transposed ? stride / a : 1;
	pace->step = g->transposed ? -(dilation / a) : dilation;
}

MICA_INLINE void mica_depthwise_reach(mica_reach *r, global const mica_conv *g, int axis, const mica_pace *pace, int position)
{
	const int stride = (int)g->stride[axis], dilation = (int)g->dilation[axis], taps = (int)g->taps[axis], size = (int)g->source[axis];
	const int before = (int)g->before[axis];
	r->tap = 0;
	r->n = taps;
	r->at = position * stride - before;
	if (g->transposed) {
		int ahead = position + before;
		while (r->tap < min(pace->taps, taps) && stride > 1 && REST(ahead, stride))
			r->tap++, ahead -= dilation;
		r->n = r->tap < min(pace->taps, taps) ? (taps - r->tap + pace->taps - 1) / pace->taps : 0;
		r->at = stride > 1 ? ahead / stride : ahead;
	}
	while (r->n && (r->at < 0 || r->at >= size))
		r->tap += pace->taps, r->at += pace->step, r->n--;
	for (int last = r->at + (r->n - 1) * pace->step; r->n && (last < 0 || last >= size); last -= pace->step)
		r->n--;
}

/* n results `every` rows apart in acc: sums over the taps of r, whose first one is at x for the first result, and `step`
   further for each next. */
MICA_INLINE void mica_depthwise_tile(private realv *acc, int every, global const mica_conv *g, const mica_reach *r, const mica_pace *pace,
                                     global const real *x, int step, global const real *weights, const int row_b, const int n, const int wide)
{
	const int row = (int)g->row, line = (int)g->source[2] * row, along = pace[2].step * row;
	const size_t plane = (size_t)g->source[1] * line;
	realv a[MICA_DEPTHWISE_TILE], b[MICA_DEPTHWISE_TILE];
#pragma unroll
	for (int i = 0; i < n; i++)
		a[i] = b[i] = 0;
	for (int d = 0; d < r[0].n; d++)
		for (int h = 0; h < r[1].n; h++) {
			const int tap = ((r[0].tap + d * pace[0].taps) * (int)g->taps[1] + r[1].tap + h * pace[1].taps) * (int)g->taps[2] + r[2].tap;
			global const real *from = x + (long)plane * (d * pace[0].step) + (long)line * (h * pace[1].step);
			global const real *w = weights + (size_t)tap * row_b;
			for (int k = 0; k < r[2].n; k++, from += along, w += pace[2].taps * row_b) {
				const realv u = LOADR(w), v = wide ? LOADR(w + V) : u;
#pragma unroll
				for (int i = 0; i < n; i++) {
					a[i] = fma(LOADR(from + i * step), u, a[i]);
					if (wide)
						b[i] = fma(LOADR(from + i * step + V), v, b[i]);
				}
			}
		}
#pragma unroll
	for (int i = 0; i < n; i++) {
		acc[2 * i * every] = a[i];
		if (wide)
			acc[2 * i * every + 1] = b[i];
	}
}

/* What all lines of a block share: the taps that reach its pixels along a line. */
typedef struct mica_depthwise_lists {
	mica_pace pace[3];
	global const real *result; /* where the line at hand goes in a panel, or NULL, and from row to row of it */
	int row, width;
	mica_reach along[MICA_DEPTHWISE_LINE];
} mica_depthwise_lists;

MICA_INLINE void mica_depthwise_begin(mica_depthwise_lists *l, global const mica_conv *g, const mica_conv_block *b)
{
	for (int i = 0; i < 3; i++)
		mica_depthwise_pace(&l->pace[i], g, i);
	l->width = b->end[3] - b->first[3];
	for (int j = 0; j < l->width; j++)
		mica_depthwise_reach(&l->along[j], g, 2, &l->pace[2], b->first[3] + j);
}

/* acc = line number n of the block in a panel of the source and of the weights.  Pixels of a phase, every `every` of them, have the
   same taps inside. */
MICA_INLINE void mica_depthwise_line(private realv *acc, global const mica_conv *g, const mica_conv_block *b, const mica_depthwise_lists *l,
                                     int n, global const real *x, global const real *weights, const int row_b, const int wide)
{
	const int row = (int)g->row, every = g->transposed ? (int)g->stride[2] : 1, step = g->transposed ? row : (int)g->stride[2] * row;
	const int far = (MICA_DEPTHWISE_TILE - 1) * every, lines = b->end[2] - b->first[2], planes = b->end[1] - b->first[1];
	mica_reach r[3];
	mica_depthwise_reach(&r[0], g, 0, &l->pace[0], b->first[1] + REST(n / lines, planes));
	mica_depthwise_reach(&r[1], g, 1, &l->pace[1], b->first[2] + REST(n, lines));
	x += (((long)(b->first[0] + n / lines / planes) * g->source[0] + r[0].at) * g->source[1] + r[1].at) * g->source[2] * row;
	for (int phase = 0; phase < min(every, l->width); phase++)
		for (int j = phase; j < l->width;) {
			global const real *const from = x + (long)l->along[j].at * row;
			r[2] = l->along[j];
			if (j + far < l->width && r[2].tap == l->along[j + far].tap && r[2].n == l->along[j + far].n) {
				for (int i = j; l->result && i <= j + far; i += every) {
					FETCH_TO_STORE(l->result + (size_t)i * l->row);
					FETCH_TO_STORE(l->result + (size_t)i * l->row + V);
				}
				mica_depthwise_tile(acc + 2 * j, every, g, r, l->pace, from, step, weights, row_b, MICA_DEPTHWISE_TILE, wide);
				j += far + every;
			} else {
				mica_depthwise_tile(acc + 2 * j, every, g, r, l->pace, from, step, weights, row_b, 1, wide);
				j += every;
			}
		}
}

static MICA_FUNCTION void mica_depthwise(private realv *acc, global const mica_conv *g, const mica_conv_block *b, const mica_depthwise_lists *l,
                                         int n, global const real *x, global const real *weights, const int row_b, int columns)
{
	if (columns > V)
		mica_depthwise_line(acc, g, b, l, n, x, weights, row_b, 1);
	else
		mica_depthwise_line(acc, g, b, l, n, x, weights, row_b, 0);
}

/* ---- the gradient of the weights ---- */

/* Neighbouring taps along a line, with what they have so far. */
typedef struct mica_depthwise_taps {
	int first, n;
	realv a[MICA_DEPTHWISE_TILE], b[MICA_DEPTHWISE_TILE];
} mica_depthwise_taps;

/* Takes in n pixels, all of whose taps are inside.  second: where the second vector is, if there is one, else 0. */
MICA_INLINE void mica_depthwise_inside(mica_depthwise_taps *t, global const real *x, int step, int dilated, global const real *y, const int row_y,
                                       int n, int second)
{
	realv a[MICA_DEPTHWISE_TILE], b[MICA_DEPTHWISE_TILE];
	int at[MICA_DEPTHWISE_TILE];
#pragma unroll
	for (int i = 0; i < MICA_DEPTHWISE_TILE; i++) {
		a[i] = t->a[i];
		b[i] = t->b[i];
		at[i] = min(i, t->n - 1) * dilated;
	}
	for (int j = 0; j < n; j++, x += step, y += row_y) {
		const realv u = LOADR(y), v = LOADR(y + second);
#pragma unroll
		for (int i = 0; i < MICA_DEPTHWISE_TILE; i++) {
			a[i] = fma(LOADR(x + at[i]), u, a[i]);
			b[i] = fma(LOADR(x + at[i] + second), v, b[i]);
		}
	}
#pragma unroll
	for (int i = 0; i < MICA_DEPTHWISE_TILE; i++) {
		t->a[i] = a[i];
		t->b[i] = b[i];
	}
}

/* Takes in pixel j of the result. */
MICA_INLINE void mica_depthwise_edge(mica_depthwise_taps *t, global const mica_conv *g, global const real *x, int j, global const real *y, int second)
{
	for (int i = 0; i < t->n; i++) {
		const int at = j * (int)g->stride[2] - (int)g->before[2] + (t->first + i) * (int)g->dilation[2];
		if (at >= 0 && at < g->source[2]) {
			t->a[i] = fma(LOADR(x + (long)at * g->row), LOADR(y), t->a[i]);
			t->b[i] = fma(LOADR(x + (long)at * g->row + second), LOADR(y + second), t->b[i]);
		}
	}
}

/* Takes in the block's pixels for taps of one line, d and h along the other axes. */
MICA_INLINE void mica_depthwise_block(mica_depthwise_taps *t, global const mica_conv *g, const mica_conv_block *b, int d, int h,
                                      global const real *x, global const real *y, const int row_y, int second)
{
	const int row = (int)g->row, stride = (int)g->stride[2], dilation = (int)g->dilation[2], width = (int)g->source[2];
	const int from = (int)g->before[2] - t->first * dilation, end = width + from - (t->n - 1) * dilation;
	const int j0 = clamp((from + stride - 1) / stride, b->first[3], b->end[3]), j1 = max(j0, min((end + stride - 1) / stride, b->end[3]));
	for (int n = b->first[0]; n < b->end[0]; n++)
		for (int q = b->first[1]; q < b->end[1]; q++)
			for (int s = b->first[2]; s < b->end[2]; s++, y += (b->end[3] - b->first[3]) * row_y) {
				const int u = q * (int)g->stride[0] - (int)g->before[0] + d * (int)g->dilation[0];
				const int v = s * (int)g->stride[1] - (int)g->before[1] + h * (int)g->dilation[1];
				if (u < 0 || u >= g->source[0] || v < 0 || v >= g->source[1])
					continue;
				global const real *const line = x + (((long)n * g->source[0] + u) * g->source[1] + v) * width * row;
				global const real *const of_line = y - (long)b->first[3] * row_y;
				for (int j = b->first[3]; j < j0; j++)
					mica_depthwise_edge(t, g, line, j, of_line + (long)j * row_y, second);
				mica_depthwise_inside(t, line + ((long)j0 * stride - from) * row, stride * row, dilation * row, of_line + (long)j0 * row_y,
				                      row_y, j1 - j0, second);
				for (int j = j1; j < b->end[3]; j++)
					mica_depthwise_edge(t, g, line, j, of_line + (long)j * row_y, second);
			}
}

/* What the blocks first..end give to the weights of one panel. */
static MICA_FUNCTION void mica_depthwise_weights(global real *to, const int row_to, global const mica_conv *g, global const real *x,
                                                 global const real *y, const int row_y, int first, int end, int columns)
{
	mica_conv_block b;
	mica_depthwise_taps t;
	int k = first;
	do {
		mica_conv_begin(&b, g, k);
		if (k == end)
			b.end[0] = b.first[0]; /* no block at all: zeros */
		for (int tap = 0; tap < g->taps[0] * g->taps[1] * g->taps[2]; tap += t.n) {
			const int line = tap / (int)g->taps[2];
			t.first = REST(tap, (int)g->taps[2]);
			t.n = min(MICA_DEPTHWISE_TILE, (int)g->taps[2] - t.first);
			for (int i = 0; i < MICA_DEPTHWISE_TILE; i++) {
				global const real *const so_far = to + (size_t)(tap + min(i, t.n - 1)) * row_to;
				t.a[i] = k == first ? (realv)0 : LOADR(so_far);
				t.b[i] = k == first ? (realv)0 : LOADR(so_far + V);
			}
			mica_depthwise_block(&t, g, &b, line / (int)g->taps[1], REST(line, (int)g->taps[1]), x, y + (size_t)b.row * row_y, row_y, columns > V ? V : 0);
			for (int i = 0; i < t.n; i++) {
				STORER_PART(to + (size_t)(tap + i) * row_to, t.a[i], columns);
				if (columns > V)
					STORER_PART(to + (size_t)(tap + i) * row_to + V, t.b[i], columns - V);
			}
		}
	} while (++k < end);
}
