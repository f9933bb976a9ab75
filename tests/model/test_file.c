/* SPDX-License-Identifier: MIT */
/* model/test_file.c - whole models in files: what is loaded is the same model, and its training goes on with the same bits. */
#include "base/fault.h"
#include "base/part.h"
#include "model/rig.h"

#include <unistd.h>

static char file[512], again[512];

static void name_files(void)
{
	const char *folder = getenv("MICA_TEST_FOLDER");

	snprintf(file, sizeof file, "%s/file-%ld.mica", folder ? folder : "/tmp", (long)getpid());
	snprintf(again, sizeof again, "%s/file-%ld-again.mica", folder ? folder : "/tmp", (long)getpid());
}

static void remove_files(void)
{
if (!getenv("KEEP")) {	unlink(file);
	unlink(again);}
}

TestSuite(file, .init = name_files, .fini = remove_files);

static mica_model *loaded(mica_context *ctx)
{
	mica_model *m = mica_load_model(ctx, file);

	cr_assert(m, "%s", mica_error(ctx));
	return m;
}

/* Bytes of a file, that the caller frees. */
static char *contents(const char *name, size_t *n)
{
	FILE *f = fopen(name, "rb");
	char *bytes = malloc(1 << 20);

	cr_assert(f);
	*n = fread(bytes, 1, 1 << 20, f);
	fclose(f);
	return bytes;
}

/* A model that was loaded is written as the same bytes. */
static void writes_the_same(mica_model *m)
{
	size_t n, k;

	OK(mica_save(m, again));
	char *a = contents(file, &n), *b = contents(again, &k);
	cr_expect(n == k && memcmp(a, b, n) == 0, "%zu and %zu bytes:\n%.3000s\n%.3000s", n, k, a + 8, b + 8);
	free(a);
	free(b);
}

/* ---- training goes on ---- */

/* All that remembers something: dropout, batch normalization, a schedule, moments, a norm over all gradients. */
static mica_model *deep(mica_context *ctx)
{
	mica_model *m = mica_sequential(ctx, .seed = 7);

	mica_add(m, mica_input(12));
	mica_add(m, mica_dense(16, .activation = MICA_LEAKY_RELU_OF(.negative_slope = 0.1), .kernel_regularizer = mica_l2(1e-4)));
	mica_add(m, mica_batch_normalization(.momentum = 0.9));
	mica_add(m, mica_dropout(0.3));
	mica_add(m, mica_dropout(0.1, .seed = MICA_NONE));
	mica_add(m, mica_dense(10, .activation = MICA_SOFTMAX, .name = "head"));
	OK(mica_compile(m, .optimizer = mica_adam(.schedule = mica_cosine_decay(.initial_learning_rate = 0.01, .decay_steps = 12),
	                                          .global_clipnorm = 0.5, .amsgrad = true),
	                .loss = mica_sparse_categorical_crossentropy(), .metrics = {mica_accuracy(), mica_sparse_categorical_crossentropy()}));
	return m;
}

static void same_values(mica_model *a, mica_model *b)
{
	mica_value *x, *y;

	for (size_t i = 0; (x = mica_model_value(a, i)); i++) {
		y = mica_model_value(b, i);
		if (mica_value_role(x) == MICA_ROLE_METRIC || strcmp(mica_value_path(x), "position") == 0)
			continue;
		cr_assert(y && strcmp(mica_value_path(x), mica_value_path(y)) == 0 && mica_value_bytes(x) == mica_value_bytes(y), "%s", mica_value_path(x));
		char *p = malloc(mica_value_bytes(x)), *q = malloc(mica_value_bytes(y));
		OK(mica_value_read(x, p, mica_value_bytes(x)));
		OK(mica_value_read(y, q, mica_value_bytes(y)));
		cr_expect(memcmp(p, q, mica_value_bytes(x)) == 0, "%s", mica_value_path(x));
		free(p);
		free(q);
	}
}

