/* SPDX-License-Identifier: MIT */
/* model/test_lifetimes.c - what stays and what goes: models and data sets destroyed early, plans that are kept and those
   that are not, memory that is short, callbacks that use the model, and values that two models' worth of steps share. */
#include "model/rig.h"

#include <malloc.h>

static uint64_t device_bytes(mica_context *ctx)
{
	return mica_context_usage(ctx).bytes;
}

/* A search: models made, compiled, trained, destroyed; the second one finds all programs built. */
Test(lifetimes, trials_leave_nothing)
{
	mica_context *ctx = open_any();
	mica_dataset *d = hashed(ctx, 96, 20);
	uint64_t before = device_bytes(ctx);
	float p[96 * 10];

	for (int trial = 0; trial < 20; trial++) {
		mica_model *m = small_model(ctx, 20, 0.2);
		OK(mica_fit(m, d, .epochs = 1));
		OK(mica_predict(m, mica_dataset_samples(d), p, sizeof p));
		cr_expect(device_bytes(ctx) > before);
		mica_model_destroy(m);
		cr_assert(device_bytes(ctx) == before, "trial %d leaves %llu bytes", trial,
		          (unsigned long long)(device_bytes(ctx) - before));
	}
	mica_model_destroy(NULL);
	mica_dataset_destroy(NULL);
	mica_close(ctx);
}

Test(lifetimes, compiling_again_frees_the_slots)
{
	mica_context *ctx = open_any();
	mica_dataset *d = hashed(ctx, 32, 20);
	mica_model *m = small_model(ctx, 20, 0);

	OK(mica_fit(m, d));
	uint64_t adam = device_bytes(ctx);
	OK(mica_compile(m, .optimizer = mica_sgd(), .loss = mica_sparse_categorical_crossentropy()));
	cr_expect(device_bytes(ctx) < adam);
	OK(mica_fit(m, d));
	cr_expect(device_bytes(ctx) + 2 * sizeof(float) * mica_model_parameters(m) <= adam, "%llu bytes with Adam, %llu with SGD",
	          (unsigned long long)adam, (unsigned long long)device_bytes(ctx));
	mica_close(ctx);
}

/* Data sets share memory, whichever goes first, and a data set may go when its fit is over. */
Test(lifetimes, data_sets_go_in_any_order)
{
	mica_context *ctx = open_any();
	mica_model *m = small_model(ctx, 20, 0);
	mica_dataset *d = hashed(ctx, 64, 20), *part = mica_dataset_range(d, 32, 64), *last = mica_dataset_range(part, 0, 8);
	mica_logs whole, again;

	OK(mica_evaluate(m, last, &whole));
	mica_dataset_destroy(d);
	mica_dataset_destroy(part);
	OK(mica_evaluate(m, last, &again));
	cr_expect(mica_log(&whole, "loss") == mica_log(&again, "loss"));
	OK(mica_fit(m, last));
	mica_dataset_destroy(last);
	OK(mica_fit(m, hashed(ctx, 8, 20))); /* the same steps */
	mica_close(ctx);
}

typedef struct doomed {
	mica_model *m;
	mica_dataset *d;
	size_t epochs;
} doomed;

static mica_status destroy_both(mica_training *t, void *payload)
{
	doomed *v = payload;

	v->epochs = t->epoch;
	mica_model_destroy(v->m);
	mica_dataset_destroy(v->d);
	v->m = NULL;
	v->d = NULL;
	return MICA_OK;
}

Test(lifetimes, destroyed_while_trained)
{
	mica_context *ctx = open_any();
	uint64_t before = device_bytes(ctx);
	doomed v = {.m = small_model(ctx, 20, 0), .d = hashed(ctx, 64, 20)};

	OK(mica_fit(v.m, v.d, .epochs = 3, .callbacks = {mica_custom_callback(.on_epoch_end = destroy_both, .payload = &v)}));
	cr_expect(v.epochs == 3 && device_bytes(ctx) == before, "%zu epochs, %llu bytes", v.epochs,
	          (unsigned long long)device_bytes(ctx));
	mica_close(ctx);
}

