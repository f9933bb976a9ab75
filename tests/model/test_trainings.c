/* SPDX-License-Identifier: MIT */
/* model/test_trainings.c - twelve whole trainings of 200 steps against Keras, from the same weights, on the same batches: each a
   network and an optimizer that users have.  make_trainings.py has the same networks and formulas.
   A loss may be 1e-4 from Keras' in the first 50 steps, and 1e-3 later, relatively; where Keras is not half as near to itself, once its
   first weights are moved by half of a last digit, nobody can be held to that.
   The suite runs the larger four on a driver and the others on the reference; this program itself runs all where it is told to, and with
   --verbose says how far each was. */
#include "golden/trainings.h"
#include "model/rig.h"

enum { ROWS = 160, BATCH = 16, STEPS = 200, WORDS = 24, LENGTH = 12, CLASSES = 10, SIDE = 28, MOST = SIDE * SIDE };

/* ---- data ---- */

static float x[ROWS][MOST], number[ROWS];
static int32_t word[ROWS][LENGTH + 1], class[ROWS];

/* x as rows of n numbers; what is to be said of a row: which of its first ten is the largest, and x0 x1 + x2 / 2. */
static void fill(size_t n)
{
	spread(&x[0][0], ROWS * n, 31, 1);
	for (size_t i = 0; i < ROWS; i++) {
		const float *row = &x[0][0] + i * n;
		class[i] = 0;
		for (int c = 1; c < CLASSES && (size_t)c < n; c++)
			class[i] = row[c] > row[class[i]] ? c : class[i];
		number[i] = (float)((double)row[0] * (double)row[1] + (double)row[2] / 2);
	}
}

/* The library's digits, each pixel as 3 by 3, in a frame of 2. */
static void fill_digits(mica_context *ctx)
{
	mica_dataset *d = mica_dataset_digits(ctx, MICA_TRAIN);
	const unsigned char *image = mica_dataset_samples(d).data, *label = mica_dataset_labels(d).data;

	memset(x, 0, sizeof x);
	for (size_t i = 0; i < ROWS; i++) {
		for (size_t r = 2; r < SIDE - 2; r++)
			for (size_t c = 2; c < SIDE - 2; c++)
				(&x[0][0])[(i * SIDE + r) * SIDE + c] = (float)image[(i * 8 + (r - 2) / 3) * 8 + (c - 2) / 3] / 16;
		class[i] = label[i];
	}
}

/* Each word but the first follows from the one before it, and from a number that may be 0 or 1. */
static void fill_words(size_t length)
{
	for (size_t i = 0; i < ROWS; i++)
		for (size_t k = 0; k < length; k++) {
			double u = hash_unit((uint32_t)(i * length + k), 33);
			word[i][k] = k ? (word[i][k - 1] * 5 + 7 + (u < 0.3)) % WORDS : (int32_t)(u * WORDS);
		}
}

static mica_dataset *numbers_and(mica_context *ctx, mica_shape sample, mica_array target)
{
	mica_shape s = {sample.rank + 1, {ROWS}};

	memcpy(s.dim + 1, sample.dim, sample.rank * sizeof sample.dim[0]);
	return mica_dataset_columns(ctx, .inputs = {{NULL, {&x[0][0], MICA_F32, s}}}, .targets = {{NULL, target}});
}

static mica_array classes(void)
{
	return MICA_ARRAY(class, ROWS);
}

/* ---- the trainings ---- */

/* A compiled model, its data, and what becomes of it after half of the steps. */
typedef struct training {
	mica_model *model;
	mica_dataset *data;
	void (*halfway)(mica_model *m);
} training;

static training deep(mica_context *ctx)
{
	mica_model *m = mica_sequential(ctx);
	mica_schedule rate = mica_cosine_decay(1e-5, 160, .alpha = 0.05, .warmup_target = 2e-3, .warmup_steps = 40);

	mica_add(m, mica_input(32));
	for (int i = 0; i < 6; i++) {
		mica_add(m, mica_dense(32, .no_bias = true));
		mica_add(m, mica_batch_normalization());
		mica_add(m, mica_relu_layer());
	}
	mica_add(m, mica_dense(CLASSES, .activation = MICA_SOFTMAX));
	OK(mica_compile(m, .optimizer = mica_adamw(.schedule = rate, .weight_decay = 0.01, .global_clipnorm = 1),
	                .loss = mica_sparse_categorical_crossentropy()));
	fill(32);
	return (training){m, numbers_and(ctx, MICA_SHAPE(32), classes()), NULL};
}

