/* SPDX-License-Identifier: MIT */
/* model/test_devices.c - a model that is trained on one device and used on another, of another platform where there is
   one: the numbers stay, but for what the two devices' functions round differently. */
#include "mica/mica.h"
#include "support/support.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

static mica_model *digits_model(mica_context *ctx)
{
	mica_model *m = mica_sequential(ctx, .seed = 3);

	mica_add(m, mica_input(8, 8));
	mica_add(m, mica_flatten());
	mica_add(m, mica_dense(48, .activation = MICA_RELU));
	mica_add(m, mica_dense(10, .activation = MICA_SOFTMAX));
	OK(mica_compile(m, .optimizer = mica_adam(.learning_rate = 3e-3), .loss = mica_sparse_categorical_crossentropy(),
	                .metrics = {mica_accuracy()}));
	return m;
}

static mica_logs score(mica_context *ctx, mica_model *m)
{
	mica_logs s;

	OK(mica_evaluate(m, mica_dataset_digits(ctx, MICA_TEST), &s, .batch_size = 50));
	return s;
}

static void expect_same(const char *what, mica_logs a, mica_logs b)
{
	cr_expect(fabs(mica_log(&a, "loss") - mica_log(&b, "loss")) <= 1e-5 * mica_log(&a, "loss") && mica_log(&a, "accuracy") == mica_log(&b, "accuracy"), "%s: loss %.9g and %.9g, accuracy %g and %g",
	          what, mica_log(&a, "loss"), mica_log(&b, "loss"), mica_log(&a, "accuracy"), mica_log(&b, "accuracy"));
}

/* Each weight goes as a value: up to the other device and down again; the bytes are counted. */
static void move_weights(mica_model *from, mica_model *to, mica_context *here, mica_context *there)
{
	for (size_t i = 0; mica_model_weight(from, i); i++) {
		mica_value *v = mica_model_weight(from, i);
		size_t bytes = mica_value_bytes(v);
		float *values = malloc(bytes), *arrived = malloc(bytes);
		mica_value *t;
		OK(mica_value_read(v, values, bytes));
		OK(mica_value_create(&t, here, "moved", MICA_ROLE_WEIGHT, MICA_F32, mica_value_shape(v)));
		OK(mica_value_write(t, values, bytes));
		OK(mica_value_move(t, here));
		OK(mica_value_move(t, there));
		cr_expect(mica_value_is_on(t, here) && mica_value_is_on(t, there) && mica_value_bytes_moved(t) == 2 * bytes);
		OK(mica_value_read(t, arrived, bytes));
		cr_expect(!memcmp(values, arrived, bytes), "weight %zu", i);
		OK(mica_value_write(mica_model_weight(to, i), arrived, bytes));
		mica_value_destroy(t);
		free(values);
		free(arrived);
	}
}

Test(devices, a_model_trained_on_one_is_used_on_another)
{
	mica_context *a = open_context(), *b = open_other(a);
	mica_model *trained = digits_model(a), *moved = digits_model(b), *loaded = digits_model(b);
	char file[] = "/tmp/mica-test-XXXXXX";

	OK(mica_fit(trained, mica_dataset_digits(a, MICA_TRAIN), .epochs = 12));
	mica_logs want = score(a, trained);
	cr_expect(mica_log(&want, "accuracy") > 0.85, "accuracy %g", mica_log(&want, "accuracy"));
	move_weights(trained, moved, a, b);
	expect_same("moved", want, score(b, moved));
	close(mkstemp(file));
	OK(mica_save(trained, file));
	OK(mica_load(loaded, file));
	unlink(file);
	expect_same("loaded", want, score(b, loaded));
	mica_close(a); /* the other goes on */
	OK(mica_fit(moved, mica_dataset_digits(b, MICA_TRAIN), .epochs = 3));
	mica_logs again = score(b, moved);
	cr_expect(mica_log(&again, "accuracy") > 0.85, "trained on: %g", mica_log(&again, "accuracy"));
	mica_close(b);
}

/* The same steps on both give the same losses; both contexts are at work in turn. */
Test(devices, both_train_alike)
{
	mica_context *c[2] = {open_context(), NULL};
	mica_model *m[2];
	mica_dataset *d[2];
	mica_epoch e[2];

	c[1] = open_other(c[0]);
	for (size_t i = 0; i < 2; i++) {
		m[i] = digits_model(c[i]);
		d[i] = mica_dataset_digits(c[i], MICA_TRAIN);
	}
	for (int epoch = 0; epoch < 3; epoch++) {
		for (size_t i = 0; i < 2; i++)
			OK(mica_fit(m[i], d[i], .history = &e[i]));
		double a = mica_log(&e[0].logs, "loss"), b = mica_log(&e[1].logs, "loss");
		cr_expect(fabs(a - b) <= 1e-4 * a, "epoch %d: %.9g and %.9g", epoch, a, b);
	}
	mica_close(c[1]);
	mica_close(c[0]);
}
