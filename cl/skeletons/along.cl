/* SPDX-License-Identifier: MIT */
/* along.cl - elements of (outer, @n@, @inner@) added in their order at an index along the middle axis of (outer, @size@, @inner@):
   `from` and `to` are rows of `inner` elements. */
//@ cpu
const int i0 = y * 32, i1 = min(i0 + 32, @inner@);
for (int line = x * @block@; line < min(x * @block@ + @block@, @outer@); line++) {
	for (int to = line * @size@; to < line * @size@ + @size@; to++) {
		for (int i = i0; i < i1; i++) {
@zero@
		}
	}
	for (int from = line * @n@; from < line * @n@ + @n@; from++) {
		for (int i = i0; i < i1; i++) {
@index@
@value@
			const int to = line * @size@ + clamp(at, 0, @size@ - 1);
@add@
		}
	}
}

//@ simt
const int result = x * MICA_GROUP + (int)get_local_id(0), to = result / @inner@, i = REST(result, @inner@);
const int line = to / @size@, t = REST(to, @size@);
if (result < @results@) {
	@type@ sum = 0;
	for (int from = line * @n@; from < line * @n@ + @n@; from++) {
@index@
		if (clamp(at, 0, @size@ - 1) == t) {
@value@
			sum += v;
		}
	}
@put@
}
