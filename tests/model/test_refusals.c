/* SPDX-License-Identifier: MIT */
/* model/test_refusals.c - what a model refuses, when, and with which words. */
#include "model/rig.h"

static void says(mica_status got, mica_status want, const char *words)
{
	cr_expect(got == want, "%s instead of %s: %s", mica_status_name(got), mica_status_name(want), mica_error(NULL));
	cr_expect(strstr(mica_error(NULL), words), "\"%s\" lacks \"%s\"", mica_error(NULL), words);
}

/* After the first refusal the model and its context keep it, and later calls do nothing. */
static void refused(mica_context *ctx, mica_model *m, mica_status want, const char *words)
{
	cr_expect(mica_model_status(m) == want, "%s: %s", mica_status_name(mica_model_status(m)), mica_error(ctx));
	cr_expect(strstr(mica_error(ctx), words), "\"%s\" lacks \"%s\"", mica_error(ctx), words);
	cr_expect(mica_compile(m, .loss = mica_mean_squared_error()) == want);
	cr_expect(strstr(mica_error(NULL), words), "\"%s\" lacks \"%s\"", mica_error(NULL), words);
	mica_close(ctx);
}

static mica_var nothing(mica_build *b, mica_var x, void *payload)
{
	(void)b;
	(void)x;
	(void)payload;
	return NULL;
}

Test(refusals, of_layers)
{
	const struct {
		mica_layer layer;
		mica_status status;
		const char *words;
	} bad[] = {
		{mica_dense(0), MICA_EINVAL, "dense: units is 0"},
		{mica_dense(5, .activation = {mica_adam().part}), MICA_EINVAL, "adam is of type optimizer; give a part of type activation"},
		{mica_dense(5, .activation = MICA_CELU_OF(.alpha = -1)), MICA_EINVAL, "celu: alpha is -1"},
		{mica_dense(5, .kernel_initializer = MICA_RANDOM_NORMAL_OF(.stddev = NAN)), MICA_EINVAL, "random_normal: stddev is nan"},
		{mica_dense(5, .name = ""), MICA_EINVAL, "layer name"},
		{mica_dense(5, .name = "a/b"), MICA_EINVAL, "layer name \"a/b\""},
		{mica_dense(5, .name = "taken"), MICA_EINVAL, "layer name \"taken\" is there twice"},
		{mica_dropout(1.5), MICA_EINVAL, "dropout: rate is 1.5"},
		{mica_dropout(-0.1), MICA_EINVAL, "dropout: rate is -0.1"},
		{mica_dropout(NAN), MICA_EINVAL, "dropout: rate is"},
		{mica_input(4), MICA_EINVAL, "Input must be the first layer"},
		{mica_reshape(5, 5), MICA_ESHAPE, "reshape: a sample of shape (12) cannot take (5, 5)"},
		{mica_reshape(MICA_INFER, MICA_INFER), MICA_ESHAPE, "reshape: a sample of shape (12)"},
		{MICA_PART(mica_layer, &mica_kind_reshape, &(mica_reshape_opts){.name = "r"}), MICA_EINVAL, "r: give 1 to 7 dimensions"},
		{mica_custom_layer(.name = "mine"), MICA_EINVAL, "mine: a custom layer needs a call"},
		{mica_custom_layer(.call = nothing), MICA_EINVAL, "custom_layer: call returned NULL"},
		{(mica_layer){{NULL, NULL}}, MICA_EINVAL, "an empty layer"},
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		mica_context *ctx = open_any();
		mica_model *m = mica_sequential(ctx);
		mica_add(m, mica_input(12));
		mica_add(m, mica_activation_layer(MICA_TANH, .name = "taken"));
		mica_add(m, bad[i].layer);
		mica_add(m, mica_dense(3));
		refused(ctx, m, bad[i].status, bad[i].words);
	}
}

