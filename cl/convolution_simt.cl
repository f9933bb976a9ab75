/* SPDX-License-Identifier: MIT */
/* convolution_simt.cl - convolution and its two gradients on GPUs: the tiles of product_simt.cl, whose left operand is read
   through a window.  Needs prelude.cl with MICA_SIMT, and product_simt.cl.
     conv, conv_data  rows: pixels of the result; K: taps and channels of the source; right: the weights
     conv_weight      rows: taps and channels of x; K: pixels of y; right: y
   The right operand lies row by row with all groups' columns side by side. */
#define MICA_CONV 0
#define MICA_CONV_DATA 1
#define MICA_CONV_WEIGHT 2

/* The numbers of a convolution, as they stand in the plan's table.  source is what windows see, or, in conv_data, what they
   make. */
typedef struct mica_conv {
	long images, source[3], result[3], taps[3], stride[3], dilation[3], before[3];
	long in, out, groups; /* channels of a group: of the source, of the result */
} mica_conv;

/* What tap and channel number k of a group see for pixel number p of the result. */
MICA_INLINE real mica_conv_element(global const real *x, global const mica_conv *g, int group, int p, int k, const int way)
{
	const int in = (int)g->in;
	int t = k / in, c = REST(k, in), at[3], inside = 1;
	for (int i = 2; i >= 0; i--) {
		const int size = (int)g->result[i], taps = (int)g->taps[i], stride = (int)g->stride[i];
		const int q = REST(p, size), tap = REST(t, taps) * (int)g->dilation[i], before = (int)g->before[i];
		const int sum = way == MICA_CONV_DATA ? q + before - tap : q * stride - before + tap;
		at[i] = way == MICA_CONV_DATA ? sum / stride : sum;
		inside = inside && sum >= 0 && at[i] < g->source[i] && (way != MICA_CONV_DATA || at[i] * stride == sum);
		p /= size;
		t /= taps;
	}
	const size_t line = ((size_t)p * g->source[0] + at[0]) * g->source[1] + at[1];
	return inside ? x[((line * g->source[2] + at[2]) * g->groups + group) * in + c] : R(0.0);
}

MICA_INLINE void mica_conv_fetch(private real *v, global const real *x, global const mica_conv *g, int group, int first, int end, int k0,
                                 int k_end, const int way)
{
	MICA_CARRY(MICA_TM, way != MICA_CONV_WEIGHT)
#pragma unroll
	for (int s = 0; s < MICA_PER_ITEM(MICA_TM); s++) {
		const int weight = way == MICA_CONV_WEIGHT, row = first + u + MICA_MORE_U(s, MICA_TM, !weight);
		const int step = k0 + k + MICA_MORE_K(s, MICA_TM, !weight);
		v[s] = row < end && step < k_end ? mica_conv_element(x, g, group, weight ? step : row, weight ? row : step, way) : R(0.0);
	}
}

/* As mica_product: rows top.. of at most `rows` by columns left.. of a group, over k_first..k_end of K. */
MICA_INLINE void mica_conv_product(private real *acc, local real *m, global const mica_conv *g, global const real *x,
                                   global const real *right, int group, int top, int rows, int left, int k_first, int k_end, const int way)
{
	const int out = (int)g->out;
	const size_t step = (size_t)g->groups * out;
	local real *tile_a = m, *tile_b = m + MICA_TK * MICA_STRIDE_A;
	real next_a[MICA_PER_ITEM(MICA_TM)], next_b[MICA_PER_ITEM(MICA_TN)];
	right += (size_t)group * out;
#pragma unroll
	for (int i = 0; i < 16; i++)
		acc[i] = R(0.0);
	mica_conv_fetch(next_a, x, g, group, top, rows, k_first, k_end, way);
	mica_fetch(next_b, right, 1, step, 0, MICA_TN, left, out, k_first, k_end);
	for (int k0 = k_first; k0 < k_end; k0 += MICA_TK) {
		mica_place(tile_a, MICA_STRIDE_A, next_a, way != MICA_CONV_WEIGHT, MICA_TM);
		mica_place(tile_b, MICA_STRIDE_B, next_b, 0, MICA_TN);
		barrier(CLK_LOCAL_MEM_FENCE);
		mica_conv_fetch(next_a, x, g, group, top, rows, k0 + MICA_TK, k_end, way);
		mica_fetch(next_b, right, 1, step, 0, MICA_TN, left, out, k0 + MICA_TK, k_end);
		mica_multiply(acc, tile_a, tile_b);
		barrier(CLK_LOCAL_MEM_FENCE);
	}
}