/* What a function of the user's may do to the model while a call of the model asks it. */
enum { RECOMPILE = 1, ADD_LAYER, DESTROY };
typedef struct meddler {
	mica_model *m;
	mica_dataset *d;
	int what;
	bool done;
	mica_status st;
} meddler;

static mica_var meddle(mica_var y_true, mica_var y_pred, const void *payload)
{
	meddler *v = (meddler *)(uintptr_t)payload;

	if (!v->done) {
		v->done = true;
		if (v->what == RECOMPILE)
			v->st = mica_compile(v->m, .loss = mica_mean_squared_error());
		if (v->what == ADD_LAYER)
			mica_add(v->m, mica_dense(3));
		if (v->what == DESTROY) {
			mica_model_destroy(v->m);
			mica_dataset_destroy(v->d);
		}
	}
	return mica_op_square(mica_op_sub(y_pred, y_true));
}

static mica_model *meddled(mica_context *ctx, meddler *v)
{
	mica_model *m = mica_sequential(ctx, .seed = 3);

	mica_add(m, mica_input(2));
	mica_add(m, mica_dense(1));
	OK(mica_compile(m, .optimizer = mica_sgd(), .loss = mica_custom_loss(.score = meddle, .payload = v, .name = "meddle")));
	return m;
}

Test(lifetimes, functions_that_change_the_model_under_a_call)
{
	static const float x[8] = {1, 2, 3, 4, 5, 6, 7, 8}, y[4] = {1, 2, 3, 4};
	mica_context *ctx = mica_open(&(mica_open_opts){.device = "reference"});
	mica_logs s;

	cr_assert(ctx, "%s", mica_error(NULL));
	for (int what = RECOMPILE; what <= DESTROY; what++)
		for (int fit = 0; fit < 2; fit++) {
			meddler v = {.what = what};
			v.m = meddled(ctx, &v);
			v.d = mica_dataset_arrays(ctx, x, MICA_F32, MICA_SHAPE(4, 2), y, MICA_F32, MICA_SHAPE(4, 1), 0);
			OK(fit ? mica_fit(v.m, v.d, .epochs = 1) : mica_evaluate(v.m, v.d, &s));
			cr_expect(v.done);
			cr_expect(mica_ok(ctx) == (what == DESTROY), "%s", mica_error(ctx));
			cr_expect(what == DESTROY || strstr(mica_error(ctx), "is at work"), "%s", mica_error(ctx));
			cr_expect(what != RECOMPILE || v.st == MICA_EINVAL);
			mica_clear(ctx);
			if (what == RECOMPILE) { /* nothing has changed: it trains as before, and may be compiled now */
				OK(mica_fit(v.m, v.d, .epochs = 1));
				OK(mica_compile(v.m, .loss = mica_mean_squared_error()));
			}
		}
	mica_close(ctx);
}

/* Requests of every size: a bounded number of plans, the same figures whatever is found or made anew. */
Test(lifetimes, predicting_does_not_grow)
{
	mica_context *ctx = open_any();
	mica_model *m = small_model(ctx, 4, 0);
	float x[20 * 4], first[20 * 10], p[20 * 10];
	uint64_t most = 0;

	for (size_t i = 0; i < 80; i++)
		x[i] = (float)hash_unit((uint32_t)i, 3);
	OK(mica_predict(m, MICA_ARRAY(x, 20, 4), first, sizeof first, .batch_size = 20));
	for (int round = 0; round < 2; round++)
		for (size_t n = 1; n <= 20; n++) { /* more than are kept */
			OK(mica_predict(m, MICA_ARRAY(x, n, 4), p, n * 10 * sizeof *p, .batch_size = 20));
			for (size_t i = 0; i < n * 10; i++)
				cr_assert(near((double)p[i], (double)first[i], 1e-6, 1e-7), "%zu rows [%zu]", n, i);
			if (round == 0 && most < device_bytes(ctx))
				most = device_bytes(ctx);
		}
	cr_expect(device_bytes(ctx) <= most, "%llu bytes, then %llu", (unsigned long long)most, (unsigned long long)device_bytes(ctx));
	mica_close(ctx);
}

