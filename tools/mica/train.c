/* SPDX-License-Identifier: MIT */
/* tools/mica/train.c - mica train: from a data set and a few options to a trained, tested and saved network.
   The first Ctrl-C ends training after the step and still saves; the second ends the program at once. */
#include "tool.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct train_options {
	network_options network;
	const char *data, *device, *save, *history;
	long epochs, batch, seed, verbose;
	double validation_split;
} train_options;

static const option_row rows[] = {
	{"data", OPTION_TEXT, offsetof(train_options, data), "WHAT",
	 "digits, mnist, FOLDER of files named as MNIST's, X.npy,Y.npy[,XTEST.npy,YTEST.npy]\n                            (mnist where MICA_DATA_DIR has it, else digits)"},
	NETWORK_ROWS(train_options, network),
	{"epochs", OPTION_WHOLE, offsetof(train_options, epochs), "N", "passes over the data (5)"},
	{"batch", OPTION_WHOLE, offsetof(train_options, batch), "N", "samples per step (128)"},
	{"validation-split", OPTION_REAL, offsetof(train_options, validation_split), "X",
	 "the last part of the data, kept for validation (0)"},
	{"seed", OPTION_WHOLE, offsetof(train_options, seed), "N", "of weights, dropout and shuffling (1)"},
	{"device", OPTION_TEXT, offsetof(train_options, device), "SPEC",
	 "gpu, cpu, a number or part of a name; see mica devices"},
	{"save", OPTION_TEXT, offsetof(train_options, save), "FILE", "write the weights there, as safetensors"},
	{"history", OPTION_TEXT, offsetof(train_options, history), "FILE",
	 "write the figures of all epochs there, as JSON (- for the screen)"},
	{"verbose", OPTION_WHOLE, offsetof(train_options, verbose), "0|1|2", "silent, progress bar, one line per epoch (1)"},
};
static const command self = {
	.name = "mica train",
	.about = "Trains a network of Dense layers to tell classes apart, tests it and saves it.",
	.rows = rows,
	.n_rows = sizeof rows / sizeof rows[0],
};

/* What a run has: all but ctx and history belong to ctx. */
typedef struct run {
	train_options o;
	FILE *out;            /* stdout, or stderr where that takes the history */
	mica_context *ctx;
	data_sets data;
	mica_model *model;
	mica_epoch *history;
	size_t epochs_done;
	double fit_began;     /* seconds after the start of the process */
	bool tested;
	mica_scores test;
} run;

/* ---- Ctrl-C: the one thing that a handler can reach only through a global ---- */

static volatile sig_atomic_t caught;

static void on_signal(int number)
{
	if (caught)
		_exit(128 + number);
	caught = number;
}

/* After mica_open, because a driver may have put handlers of its own there. */
static void catch_signals(void)
{
	struct sigaction a = {.sa_handler = on_signal, .sa_flags = SA_RESTART};

	sigemptyset(&a.sa_mask);
	sigaction(SIGINT, &a, NULL);
	sigaction(SIGTERM, &a, NULL);
}

static bool was_caught(void *payload)
{
	(void)payload;
	return caught != 0;
}

/* payload: the file that takes what people read. */
static void print(const char *text, void *payload)
{
	fputs(text, payload);
	fflush(payload);
}

/* ---- the steps ---- */

/* What cannot become a file is found before training and not after it.  Weights replace a file, and only a regular one;
   a history is written to a device or a pipe too. */
static bool can_create(const char *file, bool replaces)
{
	char folder[4096] = ".";
	const char *slash = file ? strrchr(file, '/') : NULL;
	const char *why = NULL;
	struct stat there;

	if (!file || !strcmp(file, "-"))
		return true;
	bool is_there = stat(file, &there) == 0;
	if (slash)
		snprintf(folder, sizeof folder, "%.*s/", (int)(slash - file), file);
	if (!*file)
		why = "an empty name";
	else if (is_there && S_ISDIR(there.st_mode))
		why = strerror(EISDIR);
	else if (is_there && replaces && !S_ISREG(there.st_mode))
		why = "not a regular file";
	else if (slash && !slash[1])
		why = strerror(ENOTDIR);
	else if (access(folder, W_OK))
		why = strerror(errno);
	if (why)
		complain(&self, "cannot write '%s': %s; name another file", file, why);
	return !why;
}

static int check_options(train_options *o)
{
	int code = network_check(&self, &o->network);

	if (code >= 0)
		return code;
	if (o->epochs < 1 || o->batch < 1)
		return complain(&self, "--epochs is %ld and --batch %ld; give 1 or more", o->epochs, o->batch);
	if (o->seed < 0 || o->verbose < 0 || o->verbose > 2)
		return complain(&self, "--seed is %ld and --verbose %ld; give a seed from 0, and 0, 1 or 2", o->seed,
		                o->verbose);
	return can_create(o->save, true) && can_create(o->history, false) ? -1 : EXIT_FAILURE;
}

static int failed(const run *r)
{
	mica_status st = mica_context_status(r->ctx);

	return complain(&self, "%s", st != MICA_OK ? mica_error(r->ctx) : mica_error(NULL));
}

