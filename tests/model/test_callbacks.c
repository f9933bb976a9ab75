/* SPDX-License-Identifier: MIT */
/* model/test_callbacks.c - when callbacks are told what, what their hooks may do, and what the library's own decide. */
#define _DEFAULT_SOURCE /* mkdtemp */
#include "golden/callbacks.h"
#include "model/callbacks/events.h"
#include "model/callbacks/file_name.h"
#include "model/rig.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- hooks ---- */

#define NOTE(hook, letter)                                                                                                  \
	static mica_status hook(mica_training *t, void *payload)                                                            \
	{                                                                                                                   \
		char text[32];                                                                                              \
		snprintf(text, sizeof text, letter "%zu.%zu ", t->epoch, t->step);                                          \
		write_down(text, payload);                                                                                  \
		return MICA_OK;                                                                                             \
	}
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

/* Figures of epochs, in place of the real ones; the kernel is the epoch's number. */
typedef struct script {
	const double *values;
	double rates[16];
	size_t epochs;
} script;

static mica_status give(mica_training *t, void *payload)
{
	script *s = payload;

	OK(mica_value_write(mica_model_weight(t->model, 0), &(float){(float)t->epoch}, sizeof(float)));
	s->epochs = t->epoch;
	return mica_log_set(t->logs, "val_loss", s->values[t->epoch - 1]);
}

static mica_status see_rate(mica_training *t, void *payload)
{
	script *s = payload;

	s->rates[t->epoch - 1] = mica_learning_rate(t->model);
	return MICA_OK;
}

static mica_model *line(mica_context *ctx, double rate)
{
	mica_model *m = mica_sequential(ctx);

	mica_add(m, mica_input(1));
	mica_add(m, mica_dense(1));
	OK(mica_compile(m, .optimizer = mica_sgd(.learning_rate = rate), .loss = mica_mean_squared_error(), .metrics = {mica_mean_absolute_error()}));
	return m;
}

static mica_dataset *point(mica_context *ctx)
{
	static const float x[1] = {1}, y[1] = {2};

	return mica_dataset_arrays(ctx, x, MICA_F32, MICA_SHAPE(1, 1), y, MICA_F32, MICA_SHAPE(1, 1), 0);
}

static const double figures[16] = {0.9, 0.8, 0.81, 0.8, 0.79995, 0.7, 0.72, 0.71, 0.705, 0.7, 0.69, 0.695, 0.69, 0.8, 0.6, 0.61};

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

/* ---- files ---- */

static char folder[512];

static void make_folder(void)
{
	const char *base = getenv("MICA_TEST_FOLDER");

	snprintf(folder, sizeof folder, "%s/callbacks-XXXXXX", base ? base : "/tmp");
	cr_assert(mkdtemp(folder));
}

static const char *in_folder(const char *name)
{
	static char path[4][700];
	static unsigned turn;
	char *p = path[turn++ % 4];

	snprintf(p, sizeof path[0], "%s/%s", folder, name);
	return p;
}

static void remove_folder(void)
{
	char command[600];

	snprintf(command, sizeof command, "rm -r '%s'", folder);
	cr_expect(system(command) == 0);
}

static bool there(const char *name)
{
	return access(in_folder(name), F_OK) == 0;
}

static mica_status give_rows(mica_training *t, void *payload)
{
	const mica_logs *rows = payload;

	*t->logs = rows[t->epoch - 1];
	return MICA_OK;
}

static void expect_file(const char *name, const char *want)
{
	char got[2000];
	FILE *f = fopen(in_folder(name), "rb");
	size_t n = f ? fread(got, 1, sizeof got - 1, f) : 0;

	cr_assert(f);
	fclose(f);
	got[n] = 0;
	cr_expect_str_eq(got, want);
}

TestSuite(files_of_callbacks, .init = make_folder, .fini = remove_folder);

Test(files_of_callbacks, csv_is_as_keras_writes_it)
{
	mica_context *ctx = open_any();
	mica_model *m = line(ctx, 0.1);
	mica_dataset *d = point(ctx);
	mica_logs rows[2] = {{4, {{"accuracy", 1}, {"loss", 0.6931471824645996}, {"val_accuracy", NAN}, {"val_loss", 1e-5}}},
	                     {4, {{"accuracy", INFINITY}, {"learning_rate", 1e-3}, {"loss", 123456789}, {"val_loss", 0.1}}}};
	mica_logs bare[2] = {{2, {{"accuracy", 1e16}, {"loss", 0.25}}}, {2, {{"accuracy", -0.0}, {"loss", 5e-324}}}};
	const mica_callback set = mica_custom_callback(.on_epoch_end = give_rows, .payload = rows);

	OK(mica_fit(m, d, .epochs = 2, .callbacks = {set, mica_csv_logger(in_folder("a"))}));
	expect_file("a", golden_csv);
	OK(mica_fit(m, d, .epochs = 2, .callbacks = {set, mica_csv_logger(in_folder("a"), .append = true)}));
	expect_file("a", golden_csv_appended);
	OK(mica_fit(m, d, .epochs = 2, .callbacks = {mica_custom_callback(.on_epoch_end = give_rows, .payload = bare),
	                                             mica_csv_logger(in_folder("b"), .separator = ";")}));
	expect_file("b", golden_csv_bare);
	mica_close(ctx);
}

