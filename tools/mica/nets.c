/* SPDX-License-Identifier: MIT */
/* tools/mica/nets.c - the networks of mica bench nets, and data of their shapes.  All end in logits. */
#include "tool.h"

#include <stdlib.h>
#include <string.h>

/* ---- the networks ---- */

static void cnn(mica_model *m)
{
	mica_add(m, mica_input(28, 28));
	mica_add(m, mica_reshape(28, 28, 1));
	mica_add(m, mica_conv2d(32, 3, .activation = MICA_RELU));
	mica_add(m, mica_max_pooling2d(2));
	mica_add(m, mica_conv2d(64, 3, .activation = MICA_RELU));
	mica_add(m, mica_max_pooling2d(2));
	mica_add(m, mica_flatten());
	mica_add(m, mica_dropout(0.5));
	mica_add(m, mica_dense(10));
}

static mica_symbol *convolved(mica_symbol *x, size_t filters, size_t kernel, size_t stride)
{
	x = mica_apply(mica_conv2d(filters, kernel, .strides = {stride}, .padding = MICA_SAME, .no_bias = true), x);
	return mica_apply(mica_batch_normalization(), x);
}

/* Two convolutions around which the input is carried, brought to the same shape. */
static mica_symbol *residual(mica_symbol *x, size_t filters, size_t stride)
{
	mica_symbol *inner = mica_apply(mica_activation_layer(MICA_RELU), convolved(x, filters, 3, stride));

	inner = convolved(inner, filters, 3, 1);
	if (stride > 1)
		x = convolved(x, filters, 1, stride);
	return mica_apply(mica_activation_layer(MICA_RELU), mica_apply(mica_merge_add(), inner, x));
}

/* ResNet-20 for images of 32 x 32 (He, Zhang, Ren and Sun 2016). */
static void resnet20(mica_model *m)
{
	mica_symbol *x = mica_model_input(m, mica_input(32, 32, 3));

	x = mica_apply(mica_activation_layer(MICA_RELU), convolved(x, 16, 3, 1));
	for (size_t filters = 16; filters <= 64; filters *= 2)
		for (size_t i = 0; i < 3; i++)
			x = residual(x, filters, filters > 16 && i == 0 ? 2 : 1);
	mica_model_output(m, mica_apply(mica_dense(10), mica_apply(mica_global_average_pooling2d(), x)));
}

static void thin50(mica_model *m)
{
	mica_add(m, mica_input(28, 28));
	mica_add(m, mica_flatten());
	for (int i = 0; i < 50; i++)
		mica_add(m, mica_dense(64, .activation = MICA_RELU));
	mica_add(m, mica_dense(10));
}

static void bn(mica_model *m)
{
	mica_add(m, mica_input(28, 28));
	mica_add(m, mica_flatten());
	for (size_t units = 512; units >= 128; units /= 2) {
		mica_add(m, mica_dense(units, .no_bias = true));
		mica_add(m, mica_batch_normalization());
		mica_add(m, mica_activation_layer(MICA_RELU));
		mica_add(m, mica_dropout(0.2));
	}
	mica_add(m, mica_dense(10));
}

static void lstm(mica_model *m)
{
	mica_add(m, mica_input(28, 28));
	mica_add(m, mica_lstm(128));
	mica_add(m, mica_dense(10));
}

static void text(mica_model *m)
{
	mica_symbol *x = mica_model_input(m, mica_input(200, .type = MICA_I32));

	x = mica_apply(mica_global_average_pooling1d(), mica_apply(mica_embedding(20000, 64), x));
	mica_model_output(m, mica_apply(mica_dense(2), mica_apply(mica_dense(64, .activation = MICA_RELU), x)));
}

/* A row for each place, added to what stands there. */
static mica_var places(mica_build *b, mica_var x, void *payload)
{
	mica_shape s = mica_var_shape(x);

	(void)payload;
	return mica_op_add(x, mica_weight(b, "places", MICA_SHAPE(s.dim[1], s.dim[2]), .initializer = MICA_RANDOM_UNIFORM));
}

