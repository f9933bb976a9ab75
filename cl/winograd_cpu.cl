/* SPDX-License-Identifier: MIT */
/* winograd_cpu.cl - convolution of three taps by three with stride 1, and its transpose, on CPUs by Winograd's F(2x2, 3x3): a tile
   of two by two results needs 16 multiplications where sums of taps take 36.  Needs prelude.cl with MICA_CPU,
   convolution_blocks.cl and convolution_cpu.cl, which packs.
   A tile sees four by four pixels d of the source and is A' [(G w G') (B' d B)] A, the product element by element and summed over
   channels: for each of 16 places, a matrix product of tiles by channels and channels by columns.  A task makes a block of
   whole tiles: their pixels, transformed, lie in `spread`, place after place; the products in `products`; the result in `acc`, two
   vectors for each pixel of the tiles, line by line.
   MICA_WINOGRAD_TILES of a block, MICA_WINOGRAD_RUN channels in a row of products and MICA_WINOGRAD_ROOM such rows in a place are what
   blocks are chosen by (lower/kinds/winograd.c). */
#define MICA_WINOGRAD_PLACES 16
/* Elements of all places, with some after each, so that not all are in one set of a cache, and after the last what the last rows of a
   product may read. */
#define MICA_WINOGRAD_SPREAD (MICA_WINOGRAD_PLACES * (MICA_WINOGRAD_ROOM * MICA_WINOGRAD_RUN + 4 * V) + 16 * MICA_WINOGRAD_RUN)
#define MICA_WINOGRAD_SLOTS (MICA_WINOGRAD_TILES + 17) /* the same for products, in pairs of vectors */

/* A task's block: its tiles in an image, along a line, in all; elements from place to place of the source. */
typedef struct mica_winograd {
	mica_conv_block block;
	mica_conv_ahead ahead; /* what is asked for while the products run */
	int down, across, tiles, place;
} mica_winograd;

/* ---- the source ---- */

#define MICA_WINOGRAD_LOAD(name) \
	const realv name##0 = LOADR_FROM(private, d) - LOADR_FROM(private, d + 2 * line); \
	const realv name##1 = LOADR_FROM(private, d + line) + LOADR_FROM(private, d + 2 * line); \
	const realv name##2 = LOADR_FROM(private, d + 2 * line) - LOADR_FROM(private, d + line); \
	const realv name##3 = LOADR_FROM(private, d + line) - LOADR_FROM(private, d + 3 * line); \
	d += channels;