/* Names of files as Python makes them; {batch} is 42 after as many steps. */
Test(files_of_callbacks, checkpoints_have_the_names_of_keras)
{
	static const char *const patterns[] = {"{epoch:02d}-{val_loss:.2f}", "{epoch}-{batch:04d}-{loss}-{accuracy}",
	                                       "{{{loss:10.3e}}}{loss:g}{val_loss:08.1f}", "{loss:f}-{val_loss:.3g}-{epoch:5d}"};
	static const char *const names[] = {golden_file_name_0, golden_file_name_1, golden_file_name_2, golden_file_name_3};
	mica_logs row = {3, {{"accuracy", 1}, {"loss", 0.6931471824645996}, {"val_loss", 1234.5}}};

	for (size_t i = 0; i < 4; i++) {
		mica_training t = {.epoch = 9, .step = 42, .logs = &row};
		mica__text name = {0};
		OK(mica__file_name(&name, "test", patterns[i], &t));
		cr_expect_str_eq(name.s, names[i]);
		mica__text_free(&name);
	}
}

/* By the figures above, those before the third epoch: the last of equal ones is no better. */
Test(files_of_callbacks, checkpoints_are_written_when_due)
{
	mica_context *ctx = open_any();
	mica_model *m = line(ctx, 0.1), *again = line(ctx, 0.1);
	mica_dataset *d = mica_dataset_arrays(ctx, (float[6]){1}, MICA_F32, MICA_SHAPE(6, 1), (float[6]){1}, MICA_F32, MICA_SHAPE(6, 1), 0);
	script s = {.values = figures};
	const mica_callback set = mica_custom_callback(.on_epoch_end = give, .payload = &s);
	char best[700];
	float kernel;

	snprintf(best, sizeof best, "%s", in_folder("new/folder/{epoch:02d}-{val_loss:.2f}.safetensors"));
	OK(mica_fit(m, d, .epochs = 5, .callbacks = {set, mica_model_checkpoint(best, .save_best_only = true, .initial_value_threshold = 0.85)}));
	cr_expect(!there("new/folder/01-0.90.safetensors") && there("new/folder/02-0.80.safetensors") && !there("new/folder/03-0.81.safetensors") &&
	          !there("new/folder/04-0.80.safetensors") && there("new/folder/05-0.80.safetensors"));
	OK(mica_load(again, in_folder("new/folder/02-0.80.safetensors")));
	OK(mica_value_read(mica_model_weight(again, 0), &kernel, sizeof kernel));
	cr_expect(kernel == 2);
	snprintf(best, sizeof best, "%s", in_folder("step-{epoch}-{batch}.safetensors"));
	OK(mica_fit(m, d, .epochs = 2, .batch_size = 2, .callbacks = {mica_model_checkpoint(best, .save_freq = 2, .save_weights_only = true)}));
	cr_expect(there("step-1-2.safetensors") && there("step-2-1.safetensors") && there("step-2-3.safetensors") && !there("step-1-3.safetensors"));
	mica_close(ctx);
}

/* Byte for byte what TensorFlow writes. */
Test(callbacks, events_are_tensorflows)
{
	static const float values[8] = {0.5f, -1.5f, 2.25f, 0.5f, 0, 7, -3, NAN}, zeros[3];
	mica__text out = {0};

	mica__event_version(&out, 1.5);
	mica__event_scalar(&out, 2.25, 0, "epoch_loss", 0);
	mica__event_scalar(&out, 3, 70000, "batch_loss", -0.15625);
	mica__event_histogram(&out, 4, 1, "dense/kernel/histogram", values, 8);
	mica__event_histogram(&out, 5, 2, "dense/bias/histogram", zeros, 3);
	cr_assert(out.n == sizeof golden_events, "%zu bytes, TensorFlow %zu", out.n, sizeof golden_events);
	for (size_t i = 0; i < out.n; i++)
		cr_assert((unsigned char)out.s[i] == golden_events[i], "byte %zu: %d, TensorFlow %d", i, (unsigned char)out.s[i], golden_events[i]);
	mica__text_free(&out);
}

