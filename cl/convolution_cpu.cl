/* SPDX-License-Identifier: MIT */
/* convolution_cpu.cl - convolution and its transpose on CPUs, as matrix products that read through windows.  Needs prelude.cl
   with MICA_CPU, and convolution_blocks.cl.
   A task makes a block of the result: a box of its pixels, one after the other in memory.  The box of the source that their
   windows see is packed once, pixel by pixel with all channels together and with zeros outside, so that the inner loop knows
   no borders: tap t of row r is at offset row[r] + tap[t].  A register tile of MICA_CONV_ROWS rows by one panel takes its rows
   from anywhere in the block, so lines need not divide into tiles.  The result goes to `acc`, two vectors a row.
   In the transpose with a stride, only some taps reach a pixel: those of its phase, the remainder of its position by the
   stride.  Rows are then sorted by phase, each phase being a product of its own with a part of the taps.
   MICA_CONV_SLOTS rows of a block, each phase rounded up to whole tiles, MICA_CONV_SCRATCH elements that are packed at a time and
   MICA_CONV_TAPS in a pass are what blocks are chosen by (lower/kinds/convolution.c). */
#if MICA_V == 8
#define MICA_CONV_ROWS 6
#define MICA_CONV_EACH(F) F(0) F(1) F(2) F(3) F(4) F(5)
#else
#define MICA_CONV_ROWS 8 /* more would want more registers for addresses than there are */
#define MICA_CONV_EACH(F) F(0) F(1) F(2) F(3) F(4) F(5) F(6) F(7)
#endif
#define MICA_CONV_CHUNK 192      /* of K, whose panel stays in the first-level cache */
#define MICA_CONV_FEW (V / 4)    /* columns of a panel, at most, each of which is then a dot product over K */
#define MICA_CONV_DOTS 4096      /* weights of one that are packed at a time */

MICA_INLINE int mica_floor_div(int a, int b)
{
	return a >= 0 ? a / b : -((b - 1 - a) / b);
}

/* The box that the taps of the pass see. */
MICA_INLINE void mica_conv_box(mica_conv_block *b, global const mica_conv *g)
{
	const int transposed = (int)g->transposed;
	for (int i = 0; i < 3; i++) {
		const int stride = (int)g->stride[i], dilation = (int)g->dilation[i], before = (int)g->before[i];
		const int near = b->tap[i] * dilation, far = near + (b->taps[i] - 1) * dilation;
		const int first = b->first[i + 1], last = b->end[i + 1] - 1;
		b->every[i] = !transposed && b->taps[i] == 1 ? stride : 1;
		b->from[i] = transposed ? mica_floor_div(first + before - far, stride) : first * stride - before + near;
		const int to = transposed ? mica_floor_div(last + before - near, stride) : last * stride - before + far;
		b->size[i] = (to - b->from[i]) / b->every[i] + 1;
	}
}

/* ---- packing ---- */

MICA_INLINE void mica_conv_zero(private real *to, int n)
{
	for (int i = 0; i < n; i += V)
		STORER_TO(private, to + i, (realv)0);
}

/* n pixels of one line from row r on, `every` rows apart, each of `channels` from channel c on.  Vectors that reach past a
   pixel's last channel are written before what they spoil: the last ones first. */
MICA_INLINE void mica_conv_line(private real *to, global const real *x, global const mica_conv *g, size_t r, int every, int n, int c,
                                int channels)
{
	const int row = (int)g->row;
	const size_t panel = (size_t)g->panel;
	if (c % PW == 0) {
		for (int k = (channels - 1) / V * V; k >= 0; k -= V) {
			global const real *f = x + (size_t)((c + k) / PW) * panel + r * row + (c + k) % PW;
			private real *t = to + k;
			for (int j = 0; j < n; j++, f += every * row, t += channels)
				STORER_TO(private, t, LOADR(f));
		}
	} else {
		for (int j = 0; j < n; j++)
			for (int k = 0; k < channels; k++)
				to[j * channels + k] = x[(size_t)((c + k) / PW) * panel + (r + (size_t)j * every) * row + (c + k) % PW];
	}
}