Test(refusals, of_models_without_input)
{
	mica_context *ctx = open_any();
	mica_model *m = mica_sequential(ctx);

	mica_add(m, mica_dense(4));
	OK(mica_compile(m, .loss = mica_mean_squared_error())); /* the first data will tell */
	says(mica_save(m, "never"), MICA_EINVAL, "save: the model has no Input, so the shape of a sample is unknown");
	mica_close(ctx);
	ctx = open_any();
	m = mica_sequential(ctx);
	mica_compile(m, .loss = mica_mean_squared_error());
	refused(ctx, m, MICA_EINVAL, "no layer");
	ctx = open_any();
	m = mica_sequential(ctx);
	mica_add(m, mica_input(3));
	mica_compile(m, .loss = mica_mean_squared_error());
	refused(ctx, m, MICA_EINVAL, "no layer");
	ctx = open_any();
	m = mica_sequential(ctx);
	mica_add(m, MICA_PART(mica_layer, &mica_kind_input, &(mica_input_opts){.name = "empty"}));
	refused(ctx, m, MICA_EINVAL, "dimensions of one sample");
}

Test(refusals, of_compile)
{
	const struct {
		mica_compile_opts o;
		const char *words;
	} bad[] = {
		{{.optimizer = mica_adam()}, "no loss"},
		{{.loss = mica_mean_squared_error(), .optimizer = mica_adam(.learning_rate = NAN)}, "adam: learning_rate is"},
		{{.loss = mica_mean_squared_error(), .optimizer = mica_sgd(.learning_rate = -0.1)}, "sgd: learning_rate is -0.1"},
		{{.loss = mica_sparse_categorical_crossentropy()}, "needs one per class"},
		{{.loss = mica_categorical_crossentropy()}, "needs one per class"},
		{{.loss = mica_binary_crossentropy(.label_smoothing = 2)}, "label_smoothing is 2"},
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		mica_context *ctx = open_any();
		mica_model *m = mica_sequential(ctx);
		mica_add(m, mica_input(3));
		mica_add(m, mica_dense(1));
		mica_model_compile(m, &bad[i].o);
		refused(ctx, m, MICA_EINVAL, bad[i].words);
	}
}

/* What fit refuses leaves the model as it was, and the next fit works; the context keeps the first refusal. */
Test(refusals, of_fit)
{
	mica_context *ctx = open_any();
	mica_model *m = small_model(ctx, 20, 0);
	mica_dataset *d = hashed(ctx, 64, 20);
	static float x[8 * 20];
	mica_dataset *unlabelled = mica_dataset_arrays(ctx, x, MICA_F32, MICA_SHAPE(8, 20), NULL, MICA_F32, MICA_SCALAR_SHAPE, 0);
	mica_dataset *high = mica_dataset_arrays(ctx, x, MICA_F32, MICA_SHAPE(8, 20), (int32_t[]){0, 1, 2, 10, 0, 0, 0, 0}, MICA_I32,
	                                         MICA_SHAPE(8), 0);
	mica_dataset *real = mica_dataset_arrays(ctx, x, MICA_F32, MICA_SHAPE(8, 20), (float[]){0, 1, 0.5f, 0, 0, 0, 0, 0}, MICA_F32,
	                                         MICA_SHAPE(8), 0);
	mica_dataset *vectors = mica_dataset_arrays(ctx, x, MICA_F32, MICA_SHAPE(8, 20), (int32_t[16]){0}, MICA_I32, MICA_SHAPE(8, 2), 0);

	says(mica_fit(m, d, .epochs = -1), MICA_EINVAL, "epochs is -1");
	says(mica_fit(m, d, .batch_size = -5), MICA_EINVAL, "batch_size is -5");
	says(mica_fit(m, d, .validation_split = 1), MICA_EINVAL, "validation_split is 1");
	says(mica_fit(m, d, .validation_split = 0.99), MICA_EINVAL, "leaves nothing");
	says(mica_fit(m, d, .verbose = 4), MICA_EINVAL, "verbose is 4");
	says(mica_fit(m, NULL), MICA_EINVAL, "no data set");
	says(mica_fit(NULL, d), MICA_EINVAL, "no data set"); /* the reason why a handle is NULL stays */
	mica_clear(NULL);
	says(mica_fit(NULL, d), MICA_EINVAL, "no model");
	says(mica_fit(m, unlabelled), MICA_EINVAL, "no labels");
	says(mica_fit(m, hashed(ctx, 8, 19)), MICA_ESHAPE, "shape (19), the model's Input is (20)");
	says(mica_fit(m, high), MICA_EINVAL, "10");
	says(mica_fit(m, real), MICA_EINVAL, "0.5");
	says(mica_fit(m, d, .validation_data = high), MICA_EINVAL, "10");
	says(mica_fit(m, vectors), MICA_ESHAPE, "sparse_categorical_crossentropy: a label of shape (2) does not fit");
	cr_expect(mica_model_status(m) == MICA_OK && strstr(mica_error(ctx), "epochs is -1"), "%s", mica_error(ctx));
	OK(mica_fit(m, d));
	mica_close(ctx);
}

