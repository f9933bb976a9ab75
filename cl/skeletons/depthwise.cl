/* SPDX-License-Identifier: MIT */
/* depthwise.cl - a convolution of depthwise_cpu.cl or depthwise_simt.cl, or its transpose, and what is computed of its result; and
   the gradient of its weights.  r is the row over all pixels of the result. */
//@ cpu
global const mica_conv *const g = (global const mica_conv *)(o + @numbers@);
private realv acc[2 * MICA_DEPTHWISE_LINE];
mica_conv_block block;
mica_depthwise_lists lists;
mica_conv_begin(&block, g, x);
mica_depthwise_begin(&lists, g, &block);
for (int p = y * @part@; p < min(y * @part@ + @part@, @panels@); p++)
	for (int n = 0; n * lists.width < block.rows; n++) {
		const int r0 = block.row + n * lists.width;
		lists.result = @result@;
		lists.row = @result_row@;
		mica_depthwise(acc, g, &block, &lists, n, @source@ + (size_t)p * g->panel, @weights@ + (size_t)p * @panel_b@, @row_b@,
		               @columns@ - p * PW);
		for (int r = r0; r < r0 + lists.width; r++) {
@row@
@vectors@
				const realv product = acc[2 * (r - r0) + (h != 0)];
@body@
			}
		}
	}

//@ cpu_weight
global const mica_conv *const g = (global const mica_conv *)(o + @numbers@);
const int begin = (int)((long)@blocks@ * x / @parts@), end = (int)((long)@blocks@ * (x + 1) / @parts@);
for (int p = y * @part@; p < min(y * @part@ + @part@, @panels@); p++)
	mica_depthwise_weights(@to@ + (size_t)x * @rows@ * @row_to@ + (size_t)p * @panel_to@, @row_to@, g, @source@ + (size_t)p * g->panel,
	                       @y@ + (size_t)p * @panel_y@, @row_y@, begin, end, @columns@ - p * PW);

//@ simt
global const mica_conv *const g = (global const mica_conv *)(o + @numbers@);
const int item = x * MICA_GROUP + (int)get_local_id(0), r = item / @columns@, c = REST(item, @columns@);
if (r < @rows@) {
	const real product = @product@;
@body@
}

//@ simt_forward
mica_depthwise(g, @source@, @right@, r, c, @way@)

//@ simt_weight
mica_depthwise_weight(g, @source@, @right@, REST(r, @taps@), c, (int)((long)@k@ * (r / @taps@) / @parts@),
                      (int)((long)@k@ * (r / @taps@ + 1) / @parts@))