static MICA_FUNCTION void mica_conv_pack(private real *to, global const real *x, global const mica_conv *g, const mica_conv_block *b)
{
	const int channels = b->channels, every = b->every[2], width = (int)g->source[2];
	const int left = min(max(0, (-b->from[2] + every - 1) / every), b->size[2]);
	const int right = min(max(left, (width - b->from[2] + every - 1) / every), b->size[2]);
	for (int n = b->first[0]; n < b->end[0]; n++)
		for (int d = 0; d < b->size[0]; d++)
			for (int h = 0; h < b->size[1]; h++, to += b->size[2] * channels) {
				const int sd = b->from[0] + d * b->every[0], sh = b->from[1] + h * b->every[1];
				if (sd < 0 || sd >= g->source[0] || sh < 0 || sh >= g->source[1] || left == right) {
					mica_conv_zero(to, b->size[2] * channels);
					continue;
				}
				const size_t line = ((size_t)n * g->source[0] + sd) * g->source[1] + sh;
				mica_conv_zero(to, left * channels);
				mica_conv_line(to + left * channels, x, g, line * width + b->from[2] + left * every, every, right - left,
				               b->channel, channels);
				mica_conv_zero(to + right * channels, (b->size[2] - right) * channels);
			}
}

/* ---- rows and taps ---- */

/* Where the result's rows go in a panel (NULL: nobody says), and the source of the next block, which follows this one's. */
typedef struct mica_conv_ahead {
	global const real *result, *source;
	int result_row, row, vectors; /* of a pixel of the source, if it was not asked for already */
	size_t panel;
} mica_conv_ahead;

/* What the passes over a block share: for each slot where its row's window begins in the scratch; for the taps of one phase
   after the other where they are from there, and their row of the weights. */
typedef struct mica_conv_lists {
	int row[MICA_CONV_SLOTS], slot_of[MICA_CONV_SLOTS];
	int tap[MICA_CONV_TAPS], weight[MICA_CONV_TAPS];
	int run;                                 /* of K at each tap */
	int apart;                               /* of rows 2 i and 2 i + 1, if that is the same for all; else 0 */
	mica_conv_ahead ahead;
	int phases, first[MICA_CONV_SLOTS + 1], first_tap[MICA_CONV_SLOTS + 1]; /* slots and taps of each */
} mica_conv_lists;

/* For each row of the block, in order, where the window begins, and its phase: 0 where there are none. */
static MICA_FUNCTION void mica_conv_windows(private int *where, private long *phase_of, global const mica_conv *g, const mica_conv_block *b)
{
	const int transposed = (int)g->transposed, stride = (int)g->stride[2], at = b->first[3] + (int)g->before[2];
	const int step = stride / b->every[2];
	int r = 0;
	for (int n = 0; n < b->end[0] - b->first[0]; n++)
		for (int d = b->first[1]; d < b->end[1]; d++)
			for (int h = b->first[2]; h < b->end[2]; h++) {
				const int q[2] = {d, h};
				int line = n, w = transposed ? at / stride - b->from[2] : 0, rest = transposed ? REST(at, stride) : 0;
				long phase = 0;
				for (int i = 0; i < 2; i++) {
					const int s = (int)g->stride[i], p = q[i] + (int)g->before[i];
					line = line * b->size[i] + (transposed ? p / s - b->from[i] : (q[i] - b->first[i + 1]) * (s / b->every[i]));
					phase = phase * s + (transposed ? REST(p, s) : 0);
				}
				line *= b->size[2];
				for (const int end = r + b->end[3] - b->first[3]; r < end; r++) {
					where[r] = (line + w) * b->channels;
					phase_of[r] = phase * stride + rest;
					if (!transposed)
						w += step;
					else if (++rest == stride)
						rest = 0, w++;
				}
			}
}

