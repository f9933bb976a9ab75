/* SPDX-License-Identifier: MIT */
/* model/test_functional.c - networks that are more than chains, against Keras: several inputs and outputs, layers called twice,
   models in models, frozen layers, weights of samples and classes; and what is refused. */
#include "golden/functional.h"
#include "model/rig.h"

enum { ROWS = 20, BATCH = 8, EPOCHS = 3 };

/* As in make_functional.py. */
static void numbers(float *out, size_t n, size_t salt, double scale)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (float)(((double)((i * (3 + salt % 7) + 3 * salt) % 11) - 5) * scale);
}

static void set_kernel(mica_model *m, const char *path, size_t salt)
{
	mica_value *v = mica_model_find(m, path);
	float values[64];

	cr_assert(v && mica_value_count(v) <= 64, "%s", path);
	numbers(values, mica_value_count(v), salt, 0.1);
	OK(mica_value_write(v, values, mica_value_bytes(v)));
}

static void expect(const char *what, const float *got, const float *golden, size_t n)
{
	for (size_t i = 0; i < n; i++)
		cr_expect(near((double)got[i], (double)golden[i], 2e-6, 2e-7), "%s: number %zu is %.8g, Keras' %.8g", what, i, (double)got[i],
		          (double)golden[i]);
}

static void expect_logs(const char *what, const mica_logs *logs, const float *golden, size_t n)
{
	cr_assert(logs->n == n, "%s: %zu figures", what, logs->n);
	for (size_t i = 0; i < n; i++)
		cr_expect(near(logs->at[i].value, (double)golden[i], 3e-6, 0), "%s: %s is %.8g, Keras' %.8g", what, logs->at[i].name,
		          logs->at[i].value, (double)golden[i]);
}

/* ---- several inputs and outputs ---- */

static mica_model *two_inputs(mica_context *ctx)
{
	mica_model *m = mica_functional(ctx);
	mica_symbol *left = mica_model_input(m, mica_input(5, .name = "left")), *right = mica_model_input(m, mica_input(5, .name = "right"));
	mica_instance *shared = mica_make(m, mica_dense(4, .activation = MICA_TANH, .name = "shared"));
	mica_symbol *a = mica_call(shared, left), *b = mica_call(shared, right);

	mica_model_output(m, mica_apply(mica_dense(3, .name = "main"), mica_apply(mica_merge_add(), a, b)));
	mica_model_output(m, mica_apply(mica_dense(1, .name = "aux"), a));
	OK(mica_compile(m, .optimizer = mica_sgd(.learning_rate = 0.1),
	                .outputs = {{"main", .loss = mica_mean_squared_error(), .weight = 0.9, .metrics = {mica_mean_absolute_error()}},
	                            {"aux", .loss = mica_mean_absolute_error(), .weight = 0.1, .metrics = {mica_mean_squared_error()}}}));
	cr_assert(mica_ok(ctx), "%s", mica_error(ctx));
	set_kernel(m, "shared/kernel", 1);
	set_kernel(m, "main/kernel", 2);
	set_kernel(m, "aux/kernel", 3);
	return m;
}

typedef struct arrays {
	float left[ROWS * 5], right[ROWS * 5], main[ROWS * 3], aux[ROWS];
} arrays;

static arrays filled(void)
{
	arrays a;

	numbers(a.left, ROWS * 5, 20, 0.2);
	numbers(a.right, ROWS * 5, 21, 0.2);
	numbers(a.main, ROWS * 3, 22, 0.2);
	numbers(a.aux, ROWS, 23, 0.2);
	return a;
}

/* named: the columns stand in another order, and have names. */
static mica_dataset *columns(mica_context *ctx, const arrays *a, bool named)
{
	mica_column left = {NULL, MICA_ARRAY(a->left, ROWS, 5)}, right = {NULL, MICA_ARRAY(a->right, ROWS, 5)};
	mica_column main = {NULL, MICA_ARRAY(a->main, ROWS, 3)}, aux = {NULL, MICA_ARRAY(a->aux, ROWS)};

	if (!named)
		return mica_dataset_columns(ctx, .inputs = {left, right}, .targets = {main, aux});
	left.name = "left";
	right.name = "right";
	main.name = "main";
	aux.name = "aux";
	return mica_dataset_columns(ctx, .inputs = {right, left}, .targets = {aux, main});
}

