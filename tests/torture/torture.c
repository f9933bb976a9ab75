/* SPDX-License-Identifier: MIT */
/* torture.c - one life of a program, in which the n-th allocation, driver call or file call fails, for many n.
   Open, digits, model, fit, save, load, predict.  Whatever fails, either nothing is noticed and the predictions are those of
   a life without faults, to the bit; or a status says so with a text that names the cause, the same context then does its
   work when asked again, and what was saved is read.  tools/torture runs it and sees crashes and hangs.

   usage: torture KIND FROM STEP COUNT FOLDER [all]    KIND: memory, driver or file; positions FROM, FROM + STEP ... below
          COUNT; with "all" every call from the n-th on fails, until the retry
          torture KIND count FOLDER    prints how many calls of the kind a life has
   Prints "n: ok", "n: failed in STEP: TEXT" or "n: WRONG: why" for each position. */
#include "base/fault.h"
#include "mica/mica.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SAMPLES = 360, CLASSES = 10, SECONDS = 60 };

typedef struct life {
	mica_context *ctx;
	mica_dataset *train, *test;
	mica_model *model;
	float predicted[SAMPLES * CLASSES];
	mica_status st;
	char failed[32], why[1024]; /* step and text of the first failure; "" if there was none */
} life;

static float reference[SAMPLES * CLASSES];
static char file[512], saved[512], history[512], events[512], backup[512];

/* Notes a step's failure; true if the life goes on. */
static bool step(life *l, const char *name, mica_status st)
{
	if (st == MICA_OK || *l->failed)
		return st == MICA_OK && !*l->failed;
	l->st = st;
	snprintf(l->failed, sizeof l->failed, "%s", name);
	snprintf(l->why, sizeof l->why, "%s", mica_error(l->ctx));
	return false;
}

static bool build(life *l)
{
	l->train = mica_dataset_range(mica_dataset_digits(l->ctx, MICA_TRAIN), 0, 512);
	l->test = mica_dataset_digits(l->ctx, MICA_TEST);
	l->model = mica_sequential(l->ctx, .seed = 3);
	mica_add(l->model, mica_input(8, 8));
	mica_add(l->model, mica_flatten());
	mica_add(l->model, mica_dense(32, .activation = MICA_RELU));
	mica_add(l->model, mica_dense(CLASSES, .activation = MICA_SOFTMAX));
	mica_compile(l->model, .optimizer = mica_adam(.learning_rate = 3e-3), .loss = mica_sparse_categorical_crossentropy(),
	             .metrics = {mica_accuracy(), mica_mean_iou(.num_classes = CLASSES, .one_hot_y_pred = true)});
	return step(l, "build", mica_context_status(l->ctx));
}

static bool use(life *l)
{
	return step(l, "fit", mica_fit(l->model, l->train, .batch_size = 64, .epochs = 2,
	                               .callbacks = {mica_early_stopping("loss", .restore_best_weights = true), mica_csv_logger(history),
	                                             mica_tensorboard(events, .histogram_freq = 1), mica_backup_and_restore(backup)})) &&
	       step(l, "save", mica_save(l->model, file)) && step(l, "load", mica_load(l->model, file)) &&
	       step(l, "predict", mica_predict(l->model, mica_dataset_samples(l->test), l->predicted, sizeof l->predicted));
}

static void live(life *l)
{
	l->ctx = mica_open(NULL);
	if (step(l, "open", l->ctx ? MICA_OK : MICA_ENODEVICE) && build(l))
		use(l);
}

static bool same(const life *l)
{
	return !memcmp(l->predicted, reference, sizeof reference);
}

/* What a text must have that names the cause: one of the words. */
static bool names_cause(mica__fault kind, const char *why)
{
	static const char *const words[][4] = {{"memory"}, {"CL_OUT_OF_RESOURCES", "OpenCL", "driver"}, {"Input/output error"}};
	for (size_t i = 0; i < 4 && words[kind][i]; i++)
		if (strstr(why, words[kind][i]))
			return true;
	return false;
}

