/* SPDX-License-Identifier: MIT */
/* model/test_keras_files.c - models that Keras saved predict what Keras did, and go on training as there; what is saved for Keras is
   read as what it was.  (That Keras reads it is the matter of tools/check-keras-files.) */
#include "golden/keras_files.h"
#include "model/rig.h"

#include <unistd.h>

enum { BATCH = 3, MOST_INPUT = BATCH * 60, MOST_OUTPUT = 128 };
#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))
#define FOLDER MICA_GOLDEN "/keras_files/"

/* Inputs are reals but for one of words; sizes of samples, and of the outputs of all three. */
static const struct {
	const char *name;
	mica_shape inputs[2];
	bool words;
	const float *y;
	size_t n, first;      /* numbers of all outputs, and of the first */
} cases[] = {
	{"cnn", {{4, {BATCH, 6, 5, 2}}}, false, cnn_y, LENGTH(cnn_y), LENGTH(cnn_y)},
	{"two_inputs", {{2, {BATCH, 4}}, {2, {BATCH, 4}}}, false, two_inputs_y, LENGTH(two_inputs_y), 2 * BATCH},
	{"recurrent", {{2, {BATCH, 5}}}, true, recurrent_y, LENGTH(recurrent_y), LENGTH(recurrent_y)},
	{"block", {{3, {BATCH, 4, 6}}}, false, block_y, LENGTH(block_y), LENGTH(block_y)},
	{"nested", {{2, {BATCH, 4}}}, false, nested_y, LENGTH(nested_y), LENGTH(nested_y)},
	{"keyed", {{3, {BATCH, 5, 3}}, {2, {BATCH, 4}}}, false, keyed_y, LENGTH(keyed_y), BATCH},
	{"over_axes", {{3, {BATCH, 3, 4}}}, false, over_axes_y, LENGTH(over_axes_y), LENGTH(over_axes_y)},
	{"over_steps", {{3, {BATCH, 5, 4}}}, false, over_steps_y, LENGTH(over_steps_y), LENGTH(over_steps_y)},
	{"trained", {{2, {BATCH, 4}}}, false, trained_y, LENGTH(trained_y), LENGTH(trained_y)},
	{"adafactor", {{2, {BATCH, 4}}}, false, adafactor_y, LENGTH(adafactor_y), LENGTH(adafactor_y)},
	{"muon", {{2, {BATCH, 4}}}, false, muon_y, LENGTH(muon_y), LENGTH(muon_y)},
};
enum { TRAINED = 8 }; /* the first of those that were trained */
static const float *const after_a_step[] = {trained_after, adafactor_after, muon_after};

static char written[512];

static void name_file(const char *end)
{
	const char *folder = getenv("MICA_TEST_FOLDER");

	snprintf(written, sizeof written, "%s/keras-%ld%s", folder ? folder : "/tmp", (long)getpid(), end);
}

static void remove_file(void)
{
	unlink(written);
}

TestSuite(keras_files, .fini = remove_file);

static const char *given(const char *name)
{
	static char path[1024];

	snprintf(path, sizeof path, FOLDER "%s", name);
	return path;
}

/* The model's numbers for the inputs of case i. */
static void predict(mica_model *m, size_t i, float *y)
{
	static float x[2][MOST_INPUT];
	static int32_t words[MOST_INPUT];
	mica_predict_all_opts o = {MICA_OPTS(mica_predict_all_opts), .outputs = {{y, cases[i].first * sizeof *y}}};

	for (size_t k = 0; k < 2 && cases[i].inputs[k].rank; k++) {
		size_t n = 1;
		for (size_t d = 0; d < cases[i].inputs[k].rank; d++)
			n *= cases[i].inputs[k].dim[d];
		spread(x[k], n, (uint32_t)(100 + k), 1);
		for (size_t j = 0; j < n; j++)
			words[j] = (int32_t)(8 * hash_unit((uint32_t)j, (uint32_t)(100 + k)));
		o.inputs[k] = cases[i].words ? (mica_array){words, MICA_I32, cases[i].inputs[k], 0} : (mica_array){x[k], MICA_F32, cases[i].inputs[k], 0};
	}
	if (cases[i].n > cases[i].first)
		o.outputs[1] = (mica_room){y + cases[i].first, (cases[i].n - cases[i].first) * sizeof *y};
	OK(mica_model_predict_all(m, &o));
}

static mica_model *loaded(mica_context *ctx, const char *path)
{
	mica_model *m = mica_load_model(ctx, path);

	cr_assert(m, "%s", mica_error(ctx));
	return m;
}

/* The case's model, read from its file; then what it predicts is compared. */
static mica_model *opened(mica_context *ctx, size_t i)
{
	char name[64];
	float y[MOST_OUTPUT];

	snprintf(name, sizeof name, "%s.keras", cases[i].name);
	mica_model *m = loaded(ctx, given(name));
	predict(m, i, y);
	check_near(cases[i].name, y, cases[i].y, cases[i].n, 1e-5, 1e-5);
	return m;
}