/* Numbers of any type as they are, scaled as said; what does not fit is refused and leaves the model good. */
Test(lifetimes, predicts_from_arrays_of_any_type)
{
	mica_context *ctx = open_any();
	mica_model *m = small_model(ctx, 4, 0);
	uint8_t bytes[4] = {0, 51, 102, 255};
	int whole[4] = {0, 1, 2, 5};
	float reals[4] = {0, 51 / 255.0f, 102 / 255.0f, 1}, large[4] = {0, 1, 2, 5}, a[10], b[10];
	double wide[4] = {0, 1, 2, 5};

	OK(mica_predict(m, MICA_ARRAY(bytes, 1, 4), a, sizeof a));
	OK(mica_predict(m, MICA_ARRAY(reals, 1, 4), b, sizeof b));
	for (size_t i = 0; i < 10; i++)
		cr_expect(near((double)a[i], (double)b[i], 1e-6, 0));
	OK(mica_predict(m, MICA_ARRAY(whole, 1, 4), a, sizeof a));
	OK(mica_predict(m, MICA_ARRAY(large, 1, 4), b, sizeof b));
	cr_expect(!memcmp(a, b, sizeof a));
	OK(mica_predict(m, MICA_ARRAY(wide, 1, 4), b, sizeof b));
	cr_expect(!memcmp(a, b, sizeof a));
	cr_expect(mica_predict(m, ((mica_array){reals, (mica_dtype)99, {2, {1, 4}}, 0}), a, sizeof a) == MICA_EINVAL, "%s", mica_error(NULL));
	cr_expect(mica_predict(m, MICA_ARRAY(reals, 4), a, sizeof a) == MICA_ESHAPE, "%s", mica_error(NULL));
	cr_expect(mica_predict(m, MICA_ARRAY(reals, 0, 4), a, 0) == MICA_EINVAL, "%s", mica_error(NULL));
	cr_expect(mica_predict(m, MICA_ARRAY((float *)NULL, 1, 4), a, sizeof a) == MICA_EINVAL, "%s", mica_error(NULL));
	cr_expect(mica_predict(m, ((mica_array){reals, MICA_F32, {99, {1}}, 0}), a, sizeof a) == MICA_EINVAL, "%s", mica_error(NULL));
	cr_expect(mica_predict(m, MICA_ARRAY(reals, 1, 4), NULL, 0) == MICA_EINVAL, "%s", mica_error(NULL));
	OK(mica_predict(m, MICA_ARRAY(reals, 1, 4), b, sizeof b));
	mica_close(ctx);
}

Test(lifetimes, a_layer_added_after_predict_is_seen)
{
	mica_context *ctx = open_any();
	mica_model *m = mica_sequential(ctx);
	float x[2] = {-1, 2}, p[2];

	mica_add(m, mica_input(2));
	mica_add(m, mica_activation_layer(MICA_LINEAR));
	OK(mica_predict(m, MICA_ARRAY(x, 1, 2), p, sizeof p));
	cr_expect(p[0] == -1 && p[1] == 2);
	mica_add(m, mica_activation_layer(MICA_RELU));
	OK(mica_predict(m, MICA_ARRAY(x, 1, 2), p, sizeof p));
	cr_expect(p[0] == 0 && p[1] == 2);
	mica_close(ctx);
}

/* "Use smaller batches" helps, on the same model. */
Test(lifetimes, smaller_batches_after_a_budget)
{
	mica_context *ctx = open_budget(3000000);
	mica_dataset *d = hashed(ctx, 4096, 20);
	mica_model *m = mica_sequential(ctx);

	mica_add(m, mica_input(20));
	mica_add(m, mica_dense(1000, .activation = MICA_RELU));
	mica_add(m, mica_dense(10, .activation = MICA_SOFTMAX));
	OK(mica_compile(m, .optimizer = mica_sgd(), .loss = mica_sparse_categorical_crossentropy()));
	cr_expect(mica_fit(m, d, .batch_size = 4096) == MICA_EBUDGET, "%s", mica_error(NULL));
	cr_expect(!mica_ok(ctx) && strstr(mica_error(ctx), "smaller batches"), "%s", mica_error(ctx));
	mica_clear(ctx);
	OK(mica_fit(m, d, .batch_size = 64));
	OK(mica_fit(m, d, .batch_size = 32));
	cr_expect(mica_ok(ctx), "what was tried and done another way leaves no trace: %s", mica_error(ctx));
	mica_close(ctx);
}

