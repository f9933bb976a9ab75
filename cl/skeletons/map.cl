/* SPDX-License-Identifier: MIT */
/* map.cl - loops over the elements of a domain of rows by columns; the body is an expression of each. */
//@ by_panels
const int r0 = y * @row_block@, r1 = min(r0 + @row_block@, @rows@);
for (int p = x * @panel_block@; p < min(x * @panel_block@ + @panel_block@, @panels@); p++) {
@lines@
@copies@
}

//@ by_rows
const int r0 = x * @row_block@, r1 = min(r0 + @row_block@, @rows@);
@lines@

//@ row_of_panels
@row@
for (int p = 0; p < @panels@; p++) {
@body@
}

//@ row_of_elements
@row@
for (int c = y * @column_block@; c < min(y * @column_block@ + @column_block@, @columns@); c++) {
@body@
}

//@ by_items
const int item = x * (MICA_GROUP * @each@) + (int)get_local_id(0);
const int down = MICA_GROUP / @columns@, right = REST(MICA_GROUP, @columns@);
int r = item / @columns@, c = REST(item, @columns@);
for (int n = 0; n < @each@ && r < @rows@; n++) {
@body@
	r += down;
	c += right;
	if (c >= @columns@) {
		c -= @columns@;
		r++;
	}
}
