/* SPDX-License-Identifier: MIT */
/* model/test_callbacks.c - when callbacks are told what, what their hooks may do, and what the library's own decide. */
#include "model/callback_rig.h"

/* ---- hooks ---- */

NOTE(train_begin, "(")
NOTE(train_end, ")")
NOTE(epoch_begin, "E")
NOTE(epoch_end, "e")
NOTE(batch_begin, "B")
NOTE(batch_end, "b")
NOTE(test_begin, "T")
NOTE(test_end, "t")
NOTE(test_batch_begin, "V")
NOTE(test_batch_end, "v")
NOTE(predict_begin, "P")
NOTE(predict_end, "p")
NOTE(predict_batch_begin, "O")
NOTE(predict_batch_end, "o")

static mica_callback note_all(transcript *t)
{
	static mica_custom_callback_opts all = {
		MICA_OPTS(mica_custom_callback_opts), .on_train_begin = train_begin, .on_train_end = train_end, .on_epoch_begin = epoch_begin,
		.on_epoch_end = epoch_end, .on_train_batch_begin = batch_begin, .on_train_batch_end = batch_end, .on_test_begin = test_begin,
		.on_test_end = test_end, .on_test_batch_begin = test_batch_begin, .on_test_batch_end = test_batch_end,
		.on_predict_begin = predict_begin, .on_predict_end = predict_end, .on_predict_batch_begin = predict_batch_begin,
		.on_predict_batch_end = predict_batch_end,
	};

	all.payload = t;
	return MICA_PART(mica_callback, &mica_kind_custom_callback, &all);
}

/* As Keras calls them. */
Test(callbacks, are_told_in_order)
{
	mica_context *ctx = open_any();
	transcript t = {0};

	OK(mica_fit(small_model(ctx, 4, 0), hashed(ctx, 40, 4), .epochs = 2, .batch_size = 16, .validation_data = hashed(ctx, 8, 4), .validation_freq = 2,
	            .callbacks = {note_all(&t)}));
	cr_expect_str_eq(t.text, "(0.0 E1.0 B1.0 b1.1 B1.1 b1.2 B1.2 b1.3 e1.3 "
	                 "E2.0 B2.0 b2.1 B2.1 b2.2 B2.2 b2.3 T2.0 V2.0 v2.1 t2.1 e2.3 )2.3 ");
	mica_close(ctx);
}

Test(callbacks, are_told_of_evaluating_and_predicting)
{
	mica_context *ctx = open_any();
	mica_model *m = small_model(ctx, 4, 0);
	mica_dataset *d = hashed(ctx, 40, 4);
	transcript t = {0};
	float p[40 * 10];
	mica_logs s;

	OK(mica_evaluate(m, d, &s, .batch_size = 20, .callbacks = {note_all(&t)}));
	OK(mica_predict(m, mica_dataset_samples(d), p, sizeof p, .batch_size = 30, .callbacks = {note_all(&t)}));
	cr_expect_str_eq(t.text, "T0.0 V0.0 v0.1 V0.1 v0.2 t0.2 P0.0 O0.0 o0.1 O0.1 o0.2 p0.2 ");
	mica_close(ctx);
}

/* ---- a kind of one's own ---- */

typedef struct counting_opts { size_t size; long every; size_t *told, *freed; } counting_opts;
typedef struct counting { size_t steps, *freed; } counting;

static mica_status count_step(mica_training *t, const void *options)
{
	const counting_opts *o = options;
	counting *c = t->state;

	cr_expect(c->steps + 1 == t->step, "a state is kept from step to step, and begins with zeros");
	c->freed = o->freed;
	*o->told += ++c->steps % (size_t)o->every == 0;
	return MICA_OK;
}

static void note_end(void *state)
{
	const counting *c = state;

	if (c->freed)
		++*c->freed;
}

static bool counts(const void *options)
{
	return ((const counting_opts *)options)->every < 100;
}