static void introduce(run *r)
{
	const mica_device_info *d = mica_context_device(r->ctx);

	if (r->o.verbose == 0)
		return;
	fprintf(r->out, "device: %s (%s, %u units)\n", d->name, d->platform, d->compute_units);
	fprintf(r->out, "data: %s, %zu samples to train", r->data.name, mica_dataset_count(r->data.train));
	if (r->data.test)
		fprintf(r->out, ", %zu to test", mica_dataset_count(r->data.test));
	fprintf(r->out, ", %zu classes\n", r->data.classes);
	if (r->o.verbose == 1)
		mica_summary(r->model, print, r->out);
	fflush(r->out);
}

static mica_status fit(run *r)
{
	r->fit_began = process_age();
	return mica_fit(r->model, r->data.train, .epochs = r->o.epochs, .batch_size = r->o.batch,
	                .validation_split = r->o.validation_split, .verbose = (int)r->o.verbose, .print = print,
	                .stop = was_caught, .history = r->history, .epochs_done = &r->epochs_done,
	                .payload = r->out, .terminal = isatty(fileno(r->out)));
}

static mica_status test(run *r)
{
	mica_status st;

	if (!r->data.test)
		return MICA_OK;
	st = mica_evaluate(r->model, r->data.test, &r->test, .batch_size = r->o.batch);
	r->tested = st == MICA_OK;
	if (r->tested)
		fprintf(r->out, "test accuracy: %.4f - loss: %.4f (%zu samples)\n", r->test.metric[0], r->test.loss,
		        mica_dataset_count(r->data.test));
	return st;
}

static void write_epoch(json *j, const mica_epoch *e)
{
	json_open(j, NULL, '{');
	json_whole(j, "epoch", e->epoch);
	json_real(j, "loss", e->loss);
	json_real(j, "accuracy", e->metric[0]);
	json_real(j, "val_loss", e->val_loss);
	json_real(j, "val_accuracy", e->val_metric[0]);
	json_real(j, "seconds", e->seconds);
	json_real(j, "samples_per_second", e->samples_per_second);
	json_close(j, '}');
}

static bool write_history(const run *r)
{
	mica_model_info info = mica_model_describe(r->model);
	json j;

	if (!json_begin(&j, r->o.history))
		return false;
	json_open(&j, NULL, '{');
	json_text(&j, "device", mica_context_device(r->ctx)->name);
	json_whole(&j, "seed", (uint64_t)r->o.seed);
	json_open(&j, "epochs", '[');
	for (size_t i = 0; i < r->epochs_done; i++)
		write_epoch(&j, &r->history[i]);
	json_close(&j, ']');
	json_open(&j, "test", '{');
	json_real(&j, "loss", r->tested ? r->test.loss : NAN);
	json_real(&j, "accuracy", r->tested ? r->test.metric[0] : NAN);
	json_close(&j, '}');
	json_real(&j, "first_step_seconds", r->fit_began + info.first_step_seconds);
	json_whole(&j, "launches_per_step", info.launches_per_step);
	json_real(&j, "peak_rss_mb", peak_rss_mb());
	json_whole(&j, "device_bytes", mica_context_usage(r->ctx).peak_bytes);
	json_close(&j, '}');
	return json_end(&j);
}

static int keep(run *r)
{
	if (r->o.save) {
		if (mica_save(r->model, r->o.save) != MICA_OK)
			return failed(r);
		fprintf(r->out, "saved: %s\n", r->o.save);
	}
	if (r->o.history && !write_history(r))
		return complain(&self, "cannot write %s: %s; name another file", r->o.history, strerror(errno));
	return EXIT_SUCCESS;
}

static int train(run *r)
{
	mica_status st;
	int code = data_open(&self, r->ctx, r->o.data, &r->data);

	if (code >= 0)
		return code;
	r->model = network_build(r->ctx, &r->o.network, mica_dataset_sample_shape(r->data.train), r->data.classes,
	                         (uint64_t)r->o.seed);
	if (mica_context_status(r->ctx) != MICA_OK)
		return failed(r);
	introduce(r);
	st = fit(r);
	if (st == MICA_EINTERRUPTED)
		complain(&self, "%s", mica_error(NULL));
	else if (st != MICA_OK || test(r) != MICA_OK)
		return failed(r);
	code = keep(r);
	return code == EXIT_SUCCESS && caught ? 128 + caught : code;
}

int train_main(int argc, char **argv)
{
	run r = {.o = {.network = NETWORK_DEFAULTS, .epochs = 5, .batch = 128, .seed = 1, .verbose = 1}};
	int code = parse_options(&self, argc, argv, &r.o);

	r.out = r.o.history && !strcmp(r.o.history, "-") ? stderr : stdout;
	if (code < 0)
		code = check_options(&r.o);
	if (code >= 0)
		return code;
	r.ctx = mica_open(&(mica_open_opts){.device = r.o.device});
	if (!r.ctx)
		return complain(&self, "%s", mica_error(NULL));
	catch_signals();
	r.history = calloc((size_t)r.o.epochs, sizeof *r.history);
	if (r.history)
		code = train(&r);
	else
		code = complain(&self, "no memory for the figures of %ld epochs; give fewer --epochs", r.o.epochs);
	free(r.history);
	mica_close(r.ctx);
	return code;
}
