/* SPDX-License-Identifier: MIT */
/* nn/einsum_dense.c - a dense layer over any axes, named by an equation (Keras 1.1): "ab,bc->ac", with ... at the left or at the
   right end of the input and the output.  The kernel's shape follows from the letters: those of the output have its sizes, the
   others the input's. */
#include "nn/layers.h"

#include <ctype.h>
#include <string.h>

/* Letters of the three operands, without dots, and the size of each letter. */
typedef struct equation {
	char in[MICA_MAX_RANK + 1], kernel[MICA_MAX_RANK + 1], out[MICA_MAX_RANK + 1];
	bool left, right;    /* where there is ... */
	size_t elided;       /* axes that it stands for */
	size_t size['z' + 1]; /* 0: not known */
} equation;

static const char forms[] = "give it as [X],[Y]->[Z], ...[X],[Y]->...[Z] or [X]...,[Y]->[Z]..., with a letter for each axis";

/* Letters up to the end of a word; NULL if there are none or more than axes. */
static const char *letters(const char *at, char out[MICA_MAX_RANK + 1])
{
	size_t n = 0;

	while (isalpha((unsigned char)at[n]) && n <= MICA_MAX_RANK)
		n++;
	if (n == 0 || n > MICA_MAX_RANK)
		return NULL;
	memcpy(out, at, n);
	out[n] = 0;
	return at + n;
}

static const char *past(const char *at, const char *token, bool wanted)
{
	size_t n = strlen(token);

	return !at || !wanted ? at : strncmp(at, token, n) == 0 ? at + n : NULL;
}

static bool parse(const char *text, equation *e)
{
	const char *comma = strchr(text, ',');

	*e = (equation){.left = strncmp(text, "...", 3) == 0};
	e->right = !e->left && comma && comma - text > 3 && strncmp(comma - 3, "...", 3) == 0;
	const char *at = letters(past(text, "...", e->left), e->in);
	at = past(past(at, "...", e->right), ",", true);
	at = at ? letters(at, e->kernel) : NULL;
	at = past(past(at, "->", true), "...", e->left);
	at = at ? letters(at, e->out) : NULL;
	at = past(at, "...", e->right);
	return at && *at == 0;
}

/* Gives a letter its size; false if it has another. */
static bool set_size(mica_build *b, equation *e, char letter, size_t n)
{
	size_t *size = &e->size[(unsigned char)letter];

	if (*size && *size != n)
		return mica__graph_fail(b->graph, MICA_ESHAPE, "axis %c has %zu elements in the input and %zu in the output", letter, *size, n), false;
	*size = n;
	return true;
}

/* Sizes of the letters: of x, then what the output is said to have after the batch. */
static bool sizes(mica_build *b, const mica_einsum_dense_opts *o, mica_shape x, equation *e)
{
	size_t n_in = strlen(e->in), n_out = strlen(e->out), n = 0;
	mica_shape sample = mica__sample_shape(x);

	e->elided = x.rank - n_in;
	if (n_in > x.rank || (!e->left && !e->right && n_in < x.rank))
		return mica__graph_fail(b->graph, MICA_ESHAPE, "\"%s\" has %zu axes in its input, the batch included, and a sample has shape %s",
		                        o->equation, n_in, mica__shape_text(&sample)), false;
	for (size_t i = 0; i < n_in; i++)
		if (!set_size(b, e, e->in[i], x.dim[i + (e->left ? e->elided : 0)]))
			return false;
	while (n < MICA_MAX_RANK && o->output[n])
		n++;
	bool batch = !e->left || !e->elided; /* the first letter is the batch, of which output says nothing */
	if (n + batch != n_out)
		return mica__graph_fail(b->graph, MICA_EINVAL, "output has %zu sizes; \"%s\" needs %zu, which are those after the batch%s", n,
		                        o->equation, n_out - batch, e->left || e->right ? " and ..." : ""), false;
	for (size_t i = 0; i < n; i++)
		if (o->output[i] != MICA_INFER && !set_size(b, e, e->out[i + batch], o->output[i]))
			return false;
	return true;
}

