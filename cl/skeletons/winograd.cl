/* SPDX-License-Identifier: MIT */
/* winograd.cl - a convolution of winograd_cpu.cl, or its transpose, and what is computed of its result; the gradient of its
   weights; its weights, transformed.  r is the row over all pixels of the result. */
//@ cpu
global const mica_conv *const g = (global const mica_conv *)(o + @numbers@);
private real scratch[MICA_CONV_SCRATCH] __attribute__((aligned(64))), spread[MICA_WINOGRAD_SPREAD] __attribute__((aligned(64)));
private realv acc[8 * MICA_WINOGRAD_TILES], products[2 * MICA_WINOGRAD_PLACES * MICA_WINOGRAD_SLOTS];
mica_winograd w;
mica_winograd_begin(&w, spread, scratch, g, @source@, x, 0, (int)g->in);
const int lines = (w.block.end[0] - w.block.first[0]) * (w.block.end[2] - w.block.first[2]), width = w.block.end[3] - w.block.first[3];
for (int p = y * @part@; p < min(y * @part@ + @part@, @panels@); p++) {
	int r0 = w.block.row;
	w.ahead.result = @result@;
	w.ahead.result_row = @result_row@;
	mica_winograd_panel(acc, products, spread, &w, g, @weights@ + (size_t)p * @panel_b@, @row_b@, @columns@ - p * PW);
	for (int n = 0; n < lines; n++) {
		r0 = mica_winograd_row(&w, g, n);
		private const realv *const line = acc + 2 * mica_winograd_slot(&w, n);
		for (int r = r0; r < r0 + width; r++) {
@row@
@vectors@
				const realv product = line[2 * (r - r0) + (h != 0)];
@body@
			}
		}
	}
}

//@ cpu_weight
global const mica_conv *const g = (global const mica_conv *)(o + @numbers@);
private real scratch[MICA_CONV_SCRATCH] __attribute__((aligned(64))), spread[MICA_WINOGRAD_SPREAD] __attribute__((aligned(64)));
private real other[MICA_WINOGRAD_PLACES * MICA_WINOGRAD_OTHER] __attribute__((aligned(64)));
private realv sums[2 * MICA_WINOGRAD_PANELS * MICA_WINOGRAD_PLACES * MICA_WINOGRAD_SUMS];
const int begin = (int)((long)@blocks@ * x / @parts@), end = (int)((long)@blocks@ * (x + 1) / @parts@), first = y * @part@;
mica_winograd_sums(@to@ + (size_t)x * @rows@ * @row_to@, @row_to@, @panel_to@, sums, spread, other, scratch, g, @source@, @y@, @row_y@,
                   @panel_y@, first, min(first + @part@, @panels@), begin, end, @columns@);

//@ weights
mica_winograd_weights(@to@ + (size_t)x * @panel_to@, @row_to@, @from@ + (size_t)x * @panel_from@, @row_from@, y * @block@,
                      min(y * @block@ + @block@, @in@), @in@, @columns@ - x * PW);
