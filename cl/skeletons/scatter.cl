/* SPDX-License-Identifier: MIT */
/* scatter.cl - an index sorted, and rows added where it says.  below[t] is how many indices are less than t, and their numbers
   stand in `order`, equal ones as they came.  While the index is sorted below[t + 1] is where the next of t goes, so that in
   the end it is where those of t + 1 begin. */
//@ cpu_sort
(void)x, (void)y;
global int *const below = @to@, *const order = @to@ + @rows@ + 2;
for (int t = 0; t < @rows@ + 2; t++)
	below[t] = 0;
for (int i = 0; i < @n@; i++) {
@row@
	below[clamp(@index@, 0, @rows@ - 1) + 2]++;
}
for (int t = 1; t < @rows@ + 2; t++)
	below[t] += below[t - 1];
for (int i = 0; i < @n@; i++) {
@row@
	order[below[clamp(@index@, 0, @rows@ - 1) + 1]++] = i;
}

//@ simt_sort
const int item = (int)get_local_id(0), part = (@rows@ + 1 + MICA_GROUP) / MICA_GROUP;
volatile global int *const below = @to@;
global int *const order = @to@ + @rows@ + 2;
local int *const all = (local int *)m;
for (int t = item; t < @rows@ + 2; t += MICA_GROUP)
	below[t] = 0;
barrier(CLK_GLOBAL_MEM_FENCE);
for (int i = item; i < @n@; i += MICA_GROUP) {
@row@
	atomic_inc(below + clamp(@index@, 0, @rows@ - 1) + 2);
}
barrier(CLK_GLOBAL_MEM_FENCE);
int sum = 0; /* of the counts: each item has some that stand side by side */
for (int t = item * part; t < min(item * part + part, @rows@ + 2); t++)
	sum += below[t];
all[item] = sum;
barrier(CLK_LOCAL_MEM_FENCE);
sum = 0;
for (int k = 0; k < item; k++)
	sum += all[k];
for (int t = item * part; t < min(item * part + part, @rows@ + 2); t++) {
	sum += below[t];
	below[t] = sum;
}
barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
for (int i0 = 0; i0 < @n@; i0 += MICA_GROUP) { /* an index for each item, whose equals before it go first */
	const int i = min(i0 + item, @n@ - 1);
@row@
	const int t = i0 + item < @n@ ? clamp(@index@, 0, @rows@ - 1) : -1;
	int before = 0, behind = 0;
	all[item] = t;
	barrier(CLK_LOCAL_MEM_FENCE);
	for (int k = 0; k < MICA_GROUP; k++) {
		before += k < item && all[k] == t;
		behind += k > item && all[k] == t;
	}
	const int at = t >= 0 ? below[t + 1] + before : 0;
	if (t >= 0)
		order[at] = i;
	barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
	if (t >= 0 && !behind)
		below[t + 1] = at + 1;
	barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
}

//@ cpu
(void)y; /* rows lie anywhere, so some ahead are asked for; what is past the end is no row, and nobody waits for it */
global const int *const below = @below@, *const order = @below@ + @targets@ + 2;
for (int p = 0; p < @panels@; p++)
	for (int q = x * @row_block@; q < min(x * @row_block@ + @row_block@, @rows@); q++) {
@after_row@
		@type@ A[PW / V];
#pragma unroll
@vectors@
			A[h / V] = 0;
		}
		for (int k = below[q / @inner@]; k < below[q / @inner@ + 1]; k++) {
			const int r = order[k] * @inner@ + REST(q, @inner@);
			FETCH_L1(@from@ + (size_t)p * @panel@ + ((size_t)order[k + @ahead@] * @inner@ + REST(q, @inner@)) * @row_from@);
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

//@ simt
const int result = x * MICA_GROUP + (int)get_local_id(0), q = result / @columns@, c = REST(result, @columns@);
global const int *const below = @below@, *const order = @below@ + @targets@ + 2;
if (q < @rows@) {
	@type@ a = 0;
	for (int k = below[q / @inner@]; k < below[q / @inner@ + 1]; k++) {
		const int r = order[k] * @inner@ + REST(q, @inner@);
@row@
@each@
	}
@after_row@
@after@
}