/* Its options have defaults and ranges; a hook that is not needed by these options lets steps run in bursts. */
Test(callbacks, may_be_kinds_of_ones_own)
{
	static const mica_field fields[] = {MICA_FIELD_LONG(counting_opts, every, .otherwise = 2, MICA_COUNT_FROM(1))};
	static const mica_hooks hooks = {.state = sizeof(counting), .by_step = counts, .free = note_end, .on_train_batch_end = count_step}, none = {.state = 0};
	static const mica_kind kind = {"mine/counting", .type = MICA_CALLBACK, .size = sizeof(counting_opts), MICA_FIELDS(fields), .hooks = &hooks};
	static const mica_kind idle = {"mine/idle", .type = MICA_CALLBACK, .hooks = &none}, empty = {"mine/empty", .type = MICA_CALLBACK};
	mica_context *ctx = open_any();
	mica_dataset *d = hashed(ctx, 64, 4);
	mica_model *m = small_model(ctx, 4, 0);
	size_t told = 0, freed = 0;
	counting_opts o = {sizeof o, 0, &told, &freed};

	OK(mica_fit(m, d, .batch_size = 8, .callbacks = {MICA_PART(mica_callback, &kind, &o), MICA_PART(mica_callback, &idle, NULL)}));
	cr_expect(told == 4 && freed == 1, "%zu %zu", told, freed);
	o.every = 100;
	OK(mica_fit(m, d, .batch_size = 8, .callbacks = {MICA_PART(mica_callback, &kind, &o)}));
	cr_expect(told == 4 && freed == 1);
	o.every = -3;
	cr_expect(mica_fit(m, d, .callbacks = {MICA_PART(mica_callback, &kind, &o)}) == MICA_EINVAL && strstr(mica_error(NULL), "every is -3"));
	cr_expect(mica_fit(m, d, .callbacks = {MICA_PART(mica_callback, &empty, NULL)}) == MICA_EINVAL && strstr(mica_error(NULL), "has no hooks"));
	mica_close(ctx);
}

static mica_status stop_in_step_2(mica_training *t, void *payload)
{
	(void)payload;
	if (t->step == 2)
		mica_stop_training(t);
	return MICA_OK;
}

/* The epoch ends with its validation all the same, as Keras has it; the figures are those of the steps that were done. */
Test(callbacks, stop_at_the_step_they_say)
{
	mica_context *ctx = open_any();
	mica_dataset *d = hashed(ctx, 64, 4);
	mica_model *a = small_model(ctx, 4, 0), *b = small_model(ctx, 4, 0);
	transcript t = {0};
	mica_epoch e, first;

	OK(mica_fit(a, d, .epochs = 9, .batch_size = 16, .no_shuffle = true, .validation_data = hashed(ctx, 8, 4), .history = &e,
	            .callbacks = {mica_custom_callback(.on_train_batch_end = stop_in_step_2), note_all(&t)}));
	cr_expect_str_eq(t.text, "(0.0 E1.0 B1.0 b1.1 B1.1 b1.2 T1.0 V1.0 v1.1 t1.1 e1.2 )1.2 ");
	OK(mica_fit(b, mica_dataset_range(d, 0, 32), .batch_size = 16, .no_shuffle = true, .history = &first));
	same_weights(a, b);
	cr_expect(mica_log(&e.logs, "loss") == mica_log(&first.logs, "loss") && isfinite(mica_log(&e.logs, "val_loss")));
	mica_close(ctx);
}

static mica_status stop(mica_training *t, void *payload)
{
	(void)payload;
	mica_stop_training(t);
	return MICA_OK;
}

/* Before there is a step: one is done, as Keras has it. */
Test(callbacks, may_stop_before_the_first_step)
{
	mica_context *ctx = open_any();
	transcript t = {0};

	OK(mica_fit(small_model(ctx, 4, 0), hashed(ctx, 64, 4), .epochs = 9, .batch_size = 16,
	            .callbacks = {mica_custom_callback(.on_epoch_begin = stop), note_all(&t)}));
	cr_expect_str_eq(t.text, "(0.0 E1.0 B1.0 b1.1 e1.1 )1.1 ");
	mica_close(ctx);
}

static mica_status fail(mica_training *t, void *payload)
{
	(void)t;
	return *(mica_status *)payload;
}

