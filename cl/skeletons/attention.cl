/* SPDX-License-Identifier: MIT */
/* attention.cl - attention and its gradient (see graph/attention.c).  In the code r is a row over all heads and c a key.
   A row that may look at no key has the sum 0, the result 0, and L = INFINITY, so that e^(score - L) is 0 everywhere. */
//@ cpu
const int rows0 = y * @row_part@, rows1 = min(rows0 + @row_part@, @lq@), first = x * @lq@, first_key = x / @group@ * @lk@;
const int end = @causal@ ? min(@lk@, rows1) : @lk@;
private realv s[MICA_BLOCK], acc[2 * MICA_QUERIES], turned[MICA_TURNED / V];
private real greatest[@most_rows@], sum[@most_rows@], shrink[MICA_QUERIES], divide[MICA_QUERIES];
int c0 = 0;
do {
	const int n = min(@keys@, @lk@ - c0), skipped = @causal@ ? max(c0 - rows0, 0) / MICA_QUERIES * MICA_QUERIES : 0;
	mica_turn_rows((private real *)turned, @k@ + (size_t)(first_key + c0) * @row_k@, @row_k@, @panel_k@, n, @size@, @scale@);
	for (int r0 = rows0 + skipped; r0 < rows1; r0 += MICA_QUERIES) {
		const int rows = min(MICA_QUERIES, rows1 - r0), reach = @causal@ ? r0 - c0 + 1 : 1 << 30, begin = max(1 - reach, 0);
		mica_score_block(s, @q@ + (size_t)(first + r0) * @row_q@, @row_q@, @panel_q@, (private const real *)turned, @size@, rows, n,
		                 reach);
		for (int i = begin; i < rows; i++) {
			const int r = first + r0 + i, limit = mica_row_reach(i, reach, n), wide = mica_tile_reach(i, reach, n);
			private real *const most = greatest + (r0 - rows0 + i), *const total = sum + (r0 - rows0 + i);
			realv high = -INFINITY;
@row@
@scores@
			const real old = c0 ? *most : (real)-INFINITY, new = MICA_MAX(old, ACROSSR(reduce_max)(high));
			const real base = new == (real)-INFINITY ? R(0.0) : new;
			shrink[i] = c0 ? exp(old - base) : R(0.0);
			*most = new;
			*total = mica_exponentials(s + 2 * i, wide, base) + (c0 ? *total * shrink[i] : R(0.0));
			divide[i] = R(1.0);
			if (c0 + n >= @lk@ || reach + i <= n) { /* the row's last block */
				const bool none = *total == R(0.0);
				const real log_sum = none ? (real)INFINITY : base + log(*total);
				divide[i] = none ? R(1.0) : R(1.0) / *total;
@log_sum@
			}
		}
@result@
	}
	c0 += @keys@;
} while (c0 < end);

//@ cpu_scores
for (int j = 0; j < wide; j += PW) {
	const int p = (c0 + j) / PW;
#pragma unroll
	for (int h = 0; h < PW; h += V) {
		const int c = p * PW + h;
		private realv *const at = s + 2 * (j / PW * MICA_QUERIES + i) + h / V;
		realv score = *at;
@mask@
		score = MASKR(j + h + LANES < limit) ? score : (realv)-INFINITY;
@use@
	}
}

//@ cpu_mask
@mask@
score += (realv)@value@;

//@ cpu_mask_by_lane
real lane[V];
for (int l = 0; l < V; l++) {
	const int k = min(c + l, @lk@ - 1);
@mask@
	lane[l] = @value@;
}
score += MICA_JOIN(vload, MICA_V)(0, lane);

//@ cpu_use
*at = score;
high = score > high ? score : high;

//@ cpu_result
for (int p = 0; p * PW < @columns@; p++) {
	mica_block_by_keys(acc, s, @v@ + (size_t)p * @panel_v@ + (size_t)(first_key + c0) * @row_v@, @row_v@, rows, n, reach);
	global real *const to = @to@ + (size_t)p * @panel@ + (size_t)(first + r0) * @row@;
	for (int i = begin; i < rows; i++)
		mica_store_row(to + (size_t)i * @row@, acc + 2 * i, @columns@ - p * PW, c0 > 0, shrink[i], divide[i]);
}