Test(file, goes_on_as_if_it_had_not_been_away)
{
	mica_context *ctx = open_any(), *other = open_any();
	mica_model *whole = deep(ctx), *half = deep(ctx);
	mica_epoch first[2], second[1];
	mica_logs a, b;

	OK(mica_fit(whole, hashed(ctx, 70, 12), .epochs = 2, .history = first));
	OK(mica_fit(half, hashed(ctx, 70, 12), .epochs = 1));
	OK(mica_save(half, file));
	mica_model *m = loaded(other);
	writes_the_same(m);
	same_values(half, m);
	OK(mica_fit(m, hashed(other, 70, 12), .history = second));
	cr_expect(same_logs(&first[1].logs, &second[0].logs), "%.9g, %.9g", mica_log(&first[1].logs, "loss"), mica_log(&second[0].logs, "loss"));
	same_values(whole, m);
	OK(mica_evaluate(whole, hashed(ctx, 70, 12), &a));
	OK(mica_evaluate(m, hashed(other, 70, 12), &b));
	cr_expect(same_logs(&a, &b) && a.n == 3);
	mica_close(other);
	mica_close(ctx);
}

/* Adagrad's slots begin with 0.1, but those of a file are what they have become. */
Test(file, goes_on_with_slots_that_begin_with_a_number)
{
	mica_context *ctx = open_any();
	mica_model *m[2];

	for (size_t i = 0; i < 2; i++) {
		m[i] = mica_sequential(ctx, .seed = 7);
		mica_add(m[i], mica_input(12));
		mica_add(m[i], mica_dense(10));
		OK(mica_compile(m[i], .optimizer = mica_adagrad(), .loss = mica_sparse_categorical_crossentropy(.from_logits = true)));
	}
	OK(mica_fit(m[0], hashed(ctx, 70, 12), .epochs = 2));
	OK(mica_fit(m[1], hashed(ctx, 70, 12)));
	OK(mica_save(m[1], file));
	mica_model *on = loaded(ctx);
	OK(mica_fit(on, hashed(ctx, 70, 12)));
	same_values(m[0], on);
	mica_close(ctx);
}

Test(file, can_be_gone_on_with_in_a_model_that_is_there)
{
	mica_context *ctx = open_any();
	mica_dataset *d = hashed(ctx, 70, 12);
	mica_model *whole = deep(ctx), *half = deep(ctx), *m = deep(ctx);

	OK(mica_fit(whole, d, .epochs = 2));
	OK(mica_fit(half, d));
	OK(mica_save(half, file));
	OK(mica_load(m, file, .resume = true));
	OK(mica_fit(m, d));
	same_values(whole, m);
	OK(mica_save(half, file, .no_optimizer = true));
	cr_expect(mica_load(m, file, .resume = true) == MICA_EFORMAT && strstr(mica_error(NULL), "where a training stands"));
	same_values(whole, m);
	OK(mica_load(m, file));
	same_weights(half, m);
	mica_close(ctx);
}

/* The number of the step of the second epoch after which the model is saved. */
static mica_status save_within(mica_training *t, void *payload)
{
	return t->epoch == 2 && t->step == *(size_t *)payload ? mica_save(t->model, file) : MICA_OK;
}

/* Also through a window, of which it is in any chunk; and behind the last step, where nothing is left of the epoch. */
Test(file, goes_on_within_an_epoch)
{
	mica_context *ctx = open_any();

	for (size_t step = 1; step <= 5; step++) {
		mica_context *small = step % 2 ? NULL : open_budget(200 * 1024);
		mica_context *on = small ? small : ctx;
		mica_model *a = deep(on), *m;
		mica_dataset *d = hashed(on, small ? 6000 : 70, 12);
		long batch = small ? 1000 : 16;
		OK(mica_fit(a, d, .epochs = 2, .batch_size = batch, .callbacks = {mica_custom_callback(.on_train_batch_end = save_within, .payload = &step)}));
		m = mica_load_model(on, file);
		cr_assert(m, "%s", mica_error(on));
		writes_the_same(m);
		if (step < 5)
			OK(mica_fit(m, d, .epochs = 1, .batch_size = batch));
		same_values(a, m);
		mica_close(small);
	}
	mica_close(ctx);
}