Test(callbacks, end_the_call_by_failing)
{
	mica_context *ctx = open_any();
	mica_dataset *d = hashed(ctx, 32, 4);
	mica_model *m = small_model(ctx, 4, 0);
	transcript t = {0};
	mica_status st = MICA_EINTERRUPTED;
	mica_logs s;

	cr_expect(mica_fit(m, d, .callbacks = {mica_custom_callback(.on_train_batch_begin = fail, .payload = &st), note_all(&t)}) == MICA_EINTERRUPTED);
	cr_expect_str_eq(t.text, "(0.0 E1.0 ");
	cr_expect(mica_ok(ctx) && strstr(mica_error(NULL), "stopped on request in epoch 1"), "%s", mica_error(NULL));
	st = MICA_EIO;
	cr_expect(mica_evaluate(m, d, &s, .callbacks = {mica_custom_callback(.on_test_end = fail, .payload = &st)}) == MICA_EIO);
	cr_expect(strstr(mica_error(NULL), "evaluate: a hook of custom_callback returned EIO"), "%s", mica_error(NULL));
	cr_expect(mica_fit(m, d, .callbacks = {MICA_PART(mica_callback, &mica_kind_relu, NULL)}) == MICA_EINVAL);
	cr_expect(strstr(mica_error(NULL), "relu is of type activation; give a part of type callback"), "%s", mica_error(NULL));
	mica_close(ctx);
}

typedef struct busy {
	mica_dataset *d;
	mica_model *destroyed;
	double loss;
} busy;

static mica_status use_the_model(mica_training *t, void *payload)
{
	busy *b = payload;
	mica_logs s;
	float p[40 * 10];

	OK(mica_evaluate(t->model, b->d, &s));
	cr_expect(mica_train_on_batch(t->model, b->d, &s) == MICA_EINVAL);
	OK(mica_predict(t->model, mica_dataset_samples(b->d), p, sizeof p));
	mica_model_destroy(b->destroyed);
	b->destroyed = NULL;
	OK(mica_read_logs(t));
	b->loss = mica_log(t->logs, "loss");
	return MICA_OK;
}

/* Also one that looks at the figures after each step. */
Test(callbacks, may_use_the_model_at_every_step)
{
	mica_context *ctx = open_any();
	mica_dataset *d = hashed(ctx, 40, 4);
	mica_model *a = small_model(ctx, 4, 0.2), *b = small_model(ctx, 4, 0.2);
	busy work = {.d = d};
	mica_epoch with[2], without[2];
	const mica_callback all = mica_custom_callback(.on_train_batch_begin = use_the_model, .on_train_batch_end = use_the_model,
	                                               .on_test_batch_begin = use_the_model, .on_epoch_begin = use_the_model, .payload = &work);

	OK(mica_fit(a, d, .epochs = 2, .batch_size = 16, .validation_split = 0.25, .history = with, .callbacks = {all}));
	OK(mica_fit(b, d, .epochs = 2, .batch_size = 16, .validation_split = 0.25, .history = without));
	same_weights(a, b);
	cr_expect(same_logs(&with[1].logs, &without[1].logs));
	work.destroyed = a;
	OK(mica_fit(a, d, .epochs = 2, .batch_size = 16, .history = with, .callbacks = {all}));
	cr_expect(work.loss == mica_log(&with[1].logs, "loss"));
	mica_close(ctx);
}

/* ---- options of fit ---- */

/* An epoch of two steps goes on where the last one ended, to the end of the data: of five batches two, two and one. */
Test(callbacks, see_epochs_of_some_steps)
{
	mica_context *ctx = open_any();
	mica_dataset *d = hashed(ctx, 76, 4);
	mica_model *a = small_model(ctx, 4, 0), *b = small_model(ctx, 4, 0);
	transcript t = {0};
	mica_epoch e[5];
	size_t done;
	mica_logs s;

	OK(mica_fit(a, d, .epochs = 7, .initial_epoch = 4, .steps_per_epoch = 2, .batch_size = 16, .validation_data = d, .validation_steps = 3,
	            .validation_batch_size = 8, .history = e, .epochs_done = &done, .callbacks = {mica_custom_callback(.on_epoch_end = epoch_end, .payload = &t)}));
	cr_expect_str_eq(t.text, "e5.2 e6.2 e7.1 ");
	OK(mica_fit(b, d, .batch_size = 16));
	same_weights(a, b);
	OK(mica_evaluate(a, d, &s, .batch_size = 8, .steps = 3));
	cr_expect(done == 3 && e[2].epoch == 7 && mica_log(&s, "loss") == mica_log(&e[2].logs, "val_loss"));
	OK(mica_evaluate(a, mica_dataset_range(d, 0, 24), &s, .batch_size = 8));
	cr_expect(mica_log(&s, "loss") == mica_log(&e[2].logs, "val_loss"));
	mica_close(ctx);
}

