/* SPDX-License-Identifier: MIT */
/* turn.cl - the transposes of @batch@ matrices of @rows@ by @columns@, panel by panel. */
//@ cpu
const int panels = (@columns@ + PW - 1) / PW, p = REST(x, panels), batch = x / panels, r0 = y * @row_block@;
mica_transpose_panel(@to@ + (size_t)batch * @columns@ * @to_row@, @to_stride@, @to_row@,
                     @from@ + (size_t)p * @panel@ + (size_t)batch * @rows@ * @row@, @row@, r0, min(r0 + @row_block@, @rows@),
                     p * PW, @columns@);

//@ beside
mica_transpose_panel(@to@, @to_stride@, @to_row@, @from@ + (size_t)p * @panel@, @row@, r0, r1, p * PW, @columns@);

//@ matrices_beside
for (int b = r0 / @rows@; b * @rows@ < r1; b++)
	mica_transpose_panel(@to@ + (size_t)b * @columns@ * @to_row@, @to_stride@, @to_row@,
	                     @from@ + (size_t)p * @panel@ + (size_t)b * @rows@ * @row@, @row@,
	                     max(r0 - b * @rows@, 0), min(r1 - b * @rows@, @rows@), p * PW, @columns@);