/* Adds the taps that reach a phase, neighbours along a line as one where their channels follow one another. */
MICA_INLINE int mica_conv_taps(mica_conv_lists *l, int n, long phase, global const mica_conv *g, const mica_conv_block *b)
{
	const int transposed = (int)g->transposed, joined = !transposed && g->dilation[2] == 1 && b->channels == g->in ? b->taps[2] : 1;
	int rest[3];
	for (int i = 2; i >= 0; i--) {
		rest[i] = (int)(phase % g->stride[i]);
		phase /= g->stride[i];
	}
	l->run = joined * b->channels;
	for (int d = b->tap[0]; d < b->tap[0] + b->taps[0]; d++)
		for (int h = b->tap[1]; h < b->tap[1] + b->taps[1]; h++)
			for (int w = b->tap[2]; w < b->tap[2] + b->taps[2]; w += joined) {
				const int t[3] = {d, h, w};
				int offset = 0, reaches = 1;
				for (int i = 0; i < 3; i++) {
					const int ahead = (transposed ? rest[i] - t[i] * (int)g->dilation[i] : (t[i] - b->tap[i]) * (int)g->dilation[i]);
					const int pixels = transposed ? ahead / (int)g->stride[i] : ahead;
					reaches = reaches && (!transposed || pixels * (int)g->stride[i] == ahead);
					offset = offset * b->size[i] + pixels;
				}
				if (reaches) {
					l->tap[n] = offset * b->channels;
					l->weight[n++] = ((d * (int)g->taps[1] + h) * (int)g->taps[2] + w) * (int)g->in + REST(b->channel, (int)g->in);
				}
			}
	return n;
}

MICA_INLINE void mica_conv_find_pairs(mica_conv_lists *l, int slots)
{
	const int apart = l->row[1] - l->row[0];
	int all = 1;
	for (int i = 2; i < slots; i += 2)
		all &= l->row[i + 1] - l->row[i] == apart;
	l->apart = all ? apart : 0;
}

/* Rows sorted by phase, each phase from a new tile on; and the taps of each. */
MICA_INLINE void mica_conv_sort(mica_conv_lists *l, global const mica_conv *g, const mica_conv_block *b)
{
	int where[MICA_CONV_SLOTS], slots = 0, taps = 0;
	long phase_of[MICA_CONV_SLOTS];
	mica_conv_windows(where, phase_of, g, b);
	l->phases = 0;
	const int one_phase = !g->transposed || (g->stride[0] == 1 && g->stride[1] == 1 && g->stride[2] == 1);
	for (int r = 0; r < (one_phase ? min(1, b->rows) : b->rows); r++) {
		const long phase = phase_of[r];
		if (phase < 0)
			continue;
		l->first[l->phases] = slots;
		l->first_tap[l->phases++] = taps;
		for (int i = 0; one_phase && i < b->rows; i++) {
			l->slot_of[i] = i;
			l->row[i] = where[i];
		}
		slots += one_phase ? b->rows : 0;
		for (int i = r; !one_phase && i < b->rows; i++)
			if (phase_of[i] == phase) {
				l->slot_of[i] = slots;
				l->row[slots++] = where[i];
				phase_of[i] = -1;
			}
		for (; REST(slots, MICA_CONV_ROWS); slots++) /* pairs stay pairs */
			l->row[slots] = l->row[max(slots - 2, l->first[l->phases - 1])];
		taps = mica_conv_taps(l, taps, phase, g, b);
	}
	l->first[l->phases] = slots;
	l->first_tap[l->phases] = taps;
	mica_conv_find_pairs(l, slots);
}

/* ---- the product ---- */

#define MICA_CONV_DECLARE(i) realv c##i##a = 0, c##i##b = 0;
#define MICA_CONV_FETCH(i) c##i##a = acc[2 * i]; c##i##b = acc[2 * i + 1];
#define MICA_CONV_KEEP(i) acc[2 * i] = c##i##a; acc[2 * i + 1] = c##i##b;
#define MICA_CONV_POINT(i) private const real *const a##i = a + row[i];
#define MICA_CONV_STEP(i) { const realv av = a##i[j]; c##i##a = fma(av, b0, c##i##a); if (wide) c##i##b = fma(av, b1, c##i##b); }

