/* SPDX-License-Identifier: MIT */
/* row.cl - reductions along rows.  On CPUs a task takes its rows in blocks of ROWS and goes over a block in passes, panel by
   panel; on GPUs a row has @lanes@ work-items, who combine in a tree. */
//@ cpu
enum { ROWS = @rows_at_once@ };
for (int r0 = x * @row_block@; r0 < min(x * @row_block@ + @row_block@, @rows@); r0 += ROWS) {
	const int r1 = min(r0 + ROWS, min(x * @row_block@ + @row_block@, @rows@));
@passes@
}

//@ cpu_accumulator
@type@ A@i@[ROWS];
@result@ f@i@[ROWS];
for (int i = 0; i < ROWS; i++)
	A@i@[i] = (@type@)@start@;

//@ cpu_index
intv I@i@[ROWS];
for (int i = 0; i < ROWS; i++)
	I@i@[i] = LANES;

//@ cpu_pass
for (int p = 0; p < @panels@; p++) {
	for (int r = r0; r < r1; r++) {
@body@
	}
}

//@ cpu_each_row
for (int r = r0; r < r1; r++) {
@body@
}

//@ cpu_elements
for (int c = 0; c < @columns@; c++) {
@body@
}

//@ argmax_vector
{
	const @type@ b = a@i@;
	const mask_@scalar@ t = m@i@ > b || (m@i@ != m@i@ && b == b);
	i@i@ = TOV_i32(t) ? c + LANES : i@i@;
	a@i@ = t ? m@i@ : b;
}

//@ argmax_element
if (m@i@ > a@i@ || (m@i@ != m@i@ && a@i@ == a@i@)) {
	a@i@ = m@i@;
	i@i@ = c;
}

//@ simt
const int item = (int)get_local_id(0), lane = REST(item, @lanes@), at = x * (MICA_GROUP / @lanes@) + item / @lanes@;
const bool live = at < @rows@;
const int r = live ? at : @rows@ - 1, end = live ? @columns@ : 0;
@body@

//@ simt_lanes
for (int c = lane; c < end; c += @lanes@) {
@body@
}