/* More than there are: the whole data is one batch; no size near the end of size_t gets anywhere. */
Test(lifetimes, batches_larger_than_the_data)
{
	mica_context *ctx = open_any();
	mica_dataset *d = hashed(ctx, 40, 20);
	mica_model *a = small_model(ctx, 20, 0), *b = small_model(ctx, 20, 0);
	float p[400], q[400];
	mica_logs s, t;

	OK(mica_fit(a, d, .epochs = 2, .batch_size = 2147483647));
	OK(mica_fit(b, d, .epochs = 2, .batch_size = 40));
	same_weights(a, b);
	OK(mica_evaluate(a, d, &s, .batch_size = 2000000000));
	OK(mica_evaluate(b, d, &t, .batch_size = 40));
	cr_expect(mica_log(&s, "loss") == mica_log(&t, "loss"));
	OK(mica_predict(a, mica_dataset_samples(d), p, sizeof p, .batch_size = 2000000000));
	OK(mica_predict(b, mica_dataset_samples(d), q, sizeof q, .batch_size = 40));
	cr_expect(!memcmp(p, q, sizeof p));
	cr_expect(mica_fit(a, d, .batch_size = (long)1 << 61) != MICA_OK);
	mica_close(ctx);
}

/* ---- callbacks ---- */

typedef struct curious {
	mica_model *m;
	const mica_dataset *d;
	size_t asked, stop_after;
} curious;

static mica_status evaluate_and_go_on(mica_training *t, void *payload)
{
	curious *c = payload;
	mica_logs s;
	float p[200 * 10];

	(void)t;
	OK(mica_evaluate(c->m, c->d, &s));
	OK(mica_predict(c->m, mica_dataset_samples(c->d), p, mica_dataset_count(c->d) * 10 * sizeof *p));
	c->asked++;
	return MICA_OK;
}

/* Between any two bursts of steps, of training and of validation with the same steps. */
Test(lifetimes, evaluating_while_training_changes_nothing)
{
	mica_context *ctx = open_any();
	mica_dataset *d = hashed(ctx, 200, 20), *other = mica_dataset_range(d, 100, 200);
	curious c = {.m = small_model(ctx, 20, 0.2), .d = other};
	mica_model *b = small_model(ctx, 20, 0.2);
	mica_epoch with[3], without[3];

	OK(mica_fit(c.m, d, .epochs = 3, .validation_data = other, .history = with,
	            .callbacks = {mica_custom_callback(.on_burst_end = evaluate_and_go_on, .payload = &c)}));
	OK(mica_fit(b, d, .epochs = 3, .validation_data = other, .history = without));
	same_weights(c.m, b);
	cr_expect(c.asked > 3);
	for (size_t i = 0; i < 3; i++)
		cr_expect(same_logs(&with[i].logs, &without[i].logs), "epoch %zu", i);
	mica_close(ctx);
}

typedef struct insistent {
	mica_model *m;
	const mica_dataset *d;
	size_t refused;
} insistent;

static mica_status train_within(mica_training *t, void *payload)
{
	insistent *v = payload;
	mica_logs s;

	(void)t;
	v->refused += mica_fit(v->m, v->d) == MICA_EINVAL && strstr(mica_error(NULL), "is being trained already");
	v->refused += mica_train_on_batch(v->m, v->d, &s) == MICA_EINVAL && strstr(mica_error(NULL), "is being trained already");
	v->refused += mica_compile(v->m, .loss = mica_mean_squared_error()) == MICA_EINVAL && strstr(mica_error(NULL), "is at work");
	return MICA_OK;
}