/* Slots of what is frozen now stay. */
Test(file, keeps_what_is_frozen)
{
	mica_context *ctx = open_any(), *other = open_any();
	mica_model *a = deep(ctx);

	OK(mica_fit(a, hashed(ctx, 70, 12)));
	mica_set_trainable(mica_model_layer(a, "dense"), false);
	OK(mica_save(a, file));
	mica_model *m = loaded(other);
	writes_the_same(m);
	for (int i = 0; i < 2; i++) {
		OK(mica_fit(a, hashed(ctx, 70, 12)));
		OK(mica_fit(m, hashed(other, 70, 12)));
		same_values(a, m);
		mica_set_trainable(mica_model_layer(a, "dense"), true);
		mica_set_trainable(mica_model_layer(m, "dense"), true);
	}
	mica_close(other);
	mica_close(ctx);
}

/* ---- networks of any shape ---- */

/* Two inputs, a shared layer, models in models that share layers, several outputs. */
static mica_model *tangled(mica_context *ctx)
{
	mica_model *base = mica_sequential(ctx, .seed = 3, .name = "base");
	mica_add(base, mica_input(6));
	mica_add(base, mica_dense(5, .activation = MICA_TANH));
	mica_add(base, mica_dense(4));
	mica_model *lower = mica_between({mica_model_symbol(base, "input")}, {mica_model_symbol(base, "dense")}, .name = "lower");
	mica_model *m = mica_functional(ctx, .seed = UINT64_MAX, .name = "tangled");
	mica_symbol *x = mica_model_input(m, mica_input(6, .name = "left")), *y = mica_model_input(m, mica_input(6, .name = "right"));
	mica_instance *shared = mica_make(m, mica_nested(base)), *spare = mica_make(m, mica_dense(4));
	mica_symbol *u = mica_call(shared, x), *v = mica_call(shared, y), *w = mica_apply(mica_nested(lower), y);
	mica_symbol *w4 = mica_call(spare, w);
	mica_model_output(m, mica_apply(mica_dense(1, .name = "one"), u));
	mica_model_output(m, mica_apply(mica_dense(2, .name = "two"), mica_apply(mica_activation_layer(MICA_RELU), v)));
	mica_model_output(m, w4);
	OK(mica_compile(m, .optimizer = mica_sgd(.learning_rate = 0.05, .momentum = 0.9), .outputs = {
		{"one", mica_mean_squared_error(), .weight = MICA_ZERO, .metrics = {mica_mean_absolute_error(.name = "far")}},
		{"two", mica_huber(.delta = 0.5), .weighted_metrics = {mica_mean_squared_error()}}}));
	return m;
}

static mica_dataset *two_sided(mica_context *ctx)
{
	float x[16 * 6], y[16 * 6], one[16], two[32];

	for (size_t i = 0; i < 16 * 6; i++) {
		x[i] = (float)hash_unit((uint32_t)i, 1);
		y[i] = (float)hash_unit((uint32_t)i, 2);
		one[i % 16] = x[i];
		two[i % 32] = y[i];
	}
	return mica_dataset_columns(ctx, .inputs = {{"left", MICA_ARRAY(x, 16, 6)}, {"right", MICA_ARRAY(y, 16, 6)}},
	                            .targets = {{"one", MICA_ARRAY(one, 16, 1)}, {"two", MICA_ARRAY(two, 16, 2)}});
}

Test(file, holds_networks_of_any_shape)
{
	mica_context *ctx = open_any(), *other = open_any();
	mica_model *a = tangled(ctx);

	OK(mica_fit(a, two_sided(ctx), .batch_size = 5));
	OK(mica_save(a, file));
	mica_model *m = loaded(other);
	writes_the_same(m);
	cr_expect(mica_model_parameters(m) == mica_model_parameters(a), "shared layers are one");
	OK(mica_fit(a, two_sided(ctx), .batch_size = 5));
	OK(mica_fit(m, two_sided(other), .batch_size = 5));
	same_values(a, m);
	mica_close(other);
	mica_close(ctx);
}