//@ cpu_gradient
const bool by_keys = !@apart@ || y < @key_parts@, by_queries = !@apart@ || y >= @key_parts@;
const int key_begin = @apart@ && by_keys ? y * @key_part@ : 0, row_begin = @apart@ && by_queries ? (y - @key_parts@) * @row_part@ : 0;
const int key_end = @apart@ && by_keys ? min(key_begin + @key_part@, @lk@) : @lk@;
const int row_end = @apart@ && by_queries ? min(row_begin + @row_part@, @lq@) : @lq@;
const int first_key = x * @lk@;
private realv s[MICA_BLOCK], t[MICA_BLOCK], acc[2 * MICA_KEYS], turned_k[MICA_TURNED / V], turned_v[MICA_TURNED / V];
@zero@
for (int c0 = key_begin; c0 < key_end; c0 += @keys@) {
	const int n = min(@keys@, key_end - c0), skipped = @causal@ ? max(c0 - row_begin, 0) / MICA_QUERIES * MICA_QUERIES : 0;
	mica_turn_rows((private real *)turned_k, @k@ + (size_t)(first_key + c0) * @row_k@, @row_k@, @panel_k@, n, @size@, @scale@);
	mica_turn_rows((private real *)turned_v, @v@ + (size_t)(first_key + c0) * @row_v@, @row_v@, @panel_v@, n, @size_v@, R(1.0));
	for (int head = x * @group@; head < x * @group@ + @group@; head++)
		for (int first = head * @lq@, r0 = row_begin + skipped; r0 < row_end; r0 += MICA_QUERIES) {
			const int rows = min(MICA_QUERIES, row_end - r0), reach = @causal@ ? r0 - c0 + 1 : 1 << 30;
			mica_score_block(s, @q@ + (size_t)(first + r0) * @row_q@, @row_q@, @panel_q@, (private const real *)turned_k, @size@,
			                 rows, n, reach);
			mica_score_block(t, @dy@ + (size_t)(first + r0) * @row_dy@, @row_dy@, @panel_dy@, (private const real *)turned_v,
			                 @size_v@, rows, n, reach);
			for (int i = 0; i < rows; i++) {
				const int r = first + r0 + i, limit = mica_row_reach(i, reach, n), wide = mica_tile_reach(i, reach, n);
@row@
@scores@
			}
@products@
		}
}

//@ cpu_zero
if (@task@)
	for (int i = 0; i < @matrices@; i++)
		mica_zero_rows(@to@ + (size_t)((x * @matrices@ + i) * @rows@ + @begin@) * @row@, @row@, @panel@, @columns@, @end@ - @begin@);

//@ cpu_gradient_use
*at = exp_realv(score - (realv)@log_sum@);
t[at - s] = *at * (t[at - s] - (realv)@product@) * (realv)@scale@;

//@ cpu_by_queries
if (by_keys)
	for (int p = 0; p * PW < @columns@; p++) {
		mica_block_by_queries(acc, @block@, @from@ + (size_t)p * @panel_from@ + (size_t)(first + r0) * @row_from@, @row_from@, rows,
		                      n, reach);
		mica_add_rows(@to@ + (size_t)p * @panel@ + (size_t)(first_key + c0) * @row@, @row@, acc, @columns@ - p * PW, n);
	}

//@ cpu_by_keys
if (by_queries)
	for (int p = 0; p * PW < @columns@; p++) {
		mica_block_by_keys(acc, @block@, @from@ + (size_t)p * @panel_from@ + (size_t)(first_key + c0) * @row_from@, @row_from@, rows,
		                   n, reach);
		mica_add_rows(@to@ + (size_t)p * @panel@ + (size_t)(first + r0) * @row@, @row@, acc, @columns@ - p * PW, rows);
	}