Test(keras_files, models_of_keras_predict_what_keras_does)
{
	mica_context *ctx = open_any();

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		mica_model_destroy(opened(ctx, i));
	mica_close(ctx);
}

Test(keras_files, saved_models_and_weights_are_read_as_the_same)
{
	mica_context *ctx = open_any();

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		float before[MOST_OUTPUT], after[MOST_OUTPUT];
		mica_model *m = opened(ctx, i), *other;
		predict(m, i, before);
		name_file(".keras");
		OK(mica_save(m, written));
		other = loaded(ctx, written);
		predict(other, i, after);
		cr_expect(memcmp(before, after, cases[i].n * sizeof *after) == 0, "%s", cases[i].name);
		mica_model_destroy(other);
		other = mica_load_model(ctx, written, .no_weights = true);
		remove_file();
		name_file(".mica");
		OK(mica_save(m, written));
		mica_model *ours = loaded(ctx, written);
		predict(ours, i, after);
		cr_expect(memcmp(before, after, cases[i].n * sizeof *after) == 0, "%s, of our own form", cases[i].name);
		mica_model_destroy(ours);
		remove_file();
		name_file(".weights.h5");
		OK(mica_save(m, written));
		OK(mica_load(other, written));
		predict(other, i, after);
		cr_expect(memcmp(before, after, cases[i].n * sizeof *after) == 0, "%s, weights", cases[i].name);
		remove_file();
	}
	mica_close(ctx);
}

static void step(mica_context *ctx, mica_model *m, size_t i)
{
	float x[BATCH * 4], target[BATCH * 2], y[MOST_OUTPUT];
	mica_logs logs;

	spread(x, BATCH * 4, 100, 1);
	spread(target, BATCH * 2, 300, 1);
	mica_dataset *d = mica_dataset_arrays(ctx, x, MICA_F32, MICA_SHAPE(BATCH, 4), target, MICA_F32, MICA_SHAPE(BATCH, 2), 0);
	OK(mica_train_on_batch(m, d, &logs));
	cr_expect(logs.n == 2 && mica_log(&logs, "mae") >= 0, "a metric is called as it was written");
	predict(m, i, y);
	check_near(cases[i].name, y, after_a_step[i - TRAINED], cases[i].n, 1e-5, 1e-5);
}

/* What the optimizers keep, the count of steps and the rate came along. */
Test(keras_files, a_training_goes_on_as_in_keras)
{
	mica_context *ctx = open_any();

	for (size_t i = TRAINED; i < LENGTH(cases); i++) {
		mica_model *m = opened(ctx, i);
		name_file(".keras");
		OK(mica_save(m, written));
		step(ctx, m, i);
		step(ctx, loaded(ctx, written), i);
		remove_file();
	}
	mica_close(ctx);
}

static mica_model *wrapped(mica_context *ctx, const char *name, mica_model *inner)
{
	mica_model *m = mica_functional(ctx, .name = name);
	mica_symbol *x = mica_model_input(m, mica_input(4));

	mica_model_output(m, inner ? mica_apply(mica_nested(inner), x) : mica_apply(mica_dense(4), x));
	return m;
}

/* A layer and a model, in different models: in Keras' list of outputs these are counted differently. */
Test(keras_files, names_are_those_of_one_model)
{
	mica_context *ctx = open_any();
	mica_model *m = mica_functional(ctx);
	mica_symbol *x = mica_model_input(m, mica_input(4));
	float in[BATCH * 4], before[BATCH * 3], after[BATCH * 3];

	mica_model_output(m, mica_apply(mica_dense(3, .name = "twin"), mica_apply(mica_nested(wrapped(ctx, "outer", wrapped(ctx, "twin", NULL))), x)));
	spread(in, BATCH * 4, 100, 1);
	OK(mica_predict(m, MICA_ARRAY(in, BATCH, 4), before, sizeof before));
	name_file(".keras");
	OK(mica_save(m, written));
	OK(mica_predict(loaded(ctx, written), MICA_ARRAY(in, BATCH, 4), after, sizeof after));
	cr_expect(memcmp(before, after, sizeof after) == 0);
	mica_close(ctx);
}

Test(keras_files, weights_of_keras_go_into_a_model_that_is_there)
{
	mica_context *ctx = open_any();
	mica_model *m = mica_load_model(ctx, given("nested.keras"), .no_weights = true);
	float y[MOST_OUTPUT];

	OK(mica_load(m, given("nested.weights.h5")));
	predict(m, 4, y);
	check_near("nested", y, nested_y, LENGTH(nested_y), 1e-5, 1e-5);
	mica_close(ctx);
}