/* After a failure the same objects, or new ones where building failed, do their work; NULL, or what they did not. */
static const char *retry(life *l)
{
	static char text[1200];
	bool built = strcmp(l->failed, "build") && strcmp(l->failed, "open");
	if (!strcmp(l->failed, "save") && !access(file, F_OK) && mica_load(l->model, file) != MICA_OK)
		return "what is on disk after a failed save cannot be read";
	mica_clear(l->ctx);
	*l->failed = 0;
	if (!l->ctx) {
		live(l);
	} else if (!built) {
		if (build(l))
			use(l);
	} else if (use(l) && step(l, "load", mica_load(l->model, saved))) {
		step(l, "predict", mica_predict(l->model, mica_dataset_samples(l->test), l->predicted, sizeof l->predicted));
	}
	if (*l->failed) {
		snprintf(text, sizeof text, "again, %s fails: %s", l->failed, l->why);
		return text;
	}
	return same(l) ? NULL : "again, predictions are wrong";
}

/* NULL, or what was wrong. */
static const char *judge(life *l, mica__fault kind)
{
	if (!*l->failed)
		return same(l) ? NULL : "OK with wrong predictions";
	if (!*l->why)
		return "a failure without a text";
	if (!names_cause(kind, l->why))
		return "the text does not name the cause";
	if (kind == MICA__FAULT_MEMORY && l->ctx && l->st != MICA_ENOMEM)
		return "the status is not ENOMEM";
	return NULL;
}

static bool try(mica__fault kind, unsigned long n, bool all)
{
	static life l;
	memset(&l, 0, sizeof l);
	mica_clear(NULL);
	unlink(file);
	printf("%lu: ", n);
	fflush(stdout);
	alarm(SECONDS);
	mica__fault_after(kind, n, all);
	live(&l);
	mica__fault_after(kind, 0, false);
	char failed[32], why[1024];
	memcpy(failed, l.failed, sizeof failed);
	memcpy(why, l.why, sizeof why);
	mica_status st = l.st;
	const char *wrong = judge(&l, kind);
	if (!wrong && *l.failed)
		wrong = retry(&l);
	mica_close(l.ctx);
	alarm(0);
	if (wrong)
		printf("WRONG: %s (%s, %s: %s)\n", wrong, *failed ? failed : "all went well", mica_status_name(st), why);
	else if (*failed)
		printf("failed in %s: %s\n", failed, why);
	else
		printf("ok\n");
	fflush(stdout);
	return !wrong;
}

/* A life without faults: what it predicts, and how many calls of a kind it has. */
static bool first(mica__fault kind, unsigned long *calls)
{
	static life l;
	for (int warm = 0; warm < 2; warm++) { /* the first may build programs */
		memset(&l, 0, sizeof l);
		mica__fault_after(kind, UINT64_MAX, false);
		live(&l);
		*calls = (unsigned long)mica__fault_count(kind);
		mica__fault_after(kind, 0, false);
		if (!*l.failed)
			step(&l, "save", mica_save(l.model, saved));
		mica_close(l.ctx);
		if (*l.failed) {
			fprintf(stderr, "without faults %s fails: %s\n", l.failed, l.why);
			return false;
		}
	}
	memcpy(reference, l.predicted, sizeof reference);
	return true;
}

int main(int argc, char **argv)
{
	static const char *const kinds[] = {"memory", "driver", "file"};
	int kind = 0, wrong = 0;
	unsigned long calls;
	while (argc > 1 && kind < 3 && strcmp(argv[1], kinds[kind]))
		kind++;
	bool counting = argc == 4 && !strcmp(argv[2], "count");
	if (kind == 3 || (!counting && argc < 6)) {
		fputs("usage: torture memory|driver|file FROM STEP COUNT FOLDER [all], or ... count FOLDER\n", stderr);
		return 2;
	}
	const char *folder = counting ? argv[3] : argv[5];
	snprintf(file, sizeof file, "%s/torture-%ld.safetensors", folder, (long)getpid());
	snprintf(saved, sizeof saved, "%s/reference-%ld.safetensors", folder, (long)getpid());
	snprintf(history, sizeof history, "%s/history-%ld.csv", folder, (long)getpid());
	snprintf(events, sizeof events, "%s/events-%ld", folder, (long)getpid());
	snprintf(backup, sizeof backup, "%s/backup-%ld", folder, (long)getpid());
	if (!first((mica__fault)kind, &calls))
		return 2;
	if (counting)
		printf("%lu\n", calls);
	else
		for (unsigned long n = strtoul(argv[2], NULL, 10), by = strtoul(argv[3], NULL, 10); n <= strtoul(argv[4], NULL, 10); n += by)
			wrong += !try((mica__fault)kind, n, argc > 6);
	unlink(file);
	unlink(saved);
	return wrong ? 1 : 0;
}
