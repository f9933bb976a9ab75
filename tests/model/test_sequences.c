/* SPDX-License-Identifier: MIT */
/* model/test_sequences.c - networks over sequences train as Keras' do: masks from words on, states that are handed on, attention, weights
   that are normalized before they are used. */
#include "golden/sequences.h"
#include "model/rig.h"

#include <unistd.h>

enum { ROWS = 8, STEPS = 5, FEATURES = 3, WORDS = 7, BATCH = 4, EPOCHS = 3, MOST = 256 };

typedef struct samples {
	float x[ROWS * STEPS * FEATURES], y[MOST];
	int32_t words[ROWS * STEPS];
} samples;

/* As in make_sequences.py: a step in three or so is zeros. */
static samples make_samples(void)
{
	samples s;

	spread(s.x, ROWS * STEPS * FEATURES, 600, 1);
	spread(s.y, MOST, 700, 1);
	for (size_t i = 0; i < ROWS * STEPS; i++) {
		s.words[i] = (int32_t)(hash_unit((uint32_t)i, 600) * WORDS);
		for (size_t k = 0; k < FEATURES && hash_unit((uint32_t)i, 800) < 0.3; k++)
			s.x[i * FEATURES + k] = 0;
	}
	return s;
}

/* All weights by the formula, but for what a stateful layer carries, which is no weight in Keras. */
static void start(mica_model *m, mica_optimizer optimizer)
{
	mica_value *v;

	for (size_t i = 0, n = 0; (v = mica_model_weight(m, i)); i++) {
		float values[MOST];
		if (strstr(mica_value_path(v), "/state"))
			continue;
		cr_assert(mica_value_count(v) <= MOST);
		spread(values, mica_value_count(v), 500 + (uint32_t)n++, 0.5);
		OK(mica_value_write(v, values, mica_value_bytes(v)));
	}
	OK(mica_reset_states(m));
	OK(mica_compile(m, .optimizer = optimizer, .loss = mica_mean_squared_error()));
}

/* What the model says of all samples, behind what is in got already. */
static size_t predict(mica_model *m, mica_array x, float *got, size_t n)
{
	mica_shape s = mica_model_output_shape(m);
	size_t more = ROWS;

	for (size_t i = 0; i < s.rank; i++)
		more *= s.dim[i];
	OK(mica_predict(m, x, got + n, more * sizeof *got, .batch_size = BATCH));
	return n + more;
}

static size_t fit(mica_context *ctx, mica_model *m, mica_array x, const samples *s, float *got)
{
	mica_shape out = mica_model_output_shape(m), y = {out.rank + 1, {ROWS}};
	mica_epoch history[EPOCHS];

	memcpy(y.dim + 1, out.dim, out.rank * sizeof out.dim[0]);
	mica_dataset *d = mica_dataset_arrays(ctx, x.data, x.type, x.shape, s->y, MICA_F32, y, 1);
	cr_assert(d, "%s", mica_error(NULL));
	OK(mica_fit(m, d, .epochs = EPOCHS, .batch_size = BATCH, .no_shuffle = true, .history = history));
	for (size_t i = 0; i < EPOCHS; i++)
		got[i] = (float)mica_log(&history[i].logs, "loss");
	return EPOCHS;
}

static void check(const char *name, const float *got, size_t n, const float *golden, size_t n_golden)
{
	cr_assert(n == n_golden, "%s: %zu numbers, Keras has %zu", name, n, n_golden);
	check_near(name, got, golden, n, 2e-5, 2e-6);
}
#define CHECK(name, got, n) check(#name, got, n, golden_##name, sizeof golden_##name / sizeof(float))

/* ---- the networks ---- */

static mica_symbol *masked_words(mica_symbol *i)
{
	return mica_apply(mica_dense(2), mica_apply(mica_gru(4), mica_apply(mica_embedding(WORDS, 3, .mask_zero = true), i)));
}

static mica_symbol *both_ways(mica_symbol *i)
{
	mica_symbol *h = mica_apply(mica_bidirectional(mica_lstm(3, .return_sequences = true)), mica_apply(mica_masking(), i));

	return mica_apply(mica_time_distributed(mica_dense(2)), h);
}

