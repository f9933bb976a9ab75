/* SPDX-License-Identifier: MIT */
/* convolution.cl - a convolution of convolution_cpu.cl, or its transpose, and what is computed of its result.  r is the row
   over all pixels of the result. */
//@ cpu
global const mica_conv *const g = (global const mica_conv *)(o + @numbers@);
private real scratch[MICA_CONV_SCRATCH] __attribute__((aligned(64)));
private realv acc[2 * MICA_CONV_SLOTS];
mica_conv_lists lists;
mica_conv_block block;
int packed = -1;
mica_conv_begin(&block, g, x);
const int r0 = block.row, r1 = r0 + block.rows;
for (int p = y * @part@; p < min(y * @part@ + @part@, @panels@); p++) {
	lists.ahead.result = @result@;
	lists.ahead.result_row = @result_row@;
	mica_conv_panel(acc, scratch, &lists, &block, g, @source@, @weights@ + (size_t)p * @panel_b@, @row_b@, p, @columns@, &packed);
	for (int r = r0; r < r1; r++) {
@row@
@vectors@
			const realv product = acc[2 * lists.slot_of[r - r0] + (h != 0)];
@body@
		}
	}
}

//@ cpu_weight
global const mica_conv *const g = (global const mica_conv *)(o + @numbers@);
private real scratch[MICA_CONV_SCRATCH] __attribute__((aligned(64)));
const int begin = (int)((long)@blocks@ * x / @parts@), end = (int)((long)@blocks@ * (x + 1) / @parts@), first = y * @part@;
mica_conv_weights(@to@ + (size_t)x * @rows@ * @row_to@, @row_to@, @panel_to@, scratch, g, @source@, @y@, @row_y@, @panel_y@, first,
                  min(first + @part@, @panels@), begin, end, @columns@);

//@ simt
global const mica_conv *const g = (global const mica_conv *)(o + @numbers@);
const int item = (int)get_local_id(0), batch = x / @tiles@, left = REST(x, @tiles@) * MICA_TN, top = y * MICA_TM;
const int part = batch / (int)g->groups, group = REST(batch, (int)g->groups), out = (int)g->out;
real acc[16];
mica_conv_product(acc, m, g, @source@, @right@, group, top, @rows@, left, (int)((long)@k@ * part / @parts@),
                  (int)((long)@k@ * (part + 1) / @parts@), @way@);
@wait@
#pragma unroll
for (int i = 0; i < 4; i++) {
	const int at = top + item / 16 * 4 + i, r = part * @rows@ + at;
	if (at < @rows@) {
@row@
#pragma unroll
		for (int j = 0; j < 4; j++) {
			const int of_group = left + item % 16 + 16 * j, c = group * out + of_group;
			if (of_group < out) {
				const real product = acc[4 * i + j];
@body@
			}
		}
	}
}
