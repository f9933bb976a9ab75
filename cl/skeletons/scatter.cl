/* SPDX-License-Identifier: MIT */
/* scatter.cl - rows added where an index says, in their order: target seen as (rows, width), source as (n, width). */
//@ cpu
(void)y;
const int j0 = x * @columns@, j1 = min(j0 + @columns@, @width@);
for (int t = 0; t < @rows@; t++) {
	for (int j = j0; j < j1; j++) {
@zero@
	}
}
for (int i = 0; i < @n@; i++) {
@row@
	const int t = clamp(@index@, 0, @rows@ - 1);
	for (int j = j0; j < j1; j++) {
@body@
	}
}

//@ simt
const int result = x * MICA_GROUP + (int)get_local_id(0), t = result / @width@, j = REST(result, @width@);
if (t < @rows@) {
	@type@ sum = 0;
	for (int i = 0; i < @n@; i++) {
@row@
		if (clamp(@index@, 0, @rows@ - 1) == t) {
@body@
			sum += @value@;
		}
	}
@put@
}