/* Four blocks of a causal transformer, normalized before each part. */
static void gpt(mica_model *m)
{
	enum { WORDS = 96, WIDTH = 128, HEADS = 4, BLOCKS = 4, STEPS = 128 };
	mica_symbol *x = mica_model_input(m, mica_input(STEPS, .type = MICA_I32)), *z;

	x = mica_apply(mica_custom_layer(.call = places), mica_apply(mica_embedding(WORDS, WIDTH), x));
	for (int i = 0; i < BLOCKS; i++) {
		z = mica_apply(mica_layer_normalization(), x);
		z = mica_apply(mica_multi_head_attention(HEADS, WIDTH / HEADS, .use_causal_mask = true), z, z);
		x = mica_apply(mica_merge_add(), x, z);
		z = mica_apply(mica_dense(4 * WIDTH, .activation = MICA_GELU), mica_apply(mica_layer_normalization(), x));
		x = mica_apply(mica_merge_add(), x, mica_apply(mica_dense(WIDTH), z));
	}
	mica_model_output(m, mica_apply(mica_dense(WORDS), mica_apply(mica_layer_normalization(), x)));
}

/* ---- the list ---- */

static const net_spec nets[] = {
	{"cnn", cnn, true, MICA_U8, {2, {28, 28}}, {0, {0}}, 256, 10},
	{"resnet20", resnet20, false, MICA_F32, {3, {32, 32, 3}}, {0, {0}}, 0, 10},
	{"thin50", thin50, true, MICA_U8, {2, {28, 28}}, {0, {0}}, 256, 10},
	{"bn", bn, true, MICA_U8, {2, {28, 28}}, {0, {0}}, 256, 10},
	{"lstm", lstm, true, MICA_U8, {2, {28, 28}}, {0, {0}}, 256, 10},
	{"text", text, false, MICA_I32, {1, {200}}, {0, {0}}, 20000, 2},
	{"gpt", gpt, false, MICA_I32, {1, {128}}, {1, {128}}, 96, 96},
};

const net_spec *net_at(size_t i)
{
	return i < sizeof nets / sizeof *nets ? &nets[i] : NULL;
}

const net_spec *net_find(const char *name, size_t length)
{
	for (size_t i = 0; i < sizeof nets / sizeof *nets; i++)
		if (strlen(nets[i].name) == length && memcmp(nets[i].name, name, length) == 0)
			return &nets[i];
	return NULL;
}

mica_model *net_build(mica_context *ctx, const net_spec *n)
{
	mica_model *m = n->chain ? mica_sequential(ctx, .seed = 1) : mica_functional(ctx, .seed = 1);

	n->build(m);
	mica_compile(m, .optimizer = mica_adam(), .loss = mica_sparse_categorical_crossentropy(.from_logits = true));
	return m;
}

/* ---- data ---- */

/* Numbers below `values`, or reals around 0 where there are none. */
static void fill(void *to, mica_dtype type, size_t n, size_t values, uint32_t state)
{
	for (size_t i = 0; i < n; i++) {
		state = state * 1664525u + 1013904223u;
		if (type == MICA_F32)
			((float *)to)[i] = (float)(state >> 8) * 0x1p-23f - 1;
		else if (type == MICA_U8)
			((unsigned char *)to)[i] = (unsigned char)((state >> 16) % values);
		else
			((int32_t *)to)[i] = (int32_t)((state >> 8) % values);
	}
}

mica_dataset *net_data(mica_context *ctx, const net_spec *n, size_t samples)
{
	mica_shape xs = {n->sample.rank + 1, {samples}}, ys = {n->target.rank + 1, {samples}};
	size_t bytes = n->type == MICA_U8 ? 1 : 4;

	memcpy(xs.dim + 1, n->sample.dim, n->sample.rank * sizeof xs.dim[0]);
	memcpy(ys.dim + 1, n->target.dim, n->target.rank * sizeof ys.dim[0]);
	void *x = malloc(shape_count(xs) * bytes), *y = malloc(shape_count(ys) * sizeof(int32_t));
	mica_dataset *d = NULL;
	if (x && y) {
		fill(x, n->type, shape_count(xs), n->values, 1);
		fill(y, MICA_I32, shape_count(ys), n->classes, 2);
		d = mica_dataset_arrays(ctx, x, n->type, xs, y, MICA_I32, ys, 0);
	}
	free(x);
	free(y);
	return d;
}
