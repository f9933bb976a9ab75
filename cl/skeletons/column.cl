/* SPDX-License-Identifier: MIT */
/* column.cl - reductions over rows: (outer, @n@, inner, columns) to (outer, inner, columns).  r is the row of the element at
   hand, f that of the loops around its taps, q that of the result, slab a place along outer; k numbers taps, or results that are
   made together.  o is the table, from which expressions read. */
//@ taps
const int p = x, columns = @columns@, f0 = y * @row_block@, f1 = min(f0 + @row_block@, @rows@);
@lines@

//@ side
const int p = x, columns = @columns@;
for (int slab = y * @block@; slab < min(y * @block@ + @block@, @outer@); slab++) {
	const int f0 = slab * @n@, f1 = f0 + @n@;
@accumulators@
@lines@
#pragma unroll 1
	for (int k = 0; k < @side@; k++) {
		const int q = slab * @side@ + k;
@after@
	}
}

//@ block
const int p = x, columns = @columns@, j0 = REST(y, @blocks@) * @side@, left = min(@side@, @inner@ - j0);
for (int slab = y / @blocks@ * @block@; slab < min(y / @blocks@ * @block@ + @block@, @outer@); slab++) {
@accumulators@
	for (int along = 0; along < @n@; along++) {
		const int r0 = (slab * @n@ + along) * @inner@ + j0;
@lines@
	}
	for (int k = 0; k < left; k++) {
		const int q = slab * @inner@ + j0 + k;
@after@
	}
}

//@ simt
const int item = (int)get_local_id(0), slice = item / @side@, result = x * @side@ + REST(item, @side@);
const bool live = result < @rows@ * @columns@;
const int at = live ? result : 0, q = at / @columns@, c = REST(at, @columns@);
@start@
for (int k = slice; k < (live ? @n@ : 0); k += @slices@) {
	const int r = (q / @inner@ * @n@ + k) * @inner@ + REST(q, @inner@);
@each@
}
@fold@
if (live && slice == 0) {
@after@
}