Test(file, can_leave_out_what_is_not_wanted)
{
	mica_context *ctx = open_any();
	mica_dataset *d = hashed(ctx, 70, 12);
	mica_model *a = deep(ctx), *fresh = deep(ctx);
	mica_logs logs;

	OK(mica_fit(a, d));
	OK(mica_save(a, file, .weights_only = true));
	cr_expect(!mica_load_model(ctx, file) && strstr(mica_error(NULL), "weights only"), "%s", mica_error(NULL));
	OK(mica_load(fresh, file));
	same_weights(a, fresh);
	OK(mica_save(a, file));
	mica_model *bare = mica_load_model(ctx, file, .no_training = true), *empty = mica_load_model(ctx, file, .no_weights = true);
	cr_assert(bare && empty, "%s", mica_error(NULL));
	same_weights(a, bare);
	same_weights(deep(ctx), empty);
	cr_expect(mica_evaluate(bare, d, &logs) == MICA_EINVAL && strstr(mica_error(NULL), "not compiled"), "%s", mica_error(NULL));
	OK(mica_save(a, file, .no_optimizer = true));
	mica_model *begins = loaded(ctx);
	int32_t steps;
	OK(mica_value_read(mica_model_find(begins, "step"), &steps, sizeof steps));
	cr_expect(steps == 0);
	same_weights(a, begins);
	mica_close(ctx);
}

/* ---- other models' weights ---- */

/* An old network under a new head: what is taken over, and what is said of the rest. */
Test(file, gives_what_fits_to_another_model)
{
	mica_context *ctx = open_any();
	mica_model *a = deep(ctx), *b = mica_sequential(ctx, .seed = 1), *none = mica_sequential(ctx);
	static transcript t;
	float x[12 * 16], y[12 * 16];

	OK(mica_save(a, file));
	mica_add(b, mica_input(12));
	mica_add(b, mica_dense(16));
	mica_add(b, mica_dense(3, .name = "head"));
	mica_add(b, mica_dense(2, .name = "more"));
	cr_expect(mica_load(b, file) == MICA_EFORMAT);
	OK(mica_load(b, file, .by_name = true, .print = write_down, .payload = &t));
	cr_expect(strstr(t.text, "\"head/kernel\" has shape (16, 10), the model's is (16, 3)\n"), "%s", t.text);
	cr_expect(strstr(t.text, "no tensor \"more/kernel\"") && strstr(t.text, "the model has no weight \"batch_normalization/gamma\"\n"), "%s", t.text);
	cr_expect(!strstr(t.text, "dense/kernel") && !strstr(t.text, "optimizer") && !strstr(t.text, "step"), "%s", t.text);
	OK(mica_value_read(mica_model_find(a, "dense/kernel"), x, sizeof x));
	OK(mica_value_read(mica_model_find(b, "dense/kernel"), y, sizeof y));
	cr_expect(memcmp(x, y, sizeof x) == 0);
	mica_add(none, mica_input(12));
	mica_add(none, mica_dense(2, .name = "other"));
	cr_expect(mica_load(none, file, .by_name = true) == MICA_EFORMAT && strstr(mica_error(NULL), "by name and shape"), "%s", mica_error(NULL));
	mica_close(ctx);
}

/* Wherever memory is short: nothing of the model is left behind. */
Test(file, that_cannot_be_held_is_no_model)
{
	mica_context *ctx = open_any();
	mica_model *m = NULL;
	uint64_t n = 0;

	OK(mica_save(tangled(ctx), file));
	while (!m && n < 20000) {
		mica_clear(ctx);
		mica__fault_after(MICA__FAULT_MEMORY, n += 1 + n / 50, false);
		m = mica_load_model(ctx, file);
		mica__fault_after(MICA__FAULT_MEMORY, 0, false);
		cr_assert(m || mica_context_status(ctx) == MICA_ENOMEM, "allocation %llu: %s", (unsigned long long)n, mica_error(ctx));
	}
	cr_expect(n > 100 && n < 20000, "%llu", (unsigned long long)n);
	writes_the_same(m);
	mica_close(ctx);
}

