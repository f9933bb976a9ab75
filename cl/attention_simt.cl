/* SPDX-License-Identifier: MIT */
/* attention_simt.cl - what attention and its gradient are made of on GPUs: a work-group has a tile of MICA_TM by MICA_TN
   scores in registers, as product_simt.cl leaves them, and goes on with it.  Needs product_simt.cl. */
/* v[i], of this item's row i, combined over the 16 items that share the row, always in the same order: four by four, the
   items' values and then what these gave.  (Compilers read all at once, and 64 values would fill the registers.) */
#define MICA_OF_FOUR(to, combine, m, step)                                                          \
	{                                                                                           \
		const real a = combine((m)[0], (m)[step]), b = combine((m)[2 * (step)], (m)[3 * (step)]); \
		to = combine(a, b);                                                                 \
	}
#define MICA_ROWS_OF_TILE(name, combine)                                                            \
	MICA_INLINE void name(private real *v, local real *m)                                       \
	{                                                                                           \
		const int n = (int)get_local_id(0) % 16;                                            \
		m += (int)get_local_id(0) / 16 * 4 * 16;                                            \
		for (int i = 0; i < 4; i++)                                                         \
			m[16 * i + n] = v[i];                                                       \
		barrier(CLK_LOCAL_MEM_FENCE);                                                       \
		MICA_OF_FOUR(m[4 * n], combine, m + 4 * n, 1)                                       \
		barrier(CLK_LOCAL_MEM_FENCE);                                                       \
		for (int i = 0; i < 4; i++)                                                         \
			MICA_OF_FOUR(v[i], combine, m + 16 * i, 4)                                  \
		barrier(CLK_LOCAL_MEM_FENCE);                                                       \
	}
MICA_ROWS_OF_TILE(mica_tile_rows_max, MICA_MAX)
MICA_ROWS_OF_TILE(mica_tile_rows_sum, MICA_ADD)

/* Scores become exponentials; acc and total, of the tiles before, are brought to the base that is the new greatest. */
MICA_INLINE void mica_tile_softmax(private real *s, private real *acc, private real *most, private real *total, local real *m)
{
	real high[4], sum[4];
#pragma unroll
	for (int i = 0; i < 4; i++) {
		high[i] = most[i];
#pragma unroll
		for (int j = 0; j < 4; j++)
			high[i] = s[4 * i + j] > high[i] ? s[4 * i + j] : high[i];
	}
	mica_tile_rows_max(high, m);
#pragma unroll
	for (int i = 0; i < 4; i++) {
		const real base = high[i] == (real)-INFINITY ? R(0.0) : high[i], shrink = exp(most[i] - base);
		sum[i] = 0;
#pragma unroll
		for (int j = 0; j < 4; j++) {
			s[4 * i + j] = exp(s[4 * i + j] - base);
			sum[i] += s[4 * i + j];
			acc[4 * i + j] *= shrink;
		}
		most[i] = high[i];
		total[i] *= shrink;
	}
	mica_tile_rows_sum(sum, m);
#pragma unroll
	for (int i = 0; i < 4; i++)
		total[i] += sum[i];
}

/* acc += the tile times rows first_k.. of b, whose element (k, u) is at k * step_k + u, for the columns from left on.  The loop
   stays one, or there would be several products to find registers for; scores are chosen, not indexed, to stay in theirs. */
MICA_INLINE void mica_tile_times(private real *acc, local real *m, private const real *s, global const real *b, const size_t step_k,
                                 int left, int columns, int first_k, int end_k)
{
	local real *tile_a = m, *tile_b = m + MICA_TK * MICA_STRIDE_A;
	const int item = (int)get_local_id(0);
	real next_b[MICA_PER_ITEM(MICA_TN)];
#pragma unroll 1
	for (int n = 0; n < MICA_TN; n += MICA_TK) {
		mica_fetch(next_b, b, 1, step_k, 0, MICA_TN, left, columns, first_k + n, end_k);
		if (item % 16 / MICA_TK == n / MICA_TK % (16 / MICA_TK))
#pragma unroll
			for (int i = 0; i < 4; i++)
				tile_a[item % MICA_TK * MICA_STRIDE_A + item / 16 * 4 + i] =
					n < 16 ? s[4 * i] : n < 32 ? s[4 * i + 1] : n < 48 ? s[4 * i + 2] : s[4 * i + 3];
		mica_place(tile_b, MICA_STRIDE_B, next_b, 0, MICA_TN);
		barrier(CLK_LOCAL_MEM_FENCE);
		mica_multiply(acc, tile_a, tile_b);
		barrier(CLK_LOCAL_MEM_FENCE);
	}
}