/* One tile: adds steps k0..k1 of K, which runs over taps, and at each over `run` elements.  Not wide: of a panel of which only
   the first vector is there. */
MICA_INLINE void mica_conv_tile(private realv *acc, private const real *from, private const int *row, private const int *tap,
                                private const int *weight, global const real *weights, const int row_b, int run, int k0, int k1,
                                int fetch, const int wide)
{
	MICA_CONV_EACH(MICA_CONV_DECLARE)
	if (fetch) {
		MICA_CONV_EACH(MICA_CONV_FETCH)
	}
	for (int k = k0; k < k1;) {
		const int t = k / run, at = k - t * run, n = min(run - at, k1 - k);
		private const real *const a = from + tap[t] + at;
		global const real *MICA_RESTRICT b = weights + (size_t)(weight[t] + at) * row_b;
		MICA_CONV_EACH(MICA_CONV_POINT)
#pragma unroll 4
		for (int j = 0; j < n; j++, b += row_b) {
			const realv b0 = LOADR(b), b1 = wide ? LOADR(b + V) : b0;
			MICA_CONV_EACH(MICA_CONV_STEP)
		}
		k += n;
	}
	MICA_CONV_EACH(MICA_CONV_KEEP)
}

#define MICA_CONV_POINT_PAIR(i) private const real *const a##i = a + row[2 * i];
#define MICA_CONV_FETCH_PAIR(i) c##i##a = acc[4 * i]; c##i##b = acc[4 * i + 2];
#define MICA_CONV_KEEP_PAIR(i) acc[4 * i] = c##i##a; acc[4 * i + 2] = c##i##b;
#define MICA_CONV_STEP_PAIR(i) c##i##a = fma((realv)a##i[one], b0, c##i##a); c##i##b = fma((realv)a##i[other], b0, c##i##b);
#define MICA_CONV_STEP_PAIRS { const realv b0 = LOADR(b); MICA_CONV_EACH(MICA_CONV_STEP_PAIR) b += row_b, one++, other++; }

/* The same of one vector and twice as many rows, which fill the multiply-add units: two are always `apart`, so that one register
   for addresses serves both. */
MICA_INLINE void mica_conv_tile_of_pairs(private realv *acc, private const real *from, private const int *row, private const int *tap,
                                         private const int *weight, global const real *weights, const int row_b, int run, int k0, int k1,
                                         int fetch, const long apart)
{
	MICA_CONV_EACH(MICA_CONV_DECLARE)
	if (fetch) {
		MICA_CONV_EACH(MICA_CONV_FETCH_PAIR)
	}
	for (int k = k0; k < k1;) {
		const int t = k / run, at = k - t * run, n = min(run - at, k1 - k);
		private const real *const a = from + tap[t] + at;
		global const real *MICA_RESTRICT b = weights + (size_t)(weight[t] + at) * row_b;
		MICA_CONV_EACH(MICA_CONV_POINT_PAIR)
		long j = 0;
		for (; j + 4 <= n; j += 4) {
			long one = j, other = j + apart;
			MICA_HIDE(one);
			MICA_HIDE(other);
			MICA_CONV_STEP_PAIRS
			MICA_CONV_STEP_PAIRS
			MICA_CONV_STEP_PAIRS
			MICA_CONV_STEP_PAIRS
		}
		for (; j < n; j++) {
			long one = j, other = j + apart;
			MICA_HIDE(one);
			MICA_HIDE(other);
			MICA_CONV_STEP_PAIRS
		}
		k += n;
	}
	MICA_CONV_EACH(MICA_CONV_KEEP_PAIR)
}

/* Asks for a tile's share of what is packed next: a core that waits for memory at the end of a block multiplies nothing. */
MICA_INLINE void mica_conv_fetch(const mica_conv_ahead *a, int r, int end)
{
	for (int i = r; i < end; i++)
		for (int c = 0; c < a->vectors; c++)
			FETCH_L2(a->source + (size_t)(c / 2) * a->panel + (size_t)i * a->row + c % 2 * V);
}

