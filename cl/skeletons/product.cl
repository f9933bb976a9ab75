/* SPDX-License-Identifier: MIT */
/* product.cl - a matrix product of product_cpu.cl or product_simt.cl and what is computed of its result.  batch counts the
   matrices; r is the row over all of them. */
//@ cpu
const int p = REST(@panel@, @panels@), batch = @panel@ / @panels@;
const int r0 = batch * @rows@ + @block@ * @row_block@, r1 = min(r0 + @row_block@, batch * @rows@ + @rows@);
private realv acc[@accumulators@];
@products@
for (int r = r0; r < r1; r++) {
@row@
@vectors@
@results@
@body@
	}
}
@copies@

//@ cpu_ab
{
	const mica_operands of[] = {@operands@};
	for (int i = 0; i < @n@; i++)
		mica_product(acc + of[i].at, of[i].a + (size_t)r0 * @row_a@, @row_a@, of[i].panel_a,
		             of[i].b + (size_t)p * of[i].panel_b + (size_t)(batch * of[i].k) * @row_b@, @row_b@, r1 - r0, of[i].k,
		             i ? (global const real *)0 : @to@, @row_to@);
}

//@ cpu_atb
{
	const mica_operands of[] = {@operands@};
	for (int i = 0; i < @n@; i++)
		mica_product_t(acc + of[i].at, of[i].a + (size_t)(batch * of[i].k) * @row_a@, @row_a@, of[i].panel_a,
		               of[i].b + (size_t)p * of[i].panel_b + (size_t)(batch * of[i].k) * @row_b@, @row_b@, r0 - batch * @rows@,
		               r1 - batch * @rows@, of[i].k);
}

//@ simt
const int item = (int)get_local_id(0), batch = x / @tiles@, top = y * MICA_TM, left = REST(x, @tiles@) * MICA_TN;
real acc[16];
mica_product(acc, m, @a@, top, @rows@, @b@, left, @columns@, @k@);
@wait@
#pragma unroll
for (int i = 0; i < 4; i++) {
	const int at = top + item / 16 * 4 + i, r = batch * @rows@ + at;
	if (at < @rows@) {
@row@
#pragma unroll
		for (int j = 0; j < 4; j++) {
			const int c = left + item % 16 + 16 * j;
			if (c < @columns@) {
				const real product = acc[4 * i + j];
@body@
			}
		}
	}
}