/* (sizes of the letters); false for one that has none. */
static bool shape_of(mica_build *b, const equation *e, const char *word, mica_shape *out)
{
	*out = (mica_shape){strlen(word), {0}};
	for (size_t i = 0; i < out->rank; i++) {
		out->dim[i] = e->size[(unsigned char)word[i]];
		if (!out->dim[i])
			return mica__graph_fail(b->graph, MICA_EINVAL, "axis %c of \"%s\" is in neither the input nor a size of output", word[i], word), false;
	}
	return true;
}

/* From the first axis that has a bias on: 1 for those that have none. */
static bool bias_shape(mica_build *b, const equation *e, const char *axes, mica_shape *out)
{
	size_t first = strcspn(e->out, axes), n = strlen(e->out);

	for (const char *c = axes; *c; c++)
		if (!strchr(e->out, *c))
			return mica__graph_fail(b->graph, MICA_EINVAL, "bias_axes is \"%s\"; axis %c is none of the output's, which are \"%s\"", axes, *c,
			                        e->out), false;
	*out = (mica_shape){n - first, {0}};
	for (size_t i = first; i < n; i++)
		out->dim[i - first] = strchr(axes, e->out[i]) ? e->size[(unsigned char)e->out[i]] : 1;
	for (size_t i = 0; e->right && i < e->elided; i++)
		out->dim[out->rank++] = 1;
	return true;
}

static mica_initializer by_axes(const mica_initializer *init, const equation *e, mica_variance_scaling_opts *own)
{
	int summed = 0, made = 0;

	for (size_t i = 0; e->kernel[i]; i++)
		*(strchr(e->out, e->kernel[i]) ? &made : &summed) |= (int)MICA_AXIS(i);
	return mica__initializer_over(init, summed, made, own);
}

static mica_var einsum_call(mica_build *b, mica_var x, const void *options)
{
	const mica_einsum_dense_opts *o = options;
	mica_variance_scaling_opts own;
	mica_shape kernel, bias;
	equation e;

	if (!o->equation || !parse(o->equation, &e))
		return mica__graph_fail(b->graph, MICA_EINVAL, "equation is %s%s%s; %s", o->equation ? "\"" : "", o->equation ? o->equation : "NULL",
		                        o->equation ? "\"" : "", forms);
	if (!sizes(b, o, mica_var_shape(x), &e) || !shape_of(b, &e, e.kernel, &kernel))
		return x;
	mica_var w = mica_weight(b, "kernel", kernel, .initializer = by_axes(&o->kernel_initializer, &e, &own),
	                         .regularizer = o->kernel_regularizer, .constraint = o->kernel_constraint);
	mica_var y = mica_op_einsum(o->equation, (mica_var[]){x, w}, 2);
	if (o->bias_axes && !bias_shape(b, &e, o->bias_axes, &bias))
		return x;
	if (o->bias_axes)
		y = mica_op_add(y, mica_weight(b, "bias", bias, .initializer = o->bias_initializer, .regularizer = o->bias_regularizer,
		                               .constraint = o->bias_constraint));
	return mica__layer_end(b, y, &o->activation, &o->activity_regularizer);
}

static const mica_field einsum_fields[] = {
	MICA_FIELD_TEXT(mica_einsum_dense_opts, equation),
	MICA_FIELD_SIZE(mica_einsum_dense_opts, output, .count = MICA_MAX_RANK),
	MICA_FIELD_TEXT(mica_einsum_dense_opts, bias_axes),
	MICA_FIELD_PART(mica_einsum_dense_opts, activation, .part_type = MICA_ACTIVATION),
	MICA__KERNEL_FIELDS(mica_einsum_dense_opts),
	MICA_FIELD_TEXT(mica_einsum_dense_opts, name),
};
MICA__LAYER(einsum_dense, "EinsumDense", einsum_fields, einsum_call)