Test(functional, networks_have_several_inputs_and_outputs)
{
	arrays a = filled();
	float predicted[ROWS * 4];

	for (int named = 0; named < 2; named++) {
		mica_context *ctx = open_any();
		mica_model *m = two_inputs(ctx);
		mica_dataset *d = columns(ctx, &a, named);
		mica_epoch e[EPOCHS];
		mica_logs scores;
		OK(mica_fit(m, d, .epochs = EPOCHS, .batch_size = BATCH, .no_shuffle = true, .history = e));
		for (size_t i = 0; i < EPOCHS; i++)
			expect_logs("two_inputs", &e[i].logs, golden_functional_two_inputs + 5 * i, 5);
		OK(mica_evaluate(m, d, &scores, .batch_size = BATCH));
		expect_logs("evaluate", &scores, golden_functional_two_inputs + 5 * EPOCHS, 5);
		cr_expect(strcmp(scores.at[0].name, "aux_loss") == 0 && strcmp(scores.at[4].name, "main_mean_absolute_error") == 0);
		OK(mica_predict_all(m, .inputs = {MICA_ARRAY(a.left, ROWS, 5), MICA_ARRAY(a.right, ROWS, 5)},
		                    .outputs = {{predicted, ROWS * 3 * sizeof(float)}, {predicted + ROWS * 3, ROWS * sizeof(float)}}));
		expect("two_inputs", predicted, golden_functional_two_inputs_predicted, ROWS * 4);
		mica_close(ctx);
	}
}

/* What does not fit in memory goes through windows, every column of it; what is in the way of the budget is said by the test of
   streams. */
Test(functional, networks_stream_their_columns)
{
	static float left[4000 * 5], right[4000 * 5], y[4000];
	mica_context *whole = open_any(), *narrow = open_budget(300000);
	mica_epoch e[2];

	numbers(left, 4000 * 5, 20, 0.2);
	numbers(right, 4000 * 5, 21, 0.2);
	numbers(y, 4000, 22, 0.2);
	for (size_t i = 0; i < 2; i++) {
		mica_context *ctx = i ? narrow : whole;
		mica_model *m = mica_functional(ctx);
		mica_symbol *a = mica_model_input(m, mica_input(5)), *b = mica_model_input(m, mica_input(5));
		mica_model_output(m, mica_apply(mica_dense(1), mica_apply(mica_merge_add(), a, b)));
		OK(mica_compile(m, .optimizer = mica_sgd(), .loss = mica_mean_squared_error()));
		mica_dataset *d = mica_dataset_columns(ctx, .inputs = {{NULL, MICA_ARRAY(left, 4000, 5)}, {NULL, MICA_ARRAY(right, 4000, 5)}},
		                                       .targets = {{NULL, MICA_ARRAY(y, 4000)}});
		OK(mica_fit(m, d, .history = &e[i]));
	}
	cr_expect(mica_log(&e[0].logs, "loss") == mica_log(&e[1].logs, "loss"), "%.9g %.9g", mica_log(&e[0].logs, "loss"),
	          mica_log(&e[1].logs, "loss"));
	mica_close(narrow);
	mica_close(whole);
}

/* ---- models in models ---- */

