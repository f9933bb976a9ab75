/* SPDX-License-Identifier: MIT */
/* reference/movement.c - operations that move elements.  Those that move whole axes are one copy from a place with some
   strides to a place with others. */
#include "reference/run.h"

#include <string.h>

/* One end of a copy: where the first element is, and how far the next one along each axis. */
typedef struct end {
	void *data;
	ptrdiff_t first, stride[MICA_MAX_RANK];
} end;

static end whole_of(const mica__array *a)
{
	end e = {.data = a->data};
	mica__strides(&a->shape, e.stride);
	return e;
}

static void copy(const mica_shape *s, end to, end from, size_t bytes)
{
	size_t columns = mica__shape_last(s), last = s->rank ? s->rank - 1 : 0;
	mica__walk w = {.shape = s, .n = 2, .stride = {to.stride, from.stride}, .position = {to.first, from.first}};
	if (!mica__shape_count(s))
		return;
	do {
		for (size_t i = 0; i < columns; i++) {
			ptrdiff_t t = w.position[0] + (ptrdiff_t)i * to.stride[last], f = w.position[1] + (ptrdiff_t)i * from.stride[last];
			memcpy((char *)to.data + t * (ptrdiff_t)bytes, (char *)from.data + f * (ptrdiff_t)bytes, bytes);
		}
	} while (mica__walk_next(&w));
}

void mica__run_transpose(mica__run *run, mica_var x, const mica__array *const *in, mica__array *out)
{
	end all = whole_of(in[0]), from = all;
	(void)run;
	for (size_t k = 0; k < x->shape.rank; k++)
		from.stride[k] = all.stride[x->attr.perm[k]];
	copy(&x->shape, whole_of(out), from, MICA__ELEMENT);
}

void mica__run_broadcast(mica__run *run, mica_var x, const mica__array *const *in, mica__array *out)
{
	end all = whole_of(in[0]), from = {.data = all.data};
	const mica_shape *s = &in[0]->shape;
	(void)run;
	for (size_t k = 0; k < s->rank; k++)
		from.stride[x->shape.rank - s->rank + k] = s->dim[k] == 1 ? 0 : all.stride[k];
	copy(&x->shape, whole_of(out), from, MICA__ELEMENT);
}

void mica__run_slice(mica__run *run, mica_var x, const mica__array *const *in, mica__array *out)
{
	end from = whole_of(in[0]);
	(void)run;
	for (size_t k = 0; k < x->shape.rank; k++) {
		from.first += (ptrdiff_t)x->attr.slice.start[k] * from.stride[k];
		from.stride[k] *= (ptrdiff_t)x->attr.slice.step[k];
	}
	copy(&x->shape, whole_of(out), from, MICA__ELEMENT);
}

void mica__run_pad(mica__run *run, mica_var x, const mica__array *const *in, mica__array *out)
{
	end to = whole_of(out);
	struct mica_node fill = {.dtype = x->dtype, .attr = {.value = x->attr.pad.value}};
	mica__run_fill(run, &fill, NULL, out);
	for (size_t k = 0; k < x->shape.rank; k++)
		to.first += (ptrdiff_t)x->attr.pad.before[k] * to.stride[k];
	copy(&in[0]->shape, to, whole_of(in[0]), MICA__ELEMENT);
}

/* Where place k of an axis of n, `before` of which were added, is in it. */
static size_t folded(size_t k, size_t before, size_t n, mica_pad_mode how)
{
	size_t beyond = k < before ? before - k : k >= before + n ? k - before - n + 1 : 0;
	bool front = k < before;
	switch (beyond ? how : (mica_pad_mode)-1) {
	case MICA_PAD_EDGE: return front ? 0 : n - 1;
	case MICA_PAD_REFLECT: return front ? beyond : n - 1 - beyond;
	case MICA_PAD_SYMMETRIC: return front ? beyond - 1 : n - beyond;
	case MICA_PAD_WRAP: return front ? n - beyond : beyond - 1;
	default: return k - before;
	}
}

void mica__run_pad_mode(mica__run *run, mica_var x, const mica__array *const *in, mica__array *out)
{
	size_t bytes = MICA__ELEMENT;
	(void)run;
	for (size_t i = 0; i < out->count; i++) {
		size_t rest = i, from = 0, stride = 1;
		for (size_t k = x->shape.rank; k-- > 0; rest /= x->shape.dim[k]) {
			size_t n = in[0]->shape.dim[k];
			from += stride * folded(rest % x->shape.dim[k], x->attr.mode.before[k], n, x->attr.mode.how);
			stride *= n;
		}
		memcpy((char *)out->data + i * bytes, (const char *)in[0]->data + from * bytes, bytes);
	}
}

void mica__run_concat(mica__run *run, mica_var x, const mica__array *const *in, mica__array *out)
{
	end to = whole_of(out);
	(void)run;
	for (size_t i = 0; i < x->n_in; i++) {
		copy(&in[i]->shape, to, whole_of(in[i]), MICA__ELEMENT);
		to.first += (ptrdiff_t)in[i]->shape.dim[x->attr.axis] * to.stride[x->attr.axis];
	}
}

void mica__run_flip(mica__run *run, mica_var x, const mica__array *const *in, mica__array *out)
{
	end from = whole_of(in[0]);
	size_t a = x->attr.axis;
	(void)run;
	from.first = from.stride[a] * ((ptrdiff_t)x->shape.dim[a] - 1);
	from.stride[a] = -from.stride[a];
	copy(&x->shape, whole_of(out), from, MICA__ELEMENT);
}