/* What would train it in the middle of a training is refused, and leaves that as it is. */
Test(lifetimes, training_within_a_training_is_refused)
{
	mica_context *ctx = open_any();
	mica_dataset *d = hashed(ctx, 96, 20);
	insistent v = {.m = small_model(ctx, 20, 0.2), .d = d};
	mica_model *b = small_model(ctx, 20, 0.2);

	OK(mica_fit(v.m, d, .epochs = 2, .validation_data = d, .callbacks = {mica_custom_callback(.on_epoch_end = train_within,
	            .on_train_batch_end = train_within, .on_test_begin = train_within, .payload = &v)}));
	OK(mica_fit(b, d, .epochs = 2, .validation_data = d));
	cr_expect(v.refused == 3 * (2 + 6 + 2), "%zu", v.refused);
	same_weights(v.m, b);
	OK(mica_fit(v.m, d));
	mica_close(ctx);
}

static mica_status stop_after(mica_training *t, void *payload)
{
	curious *c = payload;

	return t->epoch >= c->stop_after ? MICA_EINTERRUPTED : MICA_OK;
}

/* Early stopping: the weights are those that the epoch ended with. */
Test(lifetimes, a_stop_from_on_epoch_end_comes_at_once)
{
	mica_context *ctx = open_any();
	mica_dataset *d = hashed(ctx, 320, 20);
	mica_model *a = small_model(ctx, 20, 0.1), *b = small_model(ctx, 20, 0.1);
	curious c = {.stop_after = 2};
	size_t done = 0;

	cr_expect(mica_fit(a, d, .epochs = 5, .callbacks = {mica_custom_callback(.on_epoch_end = stop_after, .payload = &c)},
	                   .epochs_done = &done) == MICA_EINTERRUPTED);
	OK(mica_fit(b, d, .epochs = 2));
	cr_expect(done == 1 && mica_ok(ctx)); /* the second was not reported */
	same_weights(a, b);
	mica_close(ctx);
}

/* ---- what only the second use shows ---- */

static mica_model *line(mica_context *ctx, mica_loss loss)
{
	mica_model *m = mica_sequential(ctx, .seed = 3);

	mica_add(m, mica_input(1));
	mica_add(m, mica_dense(1, .kernel_initializer = MICA_ONES));
	OK(mica_compile(m, .optimizer = mica_sgd(.learning_rate = 0.125), .loss = loss));
	return m;
}

/* The second epoch takes the samples in another order than the first. */
Test(lifetimes, orders_depend_on_the_epoch)
{
	mica_context *ctx = open_any();
	mica_dataset *d = hashed(ctx, 128, 20);
	mica_model *m[2] = {small_model(ctx, 20, 0), small_model(ctx, 20, 0)};
	size_t n;

	for (int i = 0; i < 2; i++)
		OK(mica_compile(m[i], .optimizer = mica_sgd(), .loss = mica_sparse_categorical_crossentropy()));
	OK(mica_fit(m[0], d, .epochs = 2));
	OK(mica_fit(m[1], d));
	OK(mica_compile(m[1], .optimizer = mica_sgd(), .loss = mica_sparse_categorical_crossentropy())); /* the first epoch again */
	OK(mica_fit(m[1], d));
	float *a = all_weights(m[0], &n), *b = all_weights(m[1], &n);
	cr_expect(memcmp(a, b, n * sizeof *a) != 0);
	free(a);
	free(b);
	mica_close(ctx);
}

/* w and b by hand: the last batch of one sample counts as a whole step, divided by one. */
Test(lifetimes, the_last_batch_is_divided_by_its_own_size)
{
	mica_context *ctx = open_any();
	static const float x[3] = {1, 2, 0.5f}, y[3] = {2, 1, 3};
	mica_dataset *d = mica_dataset_arrays(ctx, x, MICA_F32, MICA_SHAPE(3, 1), y, MICA_F32, MICA_SHAPE(3, 1), 0);
	mica_model *m = line(ctx, mica_mean_squared_error());
	double w = 1, b = 0;
	float got[2];

	for (size_t from = 0; from < 3; from += 2) {
		size_t n = from + 2 < 3 ? 2 : 3 - from;
		double dw = 0, db = 0;
		for (size_t i = from; i < from + n; i++) {
			double e = w * (double)x[i] + b - (double)y[i];
			dw += 2 * e * (double)x[i] / (double)n;
			db += 2 * e / (double)n;
		}
		w -= 0.125 * dw;
		b -= 0.125 * db;
	}
	OK(mica_fit(m, d, .batch_size = 2, .no_shuffle = true));
	OK(mica_value_read(mica_model_find(m, "dense/kernel"), &got[0], sizeof got[0]));
	OK(mica_value_read(mica_model_find(m, "dense/bias"), &got[1], sizeof got[1]));
	cr_expect(near((double)got[0], w, 1e-6, 0) && near((double)got[1], b, 1e-6, 0), "%g %g instead of %g %g", (double)got[0],
	          (double)got[1], w, b);
	mica_close(ctx);
}

