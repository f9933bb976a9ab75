/* SPDX-License-Identifier: MIT */
/* product_cpu.cl - matrix products on CPUs: register tiles of MICA_ROWS (or, for A^T B, MICA_ROWS_T) rows by one panel.
   Needs prelude.cl with MICA_CPU.  Operands are seen as panels: element (r, c) is at (c / PW) * panel + r * row + c % PW,
   which covers column panels (row = PW) and row-major matrices (panel = PW) alike.  The result goes to `acc`, two vectors
   a row, from where the caller's epilogue takes it; rows past the last are computed from whatever is there and ignored.
   K is walked in chunks so that the panel's chunk stays in the first-level cache; partial sums wait in acc. */
#ifndef MICA_ROWS
#define MICA_ROWS 6
#endif
#ifndef MICA_ROWS_T
#define MICA_ROWS_T 8
#endif
#define MICA_CHUNK 160 /* of K, in A B */
#define MICA_CHUNK_T 128 /* of K, in A^T B */
#define MICA_LONG 2048 /* rows, of which few are in a core's cache */

#define MICA_REP1(F) F(0)
#define MICA_REP2(F) MICA_REP1(F) F(1)
#define MICA_REP3(F) MICA_REP2(F) F(2)
#define MICA_REP4(F) MICA_REP3(F) F(3)
#define MICA_REP5(F) MICA_REP4(F) F(4)
#define MICA_REP6(F) MICA_REP5(F) F(5)
#define MICA_REP7(F) MICA_REP6(F) F(6)
#define MICA_REP8(F) MICA_REP7(F) F(7)
#define MICA_REP9(F) MICA_REP8(F) F(8)
#define MICA_REP10(F) MICA_REP9(F) F(9)
#define MICA_REP11(F) MICA_REP10(F) F(10)
#define MICA_REP12(F) MICA_REP11(F) F(11)
#define MICA_REP13(F) MICA_REP12(F) F(12)
#define MICA_REP14(F) MICA_REP13(F) F(13)
#define MICA_REP(n) MICA_JOIN(MICA_REP, n)

#define MICA_DECLARE(i) realv c##i##a = 0, c##i##b = 0;
#define MICA_FETCH(i) c##i##a = acc[2 * i]; c##i##b = acc[2 * i + 1];
#define MICA_KEEP(i) acc[2 * i] = c##i##a; acc[2 * i + 1] = c##i##b;
#define MICA_STEP(i) { const realv av = a[i * row_a]; c##i##a = fma(av, b0, c##i##a); c##i##b = fma(av, b1, c##i##b); }
#define MICA_STEP_T(i) { const realv av = a[i]; c##i##a = fma(av, b0, c##i##a); c##i##b = fma(av, b1, c##i##b); }

/* The functions for register tiles of ROWS rows and operands in two address spaces, as OpenCL C has no pointer for both.  name_tile: one tile of A B; adds
   columns k0..k1 of A (its rows starting at a) times the same rows of B (panel starting at b).  A tile's rows are
   neighbours within a panel of A, and so are those it needs of the next one, which are far away and may be in another core's
   cache: every step asks for a line of them, and at the last panel of those that the next tile begins with.
   name: acc = rows of A B for one panel of B; row after row of it will be stored at `to` (NULL: nobody says), which is asked for.  Where
   K is short, another core has just computed a part of a tile's rows: all of them are asked for at once. */