Test(functional, models_are_layers_that_can_be_frozen)
{
	mica_context *ctx = open_any();
	mica_model *base = mica_sequential(ctx, .name = "base"), *m = mica_functional(ctx);
	arrays a = filled();
	float y[ROWS * 2], predicted[ROWS * 2];
	mica_epoch e[EPOCHS];

	mica_add(base, mica_input(5));
	mica_add(base, mica_dense(6, .activation = MICA_TANH));
	mica_add(base, mica_batch_normalization());
	mica_add(base, mica_dense(4));
	mica_symbol *x = mica_model_input(m, mica_input(5));
	mica_model_output(m, mica_apply(mica_dense(2, .name = "head"), mica_apply(mica_nested(base), x)));
	numbers(y, ROWS * 2, 22, 0.2);
	mica_dataset *d = mica_dataset_columns(ctx, .inputs = {{NULL, MICA_ARRAY(a.left, ROWS, 5)}}, .targets = {{NULL, MICA_ARRAY(y, ROWS, 2)}});
	for (size_t trained = 0; trained < 2; trained++) {
		mica_set_trainable(mica_model_layer(m, "base"), trained);
		OK(mica_compile(m, .optimizer = mica_sgd(.learning_rate = 0.1, .momentum = 0.5), .loss = mica_mean_squared_error()));
		if (!trained) {
			set_kernel(m, "base/dense/kernel", 1);
			set_kernel(m, "base/dense_1/kernel", 2);
			set_kernel(m, "head/kernel", 3);
		}
		cr_expect(mica_model_parameters(m) == 5 * 6 + 6 + 4 * 6 + 6 * 4 + 4 + 4 * 2 + 2, "%zu", mica_model_parameters(m));
		OK(mica_fit(m, d, .epochs = EPOCHS, .batch_size = BATCH, .no_shuffle = true, .history = e));
		for (size_t i = 0; i < EPOCHS; i++)
			expect_logs(trained ? "trained" : "frozen", &e[i].logs, golden_functional_nested + trained * EPOCHS + i, 1);
	}
	OK(mica_predict(m, MICA_ARRAY(a.left, ROWS, 5), predicted, sizeof predicted));
	expect("nested", predicted, golden_functional_nested_predicted, ROWS * 2);
	mica_model_destroy(base); /* the outer model holds it */
	OK(mica_predict(m, MICA_ARRAY(a.left, ROWS, 5), predicted, sizeof predicted));
	expect("destroyed", predicted, golden_functional_nested_predicted, ROWS * 2);
	mica_close(ctx);
}

/* The wrapper holds the model, whose weights stand behind its name. */
Test(functional, models_go_over_steps)
{
	mica_context *ctx = open_any();
	mica_model *base = mica_sequential(ctx, .name = "base"), *m = mica_functional(ctx);
	float in[ROWS * 10], y[ROWS * 2], predicted[ROWS * 2];
	mica_epoch e[EPOCHS];

	mica_add(base, mica_input(5));
	mica_add(base, mica_dense(6, .activation = MICA_TANH));
	mica_add(base, mica_dense(4));
	mica_symbol *x = mica_model_input(m, mica_input(2, 5));
	mica_symbol *steps = mica_apply(mica_time_distributed(mica_nested(base), .name = "steps"), x);
	mica_model_output(m, mica_apply(mica_dense(2, .name = "head"), mica_apply(mica_flatten(), steps)));
	mica_model_destroy(base);
	numbers(in, ROWS * 10, 20, 0.2);
	numbers(y, ROWS * 2, 22, 0.2);
	mica_dataset *d = mica_dataset_arrays(ctx, in, MICA_F32, MICA_SHAPE(ROWS, 2, 5), y, MICA_F32, MICA_SHAPE(ROWS, 2), 0);
	OK(mica_compile(m, .optimizer = mica_sgd(.learning_rate = 0.1, .momentum = 0.5), .loss = mica_mean_squared_error()));
	set_kernel(m, "steps/dense/kernel", 1);
	set_kernel(m, "steps/dense_1/kernel", 2);
	set_kernel(m, "head/kernel", 3);
	OK(mica_fit(m, d, .epochs = EPOCHS, .batch_size = BATCH, .no_shuffle = true, .history = e));
	for (size_t i = 0; i < EPOCHS; i++)
		expect_logs("over steps", &e[i].logs, golden_functional_over_steps + i, 1);
	OK(mica_predict(m, MICA_ARRAY(in, ROWS, 2, 5), predicted, sizeof predicted));
	expect("over steps", predicted, golden_functional_over_steps_predicted, ROWS * 2);
	mica_close(ctx);
}