/* Labels of (n), outputs of (n, 1): a custom loss sees them in one shape, so that nothing broadcasts. */
static mica_var absolute(mica_var y_true, mica_var y_pred, const void *payload)
{
	(void)payload;
	return mica_op_abs(mica_op_sub(y_pred, y_true));
}

Test(lifetimes, labels_have_the_outputs_shape)
{
	mica_context *ctx = open_any();
	static const float x[4] = {1, 2, 3, 4}, y[4] = {4, -2, 0, 9};
	mica_dataset *flat = mica_dataset_arrays(ctx, x, MICA_F32, MICA_SHAPE(4, 1), y, MICA_F32, MICA_SHAPE(4), 0);
	mica_model *m = line(ctx, mica_custom_loss(.score = absolute, .name = "absolute"));
	mica_logs s;

	OK(mica_compile(m, .loss = mica_custom_loss(.score = absolute, .name = "absolute"), .metrics = {mica_custom_metric(.score = absolute, .name = "again")}));
	OK(mica_evaluate(m, flat, &s));
	cr_expect(mica_log(&s, "loss") == (3 + 4 + 3 + 5) / 4.0 && metric_of(&s) == mica_log(&s, "loss"), "%g and %g", mica_log(&s, "loss"),
	          metric_of(&s));
	mica_close(ctx);
}

/* Two draws of one layer; a weight that only training asks for. */
static mica_var twice_drawn(mica_build *b, mica_var x, void *payload)
{
	(void)payload;
	if (!mica_layer_training(b))
		return x;
	mica_var a = mica_layer_random(b, mica_var_shape(x)), c = mica_layer_random(b, mica_var_shape(x));
	mica_var w = mica_weight(b, "only_training", MICA_SHAPE(mica_var_shape(x).dim[1]), .initializer = MICA_ZEROS);

	return mica_op_add(mica_op_add(x, mica_op_abs(mica_op_sub(a, c))), mica_op_mulc(w, 1));
}

static mica_var output_itself(mica_var y_true, mica_var y_pred, const void *payload)
{
	(void)y_true;
	(void)payload;
	return mica_op_mean(y_pred, MICA_AXIS(1), false);
}

Test(lifetimes, draws_differ_and_training_has_its_own_weight)
{
	mica_context *ctx = open_any();
	mica_model *m = mica_sequential(ctx);
	static float x[8 * 50], y[8];
	float w[50];
	mica_epoch e;

	mica_add(m, mica_input(50));
	mica_add(m, mica_custom_layer(.call = twice_drawn, .name = "own"));
	OK(mica_compile(m, .optimizer = mica_sgd(.learning_rate = 1), .loss = mica_custom_loss(.score = output_itself, .name = "itself")));
	OK(mica_fit(m, mica_dataset_arrays(ctx, x, MICA_F32, MICA_SHAPE(8, 50), y, MICA_F32, MICA_SHAPE(8), 0), .history = &e));
	cr_expect(mica_log(&e.logs, "loss") > 0.28 && mica_log(&e.logs, "loss") < 0.39, "the mean distance of two uniform numbers is 1/3, not %g", mica_log(&e.logs, "loss"));
	cr_expect(mica_model_parameters(m) == 50);
	OK(mica_value_read(mica_model_find(m, "own/only_training"), w, sizeof w));
	cr_expect(near((double)w[49], -1 / 50.0, 1e-6, 0), "%g", (double)w[49]);
	mica_close(ctx);
}