static training selu(mica_context *ctx)
{
	mica_model *m = mica_sequential(ctx);
	static float positive[ROWS];

	mica_add(m, mica_input(32));
	for (int i = 0; i < 4; i++) {
		mica_add(m, mica_dense(24, .activation = MICA_SELU, .kernel_initializer = MICA_LECUN_NORMAL));
		mica_add(m, mica_alpha_dropout(0));
	}
	mica_add(m, mica_dense(1, .activation = MICA_SIGMOID));
	OK(mica_compile(m, .optimizer = mica_sgd(0.02, .momentum = 0.9, .nesterov = true), .loss = mica_binary_crossentropy()));
	fill(32);
	for (size_t i = 0; i < ROWS; i++)
		positive[i] = number[i] > 0;
	return (training){m, numbers_and(ctx, MICA_SHAPE(32), MICA_ARRAY(positive, ROWS, 1)), NULL};
}

static training wide_and_deep(mica_context *ctx)
{
	static float wide[ROWS][5], narrow[ROWS][6];
	mica_model *m = mica_functional(ctx);
	mica_symbol *w = mica_model_input(m, mica_input(5, .name = "wide"));
	mica_symbol *h = mica_model_input(m, mica_input(6, .name = "deep"));

	h = mica_apply(mica_dense(30, .activation = MICA_RELU, .name = "hidden1"), h);
	h = mica_apply(mica_dense(30, .activation = MICA_RELU, .name = "hidden2"), h);
	mica_model_output(m, mica_apply(mica_dense(1, .name = "main"), mica_apply(mica_concatenate(), w, h)));
	mica_model_output(m, mica_apply(mica_dense(1, .name = "aux"), h));
	OK(mica_compile(m, .optimizer = mica_adam(0.01), .outputs = {{"main", .loss = mica_mean_squared_error(), .weight = 0.9},
	                                                             {"aux", .loss = mica_mean_absolute_error(), .weight = 0.1}}));
	fill(8);
	for (size_t i = 0; i < ROWS; i++) {
		memcpy(wide[i], &x[0][0] + i * 8, sizeof wide[i]);
		memcpy(narrow[i], &x[0][0] + i * 8 + 2, sizeof narrow[i]);
	}
	mica_array y = MICA_ARRAY(number, ROWS, 1);
	mica_array left = MICA_ARRAY(&wide[0][0], ROWS, 5), right = MICA_ARRAY(&narrow[0][0], ROWS, 6);
	mica_dataset *d = mica_dataset_columns(ctx, .inputs = {{"wide", left}, {"deep", right}},
	                                       .targets = {{"main", y}, {"aux", y}});
	return (training){m, d, NULL};
}

static training regularized(mica_context *ctx)
{
	mica_model *m = mica_sequential(ctx);
	mica_regularizer both = mica_l1_l2(.l1 = 1e-4, .l2 = 1e-3), squares = mica_l2(.l2 = 1e-3);

	mica_add(m, mica_input(20));
	mica_add(m, mica_dense(40, .activation = MICA_TANH, .kernel_regularizer = both, .bias_regularizer = squares,
	                       .kernel_constraint = mica_max_norm(0.9)));
	mica_add(m, mica_dense(40, .activation = MICA_TANH, .kernel_regularizer = both, .activity_regularizer = squares,
	                       .kernel_constraint = mica_max_norm(0.9)));
	mica_add(m, mica_dense(CLASSES, .activation = MICA_SOFTMAX));
	OK(mica_compile(m, .optimizer = mica_rmsprop(0.002), .loss = mica_sparse_categorical_crossentropy()));
	fill(20);
	return (training){m, numbers_and(ctx, MICA_SHAPE(20), classes()), NULL};
}

static training huber(mica_context *ctx)
{
	mica_model *m = mica_sequential(ctx);

	mica_add(m, mica_input(8));
	mica_add(m, mica_dense(32, .activation = MICA_ELU));
	mica_add(m, mica_dense(32, .activation = MICA_ELU));
	mica_add(m, mica_dense(1));
	OK(mica_compile(m, .optimizer = mica_nadam(0.002, .clipnorm = 1), .loss = mica_huber(.delta = 0.2)));
	fill(8);
	return (training){m, numbers_and(ctx, MICA_SHAPE(8), MICA_ARRAY(number, ROWS, 1)), NULL};
}

