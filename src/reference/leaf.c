/* SPDX-License-Identifier: MIT */
/* reference/leaf.c - values that come from nowhere, and those that change their type. */
#include "reference/run.h"

static void set(mica__array *a, size_t i, double x)
{
	if (mica__dtype_real(a->dtype))
		a->real[i] = x;
	else
		a->whole[i] = mica__whole_of(a->dtype, x);
}

void mica__run_fill(mica__run *run, mica_var x, const mica__array *const *in, mica__array *out)
{
	(void)in;
	double value = mica__dtype_round(x->dtype, x->attr.value); /* a constant has no noise */
	(void)run;
	for (size_t i = 0; i < out->count; i++)
		set(out, i, value);
}

void mica__run_iota(mica__run *run, mica_var x, const mica__array *const *in, mica__array *out)
{
	size_t inner = 1, n = x->shape.dim[x->attr.axis];
	(void)run, (void)in;
	for (size_t k = x->attr.axis + 1; k < x->shape.rank; k++)
		inner *= x->shape.dim[k];
	for (size_t i = 0; i < out->count; i++)
		out->whole[i] = (int64_t)(i / inner % n);
}

/* Row and column are those of a matrix whose columns are the last axis; one counter of Philox serves four columns. */
void mica__run_random(mica__run *run, mica_var x, const mica__array *const *in, mica__array *out)
{
	size_t columns = mica__shape_last(&x->shape);
	uint32_t step = x->n_in ? (uint32_t)in[0]->whole[0] : 0, word[4];
	(void)run;
	for (size_t i = 0; i < out->count; i++) {
		size_t row = i / columns, column = i % columns;
		uint32_t counter[4] = {(uint32_t)(column / 32 * 8 + column % 8), (uint32_t)row, step, x->attr.random.stream};
		mica__philox(word, counter, (uint32_t[]){(uint32_t)x->attr.random.seed, (uint32_t)(x->attr.random.seed >> 32)});
		out->real[i] = (word[column % 32 / 8] >> 8) * 0x1p-24;
	}
}

void mica__run_cast(mica__run *run, mica_var x, const mica__array *const *in, mica__array *out)
{
	bool whole = !mica__dtype_real(in[0]->dtype), real = mica__dtype_real(x->dtype);
	for (size_t i = 0; i < out->count; i++)
		if (whole && !real)
			out->whole[i] = mica__dtype_wrap(x->dtype, in[0]->whole[i]);
		else if (whole && run->r->rounding == MICA__TYPED)
			out->real[i] = mica__real_of(x->dtype, in[0]->whole[i]);
		else
			set(out, i, mica__array_element(in[0], i));
	mica__settle(run, out, 0);
}