/* ---- the library's callbacks ---- */

static mica_status see_rate(mica_training *t, void *payload)
{
	script *s = payload;

	s->rates[t->epoch - 1] = mica_learning_rate(t->model);
	return MICA_OK;
}

Test(callbacks, stop_early_where_keras_does)
{
	const mica_callback cases[] = {
		mica_early_stopping(), mica_early_stopping(.patience = 2), mica_early_stopping(.patience = 3, .restore_best_weights = true),
		mica_early_stopping(.patience = 2, .min_delta = 0.05, .restore_best_weights = true),
		mica_early_stopping(.patience = 4, .baseline = 0.75, .restore_best_weights = true),
		mica_early_stopping(.patience = 2, .baseline = 0.5),
		mica_early_stopping(.patience = 1, .start_from_epoch = 6, .restore_best_weights = true),
		mica_early_stopping(.patience = 2, .mode = MICA_MODE_MAX, .restore_best_weights = true),
		mica_early_stopping(.patience = 50, .restore_best_weights = true), mica_early_stopping(.patience = 3, .min_delta = -0.1),
	};
	mica_context *ctx = open_any();
	mica_model *m = line(ctx, 0.1);
	mica_dataset *d = point(ctx);
	float kernel;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		script s = {.values = figures};
		OK(mica_fit(m, d, .epochs = 16, .callbacks = {mica_custom_callback(.on_epoch_end = give, .payload = &s), cases[i]}));
		OK(mica_value_read(mica_model_weight(m, 0), &kernel, sizeof kernel));
		cr_expect((int)s.epochs == golden_early_stopping[2 * i] && (int)kernel == golden_early_stopping[2 * i + 1],
		          "case %zu: %zu epochs, weights of %g; Keras %d and %d", i, s.epochs, (double)kernel, golden_early_stopping[2 * i],
		          golden_early_stopping[2 * i + 1]);
	}
	mica_close(ctx);
}

Test(callbacks, reduce_the_rate_where_keras_does)
{
	const struct { mica_callback c; const float *rates; } cases[] = {
		{mica_reduce_lr_on_plateau(.patience = 2), golden_reduce_lr_default},
		{mica_reduce_lr_on_plateau(.factor = 0.5, .patience = 1, .min_delta = 0.01), golden_reduce_lr_factor},
		{mica_reduce_lr_on_plateau(.factor = 0.5, .patience = 1, .cooldown = 3), golden_reduce_lr_cooldown},
		{mica_reduce_lr_on_plateau(.factor = 0.3, .patience = 1, .min_lr = 0.04), golden_reduce_lr_least},
		{mica_reduce_lr_on_plateau(.factor = 0.9, .patience = 2, .mode = MICA_MODE_MAX), golden_reduce_lr_max},
		{mica_reduce_lr_on_plateau(.factor = 0.5, .patience = 1, .min_delta = MICA_ZERO), golden_reduce_lr_eager},
	};
	mica_context *ctx = open_any();
	mica_model *m = line(ctx, 0.5);
	mica_dataset *d = point(ctx);

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		script s = {.values = figures};
		mica_epoch e[16];
		OK(mica_set_learning_rate(m, 0.5));
		OK(mica_fit(m, d, .epochs = 16, .history = e, .callbacks = {mica_custom_callback(.on_epoch_end = give, .payload = &s), cases[i].c,
		                                                            mica_custom_callback(.on_epoch_end = see_rate, .payload = &s)}));
		for (size_t k = 0; k < 16; k++) {
			cr_expect((float)s.rates[k] == cases[i].rates[k], "case %zu, epoch %zu: %.9g, Keras %.9g", i, k + 1, s.rates[k], (double)cases[i].rates[k]);
			cr_expect(k == 0 || mica_log(&e[k].logs, "learning_rate") == s.rates[k - 1], "the figure is the rate that the epoch had");
		}
	}
	mica_close(ctx);
}

static double halve(size_t epochs, double rate, void *payload)
{
	*(size_t *)payload += epochs;
	return epochs ? rate / 2 : 0.25;
}