static training convolution(mica_context *ctx)
{
	mica_model *m = mica_sequential(ctx);

	mica_add(m, mica_input(SIDE, SIDE, 1));
	mica_add(m, mica_conv2d(32, 3, .activation = MICA_RELU));
	mica_add(m, mica_max_pooling2d(2));
	mica_add(m, mica_conv2d(64, 3, .activation = MICA_RELU));
	mica_add(m, mica_max_pooling2d(2));
	mica_add(m, mica_flatten());
	mica_add(m, mica_dropout(0));
	mica_add(m, mica_dense(10, .activation = MICA_SOFTMAX));
	OK(mica_compile(m, .optimizer = mica_adam(), .loss = mica_sparse_categorical_crossentropy()));
	fill_digits(ctx);
	return (training){m, numbers_and(ctx, MICA_SHAPE(SIDE, SIDE, 1), classes()), NULL};
}

static mica_symbol *normalized(mica_symbol *h, const char *name, int i, size_t filters, size_t window, size_t stride)
{
	char conv[32], norm[32];

	snprintf(conv, sizeof conv, "%s_conv%d", name, i);
	snprintf(norm, sizeof norm, "%s_norm%d", name, i);
	h = mica_apply(mica_conv2d(filters, window, .strides = {stride}, .padding = MICA_SAME, .no_bias = true, .name = conv), h);
	return mica_apply(mica_batch_normalization(.name = norm), h);
}

static mica_symbol *residual(mica_symbol *h, const char *name, size_t filters, size_t stride)
{
	mica_symbol *y = normalized(mica_apply(mica_relu_layer(), normalized(h, name, 1, filters, 3, stride)), name, 2, filters, 3, 1);

	if (stride > 1)
		h = normalized(h, name, 0, filters, 1, stride);
	return mica_apply(mica_relu_layer(), mica_apply(mica_merge_add(), y, h));
}

static training resnet20(mica_context *ctx)
{
	mica_model *m = mica_functional(ctx);
	mica_symbol *h = mica_model_input(m, mica_input(16, 16, 3));
	char name[] = "s0b0";

	h = mica_apply(mica_conv2d(16, 3, .padding = MICA_SAME, .no_bias = true, .name = "conv"), h);
	h = mica_apply(mica_relu_layer(), mica_apply(mica_batch_normalization(.name = "norm"), h));
	for (int stage = 0; stage < 3; stage++)
		for (int block = 0; block < 3; block++) {
			name[1] = (char)('0' + stage);
			name[3] = (char)('0' + block);
			h = residual(h, name, (size_t)16 << stage, stage && !block ? 2 : 1);
		}
	mica_model_output(m, mica_apply(mica_dense(CLASSES, .activation = MICA_SOFTMAX), mica_apply(mica_global_average_pooling2d(), h)));
	OK(mica_compile(m, .optimizer = mica_sgd(3e-5, .momentum = 0.9, .weight_decay = 1e-4), .loss = mica_sparse_categorical_crossentropy()));
	fill(16 * 16 * 3);
	return (training){m, numbers_and(ctx, MICA_SHAPE(16, 16, 3), classes()), NULL};
}

static training lstm(mica_context *ctx)
{
	mica_model *m = mica_sequential(ctx);

	mica_add(m, mica_input(SIDE, SIDE));
	mica_add(m, mica_lstm(32));
	mica_add(m, mica_dense(10, .activation = MICA_SOFTMAX));
	OK(mica_compile(m, .optimizer = mica_adam(0.001), .loss = mica_sparse_categorical_crossentropy()));
	fill_digits(ctx);
	return (training){m, numbers_and(ctx, MICA_SHAPE(SIDE, SIDE), classes()), NULL};
}

