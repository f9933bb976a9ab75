/* SPDX-License-Identifier: MIT */
/* sort.cl - the order of row x: @before@(b, a) is whether key b goes before key a.  Keys of one task are at hand in `key`,
   columns in `at`. */
//@ cpu_runs
const int c0 = y * @run@, n = min(@run@, @columns@ - c0);
@type@ key[@run@];
int orders[2][@run@];
for (int r = x * @block@; r < min(x * @block@ + @block@, @rows@); r++) {
	int from = 0;
@row@
	for (int c = c0; c < c0 + n; c++) {
@load@
		orders[0][c - c0] = c - c0;
	}
	for (int width = 1; width < n; width *= 2, from = 1 - from) {
		const int *at = orders[from];
		int *to = orders[1 - from];
		for (int first = 0; first < n; first += 2 * width) {
			const int middle = min(first + width, n), end = min(middle + width, n);
			for (int i = first, j = middle, k = first; k < end; k++) {
				const bool right = i == middle || (j < end && @before@(key[at[j]], key[at[i]]));
				to[k] = at[right ? j : i];
				j += right;
				i += !right;
			}
		}
	}
	for (int c = c0; c < c0 + n; c++) {
		const int place = c0 + orders[from][c - c0];
@put@
	}
}

//@ simt_runs
const int item = (int)get_local_id(0), r = x, c0 = y * @run@, n = min(@run@, @columns@ - c0);
local @type@ *key = (local @type@ *)m;
local int *at = (local int *)(key + @run@);
@row@
for (int i = item; i < @power@; i += MICA_GROUP) {
	const int c = c0 + min(i, n - 1);
@load@
	at[i] = i;
}
barrier(CLK_LOCAL_MEM_FENCE);
/* Places from n on go last; places are compared where keys are equal. */
for (int size = 2; size <= @power@; size *= 2) {
	for (int d = size / 2; d; d /= 2) {
		for (int t = item; t < @power@ / 2; t += MICA_GROUP) {
			const int i = 2 * d * (t / d) + REST(t, d), j = i + d, pi = at[i], pj = at[j];
			const @type@ a = key[i], b = key[j];
			const bool less = pj >= n || pi >= n ? pj < pi : @before@(b, a) || (!@before@(a, b) && pj < pi);
			if (less == ((i & size) == 0)) {
				key[i] = b;
				key[j] = a;
				at[i] = pj;
				at[j] = pi;
			}
		}
		barrier(CLK_LOCAL_MEM_FENCE);
	}
}
for (int i = item; i < n; i += MICA_GROUP) {
	const int c = c0 + i, place = c0 + at[i];
@put@
}
barrier(CLK_LOCAL_MEM_FENCE);

//@ cpu_merge
const int r = x, c0 = y * @each@, c1 = min(c0 + @each@, @columns@);
const int first = c0 / (2 * @length@) * (2 * @length@), middle = min(first + @length@, @columns@), end = min(middle + @length@, @columns@);
@row@
@type@ a, b;
int place, other, low = max(0, c0 - first - (end - middle)), high = min(c0 - first, middle - first);
while (low < high) {
	const int split = (low + high) / 2, i = first + split, j = middle + c0 - first - split - 1;
	{
@left@
	}
	{
@right@
	}
	if (@before@(b, a))
		high = split;
	else
		low = split + 1;
}
int i = first + low, j = middle + c0 - first - low;
int left_place = 0, right_place = 0;
@type@ left_key = 0, right_key = 0;
bool fresh_left = true, fresh_right = true;
for (int c = c0; c < c1; c++) {
	if (fresh_left && i < middle) {
@left@
		left_place = place;
		left_key = a;
	}
	if (fresh_right && j < end) {
@right@
		right_place = other;
		right_key = b;
	}
	fresh_right = i == middle || (j < end && @before@(right_key, left_key));
	fresh_left = !fresh_right;
	place = fresh_right ? right_place : left_place;
	i += fresh_left;
	j += fresh_right;
@put@
}

//@ simt_merge
const int r = x, c = y * MICA_GROUP + (int)get_local_id(0), first = c / (2 * @length@) * (2 * @length@);
const int middle = min(first + @length@, @columns@), end = min(middle + @length@, @columns@);
if (c < @columns@) {
@row@
	@type@ a = 0, b = 0;
	int place = 0, other = 0, low = max(0, c - first - (end - middle)), high = min(c - first, middle - first);
	while (low < high) {
		const int split = (low + high) / 2, i = first + split, j = middle + c - first - split - 1;
		{
@left@
		}
		{
@right@
		}
		if (@before@(b, a))
			high = split;
		else
			low = split + 1;
	}
	const int i = first + low, j = middle + c - first - low;
	if (i < middle) {
@left@
	}
	if (j < end) {
@right@
	}
	if (i == middle || (j < end && @before@(b, a)))
		place = other;
@put@
}