/* The rate is that of the steps, too: each moves by it. */
Test(callbacks, schedule_the_rate)
{
	mica_context *ctx = open_any();
	mica_model *m = line(ctx, 9);
	mica_epoch e[3];
	size_t sum = 0;
	double w = 0, b = 0, rate = 0.25;
	float got;

	OK(mica_value_write(mica_model_weight(m, 0), &(float){0}, sizeof(float)));
	OK(mica_fit(m, point(ctx), .epochs = 3, .history = e, .callbacks = {mica_learning_rate_scheduler(halve, .payload = &sum)}));
	for (size_t k = 0; k < 3; k++, rate /= 2) {
		double slope = 2 * (w + b - 2);
		w -= rate * slope;
		b -= rate * slope;
		cr_expect(mica_log(&e[k].logs, "learning_rate") == rate && strcmp(e[k].logs.at[0].name, "learning_rate") == 0);
	}
	OK(mica_value_read(mica_model_weight(m, 0), &got, sizeof got));
	cr_expect(sum == 3 && near((double)got, w, 1e-6, 0), "%g, want %g", (double)got, w);
	mica_close(ctx);
}

/* ---- single batches ---- */

/* The figures are of each batch alone, and the steps those of a fit. */
Test(callbacks, are_not_needed_for_single_batches)
{
	mica_context *ctx = open_any();
	mica_dataset *d = hashed(ctx, 48, 4);
	mica_model *a = small_model(ctx, 4, 0.2), *b = small_model(ctx, 4, 0.2);
	double weight[10] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
	mica_logs on, fit, tested;
	mica_epoch e;

	for (size_t i = 0; i < 3; i++) {
		mica_dataset *part = mica_dataset_range(d, 16 * i, 16 * (i + 1));
		OK(mica_train_on_batch(a, part, &on));
		OK(mica_fit(b, part, .batch_size = 16, .no_shuffle = true, .history = &e));
		cr_expect(same_logs(&on, &e.logs), "batch %zu", i);
		OK(mica_test_on_batch(a, part, &tested));
		OK(mica_evaluate(b, part, &fit));
		cr_expect(same_logs(&tested, &fit));
	}
	same_weights(a, b);
	OK(mica_train_on_batch(a, d, NULL, .class_weight = weight, .classes = 10));
	OK(mica_fit(b, d, .batch_size = 48, .no_shuffle = true, .class_weight = weight, .classes = 10));
	same_weights(a, b);
	cr_expect(mica_train_on_batch(a, NULL, &on) == MICA_EINVAL && strstr(mica_error(NULL), "train_on_batch: no data set"));
	cr_expect(mica_test_on_batch(a, NULL, &on) == MICA_EINVAL && mica_train_on_batch(NULL, d, &on) == MICA_EINVAL);
	cr_expect(mica_train_on_batch(a, d, &on, .class_weight = weight) == MICA_EINVAL && strstr(mica_error(NULL), ".classes"));
	mica_close(ctx);
}

static mica_status count_a_step(mica_training *t, void *payload)
{
	(void)t;
	++*(int *)payload;
	return MICA_OK;
}

/* A validation's batches are as large as the training's, unless it is said otherwise; it is of the same samples then. */
Test(callbacks, see_the_batches_of_validation)
{
	mica_context *ctx = open_any();
	mica_model *m = line(ctx, 0.1);
	mica_dataset *d = hashed(ctx, 20, 1);
	const long sizes[] = {0, 20, 7};
	const int steps[] = {5, 1, 3};

	for (size_t i = 0; i < 3; i++) {
		int n = 0;
		OK(mica_fit(m, d, .batch_size = 4, .validation_data = d, .validation_batch_size = sizes[i],
		            .callbacks = {mica_custom_callback(.on_test_batch_end = count_a_step, .payload = &n)}));
		cr_expect(n == steps[i], "%d batches of %ld", n, sizes[i]);
	}
	mica_close(ctx);
}

/* ---- what is refused ---- */

/* After so many steps. */
#define REFUSED_AFTER(most, callback, text)                                                                                 \
	do {                                                                                                                \
		int steps_ = 0;                                                                                             \
		mica_callback counting_ = mica_custom_callback(.on_train_batch_end = count_a_step, .payload = &steps_);       \
		mica_status refused_ = mica_fit(m, d, .callbacks = {counting_, callback});                                  \
		cr_expect(refused_ != MICA_OK && strstr(mica_error(NULL), text), "%s", mica_error(NULL));                   \
		cr_expect(steps_ <= (most), "%s: after %d steps", mica_error(NULL), steps_);                                \
	} while (0)
#define REFUSED(callback, text) REFUSED_AFTER(0, callback, text)