/* Functions that ask for one thing more at every call, so that no number counted before it holds: weights of a layer, slots of an
   optimizer, states of a metric. */
enum { MOST_ASKED = 30 };
static const char *name_of(size_t i)
{
	static char name[16];

	snprintf(name, sizeof name, "more_%zu", i);
	return name;
}

static mica_var more_weights(mica_build *b, mica_var x, void *calls)
{
	size_t n = ++*(size_t *)calls;

	for (size_t i = 0; i < n && i < MOST_ASKED; i++)
		x = mica_op_mul(x, mica_weight(b, name_of(i), MICA_SHAPE(1), .initializer = MICA_ONES));
	return x;
}

static mica_var more_slots(mica_update *u, const void *calls)
{
	size_t n = ++*(size_t *)(uintptr_t)calls;

	for (size_t i = 0; i < n && i < MOST_ASKED; i++)
		mica_slot_assign(u, name_of(i), mica_op_addc(mica_slot(u, name_of(i), 0), 1));
	return mica_op_sub(u->variable, mica_op_mul(u->gradient, u->rate));
}

static void more_states(mica_tally *t, mica_var y_true, mica_var y_pred, const void *calls)
{
	size_t n = ++*(size_t *)(uintptr_t)calls;

	(void)y_true;
	for (size_t i = 0; i < n && i < MOST_ASKED; i++)
		mica_tally_add(t, name_of(i), mica_op_sum(mica_op_mulc(y_pred, 0), MICA_ALL_AXES, false));
}

static mica_var first_state(mica_tally *t, const void *calls)
{
	(void)calls;
	return mica_tally_value(t, name_of(0));
}

Test(lifetimes, functions_may_ask_for_more_at_every_call)
{
	mica_context *ctx = open_any();
	static const float x[11] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
	mica_dataset *d = mica_dataset_arrays(ctx, x, MICA_F32, MICA_SHAPE(11, 1), x, MICA_F32, MICA_SHAPE(11, 1), 1.0 / 16);
	mica_model *m = mica_sequential(ctx, .seed = 3);
	size_t calls[3] = {0};
	mica_logs s;

	mica_add(m, mica_input(1));
	mica_add(m, mica_custom_layer(.call = more_weights, .payload = &calls[0], .name = "own"));
	mica_add(m, mica_dense(1));
	OK(mica_compile(m, .optimizer = mica_custom_optimizer(.update = more_slots, .payload = &calls[1], .learning_rate = 0.01),
	                .loss = mica_mean_squared_error(),
	                .metrics = {mica_custom_metric(.accumulate = more_states, .result = first_state, .payload = &calls[2], .name = "zero")}));
	OK(mica_fit(m, d, .batch_size = 4, .epochs = 2, .validation_data = d)); /* a last batch of 3, and a first of more */
	OK(mica_fit(m, d, .batch_size = 5));
	OK(mica_evaluate(m, d, &s, .batch_size = 2));
	cr_expect(isfinite(mica_log(&s, "loss")) && mica_log(&s, "zero") == 0);
	cr_expect(calls[0] > 2 && calls[1] > 2 && calls[2] > 2 && mica_model_parameters(m) > 4, "%zu, %zu and %zu calls", calls[0], calls[1], calls[2]);
	mica_close(ctx);
}

/* ---- values ---- */

Test(lifetimes, a_model_lists_its_values)
{
	mica_context *ctx = open_any();
	mica_model *m = small_model(ctx, 20, 0);
	int32_t step;

	for (size_t trained = 0; trained < 2; trained++) {
		size_t n[6] = {0};
		for (size_t i = 0; mica_model_value(m, i); i++)
			n[mica_value_role(mica_model_value(m, i))]++;
		cr_expect(n[MICA_ROLE_WEIGHT] == 4 && n[MICA_ROLE_SLOT] == 8 && n[MICA_ROLE_COUNTER] == 3 && n[MICA_ROLE_METRIC] == (trained ? 3 : 1),
		          "%zu %zu %zu %zu", n[MICA_ROLE_WEIGHT], n[MICA_ROLE_SLOT], n[MICA_ROLE_COUNTER], n[MICA_ROLE_METRIC]);
		if (!trained)
			OK(mica_fit(m, hashed(ctx, 96, 20)));
	}
	OK(mica_value_read(mica_model_find(m, "step"), &step, sizeof step));
	cr_expect(step == 3, "%d steps", (int)step);
	cr_expect(mica_model_find(m, "dense/kernel") == mica_model_weight(m, 0) && mica_model_find(m, "dense_1/bias/velocity") != NULL);
	cr_expect(!mica_model_find(m, "dense/none") && !mica_model_find(m, NULL) && !mica_model_find(NULL, "step"));
	mica_close(ctx);
}