#define MICA_WINOGRAD_STORE(i) \
	STORER_TO(private, to + (4 * i) * place, a##i - c##i); \
	STORER_TO(private, to + (4 * i + 1) * place, b##i + c##i); \
	STORER_TO(private, to + (4 * i + 2) * place, c##i - b##i); \
	STORER_TO(private, to + (4 * i + 3) * place, b##i - e##i); \
	a##i = c##i; \
	b##i = e##i;

/* B' d B of a line of tiles that begin two pixels apart, for a vector of channels: half of what a tile sees its neighbour sees too. */
MICA_INLINE void mica_winograd_line(private real *to, long place, private const real *d, int line, int channels, int tiles)
{
	MICA_WINOGRAD_LOAD(f)
	MICA_WINOGRAD_LOAD(g)
	realv a0 = f0, a1 = f1, a2 = f2, a3 = f3, b0 = g0, b1 = g1, b2 = g2, b3 = g3;
	for (int t = 0; t < tiles; t++, to += MICA_WINOGRAD_RUN) {
		MICA_WINOGRAD_LOAD(c)
		MICA_WINOGRAD_LOAD(e)
		MICA_WINOGRAD_STORE(0)
		MICA_WINOGRAD_STORE(1)
		MICA_WINOGRAD_STORE(2)
		MICA_WINOGRAD_STORE(3)
	}
}

/* Block number x, and channels c0..c1 of its source, transformed: (runs of channels, places, tiles, channels). */
static MICA_FUNCTION void mica_winograd_begin(mica_winograd *w, private real *spread, private real *scratch, global const mica_conv *g,
                                              global const real *source, int x, int c0, int c1)
{
	mica_conv_begin(&w->block, g, x);
	mica_conv_block box = w->block; /* of whole tiles */
	for (int i = 2; i < 4; i++)
		box.end[i] += (box.end[i] - box.first[i]) & 1;
	w->down = (box.end[2] - box.first[2]) / 2;
	w->across = (box.end[3] - box.first[3]) / 2;
	w->tiles = (box.end[0] - box.first[0]) * w->down * w->across;
	w->place = w->tiles * MICA_WINOGRAD_RUN + V;
	for (int n = c0 / (int)g->channels; mica_conv_pass(&box, g, n, 0) && box.channel < c1; n++) {
		mica_conv_box(&box, g);
		mica_conv_pack(scratch, source, g, &box);
		const int line = box.size[2] * box.channels;
		for (int t = 0; t < w->tiles; t += w->across) {
			const int image = t / (w->across * w->down), down = REST(t / w->across, w->down);
			for (int k = 0; k < box.channels; k += V) {
				const int c = box.channel - c0 + k, run = c / MICA_WINOGRAD_RUN;
				mica_winograd_line(spread + MICA_WINOGRAD_PLACES * run * w->place + t * MICA_WINOGRAD_RUN + REST(c, MICA_WINOGRAD_RUN), w->place,
				                   scratch + (image * box.size[1] + 2 * down) * line + k, line, box.channels, w->across);
			}
		}
	}
	box.channel = c0;
	box.channels = c1 - c0;
	mica_conv_look_ahead(&w->ahead, source, g, &box);
}

/* ---- the products ---- */

#define MICA_WINOGRAD_FETCH_ONE(i) c##i##a = acc[2 * i]; c##i##b = acc[2 * (MICA_CONV_ROWS + i)];
#define MICA_WINOGRAD_KEEP_ONE(i) acc[2 * i] = c##i##a; acc[2 * (MICA_CONV_ROWS + i)] = c##i##b;
#define MICA_WINOGRAD_STEP(i) { const realv av = a[i * across]; c##i##a = fma(av, b0, c##i##a); c##i##b = fma(av, b1, c##i##b); }
#define MICA_WINOGRAD_STEP_ONE(i) \
	c##i##a = fma((realv)a[i * across], b0, c##i##a); \
	c##i##b = fma((realv)a[(MICA_CONV_ROWS + i) * across], b0, c##i##b);

/* Adds k steps to the products of rows by one panel; where that has one vector only, of twice as many rows.  across, along: elements
   of the left operand from row to row and from step to step. */
#define MICA_WINOGRAD_TILE(name, space) \
	MICA_INLINE void name(private realv *acc, private const real *a, const int across, const int along, \
	                      space const real *MICA_RESTRICT b, const int row_b, int k, int fetch, const int wide) \
	{ \
		MICA_CONV_EACH(MICA_CONV_DECLARE) \
		if (fetch && wide) { \
			MICA_CONV_EACH(MICA_CONV_FETCH) \
		} else if (fetch) { \
			MICA_CONV_EACH(MICA_WINOGRAD_FETCH_ONE) \
		} \
		_Pragma("unroll 4") \
		for (int j = 0; j < k; j++, a += along, b += row_b) { \
			const realv b0 = LOADR_FROM(space, b), b1 = wide ? LOADR_FROM(space, b + V) : b0; \
			if (wide) { \
				MICA_CONV_EACH(MICA_WINOGRAD_STEP) \
			} else { \
				MICA_CONV_EACH(MICA_WINOGRAD_STEP_ONE) \
			} \
		} \
		if (wide) { \
			MICA_CONV_EACH(MICA_CONV_KEEP) \
		} else { \
			MICA_CONV_EACH(MICA_WINOGRAD_KEEP_ONE) \
		} \
	}
MICA_WINOGRAD_TILE(mica_winograd_tile, global)
MICA_WINOGRAD_TILE(mica_winograd_tile_of_sums, private)

/* The place of the weights for place i of the source: in the transpose taps go the other way, which swaps the first and the last. */
MICA_INLINE int mica_winograd_place(int i, int transposed)
{
	const int y = i / 4, x = REST(i, 4), back = transposed ? 3 : 0;
	return 4 * (y == 0 || y == 3 ? y ^ back : y) + (x == 0 || x == 3 ? x ^ back : x);
}

MICA_INLINE void mica_winograd_multiply(private realv *products, private const real *spread, const mica_winograd *w, global const mica_conv *g,
                                        global const real *weights, const int row_b, const int wide)
{
	const int in = (int)g->in, rows = wide ? MICA_CONV_ROWS : 2 * MICA_CONV_ROWS;
	for (int i = 0; i < MICA_WINOGRAD_PLACES; i++) {
		const int from = w->block.rows * i / MICA_WINOGRAD_PLACES, to = w->block.rows * (i + 1) / MICA_WINOGRAD_PLACES;
		for (int k = 0; k < in; k += MICA_WINOGRAD_RUN) {
			private const real *const a = spread + (k / MICA_WINOGRAD_RUN * MICA_WINOGRAD_PLACES + i) * w->place;
			global const real *const b = weights + (size_t)(mica_winograd_place(i, (int)g->transposed) * in + k) * row_b;
			for (int t = 0; t < w->tiles; t += rows)
				mica_winograd_tile(products + 2 * (i * MICA_WINOGRAD_SLOTS + t), a + t * MICA_WINOGRAD_RUN, MICA_WINOGRAD_RUN,
				                   1, b, row_b, min(in - k, MICA_WINOGRAD_RUN), k, wide);
		}
		mica_conv_fetch_to_store(&w->ahead, from, to, wide);
		mica_conv_fetch(&w->ahead, from, to);
	}
}

/* ---- the result ---- */

#define MICA_WINOGRAD_JOIN(i) \
	const realv p##i = m[i * next] + m[(4 + i) * next] + m[(8 + i) * next], q##i = m[(4 + i) * next] - m[(8 + i) * next] - m[(12 + i) * next];

/* A' m A of each tile, into the slots of its four pixels. */
MICA_INLINE void mica_winograd_results(private realv *acc, private const realv *products, const mica_winograd *w, int wide)
{
	const int next = 2 * MICA_WINOGRAD_SLOTS, line = 4 * w->across;
	for (int t = 0; t < w->tiles; t++) {
		const int above = t / w->across;
		for (int h = 0; h <= wide; h++) {
			private const realv *const m = products + 2 * t + h;
			private realv *const to = acc + 2 * above * line + 4 * (t - above * w->across) + h;
			MICA_WINOGRAD_JOIN(0)
			MICA_WINOGRAD_JOIN(1)
			MICA_WINOGRAD_JOIN(2)
			MICA_WINOGRAD_JOIN(3)
			to[0] = p0 + p1 + p2;
			to[2] = p1 - p2 - p3;
			to[line] = q0 + q1 + q2;
			to[line + 2] = q1 - q2 - q3;
		}
	}
}

/* acc = the block's pixels in a panel of so many columns. */
static MICA_FUNCTION void mica_winograd_panel(private realv *acc, private realv *products, private const real *spread, mica_winograd *w,
                                              global const mica_conv *g, global const real *weights, const int row_b, int columns)
{
	if (columns > V)
		mica_winograd_multiply(products, spread, w, g, weights, row_b, 1);
	else
		mica_winograd_multiply(products, spread, w, g, weights, row_b, 0);
	mica_winograd_results(acc, products, w, columns > V);
	w->ahead.vectors = 0;
}

/* Lines of the block's images one after the other: the row of the result with which line n begins, and its slot. */
MICA_INLINE int mica_winograd_row(const mica_winograd *w, global const mica_conv *g, int n)
{
	private const int *const first = w->block.first;
	const int lines = w->block.end[2] - first[2], image = n / lines;
	const int plane = (first[0] + image) * (int)g->result[0] + first[1];
	return (plane * (int)g->result[1] + first[2] + n - image * lines) * (int)g->result[2] + first[3];
}

MICA_INLINE int mica_winograd_slot(const mica_winograd *w, int n)
{
	const int lines = w->block.end[2] - w->block.first[2], image = n / lines;
	return (image * 2 * w->down + n - image * lines) * 2 * w->across;
}

/* ---- the weights ---- */

/* G w G' of channels c0..c1 in a panel of so many columns, for weights of `in` channels. */
static MICA_FUNCTION void mica_winograd_weights(global real *to, const int row_to, global const real *from, const int row_from, int c0, int c1,
                                                int in, int columns)
{
	for (int c = c0; c < c1; c++)
		for (int h = 0; h < min(columns, PW); h += V) {
			global const real *const f = from + (size_t)c * row_from + h;
			realv w[4][3];
			for (int j = 0; j < 3; j++) {
				const realv above = LOADR(f + (size_t)(j * in) * row_from), middle = LOADR(f + (size_t)((3 + j) * in) * row_from);
				const realv below = LOADR(f + (size_t)((6 + j) * in) * row_from), outer = (above + below) * R(0.5);
				w[0][j] = above;
				w[1][j] = outer + middle * R(0.5);
				w[2][j] = outer - middle * R(0.5);
				w[3][j] = below;
			}
			for (int i = 0; i < 4; i++) {
				const realv outer = (w[i][0] + w[i][2]) * R(0.5), middle = w[i][1] * R(0.5);
				const realv all[4] = {w[i][0], outer + middle, outer - middle, w[i][2]};
				for (int j = 0; j < 4; j++)
					STORER_PART(to + (size_t)((4 * i + j) * in + c) * row_to + h, all[j], columns - h);
			}
		}
}

/* ---- the gradient of the weights ---- */

#define MICA_WINOGRAD_SUMS (MICA_WINOGRAD_RUN + 17) /* rows of sums of a place: channels of a run, and what the last tile of them computes */
#define MICA_WINOGRAD_PANELS 2                      /* whose sums are made together, so that the source is transformed once for them */
#define MICA_WINOGRAD_OTHER (MICA_WINOGRAD_TILES * PW + V) /* elements of a place of the results */

/* A y A' of each tile: as the results are made of products, transposed.  Pixels past the block's ends are 0. */
MICA_INLINE void mica_winograd_turn(private real *to, const mica_winograd *w, global const mica_conv *g, global const real *y,
                                    const int row_y, int h)
{
	private const int *const first = w->block.first, *const end = w->block.end;
	const int next = (int)g->result[2] * row_y;
	for (int t = 0; t < w->tiles; t++, to += PW) {
		const int above = t / w->across, image = above / w->down, line = 2 * (above - image * w->down), column = 2 * (t - above * w->across);
		const int below = first[2] + line + 1 < end[2], right = first[3] + column + 1 < end[3];
		global const real *const f = y + (size_t)(mica_winograd_row(w, g, image * (end[2] - first[2]) + line) + column) * row_y + h;
		const realv a = LOADR(f), b = right ? LOADR(f + row_y) : (realv)0;
		const realv c = below ? LOADR(f + next) : (realv)0, d = below && right ? LOADR(f + next + row_y) : (realv)0;
		const realv left[4] = {a, a + c, a - c, -c}, other[4] = {b, b + d, b - d, -d};
		for (int i = 0; i < 4; i++) {
			STORER_TO(private, to + (4 * i) * MICA_WINOGRAD_OTHER, left[i]);
			STORER_TO(private, to + (4 * i + 1) * MICA_WINOGRAD_OTHER, left[i] + other[i]);
			STORER_TO(private, to + (4 * i + 2) * MICA_WINOGRAD_OTHER, left[i] - other[i]);
			STORER_TO(private, to + (4 * i + 3) * MICA_WINOGRAD_OTHER, -other[i]);
		}
	}
}

/* Adds what a block's tiles give to sums of a panel, for so many channels of a run. */
MICA_INLINE void mica_winograd_add(private realv *sums, private const real *spread, private const real *other, const mica_winograd *w,
                                   global const real *y, const int row_y, int channels, const int wide)
{
	const int rows = wide ? MICA_CONV_ROWS : 2 * MICA_CONV_ROWS;
	for (int i = 0; i < MICA_WINOGRAD_PLACES; i++) {
		const int from = w->block.rows * i / MICA_WINOGRAD_PLACES, to = w->block.rows * (i + 1) / MICA_WINOGRAD_PLACES;
		for (int c = 0; c < channels; c += rows)
			mica_winograd_tile_of_sums(sums + 2 * (i * MICA_WINOGRAD_SUMS + c), spread + i * w->place + c, 1, MICA_WINOGRAD_RUN,
			                           other + i * MICA_WINOGRAD_OTHER, PW, w->tiles, 1, wide);
		mica_conv_fetch(&w->ahead, from, to);
		for (int r = w->block.row + w->block.rows + from; r < w->block.row + w->block.rows + to; r++) {
			FETCH_L2(y + (size_t)r * row_y);
			if (wide)
				FETCH_L2(y + (size_t)r * row_y + V);
		}
	}
}

/* G' s G: the weights' gradient of channels c0.. in a panel of so many columns. */
MICA_INLINE void mica_winograd_finish(global real *to, const int row_to, private const realv *sums, int c0, int channels, int in, int columns)
{
	for (int c = 0; c < channels; c++)
		for (int h = 0; h < min(columns, PW); h += V) {
			private const realv *const s = sums + 2 * c + (h != 0);
			realv w[3][4];
			for (int j = 0; j < 4; j++) {
				const realv above = s[2 * j * MICA_WINOGRAD_SUMS], one = s[2 * (4 + j) * MICA_WINOGRAD_SUMS];
				const realv other = s[2 * (8 + j) * MICA_WINOGRAD_SUMS], below = s[2 * (12 + j) * MICA_WINOGRAD_SUMS];
				w[0][j] = above + (one + other) * R(0.5);
				w[1][j] = (one - other) * R(0.5);
				w[2][j] = below + (one + other) * R(0.5);
			}
			for (int i = 0; i < 3; i++) {
				const realv both = (w[i][1] + w[i][2]) * R(0.5), all[3] = {w[i][0] + both, (w[i][1] - w[i][2]) * R(0.5), w[i][3] + both};
				for (int j = 0; j < 3; j++)
					STORER_PART(to + (size_t)((3 * i + j) * in + c0 + c) * row_to + h, all[j], columns - h);
			}
		}
}

/* What the blocks first..end give to the weights in panels p0..p1. */
static MICA_FUNCTION void mica_winograd_sums(global real *to, const int row_to, const size_t panel_to, private realv *sums, private real *spread,
                                             private real *other, private real *scratch, global const mica_conv *g, global const real *x,
                                             global const real *y, const int row_y, const size_t panel_y, int p0, int p1, int first, int end,
                                             int columns)
{
	mica_winograd w;
	const int in = (int)g->in, size = 2 * MICA_WINOGRAD_PLACES * MICA_WINOGRAD_SUMS;
	for (int c = 0; c < in; c += MICA_WINOGRAD_RUN)
		for (int q = p0; q < p1; q += MICA_WINOGRAD_PANELS) {
			const int channels = min(MICA_WINOGRAD_RUN, in - c), past = min(q + MICA_WINOGRAD_PANELS, p1);
			for (int i = 0; i < (past - q) * size; i++)
				sums[i] = 0;
			for (int k = first; k < end; k++) {
				mica_winograd_begin(&w, spread, scratch, g, x, k, c, c + channels);
				for (int p = q; p < past; p++, w.ahead.vectors = 0) {
					for (int h = 0; h < min(PW, columns - p * PW); h += V)
						mica_winograd_turn(other + h, &w, g, y + p * panel_y, row_y, h);
					if (columns - p * PW > V)
						mica_winograd_add(sums + (p - q) * size, spread, other, &w, y + p * panel_y, row_y, channels, 1);
					else
						mica_winograd_add(sums + (p - q) * size, spread, other, &w, y + p * panel_y, row_y, channels, 0);
				}
			}
			for (int p = q; p < past; p++)
				mica_winograd_finish(to + p * panel_to, row_to, sums + (p - q) * size, c, channels, in, columns - p * PW);
		}
}