static training gru(mica_context *ctx)
{
	mica_model *m = mica_sequential(ctx);

	mica_add(m, mica_input(LENGTH, 6));
	mica_add(m, mica_masking());
	mica_add(m, mica_gru(16, .return_sequences = true));
	mica_add(m, mica_gru(16));
	mica_add(m, mica_dense(1));
	OK(mica_compile(m, .optimizer = mica_adam(0.003), .loss = mica_mean_squared_error()));
	fill(LENGTH * 6);
	for (size_t i = 0; i < ROWS * LENGTH; i++)
		if (hash_unit((uint32_t)i, 32) < 0.3)
			memset(&x[0][0] + i * 6, 0, 6 * sizeof(float));
	return (training){m, numbers_and(ctx, MICA_SHAPE(LENGTH, 6), MICA_ARRAY(number, ROWS, 1)), NULL};
}

static training embedding(mica_context *ctx)
{
	static float low[ROWS];
	static int32_t w[ROWS][LENGTH];
	mica_model *m = mica_sequential(ctx);

	mica_add(m, mica_input(LENGTH, .type = MICA_I32));
	mica_add(m, mica_embedding(WORDS, 16, .mask_zero = true));
	mica_add(m, mica_global_average_pooling1d());
	mica_add(m, mica_dense(16, .activation = MICA_RELU));
	mica_add(m, mica_dense(1, .activation = MICA_SIGMOID));
	OK(mica_compile(m, .optimizer = mica_adam(0.002), .loss = mica_binary_crossentropy()));
	fill_words(LENGTH);
	for (size_t i = 0; i < ROWS; i++) {
		int below = 0;
		for (size_t k = 0; k < LENGTH; k++)
			below += word[i][k] < WORDS / 2;
		low[i] = below > LENGTH / 2;
		memcpy(w[i], word[i], sizeof w[i]);
	}
	return (training){m, mica_dataset_columns(ctx, .inputs = {{NULL, MICA_ARRAY(&w[0][0], ROWS, LENGTH)}},
	                                          .targets = {{NULL, MICA_ARRAY(low, ROWS, 1)}}), NULL};
}

static mica_symbol *with(mica_symbol *h, mica_symbol *added)
{
	return mica_apply(mica_merge_add(), h, added);
}

/* Attention and two dense layers, each behind a normalization and added to its input. */
static mica_symbol *block(mica_symbol *h, const char *norm1, const char *attention, const char *norm2, const char *up, const char *down)
{
	mica_symbol *n = mica_apply(mica_layer_normalization(.name = norm1), h);

	h = with(h, mica_apply(mica_multi_head_attention(4, 8, .use_causal_mask = true, .name = attention), n, n));
	n = mica_apply(mica_layer_normalization(.name = norm2), h);
	n = mica_apply(mica_dense(64, .activation = MICA_GELU, .name = up), n);
	return with(h, mica_apply(mica_dense(32, .name = down), n));
}

static training transformer(mica_context *ctx)
{
	static int32_t now[ROWS][LENGTH], place[ROWS][LENGTH], next[ROWS][LENGTH];
	mica_model *m = mica_functional(ctx);
	mica_symbol *i = mica_model_input(m, mica_input(LENGTH, .type = MICA_I32, .name = "words"));
	mica_symbol *at = mica_model_input(m, mica_input(LENGTH, .type = MICA_I32, .name = "places"));
	mica_symbol *h = with(mica_apply(mica_embedding(WORDS, 32, .name = "word"), i),
	                      mica_apply(mica_embedding(LENGTH, 32, .name = "place"), at));

	h = block(h, "a_norm1", "a_attention", "a_norm2", "a_up", "a_down");
	h = block(h, "b_norm1", "b_attention", "b_norm2", "b_up", "b_down");
	mica_model_output(m, mica_apply(mica_dense(WORDS, .name = "next"), mica_apply(mica_layer_normalization(.name = "norm"), h)));
	OK(mica_compile(m, .optimizer = mica_adam(0.001), .loss = mica_sparse_categorical_crossentropy(.from_logits = true)));
	fill_words(LENGTH + 1);
	for (size_t r = 0; r < ROWS; r++)
		for (size_t k = 0; k < LENGTH; k++) {
			now[r][k] = word[r][k];
			place[r][k] = (int32_t)k;
			next[r][k] = word[r][k + 1];
		}
	mica_array words = MICA_ARRAY(&now[0][0], ROWS, LENGTH), places = MICA_ARRAY(&place[0][0], ROWS, LENGTH);
	mica_dataset *d = mica_dataset_columns(ctx, .inputs = {{"words", words}, {"places", places}},
	                                       .targets = {{NULL, MICA_ARRAY(&next[0][0], ROWS, LENGTH)}});
	return (training){m, d, NULL};
}