Test(refusals, of_use_before_compile)
{
	mica_context *ctx = open_any();
	mica_model *m = mica_sequential(ctx);
	mica_dataset *d = hashed(ctx, 8, 20);
	mica_logs s;

	mica_add(m, mica_input(20));
	mica_add(m, mica_dense(3));
	says(mica_fit(m, d), MICA_EINVAL, "not compiled");
	says(mica_evaluate(m, d, &s), MICA_EINVAL, "not compiled");
	mica_clear(ctx);
	OK(mica_compile(m, .loss = mica_mean_squared_error()));
	mica_add(m, mica_dense(3));
	refused(ctx, m, MICA_EINVAL, "is compiled");
}

static void cleared(mica_context *ctx, mica_model *m, const char *words)
{
	cr_expect(mica_model_status(m) == MICA_EINVAL && strstr(mica_error(ctx), words), "\"%s\" lacks \"%s\"", mica_error(ctx), words);
	mica_clear(ctx);
}

/* The network is whole: it may be compiled otherwise, or grow.  One that lacks a layer stays refused, and says so. */
Test(refusals, of_compile_are_forgotten)
{
	mica_context *ctx = open_any();
	mica_model *m = mica_sequential(ctx);
	const mica_optimizer bad = mica_adam(.learning_rate = -1);

	mica_compile(m, .loss = mica_mean_squared_error());
	cleared(ctx, m, "no layer");
	mica_add(m, mica_input(20));
	mica_add(m, mica_dense(3));
	for (int i = 0; i < 2; i++) {
		mica_compile(m, .optimizer = bad, .loss = mica_mean_squared_error());
		cr_expect(mica_compile(m, .loss = mica_mean_squared_error()) == MICA_EINVAL, "sticky until it is cleared");
		says(mica_fit(m, hashed(ctx, 8, 20)), MICA_EINVAL, "learning_rate");
		cleared(ctx, m, "learning_rate");
	}
	OK(mica_compile(m, .loss = mica_sparse_categorical_crossentropy(.from_logits = true)));
	OK(mica_model_status(m));
	mica_add(m, mica_dense(3));
	cleared(ctx, m, "is compiled");
	mica_add(m, mica_dense(4));
	cleared(ctx, m, "is compiled");
	cr_expect(mica_compile(m, .loss = mica_mean_squared_error()) == MICA_EINVAL);
	mica_close(ctx);
}