/* The same of what is stored next; rows of several phases are in another order there, but they are the same. */
MICA_INLINE void mica_conv_fetch_to_store(const mica_conv_ahead *a, int r, int end, const int wide)
{
	for (int i = r; a->result && i < end; i++) {
		FETCH_TO_STORE(a->result + (size_t)i * a->result_row);
		if (wide)
			FETCH_TO_STORE(a->result + (size_t)i * a->result_row + V);
	}
}

/* All rows of the block and one panel of the weights; fetch: adds to what earlier passes left in acc. */
MICA_INLINE void mica_conv_multiply(private realv *acc, private const real *from, const mica_conv_lists *l, global const real *weights,
                                    const int row_b, int fetch, const int wide)
{
	for (int f = 0; f < l->phases; f++) {
		const int first = l->first_tap[f], k = (l->first_tap[f + 1] - first) * l->run;
		const int chunks = max(1, (k + MICA_CONV_CHUNK - 1) / MICA_CONV_CHUNK), chunk = ((k + chunks - 1) / chunks + 3) / 4 * 4;
		int k0 = 0;
		do {
			for (int r = l->first[f], step; r < l->first[f + 1]; r += step) {
				const int pairs = !wide && l->apart && r + 2 * MICA_CONV_ROWS <= l->first[f + 1], k1 = min(k, k0 + chunk);
				step = pairs ? 2 * MICA_CONV_ROWS : MICA_CONV_ROWS;
				if (pairs)
					mica_conv_tile_of_pairs(acc + 2 * r, from, l->row + r, l->tap + first, l->weight + first, weights, row_b, l->run, k0,
					                        k1, fetch || k0, l->apart);
				else
					mica_conv_tile(acc + 2 * r, from, l->row + r, l->tap + first, l->weight + first, weights, row_b, l->run, k0, k1,
					               fetch || k0, wide);
				if (k0)
					continue;
				mica_conv_fetch_to_store(&l->ahead, r, r + step, wide);
				mica_conv_fetch(&l->ahead, r, r + step);
			}
			k0 += chunk;
		} while (k0 < k);
	}
}

/* ---- few columns ---- */

#define MICA_CONV_BEGIN(i) realv c##i = 0;
#define MICA_CONV_DOT(i) c##i = fma(LOADR_FROM(private, a##i + j), b, c##i);
#define MICA_CONV_DOT_REST(i) { const realv av = LOADR_FROM(private, a##i + j); c##i = fma(MASKR(LANES < run - whole) ? av : (realv)0, b, c##i); }
#define MICA_CONV_SUM(i) ((private real *)(acc + 2 * i))[column] = (fetch ? ((private real *)(acc + 2 * i))[column] : R(0.0)) + ACROSSR(sum)(c##i);

/* One column of a tile: `run` elements of K at each of `taps` taps, as vectors; their weights follow one another, each tap's
   rounded up to vectors. */
MICA_INLINE void mica_conv_dot_tile(private realv *acc, int column, private const real *from, private const int *row, private const int *tap,
                                    private const real *weights, int taps, int run, int fetch)
{
	const int whole = run / V * V;
	MICA_CONV_EACH(MICA_CONV_BEGIN)
	for (int t = 0; t < taps; t++, weights += whole) {
		private const real *const a = from + tap[t];
		MICA_CONV_EACH(MICA_CONV_POINT)
		int j = 0;
		for (; j < whole; j += V) {
			const realv b = LOADR_FROM(private, weights + j);
			MICA_CONV_EACH(MICA_CONV_DOT)
		}
		if (whole < run) {
			const realv b = LOADR_FROM(private, weights + j);
			MICA_CONV_EACH(MICA_CONV_DOT_REST)
			weights += V;
		}
	}
	MICA_CONV_EACH(MICA_CONV_SUM)
}