//@ simt
const int item = (int)get_local_id(0), head = x / @tiles@, left = REST(x, @tiles@) * MICA_TN, top = y * MICA_TM;
const int first = head * @lq@, first_key = head / @group@ * @lk@, end = @causal@ ? min(@lk@, top + MICA_TM) : @lk@;
real s[16], acc[16], most[4], total[4];
#pragma unroll
for (int i = 0; i < 4; i++) {
	most[i] = -INFINITY;
	total[i] = 0;
#pragma unroll
	for (int j = 0; j < 4; j++)
		acc[4 * i + j] = 0;
}
for (int c0 = 0; c0 < end; c0 += MICA_TN) {
	mica_product(s, m, @q@, @size@, 1, 1, top, @lq@, @k@, @size@, 1, 1, c0, @lk@, @size@);
#pragma unroll
	for (int i = 0; i < 4; i++)
#pragma unroll
		for (int j = 0; j < 4; j++) {
			const int at = top + item / 16 * 4 + i, r = first + at, c = c0 + item % 16 + 16 * j;
			real score = -INFINITY;
			if (at < @lq@ && c < @lk@ && (!@causal@ || c <= at)) {
				score = s[4 * i + j] * @scale@;
@mask@
			}
			s[4 * i + j] = score;
		}
	mica_tile_softmax(s, acc, most, total, m);
	mica_tile_times(acc, m, s, @v@, @size_v@, left, @size_v@, c0, @lk@);
}
#pragma unroll
for (int i = 0; i < 4; i++) {
	const int at = top + item / 16 * 4 + i, r = first + at;
	const bool none = total[i] == R(0.0);
	if (at < @lq@) {
		const real log_sum = none ? (real)INFINITY : most[i] + log(total[i]);
		if (left == 0 && item % 16 == 0) {
@log_sum@
		}
#pragma unroll
		for (int j = 0; j < 4; j++) {
			const int c = left + item % 16 + 16 * j;
			const real result = none ? R(0.0) : acc[4 * i + j] / total[i];
			if (c < @size_v@) {
@result@
			}
		}
	}
}

//@ simt_gradient
const int item = (int)get_local_id(0), left = REST(x, @tiles@) * MICA_TN, top = y * MICA_TM, head0 = x / @tiles@ * @heads@;
real s[16], acc[16];
#pragma unroll
for (int i = 0; i < 16; i++)
	acc[i] = 0;
for (int head = head0; head < head0 + @heads@; head++) {
	const int first = head * @lq@, first_key = head / @group@ * @lk@;
	for (int c0 = @begin@; c0 < @end@; c0 += MICA_TN) {
		mica_product(s, m, @a@, @size@, 1, 1, top, @rows@, @b@, @size@, 1, 1, c0, @columns@, @size@);
@slopes@
#pragma unroll
		for (int i = 0; i < 4; i++)
#pragma unroll
			for (int j = 0; j < 4; j++) {
				const int row = top + item / 16 * 4 + i, column = c0 + item % 16 + 16 * j, at = @at@, c = @key@, r = first + at;
				real value = 0;
				if (at < @lq@ && c < @lk@ && (!@causal@ || c <= at)) {
					real score = s[4 * i + j] * @scale@;
@mask@
					value = exp(score - @log_sum@);
@slope@
				}
				s[4 * i + j] = value;
			}
		mica_tile_times(acc, m, s, @from@, @stored@, left, @stored@, c0, @columns@);
	}
}
#pragma unroll
for (int i = 0; i < 4; i++)
#pragma unroll
	for (int j = 0; j < 4; j++) {
		const int row = top + item / 16 * 4 + i, r = x / @tiles@ * @rows@ + row, c = left + item % 16 + 16 * j;
		const real result = acc[4 * i + j];
		if (row < @rows@ && c < @stored@) {
@result@
		}
	}

//@ simt_slopes
real t[16];
mica_product(t, m, @a@, @size_v@, 1, 1, top, @rows@, @b@, @size_v@, 1, 1, c0, @columns@, @size_v@);