static mica_symbol *first_states(mica_symbol *i)
{
	mica_symbol *h = mica_apply(mica_lstm(4, .return_state = true), i);
	mica_symbol *y = mica_apply(mica_lstm(4, .return_sequences = true), i, mica_symbol_beside(h, 1), mica_symbol_beside(h, 2));

	return mica_apply(mica_dense(2), y);
}

static mica_symbol *attention(mica_symbol *i)
{
	mica_symbol *e = mica_apply(mica_embedding(WORDS, 4, .mask_zero = true), i);
	mica_symbol *h = mica_apply(mica_multi_head_attention(2, 3, .use_causal_mask = true), e, e);
	mica_symbol *a = mica_apply(mica_attention(.use_scale = true), h, h);
	mica_symbol *sum = mica_apply(mica_layer_normalization(), mica_apply(mica_merge_add(), h, a));

	return mica_apply(mica_dense(2), mica_apply(mica_concatenate(), sum, a));
}

/* The sum of words and what attention makes of them has their mask, and so have the words afterwards. */
static mica_symbol *encoder(mica_symbol *i)
{
	mica_symbol *e = mica_apply(mica_embedding(WORDS, 4, .mask_zero = true), i);
	mica_symbol *sum = mica_apply(mica_merge_add(), e, mica_apply(mica_multi_head_attention(2, 3), e, e));
	mica_symbol *mean = mica_apply(mica_global_average_pooling1d(), mica_apply(mica_layer_normalization(), sum));

	return mica_apply(mica_dense(2), mica_apply(mica_concatenate(), mean, mica_apply(mica_gru(3), e)));
}

static mica_symbol *spectral(mica_symbol *i)
{
	mica_layer inside = mica_dense(4, .activation = MICA_TANH, .kernel_regularizer = mica_l2());

	return mica_apply(mica_dense(2), mica_apply(mica_spectral_normalization(inside), i));
}

static void train(const char *name, mica_symbol *(*build)(mica_symbol *), bool words, const float *golden, size_t n)
{
	samples s = make_samples();
	mica_context *ctx = open_any();
	mica_model *m = mica_functional(ctx);
	mica_array x = words ? MICA_ARRAY(s.words, ROWS, STEPS) : MICA_ARRAY(s.x, ROWS, STEPS, FEATURES);
	mica_symbol *in = mica_model_input(m, words ? mica_input(STEPS, .type = MICA_I32) : mica_input(STEPS, FEATURES));
	float got[MOST];

	mica_model_output(m, build(in));
	start(m, words ? mica_sgd(0.1, .momentum = 0.5) : mica_adam(0.02));
	check(name, got, predict(m, x, got, fit(ctx, m, x, &s, got)), golden, n);
	mica_close(ctx);
}
#define TRAIN(name, words) train(#name, name, words, golden_##name, sizeof golden_##name / sizeof(float))

Test(sequences, masks_go_from_words_to_the_layer_that_reads_them)
{
	TRAIN(masked_words, true);
}

Test(sequences, masks_go_past_attention)
{
	TRAIN(encoder, true);
}

Test(sequences, masks_go_through_layers_that_wrap_others)
{
	TRAIN(both_ways, false);
}

Test(sequences, states_are_handed_on)
{
	TRAIN(first_states, false);
}

Test(sequences, masks_go_through_attention_and_merges)
{
	TRAIN(attention, true);
}

Test(sequences, normalized_weights_are_what_is_updated)
{
	TRAIN(spectral, false);
}

/* What a network says of words that pass through that layer (none: through no other). */
static void through(mica_layer between, bool masked, float got[ROWS])
{
	samples s = make_samples();
	mica_context *ctx = open_any();
	mica_model *m = mica_sequential(ctx, .seed = 3);

	mica_add(m, mica_input(STEPS, .type = MICA_I32));
	mica_add(m, mica_embedding(WORDS, 2, .mask_zero = masked, .embeddings_initializer = MICA_GLOROT_UNIFORM));
	if (between.part.kind)
		mica_add(m, between);
	mica_add(m, mica_gru(1));
	OK(mica_predict(m, MICA_ARRAY(s.words, ROWS, STEPS), got, ROWS * sizeof *got));
	mica_close(ctx);
}