#define MICA_PRODUCT(name, A, B, ROWS)												\
	MICA_INLINE void name##_tile(private realv *acc, A const real *MICA_RESTRICT a_, const int row_a, size_t panel_a,	\
	                             B const real *MICA_RESTRICT b, const int row_b, int k0, int k1)				\
	{															\
		MICA_REP(ROWS)(MICA_DECLARE)											\
		if (k0) {													\
			MICA_REP(ROWS)(MICA_FETCH)										\
		}														\
		b += (size_t)k0 * row_b;											\
		for (int k = k0; k < k1; k += PW) {										\
			A const real *MICA_RESTRICT a = a_ + (size_t)(k / PW) * panel_a;					\
			A const real *next = k + PW < k1 ? a + panel_a : a_ + (size_t)(k0 / PW) * panel_a + ROWS * row_a;	\
			const int n = min(PW, k1 - k);										\
			_Pragma("unroll 4")											\
			for (int j = 0; j < n; j++, a++, b += row_b, next += V) {						\
				FETCH_L1(next);											\
				const realv b0 = LOADR_FROM(B, b), b1 = LOADR_FROM(B, b + V);					\
				MICA_REP(ROWS)(MICA_STEP)									\
			}													\
		}														\
		MICA_REP(ROWS)(MICA_KEEP)											\
	}															\
	MICA_INLINE void name(private realv *acc, A const real *a, const int row_a, size_t panel_a, B const real *b,		\
	                      const int row_b, int rows, int k, global const real *to, const int row_to)			\
	{															\
		const int chunks = max(1, (k + MICA_CHUNK - 1) / MICA_CHUNK);							\
		const int chunk = ((k + chunks - 1) / chunks + PW - 1) / PW * PW;						\
		int k0 = 0;													\
		do {														\
			const int k1 = min(k, k0 + chunk);									\
			for (int r = 0; r < rows; r += ROWS) {									\
				for (int q = 0; k <= 2 * PW && q < k; q += PW)							\
					for (int i = r; i < r + ROWS; i++) {							\
						FETCH_L1(a + (size_t)(q / PW) * panel_a + (size_t)i * row_a);			\
						FETCH_L1(a + (size_t)(q / PW) * panel_a + (size_t)i * row_a + V);		\
					}										\
				for (int i = r; to && k1 == k && i < r + ROWS; i++) {						\
					FETCH_TO_STORE(to + (size_t)i * row_to);						\
					FETCH_TO_STORE(to + (size_t)i * row_to + V);						\
				}												\
				name##_tile(acc + 2 * r, a + (size_t)r * row_a, row_a, panel_a, b, row_b, k0, k1);		\
			}													\
			k0 += chunk;												\
		} while (k0 < k);												\
	}

/* The same of A^T B.  name_tile: rows are columns of A, consecutive in memory; k runs over the rows of A and B, which are few in a
   network's layers and very many where they are pixels: if there are more, the next chunk is asked for (narrower vectors leave
   no time for that).
   name: acc = rows r0..r1 of A^T B for one panel of B; r0 is a multiple of MICA_ROWS_T, which divides PW. */
#define MICA_PRODUCT_T(name, A, B)												\
	MICA_INLINE void name##_tile(private realv *acc, A const real *MICA_RESTRICT a, const int row_a,			\
	                             B const real *MICA_RESTRICT b, const int row_b, int first, int n, int more)		\
	{															\
		MICA_REP(MICA_ROWS_T)(MICA_DECLARE)										\
		if (first) {													\
			MICA_REP(MICA_ROWS_T)(MICA_FETCH)									\
		}														\
		_Pragma("unroll 4")												\
		for (int j = 0; j < n; j++, a += row_a, b += row_b) {								\
			if (more && V == 16) {											\
				FETCH_L2(a + MICA_CHUNK_T * row_a);								\
				FETCH_L2(b + MICA_CHUNK_T * row_b);								\
				FETCH_L2(b + MICA_CHUNK_T * row_b + V);								\
			}													\
			const realv b0 = LOADR_FROM(B, b), b1 = LOADR_FROM(B, b + V);						\
			MICA_REP(MICA_ROWS_T)(MICA_STEP_T)									\
		}														\
		MICA_REP(MICA_ROWS_T)(MICA_KEEP)										\
	}															\
	MICA_INLINE void name(private realv *acc, A const real *a, const int row_a, size_t panel_a, B const real *b,		\
	                      const int row_b, int r0, int r1, int k)								\
	{															\
		int k0 = 0;													\
		do {														\
			const int n = min(MICA_CHUNK_T, k - k0);								\
			for (int r = r0; r < r1; r += MICA_ROWS_T)								\
				name##_tile(acc + 2 * (r - r0), a + (size_t)(r / PW) * panel_a + r % PW + (size_t)k0 * row_a, row_a, \
				            b + (size_t)k0 * row_b, row_b, k0, n, k >= MICA_LONG && k0 + MICA_CHUNK_T < k); \
			k0 += MICA_CHUNK_T;											\
		} while (k0 < k);												\
	}

/* What a product of several reads: its operands, how far their panels are apart, and where its sums are in `acc`. */
typedef struct mica_operands {
	global const real *a, *b;
	size_t panel_a, panel_b;
	int k, at;
} mica_operands;

MICA_PRODUCT(mica_product, global, global, MICA_ROWS)
MICA_PRODUCT_T(mica_product_t, global, global)