/* As mica_conv_multiply, where a panel has few columns: lanes are then better filled along K. */
MICA_INLINE void mica_conv_multiply_few(private realv *acc, private const real *from, const mica_conv_lists *l, global const real *weights,
                                        const int row_b, int fetch, int columns)
{
	real b[MICA_CONV_DOTS] __attribute__((aligned(64)));
	const int run = l->run, padded = (run + V - 1) / V * V, most = MICA_CONV_DOTS / padded;
	for (int f = 0; f < l->phases; f++)
		for (int column = 0; column < columns; column++) {
			int t = l->first_tap[f], again = fetch;
			do {
				const int taps = min(most, l->first_tap[f + 1] - t);
				for (int i = 0; i < taps; i++)
					for (int j = 0; j < padded; j++)
						b[i * padded + j] = j < run ? weights[(size_t)(l->weight[t + i] + j) * row_b + column] : R(0.0);
				for (int r = l->first[f]; r < l->first[f + 1]; r += MICA_CONV_ROWS)
					mica_conv_dot_tile(acc + 2 * r, column, from, l->row + r, l->tap + t, b, taps, run, again);
				t += taps;
				again = 1;
			} while (t < l->first_tap[f + 1]);
		}
}

/* ---- a panel ---- */

/* The taps of pass number n, and its channels of a group; false after the last. */
MICA_INLINE int mica_conv_pass(mica_conv_block *b, global const mica_conv *g, int n, int group)
{
	const int parts = max(1, (int)((g->in + g->channels - 1) / g->channels)), channel = REST(n, parts) * (int)g->channels;
	int t = n / parts;
	b->channel = group * (int)g->in + channel;
	b->channels = min((int)g->channels, (int)g->in - channel);
	for (int i = 2; i >= 0; i--) {
		const int taps = (int)g->taps[i];
		b->tap[i] = g->one_tap ? REST(t, taps) : 0;
		b->taps[i] = g->one_tap ? 1 : taps;
		t = g->one_tap ? t / taps : t;
	}
	return t == 0;
}

MICA_INLINE void mica_conv_look_ahead(mica_conv_ahead *a, global const real *source, global const mica_conv *g, const mica_conv_block *b)
{
	const long plane = (long)(b->end[0] - 1) * g->source[0] + b->from[0] + b->size[0] - 1;
	const long line = plane * g->source[1] + min(b->from[1] + b->size[1], (int)g->source[1]);
	a->source = source + line * g->source[2] * g->row + (b->channel / PW) * g->panel;
	a->row = (int)g->row;
	a->panel = (size_t)g->panel;
	a->vectors = g->row < V ? 0 : (b->channels + V - 1) / V;
}

/* acc = what the block's rows are in a panel whose columns belong to one group.  packed: number of the group that is packed
   whole already, or -1. */
MICA_INLINE void mica_conv_group(private realv *acc, private real *scratch, mica_conv_lists *l, mica_conv_block *b,
                                 global const mica_conv *g, global const real *source, global const real *weights, const int row_b,
                                 int group, private int *packed, int columns)
{
	const int whole = g->channels >= g->in && !g->one_tap;
	int n = 0;
	for (; mica_conv_pass(b, g, n, group); n++) {
		if (!whole || *packed != group) {
			mica_conv_box(b, g);
			mica_conv_pack(scratch, source, g, b);
			mica_conv_sort(l, g, b);
			mica_conv_look_ahead(&l->ahead, source, g, b);
		} else {
			l->ahead.vectors = 0;
		}
		*packed = whole ? group : -1;
		if (columns <= MICA_CONV_FEW && g->groups == 1 && l->run >= V && l->run <= MICA_CONV_DOTS)
			mica_conv_multiply_few(acc, scratch, l, weights, row_b, n, columns);
		else if (columns > V)
			mica_conv_multiply(acc, scratch, l, weights, row_b, n, 1);
		else
			mica_conv_multiply(acc, scratch, l, weights, row_b, n, 0);
	}
}

/* acc = the block's rows in panel p, whose columns are of one group or, where it straddles, of several: each is then computed
   for the whole panel, and its own columns are taken. */
