/* SPDX-License-Identifier: MIT */
/* product_simt.cl - matrix products on GPUs: a work-group makes a tile of the result from tiles of the operands in local
   memory, each work-item 4 x 4 elements of it in registers.  Needs prelude.cl with MICA_SIMT; MICA_GROUP at least 16.
   Operands are seen as (u, k): u is the row of A or the column of B; element (u, k) is at u * step_u + k * step_k, one of
   the steps being 1, so that any transposition is read as it is.  Work-item i has the rows 4 * (i / 16) + 0..3 and the
   columns i % 16 + 0, 16, 32, 48 of its tile: rows come as one vector from local memory, columns are stored coalesced.
   The next tiles travel from global memory to registers while the present ones are multiplied. */
#define MICA_TM (MICA_GROUP / 4)
#define MICA_TN 64
#if defined MICA_DOUBLE || MICA_GROUP < 128
#define MICA_TK 8 /* doubles: as many bytes as for floats; small groups: as few elements for each work-item to carry */
#else
#define MICA_TK 16
#endif
#define MICA_STRIDE_A (MICA_TM + 4) /* 4 more than needed, so that neighbours in k are in other banks */
#define MICA_STRIDE_B (MICA_TN + 4)
#define MICA_PER_ITEM(tile) ((tile) * MICA_TK / MICA_GROUP)

/* Position of the s-th element that this work-item carries: of its first one, and so much more; along: consecutive k are
   consecutive in memory.  (What is more is a constant: compilers that divide for each element run out of registers.) */
#define MICA_CARRY(tile, along)                                                                         \
	const int item = (int)get_local_id(0);                                                          \
	const int u = (along) ? item / MICA_TK : item % (tile), k = (along) ? item % MICA_TK : item / (tile);
#define MICA_MORE_U(s, tile, along) ((along) ? (s) * MICA_GROUP / MICA_TK : (s) * MICA_GROUP % (tile))
#define MICA_MORE_K(s, tile, along) ((along) ? (s) * MICA_GROUP % MICA_TK : (s) * MICA_GROUP / (tile))

MICA_INLINE void mica_fetch(private real *v, global const real *p, const size_t step_u, const size_t step_k,
                            const int along, const int tile, int first, int end, int k0, int k_end)
{
	MICA_CARRY(tile, along)
	p += (size_t)(first + u) * step_u + (size_t)(k0 + k) * step_k;
#pragma unroll
	for (int s = 0; s < MICA_PER_ITEM(tile); s++) {
		const int more_u = MICA_MORE_U(s, tile, along), more_k = MICA_MORE_K(s, tile, along);
		const bool inside = first + u + more_u < end && k0 + k + more_k < k_end;
		v[s] = inside ? p[(size_t)more_u * step_u + (size_t)more_k * step_k] : R(0.0);
	}
}

MICA_INLINE void mica_place(local real *to, const int stride, private const real *v, const int along, const int tile)
{
	MICA_CARRY(tile, along)
	to += k * stride + u;
#pragma unroll
	for (int s = 0; s < MICA_PER_ITEM(tile); s++)
		to[MICA_MORE_K(s, tile, along) * stride + MICA_MORE_U(s, tile, along)] = v[s];
}

MICA_INLINE void mica_multiply(private real *acc, local const real *a, local const real *b)
{
	a += (int)get_local_id(0) / 16 * 4;
	b += (int)get_local_id(0) % 16;
#pragma unroll
	for (int k = 0; k < MICA_TK; k++) {
		const real4 v = *(local const real4 *)(a + k * MICA_STRIDE_A);
#pragma unroll
		for (int j = 0; j < 4; j++) {
			const real w = b[k * MICA_STRIDE_B + 16 * j];
			acc[j] = fma(v.s0, w, acc[j]);
			acc[4 + j] = fma(v.s1, w, acc[4 + j]);
			acc[8 + j] = fma(v.s2, w, acc[8 + j]);
			acc[12 + j] = fma(v.s3, w, acc[12 + j]);
		}
	}
}

/* acc[4 * i + j] = element (top + row i, left + column j of this work-item) of the product; m: MICA_LOCAL reals. */
MICA_INLINE void mica_product(private real *acc, local real *m, global const real *a, const size_t a_u, const size_t a_k,
                              const int a_along, int top, int rows, global const real *b, const size_t b_u,
                              const size_t b_k, const int b_along, int left, int columns, int k_end)
{
	local real *tile_a = m, *tile_b = m + MICA_TK * MICA_STRIDE_A;
	real next_a[MICA_PER_ITEM(MICA_TM)], next_b[MICA_PER_ITEM(MICA_TN)];
#pragma unroll
	for (int i = 0; i < 16; i++)
		acc[i] = R(0.0);
	mica_fetch(next_a, a, a_u, a_k, a_along, MICA_TM, top, rows, 0, k_end);
	mica_fetch(next_b, b, b_u, b_k, b_along, MICA_TN, left, columns, 0, k_end);
	for (int k0 = 0; k0 < k_end; k0 += MICA_TK) {
		mica_place(tile_a, MICA_STRIDE_A, next_a, a_along, MICA_TM);
		mica_place(tile_b, MICA_STRIDE_B, next_b, b_along, MICA_TN);
		barrier(CLK_LOCAL_MEM_FENCE);
		mica_fetch(next_a, a, a_u, a_k, a_along, MICA_TM, top, rows, k0 + MICA_TK, k_end);
		mica_fetch(next_b, b, b_u, b_k, b_along, MICA_TN, left, columns, k0 + MICA_TK, k_end);
		mica_multiply(acc, tile_a, tile_b);
		barrier(CLK_LOCAL_MEM_FENCE);
	}
}
