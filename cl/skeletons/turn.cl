/* SPDX-License-Identifier: MIT */
/* turn.cl - the transposes of @batch@ matrices of @rows@ by @columns@, panel by panel. */
//@ cpu
const int panels = (@columns@ + PW - 1) / PW, p = REST(x, panels), batch = x / panels, r0 = y * @row_block@;
mica_transpose_panel(@to@ + (size_t)batch * @columns@ * PW, @to_stride@,
                     @from@ + (size_t)p * @panel@ + (size_t)batch * @rows@ * @row@, @row@, r0, min(r0 + @row_block@, @rows@),
                     p * PW, @columns@);