static void thaw(mica_model *m)
{
	mica_set_trainable(mica_model_layer(m, "base"), true);
	OK(mica_compile(m, .optimizer = mica_adam(0.001), .loss = mica_sparse_categorical_crossentropy()));
}

static training transfer(mica_context *ctx)
{
	mica_model *base = mica_sequential(ctx, .name = "base"), *m = mica_sequential(ctx);

	mica_add(base, mica_input(20));
	mica_add(base, mica_dense(32, .activation = MICA_RELU));
	mica_add(base, mica_batch_normalization());
	mica_add(base, mica_dense(16, .activation = MICA_RELU));
	mica_model_set_trainable(base, false);
	mica_add(m, mica_input(20));
	mica_add(m, mica_nested(base));
	mica_add(m, mica_dense(CLASSES, .activation = MICA_SOFTMAX, .name = "head"));
	OK(mica_compile(m, .optimizer = mica_adam(0.005), .loss = mica_sparse_categorical_crossentropy()));
	fill(20);
	return (training){m, numbers_and(ctx, MICA_SHAPE(20), classes()), thaw};
}

/* ---- against Keras ---- */

static uint32_t fnv(const char *text)
{
	uint32_t h = 2166136261u;

	while (*text)
		h = (h ^ (unsigned char)*text++) * 16777619u;
	return h;
}

/* Kernels and tables by their paths; other weights begin as they do in Keras. */
static void set_weights(mica_model *m)
{
	mica_value *v;

	for (size_t i = 0; (v = mica_model_weight(m, i)) != NULL; i++) {
		const char *name = mica_value_name(v);
		mica_shape s = mica_value_shape(v);
		size_t n = mica_value_count(v);
		if (!strstr(name, "kernel") && !strstr(name, "embeddings"))
			continue;
		float *values = malloc(n * sizeof *values);
		spread(values, n, fnv(mica_value_path(v)), sqrt(3 * (double)s.dim[s.rank - 1] / (double)n));
		OK(mica_value_write(v, values, n * sizeof *values));
		free(values);
	}
}

static void train(const char *name, training (*make)(mica_context *), const golden_step *golden, size_t n)
{
	mica_context *ctx = open_any();
	training t = make(ctx);
	mica_dataset *batch[ROWS / BATCH];
	double worst[2] = {0, 0};
	int held = 0;

	cr_assert(mica_ok(ctx), "%s", mica_error(ctx));
	set_weights(t.model);
	for (size_t i = 0; i < ROWS / BATCH; i++)
		batch[i] = mica_dataset_range(t.data, i * BATCH, (i + 1) * BATCH);
	for (int s = 0; s < STEPS; s++) {
		mica_logs logs;
		if (s == STEPS / 2 && t.halfway)
			t.halfway(t.model);
		OK(mica_train_on_batch(t.model, batch[s % (ROWS / BATCH)], &logs));
		if (s != golden->step)
			continue;
		double got = mica_log(&logs, "loss"), apart = fabs(got / golden->loss - 1), allowed = s < 50 ? 1e-4 : 1e-3;
		if (golden->apart <= allowed / 2) {
			held++;
			worst[s >= 50] = fmax(worst[s >= 50], apart);
			cr_expect(apart <= allowed, "%s, step %d: loss %.8g, Keras %.8g", name, s + 1, got, golden->loss);
		}
		golden++;
	}
	cr_log_info("%s: %d of %zu losses held, apart %.1e in 50 steps and %.1e in 200", name, held, n, worst[0], worst[1]);
	mica_close(ctx);
}
#define TRAINS_AS_KERAS(name) \
	Test(trainings, name) { train(#name, name, golden_training_##name, sizeof golden_training_##name / sizeof(golden_step)); }
TRAINS_AS_KERAS(deep)
TRAINS_AS_KERAS(selu)
TRAINS_AS_KERAS(wide_and_deep)
TRAINS_AS_KERAS(regularized)
TRAINS_AS_KERAS(huber)
TRAINS_AS_KERAS(convolution)
TRAINS_AS_KERAS(resnet20)
TRAINS_AS_KERAS(lstm)
TRAINS_AS_KERAS(gru)
TRAINS_AS_KERAS(embedding)
TRAINS_AS_KERAS(transformer)
TRAINS_AS_KERAS(transfer)