/* ---- windows ---- */

/* One end of the copy of a tap's (n, outputs first.., c): in what has the windows' outputs, or what has the elements that they
   see, of which the first is first * stride + tap * dilation - before. */
static end of_tap(const mica__array *a, const mica__window *w, const size_t *tap, const size_t *first, bool outputs)
{
	end all = whole_of(a), e = {.data = a->data, .stride = {all.stride[0]}};
	bool taps = a->shape.rank == 2 * w->axes + 2;
	for (size_t k = 0; k < w->axes; k++) {
		ptrdiff_t step = outputs ? 1 : (ptrdiff_t)w->stride[k];
		ptrdiff_t begin = outputs ? 0 : (ptrdiff_t)(tap[k] * w->dilation[k]) - (ptrdiff_t)w->before[k];
		e.stride[1 + k] = step * all.stride[1 + k];
		e.first += ((ptrdiff_t)first[k] * step + begin) * all.stride[1 + k];
		e.first += taps ? (ptrdiff_t)tap[k] * all.stride[1 + w->axes + k] : 0;
	}
	e.stride[1 + w->axes] = all.stride[a->shape.rank - 1];
	return e;
}

/* Copies what a tap sees, or back to where it saw it. */
static void copy_tap(const mica__window *w, const size_t *tap, const mica__array *from, mica__array *to, bool back)
{
	const mica_shape *outputs = back ? &from->shape : &to->shape, *seen = back ? &to->shape : &from->shape;
	mica_shape s = {w->axes + 2, {outputs->dim[0]}};
	size_t first[MICA__MOST_SPATIAL];
	for (size_t k = 0; k < w->axes; k++) {
		size_t at = tap[k] * w->dilation[k], before = w->before[k], past = 0, n = seen->dim[1 + k];
		first[k] = at < before ? mica__ceil_div(before - at, w->stride[k]) : 0;
		while (past < outputs->dim[1 + k] && past * w->stride[k] + at < before + n)
			past++;
		s.dim[1 + k] = past > first[k] ? past - first[k] : 0;
	}
	s.dim[1 + w->axes] = mica__shape_last(outputs);
	copy(&s, of_tap(to, w, tap, first, !back), of_tap(from, w, tap, first, back), MICA__ELEMENT);
}

static void copy_taps(const mica__window *w, const mica__array *from, mica__array *to, bool back)
{
	size_t tap[MICA__MOST_SPATIAL] = {0}, k = 0;
	while (k < w->axes) {
		copy_tap(w, tap, from, to, back);
		for (k = 0; k < w->axes && ++tap[k] == w->taps[k]; k++)
			tap[k] = 0;
	}
}

void mica__run_window(mica__run *run, mica_var x, const mica__array *const *in, mica__array *out)
{
	struct mica_node fill = {.dtype = x->dtype, .attr = {.value = x->attr.window.outside}};
	mica__run_fill(run, &fill, NULL, out);
	copy_taps(&x->attr.window.shape, in[0], out, false);
}

void mica__run_spread(mica__run *run, mica_var x, const mica__array *const *in, mica__array *out)
{
	(void)run;
	copy_taps(&x->attr.window.shape, in[0], out, true);
}

/* ---- by index ---- */

static size_t clamped(int64_t row, size_t rows)
{
	return row < 0 ? 0 : (size_t)row < rows ? (size_t)row : rows - 1;
}

void mica__run_gather(mica__run *run, mica_var x, const mica__array *const *in, mica__array *out)
{
	const mica__array *table = in[0], *index = in[1];
	size_t rows = table->shape.dim[0], bytes = MICA__ELEMENT * (rows ? table->count / rows : 0);
	(void)run, (void)x;
	for (size_t i = 0; i < index->count && bytes; i++)
		memcpy((char *)out->data + i * bytes, (char *)table->data + clamped(index->whole[i], rows) * bytes, bytes);
}

void mica__run_buckets(mica__run *run, mica_var x, const mica__array *const *in, mica__array *out)
{
	size_t rows = x->attr.rows;
	int64_t *below = out->whole, *order = below + rows + 2;
	(void)run;
	for (size_t i = 0; i < in[0]->count && rows; i++)
		below[clamped(in[0]->whole[i], rows) + 2]++;
	for (size_t t = 1; t < rows + 2; t++)
		below[t] += below[t - 1];
	for (size_t i = 0; i < in[0]->count && rows; i++)
		order[below[clamped(in[0]->whole[i], rows) + 1]++] = (int64_t)i;
}

void mica__run_scatter_add(mica__run *run, mica_var x, const mica__array *const *in, mica__array *out)
{
	const mica__array *from = in[0];
	const int64_t *below = in[1]->whole;
	size_t rows = x->attr.rows, n = rows ? out->count / rows : 0;
	const int64_t *order = below + rows + 2;
	for (size_t t = 0; t < rows; t++)
		for (int64_t k = below[t]; k < below[t + 1]; k++)
			for (size_t j = 0, to = t * n, at = (size_t)order[k] * n; j < n; j++, to++, at++)
				if (mica__dtype_real(x->dtype))
					out->real[to] = mica__partial(run, x->dtype, out->real[to] + from->real[at]);
				else
					out->whole[to] = mica__whole_sum(x->dtype, out->whole[to], from->whole[at]);
	mica__settle(run, out, 0);
}