/* How often a tag is in the only event file of a folder. */
static size_t tags(const char *part, const char *tag)
{
	const char *path = in_folder(part);
	DIR *d = opendir(path);
	char file[900] = "", got[20000];
	size_t n = 0, files = 0, length = strlen(tag);

	cr_assert(d, "%s", path);
	for (struct dirent *e; (e = readdir(d));)
		if (strncmp(e->d_name, "events.out.tfevents.", 20) == 0 && ++files)
			snprintf(file, sizeof file, "%s/%s", path, e->d_name);
	closedir(d);
	FILE *f = fopen(file, "rb");
	cr_assert(f && files == 1, "%zu files", files);
	size_t bytes = fread(got, 1, sizeof got, f);
	fclose(f);
	for (size_t i = 0; i + length <= bytes; i++)
		n += memcmp(got + i, tag, length) == 0;
	return n;
}

Test(files_of_callbacks, tensorboard_has_the_tags_of_keras)
{
	mica_context *ctx = open_any();
	mica_model *m = line(ctx, 0.1);
	mica_dataset *d = mica_dataset_arrays(ctx, (float[6]){1}, MICA_F32, MICA_SHAPE(6, 1), (float[6]){1}, MICA_F32, MICA_SHAPE(6, 1), 0);

	OK(mica_fit(m, d, .epochs = 3, .batch_size = 2, .validation_data = d,
	            .callbacks = {mica_tensorboard(in_folder("tb"), .histogram_freq = 2, .update_freq = 4, .write_steps_per_second = true)}));
	static const struct { const char *part, *tag; size_t n; } want[] = {
		{"tb/train", "epoch_loss", 3}, {"tb/train", "epoch_mean_absolute_error", 3}, {"tb/train", "epoch_learning_rate", 3},
		{"tb/train", "epoch_steps_per_second", 3}, {"tb/train", "batch_loss", 2}, {"tb/train", "dense/kernel/histogram", 2},
		{"tb/train", "dense/bias/histogram", 2}, {"tb/train", "val_", 0}, {"tb/train", "brain.Event:2", 1}, {"tb/validation", "epoch_loss", 3},
		{"tb/validation", "evaluation_loss_vs_iterations", 3}, {"tb/validation", "evaluation_mean_absolute_error_vs_iterations", 3},
	};
	for (size_t i = 0; i < sizeof want / sizeof *want; i++)
		cr_expect(tags(want[i].part, want[i].tag) == want[i].n, "%s in %s: %zu times", want[i].tag, want[i].part, tags(want[i].part, want[i].tag));
	mica_close(ctx);
}

static mica_status die_in_epoch_4(mica_training *t, void *payload)
{
	(void)payload;
	return t->epoch == 4 ? MICA_EINTERRUPTED : MICA_OK;
}

/* With dropout, shuffling, moments, averages and half an accumulation: the same bits as without the interruption. */
Test(files_of_callbacks, a_killed_training_goes_on)
{
	mica_context *ctx = open_any();
	mica_dataset *d = hashed(ctx, 100, 4);
	mica_model *whole = small_model(ctx, 4, 0.3), *killed = small_model(ctx, 4, 0.3), *again = small_model(ctx, 4, 0.3);
	const mica_callback backup = mica_backup_and_restore(in_folder("backup"));
	transcript t = {0};
	mica_model *const all[] = {whole, killed, again};
	mica_epoch e[6];
	size_t done;

	for (size_t i = 0; i < 3; i++)
		OK(mica_compile(all[i], .loss = mica_sparse_categorical_crossentropy(),
		                .optimizer = mica_adamw(.learning_rate = 0.01, .use_ema = true, .gradient_accumulation_steps = 3, .exclude_from_weight_decay = "bias")));
	OK(mica_fit(whole, d, .epochs = 6));
	cr_expect(mica_fit(killed, d, .epochs = 6, .callbacks = {backup, mica_custom_callback(.on_epoch_begin = die_in_epoch_4)}) == MICA_EINTERRUPTED);
	cr_expect(there("backup/training.json") && there("backup/epoch-3-0.mica") && !there("backup/epoch-2-0.mica"));
	OK(mica_fit(again, d, .epochs = 6, .history = e, .epochs_done = &done, .callbacks = {backup, mica_custom_callback(.on_epoch_end = epoch_end, .payload = &t)}));
	cr_expect_str_eq(t.text, "e4.4 e5.4 e6.4 ");
	cr_expect(done == 3 && e[0].epoch == 4 && !there("backup"));
	same_weights(whole, again);
	FILE *f = fopen(in_folder("bad"), "w");
	fclose(f);
	cr_expect(mica_fit(again, d, .callbacks = {mica_backup_and_restore(in_folder("bad"))}) == MICA_EIO);
	cr_assert(mkdir(in_folder("odd"), 0700) == 0 && (f = fopen(in_folder("odd/training.json"), "w")));
	fputs("{\"epoch\": 1}", f);
	fclose(f);
	cr_expect(mica_fit(again, d, .callbacks = {mica_backup_and_restore(in_folder("odd"))}) == MICA_EFORMAT && strstr(mica_error(NULL), "was expected"));
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

/* ---- what is refused ---- */

static mica_status count_a_step(mica_training *t, void *payload)
{
	(void)t;
	++*(int *)payload;
	return MICA_OK;
}

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
