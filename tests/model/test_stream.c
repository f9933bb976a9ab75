/* SPDX-License-Identifier: MIT */
/* model/test_stream.c - data larger than the device's memory budget trains to the same bits as data that fits. */
#include "device/device.h"
#include "model/model.h"
#include "model/rig.h"

enum { ROWS = 5003, WIDTH = 200 }; /* 4 MB and a short last batch */

static mica_model *trained(mica_context *ctx, mica_logs *s, mica_epoch e[3])
{
	mica_dataset *d = hashed(ctx, ROWS, WIDTH);
	mica_model *m = small_model(ctx, WIDTH, 0.2);

	OK(mica_fit(m, d, .epochs = 3, .validation_split = 0.5, .history = e));
	OK(mica_evaluate(m, d, s));
	return m;
}

Test(stream, gives_the_same_bits_as_resident_data)
{
	const uint64_t budget = 1500000;
	mica_context *wide = open_any(), *narrow = open_budget(budget);
	mica_logs a, b;
	mica_epoch ea[3], eb[3];
	mica_model *ma = trained(wide, &a, ea), *mb = trained(narrow, &b, eb);

	same_weights(ma, mb);
	cr_expect(mica_log(&a, "loss") == mica_log(&b, "loss") && mica_log(&a, "accuracy") == mica_log(&b, "accuracy"), "%.9g %.9g", mica_log(&a, "loss"), mica_log(&b, "loss"));
	cr_expect(mica_log(&ea[2].logs, "loss") == mica_log(&eb[2].logs, "loss") && mica_log(&ea[2].logs, "val_loss") == mica_log(&eb[2].logs, "val_loss"));
	mica_device_usage u = mica_context_usage(narrow);
	cr_expect(u.peak_bytes <= budget && u.uploaded_bytes > 4000000, "%llu peak", (unsigned long long)u.peak_bytes);
	u = mica_context_usage(wide);
	cr_expect(u.peak_bytes > 2000000, "the other was resident");
	cr_expect((u.uploaded_bytes < 1000000) == mica__class_of(mica__device_of(wide))->host_memory,
	          "%llu bytes moved; data in the device's own memory stays there", (unsigned long long)u.uploaded_bytes);
	mica_close(narrow);
	mica_close(wide);
}

/* Epochs of some steps begin anywhere in the window, and go on across the end of the data. */
Test(stream, goes_on_in_the_middle_of_the_window)
{
	mica_context *both[] = {open_any(), open_budget(1500000)};
	mica_model *m[2];

	for (size_t i = 0; i < 2; i++) {
		m[i] = small_model(both[i], WIDTH, 0);
		OK(mica_fit(m[i], hashed(both[i], ROWS, WIDTH), .epochs = 7, .steps_per_epoch = 29));
	}
	same_weights(m[0], m[1]);
	mica_close(both[1]);
	mica_close(both[0]);
}

/* The order of each epoch is another permutation, in which each sample is at each place equally often. */
Test(stream, has_another_order_for_each_epoch_and_seed)
{
	enum { N = 10, EPOCHS = 2000, FOUR_DEVIATIONS = 54 }; /* of a count around EPOCHS / N */
	mica_context *ctx = open_any();
	const mica__feed none = {{NULL}, {NULL}, {NULL}};
	mica__source s;
	int32_t first[N] = {0};
	size_t count[N][N] = {{0}}, same = 0;

	mica__source_open(&s, ctx, hashed(ctx, N, 4), &none, 3, 0, 0);
	OK(mica__source_load(&s));
	for (uint64_t e = 0; e < EPOCHS; e++) {
		bool seen[N] = {false};
		OK(mica__source_begin(&s, true, 7, e % 2 ? e : e << 32)); /* all bits of an epoch count */
		for (size_t i = 0; i < N; i++) {
			cr_assert(s.indices[i] >= 0 && s.indices[i] < N && !seen[s.indices[i]], "%d is there twice", (int)s.indices[i]);
			seen[s.indices[i]] = true;
			count[i][s.indices[i]]++;
		}
		same += e && !memcmp(first, s.indices, sizeof first);
		memcpy(first, e ? first : s.indices, sizeof first);
	}
	cr_expect(same < 3, "%zu epochs of %d have the order of the first", same, EPOCHS);
	for (size_t i = 0; i < N; i++)
		for (size_t k = 0; k < N; k++)
			cr_expect(count[i][k] + FOUR_DEVIATIONS > EPOCHS / N && count[i][k] < EPOCHS / N + FOUR_DEVIATIONS,
			          "sample %zu is %zu times at place %zu", k, count[i][k], i);
	OK(mica__source_begin(&s, true, 8, 0));
	cr_expect(memcmp(first, s.indices, sizeof first), "the seed does not matter");
	mica__source_close(&s);
	mica_close(ctx);
}

/* Stopped in the middle of a pass, the next one starts at its own beginning. */
Test(stream, may_be_interrupted)
{
	mica_context *ctx = open_budget(1500000);
	mica_dataset *d = hashed(ctx, ROWS, WIDTH);
	mica_model *a = small_model(ctx, WIDTH, 0), *b = small_model(ctx, WIDTH, 0);
	transcript t = {.stop_after = 4};

	cr_expect(mica_fit(a, d, .callbacks = {mica_custom_callback(.on_burst_end = stop_soon, .payload = &t)}) == MICA_EINTERRUPTED);
	for (size_t i = 0; mica_model_weight(a, i); i++) {
		float *w = malloc(mica_value_bytes(mica_model_weight(a, i)));
		size_t bytes = mica_value_bytes(mica_model_weight(a, i));
		OK(mica_value_read(mica_model_weight(a, i), w, bytes));
		OK(mica_value_write(mica_model_weight(b, i), w, bytes));
		free(w);
	}
	OK(mica_compile(a, .loss = mica_sparse_categorical_crossentropy()));
	OK(mica_compile(b, .loss = mica_sparse_categorical_crossentropy()));
	OK(mica_fit(a, d));
	OK(mica_fit(b, d));
	same_weights(a, b);
	mica_close(ctx);
}

Test(stream, says_how_much_is_missing)
{
	mica_context *ctx = open_budget(20000);
	mica_model *m = mica_sequential(ctx);

	mica_add(m, mica_input(WIDTH));
	mica_add(m, mica_dense(10));
	mica_status st = mica_compile(m, .loss = mica_sparse_categorical_crossentropy(.from_logits = true));
	if (st == MICA_OK)
		st = mica_fit(m, hashed(ctx, ROWS, WIDTH), .batch_size = 512);
	cr_expect(st == MICA_EBUDGET, "%s: %s", mica_status_name(st), mica_error(NULL));
	cr_expect(strstr(mica_error(NULL), "budget"), "%s", mica_error(NULL));
	mica_close(ctx);
}