/* Wherever a call of the file system fails, the old file is there, whole. */
Test(file, is_written_whole_or_not_at_all)
{
	mica_context *ctx = open_any();
	mica_model *a = deep(ctx), *b = tangled(ctx);
	mica_status st = MICA_EIO;
	size_t n, k;

	OK(mica_save(a, file));
	char *before = contents(file, &n);
	for (uint64_t call = 1; st != MICA_OK && call < 50; call++) {
		mica__fault_after(MICA__FAULT_FILE, call, false);
		st = mica_save(b, file);
		mica__fault_after(MICA__FAULT_FILE, 0, false);
		char *after = contents(file, &k);
		bool same = n == k && memcmp(before, after, n) == 0;
		cr_expect(same == (st == MICA_EIO) || strstr(mica_error(NULL), "syncing"), "call %llu: %s", (unsigned long long)call, mica_error(NULL));
		free(after);
	}
	cr_expect(st == MICA_OK);
	free(before);
	cr_expect(mica_model_parameters(loaded(ctx)) == mica_model_parameters(b));
	mica_close(ctx);
}

/* An average of the weights is in their place when the file is written, by a checkpoint after SwapEMAWeights. */
Test(file, knows_what_stands_in_the_weights_place)
{
	mica_context *ctx = open_any();
	mica_dataset *d = hashed(ctx, 70, 12);
	mica_model *whole = deep(ctx), *half = deep(ctx), *both[] = {whole, half};

	for (size_t i = 0; i < 2; i++)
		OK(mica_compile(both[i], .optimizer = mica_adam(.use_ema = true, .ema_momentum = 0.9), .loss = mica_sparse_categorical_crossentropy()));
	OK(mica_fit(whole, d, .epochs = 2, .callbacks = {mica_swap_ema_weights(.swap_on_epoch = true)}));
	OK(mica_fit(half, d, .callbacks = {mica_swap_ema_weights(.swap_on_epoch = true), mica_model_checkpoint(file)}));
	mica_model *m = loaded(ctx);
	OK(mica_fit(m, d, .callbacks = {mica_swap_ema_weights(.swap_on_epoch = true)}));
	same_values(whole, m);
	mica_close(ctx);
}

/* ---- a user's kinds ---- */

typedef struct centre_opts {
	size_t size;
	double by;
	const char *name;
} centre_opts;
static mica_var centre(mica_build *b, mica_var x, const void *options)
{
	(void)b;
	return mica_op_addc(x, -((const centre_opts *)options)->by);
}
static const mica_field centre_fields[] = {MICA_FIELD_REAL(centre_opts, by, .otherwise = 0.5), MICA_FIELD_TEXT(centre_opts, name)};
static const mica_kind centred = {"mine/centre", .type = MICA_LAYER, .size = sizeof(centre_opts), MICA_FIELDS(centre_fields), .call = centre};

static mica_model *with(mica_context *ctx, mica_layer l)
{
	mica_model *m = mica_sequential(ctx);

	mica_add(m, mica_input(3));
	mica_add(m, l);
	mica_add(m, mica_dense(2));
	cr_assert(mica_ok(ctx), "%s", mica_error(ctx));
	return m;
}

