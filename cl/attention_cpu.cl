/* SPDX-License-Identifier: MIT */
/* attention_cpu.cl - what attention and its gradient are made of on CPUs: products of blocks whose one operand was just made
   and is in the cache, by register tiles of MICA_ATTENTION_ROWS rows.  Needs product_cpu.cl.
   A block of scores is MICA_QUERIES rows by some keys, at most MICA_KEYS, in column panels: vector (i, j) is at
   2 * (j / PW * MICA_QUERIES + i) + j % PW / V.  Row i of it looks at the keys before `reach` + i, of n; so a causal mask is a
   small reach and no mask a large one, and tiles that lie beyond are passed over.  What goes over a whole block is a function of
   its own, so that it is compiled once.  MICA_TURNED: reals of a block of keys or values, transposed. */
#define MICA_BLOCK (2 * MICA_QUERIES * MICA_KEYS / PW) /* vectors */

MICA_PRODUCT(mica_times_turned, global, private, MICA_ATTENTION_ROWS)
MICA_PRODUCT(mica_block_times, private, global, MICA_ATTENTION_ROWS)
MICA_PRODUCT_T(mica_block_t_times, private, global)

/* The first row whose tile looks at key j. */
MICA_INLINE int mica_first_row(int j, int reach, int rows)
{
	return min(max(j + 1 - reach, 0) / MICA_ATTENTION_ROWS * MICA_ATTENTION_ROWS, rows);
}
/* The keys that any row of the tile of row i looks at; row i itself. */
MICA_INLINE int mica_tile_reach(int i, int reach, int n)
{
	return clamp(i / MICA_ATTENTION_ROWS * MICA_ATTENTION_ROWS + MICA_ATTENTION_ROWS - 1 + reach, 0, n);
}
MICA_INLINE int mica_row_reach(int i, int reach, int n)
{
	return clamp(i + reach, 0, n);
}

/* The transpose of n rows of `size`, times scale: element (d, j) is at j / PW * size * PW + d * PW + j % PW; 0 past the n-th. */
static MICA_FUNCTION void mica_turn_rows(private real *turned, global const real *from, const int row, size_t panel, int n, int size,
                                real scale)
{
	for (int j = 0; j < n; j += PW, turned += (size_t)size * PW, from += (size_t)PW * row) {
		const int rows = min(PW, n - j);
		for (int d = 0; d < size; d++) {
			global const real *f = from + (size_t)(d / PW) * panel + d % PW;
			private real *t = turned + (size_t)d * PW;
			if (rows == PW) {
#pragma unroll
				for (int i = 0; i < PW; i++)
					t[i] = f[i * row] * scale;
			} else {
				for (int i = 0; i < PW; i++)
					t[i] = i < rows ? f[i * row] * scale : R(0.0);
			}
		}
	}
}

/* A block of scores: rows of a by n columns that are rows of what was turned. */
static MICA_FUNCTION void mica_score_block(private realv *s, global const real *a, const int row_a, size_t panel_a,
                                  private const real *turned, int size, int rows, int n, int reach)
{
	for (int j = 0; j < n; j += PW) {
		const int i = mica_first_row(j, reach, rows);
		mica_times_turned(s + 2 * (j / PW * MICA_QUERIES + i), a + (size_t)i * row_a, row_a, panel_a, turned + (size_t)j * size,
		                  PW, rows - i, size, 0, 0);
	}
}

/* acc = the block times one panel of b, whose rows are the keys. */
static MICA_FUNCTION void mica_block_by_keys(private realv *acc, private const realv *s, global const real *b, const int row_b, int rows,
                                    int n, int reach)
{
	for (int i = 0; i < rows; i += MICA_ATTENTION_ROWS)
		mica_block_times_tile(acc + 2 * i, (private const real *)s + (size_t)i * PW, PW, MICA_QUERIES * PW, b, row_b, 0,
		                      mica_tile_reach(i, reach, n));
}

/* acc = the transposed block times one panel of b, whose rows are the queries. */
static MICA_FUNCTION void mica_block_by_queries(private realv *acc, private const realv *s, global const real *b, const int row_b, int rows,
                                       int n, int reach)
{
	for (int j = 0; j < n; j += PW) {
		const int i = mica_first_row(j, reach, rows);
		mica_block_t_times(acc + 2 * j, (private const real *)s + (size_t)(j / PW * MICA_QUERIES + i) * PW, PW, 0,
		                   b + (size_t)i * row_b, row_b, 0, PW, rows - i);
	}
}

/* The scores of one row, from vector (i, 0) on, become e^(score - base); their sum.  -INFINITY becomes 0. */
MICA_INLINE real mica_exponentials(private realv *s, int n, real base)
{
	realv sum = 0;
	for (int j = 0; j < n; j += PW, s += 2 * MICA_QUERIES) {
#pragma unroll
		for (int h = 0; h < 2; h++) {
			const realv e = exp_realv(s[h] - base);
			s[h] = e;
			sum += e;
		}
	}
	return ACROSSR(sum)(sum);
}

/* One row of a panel of the result, of which `columns` exist: (what it is * before + acc) * after; what it is counts only if
   again. */
MICA_INLINE void mica_store_row(global real *to, private const realv *acc, int columns, bool again, real before, real after)
{
#pragma unroll
	for (int h = 0; h < 2; h++)
		if (h * V < columns) {
			const realv v = again ? LOADR(to + h * V) * before + acc[h] : acc[h];
			STORER_PART(to + h * V, v * after, columns - h * V);
		}
}

/* Adds acc to rows of a panel. */
MICA_INLINE void mica_add_rows(global real *to, const int row, private const realv *acc, int columns, int rows)
{
	for (int i = 0; i < rows; i++)
		mica_store_row(to + (size_t)i * row, acc + 2 * i, columns, true, R(1.0), R(1.0));
}

static MICA_FUNCTION void mica_zero_rows(global real *to, const int row, size_t panel, int columns, int rows)
{
	const realv zero[2] = {0, 0};
	for (int c = 0; c < columns; c += PW, to += panel)
		for (int i = 0; i < rows; i++)
			mica_store_row(to + (size_t)i * row, zero, columns - c, false, R(0.0), R(1.0));
}