Test(refusals, of_predict_and_evaluate)
{
	mica_context *ctx = open_any();
	mica_model *m = small_model(ctx, 20, 0);
	mica_dataset *d = hashed(ctx, 8, 20);
	mica_logs s;
	double far[20] = {[19] = 1e300};
	float p[80];

	says(mica_predict(m, mica_dataset_samples(d), p, sizeof p - 4), MICA_ESHAPE, "320 are needed");
	says(mica_predict(m, mica_dataset_samples(d), p, sizeof p, .batch_size = -1), MICA_EINVAL, "batch_size is -1");
	says(mica_predict(m, MICA_ARRAY(far, 1, 20), p, 4 * sizeof *p), MICA_EINVAL, "predict: number 19 is 1e+300");
	says(mica_fit(m, d, .class_weight = (double[]){1, NAN}, .classes = 2), MICA_EINVAL, "class_weight of class 1 is nan");
	says(mica_predict(m, mica_dataset_samples(hashed(ctx, 8, 21)), p, sizeof p), MICA_ESHAPE, "(21)");
	says(mica_evaluate(m, d, &s, .batch_size = -1), MICA_EINVAL, "batch_size is -1");
	says(mica_evaluate(m, d, NULL), MICA_EINVAL, "no room");
	mica_clear(NULL);
	says(mica_predict(NULL, mica_dataset_samples(d), p, sizeof p), MICA_EINVAL, "no model");
	mica_clear(NULL);
	mica_add(NULL, mica_flatten());
	cr_expect(strstr(mica_error(NULL), "add: no model"), "%s", mica_error(NULL));
	cr_expect(mica_model_weight(m, 4) == NULL && mica_model_weight(m, 3) != NULL);
	cr_expect(mica_sequential(NULL) == NULL);
	mica_close(ctx);
}

/* A program that looks once, at its end, is told why there is no device. */
Test(refusals, without_a_context_say_why_there_is_none)
{
	mica_logs s;
	float x[4] = {0};
	mica_value *v;
	mica_context *ctx = mica_open(&(mica_open_opts){.device = "no such device"});
	mica_dataset *d = mica_dataset_digits(ctx, MICA_TRAIN);

	cr_expect(!d && !mica_dataset_arrays(ctx, x, MICA_F32, MICA_SHAPE(4), NULL, MICA_F32, MICA_SHAPE(4), 0));
	cr_expect(!mica_dataset_mnist(ctx, MICA_TRAIN, "/none") && !mica_dataset_npz(ctx, MICA_TRAIN, "/none"));
	cr_expect(!mica_dataset_npy(ctx, "/none", NULL) && !mica_dataset_idx(ctx, "/none", NULL) && !mica_dataset_scaled(d, 2));
	mica_model *m = mica_sequential(ctx, .seed = 1);
	mica_add(m, mica_input(8, 8));
	mica_add(m, mica_dense(0));
	cr_expect(mica_compile(m, .loss = mica_mean_squared_error()) != MICA_OK && mica_fit(m, d) != MICA_OK);
	cr_expect(mica_evaluate(m, d, &s) != MICA_OK && mica_save(m, "/none/x") != MICA_OK && mica_load(m, "/none/x") != MICA_OK);
	cr_expect(mica_predict(m, mica_dataset_samples(d), x, sizeof x) != MICA_OK && mica_summary(m, NULL, NULL) != MICA_OK);
	cr_expect(!mica_graph_create(ctx) && mica_value_create(&v, ctx, "v", MICA_ROLE_DATA, MICA_F32, MICA_SHAPE(4)) != MICA_OK);
	cr_expect(strstr(mica_error(ctx), "no such device"), "%s", mica_error(ctx));
	mica_close(ctx);
}

Test(refusals, of_more_memory_than_there_is_name_the_weight)
{
	mica_context *ctx = open_any();
	mica_model *m = mica_sequential(ctx);

	mica_add(m, mica_input(1u << 27));
	mica_add(m, mica_dense(1u << 27));
	mica_compile(m, .loss = mica_mean_squared_error());
	cr_expect(mica_context_status(ctx) == MICA_ENOMEM, "%s", mica_status_name(mica_context_status(ctx)));
	cr_expect(strstr(mica_error(ctx), "dense/kernel of shape (134217728, 134217728)") && strstr(mica_error(ctx), "smaller"), "%s",
	          mica_error(ctx));
	mica_close(ctx);
}