Test(file, names_kinds_that_must_be_registered)
{
	mica_context *ctx = open_any(), *other = open_any();
	centre_opts o = {MICA_OPTS(centre_opts), .by = MICA_ZERO};
	mica_model *a = with(ctx, MICA_PART(mica_layer, &centred, &o));

	OK(mica_save_check(a, file));
	OK(mica_save(a, file));
	cr_expect(!mica_load_model(other, file) && mica_context_status(other) == MICA_EUNSUPPORTED);
	cr_expect(strstr(mica_error(other), "layer \"centre\"") && strstr(mica_error(other), "\"mine/centre\"") &&
	          strstr(mica_error(other), "mica_register"), "%s", mica_error(other));
	mica_clear(other);
	OK(mica_register(other, &centred));
	OK(mica_register(other, &centred));
	mica_model *m = loaded(other);
	writes_the_same(m);
	float x[3] = {1, 2, 3}, p[2], q[2];
	OK(mica_predict(a, MICA_ARRAY(x, 1, 3), p, sizeof p));
	OK(mica_predict(m, MICA_ARRAY(x, 1, 3), q, sizeof q));
	cr_expect(memcmp(p, q, sizeof p) == 0, "a zero is no default");
	mica_close(other);
	mica_close(ctx);
}

Test(file, refuses_to_register_names_that_are_no_ones_own)
{
	mica_context *ctx = open_any();
	mica_kind bad = centred;

	bad.name = "centre";
	cr_expect(mica_register(ctx, &bad) == MICA_EINVAL && strstr(mica_error(NULL), "no slash"));
	OK(mica_register(ctx, &centred));
	bad.name = "mine/centre";
	cr_expect(mica_register(ctx, &bad) == MICA_EINVAL && strstr(mica_error(NULL), "another layer"));
	bad.type = MICA_ACTIVATION;
	OK(mica_register(ctx, &bad));
	cr_expect(mica_register(ctx, NULL) == MICA_EINVAL && mica_register(NULL, &centred) == MICA_EINVAL);
	mica_close(ctx);
}

static mica_var pass_on(mica_build *b, mica_var x, void *payload)
{
	(void)b;
	(void)payload;
	return x;
}

static mica_var halve(mica_var x, const void *payload)
{
	(void)payload;
	return mica_op_mulc(x, 0.5);
}

/* Functions and payloads are no options that a file could hold; weights can be saved all the same. */
Test(file, refuses_what_a_file_cannot_hold)
{
	mica_context *ctx = open_any();
	mica_model *m = with(ctx, mica_custom_layer(.call = pass_on, .name = "own"));

	cr_expect(mica_save_check(m, file) == MICA_EUNSUPPORTED && mica_save(m, file) == MICA_EUNSUPPORTED);
	cr_expect(strstr(mica_error(NULL), "\"own\"") && strstr(mica_error(NULL), "custom_layer"), "%s", mica_error(NULL));
	cr_expect(access(file, F_OK) != 0);
	OK(mica_save(m, file, .weights_only = true));
	mica_clear(ctx);
	m = with(ctx, mica_dense(3, .activation = MICA_CUSTOM_ACTIVATION(.call = halve)));
	cr_expect(mica_save(m, file) == MICA_EUNSUPPORTED && strstr(mica_error(NULL), "custom_activation"), "%s", mica_error(NULL));
	mica_close(ctx);
}

/* Else it could not be saved: every member of the library's options has a row (three optimizers share a struct with Adam, and have no
   amsgrad). */
Test(file, can_hold_every_kind_of_the_library)
{
	const mica_kind *k;
	size_t n = 0;

	for (mica_part_type t = MICA_ACTIVATION; t <= MICA_OPTIMIZER; t++)
		for (size_t i = 0; (k = mica_kind_at(t, i)); i++, n++) {
			unsigned char *options = malloc(k->size + 1);
			memset(options, 1, k->size);
			if (t == MICA_OPTIMIZER && k->size == sizeof(mica_adam_opts))
				memset(options + offsetof(mica_adam_opts, amsgrad), 0, k->size - offsetof(mica_adam_opts, amsgrad));
			for (size_t f = 0; f < k->n_fields; f++)
				memset(options + k->fields[f].offset, 0, k->fields[f].type == MICA_FIELD_IS_PART ? sizeof(mica_part) : 0);
			cr_expect(!mica__part_undescribed(&(mica_part){k, options}), "%s", k->name);
			free(options);
		}
	cr_expect(n > 100);
}
