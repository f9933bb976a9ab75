/* SPDX-License-Identifier: MIT */
/* model/test_callbacks.c - when callbacks are told what, what their hooks may do, and what the library's own decide. */
#include "model/rig.h"

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

static mica_callback note_all(transcript *t)
{
	static mica_custom_callback_opts all = {
		MICA_OPTS(mica_custom_callback_opts), .on_train_begin = train_begin, .on_train_end = train_end, .on_epoch_begin = epoch_begin,
		.on_epoch_end = epoch_end, .on_train_batch_begin = batch_begin, .on_train_batch_end = batch_end, .on_test_begin = test_begin,
		.on_test_end = test_end, .on_test_batch_begin = test_batch_begin, .on_test_batch_end = test_batch_end,
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