/* A head of another size, and one more: of weights alone, places are by class, as in Keras. */
Test(keras_files, weights_that_fit_go_into_another_model)
{
	mica_context *ctx = open_any();
	mica_model *m = mica_sequential(ctx, .seed = 1), *other = mica_sequential(ctx, .seed = 2);
	transcript t = {0};
	const char *said = t.text;
	float x[12], y[12];

	mica_add(m, mica_input(4));
	mica_add(m, mica_dense(3));
	mica_add(m, mica_batch_normalization());
	mica_add(m, mica_dense(2, .name = "head"));
	mica_add(other, mica_input(4));
	mica_add(other, mica_dense(3, .name = "first"));
	mica_add(other, mica_dense(5, .name = "wide"));
	mica_add(other, mica_dense(1, .name = "more"));
	name_file(".weights.h5");
	OK(mica_save(m, written));
	cr_expect(mica_load(other, written) == MICA_EFORMAT);
	mica_clear(ctx);
	OK(mica_load(other, written, .by_name = true, .print = write_down, .payload = &t));
	OK(mica_value_read(mica_model_find(m, "dense/kernel"), x, sizeof x));
	OK(mica_value_read(mica_model_find(other, "first/kernel"), y, sizeof y));
	cr_expect(memcmp(x, y, sizeof x) == 0);
	cr_expect(strstr(said, "\"wide/kernel\" has shape (3, 2), the model's is (3, 5)\n"), "%s", said);
	cr_expect(strstr(said, "no tensor \"more/kernel\"") && strstr(said, "no weight \"layers/batch_normalization/vars/0\"\n"), "%s", said);
	mica_close(ctx);
}

#define REFUSED(call, status, text)                                                                              \
	do {                                                                                                     \
		cr_expect_eq((call), status);                                                                    \
		cr_expect(strstr(mica_error(ctx), text), "%s", mica_error(ctx));                                 \
		mica_clear(ctx);                                                                                 \
	} while (0)

Test(keras_files, what_has_no_like_is_refused_by_name)
{
	mica_context *ctx = open_any();
	mica_model *m = mica_sequential(ctx), *other = mica_sequential(ctx);

	mica_add(m, mica_input(4));
	mica_add(m, mica_dense(3, .activation = MICA_GELU_OF(.approximate = true), .name = "soft"));
	mica_add(other, mica_input(4));
	mica_add(other, mica_dense(3));
	name_file(".keras");
	REFUSED(mica_save(m, written), MICA_EUNSUPPORTED, "layer \"soft\": Keras' files cannot say options of the activation \"gelu\"");
	REFUSED(mica_save(m, written, .weights_only = true), MICA_EINVAL, ".weights.h5");
	name_file(".h5");
	REFUSED(mica_save(m, written), MICA_EINVAL, "Keras 2");
	REFUSED(mica_load(m, "no.h5"), MICA_EUNSUPPORTED, "Keras 2");
	REFUSED(mica_load(other, given("nested.weights.h5")), MICA_EFORMAT,
	        "no array \"layers/dense/vars/0\", which is the weight \"dense/kernel\"");
	name_file(".weights.h5");
	mica_model *more = mica_sequential(ctx);
	mica_add(more, mica_input(4));
	mica_add(more, mica_dense(3));
	mica_add(more, mica_dense(2));
	OK(mica_save(more, written));
	REFUSED(mica_load(other, written), MICA_EFORMAT, "the model has no weight for \"layers/dense_1/vars/0\", of shape (3, 2)");
	cr_expect(!mica_load_model(ctx, given("nested.weights.h5")));
	cr_expect(strstr(mica_error(ctx), "it holds weights only"), "%s", mica_error(ctx));
	mica_close(ctx);
}

/* The model is there; what trains or measures it says why that cannot be, and mica_compile mends it. */
Test(keras_files, a_training_that_was_left_out_is_named)
{
	mica_context *ctx = open_any();
	mica_model *m = loaded(ctx, given("own_loss.keras")), *bare = mica_load_model(ctx, given("own_loss.keras"), .no_training = true);
	float x[BATCH * 4], target[BATCH * 2];
	mica_logs logs;

	spread(x, BATCH * 4, 100, 1);
	spread(target, BATCH * 2, 300, 1);
	mica_dataset *d = mica_dataset_arrays(ctx, x, MICA_F32, MICA_SHAPE(BATCH, 4), target, MICA_F32, MICA_SHAPE(BATCH, 2), 0);
	REFUSED(mica_train_on_batch(m, d, &logs), MICA_EINVAL, "not compiled, as mica could not take over the training in its file (");
	REFUSED(mica_train_on_batch(m, d, &logs), MICA_EINVAL, "compile_config: ");
	REFUSED(mica_train_on_batch(m, d, &logs), MICA_EINVAL, "\"own>far\"");
	REFUSED(mica_train_on_batch(bare, d, &logs), MICA_EINVAL, "the model is not compiled; call mica_compile first");
	OK(mica_compile(m, .loss = mica_mean_squared_error(), .optimizer = mica_sgd()));
	OK(mica_train_on_batch(m, d, &logs));
	mica_close(ctx);
}
