/* SPDX-License-Identifier: MIT */
/* model/test_callback_files.c - what callbacks write: names and contents of their files, and what is read of them again. */
#define _DEFAULT_SOURCE /* mkdtemp */
#include "model/callback_rig.h"
#include "model/callbacks/events.h"
#include "model/callbacks/file_name.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

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
Test(events, are_tensorflows)
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

NOTE(epoch_end, "e")

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