Test(sequences, layers_without_masks_take_them_off_even_where_they_change_nothing)
{
	const mica_layer off[] = {mica_reshape(STEPS, 2), mica_permute(1, 2), mica_cropping1d(MICA_NONE), mica_zero_padding1d(MICA_NONE),
	                          mica_up_sampling1d(1)};
	const mica_layer on[] = {mica_activation_layer(), mica_dropout(MICA_ZERO), {{NULL, NULL}}};
	float masked[ROWS], unmasked[ROWS], got[ROWS];

	through((mica_layer){{NULL, NULL}}, true, masked);
	through((mica_layer){{NULL, NULL}}, false, unmasked);
	cr_assert(memcmp(masked, unmasked, sizeof masked) != 0);
	for (size_t i = 0; i < sizeof off / sizeof *off; i++) {
		through(off[i], true, got);
		cr_assert(memcmp(got, unmasked, sizeof got) == 0, "%s", off[i].part.kind->name);
	}
	for (size_t i = 0; on[i].part.kind; i++) {
		through(on[i], true, got);
		cr_assert(memcmp(got, masked, sizeof got) == 0, "%s", on[i].part.kind->name);
	}
}

/* ---- states that stay ---- */

static mica_model *stateful(mica_context *ctx, mica_layer layer, size_t batch)
{
	mica_model *m = mica_sequential(ctx);

	mica_add(m, mica_input(STEPS, FEATURES, .batch = batch));
	mica_add(m, layer);
	mica_add(m, mica_dense(2));
	return m;
}

static void keeps_states(mica_layer layer, const char *refusal)
{
	samples s = make_samples();
	mica_context *ctx = open_any();
	mica_model *m = stateful(ctx, layer, BATCH);
	mica_array x = MICA_ARRAY(s.x, ROWS, STEPS, FEATURES);
	float got[MOST];

	start(m, mica_adam(0.02));
	size_t n = fit(ctx, m, x, &s, got);
	for (int i = 0; i < 2; i++)
		n = predict(m, x, got, n);
	OK(mica_reset_states(m));
	CHECK(stateful, got, predict(m, x, got, n));
	cr_expect(mica_predict(m, MICA_ARRAY(s.x, 3, STEPS, FEATURES), got, 3 * 2 * sizeof *got) == MICA_ESHAPE);
	cr_expect(strstr(mica_error(NULL), refusal), "%s", mica_error(NULL));
	cr_expect(mica_reset_states(NULL) == MICA_EINVAL);
	mica_close(ctx);
}

Test(sequences, states_stay_until_they_are_reset)
{
	keeps_states(mica_lstm(3, .stateful = true), "lstm: it is stateful and the input says batches of 4 samples; this one has 3");
	keeps_states(mica_rnn(mica_lstm_cell(3), .stateful = true), "rnn: it is stateful and the input says batches of 4 samples; this one has 3");
}

/* A sequence in two halves is the whole one, also where steps of it are hidden. */
Test(sequences, states_stay_under_masks)
{
	enum { B = 2, HALF = 3, WIDE = 2, UNITS = 3 };
	mica_context *ctx = open_any();
	mica_model *both[2];
	float x[B][2 * HALF][WIDE], half[2][B][HALF][WIDE], expected[B * UNITS], got[B * UNITS];

	spread(&x[0][0][0], sizeof x / sizeof(float), 60, 1);
	memset(x[0][1], 0, sizeof x[0][1]);
	memset(x[1][2], 0, sizeof x[1][2]);
	memset(x[1][3], 0, sizeof x[1][3]);
	for (size_t k = 0; k < 2; k++)
		for (size_t b = 0; b < B; b++)
			memcpy(half[k][b], x[b][k * HALF], sizeof half[k][b]);
	for (size_t k = 0; k < 2; k++) {
		both[k] = mica_sequential(ctx, .seed = 2);
		mica_add(both[k], mica_input(k ? HALF : 2 * HALF, WIDE, .batch = B));
		mica_add(both[k], mica_masking());
		mica_add(both[k], mica_lstm(UNITS, .stateful = k));
	}
	OK(mica_predict(both[0], MICA_ARRAY(&x[0][0][0], B, 2 * HALF, WIDE), expected, sizeof expected));
	for (size_t k = 0; k < 2; k++)
		OK(mica_predict(both[1], MICA_ARRAY(&half[k][0][0][0], B, HALF, WIDE), got, sizeof got));
	for (size_t i = 0; i < B * UNITS; i++)
		cr_expect(near((double)got[i], (double)expected[i], 1e-6, 1e-7), "%zu: %.8g, and %.8g at once", i, (double)got[i], (double)expected[i]);
	mica_close(ctx);
}