static MICA_FUNCTION void mica_conv_panel(private realv *acc, private real *scratch, mica_conv_lists *l, mica_conv_block *b,
                                          global const mica_conv *g, global const real *source, global const real *weights,
                                          const int row_b, int p, int columns, private int *packed)
{
	const int out = (int)g->out, straddles = g->groups > 1 && REST(out, PW), first = p * PW / out;
	const int last = straddles ? (min(p * PW + PW, columns) - 1) / out : first;
	realv part[2 * MICA_CONV_SLOTS];
	for (int group = first; group <= last; group++) {
		mica_conv_group(straddles ? part : acc, scratch, l, b, g, source, weights, row_b, group, packed, columns - p * PW);
		if (!straddles)
			continue;
		const intv low = LANES + (p * PW - group * out), high = low + V;
		for (int s = 0; s < l->first[l->phases]; s++) {
			acc[2 * s] = MASKR(low >= 0 && low < out) ? part[2 * s] : acc[2 * s];
			acc[2 * s + 1] = MASKR(high >= 0 && high < out) ? part[2 * s + 1] : acc[2 * s + 1];
		}
	}
}

/* ---- the gradient of the weights ---- */

/* Rows of a tile: where each begins in the scratch, and the row of the weights it is. */
typedef struct mica_conv_tile_rows {
	int offset[MICA_CONV_ROWS], row[MICA_CONV_ROWS], rows;
} mica_conv_tile_rows;

/* Rows r.. of a pass, which are its channels at each of its taps; past the end the last again, since what follows is another task's. */
MICA_INLINE void mica_conv_weight_rows(mica_conv_tile_rows *t, const mica_conv_lists *l, int r, int n, int channels)
{
	int tap = r / channels, c = r - tap * channels;
	t->rows = min(MICA_CONV_ROWS, n - r);
	for (int i = 0; i < MICA_CONV_ROWS; i++) {
		t->offset[i] = l->tap[tap] + c;
		t->row[i] = l->weight[tap] + c;
		if (i + 1 < t->rows && ++c == channels)
			c = 0, tap++;
	}
}

