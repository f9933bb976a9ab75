/* SPDX-License-Identifier: MIT */
/* column.cl - reductions over rows: (outer, @n@, @inner@, columns) to (outer, @inner@, columns).  q is the row of the result,
   r that of the element at hand. */
//@ cpu_vectors
const int p = x;
for (int q = y * @row_block@; q < min(y * @row_block@ + @row_block@, @rows@); q++) {
@after_row@
	@type@ A[PW / V];
#pragma unroll
@vectors@
		A[h / V] = (@type@)@start@;
	}
	for (int k = 0; k < @n@; k++) {
		const int r = (q / @inner@ * @n@ + k) * @inner@ + REST(q, @inner@);
@row@
#pragma unroll
@vectors@
			@type@ a = A[h / V];
@each@
			A[h / V] = a;
		}
	}
#pragma unroll
@vectors@
		const @type@ a = A[h / V];
@after@
	}
}

//@ cpu_elements
for (int q = y * @row_block@; q < min(y * @row_block@ + @row_block@, @rows@); q++) {
@after_row@
	@type@ A[32];
	for (int c = x * 32, i = 0; c < min(x * 32 + 32, @columns@); c++, i++)
		A[i] = (@type@)@start@;
	for (int k = 0; k < @n@; k++) {
		const int r = (q / @inner@ * @n@ + k) * @inner@ + REST(q, @inner@);
@row@
		for (int c = x * 32, i = 0; c < min(x * 32 + 32, @columns@); c++, i++) {
			@type@ a = A[i];
@each@
			A[i] = a;
		}
	}
	for (int c = x * 32, i = 0; c < min(x * 32 + 32, @columns@); c++, i++) {
		const @type@ a = A[i];
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