/* The layers of a part of a model are the model's own. */
Test(functional, parts_of_models_are_models)
{
	mica_context *ctx = open_any();
	mica_model *m = mica_sequential(ctx, .seed = 3);
	float x[2 * 5], inside[2 * 6], outside[2 * 6];

	mica_add(m, mica_input(5));
	mica_add(m, mica_dense(6, .activation = MICA_RELU, .name = "features"));
	mica_add(m, mica_dense(2));
	mica_model *features = mica_between(.inputs = {mica_model_symbol(m, "input")}, .outputs = {mica_model_symbol(m, "features")});
	cr_assert(features && mica_ok(ctx), "%s", mica_error(ctx));
	numbers(x, 10, 4, 0.3);
	OK(mica_predict(features, MICA_ARRAY(x, 2, 5), inside, sizeof inside));
	cr_expect(mica_instance_weight(mica_model_layer(features, "features"), 0) == mica_model_find(m, "features/kernel"));
	set_kernel(m, "features/kernel", 6);
	OK(mica_predict(features, MICA_ARRAY(x, 2, 5), outside, sizeof outside));
	cr_expect(memcmp(inside, outside, sizeof inside) != 0, "the weights are the same values");
	mica_model_destroy(m);
	OK(mica_predict(features, MICA_ARRAY(x, 2, 5), inside, sizeof inside));
	cr_expect(memcmp(inside, outside, sizeof inside) == 0);
	mica_close(ctx);
}

/* ---- weights of samples and classes ---- */

static mica_model *classifier(mica_context *ctx)
{
	mica_model *m = mica_sequential(ctx);

	mica_add(m, mica_dense(6, .activation = MICA_TANH)); /* the input is known when the data is */
	mica_add(m, mica_dense(3, .activation = MICA_SOFTMAX));
	OK(mica_compile(m, .optimizer = mica_sgd(.learning_rate = 0.1), .loss = mica_sparse_categorical_crossentropy(),
	                .metrics = {mica_sparse_categorical_accuracy()},
	                .weighted_metrics = {mica_sparse_categorical_crossentropy(.name = "crossentropy")}));
	OK(mica_model_build(m, MICA_SHAPE(5)));
	set_kernel(m, "dense/kernel", 1);
	set_kernel(m, "dense_1/kernel", 2);
	return m;
}

Test(functional, samples_and_classes_have_weights)
{
	static const double of_class[] = {0.5, 2, 1};
	arrays a = filled();
	int labels[ROWS];
	float weights[ROWS], predicted[ROWS * 3];

	for (int i = 0; i < ROWS; i++) {
		labels[i] = i * 7 % 3;
		weights[i] = (float)(1 + i % 4) / 2;
	}
	for (int by_class = 0; by_class < 2; by_class++) {
		mica_context *ctx = open_any();
		mica_model *m = classifier(ctx);
		mica_column w = {NULL, MICA_ARRAY(weights, ROWS)}, none = {NULL, {.data = NULL}};
		mica_dataset *d = mica_dataset_columns(ctx, .inputs = {{NULL, MICA_ARRAY(a.left, ROWS, 5)}}, .targets = {{NULL, MICA_ARRAY(labels, ROWS)}},
		                                       .weights = {by_class ? none : w});
		const float *golden = by_class ? golden_functional_of_classes : golden_functional_weighted;
		mica_epoch e[EPOCHS];
		OK(mica_fit(m, d, .epochs = EPOCHS, .batch_size = BATCH, .no_shuffle = true, .history = e, .class_weight = by_class ? of_class : NULL,
		            .classes = by_class ? 3 : 0));
		for (size_t i = 0; i < EPOCHS; i++)
			expect_logs(by_class ? "of_classes" : "weighted", &e[i].logs, golden + 3 * i, 3);
		OK(mica_predict(m, MICA_ARRAY(a.left, ROWS, 5), predicted, sizeof predicted));
		expect("weighted", predicted, by_class ? golden_functional_of_classes_predicted : golden_functional_weighted_predicted, ROWS * 3);
		mica_close(ctx);
	}
}