/* A graph of one's own reads the weights of a model while fit changes them, and keeps them when the model is gone. */
Test(lifetimes, a_graph_shares_a_models_weights)
{
	mica_context *ctx = open_any();
	static const float x[4] = {1, 2, 3, 4}, y[4] = {2, 4, 6, 8};
	mica_dataset *d = mica_dataset_arrays(ctx, x, MICA_F32, MICA_SHAPE(4, 1), y, MICA_F32, MICA_SHAPE(4, 1), 0);
	mica_model *m = line(ctx, mica_mean_squared_error());
	mica_graph *g = mica_graph_create(ctx);
	mica_var doubled = mica_op_mulc(mica_graph_value(g, mica_model_find(m, "dense/kernel")), 2);
	mica_plan *p = NULL;
	float w, got = 0;

	OK(mica_plan_create(&p, &doubled, 1, NULL));
	mica_graph_destroy(g);
	for (int epoch = 0; epoch < 3; epoch++) {
		OK(mica_fit(m, d));
		OK(mica_value_read(mica_model_weight(m, 0), &w, sizeof w));
		OK(mica_plan_run(p, 1));
		OK(mica_plan_fetch(p, 0, &got, sizeof got));
		cr_expect(got == 2 * w && w != 1, "%g and %g", (double)got, (double)w);
	}
	mica_model_destroy(m);
	OK(mica_plan_run(p, 1));
	OK(mica_plan_fetch(p, 0, &got, sizeof got));
	cr_expect(got == 2 * w);
	mica_close(ctx);
}

Test(lifetimes, nothing_crashes_on_nothing)
{
	mica_context *ctx = open_any();
	mica_dataset *d = hashed(ctx, 8, 20);
	mica_logs s;
	float p[80];

	mica_add(NULL, mica_dense(3));
	cr_expect(mica_compile(NULL, .loss = mica_mean_squared_error()) == MICA_EINVAL && mica_model_compile(NULL, NULL) == MICA_EINVAL);
	cr_expect(mica_model_fit(NULL, NULL, NULL) == MICA_EINVAL && mica_model_evaluate(NULL, NULL, NULL, NULL) == MICA_EINVAL);
	cr_expect(mica_predict(NULL, MICA_ARRAY(p, 8, 20), p, sizeof p) == MICA_EINVAL && mica_evaluate(NULL, d, &s) == MICA_EINVAL);
	cr_expect(mica_save(NULL, NULL) == MICA_EINVAL && mica_load(NULL, NULL) == MICA_EINVAL && mica_summary(NULL, NULL, NULL) == MICA_EINVAL);
	cr_expect(mica_model_weight(NULL, 0) == NULL && mica_model_value(NULL, 0) == NULL && mica_model_parameters(NULL) == 0);
	cr_expect(mica_model_status(NULL) == MICA_EINVAL && mica_model_output_shape(NULL).rank == 0);
	cr_expect(mica_model_describe(NULL).launches_per_step == 0 && mica_model_print_plan(NULL, false, NULL, 0) == 0);
	cr_expect(mica_dataset_samples(NULL).data == NULL && mica_model_sequential(NULL, NULL) == NULL);
	mica_model *m = small_model(ctx, 20, 0);
	cr_expect(mica_fit(m, NULL) == MICA_EINVAL && mica_evaluate(m, NULL, &s) == MICA_EINVAL && mica_model_compile(m, NULL) == MICA_EINVAL);
	mica_close(ctx);
}