static double no_rate(size_t epochs, double rate, void *payload)
{
	(void)epochs;
	(void)payload;
	return -rate;
}

Test(callbacks, say_what_is_wrong)
{
	mica_context *ctx = open_any();
	mica_model *m = line(ctx, 0.1), *scheduled = line(ctx, 0.1);
	mica_dataset *d = point(ctx);
	transcript t = {0};
	mica_logs logs = {.n = 0};

	REFUSED(mica_early_stopping(.patience = -1), "early_stopping: patience is -1");
	REFUSED(mica_early_stopping("learning_rate"), "whether learning_rate is better when it is larger is not known; give .mode");
	REFUSED(mica_early_stopping("val_los"), "or a figure of the model: loss");
	REFUSED(mica_early_stopping(.mode = 7), "mode is 7");
	REFUSED(mica_reduce_lr_on_plateau(.factor = 1), "reduce_lr_on_plateau: factor is 1");
	REFUSED(mica_reduce_lr_on_plateau(.min_lr = NAN), "min_lr is nan");
	REFUSED(mica_swap_ema_weights(.swap_on_epoch = true), "keeps no averages");
	REFUSED(mica_learning_rate_scheduler(NULL), "it has no function");
	REFUSED(mica_learning_rate_scheduler(no_rate), "returned -0.1 for epoch 1");
	REFUSED(mica_model_checkpoint(NULL), "no file name");
	REFUSED(mica_model_checkpoint("{epoch"), "\"{epoch\": a brace that cannot be read");
	REFUSED(mica_model_checkpoint("{loss:02d}"), "a brace that cannot be read");
	REFUSED(mica_model_checkpoint("{epoch:%n}"), "a brace that cannot be read");
	REFUSED(mica_model_checkpoint("x}"), "a brace that cannot be read");
	REFUSED_AFTER(1, mica_model_checkpoint("{f1}.safetensors"), "there is no f1 for the file's name; the first figure is loss");
	REFUSED(mica_model_checkpoint("/dev/null/folder/x"), "/dev/null");
	REFUSED(mica_model_checkpoint("/proc/{epoch}.mica"), "/proc/1.mica");
	REFUSED(mica_model_checkpoint("/tmp/{val_loss}.h5"), "Keras 2");
	REFUSED(mica_csv_logger(""), "no file name");
	REFUSED(mica_backup_and_restore(""), "no folder");
	REFUSED(mica_tensorboard("/dev/null/x"), "/dev/null");
	REFUSED(mica_csv_logger("x", .separator = "ab"), "separator \"ab\"");
	REFUSED(mica_csv_logger("/dev/null/x"), "/dev/null/x");
	cr_expect(mica_fit(m, d, .steps_per_epoch = -1) == MICA_EINVAL && strstr(mica_error(NULL), "steps_per_epoch is -1"));
	cr_expect(mica_fit(m, d, .initial_epoch = -1) == MICA_EINVAL && strstr(mica_error(NULL), "initial_epoch is -1"));
	cr_expect(mica_fit(m, d, .validation_freq = -2) == MICA_EINVAL && strstr(mica_error(NULL), "validation_freq is -2"));
	cr_expect(mica_evaluate(m, d, &logs, .steps = -1) == MICA_EINVAL && strstr(mica_error(NULL), "steps is -1"));
	OK(mica_compile(scheduled, .optimizer = mica_sgd(.schedule = mica_cosine_decay(0.1, 10)), .loss = mica_mean_squared_error()));
	cr_expect(mica_fit(scheduled, d, .callbacks = {mica_reduce_lr_on_plateau()}) == MICA_EINVAL && strstr(mica_error(NULL), "schedule decides"));
	cr_expect(mica_set_learning_rate(scheduled, 1) == MICA_EINVAL && mica_set_learning_rate(m, NAN) == MICA_EINVAL);
	cr_expect(mica_log_set(&logs, "", 1) == MICA_EINVAL && mica_log_set(NULL, "x", 1) == MICA_EINVAL);
	OK(mica_fit(m, d, .epochs = 3, .print = write_down, .payload = &t, .callbacks = {mica_early_stopping()})); /* without validation: a word, once */
	const char *word = strstr(t.text, "there is no val_loss; the figures are loss, mean_absolute_error");
	cr_expect(word && !strstr(word + 1, "there is no"), "%s", t.text);
	mica_close(ctx);
}