/* ---- the table ---- */

Test(functional, networks_have_the_summary_of_keras)
{
	transcript t = {0};
	setenv("LC_ALL", "C.UTF-8", 1);
	mica_context *ctx = open_any();
	mica_model *m = mica_functional(ctx, .name = "two_inputs");
	mica_symbol *left = mica_model_input(m, mica_input(5, .name = "left")), *right = mica_model_input(m, mica_input(5, .name = "right"));
	mica_instance *shared = mica_make(m, mica_dense(4, .name = "shared"));
	mica_symbol *a = mica_call(shared, left), *b = mica_call(shared, right);

	mica_model_output(m, mica_apply(mica_dense(3, .name = "main"), mica_apply(mica_merge_add(), a, b)));
	mica_model_output(m, mica_apply(mica_dense(1, .name = "a_rather_long_name_of_an_output"), a));
	OK(mica_summary(m, write_down, &t));
	cr_expect_str_eq(t.text, golden_functional_summary);
	mica_close(ctx);
}

/* ---- chains ---- */

Test(functional, chains_grow_and_shrink)
{
	mica_context *ctx = open_any();
	mica_model *m = mica_sequential(ctx, .seed = 1);
	float x[4] = {1, 2, 3, 4}, y[2];

	mica_add(m, mica_dense(3));
	mica_add(m, mica_dense(7));
	mica_pop(m);
	mica_add(m, mica_dense(2, .name = "last"));
	OK(mica_predict(m, MICA_ARRAY(x, 1, 4), y, sizeof y));
	cr_expect(mica_model_parameters(m) == 4 * 3 + 3 + 3 * 2 + 2);
	mica_pop(m);
	mica_add(m, mica_dense(1, .name = "last"));
	OK(mica_predict(m, MICA_ARRAY(x, 1, 4), y, sizeof *y));
	cr_expect(mica_model_parameters(m) == 4 * 3 + 3 + 3 + 1 && mica_model_find(m, "last/kernel") && !mica_model_find(m, "dense_2/kernel"));
	mica_close(ctx);
}

/* Data that the layers do not fit leaves the chain as it was. */
Test(functional, chains_wait_for_data_that_fits)
{
	mica_context *ctx = open_any();
	mica_model *m = mica_sequential(ctx);
	float x[12] = {0}, y[3];

	mica_add(m, mica_reshape(2, 3));
	mica_add(m, mica_flatten());
	cr_expect(mica_predict(m, MICA_ARRAY(x, 3, 4), y, sizeof y) == MICA_ESHAPE && strstr(mica_error(ctx), "cannot take (2, 3)"), "%s", mica_error(ctx));
	OK(mica_predict(m, MICA_ARRAY(x, 2, 6), x, 12 * sizeof *x));
	mica_close(ctx);
}

/* ---- refusals ---- */

typedef mica_status misuse(mica_context *ctx, mica_model *m, mica_symbol *x, mica_symbol *y);

static mica_status of_two_models(mica_context *ctx, mica_model *m, mica_symbol *x, mica_symbol *y)
{
	mica_model *other = mica_functional(ctx, .name = "other");
	mica_symbol *theirs = mica_model_input(other, mica_input(3));

	(void)y;
	mica_apply(mica_merge_add(), x, theirs);
	return mica_model_status(m);
}

static mica_status too_many(mica_context *ctx, mica_model *m, mica_symbol *x, mica_symbol *y)
{
	(void)ctx;
	mica_apply(mica_dense(3), x, y);
	return mica_model_status(m);
}

