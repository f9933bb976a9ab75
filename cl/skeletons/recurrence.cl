/* SPDX-License-Identifier: MIT */
/* recurrence.cl - what is carried along an axis of n: (outer, n, @inner@, columns), or the columns of each row.  `before` is
   what comes from the step before, `now` the value at hand. */
//@ cpu_vectors
const int p = x, n = @n@;
for (int q = y * @block@; q < min(y * @block@ + @block@, @lines@); q++) {
	@type@ A[PW / V];
#pragma unroll
@vectors@
		A[h / V] = (@type@)0;
	}
	for (int step = 0; step < n; step++) {
		const int k = @from_step@, r = (q / @inner@ * n + k) * @inner@ + REST(q, @inner@);
@row@
#pragma unroll
@vectors@
			const @type@ before = A[h / V];
@each@
			A[h / V] = now;
		}
	}
}

//@ cpu_elements
const int n = @n@;
for (int q = y * @block@; q < min(y * @block@ + @block@, @lines@); q++) {
	@type@ A[32];
	for (int i = 0; i < 32; i++)
		A[i] = 0;
	for (int step = 0; step < n; step++) {
		const int k = @from_step@, r = (q / @inner@ * n + k) * @inner@ + REST(q, @inner@);
@row@
		for (int c = x * 32; c < min(x * 32 + 32, @columns@); c++) {
			const @type@ before = A[c - x * 32];
@each@
			A[c - x * 32] = now;
		}
	}
}

//@ cpu_rows
(void)x;
const int n = @n@;
for (int r0 = y * @block@; r0 < min(y * @block@ + @block@, @lines@); r0 += 8) {
	@type@ A[8];
	for (int i = 0; i < 8; i++)
		A[i] = 0;
	for (int step = 0; step < n; step++) {
		const int c = @from_step@;
		for (int r = r0; r < min(r0 + 8, @lines@); r++) {
			const @type@ before = A[r - r0];
@row@
@each@
			A[r - r0] = now;
		}
	}
}

//@ simt
const int item = (int)get_local_id(0), n = @n@, inner = @inner@, columns = @columns@, lanes = @lanes@, side = @side@;
const int lane = @lane@, line = x * side + @line@;
const bool live = line < @lines@;
const int at = live ? line : 0;
@type@ carried = 0;
for (int first = 0; first < n; first += lanes) {
	const int step = min(first + lane, n - 1), k = @from_step@;
	const bool inside = live && first + lane < n;
	@place@
	@type@ a = 1, b = 0;
	if (inside) {
@load@
	}
	MICA_SLOT(@type@, 0)[0] = a;
	MICA_SLOT(@type@, @second@)[0] = b;
	barrier(CLK_LOCAL_MEM_FENCE);
	for (int d = 1; d < lanes; d *= 2) {
		const bool joins = lane >= d;
		const @type@ aa = joins ? MICA_SLOT(@type@, 0)[-d * @stride@] : 1, bb = joins ? MICA_SLOT(@type@, @second@)[-d * @stride@] : 0;
		barrier(CLK_LOCAL_MEM_FENCE);
		b += MICA_PASS_ON(a, bb);
		a *= aa;
		MICA_SLOT(@type@, 0)[0] = a;
		MICA_SLOT(@type@, @second@)[0] = b;
		barrier(CLK_LOCAL_MEM_FENCE);
	}
	const @type@ now = MICA_PASS_ON(a, carried) + b;
	const int last = (lanes - 1 - lane) * @stride@;
	carried = MICA_PASS_ON(MICA_SLOT(@type@, 0)[last], carried) + MICA_SLOT(@type@, @second@)[last];
	if (inside) {
@after@
	}
	barrier(CLK_LOCAL_MEM_FENCE);
}