#define MICA_CONV_WFETCH(i) c##i##a = LOADR(to + (size_t)t->row[i] * row_to); c##i##b = wide ? LOADR(to + (size_t)t->row[i] * row_to + V) : (realv)0;
#define MICA_CONV_WPOINT(i) private const real *a##i = from + t->offset[i];
#define MICA_CONV_WSTEP(i) { const realv av = a##i[at[j]]; c##i##a = fma(av, b0, c##i##a); if (wide) c##i##b = fma(av, b1, c##i##b); }
#define MICA_CONV_WSTORE(i) \
	STORER_TO(global, to + (size_t)t->row[i] * row_to, c##i##a); \
	if (wide) \
		STORER_TO(global, to + (size_t)t->row[i] * row_to + V, c##i##b);
#define MICA_CONV_WKEEP(i) sums[2 * i] = c##i##a; sums[2 * i + 1] = c##i##b;

/* Stores columns low..high of a panel's rows of which `columns` are there, or all of it. */
static MICA_FUNCTION void mica_conv_put(global real *to, const int row_to, const mica_conv_tile_rows *t, private const realv *sums, int low,
                                        int high, int columns)
{
	const intv lanes = LANES;
	for (int i = 0; i < t->rows; i++)
		for (int h = 0; h < min(columns, PW); h += V) {
			global real *const at = to + (size_t)t->row[i] * row_to + h;
			realv sum = sums[2 * i + (h != 0)];
			if (low > 0 || high < PW)
				sum = MASKR(lanes + h >= low && lanes + h < high) ? sum : LOADR(at);
			STORER_PART(at, sum, columns - h);
		}
}

/* Adds what the block's pixels give to one tile, or begins with it.  at: where the window of each begins.  Not wide: only the
   first vector of the panel is there. */
MICA_INLINE void mica_conv_weight_tile(global real *to, const int row_to, const mica_conv_tile_rows *t, private const real *from,
                                       private const int *at, int pixels, global const real *MICA_RESTRICT y, const int row_y,
                                       int low, int high, int columns, int begin, const int wide)
{
	MICA_CONV_EACH(MICA_CONV_DECLARE)
	if (!begin) {
		MICA_CONV_EACH(MICA_CONV_WFETCH)
	}
	MICA_CONV_EACH(MICA_CONV_WPOINT)
#pragma unroll 4
	for (int j = 0; j < pixels; j++, y += row_y) {
		const realv b0 = LOADR(y), b1 = wide ? LOADR(y + V) : b0;
		MICA_CONV_EACH(MICA_CONV_WSTEP)
	}
	if (t->rows == MICA_CONV_ROWS && low <= 0 && high >= (wide ? PW : V) && columns >= (wide ? PW : V)) {
		MICA_CONV_EACH(MICA_CONV_WSTORE)
	} else {
		realv sums[2 * MICA_CONV_ROWS];
		MICA_CONV_EACH(MICA_CONV_WKEEP)
		mica_conv_put(to, row_to, t, sums, low, high, columns);
	}
}

/* What the blocks first..end give to rows of the weights in panels p0..p1, to those columns that are of one group. */
MICA_INLINE void mica_conv_weight(global real *to, const int row_to, const size_t panel_to, private real *scratch, global const mica_conv *g,
                                  global const real *x, global const real *y, const int row_y, const size_t panel_y, int group, int p0,
                                  int p1, int first, int end, int columns)
{
	mica_conv_block b;
	mica_conv_lists l;
	mica_conv_tile_rows t;
	long phase_of[MICA_CONV_SLOTS];
	const int out = (int)g->out;
	for (int pass = 0; mica_conv_pass(&b, g, pass, group); pass++) {
		int k = first;
		do {
			mica_conv_begin(&b, g, k);
			if (k == end)
				b.end[0] = b.first[0], b.rows = 0; /* no block at all: zeros */
			mica_conv_box(&b, g);
			mica_conv_pack(scratch, x, g, &b);
			mica_conv_windows(l.row, phase_of, g, &b);
			mica_conv_look_ahead(&l.ahead, x, g, &b);
			const int rows = mica_conv_taps(&l, 0, 0, g, &b) * l.run;
			for (int p = p0; p < p1; p++, l.ahead.vectors = 0)
				for (int r = 0; r < rows; r += MICA_CONV_ROWS) {
					const int low = max(0, group * out - p * PW), high = min(PW, group * out + out - p * PW), left = columns - p * PW;
					global real *const at = to + (size_t)p * panel_to;
					global const real *const from = y + (size_t)p * panel_y + (size_t)b.row * row_y;
					const int enough = rows >= 8 * MICA_CONV_ROWS; /* tiles, or too much is asked for at a time */
					const int f0 = enough ? b.rows * r / rows : 0, f1 = enough ? b.rows * min(r + MICA_CONV_ROWS, rows) / rows : 0;
					mica_conv_fetch(&l.ahead, f0, f1);
					for (int i = b.rows + f0; i < b.rows + f1; i++) {
						FETCH_L2(from + (size_t)i * row_y);
						FETCH_L2(from + (size_t)i * row_y + V);
					}
					mica_conv_weight_rows(&t, &l, r, rows, l.run);
					if (left > V)
						mica_conv_weight_tile(at, row_to, &t, scratch, l.row, b.rows, from, row_y, low, high, left, k == first, 1);
					else
						mica_conv_weight_tile(at, row_to, &t, scratch, l.row, b.rows, from, row_y, low, high, left, k == first, 0);
				}
		} while (++k < end);
	}
}

/* The weights' rows in panels p0..p1. */
static MICA_FUNCTION void mica_conv_weights(global real *to, const int row_to, const size_t panel_to, private real *scratch,
                                            global const mica_conv *g, global const real *x, global const real *y, const int row_y,
                                            const size_t panel_y, int p0, int p1, int first, int end, int columns)
{
	const int out = (int)g->out;
	for (int i = p0 * PW / out; i <= (min(p1 * PW, columns) - 1) / out; i++)
		mica_conv_weight(to, row_to, panel_to, scratch, g, x, y, row_y, panel_y, i, max(p0, i * out / PW),
		                 min(p1, (i * out + out + PW - 1) / PW), first, end, columns);
}