static mica_status added(mica_context *ctx, mica_model *m, mica_symbol *x, mica_symbol *y)
{
	(void)ctx;
	(void)x;
	(void)y;
	mica_add(m, mica_dense(3));
	return mica_model_status(m);
}

static mica_status two_ends_over_steps(mica_context *ctx, mica_model *m, mica_symbol *x, mica_symbol *y)
{
	mica_model *outer = mica_functional(ctx, .name = "outer");

	mica_model_output(m, x);
	mica_model_output(m, y);
	mica_apply(mica_time_distributed(mica_nested(m)), mica_model_input(outer, mica_input(4, 3)));
	return mica_model_status(outer);
}

static mica_status nothing_given(mica_context *ctx, mica_model *m, mica_symbol *x, mica_symbol *y)
{
	(void)ctx;
	(void)y;
	cr_expect(mica_apply(mica_dense(3), (mica_symbol *)NULL) == NULL && mica_call((mica_instance *)NULL, x) == NULL);
	mica_model_output(m, NULL);
	return mica_compile(m, .loss = mica_mean_squared_error());
}

static mica_status unknown_output(mica_context *ctx, mica_model *m, mica_symbol *x, mica_symbol *y)
{
	(void)ctx;
	(void)x;
	mica_model_output(m, y);
	return mica_compile(m, .outputs = {{"nobody", .loss = mica_mean_squared_error()}});
}

static mica_status no_goal(mica_context *ctx, mica_model *m, mica_symbol *x, mica_symbol *y)
{
	(void)ctx;
	(void)x;
	mica_model_output(m, y);
	return mica_compile(m, .outputs = {{"layer", .metrics = {mica_mean_squared_error()}}});
}

static mica_status unknown_column(mica_context *ctx, mica_model *m, mica_symbol *x, mica_symbol *y)
{
	float v[6] = {0};

	(void)x;
	mica_symbol *more = mica_model_input(m, mica_input(2, .name = "more"));
	mica_model_output(m, y);
	mica_model_output(m, mica_apply(mica_dense(1), more));
	OK(mica_compile(m, .loss = mica_mean_squared_error()));
	mica_dataset *d = mica_dataset_columns(ctx, .inputs = {{"input", MICA_ARRAY(v, 2, 3)}, {"mroe", MICA_ARRAY(v, 2, 2)}},
	                                       .targets = {{NULL, MICA_ARRAY(v, 2, 3)}, {NULL, MICA_ARRAY(v, 2, 1)}});
	return mica_fit(m, d);
}

Test(functional, networks_refuse_what_does_not_fit)
{
	const struct {
		misuse *call;
		mica_status status;
		const char *words;
	} bad[] = {
		{of_two_models, MICA_EINVAL, "belong to two models, \"functional\" and \"other\""},
		{too_many, MICA_EINVAL, "dense: it was given 2 inputs and takes 1"},
		{two_ends_over_steps, MICA_EINVAL, "time_distributed: the model has 1 inputs and 2 outputs; one that goes over steps has one of each"},
		{added, MICA_EINVAL, "is no sequential model; call its layers with mica_apply"},
		{nothing_given, MICA_EINVAL, "compile: the model has no output; mica_model_output says which"},
		{unknown_output, MICA_EINVAL, "has no output \"nobody\"; its first is \"layer\""},
		{no_goal, MICA_EINVAL, "no loss"},
		{unknown_column, MICA_EINVAL, "fit: the data set has no input \"more\"; it has \"input\", \"mroe\""},
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		mica_context *ctx = open_any();
		mica_model *m = mica_functional(ctx);
		mica_symbol *x = mica_model_input(m, mica_input(3)), *y = mica_apply(mica_dense(3, .name = "layer"), x);
		mica_status st = bad[i].call(ctx, m, x, y);
		cr_expect(st == bad[i].status, "%s", mica_status_name(st));
		cr_expect(strstr(mica_error(ctx), bad[i].words), "\"%s\" lacks \"%s\"", mica_error(ctx), bad[i].words);
		mica_close(ctx);
	}
}