Test(sequences, stateful_layers_need_a_batch_of_one_size)
{
	mica_context *ctx = open_any();

	cr_expect(mica_model_status(stateful(ctx, mica_lstm(3, .stateful = true), 0)) == MICA_EINVAL);
	cr_expect(strstr(mica_error(ctx), "lstm: it is stateful, so its batches must have one size; say it with the input, as in mica_input("), "%s",
	          mica_error(ctx));
	mica_close(ctx);
}

/* ---- in files ---- */

/* A layer of each kind, with options in options. */
static mica_model *every_kind(mica_context *ctx)
{
	mica_model *m = mica_functional(ctx, .seed = 3);
	mica_symbol *x = mica_model_input(m, mica_input(STEPS, FEATURES, .batch = BATCH));
	mica_symbol *h = mica_apply(mica_bidirectional(mica_lstm(2, .return_sequences = true, .dropout = 0.25, .seed = 7)), mica_apply(mica_masking(0.5), x));

	h = mica_apply(mica_gru(4, .return_sequences = true, .stateful = true, .bias_initializer = MICA_CONSTANT_OF(0.25)), h);
	h = mica_apply(mica_multi_head_attention(2, 2, .output = {4}, .attention_axes = {1}, .kernel_regularizer = mica_l2(MICA_ZERO)), h);
	mica_symbol *a = mica_apply(mica_attention(.dropout = 0.5, .seed = (uint64_t)MICA_NONE), h, h), *b = mica_apply(mica_additive_attention(), h, h);
	h = mica_apply(mica_concatenate(-1), mica_apply(mica_merge_maximum(), a, b), mica_apply(mica_group_query_attention(4, 2, .num_key_value_heads = 2), a));
	h = mica_apply(mica_spectral_normalization(mica_time_distributed(mica_dense(3, .activation = MICA_TANH)), .power_iterations = 2), h);
	h = mica_apply(mica_rnn(mica_stacked_rnn_cells(mica_lstm_cell(2, .dropout = 0.25), mica_gru_cell(3), mica_simple_rnn_cell(3, .name = "last")),
	                        .return_sequences = true, .stateful = true, .go_backwards = true), h);
	mica_model_output(m, mica_apply(mica_simple_rnn(2), mica_apply(mica_dot(.axes = {2, 2}, .normalize = true), h, h)));
	OK(mica_compile(m, .optimizer = mica_adam(0.01), .loss = mica_mean_squared_error()));
	cr_assert(mica_ok(ctx), "%s", mica_error(ctx));
	return m;
}

/* A model that was loaded trains on with the same bits. */
Test(sequences, files_hold_every_kind)
{
	samples s = make_samples();
	mica_array x = MICA_ARRAY(s.x, ROWS, STEPS, FEATURES);
	const char *folder = getenv("MICA_TEST_FOLDER");
	char file[512];
	float got[2][MOST];

	snprintf(file, sizeof file, "%s/sequences-%ld.mica", folder ? folder : "/tmp", (long)getpid());
	for (int i = 0; i < 2; i++) {
		mica_context *ctx = open_any();
		mica_model *m = i ? mica_load_model(ctx, file) : every_kind(ctx);
		cr_assert(m, "%s", mica_error(ctx));
		if (i == 0)
			OK(mica_save(m, file));
		cr_expect(predict(m, x, got[i], fit(ctx, m, x, &s, got[i])) == EPOCHS + 2 * ROWS);
		mica_close(ctx);
	}
	unlink(file);
	cr_expect(memcmp(got[0], got[1], (EPOCHS + 2 * ROWS) * sizeof(float)) == 0, "%g and %g", (double)got[0][0], (double)got[1][0]);
}
